/*
 * The model of tests/unit against the whole of core/booking: random worlds as
 * rows of the database, asked for through availability_search() and taken
 * through booking_take(). What tests/unit shows of the arithmetic, this shows
 * of the queries around it. FRONTDESK_SEED and FRONTDESK_WORLD as there.
 */
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "tests/db/support.h"
#include "tests/unit/worlds.h"

#define WORLDS 30
#define WORLDS_LONG 2000
#define CHUNK 10
#define OTHERS 3 /* times that are refused */
#define MINUTE_MS 60000

static struct ctx *c;
static uint64_t seed;
static int number; /* of the world */

static void setup(void)
{
	c = db_ctx("fd_web");
	c->company = salon();
}

static void teardown(void)
{
	db_ctx_end(c);
}

/* ---- a world as rows ---- */

enum kind { ROW_BRANCH = 1, ROW_STAFF, ROW_ROOM, ROW_SERVICE, ROW_SEGMENT, ROW_ADD_ON };

/* Nothing is remembered of ids that were never there before. */
static const char *id_of(enum kind kind, int n)
{
	return mem_printf(c->mem, "01a0%04x-%04x-7000-8000-%012x", number & 0xffff, kind, n);
}

static int number_of(const char *id)
{
	return (int)strtol(id + 24, NULL, 16);
}

static bool is_kind(const char *id, enum kind kind)
{
	return strtol(id + 9, NULL, 16) == kind;
}

static void inserted(int rc, int line)
{
	ck_assert_msg(rc == 1, "the row of line %d: %s %s", line, err_wire(c->err.code),
		c->err.detail != NULL ? c->err.detail : "");
}

#define insert(...) inserted(db_exec(c, "INSERT INTO " __VA_ARGS__), __LINE__)

static int home_of(const struct world *w, int staff)
{
	for (int i = 0; i < w->hours; i++) {
		if (w->hour[i].staff == staff)
			return w->hour[i].branch;
	}
	return 0;
}

static void add_places(const struct world *w)
{
	for (int i = 0; i < w->branches; i++)
		insert("branch (id, name, time_zone) VALUES (?, ?, ?)", id_of(ROW_BRANCH, i),
			mem_printf(c->mem, "Branch %d", i), w->zone);
	for (int i = 0; i < w->staff; i++) {
		const char *branch = id_of(ROW_BRANCH, home_of(w, i));

		insert("resource (id, branch_id, kind, name) VALUES (?, ?, 'staff', 'x')",
			id_of(ROW_STAFF, i), branch);
		insert("staff (id, branch_id, resource_id, name, position) VALUES (?, ?, ?, ?, ?)",
			id_of(ROW_STAFF, i), branch, id_of(ROW_STAFF, i),
			mem_printf(c->mem, "Hand %d", i), i);
	}
	for (int i = 0; i < w->rooms; i++)
		insert("resource (id, branch_id, kind, name, capacity, position, is_active)"
		       " VALUES (?, ?, 'room', 'x', ?, ?, ?)",
			id_of(ROW_ROOM, i), id_of(ROW_BRANCH, w->room[i].branch), w->room[i].lanes,
			i, !w->room[i].inactive);
}

static void add_service(const struct world *w)
{
	static const char *const CHOICE[] = {
		"least_loaded", "longest_idle", "round_robin", "usual"};

	insert("service (id, name, duration_minutes, price_cents, currency, buffer_before_minutes,"
	       " buffer_after_minutes, grid_minutes, notice_minutes, horizon_days, capacity,"
	       " staff_choice) VALUES (?, 'World', 1, 100, 'EUR', ?, ?, ?, ?, ?, ?, ?)",
		id_of(ROW_SERVICE, 0), w->before, w->after, w->grid, w->notice, w->horizon,
		w->capacity, CHOICE[w->choice]);
	for (int i = 0; i < w->segments; i++) {
		const struct world_segment *g = &w->segment[i];

		insert("service_segment (id, service_id, position, name, duration_minutes,"
		       " processing_minutes, same_staff_as) VALUES (?, ?, ?, 'x', ?, ?, NULLIF(?, "
		       "0))",
			id_of(ROW_SEGMENT, i), id_of(ROW_SERVICE, 0), i + 1, g->minutes,
			g->processing, g->same_as + 1);
	}
	for (int i = 0; i < w->skills; i++) {
		const struct world_skill *k = &w->skill[i];
		ts_t chosen = {w->chosen_at[k->staff] * INT64_C(1600000000000)};

		insert("service_staff (id, service_segment_id, staff_id, duration_minutes,"
		       " chosen_at) VALUES (?, ?, ?, NULLIF(?, 0), ?)",
			id_new(c), id_of(ROW_SEGMENT, k->segment), id_of(ROW_STAFF, k->staff),
			k->minutes, chosen);
	}
	for (int i = 0; i < w->needs; i++)
		insert("service_resource (id, service_segment_id, requirement, resource_id)"
		       " VALUES (?, ?, ?, ?)",
			id_new(c), id_of(ROW_SEGMENT, w->need[i].segment),
			w->need[i].requirement + 1, id_of(ROW_ROOM, w->need[i].room));
	if (w->added > 0)
		insert("service_add_on (id, service_id, name, duration_minutes)"
		       " VALUES (?, ?, 'More', ?)",
			id_of(ROW_ADD_ON, 0), id_of(ROW_SERVICE, 0), w->added);
}

