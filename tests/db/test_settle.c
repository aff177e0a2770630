/* From what a caller wished to an appointment, an offer, or a task. */
#include "tests/db/calls.h"
#include "core/provider/retell.h"
#include "core/booking/booking.h"
#include "core/call/settle.h"
#include "core/sys/json.h"
#include "core/sys/tz.h"

/* A Wednesday at least a week ahead: Anna, Ben and Clara work. */
static day_t wednesday(void)
{
	wall_t now = tz_wall(tz_find("Europe/Berlin"), work->now);
	day_t day = {day_of_wall(now).n + 7};

	while (day_weekday(day) != 3)
		day.n++;
	return day;
}

static const char *at(const char *time)
{
	return mem_printf(work->mem, "%sT%s", day_text(work->mem, wednesday()), time);
}

static const char *wish_for(const char *staff, const char *time, const char *more)
{
	return mem_printf(web->mem,
		"\"intent\":\"book\",\"service\":\"Haircut\",\"staff\":%s,"
		"\"appointment_date\":\"%s\",\"appointment_time\":\"%s\","
		"\"customer_name\":\"Lena Hoffmann\",\"email\":\"lena@kunde.example\","
		"\"confidence\":0.95%s",
		staff, day_text(web->mem, wednesday()), time, more);
}

#define YIELDING ",\"accepts_alternatives\":true"

static struct call analyzed_call(const char *custom)
{
	const char *id = new_call_id();

	happen("call_analyzed", id, analyzed(custom));
	return call_of(id);
}

static const struct json *details(const struct call *k)
{
	const struct json *j;
	struct bytes text = {(const uint8_t *)k->booking_details, strlen(k->booking_details)};

	ck_assert_int_eq(json_parse(work, text, &j), 0);
	return j;
}

static const char *reason(const struct call *k)
{
	return json_text(details(k), "reason");
}

START_TEST(a_free_time_is_booked)
{
	struct call k = analyzed_call(wish_for("\"Anna\"", "14:00", ""));
	struct appointment a;

	ck_assert_int_eq(k.booking_outcome, OUTCOME_BOOKED);
	ck_assert(k.appointment_made);
	ck_assert_int_eq(appointment_get(work, k.appointment_id, &a), 0);
	ck_assert_str_eq(a.staff_name, "Anna");
	ck_assert_str_eq(wall_text(work->mem, a.local_start), at("14:00"));
	ck_assert_str_eq(a.call_id, k.id);
	ck_assert_str_eq(a.customer_id, k.customer_id);
	ck_assert_str_eq(a.customer_name, "Lena Hoffmann");
	ck_assert_str_eq(a.customer_phone, CALLER);
	ck_assert_str_eq(json_text(details(&k), "requested_local_start"), at("14:00"));
	ck_assert_str_eq(json_text(details(&k), "booked_local_start"), at("14:00"));
	ck_assert_int_eq(salon_rows("task"), 0);
	ck_assert_int_eq(emitted("appointment.booked", a.id), 1);
	ck_assert_int_eq(emitted("call.analyzed", k.id), 1);
}
END_TEST

START_TEST(processing_again_doubles_nothing)
{
	const char *id = new_call_id();
	const char *e = receive("call_analyzed", id, analyzed(wish_for("null", "10:00", "")));

	for (int i = 0; i < 4; i++)
		process(e);
	ck_assert_int_eq(salon_rows("appointment"), 1);
	ck_assert_int_eq(salon_rows("customer"), 1);
	ck_assert_int_eq(salon_rows("`call`"), 1);
	ck_assert_int_eq(salon_rows("platform_cost"), 2);
	ck_assert_int_eq(emitted("call.analyzed", call_of(id).id), 1);
}
END_TEST

START_TEST(a_taken_time_is_moved_when_the_caller_yields)
{
	analyzed_call(wish_for("\"Anna\"", "14:00", ""));
	struct call k = analyzed_call(wish_for("\"Anna\"", "14:00", YIELDING));

	ck_assert_int_eq(k.booking_outcome, OUTCOME_ALTERNATIVE_BOOKED);
	ck_assert_str_eq(reason(&k),
		"Anna is busy from 14:00 to 14:30. Booked instead: same day, 30 minutes later, "
		"with Anna.");
	ck_assert_str_eq(json_text(details(&k), "requested_local_start"), at("14:00"));
	ck_assert_str_eq(json_text(details(&k), "booked_local_start"), at("14:30"));
	ck_assert_int_eq(salon_rows("appointment"), 2);
}
END_TEST

