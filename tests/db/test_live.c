/* Changes: numbered in the order of commits without a gap, told by events and
 * jobs, published without ever waiting; tickets that open one stream. */
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/live/live.h"
#include "core/service/service.h"
#include "tests/db/jobs.h"
#include "tests/db/lives.h"

#include <stdatomic.h>

#define WRITERS 5
#define ROUNDS 60
#define PAGE 7

static struct ctx *c; /* of the worker's account, in the salon */
static struct ctx *root;

static void setup(void)
{
	root = db_ctx_admin();
	lives_clean(root);
	c = lives_ctx("fd_worker", salon());
}

static void teardown(void)
{
	db_fail_at(0, 0, 0);
	db_ctx_end(c);
	lives_clean(root);
	db_ctx_end(root);
}

/* ---- helpers ---- */

static const struct live_change *nth(const struct live_changes *l, size_t i)
{
	return (const struct live_change *)l->data.p + i;
}

/* ---- numbers ---- */

START_TEST(numbers_begin_behind_the_beginning_and_have_no_gap)
{
	struct live_changes l = lives_after(c, 0, 10);

	ck_assert_int_eq(l.last_id, LIVE_BEGINNING);
	ck_assert_int_eq(lives_after(c, LIVE_BEGINNING, 10).reset, false);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(lives_change(c, "task.changed"), 0);
	l = lives_after(c, LIVE_BEGINNING, 2);
	ck_assert_int_eq((int)l.data.n, 2);
	ck_assert_int_eq(nth(&l, 0)->id, LIVE_BEGINNING + 1);
	ck_assert_str_eq(nth(&l, 0)->kind, "task.changed");
	ck_assert_str_eq(nth(&l, 0)->ids.p[0], HAIRCUT);
	ck_assert(l.has_more && l.last_id == LIVE_BEGINNING + 2);
	l = lives_after(c, l.last_id, 2);
	ck_assert(l.data.n == 1 && !l.has_more && l.last_id == LIVE_BEGINNING + 3);
	l = lives_after(c, l.last_id, 2);
	ck_assert(l.data.n == 0 && !l.has_more && !l.reset && l.last_id == LIVE_BEGINNING + 3);
	ck_assert_int_eq(lives_after(c, 0, 10).last_id, LIVE_BEGINNING + 3);
}
END_TEST

START_TEST(a_company_has_its_own)
{
	ck_assert_int_eq(lives_change(c, "task.changed"), 0);
	c->company = dental();
	ck_assert_int_eq(lives_after(c, 0, 10).last_id, LIVE_BEGINNING);
	ck_assert_int_eq((int)lives_after(c, LIVE_BEGINNING, 10).data.n, 0);
	ck_assert_int_eq(lives_change(c, "call.ended"), 0);
	struct live_changes l = lives_after(c, LIVE_BEGINNING, 10);
	ck_assert(l.data.n == 1 && nth(&l, 0)->id == LIVE_BEGINNING + 1);
	c->company = 0;
	ck_assert_int_eq(lives_change(c, "task.changed"), 0);
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.live_change"), 2);
}
END_TEST

START_TEST(one_transaction_tells_each_record_once_in_one_statement)
{
	db_begin(c);
	live_note(c, "task.changed", HAIRCUT);
	live_note(c, "task.changed", HAIRCUT);
	live_note(c, "call.changed", HAIRCUT);
	unsigned calls = c->db_calls;
	ck_assert_int_eq(live_number(c), 0);
	ck_assert_int_eq(live_number(c), 0);
	ck_assert_int_eq(c->db_calls - calls, 1);
	ck_assert_int_eq(db_commit(c), 0);
	ck_assert_int_eq((int)lives_after(c, LIVE_BEGINNING, 10).data.n, 2);
}
END_TEST

