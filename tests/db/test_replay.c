/* Events that are processed again: the difference is told field by field, and
 * holds what the replay did, whatever others do at the same moment. */
#include "tests/db/calls.h"
#include "core/base/id.h"
#include "core/customer/customer.h"
#include "core/inbox/look.h"
#include "core/privacy/erase.h"
#include "core/sys/json.h"
#include "core/worker/replay.h"
#include "core/worker/watch.h"

#define NEW_NUMBER "+493023125078"

static void setup(void)
{
	calls_begin();
	web->company = salon();
	web->actor = ACTOR_USER;
	web->actor_id = id_new(web);
}

static const char *booking_wish(void)
{
	return analyzed(mem_printf(web->mem,
		"\"intent\":\"book\",\"service\":\"Haircut\",\"staff\":\"Anna\","
		"\"appointment_date\":\"%s\",\"appointment_time\":\"14:00\","
		"\"customer_name\":\"Lena Hoffmann\",\"confidence\":0.95",
		bookable_day()));
}

static void end_jobs(void)
{
	ck_assert_int_ge(db_exec(admin, "UPDATE frontdesk_store.job SET state = 'done'"), 0);
}

/* ---- asking, and running the job ---- */

static int ask_for(struct ctx *c, void *arg)
{
	struct inbox_replay *r = arg;

	return inbox_replay_ask(c, r->inbox_event_id, r);
}

static struct inbox_replay asked(const char *event_id)
{
	struct inbox_replay r = {.inbox_event_id = event_id};

	ck_assert_int_eq(in_tx(web, ask_for, &r), 0);
	return r;
}

static void refused(const char *event_id, enum err_code code)
{
	struct inbox_replay r = {.inbox_event_id = event_id};

	ck_assert_int_eq(in_tx(web, ask_for, &r), -1);
	ck_assert_int_eq(web->err.code, code);
	err_clear(web);
}

static struct inbox_detail shown(const char *event_id)
{
	struct inbox_detail d;

	ck_assert_int_eq(inbox_detail_get(web, event_id, true, &d), 0);
	return d;
}

static struct inbox_replay last_of(const char *event_id)
{
	struct inbox_detail d = shown(event_id);

	ck_assert_uint_ge(d.replays.n, 1);
	return *(struct inbox_replay *)d.replays.p;
}

static struct inbox_replay replayed(const char *event_id)
{
	struct inbox_replay r = asked(event_id);

	ck_assert_int_eq(replay_run(work, r.id), 0);
	return last_of(event_id);
}

/* ---- the difference ---- */

static const struct row_change *change_of(const struct rows *changes, const char *kind)
{
	const struct row_change *k = changes->p;

	for (size_t i = 0; i < changes->n; i++) {
		if (strcmp(k[i].kind, kind) == 0)
			return &k[i];
	}
	return NULL;
}

static const struct field_change *field_of(const struct row_change *k, const char *name)
{
	const struct field_change *f = k->fields.p;

	for (size_t i = 0; i < k->fields.n; i++) {
		if (strcmp(f[i].field, name) == 0)
			return &f[i];
	}
	return NULL;
}

static void expect_row(const struct rows *changes, const char *kind, enum row_change_kind change)
{
	const struct row_change *k = change_of(changes, kind);

	ck_assert_msg(k != NULL, "no %s in the difference", kind);
	ck_assert_msg(k->change == change, "%s: %d", kind, (int)k->change);
}

static void expect_field(const struct rows *changes, const char *kind, const char *field,
	const char *before, const char *after)
{
	const struct row_change *k = change_of(changes, kind);

	ck_assert_msg(k != NULL, "no %s in the difference", kind);
	const struct field_change *f = field_of(k, field);

	ck_assert_msg(f != NULL, "no %s of %s in the difference", field, kind);
	ck_assert_msg(text_same(f->before, before) && text_same(f->after, after), "%s.%s: %s -> %s",
		kind, field, f->before, f->after);
}

