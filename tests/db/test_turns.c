/* Whose job is next: urgency first, then a few of each company in turn, and
 * nobody waits for who hangs. */
#include "core/base/id.h"
#include "tests/db/jobs.h"

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

static void add(uint32_t company, enum job_kind kind, int n)
{
	c->company = company;
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(queue_add(c, kind, NULL, (ts_t){0}, NULL), 0);
	c->company = 0;
}

static int count_of(const struct rows *rows, uint32_t company)
{
	const struct claim *j = rows->p;
	int n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += (uint32_t)j[i].company_number == company;
	return n;
}

static struct rows claim(struct claiming k)
{
	struct rows rows;

	if (k.busy == 0)
		k.busy = INT32_MAX;
	ck_assert_int_ge(worker_claim(c, &k, &rows), 0);
	return rows;
}

START_TEST(one_companys_storm_leaves_room_for_the_others)
{
	add(salon(), JOB_NOOP, 90);
	add(dental(), JOB_NOOP, 3);
	struct rows rows = claim((struct claiming){.owner = "me", .n = 10});

	ck_assert_uint_eq(rows.n, 10);
	ck_assert_int_eq(count_of(&rows, dental()), 3);
	/* alone it may have the whole claim */
	rows = claim((struct claiming){.owner = "you", .n = 50});
	ck_assert_int_eq(count_of(&rows, salon()), 50);
}
END_TEST

START_TEST(the_round_goes_on_where_it_stopped)
{
	uint32_t first = salon() < dental() ? salon() : dental();
	uint32_t second = salon() < dental() ? dental() : salon();

	add(first, JOB_NOOP, 20);
	add(second, JOB_NOOP, 20);
	add(0, JOB_NOOP, 1); /* the platform has its turn, too */
	struct rows rows = claim((struct claiming){.owner = "a", .n = 5});
	const struct claim *j = rows.p;

	ck_assert_int_eq(count_of(&rows, first), 5);
	ck_assert_int_eq(j->turn, first);
	rows = claim((struct claiming){.owner = "b", .n = 5, .after = j->turn});
	ck_assert_int_eq(count_of(&rows, second), 5);
	rows = claim((struct claiming){
		.owner = "c", .n = 5, .after = ((const struct claim *)rows.p)->turn});
	ck_assert_int_eq(count_of(&rows, 0), 1);
	ck_assert_int_eq(count_of(&rows, first), 4);
}
END_TEST

START_TEST(urgency_comes_before_turns)
{
	add(salon(), JOB_NOOP, 10);
	add(dental(), JOB_INBOX_RETELL, 7);
	struct rows rows = claim((struct claiming){.owner = "me", .n = 8});

	ck_assert_int_eq(count_of(&rows, dental()), 7);
	ck_assert_int_eq(count_of(&rows, salon()), 1);
}
END_TEST

START_TEST(a_company_that_holds_workers_gets_no_more_of_them)
{
	add(salon(), JOB_NOOP, 20);
	add(dental(), JOB_NOOP, 2);
	for (int i = 0; i < 2; i++) /* their jobs do not count, they do */
		ck_assert_uint_eq(claim((struct claiming){.owner = i == 0 ? "a" : "c",
						.n = 4,
						.after = (int64_t)salon() - 1})
					  .n,
			4);
	struct rows rows = claim((struct claiming){.owner = "b", .n = 10, .busy = 2});

	ck_assert_int_eq(count_of(&rows, salon()), 0);
	ck_assert_int_eq(count_of(&rows, dental()), 2);
	rows = claim((struct claiming){.owner = "b", .n = 10, .busy = 3});
	ck_assert_int_eq(count_of(&rows, salon()), 10);
}
END_TEST

