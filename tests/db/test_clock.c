/* What the clock and other events call for: reminders, the plan of a day, who
 * is told what, when, how often and by which channel. */
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "core/call/call.h"
#include "core/customer/customer.h"
#include "core/notify/clock.h"
#include "core/notify/make.h"
#include "core/notify/manners.h"
#include "core/sys/conf.h"
#include "core/sys/link.h"
#include "core/sys/tz.h"
#include "tests/db/support.h"

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define ANNA "01900000-0000-7000-8000-5a1000000050"
#define OWNER "01900000-0000-7000-8000-5a1000000002"
#define WEDNESDAY 3
#define HOUR 3600000

static struct ctx *c; /* in the salon, in a transaction that is never committed */
static struct conf conf;
static struct appointment a;
static struct customer who;

static void setup(void)
{
	c = db_ctx("fd_worker");
	conf = *c->conf;
	conf.link_key = link_key_load(conf_secret_path(&conf, c->mem, "link_key"));
	ck_assert_ptr_nonnull(conf.link_key);
	c->conf = &conf;
	c->company = salon();
	c->actor = ACTOR_JOB;
	db_begin(c);
	who = (struct customer){.name = "Jo Field",
		.phone = "+4915100000001",
		.email = "jo@example.org",
		.language = "en"};
}

static void teardown(void)
{
	link_key_delete(conf.link_key);
	db_ctx_end(c);
}

static wall_t some_wednesday(void)
{
	day_t d = {(int32_t)(c->now.ms / 86400000) + 40};

	while (day_weekday(d) != WEDNESDAY)
		d.n++;
	return wall_of(d, 10 * 60);
}

static void book(enum appointment_source source)
{
	struct wish w = {.service_id = HAIRCUT,
		.staff_id = ANNA,
		.local_start = some_wednesday(),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = who,
		.source = source};

	ck_assert_msg(booking_take(c, &w, &a) == 0, "%s", c->err.detail);
}

static void move(int days)
{
	struct wish w = {.local_start = {a.local_start.min + days * MINUTES_A_DAY},
		.utc_offset_minutes = OFFSET_NONE};

	ck_assert_msg(booking_reschedule(c, a.id, &w, &a) == 0, "%s", c->err.detail);
}

static void tell(enum event_kind kind, const char *subject_id)
{
	struct event e = {.id = id_new(c), .kind = kind, .subject_id = subject_id};

	ck_assert_msg(notify_on_event(c, &e) == 0, "%s", c->err.detail);
}

static void tick(enum event_kind kind)
{
	struct event e = {.id = id_new(c), .kind = kind, .subject_id = a.id};

	ck_assert_msg(clock_on_event(c, &e) == 0, "%s", c->err.detail);
}

#define SET(columns) ck_assert_int_eq(db_exec(c, "UPDATE company_settings SET " columns), 1)
#define COUNT(condition) one_int(c, "SELECT COUNT(*) FROM notification WHERE " condition)

static int64_t waiting(const char *kind)
{
	return one_int(c, "SELECT COUNT(*) FROM job WHERE kind = ? AND state = 'queued'", kind);
}

/* The only message of that template; its text. */
static struct notification only(const char *template)
{
	struct notification n;

	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM notification WHERE template = ?", template), 1);
	ck_assert_int_eq(db_one(c, &NOTIFICATION, &n,
				 "SELECT {cols} FROM notification WHERE template = ?", template),
		1);
	return n;
}

static void says(const char *text, const char *what)
{
	ck_assert_msg(strstr(text, what) != NULL, "\"%s\" does not say \"%s\"", text, what);
}

/* ---- reminders ---- */

static int64_t reminder_at(int64_t hours)
{
	return one_int(c,
		"SELECT COUNT(*) FROM job WHERE kind = 'reminder' AND state = 'queued'"
		" AND ref_id = ? AND run_at = ? - INTERVAL ? HOUR",
		a.id, a.starts_at, hours);
}

START_TEST(reminders_wait_move_and_are_void)
{
	book(SOURCE_PORTAL);
	for (int i = 0; i < 2; i++)
		tick(EV_APPOINTMENT_BOOKED);
	ck_assert_int_eq(waiting("reminder"), 2);
	ck_assert_int_eq(reminder_at(24), 1);
	ck_assert_int_eq(reminder_at(2), 1);
	move(1);
	tick(EV_APPOINTMENT_RESCHEDULED);
	ck_assert_int_eq(waiting("reminder"), 2);
	ck_assert_int_eq(reminder_at(24), 1);
	move(-1); /* and where they were before */
	tick(EV_APPOINTMENT_RESCHEDULED);
	ck_assert_int_eq(waiting("reminder"), 2);
	ck_assert_int_eq(reminder_at(24), 1);
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &a), 0);
	tick(EV_APPOINTMENT_CANCELLED);
	ck_assert_int_eq(waiting("reminder"), 0);
}
END_TEST

