/* Visits kept free for a while. */
#include "core/booking/hold.h"
#include "tests/db/salon.h"

#define TEN "2026-12-01T10:00"

static struct hold made;

static void hold_for(const char *service, const char *staff, const char *local, int seconds)
{
	struct wish w = wish_for(service, staff, local);

	w.customer = (struct customer){0};
	int rc = hold_make(c, &w, seconds, &made);
	ck_assert_msg(rc >= 0, "%s: %s", err_wire(c->err.code), c->err.detail);
}

static struct wish wish_with_hold(void)
{
	struct wish w = {.hold_id = made.id,
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.name = "Holly"},
		.source = SOURCE_WEB};

	return w;
}

static void after(int seconds)
{
	c->now.ms += (int64_t)seconds * 1000;
}

START_TEST(a_hold_keeps_the_time)
{
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct hold h;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	ck_assert_int_eq(made.expires_at.ms, c->now.ms + 300000);
	ck_assert_str_eq(made.staff_id, ANNA);
	ck_assert_int_eq(made.local_start.min, wall(TEN).min);
	ck_assert_int_eq(rows_of(made.id), 1);
	ck_assert_int_eq(hold_get(c, made.id, &h), 0);
	ck_assert_int_eq(h.expires_at.ms, made.expires_at.ms);
	expect_taken(&w, "Anna is busy from 10:00 to 10:30.");
	expect_consistent(c);
	after(299);
	expect_taken(&w, NULL);
}
END_TEST

START_TEST(an_expired_hold_is_in_nobodys_way)
{
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct appointment a;
	struct hold h;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	after(300);
	ck_assert_int_eq(hold_find(c, made.id, &h), 0);
	ck_assert_int_eq(hold_get(c, made.id, &h), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	err_clear(c);
	ck_assert_ptr_null(obstacle(&w));
	must_take(&w, &a);
	ck_assert_int_eq(rows_of(made.id), 0);
	expect_consistent(c);
}
END_TEST

START_TEST(a_hold_becomes_a_booking)
{
	struct appointment a;
	struct wish w;

	hold_for(CUT_AND_COLOUR, NULL, "2026-12-03T10:00", 300);
	ck_assert_int_eq(rows_of(made.id), 3);
	w = wish_with_hold();
	must_take(&w, &a);
	ck_assert_str_eq(a.service_id, CUT_AND_COLOUR);
	ck_assert_str_eq(a.staff_id, made.staff_id);
	ck_assert_int_eq(a.starts_at.ms, made.starts_at.ms);
	ck_assert_int_eq(rows_of(a.id), 3);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM hold"), 0);
	expect_consistent(c);
	/* once */
	ck_assert_int_eq(booking_take(c, &w, &a), -1);
	ck_assert_str_eq(c->err.fields[0].field, "hold_id");
}
END_TEST

START_TEST(a_hold_is_given_with_the_same_wish)
{
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct appointment a;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	w.hold_id = made.id;
	must_take(&w, &a);
	ck_assert_int_eq(rows_of(a.id), 1);
	expect_consistent(c);
}
END_TEST

/* Made in time, it may be used when the notice has passed; for another time
 * it may not. */
START_TEST(a_hold_keeps_its_notice)
{
	static const char *const TOO_LATE = "Haircut must be booked at least 1 hour ahead.";
	struct wish w = wish_for(HAIRCUT, BEN, "2026-11-30T10:00");
	struct appointment a;

	hold_for(HAIRCUT, BEN, "2026-11-30T10:00", 900);
	after(600);
	expect_taken(&w, TOO_LATE);
	w.hold_id = made.id;
	w.local_start = wall("2026-11-30T10:00");
	must_take(&w, &a);
	ck_assert_int_eq(rows_of(a.id), 1);
	c->now.ms = MONDAY_0900;
	hold_for(HAIRCUT, BEN, "2026-11-30T10:30", 900);
	after(900 - 1);
	w = wish_with_hold();
	w.starts_at = berlin("2026-11-30T10:00");
	expect_taken(&w, TOO_LATE);
}
END_TEST

START_TEST(an_expired_hold_is_an_ordinary_wish)
{
	struct appointment a;
	struct wish w;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	after(301);
	w = wish_with_hold();
	must_take(&w, &a);
	ck_assert_int_eq(rows_of(a.id), 1);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM hold"), 0);
	hold_for(HAIRCUT, ANNA, "2026-12-01T11:00", 300);
	after(301);
	taken_for(HAIRCUT, ANNA, "2026-12-01T11:00");
	w = wish_with_hold();
	expect_taken(&w, "Anna is busy from 11:00 to 11:30.");
}
END_TEST

START_TEST(nobody_uses_the_hold_of_another_company)
{
	struct wish w;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	w = wish_with_hold();
	w.hold_id = NOBODY;
	expect_field(&w, "hold_id");
	w.hold_id = made.id;
	c->company = dental();
	expect_field(&w, "hold_id");
	ck_assert_int_eq(hold_release(c, made.id), 0);
	c->company = salon();
	ck_assert_int_eq(rows_of(made.id), 1);
}
END_TEST

START_TEST(a_hold_is_given_back)
{
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	int64_t seq = one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", SALON_ANNA);
	struct appointment a;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	ck_assert_int_eq(hold_release(c, made.id), 1);
	ck_assert_int_eq(hold_release(c, made.id), 0);
	ck_assert_int_ge(
		one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", SALON_ANNA), seq + 2);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM occupancy"), 0);
	must_take(&w, &a);
}
END_TEST

