/* Branches, numbers, staff, hours, time off and closed days: the rules of
 * changing them, and that two at once cannot break them. */
#include "core/base/id.h"
#include "core/booking/affected.h"
#include "core/phone/phone.h"
#include "core/staff/hours.h"
#include "core/tenant/closed_day.h"
#include "tests/db/salon.h"

#define WEEKDAY(day, from, to)                                                                  \
	{                                                                                       \
		.staff_id = ANNA, .branch_id = MITTE, .weekday = (day), .start_minute = (from), \
		.end_minute = (to)                                                              \
	}

static void expect_error(enum err_code code, const char *field)
{
	ck_assert_msg(c->err.code == code, "%s: %s", err_wire(c->err.code),
		c->err.detail != NULL ? c->err.detail : "");
	if (field != NULL)
		ck_assert_str_eq(c->err.fields[0].field, field);
	err_clear(c);
}

/* ---- staff ---- */

START_TEST(somebody_takes_up_a_resource)
{
	struct staff s = {.name = "Emil", .branch_id = MITTE, .is_active = true}, now;

	ck_assert_int_eq(staff_create(c, &s), 0);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM resource WHERE id = ? AND kind = 'staff'"
				 " AND name = 'Emil' AND capacity = 1 AND branch_id = ?",
				 s.resource_id, MITTE),
		1);
	now = s;
	now.branch_id = NORD;
	now.name = "Emilia";
	ck_assert_int_ge(staff_change(c, &s, &now), 0);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM resource WHERE id = ? AND name = 'Emilia'"
				 " AND branch_id = ? AND deleted_at IS NULL",
				 s.resource_id, NORD),
		1);
	ck_assert_int_eq(staff_remove(c, &now), 0);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM resource WHERE id = ? AND deleted_at IS NOT NULL",
			s.resource_id),
		1);
	ck_assert_int_eq(
		one_int(c,
			"SELECT COUNT(*) FROM audit_entry WHERE subject_id = ? AND action IN"
			" ('staff.create', 'staff.update', 'staff.delete')",
			s.id),
		3);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ?"
				 " AND action = 'staff.update' AND fields = 'branch_id,name'",
				 s.id),
		1);
}
END_TEST

START_TEST(what_does_not_change_is_not_audited)
{
	struct staff was;

	ck_assert_int_eq(staff_get(c, ANNA, &was), 0);
	struct staff now = was;
	int64_t before = one_int(c, "SELECT COUNT(*) FROM audit_entry");
	ck_assert_int_eq(staff_change(c, &was, &now), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM audit_entry"), before);
}
END_TEST

static void remove_anna(bool possible)
{
	struct staff s;

	ck_assert_int_eq(staff_get(c, ANNA, &s), 0);
	ck_assert_int_eq(staff_remove(c, &s), possible ? 0 : -1);
	if (!possible)
		expect_error(E_STATE, NULL);
}

START_TEST(whoever_has_visits_to_come_stays)
{
	struct wish w = wish_for(CUT_AND_COLOUR, ANNA, "2026-12-03T14:00");
	struct appointment a;

	must_take(&w, &a);
	remove_anna(false);
	c->now = berlin("2026-12-03T14:45"); /* the cut is over, the finish is to come */
	remove_anna(false);
	c->now = berlin("2026-12-03T16:30");
	remove_anna(true);
}
END_TEST

START_TEST(a_visit_of_others_and_one_that_was_cancelled_keep_nobody)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-03T14:00");
	struct appointment a;

	must_take(&w, &a);
	taken_for(HAIRCUT, BEN, "2026-12-03T15:00");
	ck_assert_int_ge(appointment_cancel(c, a.id, NULL, &a), 0);
	remove_anna(true);
}
END_TEST

/* ---- branches ---- */

START_TEST(a_branch_with_anything_in_it_stays)
{
	static const char *const STEPS[] = {
		"UPDATE staff SET deleted_at = NOW(3) WHERE branch_id = ?",
		"UPDATE resource SET deleted_at = NOW(3) WHERE branch_id = ?",
		"UPDATE phone_number SET deleted_at = NOW(3) WHERE branch_id = ?",
		"UPDATE appointment SET status = 'completed' WHERE branch_id = ?",
	};
	static const char *const WHY[] = {"staff", "rooms", "numbers", "appointments"};
	struct branch b;

	taken_for(HAIRCUT, DORA, "2026-12-03T14:00");
	ck_assert_int_eq(branch_get(c, NORD, &b), 0);
	for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
		struct arg id = arg_text(NORD);

		ck_assert_int_eq(branch_remove(c, &b), -1);
		ck_assert_msg(strstr(c->err.detail, WHY[i]) != NULL, "%s", c->err.detail);
		expect_error(E_STATE, NULL);
		ck_assert_int_ge(db_exec_(c, STEPS[i], &id, 1), 1);
	}
	ck_assert_int_eq(branch_remove(c, &b), 0);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM working_hours WHERE branch_id = ?", NORD), 0);
}
END_TEST