START_TEST(a_taken_time_is_offered_when_not)
{
	analyzed_call(wish_for("\"Anna\"", "14:00", ""));
	struct call k = analyzed_call(wish_for("\"Anna\"", "14:00", ""));
	const struct json *offers = json_get(details(&k), "alternatives");

	ck_assert_int_eq(k.booking_outcome, OUTCOME_OFFERED);
	ck_assert(!k.appointment_made);
	ck_assert_str_eq(reason(&k), "Anna is busy from 14:00 to 14:30.");
	ck_assert_uint_eq(json_count(offers), 3);
	ck_assert_str_eq(json_text(json_first(offers), "local_start"), at("14:30"));
	ck_assert_str_eq(json_text(json_first(offers), "staff_name"), "Anna");
	ck_assert_ptr_nonnull(json_text(json_first(offers), "staff_id"));
	ck_assert(json_is_null(json_get(details(&k), "booked_local_start")));
	ck_assert_int_eq(salon_rows("appointment"), 1);
	ck_assert_int_eq(salon_rows("task"), 0);
}
END_TEST

START_TEST(nothing_near_is_for_a_person)
{
	struct call k = analyzed_call("\"intent\":\"book\",\"service\":\"Haircut\","
				      "\"appointment_date\":\"2020-05-06\","
				      "\"appointment_time\":\"14:00\",\"confidence\":1" YIELDING);

	ck_assert_int_eq(k.booking_outcome, OUTCOME_FAILED);
	ck_assert_int_eq(salon_rows("task"), 1);
}
END_TEST

/* ---- what is not clear ---- */

START_TEST(what_is_unclear_is_for_a_person)
{
	const char *day = day_text(web->mem, wednesday());
	const char *const cases[][2] = {

		{"\"intent\":\"book\",\"service\":\"Haircut\",\"confidence\":0.79", "79 %"},
		{"\"intent\":\"book\",\"service\":\"Haircut\"", "0 %"},
		{"\"intent\":\"book\",\"confidence\":1", "No service"},
		{"\"intent\":\"book\",\"confidence\":1,\"service\":\"Massage\"", "Massage"},
		{"\"intent\":\"book\",\"confidence\":1,\"service\":\"Haircut\"", "No date"},
		{"\"intent\":\"book\",\"confidence\":1,\"service\":\"Haircut\","
		 "\"appointment_date\":\"2027-02-30\",\"appointment_time\":\"14:00\"",
			"does not exist"},
		{"\"intent\":\"book\",\"confidence\":1,\"service\":\"Haircut\","
		 "\"appointment_date\":\"tomorrow\",\"appointment_time\":\"14:00\"",
			"does not exist"},
		{wish_for("\"Zoe\"", "14:00", ""), "Zoe"},
		{wish_for("\"Clara\"", "14:00", ""), "Clara"},
		{mem_printf(web->mem, "\"appointment_date\":\"%s\"", day), "did not say"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct call k = analyzed_call(cases[i][0]);

		ck_assert_msg(k.booking_outcome == OUTCOME_UNCLEAR, "%s", cases[i][0]);
		ck_assert_msg(
			strstr(reason(&k), cases[i][1]) != NULL, "%s: %s", cases[i][0], reason(&k));
		ck_assert_int_eq(
			one_int(work, "SELECT COUNT(*) FROM task WHERE call_id = ?", k.id), 1);
		ck_assert_int_eq(emitted("call.analyzed", k.id), 1);
	}
	ck_assert_int_eq(salon_rows("appointment"), 0);
}
END_TEST

START_TEST(other_wishes_are_noted)
{
	static const struct {
		const char *intent;
		int64_t tasks;
	} CASES[] = {{"cancel", 1}, {"move", 1}, {"person", 1}, {"hours", 0}, {"price", 0},
		{"other", 0}, {"sing", 0}};

	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct call k =
			analyzed_call(mem_printf(web->mem, "\"intent\":\"%s\"", CASES[i].intent));

		ck_assert_int_eq(k.booking_outcome, OUTCOME_NONE);
		ck_assert_int_eq(one_int(work, "SELECT COUNT(*) FROM task WHERE call_id = ?", k.id),
			CASES[i].tasks);
	}
	ck_assert_int_eq(analyzed_call("").booking_outcome, OUTCOME_NONE);
}
END_TEST

