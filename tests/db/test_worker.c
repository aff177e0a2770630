/* Jobs: claiming, fencing, failing, dying, replaying. */
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "tests/db/jobs.h"

#define JOBS 120
#define RIVALS 6

static struct ctx *c; /* of the worker's account, in no company */
static struct ctx *root;

static void setup(void)
{
	root = db_ctx_admin();
	jobs_clean(root);
	c = db_ctx("fd_worker");
	c->actor = ACTOR_JOB;
}

static void teardown(void)
{
	jobs_clean(root);
	db_ctx_end(c);
	db_ctx_end(root);
}

/* ---- helpers ---- */

static struct claim claim_one(const char *owner)
{
	struct rows rows;

	ck_assert_int_eq(jobs_claim(c, owner, 10, &rows), 1);
	c->company = salon();
	return *(const struct claim *)rows.p;
}

static int64_t effects(void)
{
	return one_int(
		root, "SELECT COUNT(*) FROM frontdesk_store.audit_entry WHERE action = 'test'");
}

static void lapse(const char *id)
{
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET lease_until = NOW(3) - INTERVAL 1 "
				 "SECOND WHERE id = ?",
				 id),
		1);
}

/* Work that can be seen, and then ends as the test wants. */
static enum err_code ends_with;

static int effect(struct ctx *k, const char *ref_id)
{
	(void)ref_id;
	if (audit_add(k, "test", "job", NULL, NULL) < 0)
		return -1;
	return ends_with == E_OK ? 0 : err_set(k, ends_with, NULL);
}

static int no_effect(struct ctx *k, const char *ref_id)
{
	(void)ref_id;
	return ends_with == E_OK ? 0 : err_set(k, ends_with, NULL);
}

static const struct job_work EFFECT = {JOB_TX_WRITE, effect};
static const struct job_work NOTHING = {JOB_TX_NONE, no_effect};

/* ---- claiming ---- */

/* By the number at the end of ref_id, how often a job was claimed. */
static void claim_all(int i, void *shared)
{
	int *claimed = shared;
	struct ctx *k = db_ctx("fd_worker");
	struct rows rows;
	int n;

	/* a deadlock is claimed again, as the drainer does */
	while ((n = jobs_claim(k, mem_printf(k->mem, "rival %d", i), 7, &rows)) > 0 ||
		(n < 0 && db_retryable(k))) {
		err_clear(k);
		for (int r = 0; r < n; r++) {
			const struct claim *j = (const struct claim *)rows.p + r;

			__atomic_add_fetch(
				&claimed[strtol(j->ref_id + 24, NULL, 10)], 1, __ATOMIC_SEQ_CST);
			ck_assert_int_eq(worker_attempt(k, j, &NOTHING), ATTEMPT_DONE);
		}
	}
	ck_assert_int_eq(n, 0);
	db_ctx_end(k);
}

START_TEST(claims_never_overlap)
{
	int *claimed = shared_memory(JOBS * sizeof(int));

	hush();
	for (int i = 0; i < JOBS; i++)
		(void)jobs_add(
			c, JOB_SWEEP, mem_printf(c->mem, "00000000-0000-7000-8000-%012d", i));
	run_rivals(RIVALS, claim_all, claimed);
	for (int i = 0; i < JOBS; i++)
		ck_assert_msg(claimed[i] == 1, "job %d was claimed %d times", i, claimed[i]);
	ck_assert_int_eq(
		one_int(root, "SELECT COUNT(*) FROM frontdesk_store.job WHERE state = 'done'"),
		JOBS);
}
END_TEST

START_TEST(a_claim_is_committed_before_acting)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	ck_assert(!db_in_tx(c));
	ck_assert_str_eq(j.id, id);
	ck_assert_int_eq(j.attempts, 1);
	ck_assert_int_eq(j.company_number, salon());
	ck_assert_str_eq(j.company_id, SALON_ID);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_RUNNING); /* another connection sees it */
	ck_assert_int_eq(jobs_row(root, id).attempts, 1);
	ck_assert_int_ge(one_int(root,
				 "SELECT TIMESTAMPDIFF(SECOND, NOW(3), lease_until) FROM "
				 "frontdesk_store.job"),
		120);
}
END_TEST

START_TEST(the_first_come_first_by_priority)
{
	const char *sweep = jobs_add(c, JOB_SWEEP, NULL);
	const char *inbox = jobs_add(c, JOB_INBOX_RETELL, NULL);
	struct rows rows;

	ck_assert_int_eq(jobs_claim(c, "me", 1, &rows), 1);
	ck_assert_str_eq(((struct claim *)rows.p)->id, inbox);
	ck_assert_int_eq(jobs_row(root, sweep).state, JOB_QUEUED);
}
END_TEST