/* ---- hours ---- */

static const struct {
	struct working_hours h;
	const char *field; /* NULL: it can be had */
} HOURS[] = {
	/* Anna: Tuesday to Saturday 9 to 13, 14 to 18 */
	{WEEKDAY(2, 780, 840), NULL},
	{WEEKDAY(2, 779, 840), "start_minute"},
	{WEEKDAY(2, 780, 841), "start_minute"},
	{WEEKDAY(2, 0, 1440), "start_minute"},
	{WEEKDAY(2, 600, 660), "start_minute"},
	{WEEKDAY(1, 0, 1440), NULL},
	{WEEKDAY(1, 600, 600), "end_minute"},
	{WEEKDAY(1, 0, 0), "end_minute"},
	{{.staff_id = ANNA,
		 .branch_id = NORD,
		 .weekday = 2,
		 .start_minute = 600,
		 .end_minute = 660},
		"start_minute"},
	{{.staff_id = BEN, .weekday = 7, .start_minute = 540, .end_minute = 560}, NULL},
	{{.branch_id = MITTE, .weekday = 2, .start_minute = 540, .end_minute = 560}, NULL},
	{{.staff_id = ANNA, .weekday = 2, .day = {21900}, .start_minute = 1, .end_minute = 2},
		"day"},
	{{.staff_id = ANNA, .start_minute = 1, .end_minute = 2}, "weekday"},
	{{.staff_id = ANNA,
		 .day = {21900},
		 .valid_to = {21900},
		 .start_minute = 1,
		 .end_minute = 2},
		"valid_to"},
	{{.staff_id = ANNA, .day = {21900}, .end_minute = 0}, NULL},
	{{.staff_id = ANNA, .day = {21900}, .start_minute = 540, .end_minute = 600}, NULL},
	{{.staff_id = ANNA,
		 .branch_id = DENTAL_MAIN,
		 .weekday = 1,
		 .start_minute = 1,
		 .end_minute = 2},
		"branch_id"},
};

