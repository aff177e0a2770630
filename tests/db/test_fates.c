/* What providers say of messages, from the signed webhook to the row: the fate,
 * the next channel, and what customers answer. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/notify/manners.h"
#include "core/notify/notify.h"
#include "core/provider/messages.h"
#include "core/provider/twilio.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/tz.h"
#include "tests/db/calls.h"

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"
#define TOKEN "demo_twilio_token"
#define SID "SM00000000000000000000000000000007"
#define COUNT(condition) one_int(work, "SELECT COUNT(*) FROM notification WHERE " condition)

static void forget(void)
{
	calls_forget();
	ck_assert_int_eq(db_script(admin, "DELETE FROM frontdesk_store.opt_out"), 0);
}

static void setup(void)
{
	calls_begin();
	forget();
}

static void teardown(void)
{
	err_clear(admin);
	forget();
	calls_end();
}

/* ---- Twilio, as it posts ---- */

/* "MessageStatus=delivered&MessageSid=SM…": names in order, values plain but for a plus in front. */
static const char *signature(const char *url, const char *form)
{
	const char *text = url;
	uint8_t mac[20];

	for (const char *p = form; *p != '\0';) {
		size_t n = strcspn(p, "="), m = strcspn(p + n + 1, "&");

		bool plus = text_starts(p + n + 1, "%2B");
		text = mem_printf(web->mem, "%s%.*s%s%.*s", text, (int)n, p, plus ? "+" : "",
			(int)m - (plus ? 3 : 0), p + n + 1 + (plus ? 3 : 0));
		p += n + 1 + m;
		p += *p == '&';
	}
	hmac_sha1((struct bytes){(const uint8_t *)TOKEN, strlen(TOKEN)},
		(struct bytes){(const uint8_t *)text, strlen(text)}, mac);
	return base64_encode(web->mem, (struct bytes){mac, sizeof(mac)});
}

static int deliver(const char *hook, const char *what, const char *id, const char *form)
{
	struct twilio_request r = {.method = "POST",
		.url = "https://desk.example/hook",
		.body = {(const uint8_t *)form, strlen(form)}};

	r.signature = signature(r.url, form);
	err_clear(web);
	return twilio_receive(web, hook, what, id, &r);
}

static int job(struct ctx *c, void *id)
{
	return twilio_process(c, id);
}

/* Stored, and its job done, twice. */
static void happens(const char *what, const char *id, const char *form)
{
	ck_assert_int_eq(deliver("demo-salon", what, id, form), 1);
	ck_assert_int_eq(deliver("demo-salon", what, id, form), 0);
	struct inbox_event e;

	ck_assert_int_eq(db_one(work, &INBOX_EVENT, &e,
				 "SELECT {cols} FROM inbox_event ORDER BY id DESC LIMIT 1"),
		1);
	for (int i = 0; i < 2; i++)
		ck_assert_msg(
			in_tx(work, job, mem_text(work->mem, e.id)) == 0, "%s", work->err.detail);
}

static const char *status(const char *name)
{
	return mem_printf(web->mem, "MessageSid=" SID "&MessageStatus=%s", name);
}

/* ---- a message that is on its way ---- */

static struct appointment a;

static int book(struct ctx *c, void *none)
{
	struct wish w = {.service_id = HAIRCUT,
		.local_start = wall_of((day_t){(int32_t)(c->now.ms / 86400000) + 41}, 11 * 60),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.name = "Jo Field",
			.phone = "+4915100000001",
			.email = "jo@example.org"},
		.source = SOURCE_PORTAL};
	struct event e = {.id = id_new(c), .kind = EV_APPOINTMENT_BOOKED};

	(void)none;
	while (booking_take(c, &w, &a) < 0) {
		ck_assert_msg(c->err.code == E_SLOT_TAKEN, "%s", c->err.detail);
		err_clear(c);
		w.local_start.min += MINUTES_A_DAY;
	}
	ck_assert_int_eq(db_exec(c, "UPDATE customer SET preferred_channel = 'sms'"), 1);
	e.subject_id = a.id;
	return notify_on_event(c, &e);
}

static const char *sms(void)
{
	struct notification n;

	ck_assert_int_eq(in_tx(work, book, NULL), 0);
	ck_assert_int_eq(db_one(work, &NOTIFICATION, &n,
				 "SELECT {cols} FROM notification WHERE channel = 'sms'"),
		1);
	ck_assert_int_eq(COUNT("1"), 1);
	return n.id;
}

