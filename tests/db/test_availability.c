/* Finding free times: the search, days of clock changes, alternatives, and
 * that all of them agree with what can be taken. */
#include "core/base/id.h"
#include "core/booking/known.h"
#include "tests/db/salon.h"

/* ---- searching ---- */

START_TEST(a_search_finds_the_starts_of_a_day)
{
	struct search s = {.service_id = HAIRCUT,
		.staff_id = ANNA,
		.from = day("2026-12-01"),
		.to = day("2026-12-01")};
	const struct slot *first, *last;
	struct rows slots;
	const char *zone;

	block(ANNA, "2026-12-01T09:30", "2026-12-01T12:00");
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	first = slots.p;
	last = first + slots.n - 1;
	/* 09:00, 12:00 to 12:30, 14:00 to 17:30 */
	ck_assert_uint_eq(slots.n, 1 + 3 + 15);
	ck_assert_str_eq(wall_text(c->mem, first->local_start), "2026-12-01T09:00");
	ck_assert_str_eq(wall_text(c->mem, first[1].local_start), "2026-12-01T12:00");
	ck_assert_str_eq(wall_text(c->mem, last->local_start), "2026-12-01T17:30");
	ck_assert_str_eq(ts_text(c->mem, last->ends_at), "2026-12-01T17:00:00Z");
	ck_assert_str_eq(zone, "Europe/Berlin");
}
END_TEST

START_TEST(a_search_knows_notice_and_horizon)
{
	struct search s = {.service_id = HAIRCUT,
		.staff_id = BEN,
		.from = day("2026-11-30"),
		.to = day("2026-11-30")};
	struct rows slots;
	const char *zone;

	c->now = berlin("2026-11-30T11:05");
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	ck_assert_str_eq(
		wall_text(c->mem, ((struct slot *)slots.p)->local_start), "2026-11-30T12:15");
	s.from = day("2027-02-20");
	s.to = day("2027-03-20");
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	ck_assert_str_eq(wall_text(c->mem, ((struct slot *)slots.p)[slots.n - 1].local_start),
		"2027-02-26T18:30"); /* the 28th is the last day, a Sunday */
}
END_TEST

static const struct {
	const char *from, *to, *field;
} RANGES[] = {
	{NULL, "2026-12-01", "from"}, {"2026-12-01", NULL, "to"},
	{"2026-12-02", "2026-12-01", "to"}, {"2026-12-01", "2027-02-01", "to"}, /* 63 days */
};

START_TEST(a_bad_range_is_a_field_error)
{
	struct search s = {.service_id = HAIRCUT};
	struct rows slots;
	const char *zone;

	if (RANGES[_i].from != NULL)
		s.from = day(RANGES[_i].from);
	if (RANGES[_i].to != NULL)
		s.to = day(RANGES[_i].to);
	ck_assert_int_eq(find_slots(&s, &slots, &zone), -1);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, RANGES[_i].field);
}
END_TEST

static unsigned queries_for(const char *from, const char *to, size_t *found)
{
	struct search s = {.service_id = HAIRCUT, .from = day(from), .to = day(to)};
	unsigned before = c->db_calls;
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	*found = slots.n;
	return c->db_calls - before;
}

static void hire(int n)
{
	for (int i = 0; i < n; i++) {
		const char *id = id_new(c);

		ck_assert_int_eq(db_exec(c,
					 "INSERT INTO resource (id, branch_id, kind, name) "
					 "VALUES (?, ?, 'staff', 'x')",
					 id, MITTE),
			1);
		ck_assert_int_eq(
			db_exec(c,
				"INSERT INTO staff (id, branch_id, resource_id, name, position) "
				"VALUES (?, ?, ?, ?, 9)",
				id, MITTE, id, mem_printf(c->mem, "Hand %d", i)),
			1);
		ck_assert_int_eq(
			db_exec(c,
				"INSERT INTO working_hours (id, branch_id, staff_id, "
				"weekday, start_minute, end_minute) "
				"SELECT UUID(), branch_id, ?, weekday, start_minute, end_minute "
				"FROM working_hours WHERE staff_id = ?",
				id, BEN),
			5);
		ck_assert_int_eq(db_exec(c,
					 "INSERT INTO service_staff (id, service_segment_id, "
					 "staff_id) SELECT UUID(), id, ? FROM service_segment "
					 "WHERE service_id = ?",
					 id, HAIRCUT),
			1);
	}
}

/* Version, service, crew, hours, occupancy; and without what is known. Of more
 * than a hundred people occupancy is read in two. */
