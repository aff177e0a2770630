/* The rules of a calendar that are remembered: whatever changes one of them is
 * seen by the next search, and waits for whoever is taking. */
#include "core/base/id.h"
#include "core/booking/known.h"
#include "tests/db/salon.h"

static void setup(void)
{
	salon_setup();
	known_forget();
}

static const char *version(void)
{
	struct calendar {
		const char *version;
	} v;
	static const struct field FIELDS[] = {ID(calendar, version, 0)};
	static const struct table CALENDAR = TABLE(calendar, "calendar_version", FIELDS);

	ck_assert_int_eq(db_one(c, &CALENDAR, &v, "SELECT {cols} FROM calendar_version"), 1);
	return v.version;
}

/* ---- what counts ---- */

#define PLACE "01900000-0000-7000-8000-5a10000000f1"
#define PART "01900000-0000-7000-8000-5a10000000f2"

static const struct {
	const char *sql;
	bool counts;
} CHANGES[] = {
	{"UPDATE company_settings SET requires_confirmation = 1", true},
	{"UPDATE branch SET time_zone = 'Europe/Vienna' WHERE id = '" MITTE "'", true},
	{"UPDATE staff SET is_active = 0 WHERE id = '" ANNA "'", true},
	{"UPDATE working_hours SET start_minute = start_minute + 5 WHERE staff_id = '" ANNA "'",
		true},
	{"DELETE FROM working_hours WHERE staff_id = '" ANNA "'", true},
	{"INSERT INTO time_off (id, staff_id, local_start, local_end) VALUES ('" PLACE "', '" ANNA
	 "', '2026-12-01 09:00', '2026-12-01 18:00')",
		true},
	{"INSERT INTO closed_day (id, branch_id, day, name) VALUES ('" PLACE "', '" MITTE
	 "', '2026-12-01', 'x')",
		true},
	{"UPDATE service SET notice_minutes = 61 WHERE id = '" HAIRCUT "'", true},
	{"UPDATE service_segment SET processing_minutes = 5 WHERE id = '" CUT_SEGMENT "'", true},
	{"UPDATE service_staff SET duration_minutes = 45 WHERE staff_id = '" ANNA "'", true},
	{"DELETE FROM service_staff WHERE staff_id = '" ANNA "'", true},
	{"INSERT INTO resource (id, branch_id, kind, name) VALUES ('" PLACE "', '" MITTE
	 "', 'room', 'x')",
		true},
	{"UPDATE resource SET is_active = 0 WHERE id = '" SALON_ANNA "'", true},
	{"INSERT INTO service_add_on (id, service_id, name) VALUES ('" PART "', '" HAIRCUT
	 "', 'x')",
		true},
	/* nobody can be booked otherwise for these */
	{"UPDATE resource SET booking_seq = booking_seq + 1", false},
	{"UPDATE service_staff SET chosen_at = NOW(3)", false},
	{"INSERT INTO customer (id, name) VALUES ('" PLACE "', 'x')", false},
	{"UPDATE branch SET name = name WHERE id = '" NOBODY "'", false},
};

START_TEST(each_change_of_the_calendar_gives_it_a_new_version)
{
	const char *before = version();

	ck_assert_int_ge(db_script(c, CHANGES[_i].sql), 0);
	ck_assert_int_eq(strcmp(before, version()) != 0, CHANGES[_i].counts);
}
END_TEST

/* ---- what is seen ---- */

static size_t slots_of(const char *staff)
{
	struct search s = {.service_id = HAIRCUT,
		.staff_id = staff,
		.from = day("2026-12-01"),
		.to = day("2026-12-01")};
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	return slots.n;
}

static const char OFF[] =
	"INSERT INTO time_off (id, staff_id, local_start, local_end) VALUES ('" PLACE "', '" ANNA
	"', '2026-12-01 09:00', '2026-12-01 12:00')";

START_TEST(what_others_change_is_seen_by_the_next_search)
{
	struct ctx *other = db_ctx("fd_web");
	size_t before;

	db_rollback(c);
	before = slots_of(ANNA);
	ck_assert_uint_eq(slots_of(ANNA), before);
	other->company = c->company;
	db_begin(other);
	ck_assert_int_gt(one_int(other, "SELECT COUNT(*) FROM staff"), 0);
	ck_assert_int_eq(db_script(other, OFF), 0);
	ck_assert_uint_eq(slots_of(ANNA), before); /* not committed */
	ck_assert_int_eq(db_commit(other), 0);
	ck_assert_uint_lt(slots_of(ANNA), before);
	db_begin(other);
	ck_assert_int_eq(db_exec(other, "DELETE FROM time_off WHERE id = ?", PLACE), 1);
	ck_assert_int_eq(db_commit(other), 0);
	ck_assert_uint_eq(slots_of(ANNA), before);
	db_ctx_end(other);
}
END_TEST

