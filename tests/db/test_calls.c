/* Calls put together from events; whose they are; what they cost. */
#include "tests/db/calls.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/billing/billing.h"
#include "core/provider/retell.h"
#include "core/sys/json.h"

static const char *const EVENTS[] = {"call_started", "call_ended", "call_analyzed"};

/* ---- any order, repeated, missing ---- */

/* The three events, each knowing something that the others do not. */
static const char *members_of(int i, bool number_at_start_only)
{
	const char *all[] = {started(",\"metadata\":{\"a\":[1,2]}"), ended(""),
		analyzed("\"intent\":\"price\",\"language\":\"en\",\"customer_name\":\"Ada\"")};

	if (i == 0 || !number_at_start_only)
		return all[i];
	return i == 1
		? "\"call_status\":\"ended\",\"duration_ms\":118334,\"transcript\":\"short\""
		: "\"call_status\":\"ended\",\"transcript\":\"longer text\",\"call_analysis\":"
		  "{\"call_summary\":\"Asked.\",\"custom_analysis_data\":{\"intent\":\"hours\"}}";
}

/* The call and its cost as JSON, without what differs from call to call. */
static const char *portrait(const char *call_id)
{
	struct call k = call_of(call_id);
	struct buf b = buf_new(work->mem, 1 << 20);

	k.id = k.provider_call_id = NULL;
	k.created_at.ms = 0;
	ck_assert(k.customer_id == NULL || salon_rows("customer") == 1);
	json_row(&b, &CALL, &k);
	return mem_text(web->mem, buf_text(&b));
}

static const char *portrait_of_sequence(const int *sequence, int n, bool number_at_start_only)
{
	const char *call_id = new_call_id(), *stored[3] = {NULL};

	for (int i = 0; i < n; i++) {
		int e = sequence[i];

		if (stored[e] == NULL)
			stored[e] =
				receive(EVENTS[e], call_id, members_of(e, number_at_start_only));
		process(stored[e]);
	}
	return portrait(call_id);
}

/* Every sequence of n events that has exactly the events of the subset. */
static int compare_sequences(int subset, int n, bool at_start_only, const char *expected)
{
	int total = 1, tried = 0;

	for (int i = 0; i < n; i++)
		total *= 3;
	for (int k = 0; k < total; k++) {
		int sequence[5], seen = 0;
		struct mem_mark mark = mem_mark(work->mem);

		for (int i = 0, rest = k; i < n; i++, rest /= 3) {
			sequence[i] = rest % 3;
			seen |= 1 << sequence[i];
		}
		if (seen != subset)
			continue;
		tried++;
		ck_assert_str_eq(portrait_of_sequence(sequence, n, at_start_only), expected);
		mem_release(work->mem, mark);
	}
	return tried;
}

static void compare_subset(int subset, bool at_start_only)
{
	int natural[3], n = 0;

	for (int e = 0; e < 3; e++) {
		if ((subset & 1 << e) != 0)
			natural[n++] = e;
	}
	const char *expected = portrait_of_sequence(natural, n, at_start_only);
	int tried = compare_sequences(subset, n, at_start_only, expected) +
		compare_sequences(subset, n + 1, at_start_only, expected);

	ck_assert_int_ge(tried, n == 1 ? 2 : n == 2 ? 8 : 42);
}

START_TEST(any_order_gives_the_same_call)
{
	compare_subset(_i, false);
}
END_TEST

/* Only call_started has the number: the others wait until it is there. */
START_TEST(any_order_gives_the_same_call_when_one_has_the_number)
{
	compare_subset(_i, true);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM unassigned_call WHERE status = 'open'"), 0);
}
END_TEST

START_TEST(each_event_is_emitted_once)
{
	const char *id = new_call_id();

	for (int i = 2; i >= 0; i--)
		happen(EVENTS[i], id, members_of(i, false));
	struct call k = call_of(id);

	ck_assert_int_eq(k.status, CALL_ANALYZED);
	ck_assert_int_eq(emitted("call.started", k.id), 1);
	ck_assert_int_eq(emitted("call.ended", k.id), 1);
	ck_assert_int_eq(emitted("call.analyzed", k.id), 1);
	ck_assert_int_eq(emitted("customer.created", k.customer_id), 1);
}
END_TEST

