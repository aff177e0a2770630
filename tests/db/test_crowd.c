/* Law 2 with everything at once: sixteen people book, hold, move and cancel
 * haircuts, visits of three parts and seats in a class with a room, on one
 * day, for a few customers. Afterwards what is taken is what is live. */
#include "core/base/id.h"
#include "core/booking/hold.h"
#include "tests/db/salon.h"

#define PLAYERS 16
#define STEPS (getenv("LONG") != NULL ? 2000 : 60)
#define MINE_MAX 64
#define CUSTOMERS 10
#define YOGA "01900000-0000-7000-8000-5a10000000c0"
#define ADMIN(sql) ck_assert_uint_eq(raw_run(root, sql), 0)

struct crowd {
	day_t day;
	char customer_ids[CUSTOMERS][37];
	unsigned seed;
	int live, taken, held, used, moved, cancelled, refused, failed;
};

/* What one player has. */
struct hand {
	struct crowd *crowd;
	unsigned seed;
	const char *visits[MINE_MAX];
	int n;
	const char *hold;
};

struct play {
	struct wish wish;
	const char *id;
	struct appointment a;
	struct hold h;
	int seconds;
};

static unsigned dice(struct hand *me, unsigned sides)
{
	me->seed = me->seed * 1103515245u + 12345u;
	return (me->seed >> 16) % sides;
}

static void count(int *what)
{
	__atomic_add_fetch(what, 1, __ATOMIC_SEQ_CST);
}

/* ---- what a player does ---- */

static int do_take(struct ctx *x, void *arg)
{
	struct play *p = arg;

	return booking_take(x, &p->wish, &p->a);
}

static int do_hold(struct ctx *x, void *arg)
{
	struct play *p = arg;

	return hold_make(x, &p->wish, p->seconds, &p->h);
}

static int do_release(struct ctx *x, void *arg)
{
	struct play *p = arg;

	return hold_release(x, p->id);
}

static int do_move(struct ctx *x, void *arg)
{
	struct play *p = arg;

	return booking_reschedule(x, p->id, &p->wish, &p->a);
}

static int do_cancel(struct ctx *x, void *arg)
{
	struct play *p = arg;

	return appointment_cancel(x, p->id, NULL, &p->a);
}

static bool done(struct hand *me, int (*what)(struct ctx *x, void *arg), struct play *p, int *n)
{
	c->now = ts_now();
	if (in_tx(c, what, p) >= 0) {
		count(n);
		return true;
	}
	if (c->err.code == E_SLOT_TAKEN || c->err.code == E_INVALID)
		count(&me->crowd->refused);
	else
		count(&me->crowd->failed);
	err_clear(c);
	return false;
}

static struct wish any_wish(struct hand *me)
{
	static const char *const SERVICES[] = {HAIRCUT, HAIRCUT, CUT_AND_COLOUR, YOGA, YOGA, YOGA};
	struct wish w = {.service_id = SERVICES[dice(me, COUNT_OF(SERVICES))],
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.id = me->crowd->customer_ids[dice(me, CUSTOMERS)]},
		.source = SOURCE_API};
	bool yoga = strcmp(w.service_id, YOGA) == 0;

	/* a class has few starts, so that it fills */
	w.local_start = wall_of(me->crowd->day,
		yoga ? 9 * 60 + (int)dice(me, 8) * 60 : 9 * 60 + (int)dice(me, 32) * 15);
	if (!yoga && dice(me, 3) == 0)
		w.staff_id = dice(me, 2) == 0 ? ANNA : BEN;
	return w;
}

static void take(struct hand *me, struct play *p)
{
	p->wish = any_wish(me);
	if (me->n < MINE_MAX && done(me, do_take, p, &me->crowd->taken))
		me->visits[me->n++] = p->a.id;
}

static void hold(struct hand *me, struct play *p)
{
	p->wish = any_wish(me);
	p->seconds = dice(me, 3) == 0 ? 300 : 1;
	if (done(me, do_hold, p, &me->crowd->held))
		me->hold = p->h.id;
}

static void use_hold(struct hand *me, struct play *p)
{
	if (me->hold == NULL || me->n == MINE_MAX)
		return;
	p->wish = (struct wish){.hold_id = me->hold,
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.id = me->crowd->customer_ids[dice(me, CUSTOMERS)]},
		.source = SOURCE_WEB};
	if (done(me, do_take, p, &me->crowd->used))
		me->visits[me->n++] = p->a.id;
	me->hold = NULL;
}

static void release(struct hand *me, struct play *p)
{
	int none = 0;

	if (me->hold == NULL)
		return;
	p->id = me->hold;
	me->hold = NULL;
	done(me, do_release, p, &none);
}

static void move(struct hand *me, struct play *p)
{
	if (me->n == 0)
		return;
	p->id = me->visits[dice(me, (unsigned)me->n)];
	p->wish = any_wish(me);
	done(me, do_move, p, &me->crowd->moved);
}

static void cancel(struct hand *me, struct play *p)
{
	if (me->n == 0)
		return;
	unsigned i = dice(me, (unsigned)me->n);

	p->id = me->visits[i];
	if (done(me, do_cancel, p, &me->crowd->cancelled))
		me->visits[i] = me->visits[--me->n];
}

static void player(int i, void *shared)
{
	static void (*const DEEDS[])(struct hand * me, struct play * p) = {take, take, take, hold,
		hold, use_hold, use_hold, move, move, move, cancel, cancel, release};
	struct hand me = {.crowd = shared, .seed = ((struct crowd *)shared)->seed + (unsigned)i};

	hush();
	c = db_ctx("fd_web");
	c->company = salon();
	c->actor = ACTOR_SYSTEM;
	for (int step = 0; step < STEPS; step++) {
		struct play *p = mem_alloc(c->mem, sizeof(*p));

		DEEDS[dice(&me, COUNT_OF(DEEDS))](&me, p);
	}
	__atomic_add_fetch(&me.crowd->live, me.n, __ATOMIC_SEQ_CST);
	db_ctx_end(c);
}

