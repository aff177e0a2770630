/* The drainer, and the worker as a program: stopped and killed at its work. */
#include "core/base/id.h"
#include "core/event/event.h"
#include "core/sys/conf.h"
#include "tests/db/jobs.h"

#include <signal.h>
#include <sys/wait.h>

#define PROGRAM "build/t/frontdesk-worker"

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

static int emit(struct ctx *k, void *arg)
{
	(void)arg;
	return event_emit(k, EV_CUSTOMER_CREATED, id_new(k), &JOB, &(struct job){.id = "x"});
}

START_TEST(draining_ends_what_is_due)
{
	struct worker_slot slot = {.owner = "drainer"};
	volatile bool stop = false;
	struct worker w = {.conf = c->conf, .db = c->db, .slot = &slot, .stop = &stop};
	const char *wake = mem_printf(c->mem, "%s/work", c->conf->server_run_dir);

	hush();
	c->company = salon();
	ck_assert_int_eq(in_tx(c, emit, NULL), 0);
	ck_assert(c->wake);
	queue_wake(c);
	ck_assert_int_eq(access(wake, F_OK), 0);
	stop = true;
	ck_assert_int_eq(worker_drain(&w), 0);
	ck_assert_uint_eq(slot.ended, 0);
	stop = false;
	ck_assert_int_eq(worker_drain(&w), 0);
	ck_assert_int_ne(access(wake, F_OK), 0);
	/* and what recurs, and that brings more */
	ck_assert_uint_ge(slot.ended, 1 + RECURRING_COUNT);
	ck_assert_str_eq(slot.job_id, "");
	ck_assert_int_eq(
		one_int(root, "SELECT COUNT(*) FROM frontdesk_store.job WHERE state = 'done'"),
		slot.ended);
	ck_assert_int_eq(
		one_int(root, "SELECT COUNT(*) FROM frontdesk_store.job WHERE state <> 'done'"), 0);
	ck_assert_int_ge(db_exec(root,
				 "DELETE FROM frontdesk_store.event WHERE kind = 'customer.created'"
				 " AND payload LIKE '{\"id\":\"x\"%'"),
		1);
}
END_TEST

START_TEST(unknown_kinds_are_dead)
{
	struct worker_slot slot = {.owner = "drainer"};
	volatile bool stop = false;
	struct worker w = {.conf = c->conf, .db = c->db, .slot = &slot, .stop = &stop};
	const char *id = jobs_add(c, JOB_SWEEP, NULL);

	hush();
	ck_assert_int_eq(db_exec(root, "UPDATE frontdesk_store.job SET kind = 'nonsense'"), 1);
	ck_assert_int_eq(worker_drain(&w), 0);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
}
END_TEST

/* ---- the program ---- */

/* The drainer, the only child of the program, once n of its connections wait
 * for events (that of a killed one goes on waiting). */
static pid_t drainer_of(pid_t parent, int n)
{
	char path[64], text[32];
	struct timespec wait = {0, 20000000};
	int64_t waiting = 0;

	for (int i = 0; i < 500 && waiting < n; i++) {
		nanosleep(&wait, NULL);
		waiting = one_int(root,
			"SELECT COUNT(*) FROM information_schema.PROCESSLIST"
			" WHERE USER = 'fd_worker' AND STATE LIKE 'Waiting for table%'");
	}
	ck_assert_msg(waiting == n, "no drainer came to its work");
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	FILE *f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	pid_t child = (pid_t)strtol(text, NULL, 10);
	ck_assert_int_gt(child, 0);
	return child;
}

/* Whoever reads an event waits until the line is closed. */
static MYSQL *hold_events(void)
{
	MYSQL *m = raw_connect("root");

	ck_assert_uint_eq(raw_run(m, "LOCK TABLES frontdesk_store.event WRITE"), 0);
	return m;
}

static pid_t program_start(void)
{
	char *const argv[] = {(char[]){PROGRAM}, NULL};
	pid_t pid;

	ck_assert_msg(access(PROGRAM, X_OK) == 0, "%s is not built", PROGRAM);
	pid = fork();
	if (pid == 0) {
		hush();
		execv(PROGRAM, argv);
		_exit(127);
	}
	return pid;
}

START_TEST(a_killed_drainer_is_written_down)
{
	const char *id = jobs_add(c, JOB_EVENT_DISPATCH, NULL);
	MYSQL *hold = hold_events();
	pid_t parent = program_start();
	int status;

	for (int i = 1; i <= 2; i++)
		ck_assert_int_eq(kill(drainer_of(parent, i), SIGKILL), 0);
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	mysql_close(hold);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(jobs_row(root, id).state, JOB_DEAD);
	ck_assert_str_eq(
		jobs_row(root, id).last_error, "The worker was killed by signal 9 (KILL).");
	ck_assert_int_eq(jobs_row(root, id).attempts, 2);
}
END_TEST

START_TEST(a_stopped_worker_ends_its_job_and_gives_back_the_rest)
{
	const char *at_work = jobs_add(c, JOB_EVENT_DISPATCH, NULL);
	const char *waiting = jobs_add(c, JOB_NOTIFICATION_SEND, NULL);
	MYSQL *hold = hold_events();
	pid_t parent = program_start();
	int status;

	(void)drainer_of(parent, 1);
	ck_assert_int_eq(kill(parent, SIGTERM), 0);
	nanosleep(&(struct timespec){0, 200000000}, NULL);
	ck_assert_int_eq(waitpid(parent, &status, WNOHANG), 0);
	mysql_close(hold);
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(jobs_row(root, at_work).state, JOB_DEAD); /* there is no such event */
	ck_assert_int_eq(jobs_row(root, waiting).state, JOB_QUEUED);
	ck_assert_int_eq(one_int(root, "SELECT SUM(crashes) FROM frontdesk_store.job"), 0);
}
END_TEST

/* Both are in one claim; the second is not kept waiting by the first. */
START_TEST(a_job_that_hangs_holds_up_no_other)
{
	const char *hangs = jobs_add(c, JOB_EVENT_DISPATCH, NULL);
	const char *quick = jobs_add(c, JOB_NOOP, NULL);
	MYSQL *hold = hold_events();
	pid_t parent = program_start();
	int status;

	(void)drainer_of(parent, 1);
	for (int i = 0; i < 200 && jobs_row(root, quick).state != JOB_DONE; i++)
		nanosleep(&(struct timespec){0, 20000000}, NULL);
	ck_assert_int_eq(jobs_row(root, quick).state, JOB_DONE);
	ck_assert_int_eq(jobs_row(root, hangs).state, JOB_RUNNING);
	mysql_close(hold);
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(jobs_row(root, hangs).state, JOB_DEAD); /* there is no such event */
	ck_assert_int_eq(jobs_row(root, hangs).attempts, 1);
}
END_TEST

Suite *suite_drain(void)
{
	Suite *s = suite_create("drain");
	TCase *t = tcase_create("drain");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, draining_ends_what_is_due);
	tcase_add_test(t, unknown_kinds_are_dead);
	tcase_add_test(t, a_killed_drainer_is_written_down);
	tcase_add_test(t, a_stopped_worker_ends_its_job_and_gives_back_the_rest);
	tcase_add_test(t, a_job_that_hangs_holds_up_no_other);
	suite_add_tcase(s, t);
	return s;
}
