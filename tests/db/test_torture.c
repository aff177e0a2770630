/* Every statement of every write fails once: the request then changes no row,
 * or is done again with exactly one effect. */
#include "tests/db/torture.h"
#include "core/sys/link.h"

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define CUT_AND_COLOUR "01900000-0000-7000-8000-5a1000000063"
#define ANNA "01900000-0000-7000-8000-5a1000000050"

static struct question booking(const char *members)
{
	return (struct question){"/api/v2/bookings",
		mem_printf(admin->mem,
			"{\"local_start\":\"%sT10:00\",\"customer\":{\"name\":\"Kim Berger\","
			"\"phone\":\"+4915112345678\"},%s}",
			bookable_day(), members),
		201, NULL, 0, NULL};
}

#define HAIRCUT_OF_ANNA "\"service_id\":\"" HAIRCUT "\",\"staff_id\":\"" ANNA "\""

START_TEST(a_booking)
{
	struct question q = booking(HAIRCUT_OF_ANNA);

	torture(&q, 12);
}
END_TEST

START_TEST(a_booking_of_three_parts)
{
	struct question q = booking("\"service_id\":\"" CUT_AND_COLOUR "\"");

	torture(&q, 16);
}
END_TEST

/* An appointment with an id that is known beforehand. */
static void book_visit(void)
{
	struct question q = booking(HAIRCUT_OF_ANNA);

	ck_assert_int_eq(ask(&q), 201);
	change("DELETE FROM idempotency");
	change("SET foreign_key_checks = 0");
	change("UPDATE appointment SET id = '" VISIT "'");
	change("UPDATE appointment_segment SET appointment_id = '" VISIT "'");
	change("UPDATE occupancy SET appointment_id = '" VISIT "'");
	change("SET foreign_key_checks = 1");
}

START_TEST(a_text_of_the_companys_own)
{
	struct question q = {"/api/v2/templates/appointment.booked/sms/de",
		"{\"body\":\"{company}: {date}, {time}\"}", 200, NULL, 0, "PUT"};

	torture(&q, 4);
}
END_TEST

START_TEST(a_cancellation)
{
	struct question q = {"/api/v2/bookings/" VISIT "/cancel", "{\"reason\":\"ill\"}", 200,
		book_visit, 0, NULL};

	torture(&q, 6);
}
END_TEST

/* In which nothing but the version and the status must change. */
static void visit_is(const char *status, const char *more)
{
	book_visit();
	change(mem_printf(admin->mem, "UPDATE appointment SET status = '%s'%s", status, more));
}

static void visit_scheduled(void)
{
	visit_is("scheduled", "");
}

static void visit_today(void)
{
	visit_is("confirmed", ", local_start = NOW()");
}

static void visit_in_progress(void)
{
	visit_is("in_progress", "");
}

static void visit_over(void)
{
	visit_is("confirmed", ", starts_at = NOW() - INTERVAL 1 HOUR");
}

START_TEST(a_step)
{
	static const struct question STEPS[] = {
		{"/api/v2/bookings/" VISIT "/confirm", "{}", 200, visit_scheduled, 0, NULL},
		{"/api/v2/bookings/" VISIT "/check-in", "{}", 200, visit_today, 0, NULL},
		{"/api/v2/bookings/" VISIT "/complete", "{}", 200, visit_in_progress, 0, NULL},
		{"/api/v2/bookings/" VISIT "/no-show", "{}", 200, visit_over, 0, NULL},
	};

	torture(&STEPS[_i], 5);
}
END_TEST

START_TEST(a_move)
{
	struct question q = {"/api/v2/bookings/" VISIT "/reschedule",
		mem_printf(admin->mem, "{\"local_start\":\"%sT15:00\"}", bookable_day()), 200,
		book_visit, 0, NULL};

	torture(&q, 12);
}
END_TEST

static struct question hold(const char *members)
{
	return (struct question){"/api/v2/holds",
		mem_printf(
			admin->mem, "{\"local_start\":\"%sT10:00\",%s}", bookable_day(), members),
		201, NULL, 0, NULL};
}

START_TEST(a_hold)
{
	struct question q = hold("\"service_id\":\"" CUT_AND_COLOUR "\"");

	torture(&q, 10);
}
END_TEST

/* A hold with an id that is known beforehand. */
static void hold_visit(void)
{
	struct question q = hold(HAIRCUT_OF_ANNA);

	ck_assert_int_eq(ask(&q), 201);
	change("DELETE FROM idempotency");
	change("SET foreign_key_checks = 0");
	change("UPDATE hold SET id = '" VISIT "'");
	change("UPDATE occupancy SET hold_id = '" VISIT "'");
	change("SET foreign_key_checks = 1");
}

START_TEST(a_booking_of_a_hold)
{
	struct question q = {"/api/v2/bookings",
		"{\"hold_id\":\"" VISIT "\",\"customer\":{\"name\":\"Kim Berger\"}}", 201,
		hold_visit, 0, NULL};

	torture(&q, 12);
}
END_TEST