START_TEST(what_was_rolled_back_is_not_remembered)
{
	size_t before = slots_of(ANNA);

	ck_assert_int_eq(db_script(c, OFF), 0);
	ck_assert_uint_lt(slots_of(ANNA), before);
	db_rollback(c);
	ck_assert_uint_eq(slots_of(ANNA), before);
}
END_TEST

/* It is the version that makes all of this true. */
START_TEST(control_a_change_under_the_old_version_is_not_seen)
{
	size_t before = slots_of(ANNA);
	const char *old = version();

	ck_assert_int_eq(db_script(c, OFF), 0);
	ck_assert_int_eq(db_exec(c, "UPDATE calendar_version SET version = ?", old), 1);
	ck_assert_uint_eq(slots_of(ANNA), before);
	known_forget();
	ck_assert_uint_lt(slots_of(ANNA), before);
}
END_TEST

/* ---- who waits ---- */

/* Tries to change the calendar while a take has planned by it. */
static unsigned change_meanwhile(void)
{
	MYSQL *m = raw_connect("root");
	unsigned rc;

	ck_assert_uint_eq(raw_run(m, "SET SESSION innodb_lock_wait_timeout = 1"), 0);
	rc = raw_run(m, "UPDATE frontdesk_store.staff SET is_active = 0 WHERE id = '" ANNA "'");
	mysql_close(m);
	return rc;
}

START_TEST(no_rule_changes_between_the_plan_of_a_take_and_its_end)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T10:00");
	struct appointment a;

	must_take(&w, &a);
	ck_assert_uint_eq(change_meanwhile(), 1205);
	known_forget();
	db_rollback(c);
	db_begin(c);
	must_take(&w, &a); /* reads all of it, and remembers it */
	ck_assert_uint_eq(change_meanwhile(), 1205);
}
END_TEST

START_TEST(a_search_makes_nobody_wait)
{
	db_rollback(c);
	ck_assert_uint_gt(slots_of(ANNA), 0);
	MYSQL *m = raw_connect("root");

	ck_assert_uint_eq(raw_run(m, "BEGIN"), 0);
	ck_assert_uint_eq(raw_run(m, "SET SESSION innodb_lock_wait_timeout = 1"), 0);
	ck_assert_uint_eq(
		raw_run(m, "UPDATE frontdesk_store.staff SET is_active = 0 WHERE id = '" ANNA "'"),
		0);
	ck_assert_uint_gt(slots_of(ANNA), 0); /* nor waits */
	ck_assert_uint_eq(raw_run(m, "ROLLBACK"), 0);
	mysql_close(m);
}
END_TEST

/* ---- bounds ---- */

START_TEST(more_than_fits_is_searched_all_the_same)
{
	size_t before = slots_of(ANNA);
	const char *name = mem_printf(c->mem, "%0120d", 7);

	/* each entry is larger than half of what is kept */
	for (int i = 0; i < 300; i++) {
		const char *id = id_new(c);

		ck_assert_int_eq(db_exec(c,
					 "INSERT INTO time_off (id, staff_id, local_start, "
					 "local_end, reason) VALUES (?, ?, '2027-12-01 09:00', "
					 "'2027-12-01 12:00', ?)",
					 id, ANNA, name),
			1);
	}
	for (int i = 0; i < 3; i++) {
		struct search s = {.service_id = i % 2 == 0 ? CUT_AND_COLOUR : COLOUR,
			.from = day("2026-12-02"),
			.to = day("2026-12-03")};
		struct rows slots;
		const char *zone;

		ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
		ck_assert_uint_gt(slots.n, 0);
		ck_assert_uint_eq(slots_of(ANNA), before);
	}
}
END_TEST

Suite *suite_known(void);
Suite *suite_known(void)
{
	Suite *s = suite_create("known");
	TCase *t = tcase_create("known");

	tcase_add_checked_fixture(t, setup, salon_teardown);
	tcase_add_loop_test(
		t, each_change_of_the_calendar_gives_it_a_new_version, 0, COUNT_OF(CHANGES));
	tcase_add_test(t, what_others_change_is_seen_by_the_next_search);
	tcase_add_test(t, what_was_rolled_back_is_not_remembered);
	tcase_add_test(t, control_a_change_under_the_old_version_is_not_seen);
	tcase_add_test(t, no_rule_changes_between_the_plan_of_a_take_and_its_end);
	tcase_add_test(t, a_search_makes_nobody_wait);
	tcase_add_test(t, more_than_fits_is_searched_all_the_same);
	suite_add_tcase(s, t);
	return s;
}
