#include "core/base/id.h"
#include "core/booking/occupancy.h"
#include "tests/db/salon.h"

static struct rows rejected;

static void explain(const char *service, const char *staff, const char *date)
{
	struct search s = {.service_id = service,
		.staff_id = staff,
		.from = day(date),
		.to = day(date),
		.explain = true};
	struct found f;

	ck_assert_int_eq(availability_search(c, &s, &f), 0);
	rejected = f.rejected;
}

/* Why this start is none for this person, or for all. */
static const struct rejection *why(const char *local, const char *staff)
{
	const struct rejection *r = rejected.p;

	for (size_t i = 0; i < rejected.n; i++) {
		if (r[i].local_start.min != wall(local).min)
			continue;
		if (staff == NULL ? r[i].staff_id == NULL
				  : r[i].staff_id != NULL && strcmp(r[i].staff_id, staff) == 0)
			return &r[i];
	}
	return NULL;
}

static void expect(const char *local, const char *staff, enum rejection_rule rule, const char *ref)
{
	const struct rejection *r = why(local, staff);

	ck_assert_msg(r != NULL, "%s is not rejected", local);
	ck_assert_msg(r->rule == rule, "%s: rule %d", local, (int)r->rule);
	if (ref == NULL)
		ck_assert_ptr_null(r->ref);
	else
		ck_assert_str_eq(r->ref, ref);
}

START_TEST(notice_and_horizon_are_of_the_service)
{
	c->now = berlin("2026-12-01T09:10");
	explain(HAIRCUT, ANNA, "2026-12-01");
	expect("2026-12-01T10:00", NULL, REJECTED_NOTICE, NULL);
	ck_assert_ptr_null(why("2026-12-01T10:15", NULL));
	ck_assert_ptr_null(why("2026-12-01T10:15", ANNA));
	explain(HAIRCUT, ANNA, "2027-03-02");
	expect("2027-03-02T10:00", NULL, REJECTED_HORIZON, NULL);
}
END_TEST

START_TEST(a_closed_day_wins_over_time_off_and_hours)
{
	const char *closed = id_new(c), *off = id_new(c);

	ck_assert_int_eq(db_exec(c, "INSERT INTO closed_day (id, day, name) VALUES (?, ?, 'x')",
				 closed, day("2026-12-01")),
		1);
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO time_off (id, staff_id, local_start, local_end) "
				 "VALUES (?, ?, ?, ?)",
				 off, ANNA, wall("2026-12-01T00:00"), wall("2026-12-02T11:00")),
		1);
	explain(HAIRCUT, ANNA, "2026-12-01");
	expect("2026-12-01T10:00", ANNA, REJECTED_CLOSED_DAY, closed);
	explain(HAIRCUT, ANNA, "2026-12-02");
	expect("2026-12-02T10:00", ANNA, REJECTED_TIME_OFF, off);
	expect("2026-12-02T10:45", ANNA, REJECTED_TIME_OFF, off);
	ck_assert_ptr_null(why("2026-12-02T11:00", ANNA));
	expect("2026-12-02T13:00", ANNA, REJECTED_WORKING_HOURS, NULL); /* her break */
}
END_TEST

START_TEST(a_visit_a_hold_and_a_buffer_are_told_apart)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T10:00");
	struct appointment a;

	must_take(&w, &a);
	keep("2026-12-01T15:00", "2026-12-01T15:30", (ts_t){c->now.ms + 60000});
	ck_assert_int_eq(
		db_exec(c, "UPDATE service SET buffer_after_minutes = 10 WHERE id = ?", HAIRCUT),
		1);
	explain(HAIRCUT, ANNA, "2026-12-01");
	expect("2026-12-01T10:00", ANNA, REJECTED_BUSY, a.id);
	expect("2026-12-01T10:15", ANNA, REJECTED_BUSY, a.id);
	expect("2026-12-01T09:30", ANNA, REJECTED_BUFFER, a.id);
	ck_assert_ptr_null(why("2026-12-01T09:15", ANNA));
	ck_assert_ptr_null(why("2026-12-01T10:30", ANNA));
	ck_assert_ptr_nonnull(why("2026-12-01T15:00", ANNA)->ref);
	ck_assert_int_eq(why("2026-12-01T15:00", ANNA)->rule, REJECTED_HOLD);
	c->now.ms += 60000; /* it has expired */
	explain(HAIRCUT, ANNA, "2026-12-01");
	ck_assert_ptr_null(why("2026-12-01T15:00", ANNA));
}
END_TEST