/* One that has expired is given back by whoever comes to its time. */
static void hold_expired(void)
{
	hold_visit();
	change("UPDATE hold SET expires_at = NOW() - INTERVAL 1 MINUTE");
	change("UPDATE occupancy SET expires_at = NOW() - INTERVAL 1 MINUTE");
}

START_TEST(a_booking_over_an_expired_hold)
{
	struct question q = booking(HAIRCUT_OF_ANNA);

	q.before = hold_expired;
	torture(&q, 14);
}
END_TEST

#define PERSON(password) "{\"email\":\"hurried@salon.example\",\"password\":\"" password "\"}"

/* Somebody who has mistyped before; the hash has the lowest cost. */
static void mistype(void)
{
	struct question q = {"/api/v2/auth/login", PERSON("wrong-password"), 401, NULL, 0, NULL};

	change("INSERT INTO user (id, email, name, password_hash) VALUES ('" VISIT "',"
	       " 'hurried@salon.example', 'Hurried',"
	       " '$2b$04$abcdefghijklmnopqrstuugOHlVj8xrIn5hzdyImJ6h773ci8hlb6')");
	ck_assert_int_eq(ask(&q), 401);
}

START_TEST(a_login)
{
	struct question q = {"/api/v2/auth/login", PERSON("frontdesk-demo"), 200, mistype, 2, NULL};

	torture(&q, 6);
}
END_TEST

/* A wrong password leaves a failure to count and its entry, or nothing. */
START_TEST(a_refused_login)
{
	struct question q = {"/api/v2/auth/login", PERSON("wrong-password"), 401, NULL, 2, NULL};

	torture(&q, 6);
}
END_TEST

/* A session whose refresh token is "torture". */
static void have_session(void)
{
	change("INSERT INTO session (id, user_id, client, family_hash, refresh_hash, expires_at) "
	       "VALUES"
	       " ('" VISIT "', '01900000-0000-7000-8000-5a1000000002', 'app',"
	       " UNHEX(SHA2('torture', 256)), UNHEX(SHA2('torture', 256)),"
	       " NOW(3) + INTERVAL 1 DAY)");
}

START_TEST(a_refresh)
{
	struct question q = {"/api/v2/auth/refresh", "{\"refresh_token\":\"torture\"}", 200,
		have_session, 1, NULL};

	torture(&q, 3);
}
END_TEST

START_TEST(a_staff_member)
{
	struct question q = {"/api/v2/staff", "{\"name\":\"Torture\",\"branch_id\":\"" MITTE "\"}",
		201, NULL, 0, NULL};

	torture(&q, 8);
}
END_TEST

START_TEST(a_number)
{
	struct question q = {"/api/v2/phone-numbers",
		"{\"e164\":\"+493023125997\",\"label\":\"Torture\",\"branch_id\":\"" MITTE "\"}",
		201, NULL, 0, NULL};

	torture(&q, 6);
}
END_TEST

static void open_at_night(void)
{
	change("INSERT INTO working_hours (company_id, id, branch_id, weekday, start_minute, "
	       "end_minute) SELECT company_id, '" VISIT "', id, 1, 0, 60 FROM branch WHERE id = "
	       "'" MITTE "'");
}

START_TEST(hours_of_a_week)
{
	struct question q = {"/api/v2/branches/" MITTE "/working-hours",
		"{\"data\":[{\"weekday\":1,\"start_minute\":480,\"end_minute\":600},"
		"{\"weekday\":2,\"start_minute\":480,\"end_minute\":600}]}",
		200, open_at_night, 0, "PUT"};

	torture(&q, 6);
}
END_TEST

static void book_for_time_off(void)
{
	struct question q = booking(HAIRCUT_OF_ANNA);

	ck_assert_int_eq(ask(&q), 201);
	change("DELETE FROM idempotency");
}

START_TEST(time_off_over_a_visit)
{
	struct question q = {
		"/api/v2/staff/" ANNA "/time-off", NULL, 201, book_for_time_off, 0, NULL};

	q.body = mem_printf(admin->mem, "{\"local_start\":\"%sT00:00\",\"local_end\":\"%sT23:59\"}",
		bookable_day(), bookable_day());
	torture(&q, 8);
}
END_TEST

START_TEST(an_import)
{
	struct question q = {"/api/v2/closed-days/import",
		"{\"ics\":\"BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nPRODID:-//T//T//EN\\r\\n"
		"BEGIN:VEVENT\\r\\nUID:1\\r\\nDTSTART;VALUE=DATE:20200101\\r\\n"
		"RRULE:FREQ=YEARLY\\r\\nSUMMARY:New "
		"Year\\r\\nEND:VEVENT\\r\\nEND:VCALENDAR\\r\\n\"}",
		200, NULL, 0, NULL};

	torture(&q, 6);
}
END_TEST

START_TEST(a_new_service)
{
	struct question q = {"/api/v2/services",
		"{\"name\":\"Torture\",\"price_cents\":1,\"segments\":["
		"{\"name\":\"One\",\"duration_minutes\":5},{\"name\":\"Two\",\"duration_minutes\":"
		"5}]}",
		201, NULL, 0, NULL};

	torture(&q, 8);
}
END_TEST