/* ---- the day ---- */

static void clear_day(MYSQL *root)
{
	static const char *const TABLES[] = {
		"occupancy", "hold", "appointment_segment", "appointment_add_on", "appointment"};

	for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
		char sql[100];

		snprintf(sql, sizeof(sql), "DELETE FROM frontdesk_store.%s", TABLES[i]);
		ADMIN(sql);
	}
	ADMIN("DELETE FROM frontdesk_store.customer WHERE name = 'Crowd'");
	ADMIN("DELETE FROM frontdesk_store.service_resource");
	ADMIN("DELETE FROM frontdesk_store.service_staff WHERE service_segment_id LIKE "
	      "'01900000-0000-7000-8000-5a10000000c%'");
	ADMIN("DELETE FROM frontdesk_store.service_segment WHERE service_id = '" YOGA "'");
	ADMIN("DELETE FROM frontdesk_store.service WHERE id = '" YOGA "'");
	ADMIN("DELETE FROM frontdesk_store.resource WHERE kind = 'room'");
}

/* Anna and Ben teach four at a time, in one hall of two. */
static void found_class(void)
{
	static const char *const PREFIX = "01900000-0000-7000-8000-5a10000000c";
	int ok = 0;

	ok += db_exec(c,
		"INSERT INTO service (id, name, duration_minutes, price_cents, currency, capacity)"
		" VALUES (?, 'Yoga', 60, 1200, 'EUR', 4)",
		YOGA);
	ok += db_exec(c,
		"INSERT INTO service_segment (id, service_id, position, name, duration_minutes)"
		" VALUES (CONCAT(?, '1'), ?, 1, 'Yoga', 60)",
		PREFIX, YOGA);
	ok += db_exec(c,
		"INSERT INTO service_staff (id, service_segment_id, staff_id)"
		" VALUES (CONCAT(?, '2'), CONCAT(?, '1'), ?), (CONCAT(?, '3'), CONCAT(?, '1'), ?)",
		PREFIX, PREFIX, ANNA, PREFIX, PREFIX, BEN);
	ok += db_exec(c,
		"INSERT INTO resource (id, branch_id, kind, name, capacity)"
		" VALUES (CONCAT(?, '4'), ?, 'room', 'The hall', 2)",
		PREFIX, MITTE);
	ok += db_exec(c,
		"INSERT INTO service_resource (id, service_segment_id, resource_id)"
		" VALUES (CONCAT(?, '5'), CONCAT(?, '1'), CONCAT(?, '4'))",
		PREFIX, PREFIX, PREFIX);
	ck_assert_int_eq(ok, 6);
}

static int found(struct ctx *x, void *arg)
{
	struct crowd *crowd = arg;

	found_class();
	for (int i = 0; i < CUSTOMERS; i++) {
		snprintf(crowd->customer_ids[i], sizeof(crowd->customer_ids[i]), "%s", id_new(x));
		if (db_exec(x, "INSERT INTO customer (id, name) VALUES (?, 'Crowd')",
			    crowd->customer_ids[i]) < 0)
			return -1;
	}
	return 0;
}

START_TEST(what_is_taken_is_what_is_live)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));
	const char *seed = getenv("FRONTDESK_SEED");
	MYSQL *root = raw_connect("root");

	crowd->seed = seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)now_ms();
	fprintf(stderr, "crowd: FRONTDESK_SEED=%u\n", crowd->seed);
	crowd->day = day_of_wall(tz_wall(tz_find("Europe/Berlin"), ts_now()));
	for (crowd->day.n += 20; day_weekday(crowd->day) != 4; crowd->day.n++)
		;
	clear_day(root);
	c = db_ctx("fd_web");
	c->company = salon();
	ck_assert_int_eq(in_tx(c, found, crowd), 0);
	run_rivals(PLAYERS, player, crowd);
	fprintf(stderr,
		"crowd: %d taken, %d held, %d of them used, %d moved, %d cancelled, %d refused, "
		"%d failed, %d live\n",
		crowd->taken, crowd->held, crowd->used, crowd->moved, crowd->cancelled,
		crowd->refused, crowd->failed, crowd->live);
	expect_consistent(c);
	/* nobody who was told yes has lost it, nobody who was told no has it */
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM appointment WHERE status = 'confirmed'"),
		crowd->live);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM appointment WHERE status = 'cancelled'"),
		crowd->cancelled);
	/* a customer is at one place */
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM appointment a JOIN appointment b "
				 "ON b.customer_id = a.customer_id AND b.id > a.id "
				 "AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at "
				 "WHERE a.status = 'confirmed' AND b.status = 'confirmed'"),
		0);
	/* it was a crowd */
	ck_assert_int_gt(crowd->taken + crowd->used, 50);
	ck_assert_int_gt(crowd->moved, 5);
	ck_assert_int_gt(crowd->used, 5);
	ck_assert_int_gt(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE class_of IS NOT NULL"), 0);
	ck_assert_int_le(crowd->failed, PLAYERS * STEPS / 50);
	db_ctx_end(c);
	clear_day(root);
	mysql_close(root);
}
END_TEST

Suite *suite_crowd(void)
{
	Suite *s = suite_create("crowd");
	TCase *t = tcase_create("crowd");

	tcase_set_timeout(t, getenv("LONG") != NULL ? 1200 : 180);
	tcase_add_test(t, what_is_taken_is_what_is_live);
	suite_add_tcase(s, t);
	return s;
}
