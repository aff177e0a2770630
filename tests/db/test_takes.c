/* Law 2 through the code that serves requests: sixteen callers want Anna at
 * the same time, two hundred times over. */
#include "tests/db/support.h"
#include "core/booking/booking.h"
#include "core/sys/tz.h"

#include <pthread.h>

#define ROUNDS 200
#define PLAYERS 16
#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define CUT_AND_COLOUR "01900000-0000-7000-8000-5a1000000063"
#define ANNA "01900000-0000-7000-8000-5a1000000050"

struct game {
	pthread_barrier_t start;
	const char *service_id;
	const char *staff_id;
	int rounds;
	wall_t slots[ROUNDS];
	int won[ROUNDS];
	int lost;
	int failed;
};

/* Anna's free half hours (every two hours for a long visit), from in three
 * days on. Tue-Sat, 09-13 and 14-18. */
static void plan_slots(struct game *g, int rounds, int step_minutes)
{
	day_t day = day_of_wall(tz_wall(tz_find("Europe/Berlin"), ts_now()));

	g->rounds = 0;
	for (day.n += 3; g->rounds < rounds; day.n++) {
		int weekday = day_weekday(day);

		for (int m = 540; m < 1080 && weekday >= 2 && weekday <= 6; m += step_minutes) {
			if ((m < 780 || m >= 840) && g->rounds < rounds)
				g->slots[g->rounds++] = wall_of(day, m);
		}
	}
}

struct attempt {
	struct wish wish;
	struct appointment made;
};

static int take(struct ctx *c, void *arg)
{
	struct attempt *a = arg;

	memset(&a->made, 0, sizeof(a->made));
	return booking_take(c, &a->wish, &a->made);
}

static void player(int i, void *shared)
{
	struct game *g = shared;
	struct ctx *c = db_ctx("fd_web");

	hush();
	c->company = salon();
	c->actor = ACTOR_SYSTEM;
	ck_assert_int_eq(db_connect(c), 0);
	for (int round = 0; round < g->rounds; round++) {
		struct mem_mark mark = mem_mark(c->mem);
		struct attempt a = {.wish = {.service_id = g->service_id,
					    .staff_id = g->staff_id,
					    .local_start = g->slots[round],
					    .utc_offset_minutes = OFFSET_NONE,
					    .source = SOURCE_API}};

		a.wish.customer.name = mem_printf(c->mem, "Rival %d", i);
		c->now = ts_now();
		pthread_barrier_wait(&g->start);
		if (in_tx(c, take, &a) >= 0)
			__atomic_add_fetch(&g->won[round], 1, __ATOMIC_SEQ_CST);
		else if (c->err.code == E_SLOT_TAKEN)
			__atomic_add_fetch(&g->lost, 1, __ATOMIC_SEQ_CST);
		else
			__atomic_add_fetch(&g->failed, 1, __ATOMIC_SEQ_CST);
		err_clear(c);
		mem_release(c->mem, mark);
	}
	db_ctx_end(c);
}

static void forget_visits(void)
{
	static const char *const SQL[] = {
		"DELETE FROM frontdesk_store.occupancy WHERE kind = 'appointment'",
		"DELETE FROM frontdesk_store.appointment_segment",
		"DELETE FROM frontdesk_store.appointment",
		"DELETE FROM frontdesk_store.customer WHERE name LIKE 'Rival %'",
	};
	MYSQL *root = raw_connect("root");

	for (size_t i = 0; i < COUNT_OF(SQL); i++)
		ck_assert_uint_eq(raw_run(root, SQL[i]), 0);
	mysql_close(root);
}

static void play(struct game *g)
{
	pthread_barrierattr_t across;

	(void)salon();
	forget_visits();
	pthread_barrierattr_init(&across);
	pthread_barrierattr_setpshared(&across, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&g->start, &across, PLAYERS);
	run_rivals(PLAYERS, player, g);
}

static void expect_one_winner_each(struct game *g, int64_t parts)
{
	MYSQL *m = raw_connect("fd_check");

	for (int round = 0; round < g->rounds; round++)
		ck_assert_msg(g->won[round] == 1, "round %d had %d winners, %d failed", round,
			g->won[round], g->failed);
	ck_assert_int_eq(g->failed, 0);
	ck_assert_int_eq(g->lost, g->rounds * (PLAYERS - 1));
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM appointment"), g->rounds);
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM appointment_segment"), g->rounds * parts);
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM occupancy WHERE kind = 'appointment'"),
		g->rounds * parts);
	/* losers left nothing: no customer, no event */
	ck_assert_int_eq(
		raw_int(m, "SELECT COUNT(*) FROM customer WHERE name LIKE 'Rival %'"), g->rounds);
	mysql_close(m);
	forget_visits();
}

START_TEST(of_sixteen_callers_one_gets_the_haircut)
{
	struct game *g = shared_memory(sizeof(*g));

	g->service_id = HAIRCUT;
	g->staff_id = ANNA;
	plan_slots(g, ROUNDS, 30);
	play(g);
	expect_one_winner_each(g, 1);
}
END_TEST

/* Three people are taken at once, in whatever order: all or nothing. */
START_TEST(a_visit_of_three_parts_is_taken_whole)
{
	struct game *g = shared_memory(sizeof(*g));
	int wins = 0;

	g->service_id = CUT_AND_COLOUR;
	plan_slots(g, 40, 30);
	play(g);
	for (int round = 0; round < g->rounds; round++)
		wins += g->won[round];
	ck_assert_int_eq(g->failed, 0);
	ck_assert_int_gt(wins, 0);
	MYSQL *m = raw_connect("fd_check");
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM appointment"), wins);
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM appointment_segment"), wins * 3);
	ck_assert_int_eq(
		raw_int(m, "SELECT COUNT(*) FROM customer WHERE name LIKE 'Rival %'"), wins);
	ck_assert_int_eq(
		raw_int(m,
			"SELECT COUNT(*) FROM appointment_segment a JOIN appointment_segment b"
			" ON b.company_id = a.company_id AND b.staff_id = a.staff_id AND b.id > "
			"a.id"
			" AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at"),
		0);
	mysql_close(m);
	forget_visits();
}
END_TEST

Suite *suite_takes(void)
{
	Suite *s = suite_create("takes");
	TCase *t = tcase_create("booking_take");

	tcase_set_timeout(t, 180);
	tcase_add_test(t, of_sixteen_callers_one_gets_the_haircut);
	tcase_add_test(t, a_visit_of_three_parts_is_taken_whole);
	suite_add_tcase(s, t);
	return s;
}
