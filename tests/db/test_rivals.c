/* Law 2: one slot, one winner; and nobody waits for somebody's report. */
#include "tests/db/support.h"
#include "core/base/id.h"

#include <pthread.h>
#include <sys/wait.h>

#define RIVALS 64
#define REPORT_S 5
#define CONTROL_REPORT_S 3

#define ROUNDS 200
#define CONTROL_ROUNDS 20
#define PLAYERS 16

#define SLOT_MS (30 * 60 * 1000)

/* Far from whatever else the demo data gets. */
static ts_t slot_start(int n)
{
	struct civil v = {2031, 1, 1, 0, 0, 0, 0};
	ts_t t = ts_of_civil(&v);

	t.ms += (int64_t)n * SLOT_MS;
	return t;
}

static void forget_slots(void)
{
	struct ctx *c = db_ctx("fd_web");

	c->company = salon();
	ck_assert_int_ge(
		db_exec(c, "DELETE FROM occupancy WHERE starts_at >= ?", slot_start(0)), 0);
	db_ctx_end(c);
}

struct wish {
	ts_t start;
	bool queue; /* write booking_seq first, as the law says */
};

/* A take, in the order of law 2, as booking does it. */
static int take(struct ctx *c, void *arg)
{
	const struct wish *w = arg;
	ts_t end = {w->start.ms + SLOT_MS};
	int64_t taken = 0;

	if (w->queue &&
		db_exec(c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id IN (?)",
			SALON_ANNA) < 0)
		return -1;
	if (db_exec(c,
		    "DELETE FROM occupancy WHERE resource_id = ? AND kind = 'hold' AND expires_at "
		    "< NOW(3)",
		    SALON_ANNA) < 0)
		return -1;
	if (db_int(c, &taken,
		    "SELECT COUNT(*) FROM occupancy WHERE resource_id = ? AND ends_at > ?"
		    " AND starts_at < ?",
		    SALON_ANNA, w->start, end) < 0)
		return -1;
	if (taken > 0)
		return err_set(c, E_SLOT_TAKEN, NULL);
	int rc = db_exec(c,
		"INSERT INTO occupancy (id, resource_id, starts_at, ends_at, kind)"
		" VALUES (?, ?, ?, ?, 'block')",
		id_new(c), SALON_ANNA, w->start, end);
	if (rc < 0 && err_take(c, E_DUPLICATE))
		return err_set(c, E_SLOT_TAKEN, NULL);
	return rc;
}

/* ---- nobody waits for a report ---- */

struct crowd {
	int ready;
	int64_t slowest_ms;
	int won;
	int failed;
	int64_t done_at;        /* when the last rival had finished */
	int64_t report_done_at; /* when the report had */
};

static void rival(int i, void *shared)
{
	struct crowd *crowd = shared;
	struct ctx *c = db_ctx("fd_web");
	struct wish w = {slot_start(i), true};

	hush();
	c->company = salon();
	ck_assert_int_eq(db_connect(c), 0);
	__atomic_add_fetch(&crowd->ready, 1, __ATOMIC_SEQ_CST);
	for (int k = 0; k < 5000 && __atomic_load_n(&crowd->ready, __ATOMIC_SEQ_CST) < RIVALS + 1;
		k++)
		usleep(1000);
	int64_t began = now_ms();
	int rc = in_tx(c, take, &w);
	int64_t took = now_ms() - began;
	__atomic_add_fetch(rc == 1 ? &crowd->won : &crowd->failed, 1, __ATOMIC_SEQ_CST);
	int64_t seen = __atomic_load_n(&crowd->slowest_ms, __ATOMIC_SEQ_CST);
	while (took > seen &&
		!__atomic_compare_exchange_n(
			&crowd->slowest_ms, &seen, took, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	db_ctx_end(c);
}

/* Runs the report in a child; returns when its statement is on its way. */
static pid_t start_report(struct crowd *crowd, const char *sql)
{
	pid_t pid = fork();

	if (pid == 0) {
		MYSQL *m = raw_connect("fd_web");
		char enter[100];

		snprintf(enter, sizeof(enter), "CALL enter_company(%u)", salon());
		if (raw_run(m, enter) != 0 || raw_run(m, "START TRANSACTION") != 0)
			_exit(1);
		__atomic_add_fetch(&crowd->ready, 1, __ATOMIC_SEQ_CST);
		unsigned rc = raw_run(m, sql);
		__atomic_store_n(&crowd->report_done_at, now_ms(), __ATOMIC_SEQ_CST);
		_exit(rc == 0 ? 0 : 1);
	}
	while (__atomic_load_n(&crowd->ready, __ATOMIC_SEQ_CST) == 0)
		usleep(1000);
	usleep(200000);
	return pid;
}

static struct crowd *meet_report(const char *sql)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));
	int status = -1;

	(void)salon();
	forget_slots();
	pid_t report = start_report(crowd, sql);
	run_rivals(RIVALS, rival, crowd);
	crowd->done_at = now_ms();
	ck_assert_int_eq(waitpid(report, &status, 0), report);
	ck_assert_int_eq(status, 0);
	forget_slots();
	return crowd;
}