START_TEST(what_was_processed_before_changes_nothing)
{
	const char *call = new_call_id(), *event = receive("call_analyzed", call, booking_wish());

	happen("call_started", call, started(""));
	process(event);
	ck_assert_int_eq(call_of(call).booking_outcome, OUTCOME_BOOKED);
	end_jobs();
	for (int i = 0; i < 2; i++) {
		struct inbox_replay r = replayed(event);

		ck_assert_int_eq(r.state, REPLAY_DONE);
		ck_assert_str_eq(r.outcome, "Nothing changed.");
		ck_assert_uint_eq(r.changes.n, 0);
		ck_assert_ptr_null(r.error);
	}
	ck_assert_int_eq(salon_rows("appointment"), 1);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM audit_entry WHERE action = "
				 "'inbox_event.replay' AND subject_id = ?",
				 event),
		2);
}
END_TEST

static void add_number(void)
{
	ck_assert_int_eq(
		db_script(admin,
			"INSERT INTO frontdesk_store.phone_number (company_id, id, "
			"branch_id, e164, label) SELECT company_id, UUID(), branch_id, '" NEW_NUMBER
			"', 'test' FROM frontdesk_store.phone_number "
			"WHERE e164 = '" MITTE_NUMBER "'"),
		0);
}

/* A call that was nobody's becomes one with customer, costs and visit. */
START_TEST(what_a_replay_does_is_told_field_by_field)
{
	const char *wish = booking_wish(), *at = strstr(wish, MITTE_NUMBER);
	const char *other = mem_printf(web->mem, "%.*s" NEW_NUMBER "%s", (int)(at - wish), wish,
		at + strlen(MITTE_NUMBER));
	const char *call = new_call_id(), *event = receive("call_analyzed", call, other);

	process(event);
	ck_assert_int_eq(salon_rows("unassigned_call"), 1);
	add_number();
	end_jobs();
	struct inbox_replay r = replayed(event);

	ck_assert_int_eq(r.state, REPLAY_DONE);
	expect_row(&r.changes, "call", ROW_ADDED);
	expect_field(&r.changes, "call", "status", NULL, "analyzed");
	expect_field(&r.changes, "call", "booking_outcome", NULL, "booked");
	expect_field(&r.changes, "call", "from_number", NULL, CALLER);
	expect_field(&r.changes, "cost", "currency", NULL, "EUR");
	expect_field(&r.changes, "customer", "name", NULL, "Lena Hoffmann");
	expect_row(&r.changes, "appointment", ROW_ADDED);
	expect_row(&r.changes, "appointment_segment", ROW_ADDED);
	expect_field(&r.changes, "unassigned_call", "status", "(not shown)", "(not shown)");
	expect_row(&r.changes, "event", ROW_ADDED);
	ck_assert_str_eq(change_of(&r.changes, "call")->id, call_of(call).id);
	ck_assert_ptr_null(field_of(change_of(&r.changes, "call"), "customer_cents"));
	ck_assert_msg(text_starts(r.outcome, "Rows changed: 1, added: "), "%s", r.outcome);
	ck_assert_str_eq(replayed(event).outcome, "Nothing changed.");
}
END_TEST

/* A customer who was there before is none that a replay has added. */
START_TEST(what_was_there_is_not_added)
{
	const char *call = new_call_id(), *event;

	happen("call_started", new_call_id(), started(""));
	ck_assert_int_eq(salon_rows("customer"), 1);
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.customer SET created_at = NOW(3) - "
				 "INTERVAL 1 DAY"),
		1);
	event = receive("call_analyzed", call, booking_wish());
	end_jobs();
	struct inbox_replay r = replayed(event);

	expect_row(&r.changes, "call", ROW_ADDED);
	expect_row(&r.changes, "customer", ROW_CHANGED);
	expect_field(&r.changes, "customer", "name", NULL, "Lena Hoffmann");
	ck_assert_ptr_null(field_of(change_of(&r.changes, "customer"), "phone"));
}
END_TEST

/* … also when nobody could see beforehand that the call is his. */
START_TEST(what_comes_into_sight_is_not_added)
{
	const char *usual = started(""), *at = strstr(usual, CALLER);
	const char *spaced = mem_printf(web->mem, "%.*s+49 151 123 456 78%s", (int)(at - usual),
		usual, at + strlen(CALLER));
	const char *event;

	happen("call_started", new_call_id(), usual);
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.customer SET created_at = NOW(3) - "
				 "INTERVAL 1 DAY"),
		1);
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.event SET created_at = NOW(3) - "
				 "INTERVAL 1 DAY"),
		1);
	event = receive("call_started", new_call_id(), spaced);
	end_jobs();
	struct inbox_replay r = replayed(event);

	ck_assert_int_eq(salon_rows("customer"), 1);
	expect_row(&r.changes, "call", ROW_ADDED);
	ck_assert_ptr_null(change_of(&r.changes, "customer"));
	const struct row_change *k = r.changes.p;
	int told = 0;

	for (size_t i = 0; i < r.changes.n; i++)
		told += strcmp(k[i].kind, "event") == 0;
	ck_assert_int_eq(told, 1);
}
END_TEST