START_TEST(what_is_not_due_waits)
{
	struct rows rows;

	c->company = salon();
	ck_assert_int_eq(queue_add(c, JOB_SWEEP, NULL, (ts_t){ts_now().ms + 3600000}, NULL), 0);
	c->company = 0;
	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 0);
}
END_TEST

static void salon_is(const char *status)
{
	ck_assert_int_eq(db_exec(root, "UPDATE frontdesk_store.company SET status = ? WHERE id = ?",
				 status, salon()),
		1);
}

/* One for each of the two, more than a claim takes; the dental clinic's is last. */
START_TEST(a_suspended_companys_jobs_wait_and_hold_up_nobody)
{
	const char *waiting = NULL;
	struct rows rows;

	for (int i = 0; i < 25; i++)
		waiting = jobs_add(c, JOB_INBOX_RETELL, NULL);
	c->company = dental();
	ck_assert_int_eq(queue_add(c, JOB_SWEEP, NULL, (ts_t){0}, NULL), 0);
	c->company = 0;
	salon_is(_i == 0 ? "suspended" : "closed");
	int n = jobs_claim(c, "me", 10, &rows);
	int again = jobs_claim(c, "you", 10, &rows);
	int64_t due = one_int(root,
		"SELECT COUNT(*) FROM frontdesk_store.job WHERE run_at <= NOW(3) AND state = "
		"'queued'");
	salon_is("active");
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(again, 0);
	ck_assert_int_eq(due, 0);
	ck_assert_int_eq(jobs_row(root, waiting).state, JOB_QUEUED);
	ck_assert_int_eq(jobs_row(root, waiting).attempts, 0);
}
END_TEST

START_TEST(a_unique_key_queues_once)
{
	c->company = salon();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(queue_add(c, JOB_SWEEP, NULL, (ts_t){0}, "once"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM job"), 1);
}
END_TEST

/* ---- fencing ---- */

START_TEST(a_late_worker_changes_nothing)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim late = claim_one("late");

	hush();
	lapse(id);
	c->company = 0;
	struct claim next = claim_one("next");
	ck_assert_int_eq(next.attempts, 2);
	ck_assert_int_eq(worker_attempt(c, &late, &NOTHING), ATTEMPT_LOST);
	ck_assert_int_eq(worker_attempt(c, &late, &EFFECT), ATTEMPT_LOST);
	err_clear(c);
	ends_with = E_PROVIDER;
	ck_assert_int_eq(worker_attempt(c, &late, &EFFECT), ATTEMPT_LOST);
	ck_assert_int_eq(effects(), 0);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_RUNNING);
	ends_with = E_OK;
	err_clear(c);
	ck_assert_int_eq(worker_attempt(c, &next, &EFFECT), ATTEMPT_DONE);
	ck_assert_int_eq(effects(), 1);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DONE);
}
END_TEST

START_TEST(a_lapsed_lease_is_not_a_crash)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);

	for (int i = 1; i <= JOB_RULES[JOB_SWEEP].attempts; i++) {
		struct rows rows;

		ck_assert_int_eq(jobs_claim(c, mem_printf(c->mem, "w%d", i), 10, &rows), 1);
		lapse(id);
	}
	struct rows rows;
	ck_assert_int_eq(jobs_claim(c, "last", 10, &rows), 0);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
	ck_assert_int_eq(one_int(root, "SELECT crashes FROM frontdesk_store.job"), 0);
}
END_TEST

START_TEST(effect_and_end_are_one)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	hush();
	ends_with = E_PROVIDER;
	ck_assert_int_eq(worker_attempt(c, &j, &EFFECT), ATTEMPT_AGAIN);
	ck_assert_int_eq(effects(), 0);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_QUEUED);
	ck_assert_int_eq(db_exec(root, "UPDATE frontdesk_store.job SET run_at = NOW(3)"), 1);
	ends_with = E_OK;
	c->company = 0;
	j = claim_one("me again");
	ck_assert_int_eq(worker_attempt(c, &j, &EFFECT), ATTEMPT_DONE);
	ck_assert_int_eq(effects(), 1);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DONE);
	ck_assert_int_gt(jobs_row(root, id).finished_at.ms, 0);
}
END_TEST

/* ---- failing ---- */