START_TEST(a_call_that_only_began_is_ongoing)
{
	const char *id = new_call_id();

	happen("call_started", id, started(""));
	struct call k = call_of(id);

	ck_assert_int_eq(k.status, CALL_ONGOING);
	ck_assert_str_eq(k.language, "de");
	ck_assert_str_eq(k.branch_name, "Mitte");
	ck_assert_int_eq(emitted("call.started", k.id), 1);
	ck_assert_int_eq(emitted("call.ended", k.id), 0);
	ck_assert_ptr_null(k.cost);
	ck_assert_int_eq(k.booking_outcome, OUTCOME_OPEN);
}
END_TEST

START_TEST(a_finished_call_never_goes_back)
{
	const char *id = new_call_id();

	happen("call_ended", id, ended(""));
	happen("call_started", id, started(""));
	ck_assert_int_eq(call_of(id).status, CALL_COMPLETED);
}
END_TEST

START_TEST(a_missed_call_stays_missed)
{
	const char *id = new_call_id();

	happen("call_ended", id,
		"\"to_number\":\"" MITTE_NUMBER "\",\"from_number\":\"" CALLER "\","
		"\"call_status\":\"not_connected\",\"disconnection_reason\":\"dial_no_answer\"");
	happen("call_analyzed", id, analyzed("\"intent\":\"other\""));
	struct call k = call_of(id);

	ck_assert_int_eq(k.status, CALL_MISSED);
	ck_assert_int_eq(k.booking_outcome, OUTCOME_NONE);
}
END_TEST

/* ---- what cannot be read, and what nobody knows ---- */

START_TEST(signed_rubbish_fails_for_good)
{
	static const char *const RUBBISH[] = {"", "{", "\xff", "[[[[", "null",
		"{\"event\":\"call_ended\"}",
		"{\"event\":\"call_ended\",\"call\":{\"call_id\":5}}"};

	for (size_t i = 0; i < COUNT_OF(RUBBISH); i++) {
		struct inbox_event e;

		ck_assert_int_eq(post("demo-salon", "key_demo_salon", RUBBISH[i], &e), 1);
		ck_assert_int_eq(retell_process(work, e.id), -1);
		ck_assert_int_eq(work->err.code, E_BAD_REQUEST);
		ck_assert_ptr_nonnull(work->err.detail);
		err_clear(work);
	}
	ck_assert_int_eq(salon_rows("`call`"), 0);
}
END_TEST

START_TEST(unknown_events_are_kept_and_ignored)
{
	struct inbox_event e;

	ck_assert_int_eq(post("demo-salon", "key_demo_salon",
				 "{\"event\":\"chat_ended\",\"chat\":{\"chat_id\":\"x\"}}", &e),
		1);
	process(e.id);
	ck_assert_int_eq(post("demo-salon", "key_demo_salon",
				 body_of("transfer_started", new_call_id(), started("")), &e),
		1);
	process(e.id);
	ck_assert_int_eq(salon_rows("`call`"), 0);
	ck_assert_int_eq(salon_rows("inbox_event"), 2);
}
END_TEST

/* ---- whose it is ---- */

static enum number_match match_of(const char *written)
{
	const char *id = new_call_id();
	struct call k;

	happen("call_started", id, mem_printf(web->mem, "\"to_number\":\"%s\"", written));
	ck_assert_int_ge(call_find(work, "retell", id, &k), 0);
	if (k.id == NULL)
		return MATCH_NONE;
	ck_assert_str_eq(call_of(id).branch_name, "Nord");
	return k.number_match;
}

START_TEST(a_number_is_found_in_its_notations)
{
	ck_assert_int_eq(match_of(NORD_NUMBER), MATCH_EXACT);
	ck_assert_int_eq(match_of("030 23125002"), MATCH_NOTATION);
	ck_assert_int_eq(match_of("0049-30-2312-5002"), MATCH_NOTATION);
	ck_assert_int_eq(match_of("+49 (30) 23125002"), MATCH_NOTATION);
	ck_assert_int_eq(match_of("+13023125002"), MATCH_LAST_TEN_DIGITS);
	ck_assert_int_eq(match_of("tel:3023125002;x"), MATCH_LAST_TEN_DIGITS);
}
END_TEST

START_TEST(a_number_is_never_guessed)
{
	static const char *const OTHERS[] = {"+493023125099", DENTAL_NUMBER, "23125002",
		"anonymous", "+", "sip:salon@example.com", "\xef\xbc\x8b\xef\xbc\x94\xef\xbc\x99",
		"030\xe2\x80\x8b", "' OR 1=1 --"};

	for (size_t i = 0; i < COUNT_OF(OTHERS); i++)
		ck_assert_msg(match_of(OTHERS[i]) == MATCH_NONE, "%s", OTHERS[i]);
	ck_assert_int_eq(salon_rows("`call`"), 0);
	ck_assert_int_eq(salon_rows("customer"), 0);
	ck_assert_int_eq(salon_rows("platform_cost"), 0);
}
END_TEST