START_TEST(what_is_swept_says_read_everything_anew)
{
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(lives_change(c, "task.changed"), 0);
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.live_change SET created_at = NOW(3) - "
				 "INTERVAL 25 HOUR WHERE id <= 3"),
		2);
	ck_assert_int_eq(one_int(c, "CALL sys_sweep(1000)"), 0);
	struct live_changes l = lives_after(c, LIVE_BEGINNING, 10);
	ck_assert(l.reset && l.data.n == 0 && l.last_id == 5);
	l = lives_after(c, 3, 10);
	ck_assert(!l.reset && l.data.n == 2);
	ck_assert_int_eq(
		db_script(root, "DELETE FROM frontdesk_store.live_change WHERE id = 4"), 0);
	ck_assert(lives_after(c, 3, 10).reset);
	ck_assert(lives_after(c, 77, 10).reset);
	ck_assert_int_eq(db_script(root, "DELETE FROM frontdesk_store.live_change"), 0);
	ck_assert(lives_after(c, 3, 10).reset && !lives_after(c, 5, 10).reset);
}
END_TEST

/* ---- order ---- */

struct race {
	_Atomic int running;
	_Atomic int64_t committed;
	_Atomic int64_t seen; /* by the reader */
	_Atomic int resets;
	bool torn; /* the control: the number is given in a transaction of its own */
};

/* A number, and what it is of only later: what the lock prevents. */
static void torn_change(struct ctx *k)
{
	MYSQL *m = raw_connect("root");
	char sql[200];

	ck_assert_int_eq(raw_run(m,
				 "UPDATE frontdesk_store.live_counter SET last_id = "
				 "LAST_INSERT_ID(last_id + 1)"),
		0);
	int64_t id = raw_int(m, "SELECT LAST_INSERT_ID()");
	nanosleep(&(struct timespec){0, (long)random_below(3000000)}, NULL);
	snprintf(sql, sizeof(sql),
		"INSERT INTO frontdesk_store.live_change (company_id, id, kind, subject_id)"
		" VALUES (%u, %lld, 'x', '" HAIRCUT "')",
		k->company, (long long)id);
	ck_assert_int_eq(raw_run(m, sql), 0);
	mysql_close(m);
}

static int slow_step(struct ctx *k, void *arg)
{
	bool *fails = arg;

	if (lives_step(k, "task.changed") < 0)
		return -1;
	nanosleep(&(struct timespec){0, (long)random_below(2000000)}, NULL);
	*fails = random_below(4) == 0;
	return *fails ? err_set(k, E_STATE, NULL) : 0;
}

static void write_some(struct race *r)
{
	struct ctx *k = lives_ctx("fd_worker", salon());

	for (int i = 0; i < ROUNDS; i++) {
		bool fails = false;

		if (r->torn)
			torn_change(k);
		else if (in_tx(k, slow_step, &fails) < 0)
			ck_assert_msg(err_take(k, E_STATE), "%s", err_wire(k->err.code));
		if (!fails)
			atomic_fetch_add(&r->committed, 1);
	}
	atomic_fetch_sub(&r->running, 1);
	db_ctx_end(k);
}

static void read_all(struct race *r)
{
	struct ctx *k = lives_ctx("fd_web", salon());
	int64_t after = LIVE_BEGINNING;
	bool last = false;

	while (!last) {
		last = atomic_load(&r->running) == 0;
		for (bool more = true; more;) {
			struct live_changes l = lives_after(k, after, PAGE);

			atomic_fetch_add(&r->seen, (int64_t)l.data.n);
			atomic_fetch_add(&r->resets, l.reset);
			after = l.last_id;
			more = l.has_more;
		}
	}
	db_ctx_end(k);
}

static void run_race(int i, void *shared)
{
	if (i == 0)
		read_all(shared);
	else
		write_some(shared);
}

static struct race *race(bool torn)
{
	struct race *r = shared_memory(sizeof(*r));

	hush();
	r->torn = torn;
	r->running = WRITERS;
	run_rivals(WRITERS + 1, run_race, r);
	return r;
}

START_TEST(whoever_reads_on_by_number_misses_no_commit)
{
	struct race *r = race(false);

	ck_assert_int_gt(r->committed, WRITERS * ROUNDS / 2);
	ck_assert_int_eq(r->seen, r->committed);
	ck_assert_int_eq(r->resets, 0);
	ck_assert_int_eq(lives_after(c, 0, 1).last_id, LIVE_BEGINNING + r->committed);
}
END_TEST

START_TEST(without_the_lock_they_would)
{
	ck_assert_int_eq(lives_change(c, "task.changed"), 0);
	struct race *r = race(true);

	ck_assert_int_gt(r->resets, 0);
	ck_assert_int_lt(r->seen, r->committed);
}
END_TEST

