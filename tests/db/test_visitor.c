/* People without a log-in: what they change, how often, and what they are told. */
#include "core/booking/visitor.h"
#include "core/sys/conf.h"
#include "tests/db/salon.h"

#define KNOWN "+4915199999999"
#define HOUR_MS INT64_C(3600000)

static struct conf strict;

static void setup(void)
{
	salon_setup();
	strict = *c->conf;
	strict.limits_factor = 1;
	c->conf = &strict;
	c->remote_address = "192.0.2.7";
}

static struct wish visit_of(const char *local, const char *phone, const char *email)
{
	struct wish w = wish_for(HAIRCUT, ANNA, local);

	w.customer = (struct customer){.name = "Vera Visit", .phone = phone, .email = email};
	return w;
}

static void must_book(const char *local, const char *phone, struct appointment *out)
{
	struct wish w = visit_of(local, phone, "vera@example.org");

	ck_assert_msg(visitor_book(c, &w, out) == 0, "%s: %s", err_wire(c->err.code),
		c->err.detail != NULL ? c->err.detail : "");
}

static void expect(int rc, enum err_code code)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_str_eq(err_wire(c->err.code), err_wire(code));
}

/* ---- who it is ---- */

START_TEST(a_stranger_becomes_a_customer)
{
	struct appointment a;
	struct customer k;

	must_book("2026-12-03T10:00", "0151 1112223", &a);
	ck_assert_int_eq(a.source, SOURCE_WEB);
	ck_assert_int_eq(customer_get(c, a.customer_id, &k), 0);
	ck_assert_str_eq(k.phone, "+491511112223");
	ck_assert_str_eq(k.email, "vera@example.org");
}
END_TEST

/* Else whoever knows a number could have the mail of its owner. */
START_TEST(what_is_known_of_somebody_stays)
{
	struct customer in = {.phone = KNOWN}, known, now;
	struct appointment a;

	ck_assert_int_eq(customer_of(c, &in, &known), 1);
	must_book("2026-12-03T10:00", "01519 9999999", &a);
	ck_assert_str_eq(a.customer_id, known.id);
	ck_assert_int_eq(customer_get(c, known.id, &now), 0);
	ck_assert_ptr_null(now.name);
	ck_assert_ptr_null(now.email);
}
END_TEST

START_TEST(somebody_must_be_reached)
{
	struct wish w = visit_of("2026-12-03T10:00", NULL, "");
	struct appointment a;

	expect(visitor_book(c, &w, &a), E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "customer.phone");
	err_clear(c);
	w = visit_of("2026-12-03T10:00", NULL, "nobody");
	expect(visitor_book(c, &w, &a), E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "customer.email");
	err_clear(c);
	w = visit_of("2026-12-03T10:00", "12", NULL);
	expect(visitor_book(c, &w, &a), E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "customer.phone");
}
END_TEST

/* ---- how often ---- */

static int64_t counted(const char *address)
{
	return one_int(c, "SELECT COUNT(*) FROM visitor_booking WHERE remote_address = ?", address);
}

static void booked_before(int n, const char *address, int64_t ms_ago)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(db_exec(c,
					 "INSERT INTO visitor_booking (id, remote_address, "
					 "created_at) VALUES (UUID(), ?, ?)",
					 address, (ts_t){c->now.ms - ms_ago}),
			1);
}

START_TEST(an_address_books_so_often_an_hour)
{
	struct wish w = visit_of("2026-12-03T11:00", "+491511112224", NULL);
	struct appointment a;

	booked_before(VISITOR_BOOKINGS_AN_HOUR - 1, "192.0.2.7", 1800 * 1000);
	must_book("2026-12-03T10:00", "+491511112223", &a);
	ck_assert_int_eq(counted("192.0.2.7"), VISITOR_BOOKINGS_AN_HOUR);
	expect(visitor_book(c, &w, &a), E_RATE_LIMITED);
	ck_assert_int_eq(c->err.retry_after, 1801);
	err_clear(c);
	c->remote_address = "192.0.2.8";
	ck_assert_int_eq(visitor_book(c, &w, &a), 0);
	c->remote_address = "192.0.2.7";
	c->now.ms += 1801 * 1000;
	must_book("2026-12-03T12:00", "+491511112225", &a);
}
END_TEST

