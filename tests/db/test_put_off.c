/* Attempts that were none: a provider is not asked now. */
#include "tests/db/jobs.h"

static struct ctx *c; /* of the worker's account, in no company */
static struct ctx *root;
static enum err_code ends_with;
static const char *breaker;

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

static int fails(struct ctx *k, const char *ref_id)
{
	(void)ref_id;
	return err_set(k, ends_with, NULL);
}

static const struct job_work FAILS = {JOB_TX_NONE, fails};

/* The job of the test; what tells of changes is work, too. */
static struct claim claim_one(const char *owner)
{
	struct claim mine = {.id = NULL};
	struct rows rows;

	ck_assert_int_ge(jobs_claim(c, owner, 10, &rows), 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct claim *j = (const struct claim *)rows.p + i;

		if (strcmp(j->kind, JOB_RULES[JOB_SWEEP].name) == 0)
			mine = *j;
	}
	ck_assert_ptr_nonnull(mine.id);
	c->company = salon();
	return mine;
}

static int not_asked(struct ctx *k, const char *ref_id)
{
	(void)ref_id;
	k->put_off_ms = 1000;
	k->put_off_by = breaker;
	return err_set(k, ends_with, "Twilio is not asked.");
}

static const struct job_work PUT_OFF = {JOB_TX_NONE, not_asked};

static struct claim claim_again(const char *id)
{
	c->company = 0;
	ck_assert_int_eq(
		db_exec(root, "UPDATE frontdesk_store.job SET run_at = NOW(3) WHERE id = ?", id),
		1);
	return claim_one("me");
}

/* As far as it is counted: what it may fail more often. */
static int64_t left(const char *id)
{
	struct job j = jobs_row(root, id);

	return j.max_attempts - j.attempts;
}

START_TEST(what_was_not_tried_is_not_counted)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	int64_t before = left(id);

	hush();
	ends_with = E_PROVIDER;
	for (int i = 0; i < 30; i++) {
		struct claim j = claim_again(id);

		ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_PUT_OFF);
		ck_assert_int_eq(jobs_row(root, id).state, JOB_QUEUED);
		ck_assert_int_eq(left(id), before);
		ck_assert_int_ge(one_int(root,
					 "SELECT TIMESTAMPDIFF(MICROSECOND, NOW(3), run_at) FROM"
					 " frontdesk_store.job"),
			500000);
	}
	ck_assert_str_eq(jobs_row(root, id).last_error, "Twilio is not asked.");
	ck_assert_int_eq(one_int(root,
				 "SELECT COUNT(*) FROM frontdesk_store.job_failure"
				 " WHERE error = 'Twilio is not asked.'"),
		0);
	/* any other failure is one, whatever was put off before */
	struct claim j = claim_again(id);
	ends_with = E_UNAVAILABLE;
	ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_AGAIN);
	ck_assert_int_eq(left(id), before - 1);
}
END_TEST

START_TEST(patience_ends)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	hush();
	ends_with = E_PROVIDER;
	ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_PUT_OFF);
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET put_off_since ="
				 " put_off_since - INTERVAL 86401 SECOND"),
		1);
	/* an attempt that was one begins it anew */
	j = claim_again(id);
	ck_assert_int_eq(worker_attempt(c, &j, &FAILS), ATTEMPT_AGAIN);
	j = claim_again(id);
	ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_PUT_OFF);
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET put_off_since ="
				 " put_off_since - INTERVAL 86401 SECOND"),
		1);
	j = claim_again(id);
	ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_AGAIN);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
	/* a person gives it a new chance */
	err_clear(c);
	struct job again;
	db_begin(c);
	ck_assert_int_eq(job_replay(c, id, &again), 0);
	ck_assert_int_eq(db_commit(c), 0);
	jobs_drop(root, JOB_EVENT_DISPATCH);
	c->company = 0;
	j = claim_again(id);
	ck_assert_int_eq(worker_attempt(c, &j, &PUT_OFF), ATTEMPT_PUT_OFF);
}
END_TEST

START_TEST(what_is_put_off_is_fenced)
{
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim late = claim_one("slow");

	hush();
	ends_with = E_PROVIDER;
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET lease_until = NOW(3) -"
				 " INTERVAL 1 SECOND WHERE id = ?",
				 id),
		1);
	(void)claim_again(id);
	ck_assert_int_eq(worker_attempt(c, &late, &PUT_OFF), ATTEMPT_LOST);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_RUNNING);
}
END_TEST

/* Whoever closes it calls those that wait, and this one was at work. */
START_TEST(what_is_over_meanwhile_is_not_waited_for)
{
	static const char *const STATES[] = {
		"'closed', NULL", "'open', NOW(3)", "'open', NOW(3) + INTERVAL 1 HOUR"};
	const char *id = jobs_add(c, JOB_SWEEP, NULL);
	struct claim j = claim_one("me");

	hush();
	ends_with = E_PROVIDER;
	breaker = "01900000-0000-7000-8000-b4ea00000001";
	ck_assert_int_eq(
		db_script(root,
			mem_printf(root->mem,
				"INSERT INTO frontdesk_store.breaker (company_id, id,"
				" provider, state, retry_at) VALUES (%u, '%s', 'twilio', %s)",
				salon(), breaker, STATES[_i])),
		0);
	enum attempt_end end = worker_attempt(c, &j, &PUT_OFF);
	ck_assert_int_eq(db_script(root, "DELETE FROM frontdesk_store.breaker"), 0);
	ck_assert_int_eq(end, ATTEMPT_PUT_OFF);
	ck_assert_int_eq(
		one_int(root, "SELECT is_due FROM frontdesk_store.job WHERE id = ?", id), _i < 2);
}
END_TEST

Suite *suite_put_off(void)
{
	Suite *s = suite_create("put_off");
	TCase *t = tcase_create("put_off");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_was_not_tried_is_not_counted);
	tcase_add_test(t, patience_ends);
	tcase_add_test(t, what_is_put_off_is_fenced);
	tcase_add_loop_test(t, what_is_over_meanwhile_is_not_waited_for, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