/* ---- what is told ---- */

static struct service haircut(void)
{
	struct service s;

	ck_assert_int_eq(db_find(c, &SERVICE, HAIRCUT, &s), 1);
	return s;
}

static int edit(struct ctx *k, void *arg)
{
	struct service was = haircut(), now = was;

	now.description = arg;
	return row_change(k, &SERVICE, &was, &now) < 0 ? -1 : 0;
}

/* Everything that is due; the number of jobs. */
static int work_off(void)
{
	struct ctx *k = lives_ctx("fd_worker", 0);
	struct rows rows;
	int done = 0, n;

	while ((n = jobs_claim(k, "live", 50, &rows)) > 0) {
		for (int i = 0; i < n; i++, done++) {
			const struct claim *j = (const struct claim *)rows.p + i;

			k->company = (uint32_t)j->company_number;
			k->company_id = j->company_id;
			ck_assert_int_ne(worker_attempt(k, j, &JOB_WORK[job_kind_find(j->kind)]),
				ATTEMPT_STUCK);
			err_clear(k);
			k->company = 0;
		}
	}
	c->changed = NULL;
	for (struct noted *x = k->changed; x != NULL; x = x->next) {
		struct noted *copy = mem_alloc(c->mem, sizeof(*copy));

		*copy = (struct noted){c->changed, x->id, mem_text(c->mem, x->kind),
			mem_text(c->mem, x->subject_id)};
		c->changed = copy;
	}
	db_ctx_end(k);
	return done;
}

START_TEST(a_record_without_an_event_is_told_when_it_changes)
{
	const char *was = haircut().description;

	ck_assert_int_eq(in_tx(c, edit, mem_text(c->mem, "live")), 0);
	ck_assert_int_eq(work_off(), 1);
	struct live_changes l = lives_after(c, LIVE_BEGINNING, 10);
	ck_assert_int_eq((int)l.data.n, 1);
	ck_assert_str_eq(nth(&l, 0)->kind, "service.changed");
	ck_assert_str_eq(nth(&l, 0)->subject_id, HAIRCUT);
	ck_assert_ptr_nonnull(c->changed);
	ck_assert_int_eq(c->changed->id, nth(&l, 0)->id);
	ck_assert_int_eq(in_tx(c, edit, mem_text(c->mem, was != NULL ? was : "")), 0);
}
END_TEST

static int note_refusal(struct ctx *k, void *action)
{
	return audit_add(k, action, "request", NULL, NULL);
}

START_TEST(what_changes_nothing_that_is_shown_is_not_told)
{
	ck_assert_int_eq(in_tx(c, note_refusal, mem_text(c->mem, "request.refuse")), 0);
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.event"), 0);
	ck_assert_int_eq(in_tx(c, note_refusal, mem_text(c->mem, "request.other")), 0);
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.event"), 1);
	ck_assert_str_eq(EVENT_NAMES[EV_RECORD_CHANGED], "record.changed");
}
END_TEST

START_TEST(a_dead_letter_is_told)
{
	const char *id = jobs_add(c, JOB_EVENT_DISPATCH, NULL); /* of no event */

	c->company = salon();
	hush();
	ck_assert_int_eq(work_off(), 1);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
	struct live_changes l = lives_after(c, LIVE_BEGINNING, 10);
	ck_assert_int_eq((int)l.data.n, 1);
	ck_assert_str_eq(nth(&l, 0)->kind, "job.changed");
	ck_assert_str_eq(nth(&l, 0)->subject_id, id);
}
END_TEST

static int64_t told(const char *id)
{
	return one_int(root,
		"SELECT COUNT(*) FROM frontdesk_store.live_change WHERE kind = 'job.changed' AND "
		"subject_id = ?",
		id);
}