START_TEST(two_numbers_with_the_same_ending_name_none)
{
	ck_assert_int_eq(db_script(admin,
				 "INSERT INTO frontdesk_store.phone_number (company_id, id, "
				 "branch_id, e164, label) SELECT company_id, UUID(), branch_id, "
				 "'+443023125002', 'test' FROM frontdesk_store.phone_number "
				 "WHERE e164 = '" NORD_NUMBER "'"),
		0);
	ck_assert_int_eq(match_of("+13023125002"), MATCH_NONE);
	ck_assert_int_eq(match_of(NORD_NUMBER), MATCH_EXACT);
}
END_TEST

START_TEST(another_agent_makes_it_nobodys)
{
	const char *id = new_call_id();
	struct call k;

	happen("call_started", id,
		"\"to_number\":\"" MITTE_NUMBER "\",\"agent_id\":\"agent_demo_dental\"");
	ck_assert_int_eq(call_find(work, "retell", id, &k), 0);
	ck_assert_int_eq(salon_rows("unassigned_call"), 1);
}
END_TEST

START_TEST(a_web_call_is_known_by_its_agent)
{
	const char *id = new_call_id();

	happen("call_started", id, "\"agent_id\":\"agent_demo_salon\"");
	struct call k = call_of(id);

	ck_assert_ptr_null(k.phone_number_id);
	ck_assert_ptr_null(k.customer_id);
}
END_TEST

static struct unassigned_call the_unassigned(void)
{
	struct rows rows;

	ck_assert_int_eq(unassigned_list(work, (ts_t){0}, NULL, 10, &rows), 1);
	return *(struct unassigned_call *)rows.p;
}

static int replay(struct ctx *c, void *id)
{
	struct job job;

	return unassigned_replay(c, id, &job);
}

static const char *unknown_number(const char *members)
{
	return mem_printf(web->mem, "\"to_number\":\"+493023125077\",%s",
		strstr(members, "\"start_timestamp\""));
}

START_TEST(an_unassigned_call_is_listed_once_and_comes_back)
{
	const char *id = new_call_id();
	struct call k;

	for (int i = 0; i < 3; i++)
		happen(EVENTS[i], id, unknown_number(members_of(i, false)));
	struct unassigned_call u = the_unassigned();

	ck_assert_str_eq(u.to_number, "+493023125077");
	ck_assert_ptr_nonnull(strstr(u.reason, "+493023125077"));
	ck_assert_int_eq(emitted("number.unassigned_call", u.id), 1);
	ck_assert_int_eq(salon_rows("`call`"), 0);
	ck_assert_int_eq(salon_rows("platform_cost"), 0);
	ck_assert_int_eq(db_script(admin,
				 "INSERT INTO frontdesk_store.phone_number (company_id, id, "
				 "branch_id, e164, label) SELECT company_id, UUID(), branch_id, "
				 "'+493023125077', 'test' FROM frontdesk_store.phone_number "
				 "WHERE e164 = '" MITTE_NUMBER "'"),
		0);
	ck_assert_int_eq(db_script(admin, "UPDATE frontdesk_store.job SET state = 'done'"), 0);
	ck_assert_int_eq(in_tx(work, replay, (void *)(uintptr_t)u.id), 0);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM job WHERE kind = 'inbox.retell' "
				 "AND state = 'queued'"),
		3);
	ck_assert_int_eq(in_tx(work, replay, (void *)(uintptr_t)u.id), 0); /* not six */
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM job WHERE kind = 'inbox.retell' "
				 "AND state = 'queued'"),
		3);
	process(u.inbox_event_id);
	k = call_of(id);
	ck_assert_int_eq(k.status, CALL_ANALYZED);
	ck_assert_int_eq(k.booking_outcome, OUTCOME_NONE);
	ck_assert_ptr_nonnull(k.cost);
	ck_assert_int_eq(in_tx(work, replay, (void *)(uintptr_t)u.id), -1);
	ck_assert_int_eq(work->err.code, E_STATE);
	err_clear(work);
	struct rows rows;
	ck_assert_int_eq(unassigned_list(work, (ts_t){0}, NULL, 10, &rows), 0);
}
END_TEST

/* ---- what it costs ---- */