static void add_hours(const struct world *w)
{
	for (int i = 0; i < w->hours; i++) {
		const struct world_hours *h = &w->hour[i];

		insert("working_hours (id, branch_id, staff_id, weekday, day, valid_from, valid_to,"
		       " start_minute, end_minute) VALUES (?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?)",
			id_new(c), id_of(ROW_BRANCH, h->branch),
			h->staff == NOBODY ? NULL : id_of(ROW_STAFF, h->staff), h->weekday,
			(day_t){h->weekday == 0 ? h->day : 0}, (day_t){h->valid_from},
			(day_t){h->valid_to}, h->from, h->to);
	}
	for (int i = 0; i < w->offs; i++)
		insert("time_off (id, staff_id, local_start, local_end) VALUES (?, ?, ?, ?)",
			id_new(c), id_of(ROW_STAFF, w->off[i].staff), (wall_t){w->off[i].from},
			(wall_t){w->off[i].to});
	for (int i = 0; i < w->closeds; i++)
		insert("closed_day (id, branch_id, day) VALUES (?, ?, ?)", id_new(c),
			w->closed[i].branch == ANYWHERE ? NULL
							: id_of(ROW_BRANCH, w->closed[i].branch),
			(day_t){w->closed[i].day});
}

static const char *add_hold(const struct world_busy *b, ts_t from, ts_t to, ts_t expires)
{
	const char *id = id_new(c);

	insert("hold (id, branch_id, service_id, staff_id, starts_at, ends_at, local_start,"
	       " time_zone, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'UTC', ?)",
		id, id_of(ROW_BRANCH, 0), id_of(ROW_SERVICE, 0),
		id_of(ROW_STAFF, b->of_room ? 0 : b->who), from, to, (wall_t){b->from}, expires);
	return id;
}

static void add_busy(const struct world *w, const struct world_busy *b)
{
	ts_t from = {b->from * MINUTE_MS}, to = {b->to * MINUTE_MS}, expires = {0};
	const char *hold = NULL;

	if (b->hold) {
		expires.ms = w->now_ms + (b->expired ? 0 : 1000);
		hold = add_hold(b, from, to, expires);
	}
	insert("occupancy (id, resource_id, lane, starts_at, ends_at, kind, hold_id, expires_at,"
	       " class_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id_new(c), id_of(b->of_room ? ROW_ROOM : ROW_STAFF, b->who), b->lane, from, to,
		b->hold ? "hold" : "block", hold, expires, b->seat ? id_of(ROW_SERVICE, 0) : NULL);
}

static void add_world(const struct world *w)
{
	c->now.ms = w->now_ms;
	add_places(w);
	add_service(w);
	add_hours(w);
	for (int i = 0; i < w->busies; i++)
		add_busy(w, &w->busy[i]);
}

/* ---- what the database makes of it ---- */

static struct texts add_ons(const struct world *w)
{
	struct texts ids = {mem_alloc(c->mem, sizeof(char *)), w->added > 0};

	ids.p[0] = id_of(ROW_ADD_ON, 0);
	return ids;
}

static const char *staff_wish(const struct world *w)
{
	return w->wished == NOBODY ? NULL : id_of(ROW_STAFF, w->wished);
}

static const char *branch_wish(const struct world *w)
{
	return w->wished_branch == ANYWHERE ? NULL : id_of(ROW_BRANCH, w->wished_branch);
}