START_TEST(so_is_one_whose_worker_or_lease_died)
{
	const char *crashed = jobs_add(c, JOB_INBOX_RETELL, NULL);
	struct rows rows;

	hush();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(told(crashed), 0);
		ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 1);
		ck_assert_int_ge(worker_bury(c, "me", crashed, "killed"), 0);
	}
	ck_assert_int_eq(jobs_row(root, crashed).state, JOB_DEAD);
	ck_assert_int_eq(told(crashed), 1);
	const char *lapsed = jobs_add(c, JOB_SWEEP, NULL);
	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 1);
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.job SET lease_until = NOW(3) - INTERVAL 1 "
				 "SECOND, attempts = max_attempts WHERE id = ?",
				 lapsed),
		1);
	ck_assert_int_eq(jobs_claim(c, "me", 10, &rows), 0);
	ck_assert_int_eq(told(lapsed), 1);
	c->company = salon();
	ck_assert(!lives_after(c, LIVE_BEGINNING, 10).reset);
}
END_TEST

/* ---- what is published: commits, and nothing else ---- */

static int fails_once(struct ctx *k, void *arg)
{
	int *times = arg;

	if (lives_step(k, "task.changed") < 0)
		return -1;
	return ++*times == 1 ? db_exec(k, "SELECT 1") : 0;
}

START_TEST(what_was_rolled_back_is_not_published)
{
	int times = 0;
	bool fails = false;

	hush();
	while (in_tx(c, slow_step, &fails) == 0)
		c->changed = NULL;
	err_clear(c);
	ck_assert_ptr_null(c->changed);
	/* its third statement fails (BEGIN comes with the first), and it is run again */
	db_fail_at(2, 1, 1213);
	ck_assert_int_ge(in_tx(c, fails_once, &times), 0);
	ck_assert_int_eq(times, 2);
	ck_assert_ptr_nonnull(c->changed);
	ck_assert_ptr_null(c->changed->next);
	ck_assert_int_eq(c->changed->id, lives_after(c, 0, 1).last_id);
}
END_TEST

/* An event whose dispatch is at its n-th statement when something fails. */
static bool dispatch_fails(int n, unsigned code)
{
	struct ctx *k = lives_ctx("fd_worker", salon());
	struct rows rows;

	lives_clean(root);
	ck_assert_int_eq(in_tx(c, note_refusal, mem_text(c->mem, "request.other")), 0);
	k->company = 0;
	ck_assert_int_eq(jobs_claim(k, "live", 1, &rows), 1);
	const struct claim *j = rows.p;
	k->company = salon();
	db_fail_at(n, 1, code);
	(void)!worker_attempt(k, j, &JOB_WORK[JOB_EVENT_DISPATCH]);
	int failed = db_fail_at(0, 0, 0);
	int64_t done = jobs_row(root, j->id).state == JOB_DONE;
	int64_t published = 0;
	for (const struct noted *x = k->changed; x != NULL; x = x->next)
		published++;
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.live_change"), done);
	ck_assert_int_le(published, done); /* a commit without an answer is not published */
	ck_assert(!lives_after(c, LIVE_BEGINNING, 10).reset);
	db_ctx_end(k);
	return failed > 0;
}

START_TEST(a_dispatch_that_fails_anywhere_tells_all_or_nothing)
{
	static const unsigned CODES[] = {1054, 1213, 2013};
	int n = 1;

	hush();
	while (dispatch_fails(n, CODES[_i]))
		n++;
	ck_assert_int_gt(n, 3);
}
END_TEST

Suite *suite_live(void)
{
	Suite *s = suite_create("live");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, numbers_begin_behind_the_beginning_and_have_no_gap);
	tcase_add_test(t, a_company_has_its_own);
	tcase_add_test(t, one_transaction_tells_each_record_once_in_one_statement);
	tcase_add_test(t, what_is_swept_says_read_everything_anew);
	tcase_add_test(t, whoever_reads_on_by_number_misses_no_commit);
	tcase_add_test(t, without_the_lock_they_would);
	tcase_add_test(t, a_record_without_an_event_is_told_when_it_changes);
	tcase_add_test(t, what_changes_nothing_that_is_shown_is_not_told);
	tcase_add_test(t, a_dead_letter_is_told);
	tcase_add_test(t, so_is_one_whose_worker_or_lease_died);
	tcase_add_loop_test(t, a_dispatch_that_fails_anywhere_tells_all_or_nothing, 0, 3);
	tcase_add_test(t, what_was_rolled_back_is_not_published);
	suite_add_tcase(s, t);
	return s;
}
