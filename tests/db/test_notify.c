/* Which messages an event makes, for whom and in which words. */
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "core/call/call.h"
#include "core/customer/customer.h"
#include "core/notify/notify.h"
#include "core/provider/messages.h"
#include "core/sys/locale.h"
#include "tests/db/support.h"

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define ANNA "01900000-0000-7000-8000-5a1000000050"
#define WEDNESDAY 3

static struct ctx *c; /* in the salon, in a transaction that is never committed */
static struct appointment a;
static struct rows notes;

static void setup(void)
{
	c = db_ctx("fd_worker");
	c->company = salon();
	c->actor = ACTOR_JOB;
	db_begin(c);
}

static void teardown(void)
{
	db_ctx_end(c);
}

/* A Wednesday in some weeks, where Anna is there and nobody else booked. */
static wall_t some_wednesday(void)
{
	day_t d = {(int32_t)(c->now.ms / 86400000) + 40};

	while (day_weekday(d) != WEDNESDAY)
		d.n++;
	return wall_of(d, 10 * 60);
}

static struct customer jo(const char *language)
{
	return (struct customer){.name = "Jo <Field>",
		.phone = "+4915100000001",
		.email = "jo@example.org",
		.language = language};
}

static void book(const struct customer *who, const char *call_id)
{
	struct wish w = {.service_id = HAIRCUT,
		.staff_id = ANNA,
		.local_start = some_wednesday(),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = *who,
		.source = SOURCE_PHONE,
		.call_id = call_id};

	ck_assert_msg(booking_take(c, &w, &a) == 0, "%s", c->err.detail);
}

static const char *add_call(
	enum booking_outcome outcome, const char *details, const char *customer_id)
{
	struct call call = {.id = id_new(c),
		.provider = "retell",
		.provider_call_id = id_new(c),
		.status = CALL_ANALYZED,
		.to_number = "+493023125001",
		.branch_id = SALON_MITTE,
		.customer_id = customer_id,
		.language = "de-DE",
		.booking_outcome = outcome,
		.booking_details = details};

	ck_assert_int_eq(db_insert(c, &CALL, &call), 1);
	return call.id;
}

static int tell(enum event_kind kind, const char *subject_id)
{
	struct event e = {.id = id_new(c), .kind = kind, .subject_id = subject_id};

	return notify_on_event(c, &e);
}

/* The messages about an appointment or a call, SMS first. */
static const struct notification *messages(int n, const char *appointment_id, const char *call_id)
{
	struct notification_filter f = {
		.appointment_id = appointment_id, .call_id = call_id, .limit = 10};
	struct notification *p;

	ck_assert_int_eq(notification_list(c, &f, &notes), n);
	p = notes.p;
	if (n == 2 && p[0].channel == CHANNEL_EMAIL) {
		struct notification swap = p[0];

		p[0] = p[1];
		p[1] = swap;
	}
	return p;
}

static int64_t jobs_for(const char *notification_id)
{
	return one_int(c,
		"SELECT COUNT(*) FROM job WHERE kind = 'notification.send' AND ref_id = ?"
		" AND state = 'queued'",
		notification_id);
}

static void says(const char *text, const char *what)
{
	ck_assert_msg(strstr(text, what) != NULL, "\"%s\" does not say \"%s\"", text, what);
}