START_TEST(a_household_has_many_addresses)
{
	struct wish w = visit_of("2026-12-03T10:00", "+491511112224", NULL);
	struct appointment a;

	c->remote_address = "2001:db8:1:2:3:4:5:6";
	must_book("2026-12-03T12:00", "+491511112225", &a);
	ck_assert_int_eq(counted("2001:db8:1:2::"), 1);
	booked_before(VISITOR_BOOKINGS_AN_HOUR - 1, "2001:db8:1:2::", 1000);
	c->remote_address = "2001:db8:1:2::99";
	expect(visitor_book(c, &w, &a), E_RATE_LIMITED);
	err_clear(c);
	c->remote_address = "2001:db8:1:3::99";
	ck_assert_int_eq(visitor_book(c, &w, &a), 0);
}
END_TEST

/* ---- what is told ---- */

START_TEST(another_visit_of_the_number_is_not_told_of)
{
	struct wish w = wish_for(HAIRCUT, BEN, "2026-12-03T10:00");
	struct appointment a;

	must_book("2026-12-03T10:00", KNOWN, &a);
	w.customer = (struct customer){.name = "Eve", .phone = KNOWN};
	expect(visitor_book(c, &w, &a), E_SLOT_TAKEN);
	ck_assert_ptr_null(c->err.detail);
}
END_TEST

/* ---- later ---- */

static void charge_for_lateness(void)
{
	ck_assert_int_eq(db_exec(c,
				 "UPDATE service SET cancel_notice_minutes = 1440, "
				 "late_fee_cents = 1500 WHERE id = ?",
				 HAIRCUT),
		1);
}

START_TEST(in_time_all_is_possible)
{
	struct wish later = wish_for(HAIRCUT, NULL, "2026-12-04T15:00");
	struct visitor_choice can;
	struct appointment a, b;

	charge_for_lateness();
	must_book("2026-12-03T10:00", KNOWN, &a);
	ck_assert_int_eq(visitor_choose(c, &a, &can), 0);
	ck_assert(can.can_cancel && can.can_reschedule);
	ck_assert_int_eq(can.late_fee_cents, 0);
	ck_assert_int_eq(visitor_reschedule(c, a.id, &later, &b), 0);
	ck_assert_int_eq(b.local_start.min, wall("2026-12-04T15:00").min);
	ck_assert_int_eq(visitor_cancel(c, a.id, NULL, &b), 0);
	ck_assert_int_eq(b.late_fee_cents, 0);
}
END_TEST

START_TEST(too_late_it_costs_and_cannot_be_dodged)
{
	struct wish later = wish_for(HAIRCUT, NULL, "2026-12-04T15:00");
	struct visitor_choice can;
	struct appointment a, b;

	charge_for_lateness();
	must_book("2026-12-03T10:00", KNOWN, &a);
	c->now.ms = a.starts_at.ms - 1440 * 60000 + 1;
	ck_assert_int_eq(visitor_choose(c, &a, &can), 0);
	ck_assert(can.can_cancel && !can.can_reschedule);
	ck_assert_int_eq(can.late_fee_cents, 1500);
	expect(visitor_reschedule(c, a.id, &later, &b), E_STATE);
	err_clear(c);
	ck_assert_int_eq(visitor_cancel(c, a.id, "ill", &b), 0);
	ck_assert_int_eq(b.late_fee_cents, 1500);
	ck_assert_int_eq(visitor_choose(c, &b, &can), 0);
	ck_assert(!can.can_cancel && !can.can_reschedule);
	ck_assert_int_eq(can.late_fee_cents, 1500);
}
END_TEST

START_TEST(what_has_begun_is_not_changed)
{
	struct wish later = wish_for(HAIRCUT, NULL, "2026-12-04T15:00");
	struct visitor_choice can;
	struct appointment a, b;

	must_book("2026-12-03T10:00", KNOWN, &a);
	c->now = a.starts_at;
	ck_assert_int_eq(visitor_choose(c, &a, &can), 0);
	ck_assert(!can.can_cancel && !can.can_reschedule);
	expect(visitor_cancel(c, a.id, NULL, &b), E_STATE);
	err_clear(c);
	expect(visitor_reschedule(c, a.id, &later, &b), E_STATE);
}
END_TEST

Suite *suite_visitor(void)
{
	Suite *s = suite_create("visitor");
	TCase *t = tcase_create("visitor");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, salon_teardown);
	tcase_add_test(t, a_stranger_becomes_a_customer);
	tcase_add_test(t, what_is_known_of_somebody_stays);
	tcase_add_test(t, somebody_must_be_reached);
	tcase_add_test(t, an_address_books_so_often_an_hour);
	tcase_add_test(t, a_household_has_many_addresses);
	tcase_add_test(t, another_visit_of_the_number_is_not_told_of);
	tcase_add_test(t, in_time_all_is_possible);
	tcase_add_test(t, too_late_it_costs_and_cannot_be_dodged);
	tcase_add_test(t, what_has_begun_is_not_changed);
	suite_add_tcase(s, t);
	return s;
}