/* ---- others, meanwhile ---- */

static struct inbox_event watched_event;
static int times;

static struct watch *watching(const char *event_id)
{
	struct watch *w = mem_alloc(work->mem, sizeof(*w));

	ck_assert_int_eq(inbox_get(work, event_id, &watched_event), 0);
	watch_begin(work, w, &watched_event);
	return w;
}

static struct rows told(struct watch *w)
{
	struct inbox_replay r = {0};
	struct difference d;
	const struct json *j;

	work->witness = NULL;
	watch_end(work, w, &r);
	struct bytes text = {(const uint8_t *)r.diff, strlen(r.diff)};
	ck_assert_int_eq(json_parse(work, text, &j), 0);
	ck_assert_int_eq(json_decode(work, j, &DIFFERENCE, JSON_CREATE, &d, NULL), 0);
	return d.changes;
}

/* Others commit between the two looks: on rows that are watched, too. */
static int interrupted_step(struct ctx *c, void *call_id)
{
	times++;
	ck_assert_int_eq(
		db_exec(admin, "UPDATE frontdesk_store.customer SET name = 'By another'"), 1);
	ck_assert_int_eq(
		db_script(admin,
			"INSERT INTO frontdesk_store.task (company_id, id, dedupe_key, kind,"
			" title, call_id) SELECT company_id, UUID(), 'other', 'other',"
			" 'By another', id FROM frontdesk_store.`call`"),
		times == 1 ? 0 : -1);
	return db_exec(c, "UPDATE `call` SET sentiment = 'By us' WHERE id = ?",
		       (const char *)call_id) < 0
		? -1
		: 0;
}

START_TEST(what_others_do_meanwhile_is_not_in_it)
{
	const char *call = new_call_id(), *event = receive("call_started", call, started(""));

	process(event);
	struct watch *w = watching(event);
	times = 0;
	ck_assert_int_eq(in_tx(work, interrupted_step, (void *)(uintptr_t)call_of(call).id), 0);
	ck_assert_int_eq(times, 1);
	struct rows changes = told(w);

	ck_assert_uint_eq(changes.n, 1);
	expect_field(&changes, "call", "sentiment", NULL, "By us");
	ck_assert_uint_eq(change_of(&changes, "call")->fields.n, 1);
	ck_assert_int_eq(salon_rows("task"), 1);
}
END_TEST

static int step_after_a_rival(struct ctx *c, void *call_id)
{
	if (times++ == 0)
		ck_assert_int_eq(
			db_exec(admin, "UPDATE frontdesk_store.`call` SET sentiment = 'Rival'"), 1);
	return db_exec(c, "UPDATE `call` SET sentiment = 'By us' WHERE id = ?",
		       (const char *)call_id) < 0
		? -1
		: 0;
}

START_TEST(a_row_that_others_changed_is_looked_at_again)
{
	const char *call = new_call_id(), *event = receive("call_started", call, started(""));

	process(event);
	struct watch *w = watching(event);
	times = 0;
	ck_assert_int_eq(in_tx(work, step_after_a_rival, (void *)(uintptr_t)call_of(call).id), 0);
	ck_assert_int_eq(times, 2);
	struct rows changes = told(w);

	expect_field(&changes, "call", "sentiment", "Rival", "By us");
}
END_TEST

static int say(struct ctx *c, void *sentiment)
{
	return db_exec(c, "UPDATE `call` SET sentiment = ?", (const char *)sentiment) < 0 ? -1 : 0;
}

/* What was changed in several steps is told once; what others did in between
 * is not; what was changed there and back is none. */
