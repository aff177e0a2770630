/* The breaker: a provider that fails is left alone, all workers know it, one call
 * finds out whether it works again, and people are told once of each change. */
#include "core/base/id.h"
#include "core/queue/queue.h"
#include "tests/db/asked.h"

#define RIVALS 16

static struct http_answer ask(void)
{
	return asks(asked, "twilio");
}

static void ask_often(int n)
{
	for (int i = 0; i < n; i++)
		(void)ask();
}

static struct breaker row(void)
{
	struct breaker b = {.state = BREAKER_CLOSED};

	ck_assert_int_ge(breaker_find(asked, "twilio", &b), 0);
	return b;
}

static void is(enum breaker_state state)
{
	ck_assert_str_eq(BREAKER_STATE[row().state], BREAKER_STATE[state]);
}

static int64_t events(const char *kind)
{
	int64_t n = one_int(
		asked_root, "SELECT COUNT(*) FROM frontdesk_store.event WHERE kind = ?", kind);

	/* each with the job that hands it out */
	ck_assert_int_eq(n,
		one_int(asked_root,
			"SELECT COUNT(*) FROM frontdesk_store.event e JOIN frontdesk_store.job j ON"
			" j.ref_id = e.id AND j.kind = 'event.dispatch' WHERE e.kind = ?",
			kind));
	return n;
}

static void its_pause_is_over(void)
{
	ck_assert_int_eq(
		db_exec(asked_root, "UPDATE frontdesk_store.breaker SET retry_at = NOW(3)"), 1);
}

static void opens(void)
{
	asked_does->status = 500;
	ask_often(5);
	is(BREAKER_OPEN);
}

/* ---- opening ---- */

START_TEST(one_that_fails_is_left_alone)
{
	opens();
	int before = asked_does->asked;
	struct http_answer a = ask();

	ck_assert(was_not_asked(&a));
	ck_assert_int_eq(asked_does->asked, before);
	ck_assert_int_ge(a.retry_after, 25);
	ck_assert_int_le(a.retry_after, 30);
	ck_assert_msg(strstr(a.error, "Twilio answers 500") != NULL, "%s", a.error);
	ck_assert_int_eq(events("integration.failed"), 1);
	/* what was not asked is no call */
	ck_assert_int_eq(one_int(asked, "SELECT COUNT(*) FROM provider_call"), 5);
}
END_TEST

/* The control: where no breaker stays open, every call goes out. */
START_TEST(without_its_row_all_go_out)
{
	asked_does->status = 500;
	for (int i = 0; i < 12; i++) {
		struct http_answer a = ask();

		ck_assert(!was_not_asked(&a));
		ck_assert_int_ge(db_exec(asked_root, "DELETE FROM frontdesk_store.breaker"), 0);
	}
	ck_assert_int_eq(asked_does->asked, 12);
}
END_TEST

START_TEST(others_are_not_concerned)
{
	opens();
	struct http_answer a = asks(asked, "stripe");

	ck_assert(!was_not_asked(&a)); /* another provider */
	asked->company = dental();
	a = ask();
	ck_assert(!was_not_asked(&a)); /* another's account */
	asked->company = 0;
	a = ask();
	ck_assert(!was_not_asked(&a)); /* the platform's */
}
END_TEST

static const struct {
	int status;
	bool opens;
} ANSWERS[] = {{0, true}, {408, true}, {429, true}, {500, true}, {503, true}, {400, false},
	{404, false}, {409, false}, {422, false}, {302, false}};

START_TEST(what_counts_as_failing)
{
	asked_does->status = ANSWERS[_i].status;
	ask_often(10);
	is(ANSWERS[_i].opens ? BREAKER_OPEN : BREAKER_CLOSED);
	ck_assert_int_eq(asked_does->asked, ANSWERS[_i].opens ? 5 : 10);
}
END_TEST

START_TEST(a_refused_account_is_told_at_once)
{
	asked_does->status = _i == 0 ? 401 : 403;
	ask_often(1);
	is(BREAKER_OPEN);
	ck_assert(row().is_denied);
	ck_assert_msg(strstr(row().reason, "refuses the account") != NULL, "%s", row().reason);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_gt(row().wait_ms, 590000); /* it will not mend itself */
}
END_TEST

START_TEST(half_of_ten_is_enough_and_less_is_not)
{
	for (int i = 0; i < 10; i++) {
		asked_does->status = i % 3 == 0 ? 500 : 200;
		ask_often(1);
	}
	is(BREAKER_CLOSED); /* four of ten */
	asked_does->status = 500;
	ask_often(2);
	is(BREAKER_OPEN);
}
END_TEST

START_TEST(retry_after_is_obeyed_by_all)
{
	asked_does->status = 429;
	asked_does->retry_after = 1200;
	ask_often(5);
	ck_assert_int_gt(row().wait_ms, 1190000);
}
END_TEST