/* A wish for somebody who does not do it there is an error, not nothing. */
static int search(const struct world *w, struct found *f)
{
	struct search s = {.service_id = id_of(ROW_SERVICE, 0),
		.staff_id = staff_wish(w),
		.branch_id = branch_wish(w),
		.add_on_ids = add_ons(w),
		.from = {w->first_day},
		.to = {w->first_day + w->days - 1}};
	int rc = availability_search(c, &s, f);

	if (rc < 0 && w->wished != NOBODY && err_take(c, E_INVALID))
		return 0;
	return rc;
}

static const char *people_of_model(const struct model_slot *s)
{
	const char *out = "";

	for (int i = 0; i < s->n; i++)
		out = mem_printf(c->mem, "%s %d", out, s->staff[i]);
	return out;
}

static const char *people_of_search(const struct slot *s)
{
	const char *out = "";

	for (size_t i = 0; i < s->staff_ids.n; i++)
		out = mem_printf(c->mem, "%s %d", out, number_of(s->staff_ids.p[i]));
	return out;
}

static const char *compare(const struct world *w, struct model *m, const struct found *f)
{
	size_t n;
	const struct model_slot *a = model_slots(m, &n);
	const struct slot *b = f->slots.p;

	for (size_t i = 0; i < n || i < f->slots.n; i++) {
		int64_t x = i < n ? a[i].start : INT64_MAX;
		int64_t y = i < f->slots.n ? b[i].starts_at.ms / MINUTE_MS : INT64_MAX;

		if (x != y)
			return mem_printf(c->mem, "%s is a slot of the %s only",
				world_minute(c->mem, w, x < y ? x : y),
				x < y ? "model" : "database");
		if (strcmp(people_of_model(&a[i]), people_of_search(&b[i])) != 0)
			return mem_printf(c->mem, "at %s the model has%s and the database%s",
				world_minute(c->mem, w, x), people_of_model(&a[i]),
				people_of_search(&b[i]));
	}
	return NULL;
}

/* ---- a take ---- */

struct kept {
	const char *resource_id;
	int64_t lane;
	ts_t starts_at, ends_at, expires_at;
	const char *class_of;
};

static const struct field KEPT_FIELDS[] = {
	ID(kept, resource_id, JOINED),
	INT(kept, lane, JOINED, 0, 65535),
	TIME(kept, starts_at, JOINED),
	TIME(kept, ends_at, JOINED),
	TIME(kept, expires_at, JOINED),
	ID(kept, class_of, JOINED),
};
static const struct table KEPT = TABLE(kept, "occupancy", KEPT_FIELDS);

/* What is taken now, as rows of the world. */
static void read_busy(struct world *w)
{
	struct rows rows;

	ck_assert_int_gt(db_rows(c, &KEPT, &rows,
				 "SELECT o.resource_id, o.lane, o.starts_at, o.ends_at, "
				 "o.expires_at, o.class_of FROM resource r JOIN occupancy o "
				 "ON o.resource_id = r.id WHERE r.branch_id IN (?, ?)",
				 id_of(ROW_BRANCH, 0), id_of(ROW_BRANCH, 1)),
		0);
	ck_assert_uint_le(rows.n, WORLD_ROWS_MAX);
	w->busies = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct kept *k = &((const struct kept *)rows.p)[i];

		w->busy[w->busies++] =
			(struct world_busy){.of_room = is_kind(k->resource_id, ROW_ROOM),
				.who = number_of(k->resource_id),
				.lane = (int)k->lane,
				.from = k->starts_at.ms / MINUTE_MS,
				.to = k->ends_at.ms / MINUTE_MS,
				.seat = k->class_of != NULL && !is_kind(k->resource_id, ROW_ROOM),
				.hold = k->expires_at.ms != 0,
				.expired = k->expires_at.ms != 0 && k->expires_at.ms <= w->now_ms};
	}
}

static struct wish wish_at(const struct world *w, ts_t start)
{
	struct wish wish = {.service_id = id_of(ROW_SERVICE, 0),
		.staff_id = staff_wish(w),
		.branch_id = branch_wish(w),
		.starts_at = start,
		.add_on_ids = add_ons(w),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.name = "Kim"},
		.source = SOURCE_API};

	return wish;
}