START_TEST(a_booking_is_confirmed_once_a_channel)
{
	struct customer who = jo("en");

	book(&who, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	const struct notification *n = messages(2, a.id, NULL);
	ck_assert_str_eq(n[0].template, "appointment.booked");
	ck_assert_str_eq(n[0].recipient, "+4915100000001");
	ck_assert_str_eq(n[0].language, "en");
	ck_assert_int_eq(n[0].status, NOTE_QUEUED);
	says(n[0].body, "Salon Morgenrot: Haircut with Anna is booked for ");
	says(n[0].body, locale_date(c, "en", a.local_start, DATE_WEEKDAY));
	says(n[0].body, ", 10:00 AM. Mitte");
	ck_assert_ptr_null(n[0].calendar);
	ck_assert_str_eq(n[1].recipient, "jo@example.org");
	says(n[1].subject, locale_date(c, "en", a.local_start, DATE_LONG));
	says(n[1].body, "Hello Jo <Field>,");
	says(n[1].body_html, "Hello Jo &lt;Field&gt;,");
	says(n[1].calendar, mem_printf(c->mem, "\r\nUID:%s\r\n", a.id));
	says(n[1].calendar, "\r\nSEQUENCE:0\r\n");
	says(n[1].calendar, "\r\nSUMMARY:Haircut\\, Salon Morgenrot\r\n");
	says(n[1].calendar, "\r\nSTATUS:CONFIRMED\r\n");
	ck_assert_int_eq(jobs_for(n[0].id), 1);
	ck_assert_int_eq(jobs_for(n[1].id), 1);
}
END_TEST

START_TEST(the_customer_reads_their_language)
{
	static const char *const TAGS[][2] = {
		{"de", "de"}, {"de-AT", "de"}, {"fr", "en"}, {"en-GB", "en"}, {NULL, "de"}};
	struct customer who = jo(TAGS[_i][0]);

	/* the last one's is the call's */
	book(&who, TAGS[_i][0] != NULL ? NULL : add_call(OUTCOME_BOOKED, "{}", NULL));
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	const struct notification *n = messages(2, a.id, NULL);
	ck_assert_str_eq(n[0].language, TAGS[_i][1]);
	says(n[0].body, TAGS[_i][1][0] == 'd' ? "Haircut bei Anna ist gebucht: Mi" : "Wed");
	says(n[0].body, TAGS[_i][1][0] == 'd' ? "10:00 Uhr" : "10:00");
}
END_TEST

START_TEST(who_has_no_address_gets_no_message)
{
	struct customer who = jo("en");

	who.phone = _i == 0 ? who.phone : NULL;
	who.email = _i == 0 ? NULL : who.email;
	book(&who, NULL);
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	const struct notification *n = messages(1, a.id, NULL);
	ck_assert_int_eq(n[0].channel, _i == 0 ? CHANNEL_SMS : CHANNEL_EMAIL);
}
END_TEST

START_TEST(an_alternative_names_both_times)
{
	struct customer who = jo("en");
	wall_t wished = {some_wednesday().min + 4 * 60};
	const char *call_id = add_call(OUTCOME_ALTERNATIVE_BOOKED,
		mem_printf(c->mem, "{\"requested_local_start\":\"%s\"}", wall_text(c->mem, wished)),
		NULL);

	book(&who, call_id);
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	const struct notification *n = messages(2, a.id, call_id);
	ck_assert_str_eq(n[0].template, "appointment.alternative");
	says(n[0].body, ", 2:00 PM was taken");
	says(n[0].body, ", 10:00 AM. Mitte");
}
END_TEST

START_TEST(a_call_that_is_being_decided_is_waited_for)
{
	struct customer who = jo("en");

	book(&who, add_call(OUTCOME_OPEN, NULL, NULL));
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), -1);
	ck_assert_int_eq(c->err.code, E_UNAVAILABLE);
	err_clear(c);
	(void)messages(0, a.id, NULL);
	c->now.ms += 600000; /* but not for ever */
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	ck_assert_str_eq(messages(2, a.id, NULL)[0].template, "appointment.booked");
}
END_TEST

START_TEST(free_times_are_offered_with_the_number_to_call)
{
	static const char DETAILS[] =
		"{\"service\":\"haircut\",\"requested_local_start\":\"2026-12-01T14:00\","
		"\"alternatives\":[{\"local_start\":\"2026-12-01T14:30\",\"staff_name\":\"Anna\"},"
		"{\"local_start\":\"2026-12-02T14:00\",\"staff_name\":\"Ben\"},"
		"{\"local_start\":\"nonsense\"},{\"local_start\":\"2026-12-02T16:30\"},"
		"{\"local_start\":\"2026-12-03T09:00\",\"staff_name\":\"Anna\"}]}";
	struct customer who = jo("en"), stored;

	ck_assert_int_eq(customer_of(c, &who, &stored), 1);
	const char *call_id = add_call(OUTCOME_OFFERED, DETAILS, stored.id);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(tell(EV_CALL_ANALYZED, call_id), 0);
	const struct notification *n = messages(2, NULL, call_id);
	ck_assert_str_eq(n[0].template, "call.offered");
	says(n[0].body,
		"Salon Morgenrot: Sorry, Tue, Dec 1, 2:00 PM is taken. Free for haircut: "
		"Tue, Dec 1, 2:30 PM (Anna); Wed, Dec 2, 2:00 PM (Ben); Wed, Dec 2, 4:30 PM.");
	says(n[0].body, "+49 30 23125001");
	ck_assert_ptr_null(strstr(n[0].body, "Dec 3"));
	ck_assert_ptr_null(n[1].calendar);
}
END_TEST