static void fail_at_once(int i, void *shared)
{
	struct ctx *k = asker();

	(void)i;
	(void)shared;
	for (int n = 0; n < 5; n++)
		(void)asks(k, "twilio");
	db_ctx_end(k);
}

START_TEST(rivals_open_it_once)
{
	asked_does->status = 500;
	run_rivals(RIVALS, fail_at_once, NULL);
	is(BREAKER_OPEN);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(row().trips, 1);
}
END_TEST

/* ---- half open ---- */

START_TEST(it_closes_when_a_call_gets_through)
{
	opens();
	ck_assert_int_eq(
		queue_add(asked, JOB_NOTIFICATION_SEND, id_new(asked), (ts_t){0}, NULL), 0);
	ck_assert_int_eq(
		db_exec(asked_root,
			"UPDATE frontdesk_store.job SET put_off_since = NOW(3), is_due = 0,"
			" run_at = NOW(3) + INTERVAL 1 HOUR WHERE kind = 'notification.send'"),
		1);
	its_pause_is_over();
	asked_does->status = 200;
	struct http_answer a = ask();

	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	is(BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.recovered"), 1);
	ck_assert_int_eq(one_int(asked_root,
				 "SELECT is_due FROM frontdesk_store.job WHERE kind ="
				 " 'notification.send'"),
		1);
	/* what failed before does not count any more */
	asked_does->status = 500;
	ask_often(4);
	is(BREAKER_CLOSED);
	ask_often(1);
	is(BREAKER_OPEN);
	ck_assert_int_eq(row().trips, 2);
}
END_TEST

/* Who may read need not be able to write. */
START_TEST(another_kind_of_call_lets_the_next_through)
{
	opens();
	its_pause_is_over();
	asked_does->status = 200;
	operation = "read";
	ask_often(1);
	is(BREAKER_OPEN);
	operation = "write";
	if (_i == 0) {
		ask_often(1);
		is(BREAKER_CLOSED);
	} else if (_i == 1) {
		asked_does->status = 500;
		ask_often(1);
		is(BREAKER_OPEN);
		ck_assert_int_gt(row().wait_ms, 50000);
	} else {
		operation = "read";
		ask_often(1);
		is(BREAKER_OPEN);
		ask_often(1);
		is(BREAKER_CLOSED);
	}
	ck_assert_int_eq(events("integration.recovered"), _i != 1);
}
END_TEST

START_TEST(one_that_fails_again_waits_longer)
{
	static const int WAITS_S[] = {60, 120, 240, 480, 600, 600};

	opens();
	for (size_t i = 0; i < COUNT_OF(WAITS_S); i++) {
		its_pause_is_over();
		ask_often(1);
		is(BREAKER_OPEN);
		ck_assert_int_gt(row().wait_ms, WAITS_S[i] * 1000 - 2000);
		ck_assert_int_le(row().wait_ms, WAITS_S[i] * 1000);
	}
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(events("integration.recovered"), 0);
}
END_TEST

static void ask_once(int i, void *shared)
{
	(void)i;
	crowd_asks(shared, "twilio");
}

/* It takes a while to answer, and fails again or not. */
START_TEST(exactly_one_call_is_let_through)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));

	opens();
	its_pause_is_over();
	int before = asked_does->asked;
	asked_does->pause_ms = 1500;
	asked_does->status = _i == 0 ? 500 : 200;
	run_rivals(RIVALS, ask_once, crowd);
	ck_assert_int_eq(asked_does->asked - before, 1);
	ck_assert_int_eq(crowd->sent, 1);
	ck_assert_int_eq(crowd->put_off, RIVALS - 1);
	is(_i == 0 ? BREAKER_OPEN : BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(events("integration.recovered"), _i);
}
END_TEST

struct race {
	_Atomic int ready;
	_Atomic int won;
	_Atomic int lost;
};

/* All have seen that it is due, before the first of them tries. */
static void look_and_try(int i, void *shared)
{
	struct race *race = shared;
	struct ctx *k = asker();
	struct breaker_pass p = {
		.provider = "twilio", .account = "race", .operation = "write", .call_ms = 5000};
	const char *why;
	int wait_ms;

	(void)i;
	ck_assert_int_eq(breaker_look(k, &p, &wait_ms, &why), 1);
	ck_assert(p.is_due);
	race->ready++;
	for (int n = 0; n < 10000 && race->ready < RIVALS; n++)
		usleep(1000);
	int rc = breaker_enter(k, &p, &wait_ms, &why);

	ck_assert_int_ge(rc, 0);
	if (rc > 0)
		race->won++;
	else
		race->lost++;
	db_ctx_end(k);
}

