/* Moving a visit: it has the new time or keeps the old one. */
#include "tests/db/salon.h"

#define TEN "2026-12-01T10:00"
#define QUARTER "2026-12-01T10:15"
#define TWO "2026-12-01T14:00"

static struct appointment was, now;

static void booked(const char *service, const char *staff, const char *local)
{
	struct wish w = wish_for(service, staff, local);

	must_take(&w, &was);
}

static struct wish move_to(const char *staff, const char *local)
{
	struct wish w = {
		.staff_id = staff, .local_start = wall(local), .utc_offset_minutes = OFFSET_NONE};

	return w;
}

static void moved(const char *staff, const char *local)
{
	struct wish w = move_to(staff, local);
	int rc = booking_reschedule(c, was.id, &w, &now);

	ck_assert_msg(rc >= 0, "%s: %s", err_wire(c->err.code), c->err.detail);
	ck_assert_int_eq(now.local_start.min, wall(local).min);
	expect_consistent(c);
}

static void not_moved(const char *staff, const char *local, const char *why)
{
	struct wish w = move_to(staff, local);

	ck_assert_int_eq(booking_reschedule(c, was.id, &w, &now), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	if (why != NULL)
		ck_assert_str_eq(c->err.detail, why);
	err_clear(c);
	expect_consistent(c);
}

START_TEST(a_visit_moves_with_all_its_parts)
{
	struct appointment stored;

	booked(CUT_AND_COLOUR, ANNA, "2026-12-03T10:00");
	moved(NULL, "2026-12-04T14:00");
	ck_assert_int_eq(appointment_get(c, was.id, &stored), 0);
	ck_assert_int_eq(stored.version, 2);
	ck_assert_int_eq(stored.starts_at.ms, berlin("2026-12-04T14:00").ms);
	ck_assert_int_eq(stored.ends_at.ms, berlin("2026-12-04T16:00").ms);
	ck_assert_uint_eq(stored.segments.n, 3);
	const struct appointment_segment *g = stored.segments.p;
	ck_assert_int_eq(g[0].starts_at.ms, stored.starts_at.ms);
	ck_assert_int_eq(g[2].ends_at.ms, stored.ends_at.ms);
	ck_assert_str_eq(g[0].staff_id, ANNA);
	ck_assert_int_eq(rows_of(was.id), 3);
	taken_for(CUT_AND_COLOUR, ANNA, "2026-12-03T10:00");
}
END_TEST

START_TEST(its_own_time_is_free)
{
	booked(HAIRCUT, ANNA, TEN);
	moved(NULL, QUARTER);
	moved(NULL, TEN);
	moved(NULL, TEN);
	ck_assert_int_eq(now.version, 4);
	ck_assert_int_eq(rows_of(was.id), 1);
}
END_TEST

START_TEST(what_is_taken_leaves_it_where_it_was)
{
	booked(HAIRCUT, ANNA, TEN);
	taken_for(HAIRCUT, ANNA, TWO);
	not_moved(NULL, TWO, "Anna is busy from 14:00 to 14:30.");
	not_moved(NULL, "2026-12-01T13:00", NULL); /* her break */
	not_moved(NULL, "2026-11-30T09:30", "Haircut must be booked at least 1 hour ahead.");
	ck_assert_int_eq(rows_of(was.id), 1);
	ck_assert_int_eq(
		one_int(c,
			"SELECT COUNT(*) FROM occupancy WHERE appointment_id = ? AND starts_at = ?",
			was.id, berlin(TEN)),
		1);
}
END_TEST

START_TEST(who_has_it_keeps_it)
{
	booked(HAIRCUT, NULL, TEN);
	ck_assert_str_eq(was.staff_id, ANNA);
	moved(NULL, TWO);
	ck_assert_str_eq(now.staff_id, ANNA);
	moved(BEN, TWO);
	ck_assert_str_eq(now.staff_id, BEN);
	ck_assert_str_eq(now.staff_name, "Ben");
	/* who does it no more cannot */
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET is_active = 0 WHERE id = ?", BEN), 1);
	moved(NULL, TEN);
	ck_assert_str_eq(now.staff_id, ANNA);
}
END_TEST

START_TEST(another_person_may_cost_more)
{
	booked(HAIRCUT, ANNA, TEN);
	ck_assert_int_gt(
		db_exec(c, "UPDATE service_staff SET price_cents = 5000 WHERE staff_id = ?", BEN),
		0);
	ck_assert_int_gt(
		db_exec(c, "UPDATE service_staff SET price_cents = 4000 WHERE staff_id = ?", ANNA),
		0);
	moved(NULL, TWO);
	ck_assert_int_eq(now.price_cents, 3500); /* as it was agreed */
	moved(BEN, TWO);
	ck_assert_int_eq(now.price_cents, 5000);
}
END_TEST

START_TEST(listeners_are_told_where_it_was)
{
	booked(HAIRCUT, ANNA, TEN);
	moved(BEN, TWO);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM event WHERE subject_id = ? "
				 "AND kind = 'appointment.rescheduled' "
				 "AND JSON_VALUE(payload, '$.old_local_start') = ? "
				 "AND JSON_VALUE(payload, '$.local_start') = ? "
				 "AND JSON_VALUE(payload, '$.old_staff_id') = ? "
				 "AND JSON_VALUE(payload, '$.staff_id') = ?",
				 was.id, TEN, TWO, ANNA, BEN),
		1);
}
END_TEST