START_TEST(steps_add_up)
{
	const char *call = new_call_id(), *event = receive("call_started", call, started(""));

	process(event);
	struct watch *w = watching(event);
	ck_assert_int_eq(in_tx(work, say, (void *)(uintptr_t) "one"), 0);
	ck_assert_int_eq(db_exec(admin, "UPDATE frontdesk_store.`call` SET summary = 'Rival'"), 1);
	ck_assert_int_eq(in_tx(work, say, (void *)(uintptr_t) "two"), 0);
	struct rows changes = told(w);
	expect_field(&changes, "call", "sentiment", NULL, "two");
	ck_assert_uint_eq(change_of(&changes, "call")->fields.n, 1);

	w = watching(event);
	ck_assert_int_eq(in_tx(work, say, (void *)(uintptr_t) "three"), 0);
	ck_assert_int_eq(in_tx(work, say, (void *)(uintptr_t) "two"), 0);
	changes = told(w);
	ck_assert_uint_eq(changes.n, 0);
}
END_TEST

/* ---- asking ---- */

START_TEST(only_what_has_ended_is_replayed_and_once_at_a_time)
{
	const char *event = receive("call_started", new_call_id(), started(""));

	refused(event, E_STATE); /* its job waits */
	process(event);
	end_jobs();
	struct inbox_replay r = asked(event);
	refused(event, E_STATE); /* one is on its way */
	ck_assert_int_eq(last_of(event).state, REPLAY_QUEUED);
	ck_assert_int_eq(replay_run(work, r.id), 0);
	ck_assert_int_eq(replay_run(work, r.id), 0); /* a second worker finds it done */
	end_jobs();
	r = asked(event);
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.job SET state = 'dead', last_error = "
				 "'It died.' WHERE ref_id = ?",
				 r.id),
		1);
	ck_assert_int_eq(last_of(event).state, REPLAY_FAILED);
	ck_assert_str_eq(last_of(event).error, "It died.");
	ck_assert_str_eq(replayed(event).outcome, "Nothing changed.");
	refused(id_new(web), E_NOT_FOUND);
	web->company = dental();
	refused(event, E_NOT_FOUND);
	web->company = salon();
	ck_assert_int_eq(db_exec(admin, "UPDATE frontdesk_store.inbox_event SET body = ''"), 1);
	end_jobs();
	refused(event, E_STATE);
	ck_assert_int_eq(shown(event).body_kind, CONTENT_DELETED);
}
END_TEST

START_TEST(what_cannot_be_processed_says_why)
{
	struct inbox_event e;

	ck_assert_int_eq(post("demo-salon", "key_demo_salon", "not JSON", &e), 1);
	ck_assert_int_eq(db_exec(admin, "UPDATE frontdesk_store.job SET state = 'dead'"), 1);
	ck_assert_int_eq(shown(e.id).body_kind, CONTENT_TEXT);
	struct inbox_replay r = replayed(e.id);

	ck_assert_int_eq(r.state, REPLAY_FAILED);
	ck_assert_ptr_nonnull(r.error);
	ck_assert_str_eq(r.outcome, "Nothing changed.");
	ck_assert_int_eq(one_int(work, "SELECT COUNT(*) FROM job WHERE state = 'dead'"), 1);
}
END_TEST

START_TEST(a_dead_letter_that_was_replayed_is_none_any_more)
{
	const char *event = receive("call_started", new_call_id(), started(""));

	ck_assert_int_eq(db_exec(admin, "UPDATE frontdesk_store.job SET state = 'dead'"), 1);
	ck_assert_int_eq(shown(event).job->state, JOB_DEAD);
	ck_assert_int_eq(replayed(event).state, REPLAY_DONE);
	ck_assert_int_eq(shown(event).job->state, JOB_DONE);
	ck_assert_int_eq(shown(event).body_kind, CONTENT_JSON);
}
END_TEST

START_TEST(one_that_was_cut_off_says_so)
{
	const char *event = receive("call_started", new_call_id(), started(""));

	end_jobs();
	struct inbox_replay r = asked(event);
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.inbox_replay SET state = 'running',"
				 " began_at = NOW(3)"),
		1);
	ck_assert_int_eq(replay_run(work, r.id), 0);
	ck_assert_ptr_nonnull(strstr(last_of(event).outcome, "cut off"));
}
END_TEST

