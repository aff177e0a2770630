/* Visits under new time zone data: what they take moves with them, or nothing
 * does. (That they are found is tests/api/tz-audit.test.mjs.) */
#include "core/booking/rezone.h"
#include "tests/db/salon.h"

#define HOUR_MS INT64_C(3600000)
#define ROOM "01900000-0000-7000-8000-5a10000000f0"

static struct drift drift_of(const struct appointment *a, int64_t ms)
{
	struct drift d = {
		.id = a->id,
		.customer_id = a->customer_id,
		.service_name = a->service_name,
		.starts_at = a->starts_at,
		.local_start = a->local_start,
		.time_zone = a->time_zone,
		.kind = DRIFT_MOVES,
		.moves_to = {a->starts_at.ms + ms},
	};

	return d;
}

static struct appointment booked(const char *service, const char *staff, const char *local)
{
	static int n;
	struct wish w = wish_for(service, staff, local);
	struct appointment a;

	w.customer.phone = mem_printf(c->mem, "+4915112345%03d", n++);
	must_take(&w, &a);
	return a;
}

static void must_move(const struct appointment *a, int64_t ms)
{
	struct drift d = drift_of(a, ms);

	ck_assert_msg(rezone_move(c, &d) == 0, "%s", err_wire(c->err.code));
}

static void must_collide(const struct appointment *a, int64_t ms)
{
	struct drift d = drift_of(a, ms);

	ck_assert_int_eq(rezone_move(c, &d), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	err_clear(c);
}

/* Rows of an appointment's occupancy between two instants. */
static int64_t rows_between(const struct appointment *a, ts_t from, ts_t to)
{
	return one_int(c,
		"SELECT COUNT(*) FROM occupancy WHERE appointment_id = ? AND starts_at >= ? "
		"AND ends_at <= ?",
		a->id, from, to);
}

START_TEST(all_of_a_visit_moves)
{
	struct appointment a = booked(CUT_AND_COLOUR, ANNA, "2026-12-03T10:00"), b;
	int64_t seq = one_int(c, "SELECT SUM(booking_seq) FROM resource");

	must_move(&a, HOUR_MS);
	ck_assert_int_eq(appointment_get(c, a.id, &b), 0);
	ck_assert_int_eq(b.starts_at.ms, a.starts_at.ms + HOUR_MS);
	ck_assert_int_eq(b.ends_at.ms, a.ends_at.ms + HOUR_MS);
	ck_assert_int_eq(b.local_start.min, a.local_start.min);
	ck_assert_int_gt(b.version, a.version);
	ck_assert_uint_eq(b.segments.n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct appointment_segment *x = a.segments.p, *y = b.segments.p;

		ck_assert_int_eq(y[i].starts_at.ms, x[i].starts_at.ms + HOUR_MS);
		ck_assert_int_eq(y[i].ends_at.ms, x[i].ends_at.ms + HOUR_MS);
		ck_assert_str_eq(y[i].staff_id, x[i].staff_id);
	}
	ck_assert_int_eq(rows_between(&a, b.starts_at, b.ends_at), 3);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ?", a.id), 3);
	ck_assert_int_gt(one_int(c, "SELECT SUM(booking_seq) FROM resource"), seq + 1);
}
END_TEST

START_TEST(nothing_is_pushed_away)
{
	struct appointment a = booked(HAIRCUT, ANNA, "2026-12-03T10:00");

	booked(HAIRCUT, ANNA, "2026-12-03T10:45");
	must_collide(&a, HOUR_MS);
}
END_TEST

START_TEST(what_changed_meanwhile_stays)
{
	struct appointment a = booked(HAIRCUT, ANNA, "2026-12-03T10:00"), b;
	struct drift d = drift_of(&a, HOUR_MS);

	d.starts_at.ms += 1;
	ck_assert_int_eq(rezone_move(c, &d), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
	err_clear(c);
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &b), 0);
	d.starts_at = a.starts_at;
	ck_assert_int_eq(rezone_move(c, &d), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
}
END_TEST

START_TEST(a_person_looks_at_it_once)
{
	struct appointment a = booked(HAIRCUT, ANNA, "2026-12-03T10:00"), b;
	struct drift d = drift_of(&a, HOUR_MS);

	ck_assert_int_eq(rezone_set_apart(c, &d), 1);
	ck_assert_int_eq(appointment_get(c, a.id, &b), 0);
	ck_assert_int_eq(b.status, APPOINTMENT_NEEDS_ATTENTION);
	ck_assert_int_eq(rows_between(&a, a.starts_at, a.ends_at), 1);
	int64_t version = b.version;
	ck_assert_int_eq(rezone_set_apart(c, &d), 0);
	ck_assert_int_eq(appointment_get(c, a.id, &b), 0);
	ck_assert_int_eq(b.version, version);
	must_move(&a, HOUR_MS);
}
END_TEST

/* ---- rooms and classes ---- */

static void add_room(int capacity)
{
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO resource (id, branch_id, kind, name, capacity) "
				 "VALUES (?, ?, 'room', 'Studio', ?)",
				 ROOM, MITTE, capacity),
		1);
}