START_TEST(the_queries_of_a_search_are_counted_whatever_it_is_for)
{
	size_t found;

	known_forget();
	ck_assert_uint_eq(queries_for("2026-12-01", "2026-12-01", &found), 5);
	ck_assert_uint_gt(found, 0);
	ck_assert_uint_eq(queries_for("2026-12-01", "2027-01-31", &found), 2);
	ck_assert_uint_gt(found, 1000);
	hire(40);
	ck_assert_uint_eq(queries_for("2026-12-01", "2027-01-31", &found), 5);
	ck_assert_uint_eq(queries_for("2026-12-01", "2026-12-01", &found), 2);
	hire(80);
	ck_assert_uint_eq(queries_for("2026-12-01", "2027-01-31", &found), 6);
}
END_TEST

START_TEST(a_slot_shows_five_at_most_and_counts_all)
{
	struct search s = {
		.service_id = HAIRCUT, .from = day("2026-12-01"), .to = day("2026-12-01")};
	const struct slot *found;
	struct rows slots;
	const char *zone;

	hire(9);
	block(ANNA, "2026-12-01T17:00", "2026-12-01T17:30");
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	found = slots.p;
	ck_assert_str_eq(wall_text(c->mem, found[0].local_start), "2026-12-01T09:00");
	ck_assert_int_eq(found[0].staff_count, 1); /* Anna alone begins at nine */
	ck_assert_str_eq(wall_text(c->mem, found[4].local_start), "2026-12-01T10:00");
	ck_assert_int_eq(found[4].staff_count, 12);
	ck_assert_uint_eq(found[4].staff_ids.n, 5);
	ck_assert_str_eq(found[4].staff_ids.p[0], BEN);
	ck_assert_str_eq(found[4].staff_ids.p[1], DORA);
}
END_TEST

/* ---- summer time ---- */

/* Anna works on Sundays, in the night of the change. */
static void night_shift(void)
{
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO working_hours "
				 "(id, branch_id, staff_id, weekday, start_minute, end_minute) "
				 "VALUES (UUID(), ?, ?, 7, 60, 240)",
				 MITTE, ANNA),
		1);
}

static const char *starts_on(const char *date)
{
	struct search s = {
		.service_id = HAIRCUT, .staff_id = ANNA, .from = day(date), .to = day(date)};
	struct buf b = buf_new(c->mem, 4000);
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	for (size_t i = 0; i < slots.n; i++) {
		const struct slot *k = &((struct slot *)slots.p)[i];

		buf_printf(&b, "%s%s", i > 0 ? " " : "", clock_text(c, k->local_start));
		if (i > 0)
			ck_assert_int_gt(k->starts_at.ms, k[-1].starts_at.ms);
	}
	return buf_text(&b);
}

START_TEST(in_spring_an_hour_is_missing)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2027-03-28T01:45");
	struct appointment a;

	c->now = berlin("2027-03-01T12:00");
	night_shift();
	ck_assert_str_eq(starts_on("2027-03-28"), "01:00 01:15 01:30 01:45 03:00 03:15 03:30");
	must_take(&w, &a); /* from 01:45 to what the clock calls 03:15 */
	ck_assert_str_eq(ts_text(c->mem, a.ends_at), "2027-03-28T01:15:00Z");
	ck_assert_str_eq(starts_on("2027-03-28"), "01:00 01:15 03:15 03:30");
}
END_TEST

START_TEST(in_autumn_an_hour_is_there_twice)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2027-10-31T02:30");
	struct appointment a;

	c->now = berlin("2027-10-01T12:00");
	night_shift();
	ck_assert_str_eq(starts_on("2027-10-31"),
		"01:00 01:15 01:30 01:45 02:00 02:15 02:30 02:45 02:00 02:15 02:30 02:45 "
		"03:00 03:15 03:30");
	expect_field(&w, "local_start");
	w.utc_offset_minutes = 180;
	expect_field(&w, "utc_offset");
	w.utc_offset_minutes = 60;
	must_take(&w, &a);
	ck_assert_str_eq(ts_text(c->mem, a.starts_at), "2027-10-31T01:30:00Z");
	w.utc_offset_minutes = 120;
	must_take(&w, &a);
	ck_assert_str_eq(ts_text(c->mem, a.starts_at), "2027-10-31T00:30:00Z");
	ck_assert_str_eq(wall_text(c->mem, a.local_start), "2027-10-31T02:30");
	w.utc_offset_minutes = OFFSET_NONE;
	w.local_start.min = 0;
	w.starts_at = a.starts_at;
	ck_assert_str_eq(obstacle(&w), "Anna is busy from 02:30 to 02:00.");
}
END_TEST

/* ---- alternatives ---- */

