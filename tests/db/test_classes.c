/* Classes: who leads one has what it needs, and hands it on. */
#include "core/booking/hold.h"
#include "tests/db/salon.h"

#define YOGA "01900000-0000-7000-8000-5a10000000c0"
#define YOGA_SEGMENT "01900000-0000-7000-8000-5a10000000c1"
#define ROOM "01900000-0000-7000-8000-5a10000000c2"
#define TEN "2026-12-01T10:00"
#define TWO "2026-12-01T14:00"
#define SEATS 3

/* Anna teaches three at once, in a room; ten minutes to sweep it after. */
static void found_class(void)
{
	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO service (id, name, duration_minutes, price_cents, currency, "
			"capacity, buffer_after_minutes) VALUES (?, 'Yoga', 60, 1200, 'EUR', ?, "
			"10)",
			YOGA, SEATS),
		1);
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO service_segment (id, service_id, position, name, "
				 "duration_minutes) VALUES (?, ?, 1, 'Yoga', 60)",
				 YOGA_SEGMENT, YOGA),
		1);
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO service_staff (id, service_segment_id, staff_id) "
				 "VALUES (?, ?, ?)",
				 "01900000-0000-7000-8000-5a10000000c3", YOGA_SEGMENT, ANNA),
		1);
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO resource (id, branch_id, kind, name) "
				 "VALUES (?, ?, 'room', 'The hall')",
				 ROOM, MITTE),
		1);
	ck_assert_int_eq(
		db_exec(c,
			"INSERT INTO service_resource (id, service_segment_id, resource_id) "
			"VALUES (?, ?, ?)",
			"01900000-0000-7000-8000-5a10000000c4", YOGA_SEGMENT, ROOM),
		1);
}

static void setup(void)
{
	salon_setup();
	found_class();
}

static struct wish seat(const char *local)
{
	struct wish w = wish_for(YOGA, NULL, local);

	w.customer = (struct customer){.name = "Somebody else"};
	return w;
}

static const char *sit(const char *local)
{
	struct wish w = seat(local);
	struct appointment a;

	must_take(&w, &a);
	expect_consistent(c);
	return a.id;
}

static const char *keep_seat(const char *local, int seconds)
{
	struct wish w = seat(local);
	struct hold h;

	w.customer = (struct customer){0};
	int rc = hold_make(c, &w, seconds, &h);
	ck_assert_msg(rc >= 0, "%s: %s", err_wire(c->err.code), c->err.detail);
	expect_consistent(c);
	return h.id;
}

static void leave(const char *id)
{
	struct appointment a;

	ck_assert_int_ge(appointment_cancel(c, id, NULL, &a), 0);
	ck_assert_int_eq(rows_of(id), 0);
	expect_consistent(c);
}

static bool leads(const char *id)
{
	int64_t n = one_int(c,
		"SELECT COUNT(*) FROM occupancy WHERE (appointment_id = ? OR hold_id = ?) "
		"AND lane = 0",
		id, id);

	ck_assert_int_eq(rows_of(id), n == 0 ? 1 : 2);
	return n == 2; /* Anna and the hall */
}

START_TEST(a_class_has_its_seats)
{
	struct wish w = seat(TEN);

	ck_assert(leads(sit(TEN)));
	ck_assert(!leads(sit(TEN)));
	ck_assert(!leads(sit(TEN)));
	expect_taken(&w, NULL);
	w = seat("2026-12-01T10:30"); /* not while it goes on */
	expect_taken(&w, NULL);
	w = wish_for(HAIRCUT, ANNA, TEN);
	expect_taken(&w, "Anna is busy from 10:00 to 11:10.");
	ck_assert(leads(sit(TWO)));
}
END_TEST

START_TEST(a_class_is_no_place_for_a_haircut)
{
	struct wish w = seat(TEN);

	taken_for(HAIRCUT, ANNA, "2026-12-01T10:30");
	expect_taken(&w, NULL);
}
END_TEST

START_TEST(who_leads_hands_it_on)
{
	const char *a = sit(TEN), *b = sit(TEN), *d = sit(TEN);

	leave(a);
	ck_assert(leads(b) != leads(d));
	sit(TEN); /* the seat is free again */
	struct wish w = seat(TEN);
	expect_taken(&w, NULL);
	leave(leads(b) ? b : d);
	leave(rows_of(b) > 0 ? b : d);
	w = wish_for(HAIRCUT, ANNA, TEN);
	expect_taken(&w, NULL);
}
END_TEST

START_TEST(the_last_one_frees_everything)
{
	const char *a = sit(TEN), *b = sit(TEN);

	leave(b);
	leave(a);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM occupancy"), 0);
	taken_for(HAIRCUT, ANNA, TEN);
}
END_TEST

START_TEST(a_no_show_hands_it_on_too)
{
	const char *a = sit(TEN), *b = sit(TEN);
	struct appointment gone;

	c->now = berlin("2026-12-01T10:05");
	ck_assert_int_ge(appointment_set_status(c, a, APPOINTMENT_NO_SHOW, &gone), 0);
	ck_assert(leads(b));
	expect_consistent(c);
}
END_TEST