START_TEST(reminders_are_as_the_company_wants)
{
	SET("reminder_first_hours = 48, reminder_second_hours = 0");
	book(SOURCE_PORTAL);
	tick(EV_APPOINTMENT_BOOKED);
	ck_assert_int_eq(waiting("reminder"), 1);
	ck_assert_int_eq(reminder_at(48), 1);
}
END_TEST

START_TEST(a_late_booking_is_not_reminded_of)
{
	book(SOURCE_PORTAL);
	c->now.ms = a.starts_at.ms - 3 * HOUR;
	tick(EV_APPOINTMENT_BOOKED);
	ck_assert_int_eq(waiting("reminder"), 1);
	ck_assert_int_eq(reminder_at(2), 1);
	ck_assert_int_eq(waiting("day_plan"), 0); /* that of today has been made */
}
END_TEST

START_TEST(a_reminder_reminds_once)
{
	book(SOURCE_PORTAL);
	ck_assert_int_eq(reminder_run(c, a.id), 0); /* far too early: of another time */
	ck_assert_int_eq(COUNT("template = 'appointment.reminder'"), 0);
	c->now.ms = a.starts_at.ms - 24 * HOUR;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(reminder_run(c, a.id), 0);
	struct notification n = only("appointment.reminder");
	ck_assert_int_eq(n.channel, CHANNEL_SMS);
	says(n.body, "Reminder: Haircut with Anna on Wed");
	c->now.ms = a.starts_at.ms - 2 * HOUR;
	ck_assert_int_eq(reminder_run(c, a.id), 0);
	ck_assert_int_eq(COUNT("template = 'appointment.reminder'"), 2);
	c->now.ms = a.starts_at.ms + 1;
	ck_assert_int_eq(reminder_run(c, a.id), 0);
	ck_assert_int_eq(COUNT("template = 'appointment.reminder'"), 2);
}
END_TEST

START_TEST(who_has_cancelled_is_not_reminded)
{
	book(SOURCE_PORTAL);
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &a), 0);
	c->now.ms = a.starts_at.ms - 24 * HOUR;
	ck_assert_int_eq(reminder_run(c, a.id), 0);
	ck_assert_int_eq(COUNT("1"), 0);
}
END_TEST

/* ---- manners ---- */

START_TEST(quiet_hours_put_an_sms_off)
{
	static const struct {
		int from, to, now, until; /* minutes; until 0: at once, beyond a day: tomorrow */
	} CASES[] = {{22 * 60, 7 * 60, 23 * 60, 31 * 60}, {22 * 60, 7 * 60, 22 * 60, 31 * 60},
		{22 * 60, 7 * 60, 6 * 60 + 59, 7 * 60}, {22 * 60, 7 * 60, 7 * 60, 0},
		{22 * 60, 7 * 60, 12 * 60, 0}, {12 * 60, 14 * 60, 13 * 60, 14 * 60},
		{12 * 60, 14 * 60, 14 * 60, 0}, {12 * 60, 14 * 60, 11 * 60, 0}, {0, 0, 0, 0},
		{300, 300, 300, 0}};
	const struct tz *z = tz_find("Europe/Berlin");
	struct occasion o;

	book(SOURCE_PORTAL);
	ck_assert_int_eq(occasion_load(c, ABOUT_VISIT, a.id, &o), 0);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		day_t day = day_of(2026, 12, 1);
		ts_t then = {0};

		o.settings.quiet_from = CASES[i].from;
		o.settings.quiet_to = CASES[i].to;
		c->now = tz_of_wall(z, wall_of(day, CASES[i].now)).first;
		if (CASES[i].until != 0)
			then = tz_of_wall(z, (wall_t){wall_of(day, 0).min + CASES[i].until}).first;
		ck_assert_msg(quiet_until(c, &o, CHANNEL_SMS).ms == then.ms, "case %zu", i);
		ck_assert_int_eq(quiet_until(c, &o, CHANNEL_EMAIL).ms, 0);
	}
}
END_TEST