static const char *alternatives(const struct wish *w, int max)
{
	struct buf b = buf_new(c->mem, 4000);
	struct rows found;

	ck_assert_int_eq(booking_alternatives(c, w, max, &found), 0);
	for (size_t i = 0; i < found.n; i++) {
		const struct alternative *a = &((struct alternative *)found.p)[i];

		buf_printf(&b, "%s%s %s %s (%s)", i > 0 ? "\n" : "",
			wall_text(c->mem, a->local_start) + 5, a->staff_name,
			mem_printf(c->mem, "%d", (int)a->rank), a->because);
	}
	return buf_text(&b);
}

START_TEST(alternatives_come_by_rank_then_nearness)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");

	block(ANNA, "2026-12-01T14:00", "2026-12-01T14:30");
	ck_assert_str_eq(alternatives(&w, 3),
		"12-01T14:30 Anna 1 (same day, 30 minutes later)\n"
		"12-01T14:45 Anna 1 (same day, 45 minutes later)\n"
		"12-01T15:00 Anna 1 (same day, 1 hour later)");
	/* the rest of Tuesday, and Wednesday but for two times, is taken */
	block(ANNA, "2026-12-01T09:00", "2026-12-01T14:00");
	block(ANNA, "2026-12-01T14:30", "2026-12-01T18:00");
	block(ANNA, "2026-12-02T09:00", "2026-12-02T14:00");
	block(ANNA, "2026-12-02T14:30", "2026-12-02T17:00");
	block(ANNA, "2026-12-02T17:30", "2026-12-02T18:00");
	block(BEN, "2026-12-01T10:00", "2026-12-01T19:00");
	block(DORA, "2026-12-01T10:00", "2026-12-01T18:00");
	ck_assert_str_eq(alternatives(&w, 3),
		"12-02T14:00 Anna 2 (next day, same time)\n"
		"12-02T17:00 Anna 3 (next day, 3 hours later)\n"
		"12-02T13:45 Ben 3 (next day, 15 minutes earlier, with Ben)");
}
END_TEST

START_TEST(with_somebody_else_comes_after_the_wished_one)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");

	block(ANNA, "2026-12-01T09:00", "2026-12-01T17:30");
	ck_assert_str_eq(alternatives(&w, 3),
		"12-01T17:30 Anna 1 (same day, 3 hours 30 minutes later)\n"
		"12-01T14:00 Ben 1 (same day, same time, with Ben)\n"
		"12-01T13:45 Ben 1 (same day, 15 minutes earlier, with Ben)");
}
END_TEST

START_TEST(a_time_that_does_not_exist_has_alternatives)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2027-03-28T02:30");

	c->now = berlin("2027-03-01T12:00");
	night_shift();
	ck_assert_str_eq(alternatives(&w, 2),
		"03-28T03:00 Anna 1 (same day, 30 minutes later)\n"
		"03-28T01:45 Anna 1 (same day, 45 minutes earlier)");
}
END_TEST

START_TEST(far_ahead_and_long_ago_have_none)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2028-12-01T14:00");

	ck_assert_str_eq(alternatives(&w, 5), "");
	w.local_start = wall("2025-12-01T14:00");
	ck_assert_str_eq(alternatives(&w, 5), "");
}
END_TEST

/* ---- all of them agree: random days ---- */

static uint64_t state;