/* Webhooks that hang hold up no message. */
START_TEST(what_is_less_urgent_holds_no_workers)
{
	add(salon(), JOB_WEBHOOK_DELIVER, 4);
	ck_assert_uint_eq(claim((struct claiming){.owner = "a", .n = 1}).n, 1);
	ck_assert_uint_eq(claim((struct claiming){.owner = "c", .n = 1}).n, 1);
	add(salon(), JOB_NOTIFICATION_SEND, 3);
	struct rows rows = claim((struct claiming){.owner = "b", .n = 10, .busy = 2});

	ck_assert_int_eq(count_of(&rows, salon()), 3);
	ck_assert_str_eq(((const struct claim *)rows.p)->kind, "notification.send");
}
END_TEST

START_TEST(what_is_put_off_comes_at_its_time)
{
	ts_t soon = {c->now.ms + 60000};

	c->company = salon();
	ck_assert_int_eq(queue_add(c, JOB_NOOP, NULL, soon, NULL), 0);
	c->company = 0;
	ck_assert_uint_eq(claim((struct claiming){.owner = "a", .n = 5}).n, 0);
	ck_assert_int_eq(
		db_exec(root, "UPDATE frontdesk_store.job SET run_at = NOW(3) - INTERVAL 1 SECOND"),
		1);
	ck_assert_uint_eq(claim((struct claiming){.owner = "a", .n = 5}).n, 1);
}
END_TEST

/* ---- ends that are written down together ---- */

START_TEST(many_ends_are_one_statement_and_each_is_fenced)
{
	struct ends e = {.n = 0};

	add(salon(), JOB_NOOP, 3);
	struct rows rows = claim((struct claiming){.owner = "slow", .n = 3});
	const struct claim *j = rows.p;
	unsigned before = c->db_calls;

	for (size_t i = 0; i < rows.n; i++)
		e.p[e.n++] = &j[i];
	/* the lease of one ran out, and another has it now */
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET lease_until = NOW(3) - INTERVAL 1 "
				 "SECOND WHERE id = ?",
				 j[1].id),
		1);
	ck_assert_uint_eq(claim((struct claiming){.owner = "quick", .n = 3}).n, 1);
	ck_assert_int_eq(worker_ends(c, &e), 0);
	ck_assert_uint_eq(c->db_calls - before, 2);
	ck_assert_uint_eq(e.n, 0);
	ck_assert_int_eq(jobs_row(root, j[0].id).state, JOB_DONE);
	ck_assert_int_eq(jobs_row(root, j[1].id).state, JOB_RUNNING);
	ck_assert_int_eq(jobs_row(root, j[2].id).state, JOB_DONE);
}
END_TEST

START_TEST(what_goes_back_untried_has_as_many_attempts_as_before)
{
	const char *id = jobs_add(c, JOB_NOOP, NULL);

	for (int i = 0; i < 5; i++) {
		ck_assert_uint_eq(claim((struct claiming){.owner = "me", .n = 3}).n, 1);
		ck_assert_int_eq(worker_release(c, "me", NULL), 0);
	}
	struct job j = jobs_row(root, id);

	ck_assert_int_eq(j.state, JOB_QUEUED);
	ck_assert_int_eq(j.max_attempts - j.attempts, JOB_RULES[JOB_NOOP].attempts);
}
END_TEST

Suite *suite_turns(void);
Suite *suite_turns(void)
{
	Suite *s = suite_create("turns");
	TCase *t = tcase_create("turns");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_companys_storm_leaves_room_for_the_others);
	tcase_add_test(t, the_round_goes_on_where_it_stopped);
	tcase_add_test(t, urgency_comes_before_turns);
	tcase_add_test(t, a_company_that_holds_workers_gets_no_more_of_them);
	tcase_add_test(t, what_is_less_urgent_holds_no_workers);
	tcase_add_test(t, what_is_put_off_comes_at_its_time);
	tcase_add_test(t, many_ends_are_one_statement_and_each_is_fenced);
	tcase_add_test(t, what_goes_back_untried_has_as_many_attempts_as_before);
	suite_add_tcase(s, t);
	return s;
}