/* The visit's row of the room. */
static void take_room(const struct appointment *a, int64_t lane, const char *class_of)
{
	struct occupancy o = {.resource_id = ROOM,
		.lane = lane,
		.starts_at = a->starts_at,
		.ends_at = a->ends_at,
		.kind = OCCUPANCY_APPOINTMENT,
		.appointment_id = a->id,
		.class_of = class_of};

	ck_assert_int_eq(occupancy_add(c, &o), 1);
}

START_TEST(another_lane_of_a_room_will_do)
{
	struct appointment a = booked(HAIRCUT, ANNA, "2026-12-03T10:00");
	struct appointment b = booked(HAIRCUT, BEN, "2026-12-03T11:00");
	struct appointment d = booked(HAIRCUT, BEN, "2026-12-03T15:00");

	add_room(2);
	take_room(&a, 0, NULL);
	take_room(&b, 0, NULL);
	must_move(&a, HOUR_MS);
	ck_assert_int_eq(one_int(c,
				 "SELECT lane FROM occupancy WHERE appointment_id = ? AND "
				 "resource_id = ?",
				 a.id, ROOM),
		1);
	take_room(&d, 0, NULL);
	must_collide(&d, -4 * HOUR_MS); /* both lanes are taken */
}
END_TEST

/* Three in a class at ten: the first one in lane 0 of Anna and the room. */
static void gather(struct appointment in[3])
{
	add_room(1);
	ck_assert_int_eq(db_exec(c, "UPDATE service SET capacity = 3 WHERE id = ?", BEARD), 1);
	in[0] = booked(HAIRCUT, ANNA, "2026-12-03T10:00");
	in[1] = booked(HAIRCUT, ANNA, "2026-12-03T14:00");
	in[2] = booked(HAIRCUT, ANNA, "2026-12-03T15:00");
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(db_exec(c,
					 "UPDATE occupancy SET lane = ?, class_of = ?, "
					 "starts_at = ?, ends_at = ? WHERE appointment_id = ?",
					 i, BEARD, in[0].starts_at, in[0].ends_at, in[i].id),
			1);
		ck_assert_int_eq(
			db_exec(c,
				"UPDATE appointment SET starts_at = ?, ends_at = ?, "
				"local_start = ? WHERE id = ?",
				in[0].starts_at, in[0].ends_at, in[0].local_start, in[i].id),
			1);
		ck_assert_int_eq(appointment_get(c, in[i].id, &in[i]), 0);
	}
	take_room(&in[0], 0, BEARD);
}

static int64_t seats_at(ts_t start)
{
	return one_int(c,
		"SELECT COUNT(DISTINCT o.lane) FROM occupancy o JOIN resource r "
		"ON r.id = o.resource_id AND r.kind = 'staff' WHERE o.starts_at = ? "
		"AND o.class_of = ?",
		start, BEARD);
}

static int64_t leads_at(ts_t start)
{
	return one_int(c,
		"SELECT COUNT(*) FROM occupancy WHERE starts_at = ? AND class_of = ? "
		"AND lane = 0",
		start, BEARD);
}

START_TEST(a_class_moves_who_leads_it_first)
{
	struct appointment in[3];

	gather(in);
	ts_t was = in[0].starts_at, is = {was.ms + HOUR_MS};

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(seats_at(was), 3 - i);
		ck_assert_int_eq(leads_at(was), 2); /* Anna and the room */
		must_move(&in[i], HOUR_MS);
		ck_assert_int_eq(seats_at(is), i + 1);
		ck_assert_int_eq(leads_at(is), 2);
	}
	ck_assert_int_eq(seats_at(was), 0);
	ck_assert_int_eq(leads_at(was), 0);
}
END_TEST

START_TEST(a_seat_without_its_class_is_not_had)
{
	struct appointment in[3];

	gather(in);
	must_collide(&in[1], HOUR_MS);
}
END_TEST

START_TEST(no_class_is_led_from_a_seat)
{
	struct appointment in[3];

	gather(in);
	booked(HAIRCUT, ANNA, "2026-12-03T11:15");
	must_collide(&in[0], HOUR_MS);
}
END_TEST

Suite *suite_rezone(void)
{
	Suite *s = suite_create("rezone");
	TCase *t = tcase_create("rezone");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, all_of_a_visit_moves);
	tcase_add_test(t, nothing_is_pushed_away);
	tcase_add_test(t, what_changed_meanwhile_stays);
	tcase_add_test(t, a_person_looks_at_it_once);
	tcase_add_test(t, another_lane_of_a_room_will_do);
	tcase_add_test(t, a_class_moves_who_leads_it_first);
	tcase_add_test(t, a_seat_without_its_class_is_not_had);
	tcase_add_test(t, no_class_is_led_from_a_seat);
	suite_add_tcase(s, t);
	return s;
}