START_TEST(some_states_cannot_be_moved)
{
	static const enum appointment_status OPEN[] = {
		APPOINTMENT_SCHEDULED, APPOINTMENT_CONFIRMED, APPOINTMENT_NEEDS_ATTENTION};
	static const enum appointment_status CLOSED[] = {APPOINTMENT_IN_PROGRESS,
		APPOINTMENT_COMPLETED, APPOINTMENT_CANCELLED, APPOINTMENT_NO_SHOW};
	struct wish w = move_to(NULL, TWO);

	booked(HAIRCUT, ANNA, TEN);
	for (size_t i = 0; i < COUNT_OF(CLOSED); i++) {
		ck_assert_int_eq(db_exec(c, "UPDATE appointment SET status = ? WHERE id = ?",
					 APPOINTMENT_STATUS[CLOSED[i]], was.id),
			1);
		ck_assert_int_eq(booking_reschedule(c, was.id, &w, &now), -1);
		ck_assert_int_eq(c->err.code, E_STATE);
		err_clear(c);
	}
	for (size_t i = 0; i < COUNT_OF(OPEN); i++) {
		ck_assert_int_eq(db_exec(c, "UPDATE appointment SET status = ? WHERE id = ?",
					 APPOINTMENT_STATUS[OPEN[i]], was.id),
			1);
		moved(NULL, i % 2 == 0 ? TWO : TEN);
		ck_assert_int_eq(now.status,
			OPEN[i] == APPOINTMENT_SCHEDULED ? APPOINTMENT_SCHEDULED
							 : APPOINTMENT_CONFIRMED);
	}
	ck_assert_int_eq(booking_reschedule(c, NOBODY, &w, &now), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	err_clear(c);
	c->company = dental();
	ck_assert_int_eq(booking_reschedule(c, was.id, &w, &now), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

START_TEST(a_customer_is_at_one_place)
{
	struct wish w = wish_for(HAIRCUT, BEN, TEN);

	booked(HAIRCUT, ANNA, TEN);
	expect_taken(&w, "The customer has another appointment from 10:00 to 10:30.");
	w.local_start = wall(QUARTER);
	expect_taken(&w, NULL);
	ck_assert_ptr_nonnull(obstacle(&w));
	w.customer.phone = "0151 12345678"; /* the same, written otherwise */
	ck_assert_ptr_nonnull(obstacle(&w));
	booked(HAIRCUT, BEN, "2026-12-01T10:30");
	not_moved(NULL, TEN, "The customer has another appointment from 10:00 to 10:30.");
	moved(NULL, TWO);
}
END_TEST

#define EXTRA "01900000-0000-7000-8000-5a10000000f1"

START_TEST(add_ons_stay_whatever_became_of_them)
{
	const char *ids[] = {EXTRA};
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct appointment stored;

	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO service_add_on (id, service_id, name, "
			"duration_minutes, price_cents) VALUES (?, ?, 'Head massage', 15, 900)",
			EXTRA, HAIRCUT),
		1);
	w.add_on_ids = (struct texts){ids, 1};
	must_take(&w, &was);
	ck_assert_int_eq(
		db_exec(c, "UPDATE service_add_on SET is_active = 0, duration_minutes = 60"), 1);
	moved(NULL, TWO);
	ck_assert_int_eq(now.ends_at.ms - now.starts_at.ms, 45 * 60000);
	ck_assert_int_eq(appointment_get(c, was.id, &stored), 0);
	ck_assert_uint_eq(stored.add_ons.n, 1);
	ck_assert_int_eq(stored.price_cents, 4400);
}
END_TEST

START_TEST(alternatives_to_a_move_know_what_moves)
{
	struct wish move = move_to(NULL, "2026-12-01T13:00"), w;
	struct rows near;
	bool own = false, with_ben = false;

	booked(HAIRCUT, ANNA, TEN);
	block(ANNA, "2026-12-01T10:30", "2026-12-01T18:00");
	block(ANNA, "2026-12-01T09:00", "2026-12-01T10:00");
	ck_assert_int_eq(booking_reschedule_wish(c, was.id, &move, &w), 0);
	ck_assert_int_eq(booking_alternatives(c, &w, 50, &near), 0);
	const struct alternative *k = near.p;
	for (size_t i = 0; i < near.n; i++) {
		own |= k[i].starts_at.ms == was.starts_at.ms;
		with_ben |= strcmp(k[i].staff_id, BEN) == 0;
		/* each of them can be had */
		struct wish to = {.staff_id = k[i].staff_id,
			.starts_at = k[i].starts_at,
			.utc_offset_minutes = OFFSET_NONE};
		ck_assert_msg(booking_reschedule(c, was.id, &to, &now) >= 0, "%s",
			wall_text(c->mem, k[i].local_start));
		expect_consistent(c);
	}
	ck_assert(own);
	ck_assert(with_ben);
}
END_TEST

Suite *suite_moves(void)
{
	Suite *s = suite_create("moves");
	TCase *t = tcase_create("moves");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_visit_moves_with_all_its_parts);
	tcase_add_test(t, its_own_time_is_free);
	tcase_add_test(t, what_is_taken_leaves_it_where_it_was);
	tcase_add_test(t, who_has_it_keeps_it);
	tcase_add_test(t, another_person_may_cost_more);
	tcase_add_test(t, listeners_are_told_where_it_was);
	tcase_add_test(t, some_states_cannot_be_moved);
	tcase_add_test(t, a_customer_is_at_one_place);
	tcase_add_test(t, add_ons_stay_whatever_became_of_them);
	tcase_add_test(t, alternatives_to_a_move_know_what_moves);
	suite_add_tcase(s, t);
	return s;
}