START_TEST(an_hour_that_the_clock_skips_is_unclear)
{
	struct call k = analyzed_call("\"intent\":\"book\",\"service\":\"Haircut\","
				      "\"appointment_date\":\"2027-03-28\","
				      "\"appointment_time\":\"02:30\",\"confidence\":1");

	ck_assert_int_eq(k.booking_outcome, OUTCOME_UNCLEAR);
	ck_assert_ptr_nonnull(reason(&k));
}
END_TEST

/* ---- who called ---- */

static struct call call_from(const char *from, const char *custom)
{
	const char *id = new_call_id();

	happen("call_analyzed", id,
		mem_printf(web->mem,
			"\"to_number\":\"" MITTE_NUMBER "\",\"from_number\":%s,"
			"\"call_analysis\":{\"custom_analysis_data\":{%s}}",
			from, custom));
	return call_of(id);
}

START_TEST(a_withheld_number_is_known_by_name)
{
	struct call k = call_from("\"anonymous\"", wish_for("\"Anna\"", "09:00", ""));

	ck_assert_int_eq(k.booking_outcome, OUTCOME_BOOKED);
	ck_assert_str_eq(k.customer_name, "Lena Hoffmann");
	k = call_from("\"+266696687\"", wish_for("\"Anna\"", "10:00", ""));
	ck_assert_int_eq(k.booking_outcome, OUTCOME_BOOKED);
	ck_assert_int_eq(salon_rows("customer"), 2); /* nobody can say they are one */
	k = call_from("null",
		"\"intent\":\"book\",\"service\":\"Haircut\",\"appointment_date\":\"2027-01-06\","
		"\"appointment_time\":\"11:00\",\"confidence\":1");
	ck_assert_int_eq(k.booking_outcome, OUTCOME_UNCLEAR);
	ck_assert_int_eq(salon_rows("customer"), 2);
}
END_TEST

START_TEST(a_known_customer_keeps_what_is_known)
{
	struct call first = call_from("\"" CALLER "\"", wish_for("null", "15:00", ""));
	struct call second = call_from(
		"\"0151 12345678\"", "\"intent\":\"hours\",\"customer_name\":\"Somebody Else\"");

	ck_assert_str_eq(first.customer_id, second.customer_id);
	ck_assert_str_eq(second.customer_name, "Lena Hoffmann");
}
END_TEST

START_TEST(the_language_is_the_calls_then_the_numbers)
{
	struct call k = analyzed_call(wish_for("null", "10:00", ",\"language\":\"en\""));

	ck_assert_str_eq(k.language, "en");
	ck_assert_str_eq(json_text(details(&k), "language"), "en");
	ck_assert_str_eq(analyzed_call("").language, "de");
}
END_TEST

/* ---- crashes and rivals ---- */

struct planned {
	struct wish wish;
	struct appointment taken;
};

static int take_planned(struct ctx *c, void *arg)
{
	struct planned *p = arg;

	return booking_take(c, &p->wish, &p->taken);
}

/* As if the worker had died after the appointment, before the outcome. */
static void take_for(const char *call_id, const char *time)
{
	struct call k = call_of(call_id);
	struct planned p = {.wish = {.service_id = "01900000-0000-7000-8000-5a1000000060",
				    .staff_id = "01900000-0000-7000-8000-5a1000000050",
				    .utc_offset_minutes = OFFSET_NONE,
				    .call_id = k.id}};

	p.wish.customer.id = k.customer_id;
	ck_assert(wall_parse(at(time), &p.wish.local_start));
	ck_assert_int_eq(in_tx(work, take_planned, &p), 0);
}