START_TEST(a_call_is_priced_by_the_second_and_the_started_minute)
{
	const char *id = new_call_id();

	happen("call_ended", id, ended(""));
	struct call_cost *cost = call_of(id).cost;
	struct cost_part *part = cost->parts.p;

	ck_assert_uint_eq(cost->parts.n, 2);
	ck_assert_str_eq(part[0].kind, "voice");
	ck_assert_int_eq(part[0].quantity, 119);
	ck_assert_str_eq(part[0].unit, "second");
	ck_assert_int_eq(part[0].microusd, 138833); /* 138,833.33 */
	ck_assert_str_eq(part[1].kind, "telephony");
	ck_assert_int_eq(part[1].microusd, 16858); /* 16,858.33 */
	ck_assert_int_eq(cost->platform_microusd, 155691);
	ck_assert_int_eq(cost->customer_cents, 40);
	ck_assert_str_eq(cost->currency, "EUR");
	ck_assert_str_eq(cost->exchange_rate, "1.100000 USD per EUR of 2020-01-01 (demo)");
}
END_TEST

static int64_t cents_after(int64_t ms)
{
	const char *id = new_call_id();

	happen("call_ended", id,
		mem_printf(web->mem, "\"to_number\":\"" MITTE_NUMBER "\",\"duration_ms\":%lld",
			(long long)ms));
	return call_of(id).cost->customer_cents;
}

START_TEST(started_minutes_are_whole_minutes)
{
	ck_assert_int_eq(cents_after(1), 20);
	ck_assert_int_eq(cents_after(60000), 20);
	ck_assert_int_eq(cents_after(60001), 40);
	ck_assert_int_eq(cents_after(3600000), 1200);
}
END_TEST

static int cost_again(struct ctx *c, void *call)
{
	return billing_cost_call(c, call);
}

START_TEST(pricing_again_changes_nothing)
{
	const char *id = new_call_id();

	happen("call_ended", id, ended(""));
	struct call k = call_of(id);
	int64_t changed = one_int(admin, "SELECT SUM(microusd) FROM frontdesk_store.platform_cost");

	ck_assert_int_eq(in_tx(work, cost_again, &k), 0);
	ck_assert_int_eq(salon_rows("platform_cost"), 2);
	ck_assert_int_eq(
		one_int(admin, "SELECT SUM(microusd) FROM frontdesk_store.platform_cost"), changed);
}
END_TEST

START_TEST(dollars_are_not_exchanged)
{
	struct inbox_event e;
	const char *id = new_call_id();

	ck_assert_int_eq(
		post("demo-dental", "key_demo_dental",
			body_of("call_ended", id,
				"\"to_number\":\"" DENTAL_NUMBER "\",\"duration_ms\":60000,"
				"\"start_timestamp\":1767225480123"),
			&e),
		1);
	work->company = dental();
	process(e.id);
	struct call_cost *cost = call_of(id).cost;

	ck_assert_str_eq(cost->currency, "USD");
	ck_assert_int_eq(cost->platform_microusd, 78500);
	ck_assert_str_eq(cost->exchange_rate, "1.000000 USD per USD of 2025-12-31 (par)");
}
END_TEST

/* ---- lists ---- */

static size_t listed(struct call_filter f)
{
	struct rows rows;

	f.limit = f.limit > 0 ? f.limit : 50;
	ck_assert_int_ge(call_list(work, &f, &rows), 0);
	return rows.n;
}

START_TEST(calls_are_listed_and_found)
{
	const char *id = new_call_id();
	struct rows rows;

	happen("call_analyzed", id, members_of(2, false));
	happen("call_started", new_call_id(), "\"to_number\":\"" NORD_NUMBER "\"");
	ck_assert_uint_eq(listed((struct call_filter){0}), 2);
	ck_assert_uint_eq(listed((struct call_filter){.status = "analyzed"}), 1);
	ck_assert_uint_eq(listed((struct call_filter){.q = "guten tag"}), 1);
	ck_assert_uint_eq(listed((struct call_filter){.q = "ada"}), 1);
	ck_assert_uint_eq(listed((struct call_filter){.q = "%"}), 0);
	ck_assert_uint_eq(listed((struct call_filter){.customer_id = call_of(id).customer_id}), 1);
	ck_assert_uint_eq(listed((struct call_filter){.branch_id = SALON_MITTE}), 1);
	/* it began at 2026-01-01T00:58 in Berlin, 2025-12-31 in UTC */
	ck_assert_uint_eq(
		listed((struct call_filter){.from = day_of(2026, 1, 1), .to = day_of(2026, 1, 1)}),
		1);
	ck_assert_uint_eq(listed((struct call_filter){.to = day_of(2025, 12, 31)}), 0);
	ck_assert_int_eq(call_list(work, &(struct call_filter){.limit = 1}, &rows), 1);
	struct call *newest = rows.p;
	ck_assert_ptr_null(newest->transcript);
	ck_assert_int_eq(
		call_list(work,
			&(struct call_filter){
				.limit = 5, .before = newest->begun_at, .before_id = newest->id},
			&rows),
		1);
	ck_assert_str_eq(((struct call *)rows.p)->provider_call_id, id);
	ck_assert_ptr_nonnull(((struct call *)rows.p)->cost);
}
END_TEST