START_TEST(handing_on_is_a_change_of_the_room)
{
	const char *a = sit(TEN);
	int64_t seq;

	sit(TEN);
	seq = one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", ROOM);
	leave(a);
	ck_assert_int_gt(one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", ROOM), seq);
}
END_TEST

/* ---- holds in a class ---- */

START_TEST(an_appointment_leads_before_a_hold)
{
	const char *h = keep_seat(TEN, 300);

	ck_assert(leads(h));
	const char *a = sit(TEN);
	ck_assert(leads(a));
	ck_assert(!leads(h));
	/* when it expires, the class goes on */
	c->now.ms += 301000;
	ck_assert(!leads(sit(TEN)));
	sit(TEN);
	ck_assert_int_eq(rows_of(h), 0);
	ck_assert(leads(a));
}
END_TEST

START_TEST(the_longer_hold_leads)
{
	const char *brief = keep_seat(TEN, 60), *lasting = keep_seat(TEN, 600);
	struct wish w = wish_for(HAIRCUT, ANNA, TEN);

	ck_assert(leads(lasting));
	ck_assert(!leads(keep_seat(TEN, 300)));
	c->now.ms += 61000;
	expect_taken(&w, NULL);
	ck_assert_int_eq(hold_release(c, brief), 1);
	ck_assert_int_eq(hold_release(c, lasting), 1);
	expect_consistent(c);
	expect_taken(&w, NULL);
	c->now.ms += 300000;
	taken_for(HAIRCUT, ANNA, TEN);
	expect_consistent(c);
}
END_TEST

/* Somebody takes the room after a class that everybody let expire: nobody is
 * left sitting without it. */
START_TEST(a_class_that_expired_goes_with_all_its_seats)
{
	const char *leader = keep_seat(TEN, 120), *other = keep_seat(TEN, 60);
	struct texts room = {(const char *[]){ROOM}, 1};
	struct rows taken;

	ck_assert(leads(leader));
	c->now.ms += 121000;
	ck_assert_int_eq(occupancy_lock(c, &room, berlin(TEN), berlin(TWO), &taken), 0);
	expect_consistent(c);
	ck_assert_int_eq(rows_of(leader) + rows_of(other), 0);
}
END_TEST

START_TEST(a_held_seat_is_booked_in_a_full_class)
{
	const char *h = keep_seat(TEN, 300);
	struct appointment a;

	keep_seat(TEN, 200);
	keep_seat(TEN, 100);
	struct wish w = seat(TEN);
	expect_taken(&w, NULL);
	w.hold_id = h;
	must_take(&w, &a);
	ck_assert(leads(a.id));
	ck_assert_int_eq(rows_of(h), 0);
	expect_consistent(c);
}
END_TEST

START_TEST(alternatives_know_the_class_that_goes_on)
{
	struct wish w = seat("2026-12-01T08:00"); /* nobody works yet */
	const char *h = keep_seat("2026-12-01T09:00", 300);
	struct rows near;

	sit("2026-12-01T09:00");
	w.hold_id = h;
	ck_assert_int_eq(booking_alternatives(c, &w, 50, &near), 0);
	const struct alternative *k = near.p;
	for (size_t i = 0; i < near.n; i++) {
		struct wish to = seat("2026-12-01T08:00");
		struct appointment a;

		to.local_start = k[i].local_start;
		must_take(&to, &a);
		leave(a.id);
	}
}
END_TEST

/* ---- moves in a class ---- */

START_TEST(who_leads_moves_and_the_class_stays)
{
	const char *a = sit(TEN), *b = sit(TEN);
	struct wish w = {.local_start = wall(TWO), .utc_offset_minutes = OFFSET_NONE};
	struct appointment now;

	ck_assert_int_ge(booking_reschedule(c, a, &w, &now), 0);
	ck_assert(leads(a));
	ck_assert(leads(b));
	expect_consistent(c);
	/* into the class that is there */
	ck_assert_int_ge(booking_reschedule(c, b, &w, &now), 0);
	ck_assert(!leads(b));
	expect_consistent(c);
	/* and to the same time, as the only one and as one of several */
	ck_assert_int_ge(booking_reschedule(c, b, &w, &now), 0);
	ck_assert_int_ge(booking_reschedule(c, a, &w, &now), 0);
	expect_consistent(c);
	ck_assert_int_eq(rows_of(a) + rows_of(b), 3);
}
END_TEST

START_TEST(alone_a_class_may_move_a_little)
{
	const char *a = sit(TEN);
	struct wish w = {
		.local_start = wall("2026-12-01T10:30"), .utc_offset_minutes = OFFSET_NONE};
	struct appointment now;

	ck_assert_int_ge(booking_reschedule(c, a, &w, &now), 0);
	expect_consistent(c);
	sit("2026-12-01T10:30");
	w.local_start = wall(TEN);
	ck_assert_int_eq(booking_reschedule(c, a, &w, &now), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
}
END_TEST

Suite *suite_classes(void)
{
	Suite *s = suite_create("classes");
	TCase *t = tcase_create("classes");

	tcase_add_checked_fixture(t, setup, salon_teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_class_has_its_seats);
	tcase_add_test(t, a_class_is_no_place_for_a_haircut);
	tcase_add_test(t, who_leads_hands_it_on);
	tcase_add_test(t, the_last_one_frees_everything);
	tcase_add_test(t, a_no_show_hands_it_on_too);
	tcase_add_test(t, handing_on_is_a_change_of_the_room);
	tcase_add_test(t, an_appointment_leads_before_a_hold);
	tcase_add_test(t, the_longer_hold_leads);
	tcase_add_test(t, a_class_that_expired_goes_with_all_its_seats);
	tcase_add_test(t, a_held_seat_is_booked_in_a_full_class);
	tcase_add_test(t, alternatives_know_the_class_that_goes_on);
	tcase_add_test(t, who_leads_moves_and_the_class_stays);
	tcase_add_test(t, alone_a_class_may_move_a_little);
	suite_add_tcase(s, t);
	return s;
}
