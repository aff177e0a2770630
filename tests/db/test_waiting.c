/* The waiting list: whose wish is one, and who is offered the time that
 * becomes free. */
#include "tests/db/waiting.h"

/* ---- who is offered what ---- */

START_TEST(who_has_waited_longest_is_offered_the_time)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second = waits_for_two();

	run_jobs(OFFERS);
	expect(first, WAITING);
	freed(visit);
	struct waiting_entry e = entry(first);

	ck_assert_int_eq(e.status, WAITING_OFFERED);
	ck_assert_int_eq(e.offers, 1);
	ck_assert_int_eq(e.offered_starts_at.ms, berlin(AT_TWO).ms);
	ck_assert_int_eq(e.offered_ends_at.ms, berlin("2026-12-01T14:30").ms);
	ck_assert_int_eq(e.offered_local_start.min, wall(AT_TWO).min);
	ck_assert_int_eq(e.offer_expires_at.ms, c->now.ms + 900000);
	ck_assert_str_eq(e.offered_staff_id, ANNA);
	ck_assert_str_eq(e.offered_branch_id, MITTE);
	ck_assert_str_eq(e.time_zone, "Europe/Berlin");
	ck_assert_str_eq(e.customer_name, "Robin Wait");
	expect(second, WAITING);
	ck_assert_int_eq(offers(), 1);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE hold_id = ?", e.hold_id), 1);
	/* nobody else has it meanwhile */
	was_refused(try_to_book(HAIRCUT, ANNA, AT_TWO), E_SLOT_TAKEN);
}
END_TEST

START_TEST(a_wish_for_who_became_free_comes_first)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	block(BEN, "2026-12-01T13:00", "2026-12-01T16:00");
	const char *any = waits(wish_on(HAIRCUT, NULL, TUESDAY, TWO, TWO + 30));
	const char *anna = waits_for_two();

	freed(visit);
	expect(anna, OFFERED);
	expect(any, WAITING);
}
END_TEST

START_TEST(only_what_was_wished_is_offered)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	struct waiting_entry north = wish_on(HAIRCUT, NULL, TUESDAY, 0, 1440);
	struct waiting_entry past = wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440);
	const char *none[] = {
		waits(wish_on(HAIRCUT, ANNA, TUESDAY, TWO + 30, 1440)),    /* too late */
		waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, TWO + 29)),       /* too early */
		waits(wish_on(HAIRCUT, ANNA, "2026-12-02", 0, 1440)),      /* the day after */
		waits(wish_on(COLOUR, NULL, "2026-12-01", TWO, TWO + 90)), /* Clara's */
		waits((north.branch_id = NORD, north)),
	};

	past.to_day = day("2026-12-04");
	past.from_day = day("2026-12-02");
	const char *later = waits(past);
	freed(visit);
	for (size_t i = 0; i < COUNT_OF(none); i++)
		expect(none[i], WAITING);
	expect(later, WAITING);
	ck_assert_int_eq(holds(), 0);
}
END_TEST

/* A start that was free all the time is no reason for an offer. */
START_TEST(only_the_time_that_became_free_is_offered)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *morning = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, 720));
	const char *any_time = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440));

	freed(visit);
	expect(morning, WAITING);
	ck_assert_int_gt(entry(any_time).offered_ends_at.ms, berlin(AT_TWO).ms);
	ck_assert_int_lt(entry(any_time).offered_starts_at.ms, berlin("2026-12-01T14:30").ms);
}
END_TEST

START_TEST(another_service_of_the_same_people_uses_the_time)
{
	const char *visit = booked(HAIRCUT, BEN, AT_TWO);
	const char *beards[] = {
		waits(wish_on(BEARD, NULL, TUESDAY, TWO, TWO + 30)),
		waits(wish_on(BEARD, NULL, TUESDAY, TWO, TWO + 30)),
		waits(wish_on(BEARD, NULL, TUESDAY, TWO, TWO + 30)),
	};

	freed(visit);
	expect(beards[0], OFFERED);
	expect(beards[1], OFFERED);
	expect(beards[2], WAITING);
	ck_assert_int_ne(
		entry(beards[0]).offered_starts_at.ms, entry(beards[1]).offered_starts_at.ms);
}
END_TEST

START_TEST(a_visit_that_moves_frees_its_time)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *id = waits_for_two();
	const char *where_it_goes = waits(wish_on(HAIRCUT, ANNA, "2026-12-02", TWO, TWO + 30));

	moved(visit, "2026-12-02T14:00");
	run_jobs(OFFERS);
	expect(id, OFFERED);
	expect(where_it_goes, WAITING);
}
END_TEST