static enum notification_status fate(const char *id)
{
	struct notification n;

	ck_assert_int_eq(notification_get(work, id, &n), 0);
	return n.status;
}

/* ---- tests ---- */

START_TEST(a_status_moves_forward_only)
{
	const char *id = sms();

	happens("status", id, status("queued"));
	ck_assert_int_eq(fate(id), NOTE_QUEUED);
	happens("status", id, status("delivered"));
	ck_assert_int_eq(fate(id), NOTE_DELIVERED);
	happens("status", id, status("sent")); /* late */
	ck_assert_int_eq(fate(id), NOTE_DELIVERED);
	/* what Twilio has taken is not sent again, whatever the sender has seen */
	ck_assert_int_eq(messages_send(work, id), 0);
	struct notification n;
	ck_assert_int_eq(notification_get(work, id, &n), 0);
	ck_assert_str_eq(n.provider_message_id, SID);
	ck_assert_int_gt(n.sent_at.ms, 0);
	ck_assert_int_eq(COUNT("1"), 1);
}
END_TEST

START_TEST(the_next_channel_stands_in_once)
{
	const char *id = sms();

	happens("status", id, status("sent"));
	happens("status", id, "ErrorCode=30006&MessageSid=" SID "&MessageStatus=undelivered");
	ck_assert_int_eq(fate(id), NOTE_UNDELIVERED);
	ck_assert_int_eq(COUNT("channel = 'email' AND status = 'queued'"), 1);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM job j JOIN notification n"
				 " ON n.id = j.ref_id AND n.channel = 'email'"),
		1);
	happens("status", id, status("failed")); /* behind undelivered: nothing new */
	ck_assert_int_eq(fate(id), NOTE_UNDELIVERED);
	ck_assert_int_eq(COUNT("1"), 2);
	ck_assert_int_eq(COUNT("channel = 'sms' AND error LIKE '%30006%'"), 1);
}
END_TEST

START_TEST(a_provider_that_refuses_is_stood_in_for)
{
	const char *id = sms();

	ck_assert_int_eq(db_script(admin,
				 "UPDATE frontdesk_store.integration SET is_active = 0"
				 " WHERE provider = 'twilio'"),
		0);
	int rc = messages_send(work, id);
	ck_assert_int_eq(db_script(admin,
				 "UPDATE frontdesk_store.integration SET is_active = 1"
				 " WHERE provider = 'twilio'"),
		0);
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(fate(id), NOTE_FAILED);
	ck_assert_int_eq(COUNT("channel = 'email' AND status = 'queued'"), 1);
}
END_TEST

static void twilio_is_open(bool denied)
{
	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.breaker (company_id, id, provider, state, "
			"since, retry_at, reason, is_denied) VALUES (?, UUID(), 'twilio', 'open', "
			"NOW(3), NOW(3) + INTERVAL 5 MINUTE, 'Twilio answers 500.', ?)",
			salon(), denied),
		1);
}

static void waits(const char *id)
{
	ck_assert_int_eq(messages_send(work, id), -1);
	ck_assert_int_eq(work->err.code, E_PROVIDER);
	ck_assert_int_gt(work->put_off_ms, 0);
	err_clear(work);
	ck_assert_int_eq(fate(id), NOTE_QUEUED);
}

/* A customer need not wait for an SMS where there is an e-mail address. */
START_TEST(who_can_be_told_otherwise_does_not_wait_for_long)
{
	bool denied = _i == 0;
	const char *id = sms();

	twilio_is_open(denied);
	if (!denied) {
		waits(id);
		ck_assert_int_eq(db_exec(work,
					 "UPDATE notification SET created_at = NOW(3) -"
					 " INTERVAL 16 MINUTE"),
			1);
	}
	ck_assert_msg(messages_send(work, id) == 0, "%s", work->err.detail);
	ck_assert_int_eq(fate(id), NOTE_FAILED);
	ck_assert_int_eq(COUNT("channel = 'email' AND status = 'queued'"), 1);
}
END_TEST

START_TEST(who_cannot_be_told_otherwise_waits)
{
	const char *id = sms();

	twilio_is_open(true);
	if (_i == 0) /* what may have been sent is not said twice */
		ck_assert_int_eq(db_exec(work, "UPDATE notification SET tried_at = NOW(3)"), 1);
	else
		ck_assert_int_eq(db_exec(work, "UPDATE customer SET email = NULL"), 1);
	waits(id);
	ck_assert_int_eq(COUNT("1"), 1);
}
END_TEST