START_TEST(nobody_waits_for_a_report)
{
	/* Anna's row is read first and the reading goes on for 5 s */
	struct crowd *crowd =
		meet_report("SELECT SUM(x.s) FROM (SELECT r.id, SLEEP(1.25) AS s FROM"
			    " resource r LEFT JOIN occupancy o ON o.resource_id = r.id) x");

	fprintf(stderr, "64 rivals beside a 5 s report: the slowest took %" PRId64 " ms\n",
		crowd->slowest_ms);
	ck_assert_int_eq(crowd->failed, 0);
	ck_assert_int_eq(crowd->won, RIVALS);
	ck_assert_int_lt(crowd->slowest_ms, 4000);
	ck_assert_msg(crowd->done_at < crowd->report_done_at, "the report ended before the rivals");
}
END_TEST

START_TEST(control_a_report_that_locks_is_waited_for)
{
	struct crowd *crowd = meet_report("SELECT SUM(x.s) FROM (SELECT r.id, SLEEP(0.75) AS s FROM"
					  " resource r FOR UPDATE) x");

	ck_assert_int_eq(crowd->won, RIVALS);
	ck_assert_int_ge(crowd->slowest_ms, 2000);
	ck_assert_int_ge(crowd->done_at, crowd->report_done_at);
}
END_TEST

/* ---- one winner ---- */

struct table_game {
	pthread_barrier_t start;
	bool queue;
	int rounds;
	int won[ROUNDS];
	int lost;
	int gave_up;
};

static void player(int i, void *shared)
{
	struct table_game *game = shared;
	struct ctx *c = db_ctx("fd_web");

	(void)i;
	hush();
	c->company = salon();
	ck_assert_int_eq(db_connect(c), 0);
	for (int round = 0; round < game->rounds; round++) {
		struct wish w = {slot_start(round), game->queue};
		struct mem_mark mark = mem_mark(c->mem);

		pthread_barrier_wait(&game->start);
		int rc = in_tx(c, take, &w);
		if (rc == 1)
			__atomic_add_fetch(&game->won[round], 1, __ATOMIC_SEQ_CST);
		else if (err_take(c, E_SLOT_TAKEN))
			__atomic_add_fetch(&game->lost, 1, __ATOMIC_SEQ_CST);
		else
			__atomic_add_fetch(&game->gave_up, 1, __ATOMIC_SEQ_CST);
		err_clear(c);
		mem_release(c->mem, mark);
	}
	db_ctx_end(c);
}

static struct table_game *play(int rounds, bool queue)
{
	struct table_game *game = shared_memory(sizeof(*game));
	pthread_barrierattr_t across;