START_TEST(backoff_grows_to_an_hour)
{
	static const struct {
		int attempt, most;
	} STEPS[] = {
		{1, 5000}, {2, 10000}, {3, 20000}, {10, 2560000}, {11, 3600000}, {900, 3600000}};

	for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
		int least = INT_MAX, most = 0;

		for (int k = 0; k < 2000; k++) {
			int ms = worker_backoff_ms(JOB_NOTIFICATION_SEND, STEPS[i].attempt, 0);

			least = ms < least ? ms : least;
			most = ms > most ? ms : most;
		}
		ck_assert_int_ge(least, 1);
		ck_assert_int_lt(least, STEPS[i].most / 10);
		ck_assert_int_le(most, STEPS[i].most);
		ck_assert_int_gt(most, STEPS[i].most / 10 * 9);
	}
	for (int k = 0; k < 100; k++)
		ck_assert_int_ge(worker_backoff_ms(-1, 1, 60), 60000);
}
END_TEST

START_TEST(what_may_pass_is_tried_again)
{
	static const enum err_code CODES[] = {
		E_PROVIDER, E_UNAVAILABLE, E_INTERNAL, E_RATE_LIMITED};
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	hush();
	ends_with = CODES[_i];
	ck_assert_int_eq(worker_attempt(c, &j, &NOTHING), ATTEMPT_AGAIN);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_QUEUED);
	ck_assert_str_eq(jobs_row(root, id).last_error, err_sentence(CODES[_i]));
	ck_assert_int_eq(jobs_row(root, id).finished_at.ms, 0);
}
END_TEST

START_TEST(what_cannot_pass_is_dead_at_once)
{
	static const enum err_code CODES[] = {E_BAD_REQUEST, E_INVALID, E_NOT_FOUND};
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	hush();
	ends_with = CODES[_i];
	ck_assert_int_eq(worker_attempt(c, &j, &EFFECT), ATTEMPT_AGAIN);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
	ck_assert_str_eq(jobs_row(root, id).last_error, err_sentence(CODES[_i]));
	ck_assert_int_eq(effects(), 0);
}
END_TEST

START_TEST(the_last_attempt_is_dead)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);

	hush();
	ends_with = E_PROVIDER;
	for (int i = 1; i <= JOB_RULES[JOB_SWEEP].attempts; i++) {
		c->company = 0;
		ck_assert_int_eq(jobs_row(root, id).state, JOB_QUEUED);
		ck_assert_int_eq(
			db_exec(root, "UPDATE frontdesk_store.job SET run_at = NOW(3)"), 1);
		struct claim j = claim_one("me");
		ck_assert_int_eq(worker_attempt(c, &j, &NOTHING), ATTEMPT_AGAIN);
		err_clear(c);
	}
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
}
END_TEST

/* ---- dying ---- */

START_TEST(the_second_crash_is_dead_and_blames_one)
{
	const char *guilty = jobs_add(c, JOB_INBOX_RETELL, NULL);
	const char *other = jobs_add(c, JOB_SWEEP, NULL);
	struct rows rows;

	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 2);
	ck_assert_int_eq(worker_bury(c, "me", guilty, "killed"), 1);
	ck_assert_int_eq(jobs_row(root, guilty).state, JOB_QUEUED);
	ck_assert_str_eq(jobs_row(root, guilty).last_error, "killed");
	ck_assert_int_eq(jobs_row(root, other).state, JOB_QUEUED);
	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 2);
	ck_assert_int_eq(worker_bury(c, "me", guilty, "killed again"), 1);
	ck_assert_int_eq(jobs_row(root, guilty).state, JOB_DEAD);
	ck_assert_int_eq(jobs_row(root, other).state, JOB_QUEUED);
	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 1);
	/* dead at none: what was claimed goes back */
	ck_assert_int_eq(worker_bury(c, "me", "", NULL), 1);
	ck_assert_int_eq(jobs_row(root, other).state, JOB_QUEUED);
	ck_assert_int_eq(one_int(root, "SELECT SUM(crashes) FROM frontdesk_store.job"), 2);
}
END_TEST

/* ---- replaying ---- */

struct replay {
	const char *id;
	struct job out;
};

static int replay_step(struct ctx *k, void *arg)
{
	struct replay *r = arg;

	return job_replay(k, r->id, &r->out);
}

static int replay(const char *id, struct job *out)
{
	struct replay r = {.id = id};
	int rc = in_tx(c, replay_step, &r);

	*out = r.out;
	return rc;
}