START_TEST(its_events_are_told_with_their_jobs)
{
	const char *id = new_call_id();
	struct rows rows;

	happen("call_started", id, started(""));
	receive("call_ended", id, ended(""));
	ck_assert_int_eq(call_events(work, call_of(id).id, &rows), 2);
	struct call_event *e = rows.p;
	ck_assert_str_eq(e[0].event, "call_started");
	ck_assert_str_eq(e[1].status, "queued");
	ck_assert_int_eq(e[1].processed_at.ms, 0);
	ck_assert_int_ne(e[0].processed_at.ms, 0);
	ck_assert_int_eq(call_events(work, SALON_ID, &rows), -1);
	ck_assert_int_eq(work->err.code, E_NOT_FOUND);
	err_clear(work);
}
END_TEST

/* ---- among many others ---- */

static int64_t read_by_the_worker(void)
{
	return one_int(work,
		"SELECT SUM(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS WHERE "
		"VARIABLE_NAME IN ('HANDLER_READ_NEXT', 'HANDLER_READ_RND_NEXT', "
		"'HANDLER_READ_PREV')");
}

START_TEST(calls_of_long_ago_cost_nothing)
{
	const char *old = new_call_id(), *now = new_call_id();

	happen("call_started", old, started(""));
	ck_assert_int_eq(db_exec(admin,
				 "INSERT INTO frontdesk_store.call_event (company_id, id, call_id, "
				 "inbox_event_id, event) SELECT e.company_id, UUID(), e.call_id, "
				 "UUID(), e.event FROM frontdesk_store.call_event e, "
				 "frontdesk_store.seq_1_to_5000"),
		5000);
	ck_assert_int_eq(db_script(admin, "ANALYZE TABLE frontdesk_store.call_event"), 0);
	int64_t before = read_by_the_worker();
	for (int i = 0; i < 3; i++)
		happen(EVENTS[i], now, members_of(i, false));
	int64_t rows = read_by_the_worker() - before;
	ck_assert_msg(rows < 2000, "%" PRId64 " rows were read", rows);
}
END_TEST

Suite *suite_calls(void)
{
	Suite *s = suite_create("calls");
	TCase *t = tcase_create("calls");

	tcase_add_checked_fixture(t, calls_begin, calls_end);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, any_order_gives_the_same_call, 1, 8);
	/* those that have call_started: 1, 3, 5, 7 */
	tcase_add_loop_test(t, any_order_gives_the_same_call_when_one_has_the_number, 7, 8);
	tcase_add_loop_test(t, any_order_gives_the_same_call_when_one_has_the_number, 3, 4);
	tcase_add_loop_test(t, any_order_gives_the_same_call_when_one_has_the_number, 5, 6);
	tcase_add_test(t, calls_of_long_ago_cost_nothing);
	tcase_add_test(t, each_event_is_emitted_once);
	tcase_add_test(t, a_call_that_only_began_is_ongoing);
	tcase_add_test(t, a_finished_call_never_goes_back);
	tcase_add_test(t, a_missed_call_stays_missed);
	tcase_add_test(t, signed_rubbish_fails_for_good);
	tcase_add_test(t, unknown_events_are_kept_and_ignored);
	tcase_add_test(t, a_number_is_found_in_its_notations);
	tcase_add_test(t, a_number_is_never_guessed);
	tcase_add_test(t, two_numbers_with_the_same_ending_name_none);
	tcase_add_test(t, another_agent_makes_it_nobodys);
	tcase_add_test(t, a_web_call_is_known_by_its_agent);
	tcase_add_test(t, an_unassigned_call_is_listed_once_and_comes_back);
	tcase_add_test(t, a_call_is_priced_by_the_second_and_the_started_minute);
	tcase_add_test(t, started_minutes_are_whole_minutes);
	tcase_add_test(t, pricing_again_changes_nothing);
	tcase_add_test(t, dollars_are_not_exchanged);
	tcase_add_test(t, calls_are_listed_and_found);
	tcase_add_test(t, its_events_are_told_with_their_jobs);
	suite_add_tcase(s, t);
	return s;
}