/* What stands between two slots is refused, and for a reason. */
static const char *refuse_others(const struct world *w, const struct found *f)
{
	const struct slot *s = f->slots.p;
	int64_t grid = w->grid * INT64_C(60000);

	for (size_t i = 0, asked = 0; i + 1 < f->slots.n && asked < OTHERS; i++) {
		ts_t start = {s[i].starts_at.ms + grid};
		struct wish wish = wish_at(w, start);
		const char *why = NULL;

		if (start.ms >= s[i + 1].starts_at.ms)
			continue;
		asked++;
		if (booking_obstacle(c, &wish, &why) < 0)
			return "it cannot be said why a time is refused";
		if (why == NULL)
			return mem_printf(c->mem, "nothing is in the way of %s",
				world_minute(c->mem, w, start.ms / MINUTE_MS));
	}
	return NULL;
}

/* The first slot, from the first who is offered; and then all again. */
static const char *take_first(const struct world *w, const struct found *f)
{
	static struct world after;
	const struct slot *s = f->slots.p;
	struct wish wish = wish_at(w, s->starts_at);
	struct appointment a = {0};
	struct found again = {0};

	after = *w;
	wish.staff_id = s->staff_ids.p[0];
	if (booking_take(c, &wish, &a) < 0)
		return mem_printf(c->mem, "the first slot was refused: %s %s",
			err_wire(c->err.code), c->err.detail != NULL ? c->err.detail : "");
	if (a.starts_at.ms != s->starts_at.ms || a.ends_at.ms != s->ends_at.ms)
		return "the visit has another time than was promised";
	read_busy(&after);
	if (!world_is_sound(&after))
		return "who sits in lane 0 does not stay longest";
	if (search(&after, &again) < 0)
		return "the second search failed";
	const char *why = compare(&after, model_new(c->mem, &after), &again);
	return why != NULL ? mem_printf(c->mem, "after the first was taken: %s", why) : NULL;
}

/* ---- worlds ---- */

/* What the database does not take, and what a search without a customer does
 * not know. */
static bool fits(struct world *w)
{
	memset(w->visits, 0, sizeof(w->visits));
	for (int i = 0; i < w->segments; i++) {
		if (w->segment[i].processing >= 600)
			return false;
	}
	return true;
}

static const char *differ(const struct world *w)
{
	struct found f = {0};
	const char *why;

	add_world(w);
	if (search(w, &f) < 0)
		return mem_printf(c->mem, "the search failed: %s %s", err_wire(c->err.code),
			c->err.n_fields > 0 ? c->err.fields[0].message : "");
	why = compare(w, model_new(c->mem, w), &f);
	if (why == NULL)
		why = refuse_others(w, &f);
	return why != NULL || f.slots.n == 0 ? why : take_first(w, &f);
}

/* Each try in a transaction of its own, which leaves nothing. */
static bool fails(const struct world *w, void *arg)
{
	struct mem_mark before = mem_mark(c->mem);
	bool failed;

	(void)arg;
	db_begin(c);
	failed = differ(w) != NULL;
	err_clear(c);
	db_rollback(c);
	mem_release(c->mem, before);
	return failed;
}

static void judge(int n)
{
	static struct world w;

	number = n;
	world_make(&w, seed * 1000003 + (uint64_t)n);
	if (!fits(&w) || !fails(&w, NULL))
		return;
	world_shrink(&w, fails, NULL);
	fprintf(stderr, "\nFRONTDESK_SEED=%" PRIu64 " FRONTDESK_WORLD=%d, made smaller:\n", seed,
		n);
	world_print(stderr, c->mem, &w);
	db_begin(c);
	ck_abort_msg("world %d: %s", n, differ(&w));
}

START_TEST(the_database_finds_what_the_model_finds)
{
	const char *only = getenv("FRONTDESK_WORLD");

	if (only != NULL) {
		if (_i == 0)
			judge((int)strtol(only, NULL, 10));
		return;
	}
	for (int i = 0; i < CHUNK; i++)
		judge(_i * CHUNK + i);
}
END_TEST

Suite *suite_worlds(void)
{
	const char *given = getenv("FRONTDESK_SEED"), *is_long = getenv("LONG");
	int worlds = is_long != NULL && strcmp(is_long, "1") == 0 ? WORLDS_LONG : WORLDS;
	Suite *s = suite_create("worlds");
	TCase *t = tcase_create("worlds");

	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	fprintf(stderr, "worlds: FRONTDESK_SEED=%" PRIu64 "\n", seed);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, the_database_finds_what_the_model_finds, 0, worlds / CHUNK);
	suite_add_tcase(s, t);
	return s;
}