START_TEST(other_calls_make_no_message)
{
	static const enum booking_outcome OUTCOMES[] = {OUTCOME_NONE, OUTCOME_BOOKED,
		OUTCOME_ALTERNATIVE_BOOKED, OUTCOME_UNCLEAR, OUTCOME_FAILED, OUTCOME_OFFERED};
	struct customer who = jo("en"), stored;

	ck_assert_int_eq(customer_of(c, &who, &stored), 1);
	for (size_t i = 0; i < COUNT_OF(OUTCOMES); i++) {
		/* offered, but to nobody, or nothing */
		const char *call_id = add_call(OUTCOMES[i], "{}", i % 2 == 0 ? stored.id : NULL);

		ck_assert_int_eq(tell(EV_CALL_ANALYZED, call_id), 0);
		(void)messages(0, NULL, call_id);
	}
}
END_TEST

START_TEST(a_cancelled_visit_is_taken_from_the_calendar)
{
	struct customer who = jo("de");
	struct appointment gone;

	book(&who, NULL);
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &gone), 0);
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0); /* late: nothing to confirm */
	ck_assert_int_eq(tell(EV_APPOINTMENT_CANCELLED, a.id), 0);
	const struct notification *n = messages(2, a.id, NULL);
	ck_assert_str_eq(n[0].template, "appointment.cancelled");
	says(n[0].body, "abgesagt");
	says(n[1].calendar, "\r\nSTATUS:CANCELLED\r\n");
	says(n[1].calendar, mem_printf(c->mem, "\r\nUID:%s\r\n", a.id));
	ck_assert_ptr_null(strstr(n[1].calendar, "SEQUENCE:0"));
}
END_TEST

START_TEST(without_a_provider_a_message_has_failed)
{
	struct customer who = jo("en");
	struct notification after;

	book(&who, NULL);
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	ck_assert_int_eq(db_exec(c, "UPDATE integration SET is_active = 0"), 2);
	const char *id = messages(2, a.id, NULL)[0].id;
	ck_assert_int_eq(messages_send(c, id), 0);
	ck_assert_int_eq(notification_get(c, id, &after), 0);
	ck_assert_int_eq(after.status, NOTE_FAILED);
	ck_assert_str_eq(after.error, "No SMS provider is configured.");
	ck_assert_int_eq(after.sent_at.ms, 0);
}
END_TEST

START_TEST(messages_are_listed_newest_first)
{
	struct notification_filter f = {.limit = 1};
	struct customer who = jo("en");
	int n = 0, rc;

	book(&who, NULL);
	ck_assert_int_eq(tell(EV_APPOINTMENT_BOOKED, a.id), 0);
	while ((rc = notification_list(c, &f, &notes)) == 1 && n < 5) {
		const struct notification *p = notes.p;

		n++;
		f.before = p->created_at;
		f.before_id = p->id;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(n, 2);
}
END_TEST

Suite *suite_notify(void)
{
	Suite *s = suite_create("notify");
	TCase *t = tcase_create("notify");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_booking_is_confirmed_once_a_channel);
	tcase_add_loop_test(t, the_customer_reads_their_language, 0, 5);
	tcase_add_loop_test(t, who_has_no_address_gets_no_message, 0, 2);
	tcase_add_test(t, an_alternative_names_both_times);
	tcase_add_test(t, a_call_that_is_being_decided_is_waited_for);
	tcase_add_test(t, free_times_are_offered_with_the_number_to_call);
	tcase_add_test(t, other_calls_make_no_message);
	tcase_add_test(t, a_cancelled_visit_is_taken_from_the_calendar);
	tcase_add_test(t, without_a_provider_a_message_has_failed);
	tcase_add_test(t, messages_are_listed_newest_first);
	suite_add_tcase(s, t);
	return s;
}