static int below(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

/* Takes random quarters of an hour of everybody; those that meet another are
 * refused by the key, and that is fine here. */
static void fill(const char *date, int n)
{
	static const char *const RESOURCES[] = {SALON_ANNA, SALON_BEN,
		"01900000-0000-7000-8000-5a1000000042", "01900000-0000-7000-8000-5a1000000043"};

	for (int i = 0; i < n; i++) {
		wall_t from = wall_of(day(date), 540 + 15 * below(38));
		wall_t to = {from.min + 15 + 15 * below(4)};
		struct occupancy o = {.kind = OCCUPANCY_BLOCK,
			.resource_id = RESOURCES[below(4)],
			.starts_at = berlin(wall_text(c->mem, from)),
			.ends_at = berlin(wall_text(c->mem, to))};

		if (occupancy_add(c, &o) < 0)
			ck_assert(err_take(c, E_SLOT_TAKEN));
	}
}

static bool has_slot(const struct rows *slots, ts_t at, const char *staff_id)
{
	const struct slot *s = slots->p;

	for (size_t i = 0; i < slots->n; i++) {
		if (s[i].starts_at.ms != at.ms)
			continue;
		for (size_t k = 0; k < s[i].staff_ids.n; k++) {
			if (staff_id == NULL || strcmp(s[i].staff_ids.p[k], staff_id) == 0)
				return true;
		}
	}
	return false;
}

/* Every quarter of the day is in the search if and only if nothing stands in
 * its way. */
static void compare_search(const char *service, const char *staff, const char *date)
{
	struct search s = {
		.service_id = service, .staff_id = staff, .from = day(date), .to = day(date)};
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	for (int m = 8 * 60; m < 20 * 60; m += 15) {
		const char *local = wall_text(c->mem, wall_of(s.from, m));
		struct wish w = wish_for(service, staff, local);
		const char *why = obstacle(&w);

		ck_assert_msg(has_slot(&slots, berlin(local), staff) == (why == NULL), "%s: %s",
			local, why == NULL ? "free, but not found" : why);
	}
}

/* Every alternative can be taken, as it is offered. Savepoints: each is tried
 * in the world as it was. */
static void take_alternatives(const char *service, const char *staff, const char *local)
{
	struct wish w = wish_for(service, staff, local);
	const struct alternative *a;
	struct appointment got;
	struct rows found;

	ck_assert_int_eq(booking_alternatives(c, &w, 8, &found), 0);
	a = found.p;
	w.local_start.min = 0;
	for (size_t i = 0; i < found.n; i++) {
		w.starts_at = a[i].starts_at;
		w.staff_id = a[i].staff_id;
		ck_assert_int_ge(db_exec(c, "SAVEPOINT before_take"), 0);
		must_take(&w, &got);
		ck_assert_int_eq(got.ends_at.ms, a[i].ends_at.ms);
		ck_assert_int_eq(got.local_start.min, a[i].local_start.min);
		ck_assert_int_ge(db_exec(c, "ROLLBACK TO SAVEPOINT before_take"), 0);
		ck_assert(i == 0 || a[i - 1].rank <= a[i].rank);
	}
}

START_TEST(search_obstacle_take_and_alternatives_agree)
{
	static const char *const SERVICES[] = {HAIRCUT, BEARD, COLOUR, CUT_AND_COLOUR};
	static const char *const WISHED[] = {ANNA, BEN, CLARA, BEN};
	const char *given = getenv("FRONTDESK_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

	printf("booking: FRONTDESK_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	state = seed * 2 + 1;
	fill("2026-12-03", 25);
	fill("2026-12-04", 40);
	for (int i = 0; i < 4; i++) {
		compare_search(SERVICES[i], NULL, "2026-12-03");
		compare_search(SERVICES[i], WISHED[i], "2026-12-03");
		compare_search(SERVICES[i], NULL, "2026-12-04");
		take_alternatives(SERVICES[i], NULL, "2026-12-03T14:00");
		take_alternatives(SERVICES[i], WISHED[i], "2026-12-03T11:00");
	}
}
END_TEST

/* Taking a slot gives the person it names first. */
START_TEST(a_slot_gives_whom_it_promised)
{
	struct search s = {
		.service_id = HAIRCUT, .from = day("2026-12-03"), .to = day("2026-12-03")};
	const struct slot *k;
	struct appointment a;
	struct rows slots;
	const char *zone;

	state = 20261203;
	fill("2026-12-03", 25);
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	k = slots.p;
	for (size_t i = 0; i < slots.n; i += 3) {
		struct wish w = wish_for(HAIRCUT, NULL, wall_text(c->mem, k[i].local_start));

		ck_assert_int_ge(db_exec(c, "SAVEPOINT before_take"), 0);
		must_take(&w, &a);
		ck_assert_str_eq(a.staff_id, k[i].staff_ids.p[0]);
		ck_assert_int_ge(db_exec(c, "ROLLBACK TO SAVEPOINT before_take"), 0);
	}
}
END_TEST

Suite *suite_availability(void)
{
	Suite *s = suite_create("availability");
	TCase *t = tcase_create("availability");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_search_finds_the_starts_of_a_day);
	tcase_add_test(t, a_search_knows_notice_and_horizon);
	tcase_add_loop_test(t, a_bad_range_is_a_field_error, 0, (int)COUNT_OF(RANGES));
	tcase_add_test(t, the_queries_of_a_search_are_counted_whatever_it_is_for);
	tcase_add_test(t, a_slot_shows_five_at_most_and_counts_all);
	tcase_add_test(t, in_spring_an_hour_is_missing);
	tcase_add_test(t, in_autumn_an_hour_is_there_twice);
	tcase_add_test(t, alternatives_come_by_rank_then_nearness);
	tcase_add_test(t, with_somebody_else_comes_after_the_wished_one);
	tcase_add_test(t, a_time_that_does_not_exist_has_alternatives);
	tcase_add_test(t, far_ahead_and_long_ago_have_none);
	tcase_add_test(t, search_obstacle_take_and_alternatives_agree);
	tcase_add_test(t, a_slot_gives_whom_it_promised);
	suite_add_tcase(s, t);
	return s;
}