START_TEST(what_is_put_off_waits_as_a_job)
{
	static const bool WEB[] = {false, true};
	wall_t local = tz_wall(tz_find("Europe/Berlin"), c->now);
	int minute = wall_minute(local);

	/* from now on for an hour */
	ck_assert_int_eq(db_exec(c, "UPDATE company_settings SET quiet_from = ?, quiet_to = ?",
				 minute, (minute + 60) % MINUTES_A_DAY),
		1);
	book(WEB[_i] ? SOURCE_WEB : SOURCE_PORTAL);
	tell(EV_APPOINTMENT_BOOKED, a.id);
	/* who has booked by himself a moment ago is told at once */
	ck_assert_int_eq(COUNT("channel = 'sms' AND send_at > NOW(3)"), WEB[_i] ? 0 : 1);
	ck_assert_int_eq(COUNT("channel = 'email' AND send_at IS NULL"), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM job j JOIN notification n ON n.id = j.ref_id"
				 " WHERE n.channel = 'sms' AND j.run_at > NOW(3) AND NOT j.is_due"),
		WEB[_i] ? 0 : 1);
}
END_TEST

START_TEST(customers_have_their_way)
{
	who.preferred_channel = _i == 0 ? PREFERS_EMAIL : PREFERS_SMS;
	book(SOURCE_PORTAL);
	ck_assert_int_eq(db_exec(c, "UPDATE customer SET preferred_channel = ? WHERE id = ?",
				 _i == 0 ? "email" : "sms", a.customer_id),
		1);
	tell(EV_APPOINTMENT_BOOKED, a.id);
	ck_assert_int_eq(only("appointment.booked").channel, _i == 0 ? CHANNEL_EMAIL : CHANNEL_SMS);
}
END_TEST

START_TEST(who_has_opted_out_is_reached_otherwise)
{
	ck_assert_int_eq(opt_out_set(c, CHANNEL_SMS, who.phone, true, "sms"), 0);
	ck_assert_int_eq(opt_out_set(c, CHANNEL_SMS, who.phone, true, "sms"), 0);
	book(SOURCE_PORTAL);
	c->now.ms = a.starts_at.ms - 2 * HOUR;
	ck_assert_int_eq(reminder_run(c, a.id), 0);
	ck_assert_int_eq(only("appointment.reminder").channel, CHANNEL_EMAIL);
	ck_assert_int_eq(opt_out_set(c, CHANNEL_SMS, who.phone, false, "sms"), 0);
	ck_assert_int_eq(opted_out(c, CHANNEL_SMS, who.phone), 0);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM audit_entry WHERE subject = 'opt_out'"), 2);
}
END_TEST

START_TEST(a_customer_is_told_only_so_much_a_day)
{
	SET("daily_message_cap = 1");
	book(SOURCE_PORTAL);
	tell(EV_APPOINTMENT_BOOKED, a.id);
	ck_assert_int_eq(COUNT("status = 'queued'"), 2); /* one of each channel */
	move(1);
	tell(EV_APPOINTMENT_RESCHEDULED, a.id);
	ck_assert_int_eq(COUNT("template = 'appointment.changed' AND status = 'failed'"
			       " AND error LIKE 'The customer has had 1 %'"),
		2);
	ck_assert_int_eq(waiting("notification.send"), 2);
}
END_TEST

/* ---- others ---- */

START_TEST(a_missed_call_is_answered_with_a_link)
{
	struct call call = {.id = id_new(c),
		.provider = "retell",
		.provider_call_id = id_new(c),
		.status = _i == 0 ? CALL_MISSED : CALL_COMPLETED,
		.to_number = "+493023125001",
		.branch_id = SALON_MITTE};
	struct customer stored;

	ck_assert_int_eq(customer_of(c, &who, &stored), 1);
	call.customer_id = stored.id;
	ck_assert_int_eq(db_insert(c, &CALL, &call), 1);
	tell(EV_CALL_ENDED, call.id);
	if (_i == 0)
		says(only("call.missed").body, "/book/salon-morgenrot");
	else
		ck_assert_int_eq(COUNT("1"), 0);
}
END_TEST

START_TEST(staff_are_told_in_the_portal_or_by_mail)
{
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET email = ? WHERE id = ?",
				 _i == 0 ? "OWNER@salon.example" : "anna@salon.example", ANNA),
		1);
	book(SOURCE_PORTAL);
	tell(EV_APPOINTMENT_BOOKED, a.id);
	struct notification n = only("staff.booked");
	ck_assert_int_eq(n.audience, AUDIENCE_STAFF);
	ck_assert_int_eq(n.channel, _i == 0 ? CHANNEL_IN_APP : CHANNEL_EMAIL);
	ck_assert_int_eq(n.status, _i == 0 ? NOTE_SENT : NOTE_QUEUED);
	ck_assert_str_eq(n.language, "de");
	if (_i == 0)
		ck_assert_str_eq(n.user_id, OWNER);
	else
		ck_assert_str_eq(n.recipient, "anna@salon.example");
	says(n.body, "Jo Field, Haircut: ");
	ck_assert_ptr_null(n.calendar);
}
END_TEST