/* A service of two segments, the second of which is known beforehand. */
static void have_service(void)
{
	change("INSERT INTO service (company_id, id, name, duration_minutes, price_cents, currency)"
	       " SELECT id, '" VISIT "', 'Torture', 10, 1, 'EUR' FROM company"
	       " WHERE slug = 'salon-morgenrot'");
	change("INSERT INTO service_segment (company_id, id, service_id, position, name,"
	       " duration_minutes) SELECT company_id, UUID(), id, 1, 'One', 5 FROM service"
	       " WHERE id = '" VISIT "'");
	change("INSERT INTO service_segment (company_id, id, service_id, position, name,"
	       " duration_minutes) SELECT company_id, id, id, 2, 'Two', 5 FROM service"
	       " WHERE id = '" VISIT "'");
}

START_TEST(a_segment_between_others)
{
	struct question q = {"/api/v2/services/" VISIT "/segments",
		"{\"name\":\"New\",\"duration_minutes\":5,\"position\":2}", 201, have_service, 0,
		NULL};

	torture(&q, 9);
}
END_TEST

START_TEST(a_segment_that_moves)
{
	struct question q = {"/api/v2/services/" VISIT "/segments/" VISIT, "{\"position\":1}", 200,
		have_service, 0, "PATCH"};

	torture(&q, 9);
}
END_TEST

START_TEST(a_segment_that_goes)
{
	struct question q = {
		"/api/v2/services/" VISIT "/segments/" VISIT, "", 204, have_service, 0, "DELETE"};

	torture(&q, 9);
}
END_TEST

START_TEST(a_new_customer)
{
	struct question q = {"/api/v2/customers",
		"{\"name\":\"Torture\",\"phone\":\"0151 99887766\"}", 201, NULL, 0, NULL};

	torture(&q, 6);
}
END_TEST

/* ---- without a log-in ---- */

START_TEST(a_visit)
{
	struct question q = booking("\"service_id\":\"" HAIRCUT "\"");

	q.path = "/api/v2/public/salon-morgenrot/bookings";
	torture(&q, 14);
}
END_TEST

static const char *link_to(const char *what)
{
	struct link l = {SALON_ID, VISIT, 0};

	return mem_printf(
		web->mem, "/api/v2/public/bookings/%s/%s", link_token(web, LINK_MANAGE, &l), what);
}

START_TEST(a_visit_given_up_or_moved)
{
	struct question end = {link_to("cancel"), "{}", 200, book_visit, 0, NULL};
	struct question move = {link_to("reschedule"), NULL, 200, book_visit, 0, NULL};

	move.body = mem_printf(admin->mem, "{\"local_start\":\"%sT15:00\"}", bookable_day());
	torture(_i == 0 ? &end : &move, 8);
}
END_TEST

START_TEST(a_feed_that_ends)
{
	struct question q = {"/api/v2/staff/" ANNA "/feed", "", 204, NULL, 0, "DELETE"};

	torture(&q, 2);
}
END_TEST

static void have_event(void)
{
	change("INSERT INTO inbox_event (id, company_id, provider, dedupe_key, event, body)"
	       " SELECT '" VISIT "', id, 'retell', 'torture', 'call_ended', '{}' FROM company"
	       " WHERE slug = 'salon-morgenrot'");
}

START_TEST(a_replay_that_is_asked_for)
{
	struct question q = {"/api/v2/inbox/" VISIT "/replay", "", 202, have_event, 0, NULL};

	torture(&q, 7);
}
END_TEST

Suite *suite_torture(void)
{
	Suite *s = suite_create("torture");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, torture_begin, torture_end);
	tcase_add_test(t, a_booking);
	tcase_add_test(t, a_booking_of_three_parts);
	tcase_add_test(t, a_text_of_the_companys_own);
	tcase_add_test(t, a_cancellation);
	tcase_add_loop_test(t, a_step, 0, 4);
	tcase_add_test(t, a_move);
	tcase_add_test(t, a_hold);
	tcase_add_test(t, a_booking_of_a_hold);
	tcase_add_test(t, a_booking_over_an_expired_hold);
	tcase_add_test(t, a_login);
	tcase_add_test(t, a_refused_login);
	tcase_add_test(t, a_refresh);
	tcase_add_test(t, a_staff_member);
	tcase_add_test(t, a_number);
	tcase_add_test(t, hours_of_a_week);
	tcase_add_test(t, time_off_over_a_visit);
	tcase_add_test(t, an_import);
	tcase_add_test(t, a_new_service);
	tcase_add_test(t, a_segment_between_others);
	tcase_add_test(t, a_segment_that_moves);
	tcase_add_test(t, a_segment_that_goes);
	tcase_add_test(t, a_new_customer);
	tcase_add_test(t, a_visit);
	tcase_add_loop_test(t, a_visit_given_up_or_moved, 0, 2);
	tcase_add_test(t, a_feed_that_ends);
	tcase_add_test(t, a_replay_that_is_asked_for);
	suite_add_tcase(s, t);
	return s;
}