	(void)salon();
	forget_slots();
	pthread_barrierattr_init(&across);
	pthread_barrierattr_setpshared(&across, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&game->start, &across, PLAYERS);
	game->rounds = rounds;
	game->queue = queue;
	run_rivals(PLAYERS, player, game);
	return game;
}

static int64_t stored_overlaps(void)
{
	MYSQL *m = raw_connect("fd_check");
	int64_t n = raw_int(m,
		"SELECT COUNT(*) FROM frontdesk_store.occupancy a JOIN frontdesk_store.occupancy b"
		" ON b.company_id = a.company_id AND b.resource_id = a.resource_id AND b.id > a.id"
		" AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at"
		" WHERE a.starts_at >= '2031-01-01'");

	mysql_close(m);
	return n;
}

START_TEST(of_sixteen_rivals_one_wins_each_time)
{
	struct table_game *game = play(ROUNDS, true);

	for (int round = 0; round < ROUNDS; round++)
		ck_assert_msg(
			game->won[round] == 1, "round %d had %d winners", round, game->won[round]);
	ck_assert_int_eq(game->gave_up, 0);
	ck_assert_int_eq(game->lost, ROUNDS * (PLAYERS - 1));
	ck_assert_int_eq(stored_overlaps(), 0);
	forget_slots();
}
END_TEST

/* The key alone is enough to keep the data right. */
START_TEST(without_queueing_the_key_still_refuses)
{
	struct table_game *game = play(CONTROL_ROUNDS, false);

	for (int round = 0; round < CONTROL_ROUNDS; round++)
		ck_assert_int_le(game->won[round], 1);
	ck_assert_int_eq(stored_overlaps(), 0);
	forget_slots();
}
END_TEST

static void drop_key(void)
{
	MYSQL *root = raw_connect("root");

	ck_assert_uint_eq(raw_run(root,
				  "ALTER TABLE frontdesk_store.occupancy"
				  " ADD KEY occupancy_control (company_id, resource_id),"
				  " DROP INDEX occupancy_span"),
		0);
	mysql_close(root);
}

static void restore_key(void)
{
	MYSQL *root = raw_connect("root");

	forget_slots();
	ck_assert_uint_eq(
		raw_run(root,
			"ALTER TABLE frontdesk_store.occupancy DROP INDEX occupancy_control,"
			" ADD UNIQUE KEY occupancy_span"
			" (company_id, resource_id, lane, span WITHOUT OVERLAPS)"),
		0);
	mysql_close(root);
}

START_TEST(control_without_key_and_queue_there_are_doubles)
{
	struct table_game *game = play(CONTROL_ROUNDS, false);
	int doubles = 0;

	for (int round = 0; round < CONTROL_ROUNDS; round++)
		doubles += game->won[round] > 1;
	ck_assert_int_gt(doubles, 0);
	ck_assert_int_gt(stored_overlaps(), 0);
}
END_TEST

/* And the queue alone is enough, too. */
START_TEST(without_the_key_the_queue_still_refuses)
{
	struct table_game *game = play(CONTROL_ROUNDS, true);

	for (int round = 0; round < CONTROL_ROUNDS; round++)
		ck_assert_int_eq(game->won[round], 1);
	ck_assert_int_eq(stored_overlaps(), 0);
}
END_TEST

Suite *suite_rivals(void)
{
	Suite *s = suite_create("rivals");
	TCase *t = tcase_create("with the key"), *bare = tcase_create("without the key");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, nobody_waits_for_a_report);
	tcase_add_test(t, control_a_report_that_locks_is_waited_for);
	tcase_add_test(t, of_sixteen_rivals_one_wins_each_time);
	tcase_add_test(t, without_queueing_the_key_still_refuses);
	suite_add_tcase(s, t);
	tcase_set_timeout(bare, 120);
	tcase_add_unchecked_fixture(bare, drop_key, restore_key);
	tcase_add_test(bare, control_without_key_and_queue_there_are_doubles);
	tcase_add_test(bare, without_the_key_the_queue_still_refuses);
	suite_add_tcase(s, bare);
	return s;
}