START_TEST(the_plan_of_a_day_goes_to_those_who_work)
{
	book(SOURCE_PORTAL);
	tick(EV_APPOINTMENT_BOOKED);
	tick(EV_APPOINTMENT_BOOKED);
	ck_assert_int_eq(waiting("day_plan"), 1);
	c->now = tz_of_wall(tz_find("Europe/Berlin"), (wall_t){a.local_start.min - 4 * 60}).first;
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM job WHERE kind = 'day_plan' AND run_at = ?",
			c->now),
		1);
	ck_assert_int_eq(day_plan_run(c, SALON_MITTE), 0); /* Anna has no address */
	ck_assert_int_eq(COUNT("template = 'staff.day_plan'"), 0);
	ck_assert_int_eq(
		db_exec(c, "UPDATE staff SET email = 'anna@salon.example' WHERE id = ?", ANNA), 1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(day_plan_run(c, SALON_MITTE), 0);
	struct notification n = only("staff.day_plan");
	says(n.subject, "1 Termin");
	says(n.body, "10:00 Haircut, Jo Field");
}
END_TEST

START_TEST(the_owner_learns_of_calls_that_nobody_has)
{
	struct event e = {.id = id_new(c),
		.kind = EV_NUMBER_UNASSIGNED_CALL,
		.subject_id = id_new(c),
		.payload = "{\"from_number\":\"+4915100000009\",\"to_number\":\"+4930999999\","
			   "\"reason\":\"Nobody has it.\"}"};

	ck_assert_int_eq(db_insert(c, &EVENT, &e), 1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(notify_on_event(c, &e), 0);
	ck_assert_int_eq(COUNT("template = 'owner.unassigned_call'"), 2);
	ck_assert_int_eq(
		COUNT("channel = 'in_app' AND user_id = '" OWNER "' AND status = 'sent'"), 1);
	ck_assert_int_eq(COUNT("channel = 'email' AND recipient = 'owner@salon.example'"
			       " AND body LIKE '%+49 30 999999%Nobody has it.%'"),
		1);
	e.id = id_new(c); /* another call to it on the same day */
	ck_assert_int_eq(db_insert(c, &EVENT, &e), 1);
	ck_assert_int_eq(notify_on_event(c, &e), 0);
	ck_assert_int_eq(COUNT("template = 'owner.unassigned_call'"), 2);
}
END_TEST

START_TEST(the_platform_learns_of_its_own)
{
	struct event e = {.id = id_new(c),
		.kind = EV_INTEGRATION_FAILED,
		.subject_id = id_new(c),
		.payload = "{\"provider\":\"retell\",\"reason\":\"It answers 500.\"}"};

	conf.alerts_email = "alerts@frontdesk.example";
	c->company = 0;
	c->company_id = NULL;
	ck_assert_int_eq(db_insert(c, &EVENT, &e), 1);
	ck_assert_int_eq(notify_on_event(c, &e), 0);
	struct notification n = only("platform.integration_failed");
	ck_assert_str_eq(n.recipient, "alerts@frontdesk.example");
	says(n.body, "Retell fail: It answers 500.");
}
END_TEST

Suite *suite_clock(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, reminders_wait_move_and_are_void);
	tcase_add_test(t, reminders_are_as_the_company_wants);
	tcase_add_test(t, a_late_booking_is_not_reminded_of);
	tcase_add_test(t, a_reminder_reminds_once);
	tcase_add_test(t, who_has_cancelled_is_not_reminded);
	tcase_add_test(t, quiet_hours_put_an_sms_off);
	tcase_add_loop_test(t, what_is_put_off_waits_as_a_job, 0, 2);
	tcase_add_loop_test(t, customers_have_their_way, 0, 2);
	tcase_add_test(t, who_has_opted_out_is_reached_otherwise);
	tcase_add_test(t, a_customer_is_told_only_so_much_a_day);
	tcase_add_loop_test(t, a_missed_call_is_answered_with_a_link, 0, 2);
	tcase_add_loop_test(t, staff_are_told_in_the_portal_or_by_mail, 0, 2);
	tcase_add_test(t, the_plan_of_a_day_goes_to_those_who_work);
	tcase_add_test(t, the_owner_learns_of_calls_that_nobody_has);
	tcase_add_test(t, the_platform_learns_of_its_own);
	suite_add_tcase(s, t);
	return s;
}