START_TEST(a_hold_that_is_not_used_frees_its_time)
{
	const char *hold = held(HAIRCUT, ANNA, AT_TWO);
	const char *first = waits_for_two(), *second;

	run_jobs(OFFERS);
	released(hold);
	expect(first, WAITING);
	run_jobs(OFFERS);
	expect(first, OFFERED);
	(void)held(HAIRCUT, ANNA, "2026-12-01T16:00");
	second = waits(wish_on(HAIRCUT, ANNA, TUESDAY, 16 * 60, 16 * 60 + 30));
	minutes_pass(4);
	expect(second, WAITING);
	minutes_pass(1);
	expect(second, OFFERED);
}
END_TEST

START_TEST(what_begins_too_soon_is_not_offered)
{
	const char *visit = booked(HAIRCUT, ANNA, AT_TWO);
	const char *id = waits_for_two();

	ck_assert_int_gt(db_exec(root, "UPDATE frontdesk_store.service SET notice_minutes = 0"), 0);
	c->now = berlin("2026-12-01T13:50");
	freed(visit);
	expect(id, WAITING);
}
END_TEST

/* ---- wishes ---- */

static void expect_wrong(struct waiting_entry e, const char *field)
{
	ck_assert_int_eq(add_entry(&e), -1);
	ck_assert_str_eq(err_wire(c->err.code), "invalid");
	ck_assert_str_eq(c->err.fields[0].field, field);
	err_clear(c);
}

START_TEST(wishes_must_make_sense)
{
	struct waiting_entry e = wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440);

	e.to_day = day("2026-11-30");
	expect_wrong(e, "to_day");
	e.to_day = day("2027-02-01");
	expect_wrong(e, "to_day");
	e.to_day = day("2027-01-31");
	e.start_minute = 1440;
	expect_wrong(e, "end_minute");
	e.start_minute = 0;
	e.from_day = day("2026-11-29");
	e.to_day = e.from_day;
	expect_wrong(e, "from_day");
	e.from_day = e.to_day = day("2027-12-24");
	expect_wrong(e, "to_day");
	expect_wrong(wish_on(NOBODY, NULL, TUESDAY, 0, 1440), "service_id");
	expect_wrong(wish_on(HAIRCUT, CLARA, TUESDAY, 0, 1440), "staff_id");
	expect_wrong(wish_on(CLEANING, NULL, TUESDAY, 0, 1440), "service_id");
	e = wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440);
	e.branch_id = DENTAL_MAIN;
	expect_wrong(e, "branch_id");
}
END_TEST

START_TEST(a_wish_can_be_changed_while_it_waits)
{
	struct waiting_entry e = wish_on(HAIRCUT, ANNA, "2026-11-30", 0, 1440);

	well(add_entry(&e));
	c->now = berlin("2026-12-01T09:00");
	minutes_pass(0);
	was_refused(change_entry(&e), E_STATE);
	e = wish_on(HAIRCUT, ANNA, TUESDAY, 0, 1440);
	well(add_entry(&e));
	c->now = berlin("2026-12-01T23:59");
	e.to_day = day("2026-12-03");
	e.staff_id = NULL;
	well(change_entry(&e));
	ck_assert_ptr_null(e.staff_id);
	minutes_pass(1); /* the last day that was meant first is over */
	expect(e.id, WAITING);
	e.from_day = day("2026-11-30");
	ck_assert_int_eq(change_entry(&e), -1);
	ck_assert_str_eq(c->err.fields[0].field, "from_day");
	err_clear(c);
	c->now = berlin("2026-12-04T00:00");
	minutes_pass(0);
	expect(e.id, EXPIRED);
}
END_TEST

Suite *suite_waiting(void)
{
	Suite *s = suite_create("waiting");
	TCase *t = tcase_create("waiting list");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, waiting_begin, waiting_finish);
	tcase_add_test(t, who_has_waited_longest_is_offered_the_time);
	tcase_add_test(t, a_wish_for_who_became_free_comes_first);
	tcase_add_test(t, only_what_was_wished_is_offered);
	tcase_add_test(t, only_the_time_that_became_free_is_offered);
	tcase_add_test(t, another_service_of_the_same_people_uses_the_time);
	tcase_add_test(t, a_visit_that_moves_frees_its_time);
	tcase_add_test(t, a_hold_that_is_not_used_frees_its_time);
	tcase_add_test(t, what_begins_too_soon_is_not_offered);
	tcase_add_test(t, wishes_must_make_sense);
	tcase_add_test(t, a_wish_can_be_changed_while_it_waits);
	suite_add_tcase(s, t);
	return s;
}