START_TEST(who_may_not_read_it_sees_neither_content_nor_difference)
{
	const char *event = receive("call_started", new_call_id(), started(""));
	struct inbox_detail d;

	end_jobs();
	ck_assert_uint_gt(replayed(event).changes.n, 0);
	ck_assert_int_eq(inbox_detail_get(web, event, false, &d), 0);
	ck_assert_int_eq(d.body_kind, CONTENT_HIDDEN);
	ck_assert_ptr_null(d.body);
	const struct inbox_replay *r = d.replays.p;
	ck_assert_uint_eq(r->changes.n, 0);
	ck_assert_ptr_nonnull(r->outcome);
}
END_TEST

static int erase(struct ctx *c, void *id)
{
	struct erasure done;

	return customer_erase(c, id, ERASE_REQUESTED, true, &done);
}

START_TEST(an_erased_customer_is_in_no_difference)
{
	const char *event = receive("call_started", new_call_id(), started(""));
	struct customer k;

	end_jobs();
	ck_assert_uint_gt(replayed(event).changes.n, 0);
	ck_assert_int_eq(customer_find_by_phone(web, CALLER, &k), 1);
	ck_assert_int_eq(in_tx(web, erase, (void *)(uintptr_t)k.id), 0);
	ck_assert_int_eq(salon_rows("inbox_replay"), 0);
}
END_TEST

/* ---- every statement of the job fails once ---- */

static struct inbox_replay waiting_replay(void)
{
	calls_forget();
	const char *event = receive("call_analyzed", new_call_id(), booking_wish());

	end_jobs();
	return asked(event);
}

/* With the n-th statement failing. True while there was one. */
static bool tried(int n, unsigned code)
{
	struct inbox_replay asked_for = waiting_replay();

	db_fail_at(n, 1, code);
	int rc = replay_run(work, asked_for.id);
	int failed = db_fail_at(0, 0, 0);

	err_clear(work);
	work->witness = NULL;
	db_idle(work->db);
	if (rc < 0)
		ck_assert_int_eq(replay_run(work, asked_for.id), 0);
	struct inbox_replay r = last_of(asked_for.inbox_event_id);
	bool cut_off = strstr(r.outcome, "cut off") != NULL;

	ck_assert_msg(r.finished_at.ms != 0, "statement %d left it open", n);
	ck_assert_msg(r.state == REPLAY_DONE || failed == 1, "statement %d", n);
	/* what is there was told, or that something may be missing */
	ck_assert_msg(
		cut_off || (salon_rows("`call`") == 1) == (change_of(&r.changes, "call") != NULL),
		"statement %d: a call that nobody told of", n);
	ck_assert_msg(cut_off ||
			(salon_rows("appointment") == 1) ==
				(change_of(&r.changes, "appointment") != NULL),
		"statement %d: a visit that nobody told of", n);
	end_jobs();
	ck_assert_int_eq(replayed(asked_for.inbox_event_id).state, REPLAY_DONE);
	ck_assert_int_eq(salon_rows("appointment"), 1);
	return failed > 0;
}

START_TEST(a_replay_tells_what_it_did_whatever_fails)
{
	static const unsigned CODES[] = {1146, 1213, 2013};
	int n = 1;

	hush();
	while (tried(n, CODES[_i]))
		n++;
	ck_assert_int_gt(n, 60);
}
END_TEST

Suite *suite_replay(void)
{
	Suite *s = suite_create("replay");
	TCase *t = tcase_create("replay");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, calls_end);
	tcase_add_test(t, what_was_processed_before_changes_nothing);
	tcase_add_test(t, what_a_replay_does_is_told_field_by_field);
	tcase_add_test(t, what_was_there_is_not_added);
	tcase_add_test(t, what_comes_into_sight_is_not_added);
	tcase_add_test(t, what_others_do_meanwhile_is_not_in_it);
	tcase_add_test(t, a_row_that_others_changed_is_looked_at_again);
	tcase_add_test(t, steps_add_up);
	tcase_add_test(t, only_what_has_ended_is_replayed_and_once_at_a_time);
	tcase_add_test(t, what_cannot_be_processed_says_why);
	tcase_add_test(t, a_dead_letter_that_was_replayed_is_none_any_more);
	tcase_add_test(t, one_that_was_cut_off_says_so);
	tcase_add_test(t, who_may_not_read_it_sees_neither_content_nor_difference);
	tcase_add_test(t, an_erased_customer_is_in_no_difference);
	tcase_add_loop_test(t, a_replay_tells_what_it_did_whatever_fails, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