START_TEST(a_crash_after_the_appointment_is_made_good)
{
	const char *id = new_call_id();

	happen("call_ended", id, ended(""));
	take_for(id, "14:00");
	happen("call_analyzed", id, analyzed(wish_for("\"Anna\"", "14:00", "")));
	ck_assert_int_eq(call_of(id).booking_outcome, OUTCOME_BOOKED);
	ck_assert_int_eq(salon_rows("appointment"), 1);
}
END_TEST

START_TEST(a_crash_after_an_alternative_is_made_good)
{
	const char *id = new_call_id();

	analyzed_call(wish_for("\"Anna\"", "14:00", ""));
	happen("call_ended", id, ended(""));
	take_for(id, "14:30");
	happen("call_analyzed", id, analyzed(wish_for("\"Anna\"", "14:00", YIELDING)));
	struct call k = call_of(id);

	ck_assert_int_eq(k.booking_outcome, OUTCOME_ALTERNATIVE_BOOKED);
	ck_assert(text_starts(reason(&k), "Anna is busy from 14:00 to "));
	ck_assert_int_eq(salon_rows("appointment"), 2);
}
END_TEST

struct rivalry {
	char inbox_event_id[8][40];
	char call_id[80];
};

/* A process of its own: connections cannot be shared. */
static void rival(int i, void *shared)
{
	const struct rivalry *r = shared;
	struct ctx *c = db_ctx("fd_worker");

	c->company = salon();
	c->actor = ACTOR_JOB;
	if (retell_process(c, r->inbox_event_id[i % 3]) < 0)
		_exit(1);
}

/* Nine workers hold the three events of one call, each three times. */
START_TEST(rivals_make_one_call_and_one_appointment)
{
	struct rivalry *r = shared_memory(sizeof(*r));
	const char *names[] = {"call_started", "call_ended", "call_analyzed"};

	for (int round = 0; round < 5; round++) {
		const char *id = new_call_id();
		const char *members[] = {started(""), ended(""),
			analyzed(wish_for("\"Anna\"", round % 2 ? "14:00" : "15:00", YIELDING))};

		for (int i = 0; i < 3; i++)
			snprintf(r->inbox_event_id[i], sizeof(r->inbox_event_id[i]), "%s",
				receive(names[i], id, members[i]));
		run_rivals(9, rival, r);
		struct call k = call_of(id);

		ck_assert_int_eq(k.status, CALL_ANALYZED);
		ck_assert(k.appointment_made);
		ck_assert_int_eq(salon_rows("`call`"), round + 1);
		ck_assert_int_eq(salon_rows("appointment"), round + 1);
		ck_assert_int_eq(salon_rows("platform_cost"), 2 * (round + 1));
		ck_assert_int_eq(emitted("call.started", k.id), 1);
		ck_assert_int_eq(emitted("call.ended", k.id), 1);
		ck_assert_int_eq(emitted("call.analyzed", k.id), 1);
	}
	ck_assert_int_eq(salon_rows("customer"), 1);
}
END_TEST

Suite *suite_settle(void)
{
	Suite *s = suite_create("settle");
	TCase *t = tcase_create("settle");

	tcase_add_checked_fixture(t, calls_begin, calls_end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_free_time_is_booked);
	tcase_add_test(t, processing_again_doubles_nothing);
	tcase_add_test(t, a_taken_time_is_moved_when_the_caller_yields);
	tcase_add_test(t, a_taken_time_is_offered_when_not);
	tcase_add_test(t, nothing_near_is_for_a_person);
	tcase_add_test(t, what_is_unclear_is_for_a_person);
	tcase_add_test(t, other_wishes_are_noted);
	tcase_add_test(t, an_hour_that_the_clock_skips_is_unclear);
	tcase_add_test(t, a_withheld_number_is_known_by_name);
	tcase_add_test(t, a_known_customer_keeps_what_is_known);
	tcase_add_test(t, the_language_is_the_calls_then_the_numbers);
	tcase_add_test(t, a_crash_after_the_appointment_is_made_good);
	tcase_add_test(t, a_crash_after_an_alternative_is_made_good);
	tcase_add_test(t, rivals_make_one_call_and_one_appointment);
	suite_add_tcase(s, t);
	return s;
}