static int cancel(struct ctx *c, void *none)
{
	(void)none;
	return appointment_cancel(c, a.id, NULL, &a);
}

START_TEST(what_was_put_off_and_has_no_point_is_not_sent)
{
	const char *id = sms();

	ck_assert_int_eq(
		db_exec(work, "UPDATE notification SET send_at = NOW(3) WHERE id = ?", id), 1);
	ck_assert_int_eq(in_tx(work, cancel, NULL), 0);
	ck_assert_int_eq(messages_send(work, id), 0);
	ck_assert_int_eq(fate(id), NOTE_FAILED);
	ck_assert_int_eq(COUNT("error LIKE 'The visit was cancelled%'"), 1);
	ck_assert_int_eq(COUNT("1"), 1); /* and no e-mail says it either */
}
END_TEST

START_TEST(only_what_is_signed_is_believed)
{
	const char *id = sms();
	struct twilio_request r = {.method = "POST",
		.url = "https://desk.example/hook",
		.body = {(const uint8_t *)"MessageStatus=failed", 20},
		.signature = "bm8="};

	ck_assert_int_eq(twilio_receive(web, "demo-salon", "status", id, &r), -1);
	ck_assert_int_eq(web->err.code, E_BAD_SIGNATURE);
	ck_assert_int_eq(deliver("no-such-hook", "status", id, status("failed")), -1);
	ck_assert_int_eq(web->err.code, E_BAD_SIGNATURE);
	ck_assert_int_eq(salon_rows("inbox_event"), 0);
	/* another company's message is nothing here: both have the demo's token */
	ck_assert_int_eq(deliver("demo-dental", "status", id, status("failed")), 1);
	work->company = dental();
	struct inbox_event e;
	ck_assert_int_eq(db_one(work, &INBOX_EVENT, &e, "SELECT {cols} FROM inbox_event"), 1);
	ck_assert_int_eq(in_tx(work, job, mem_text(work->mem, e.id)), 0);
	work->company = salon();
	ck_assert_int_eq(fate(id), NOTE_QUEUED);
}
END_TEST

START_TEST(stop_and_start_are_obeyed)
{
	static const char *const STOPS[] = {"STOP", "stop", "Unsubscribe.", "QUIT!", "StopAll"};

	for (size_t i = 0; i < COUNT_OF(STOPS); i++) {
		happens("sms", NULL,
			mem_printf(web->mem, "Body=%s&From=%%2B4915100000001&MessageSid=SM%zu",
				STOPS[i], i * 2));
		ck_assert_int_eq(opted_out(work, CHANNEL_SMS, "+4915100000001"), 1);
		happens("sms", NULL,
			mem_printf(web->mem, "Body=start&From=%%2B4915100000001&MessageSid=SM%zu",
				i * 2 + 1));
		ck_assert_int_eq(opted_out(work, CHANNEL_SMS, "+4915100000001"), 0);
	}
	ck_assert_int_eq(salon_rows("task"), 0);
}
END_TEST

START_TEST(what_somebody_writes_is_a_task)
{
	happens("sms", NULL, "Body=HELP&From=%2B4915100000001&MessageSid=SM1");
	ck_assert_int_eq(salon_rows("task"), 0);
	happens("sms", NULL, "Body=Please stop by&From=%2B4915100000001&MessageSid=SM2");
	ck_assert_int_eq(salon_rows("task"), 1);
	ck_assert_int_eq(opted_out(work, CHANNEL_SMS, "+4915100000001"), 0);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM task WHERE kind = 'sms' AND detail ="
				 " 'Please stop by' AND title LIKE 'SMS from +49 1510%'"),
		1);
}
END_TEST

Suite *suite_fates(void)
{
	Suite *s = suite_create("fates");
	TCase *t = tcase_create("fates");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_status_moves_forward_only);
	tcase_add_test(t, the_next_channel_stands_in_once);
	tcase_add_test(t, a_provider_that_refuses_is_stood_in_for);
	tcase_add_loop_test(t, who_can_be_told_otherwise_does_not_wait_for_long, 0, 2);
	tcase_add_loop_test(t, who_cannot_be_told_otherwise_waits, 0, 2);
	tcase_add_test(t, what_was_put_off_and_has_no_point_is_not_sent);
	tcase_add_test(t, only_what_is_signed_is_believed);
	tcase_add_test(t, stop_and_start_are_obeyed);
	tcase_add_test(t, what_somebody_writes_is_a_task);
	suite_add_tcase(s, t);
	return s;
}
