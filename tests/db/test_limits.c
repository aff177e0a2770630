/* How much one customer may book, and who is chosen among several. */
#include "core/booking/hold.h"
#include "tests/db/salon.h"

static const char *take_for(const char *customer_id, const char *staff, const char *local)
{
	struct wish w = wish_for(HAIRCUT, staff, local);
	struct appointment a;

	if (customer_id != NULL)
		w.customer = (struct customer){.id = customer_id};
	must_take(&w, &a);
	return a.staff_id;
}

static void company_allows(const char *n)
{
	MYSQL *root = raw_connect("root");

	ck_assert_uint_eq(raw_run(root,
				  mem_printf(c->mem,
					  "UPDATE frontdesk_store.company_settings SET "
					  "max_open_bookings = %s",
					  n)),
		0);
	mysql_close(root);
}

START_TEST(a_customer_has_only_so_many_open_bookings)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-03T10:00");
	struct appointment a;

	company_allows("2");
	take_for(NULL, ANNA, "2026-12-01T10:00");
	take_for(NULL, ANNA, "2026-12-02T10:00");
	int rc = booking_take(c, &w, &a);
	enum err_code code = c->err.code;
	const char *why = c->err.detail;
	err_clear(c);
	taken_for(HAIRCUT, ANNA, "2026-12-03T10:00"); /* somebody else may */
	/* what is over, or cancelled, does not count */
	c->now = berlin("2026-12-01T12:00");
	w.local_start = wall("2026-12-03T11:00");
	int later = booking_take(c, &w, &a);
	/* and a move is not one more */
	w = (struct wish){
		.local_start = wall("2026-12-03T15:00"), .utc_offset_minutes = OFFSET_NONE};
	int move = booking_reschedule(c, a.id, &w, &a);
	db_rollback(c);
	company_allows("NULL");
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(code, E_LIMIT_REACHED);
	ck_assert_str_eq(why, "The customer has 2 open bookings: no more are allowed at once.");
	ck_assert_int_ge(later, 0);
	ck_assert_int_ge(move, 0);
}
END_TEST

static void chosen_by(const char *choice)
{
	ck_assert_int_eq(
		db_exec(c, "UPDATE service SET staff_choice = ? WHERE id = ?", choice, HAIRCUT), 1);
}

static const char *next(const char *local)
{
	struct wish w = wish_for(HAIRCUT, NULL, local);
	struct appointment a;

	w.branch_id = MITTE;
	w.customer = (struct customer){.name = "Somebody else"};
	must_take(&w, &a);
	c->now.ms += 1000;
	return a.staff_id;
}

START_TEST(each_has_a_turn)
{
	struct wish w = wish_for(HAIRCUT, NULL, "2026-12-03T10:00");
	struct hold h;

	chosen_by("round_robin");
	ck_assert_str_eq(next("2026-12-01T10:00"), ANNA);
	ck_assert_str_eq(next("2026-12-01T11:00"), BEN);
	ck_assert_str_eq(next("2026-12-02T10:00"), ANNA);
	taken_for(HAIRCUT, BEN, "2026-12-02T15:00"); /* by name: that was no turn */
	ck_assert_str_eq(next("2026-12-02T11:00"), BEN);
	w.branch_id = MITTE;
	ck_assert_int_ge(hold_make(c, &w, 300, &h), 0); /* a hold is */
	ck_assert_str_eq(h.staff_id, ANNA);
	ck_assert_str_eq(next("2026-12-03T12:00"), BEN);
}
END_TEST

START_TEST(a_customer_gets_whom_they_usually_have)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T10:00");
	struct appointment a;

	chosen_by("usual");
	must_take(&w, &a);
	take_for(NULL, BEN, "2026-12-01T11:00");
	take_for(NULL, BEN, "2026-12-01T12:00");
	ck_assert_str_eq(take_for(NULL, NULL, "2026-12-02T10:00"), BEN);
	ck_assert_str_eq(take_for(a.customer_id, NULL, "2026-12-02T11:00"), BEN);
	/* whoever is new has the least busy one */
	ck_assert_str_eq(next("2026-12-02T10:00"), ANNA);
}
END_TEST

START_TEST(no_other_time_is_offered_while_the_customer_is_here)
{
	struct wish w = wish_for(HAIRCUT, BEN, "2026-12-01T10:30");
	struct rows near;

	take_for(NULL, ANNA, "2026-12-01T10:00");
	taken_for(HAIRCUT, BEN, "2026-12-01T10:30");
	ck_assert_int_eq(booking_alternatives(c, &w, 100, &near), 0);
	const struct alternative *k = near.p;
	ck_assert_uint_gt(near.n, 10);
	for (size_t i = 0; i < near.n; i++)
		ck_assert(k[i].ends_at.ms <= berlin("2026-12-01T10:00").ms ||
			k[i].starts_at.ms >= berlin("2026-12-01T10:30").ms);
}
END_TEST

Suite *suite_limits(void)
{
	Suite *s = suite_create("limits");
	TCase *t = tcase_create("limits");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_customer_has_only_so_many_open_bookings);
	tcase_add_test(t, each_has_a_turn);
	tcase_add_test(t, a_customer_gets_whom_they_usually_have);
	tcase_add_test(t, no_other_time_is_offered_while_the_customer_is_here);
	suite_add_tcase(s, t);
	return s;
}