START_TEST(hours_of_one_person_do_not_overlap)
{
	struct working_hours h = HOURS[_i].h;
	int rc = hours_create(c, &h);

	if (HOURS[_i].field != NULL) {
		ck_assert_int_eq(rc, -1);
		expect_error(E_INVALID, HOURS[_i].field);
		return;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(h.branch_id, MITTE);
}
END_TEST

static int with_validity(const char *from, const char *to)
{
	struct working_hours h = WEEKDAY(7, 600, 700);
	int rc;

	h.valid_from = from != NULL ? day(from) : (day_t){0};
	h.valid_to = to != NULL ? day(to) : (day_t){0};
	rc = hours_create(c, &h);
	if (rc < 0)
		expect_error(E_INVALID, "start_minute");
	return rc;
}

START_TEST(hours_that_are_never_valid_together_do_not_overlap)
{
	ck_assert_int_eq(with_validity("2030-03-01", "2030-03-31"), 0);
	ck_assert_int_eq(with_validity("2030-03-31", "2030-04-30"), -1);
	ck_assert_int_eq(with_validity(NULL, "2030-03-01"), -1);
	ck_assert_int_eq(with_validity("2030-03-31", NULL), -1);
	ck_assert_int_eq(with_validity("2030-03-10", "2030-03-12"), -1);
	ck_assert_int_eq(with_validity(NULL, NULL), -1);
	ck_assert_int_eq(with_validity(NULL, "2030-02-28"), 0);
	ck_assert_int_eq(with_validity("2030-04-01", NULL), 0);
	ck_assert_int_eq(with_validity(NULL, "2020-01-01"), -1);
}
END_TEST

START_TEST(a_change_does_not_overlap_itself)
{
	struct working_hours was = WEEKDAY(7, 600, 700), now;

	ck_assert_int_eq(hours_create(c, &was), 0);
	now = was;
	now.end_minute = 650;
	ck_assert_int_eq(hours_change(c, &was, &now), 1);
	now.weekday = 2;
	ck_assert_int_eq(hours_change(c, &was, &now), -1);
	expect_error(E_INVALID, "start_minute");
}
END_TEST

START_TEST(there_is_an_end_to_the_hours_of_one_person)
{
	struct working_hours past = {
		.branch_id = MITTE, .staff_id = ANNA, .day = day("2000-01-01")};

	for (int i = 0; i < HOURS_MAX; i++, past.day.n++) {
		past.id = id_new(c);
		ck_assert_int_eq(db_insert(c, &WORKING_HOURS, &past), 1);
	}
	struct working_hours h = WEEKDAY(7, 600, 700);
	ck_assert_int_eq(hours_create(c, &h), -1);
	expect_error(E_STATE, NULL);
}
END_TEST

/* ---- time off ---- */

static int64_t away(const char *staff, const char *from, const char *to)
{
	struct time_off t = {.staff_id = staff, .local_start = wall(from), .local_end = wall(to)};

	ck_assert_int_eq(time_off_take(c, NULL, &t), 0);
	return t.appointments;
}

/* Cut at ten (Anna), colour at half past (Clara, then processing), finish at
 * half past eleven (Anna). */
START_TEST(time_off_counts_the_parts_that_are_in_it)
{
	int64_t tasks = one_int(c, "SELECT COUNT(*) FROM task");

	taken_for(CUT_AND_COLOUR, ANNA, "2026-12-03T10:00");
	ck_assert_int_eq(away(ANNA, "2026-12-03T00:00", "2026-12-03T10:00"), 0);
	ck_assert_int_eq(away(ANNA, "2026-12-03T10:30", "2026-12-03T11:30"), 0);
	ck_assert_int_eq(away(CLARA, "2026-12-03T11:00", "2026-12-03T12:00"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), tasks);
	ck_assert_int_eq(away(ANNA, "2026-12-03T10:29", "2026-12-03T11:30"), 1);
	ck_assert_int_eq(away(ANNA, "2026-12-03T11:59", "2026-12-09T00:00"), 1);
	ck_assert_int_eq(away(CLARA, "2026-12-03T10:59", "2026-12-03T11:00"), 1);
	ck_assert_int_eq(away(ANNA, "2026-12-01T00:00", "2026-12-09T00:00"), 1);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), tasks + 4);
	c->now = berlin("2026-12-03T10:45"); /* the cut is over */
	ck_assert_int_eq(away(ANNA, "2026-12-03T10:00", "2026-12-03T10:30"), 0);
	ck_assert_int_eq(away(ANNA, "2026-12-03T11:30", "2026-12-03T12:00"), 1);
	c->now = berlin("2026-12-03T12:00");
	ck_assert_int_eq(away(ANNA, "2026-12-01T00:00", "2026-12-10T00:00"), 0);
}
END_TEST

/* ---- numbers ---- */

START_TEST(a_number_that_went_comes_back_as_itself)
{
	struct phone_number n = {.branch_id = NORD,
				    .e164 = "030 23125905",
				    .language = "de",
				    .is_active = true},
			    again = n;
	enum number_match match;
	struct phone_number found;

	ck_assert_int_eq(phone_create(c, &n), 0);
	ck_assert_str_eq(n.e164, "+493023125905");
	ck_assert_int_eq(phone_resolve(c, "+493023125905", &found, &match), 1);
	ck_assert_int_eq(db_remove(c, &PHONE_NUMBER, n.id), 1);
	ck_assert_int_eq(phone_resolve(c, "+493023125905", &found, &match), 0);
	ck_assert_int_eq(phone_resolve(c, "3023125905", &found, &match), 0);
	again.branch_id = MITTE;
	ck_assert_int_eq(phone_create(c, &again), 0);
	ck_assert_str_eq(again.id, n.id);
	ck_assert_int_eq(phone_resolve(c, "+493023125905", &found, &match), 1);
	ck_assert_str_eq(found.branch_id, MITTE);
	ck_assert_int_eq(db_remove(c, &PHONE_NUMBER, n.id), 1);
	again.branch_id = DENTAL_MAIN;
	ck_assert_int_eq(phone_create(c, &again), -1);
	expect_error(E_INVALID, "branch_id");
}
END_TEST

struct contest {
	int ready;
	int won;
	int lost;
};

static int add_contested(struct ctx *web, void *arg)
{
	struct phone_number n = {.branch_id = *(const char **)arg,
		.e164 = "+493023125999",
		.language = "en",
		.is_active = true};

	return phone_create(web, &n);
}