START_TEST(of_those_who_looked_one_may_try)
{
	struct race *race = shared_memory(sizeof(*race));

	opens();
	its_pause_is_over();
	run_rivals(RIVALS, look_and_try, race);
	ck_assert_int_eq(race->won, 1);
	ck_assert_int_eq(race->lost, RIVALS - 1);
}
END_TEST

/* A call that we do not make ourselves shows nothing. */
START_TEST(what_is_refused_by_us_closes_nothing)
{
	struct http_answer a;
	struct http_request r = {.provider = "twilio",
		.operation = "write",
		.method = "GET",
		.url = "http://192.0.2.1/"};

	opens();
	its_pause_is_over();
	ck_assert_int_eq(outbound_send(asked, &r, &a), 0);
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	is(BREAKER_OPEN);
	ck_assert_int_eq(events("integration.recovered"), 0);
}
END_TEST

START_TEST(who_died_trying_is_followed_by_another)
{
	opens();
	ck_assert_int_eq(db_exec(asked_root,
				 "UPDATE frontdesk_store.breaker SET state = 'half_open',"
				 " probe = UUID(), retry_at = NOW(3) + INTERVAL 9 SECOND"),
		1);
	struct http_answer a = ask();
	ck_assert(was_not_asked(&a));
	ck_assert_int_le(a.retry_after, 2);
	its_pause_is_over();
	asked_does->status = 200;
	a = ask();
	ck_assert_int_eq(a.status, 200);
	is(BREAKER_CLOSED);
}
END_TEST

/* ---- by hand ---- */

static int works(struct ctx *k, void *provider)
{
	return breaker_works(k, provider);
}

static int retry(struct ctx *k, void *provider)
{
	return breaker_retry(k, provider);
}

START_TEST(a_person_may_try_now)
{
	char provider[] = "twilio";

	opens();
	ck_assert_int_eq(in_tx(asked, retry, provider), 0);
	asked_does->status = 500;
	ask_often(1);
	is(BREAKER_OPEN);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(in_tx(asked, works, provider), 0);
	is(BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.recovered"), 1);
}
END_TEST

START_TEST(asking_regardless_changes_nothing)
{
	struct http_answer a;
	struct http_request r = {.provider = "twilio",
		.operation = "test",
		.method = "GET",
		.url = asked_url(asked),
		.regardless = true};

	opens();
	asked_does->status = 200;
	ck_assert_int_eq(outbound_send(asked, &r, &a), 0);
	ck_assert_int_eq(a.status, 200);
	is(BREAKER_OPEN);
}
END_TEST

/* ---- what it costs ---- */

START_TEST(one_that_works_costs_a_read_a_second)
{
	ask_often(1);
	unsigned before = asked->db_calls;
	ask_often(1);
	ck_assert_uint_eq(asked->db_calls - before, 1); /* the record of the call */
	/* another process of the machine knows it, too */
	struct ctx *k = asker();
	(void)asks(k, "twilio");
	ck_assert_uint_eq(k->db_calls, 1);
	db_ctx_end(k);
	usleep(1100000);
	before = asked->db_calls;
	ask_often(1);
	ck_assert_uint_eq(asked->db_calls - before, 2);
}
END_TEST

Suite *suite_breaker(void)
{
	Suite *s = suite_create("breaker");
	TCase *t = tcase_create("breaker");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, asked_begin, asked_end);
	tcase_add_test(t, one_that_fails_is_left_alone);
	tcase_add_test(t, without_its_row_all_go_out);
	tcase_add_test(t, others_are_not_concerned);
	tcase_add_loop_test(t, what_counts_as_failing, 0, (int)COUNT_OF(ANSWERS));
	tcase_add_loop_test(t, a_refused_account_is_told_at_once, 0, 2);
	tcase_add_test(t, half_of_ten_is_enough_and_less_is_not);
	tcase_add_test(t, retry_after_is_obeyed_by_all);
	tcase_add_test(t, rivals_open_it_once);
	tcase_add_test(t, it_closes_when_a_call_gets_through);
	tcase_add_loop_test(t, another_kind_of_call_lets_the_next_through, 0, 3);
	tcase_add_test(t, one_that_fails_again_waits_longer);
	tcase_add_loop_test(t, exactly_one_call_is_let_through, 0, 2);
	tcase_add_test(t, of_those_who_looked_one_may_try);
	tcase_add_test(t, what_is_refused_by_us_closes_nothing);
	tcase_add_test(t, who_died_trying_is_followed_by_another);
	tcase_add_test(t, a_person_may_try_now);
	tcase_add_test(t, asking_regardless_changes_nothing);
	tcase_add_test(t, one_that_works_costs_a_read_a_second);
	suite_add_tcase(s, t);
	return s;
}