START_TEST(a_dead_job_is_replayed_with_fresh_attempts)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");
	struct job again;

	hush();
	ck_assert_int_eq(replay(id, &again), -1); /* it runs */
	ck_assert_int_eq(c->err.code, E_STATE);
	err_clear(c);
	ends_with = E_INVALID;
	ck_assert_int_eq(worker_attempt(c, &j, &NOTHING), ATTEMPT_AGAIN);
	err_clear(c);
	c->company = dental();
	ck_assert_int_eq(replay(id, &again), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	err_clear(c);
	c->company = salon();
	c->wake = false;
	ck_assert_int_eq(replay(id, &again), 0);
	ck_assert(c->wake);
	ck_assert(again.state == JOB_QUEUED && again.finished_at.ms == 0);
	ck_assert_int_eq(again.max_attempts - again.attempts, JOB_RULES[JOB_SWEEP].attempts);
	jobs_drop(root, JOB_EVENT_DISPATCH);
	ck_assert_int_eq(one_int(root,
				 "SELECT COUNT(*) FROM frontdesk_store.audit_entry "
				 "WHERE action = 'job.replay' AND subject_id = ?",
				 id),
		1);
	c->company = 0;
	struct claim next = claim_one("me");
	/* the count went on: the first attempt cannot end the second */
	ends_with = E_OK;
	ck_assert_int_eq(worker_attempt(c, &j, &NOTHING), ATTEMPT_LOST);
	ck_assert_int_eq(worker_attempt(c, &next, &NOTHING), ATTEMPT_DONE);
}
END_TEST

START_TEST(jobs_are_listed_newest_first)
{
	struct job_filter f = {.limit = 3};
	const char *seen = "";
	struct rows rows;

	for (int i = 0; i < 7; i++)
		(void)jobs_add(c, i % 2 == 0 ? JOB_SWEEP : JOB_INBOX_RETELL, NULL);
	c->company = salon();
	for (int n = 0; n < 7; n += (int)rows.n) {
		ck_assert_int_gt(job_list(c, &f, &rows), 0);
		for (size_t i = 0; i < rows.n; i++) {
			const struct job *j = (const struct job *)rows.p + i;

			ck_assert_ptr_null(strstr(seen, j->id));
			seen = mem_printf(c->mem, "%s %s", seen, j->id);
			f.before = j->created_at;
			f.before_id = j->id;
		}
	}
	ck_assert_int_eq(job_list(c, &f, &rows), 0);
	f = (struct job_filter){.limit = 10, .kind = "sweep", .state = "queued"};
	ck_assert_int_eq(job_list(c, &f, &rows), 4);
	f.state = "dead";
	ck_assert_int_eq(job_list(c, &f, &rows), 0);
	c->company = dental();
	f = (struct job_filter){.limit = 10};
	ck_assert_int_eq(job_list(c, &f, &rows), 0);
}
END_TEST

/* ---- recurring ---- */

static void recur(int i, void *now)
{
	struct ctx *k = db_ctx("fd_worker");

	(void)i;
	k->now = *(ts_t *)now;
	for (int n = 0; n < 3; n++)
		ck_assert_int_eq(worker_recur(k), 0);
	db_ctx_end(k);
}

static int64_t sweeps(void)
{
	return one_int(root, "SELECT COUNT(*) FROM frontdesk_store.job WHERE kind = 'sweep'");
}

START_TEST(recurring_jobs_come_once_a_period)
{
	ts_t *now = shared_memory(sizeof(*now));

	now->ms = INT64_C(3600000) * 498000;
	run_rivals(RIVALS, recur, now);
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.job"),
		(int64_t)RECURRING_COUNT);
	for (int i = 1; i <= 2; i++) {
		now->ms += i == 1 ? 3599999 : 1;
		run_rivals(RIVALS, recur, now);
		ck_assert_int_eq(sweeps(), i);
	}
}
END_TEST

START_TEST(a_sweep_removes_all_that_is_old)
{
	ck_assert_int_ge(
		db_exec(root,
			"INSERT INTO frontdesk_store.login_failure (account_hash, remote_address, "
			"created_at) SELECT '', 'test', NOW(3) - INTERVAL (seq MOD 2) * 2 DAY "
			"FROM frontdesk_store.seq_1_to_50000"),
		0);
	ck_assert_int_eq(JOB_WORK[JOB_SWEEP].run(c, NULL), 0);
	int64_t left = one_int(root,
		"SELECT COUNT(*) FROM frontdesk_store.login_failure WHERE remote_address = 'test'");
	ck_assert_int_ge(db_exec(root,
				 "DELETE FROM frontdesk_store.login_failure WHERE remote_address = "
				 "'test'"),
		0);
	ck_assert_int_eq(left, 25000);
}
END_TEST