/* Half of them for the salon, half for the dentist. */
static void contestant(int i, void *shared)
{
	struct contest *k = shared;
	const char *branch = i % 2 ? MITTE : DENTAL_MAIN;
	struct ctx *web = db_ctx("fd_web");

	hush();
	web->company = i % 2 ? salon() : dental();
	ck_assert_int_eq(db_connect(web), 0);
	__atomic_add_fetch(&k->ready, 1, __ATOMIC_SEQ_CST);
	for (int n = 0; n < 5000 && __atomic_load_n(&k->ready, __ATOMIC_SEQ_CST) < 8; n++)
		usleep(1000);
	int rc = in_tx(web, add_contested, &branch);
	if (rc == 0)
		__atomic_add_fetch(&k->won, 1, __ATOMIC_SEQ_CST);
	else if (web->err.code == E_DUPLICATE || web->err.code == E_UNAVAILABLE)
		__atomic_add_fetch(&k->lost, 1, __ATOMIC_SEQ_CST);
	db_ctx_end(web);
}

#define STORED "FROM frontdesk_store.phone_number WHERE e164 = '+493023125999'"

START_TEST(a_number_that_several_want_at_once_is_one_company_s)
{
	MYSQL *root = raw_connect("root");

	for (int round = 0; round < 10; round++) {
		struct contest *k = shared_memory(sizeof(*k));

		run_rivals(8, contestant, k);
		ck_assert_int_le(k->won, 1);
		ck_assert_int_eq(k->won + k->lost, 8);
		ck_assert_int_eq(raw_int(root, "SELECT COUNT(*) " STORED), k->won);
		ck_assert_uint_eq(raw_run(root, "DELETE " STORED), 0);
	}
	ck_assert_uint_eq(raw_run(root,
				  "DELETE FROM frontdesk_store.audit_entry"
				  " WHERE subject = 'phone_number'"),
		0);
	mysql_close(root);
}
END_TEST

/* ---- closed days ---- */

#define EVENT(day, name)                                                             \
	"BEGIN:VEVENT\r\nUID:" day "\r\nDTSTART;VALUE=DATE:" day "\r\nSUMMARY:" name \
	"\r\nEND:VEVENT\r\n"
#define CALENDAR(events)                                                               \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//Test//EN\r\n" events "END:" \
	"VCALENDAR\r\n"

static void import(const char *branch_id, const char *ics, int64_t added, int64_t skipped)
{
	struct closed_days_import out;

	ck_assert_int_eq(closed_days_import(c, branch_id, ics, &out), 0);
	ck_assert_int_eq(out.added, added);
	ck_assert_int_eq(out.skipped, skipped);
}

START_TEST(holidays_are_imported_once)
{
	static const char ICS[] = CALENDAR(EVENT("20261225", "Christmas")
			EVENT("20270101", "New Year") EVENT("20251225", "Past"));

	import(NORD, ICS, 2, 0);
	import(NORD, ICS, 0, 2);
	import(NULL, ICS, 2, 0);
	import(MITTE, ICS, 0, 2);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM closed_day WHERE name = 'Christmas'"), 2);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM audit_entry WHERE action = 'closed_day.import'"),
		4);
}
END_TEST

START_TEST(what_is_no_calendar_closes_nothing)
{
	struct closed_days_import out;

	ck_assert_int_eq(closed_days_import(c, NULL, "Christmas", &out), -1);
	expect_error(E_INVALID, "ics");
	ck_assert_int_eq(closed_days_import(c, DENTAL_MAIN, CALENDAR(""), &out), -1);
	expect_error(E_INVALID, "branch_id");
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM closed_day"), 0);
}
END_TEST

Suite *suite_business(void)
{
	Suite *s = suite_create("business");
	TCase *t = tcase_create("changes");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, somebody_takes_up_a_resource);
	tcase_add_test(t, what_does_not_change_is_not_audited);
	tcase_add_test(t, whoever_has_visits_to_come_stays);
	tcase_add_test(t, a_visit_of_others_and_one_that_was_cancelled_keep_nobody);
	tcase_add_test(t, a_branch_with_anything_in_it_stays);
	tcase_add_loop_test(t, hours_of_one_person_do_not_overlap, 0, (int)COUNT_OF(HOURS));
	tcase_add_test(t, hours_that_are_never_valid_together_do_not_overlap);
	tcase_add_test(t, a_change_does_not_overlap_itself);
	tcase_add_test(t, there_is_an_end_to_the_hours_of_one_person);
	tcase_add_test(t, time_off_counts_the_parts_that_are_in_it);
	tcase_add_test(t, a_number_that_went_comes_back_as_itself);
	tcase_add_test(t, holidays_are_imported_once);
	tcase_add_test(t, what_is_no_calendar_closes_nothing);
	suite_add_tcase(s, t);
	t = tcase_create("rivals");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_number_that_several_want_at_once_is_one_company_s);
	suite_add_tcase(s, t);
	return s;
}