START_TEST(a_hold_is_refused_like_a_booking)
{
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct hold h;

	taken_for(HAIRCUT, ANNA, TEN);
	ck_assert_int_eq(hold_make(c, &w, 300, &h), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	err_clear(c);
	w = wish_for(HAIRCUT, ANNA, "2026-12-01T11:00");
	w.customer = (struct customer){.id = NOBODY};
	ck_assert_int_eq(hold_make(c, &w, 300, &h), -1);
	ck_assert_str_eq(c->err.fields[0].field, "customer_id");
	err_clear(c);
	w = wish_for(NOBODY, ANNA, "2026-12-01T11:00");
	ck_assert_int_eq(hold_make(c, &w, 300, &h), -1);
	ck_assert_str_eq(c->err.fields[0].field, "service_id");
}
END_TEST

#define EXTRA "01900000-0000-7000-8000-5a10000000f1"

START_TEST(add_ons_are_held_and_booked)
{
	const char *ids[] = {EXTRA};
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);
	struct appointment a, again;
	struct hold h;

	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO service_add_on (id, service_id, name, "
			"duration_minutes, price_cents) VALUES (?, ?, 'Head massage', 15, 900)",
			EXTRA, HAIRCUT),
		1);
	w.add_on_ids = (struct texts){ids, 1};
	ck_assert_int_ge(hold_make(c, &w, 300, &made), 0);
	ck_assert_int_eq(hold_get(c, made.id, &h), 0);
	ck_assert_uint_eq(h.add_on_ids.n, 1);
	ck_assert_str_eq(h.add_on_ids.p[0], EXTRA);
	ck_assert_int_eq(h.ends_at.ms - h.starts_at.ms, 45 * 60000);
	w = wish_with_hold();
	must_take(&w, &a);
	ck_assert_int_eq(a.price_cents, 3500 + 900);
	ck_assert_int_eq(a.ends_at.ms - a.starts_at.ms, 45 * 60000);
	ck_assert_int_eq(appointment_get(c, a.id, &again), 0);
	ck_assert_uint_eq(again.add_ons.n, 1);
	ck_assert_str_eq(((struct appointment_add_on *)again.add_ons.p)->name, "Head massage");
	expect_consistent(c);
	w = wish_for(HAIRCUT, BEN, TEN);
	ids[0] = NOBODY;
	w.add_on_ids = (struct texts){ids, 1};
	expect_field(&w, "add_on_ids");
}
END_TEST

/* Alternatives to a wish with a hold may be what the hold keeps. */
START_TEST(a_hold_is_not_in_its_own_way)
{
	struct rows near;
	struct wish w;

	hold_for(HAIRCUT, ANNA, TEN, 300);
	w = wish_with_hold();
	w.service_id = HAIRCUT;
	w.local_start = wall("2026-12-01T13:00"); /* her break */
	block(ANNA, "2026-12-01T10:30", "2026-12-01T18:00");
	block(ANNA, "2026-12-01T09:00", "2026-12-01T10:00");
	ck_assert_int_gt(booking_alternatives(c, &w, 5, &near) + 1, 0);
	const struct alternative *k = near.p;
	ck_assert_uint_gt(near.n, 0);
	ck_assert_int_eq(k[0].local_start.min, wall(TEN).min);
	ck_assert_str_eq(k[0].staff_id, ANNA);
}
END_TEST

Suite *suite_holds(void)
{
	Suite *s = suite_create("holds");
	TCase *t = tcase_create("holds");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, a_hold_keeps_the_time);
	tcase_add_test(t, an_expired_hold_is_in_nobodys_way);
	tcase_add_test(t, a_hold_becomes_a_booking);
	tcase_add_test(t, a_hold_is_given_with_the_same_wish);
	tcase_add_test(t, a_hold_keeps_its_notice);
	tcase_add_test(t, an_expired_hold_is_an_ordinary_wish);
	tcase_add_test(t, nobody_uses_the_hold_of_another_company);
	tcase_add_test(t, a_hold_is_given_back);
	tcase_add_test(t, a_hold_is_refused_like_a_booking);
	tcase_add_test(t, add_ons_are_held_and_booked);
	tcase_add_test(t, a_hold_is_not_in_its_own_way);
	suite_add_tcase(s, t);
	return s;
}