/* A hold of a haircut with Anna that expired so long ago. */
static void hold_expired(const char *id, int minutes)
{
	ck_assert_int_eq(
		db_exec(root,
			"INSERT INTO frontdesk_store.hold (company_id, id, branch_id, service_id, "
			"staff_id, starts_at, ends_at, local_start, time_zone, expires_at) "
			"SELECT r.company_id, ?, r.branch_id, "
			"'01900000-0000-7000-8000-5a1000000060', s.id, "
			"'2036-01-02 10:00:00' + INTERVAL ? HOUR, "
			"'2036-01-02 10:30:00' + INTERVAL ? HOUR, '2036-01-02 10:00:00', 'UTC', "
			"NOW(3) - INTERVAL ? MINUTE "
			"FROM frontdesk_store.resource r JOIN frontdesk_store.staff s "
			"ON s.company_id = r.company_id AND s.resource_id = r.id WHERE r.id = ?",
			id, minutes, minutes, minutes, SALON_ANNA),
		1);
	ck_assert_int_eq(
		db_exec(root,
			"INSERT INTO frontdesk_store.occupancy (company_id, id, resource_id, "
			"starts_at, ends_at, kind, hold_id, expires_at) SELECT company_id, id, ?, "
			"starts_at, ends_at, 'hold', id, expires_at "
			"FROM frontdesk_store.hold WHERE id = ?",
			SALON_ANNA, id),
		1);
}

static int64_t held(void)
{
	return one_int(root,
		"SELECT (SELECT COUNT(*) FROM frontdesk_store.hold) * 10 "
		"+ (SELECT COUNT(*) FROM frontdesk_store.occupancy WHERE kind = 'hold')");
}

START_TEST(a_sweep_removes_holds_that_nobody_came_to)
{
	hold_expired("01900000-0000-7000-8000-7ee000000001", 61);
	hold_expired("01900000-0000-7000-8000-7ee000000002", 59);
	hold_expired("01900000-0000-7000-8000-7ee000000003", -5);
	int64_t before = held();
	int rc = JOB_WORK[JOB_SWEEP].run(c, NULL);
	int64_t after = held();
	ck_assert_int_ge(
		db_exec(root, "DELETE FROM frontdesk_store.occupancy WHERE kind = 'hold'"), 0);
	ck_assert_int_ge(db_exec(root, "DELETE FROM frontdesk_store.hold"), 0);
	ck_assert(rc == 0 && before == 33 && after == 22);
}
END_TEST

START_TEST(every_kind_has_its_work)
{
	for (int i = 0; i < JOB_KIND_COUNT; i++) {
		ck_assert_ptr_nonnull(JOB_WORK[i].run);
		ck_assert_int_eq(job_kind_find(JOB_RULES[i].name), i);
	}
	ck_assert_int_eq(job_kind_find("nonsense"), -1);
}
END_TEST

Suite *suite_worker(void)
{
	Suite *s = suite_create("worker");
	TCase *t = tcase_create("worker");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, claims_never_overlap);
	tcase_add_test(t, a_claim_is_committed_before_acting);
	tcase_add_test(t, the_first_come_first_by_priority);
	tcase_add_test(t, what_is_not_due_waits);
	tcase_add_loop_test(t, a_suspended_companys_jobs_wait_and_hold_up_nobody, 0, 2);
	tcase_add_test(t, a_unique_key_queues_once);
	tcase_add_test(t, a_late_worker_changes_nothing);
	tcase_add_test(t, a_lapsed_lease_is_not_a_crash);
	tcase_add_test(t, effect_and_end_are_one);
	tcase_add_test(t, backoff_grows_to_an_hour);
	tcase_add_loop_test(t, what_may_pass_is_tried_again, 0, 4);
	tcase_add_loop_test(t, what_cannot_pass_is_dead_at_once, 0, 3);
	tcase_add_test(t, the_last_attempt_is_dead);
	tcase_add_test(t, the_second_crash_is_dead_and_blames_one);
	tcase_add_test(t, a_dead_job_is_replayed_with_fresh_attempts);
	tcase_add_test(t, jobs_are_listed_newest_first);
	tcase_add_test(t, recurring_jobs_come_once_a_period);
	tcase_add_test(t, a_sweep_removes_all_that_is_old);
	tcase_add_test(t, a_sweep_removes_holds_that_nobody_came_to);
	tcase_add_test(t, every_kind_has_its_work);
	suite_add_tcase(s, t);
	return s;
}