/* A room that haircuts need from now on. */
static const char *need_room(int64_t capacity)
{
	const char *id = id_new(c);

	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO resource (id, branch_id, kind, name, capacity) "
				 "VALUES (?, ?, 'room', 'Chair', ?)",
				 id, MITTE, capacity),
		1);
	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO service_resource (id, service_segment_id, resource_id) "
			"SELECT UUID(), id, ? FROM service_segment WHERE service_id = ?",
			id, HAIRCUT),
		1);
	return id;
}

START_TEST(a_full_room_has_no_capacity)
{
	const char *room = need_room(1);

	taken_for(HAIRCUT, ANNA, "2026-12-01T10:00");
	explain(HAIRCUT, BEN, "2026-12-01");
	expect("2026-12-01T10:00", BEN, REJECTED_CAPACITY, room);
	expect("2026-12-01T10:15", BEN, REJECTED_CAPACITY, room);
	ck_assert_ptr_null(why("2026-12-01T10:30", BEN));
	ck_assert_int_eq(db_exec(c, "UPDATE resource SET capacity = 2 WHERE id = ?", room), 1);
	explain(HAIRCUT, BEN, "2026-12-01");
	ck_assert_ptr_null(why("2026-12-01T10:15", BEN));
	/* Dora works where there is no such room */
	explain(HAIRCUT, DORA, "2026-12-01");
	expect("2026-12-01T11:00", DORA, REJECTED_CAPACITY, NULL);
}
END_TEST

START_TEST(a_part_that_nobody_does_is_told)
{
	ck_assert_int_gt(db_exec(c,
				 "DELETE FROM service_staff WHERE staff_id = ? "
				 "AND service_segment_id IN (SELECT id FROM service_segment "
				 "WHERE service_id = ?)",
				 CLARA, CUT_AND_COLOUR),
		0);
	explain(CUT_AND_COLOUR, ANNA, "2026-12-03");
	expect("2026-12-03T10:00", ANNA, REJECTED_NOT_QUALIFIED, NULL);
}
END_TEST

START_TEST(every_start_is_either_offered_or_explained)
{
	struct search s = {.service_id = CUT_AND_COLOUR,
		.from = day("2026-12-01"),
		.to = day("2026-12-05"),
		.explain = true};
	struct found f;

	taken_for(COLOUR, CLARA, "2026-12-03T10:00");
	taken_for(HAIRCUT, ANNA, "2026-12-03T12:00");
	ck_assert_int_eq(availability_search(c, &s, &f), 0);
	rejected = f.rejected;
	for (int64_t m = 0; m < INT64_C(5) * MINUTES_A_DAY; m += 15) {
		wall_t at = {wall("2026-12-01T00:00").min + m};
		const struct slot *slots = f.slots.p;
		int64_t can = 0, cannot = 0;

		for (size_t i = 0; i < f.slots.n; i++)
			can += slots[i].local_start.min == at.min ? slots[i].staff_count : 0;
		for (size_t i = 0; i < rejected.n; i++)
			cannot += ((struct rejection *)rejected.p)[i].local_start.min == at.min;
		/* Anna or Ben could cut; Dora is in no branch with Clara */
		ck_assert_int_eq(can + cannot, 2);
	}
}
END_TEST

START_TEST(only_a_week_is_explained)
{
	struct search s = {.service_id = HAIRCUT,
		.from = day("2026-12-01"),
		.to = day("2026-12-08"),
		.explain = true};
	struct found f;

	ck_assert_int_eq(availability_search(c, &s, &f), -1);
	ck_assert_str_eq(c->err.fields[0].field, "to");
}
END_TEST

Suite *suite_explain(void);
Suite *suite_explain(void)
{
	Suite *s = suite_create("explain");
	TCase *t = tcase_create("explain");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, notice_and_horizon_are_of_the_service);
	tcase_add_test(t, a_closed_day_wins_over_time_off_and_hours);
	tcase_add_test(t, a_visit_a_hold_and_a_buffer_are_told_apart);
	tcase_add_test(t, a_full_room_has_no_capacity);
	tcase_add_test(t, a_part_that_nobody_does_is_told);
	tcase_add_test(t, every_start_is_either_offered_or_explained);
	tcase_add_test(t, only_a_week_is_explained);
	suite_add_tcase(s, t);
	return s;
}
