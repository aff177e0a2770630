/* Messages on their way to Twilio, which answers, refuses, falls silent, or
 * takes a message and never says so. */
#include "core/base/id.h"
#include "core/notify/notify.h"
#include "core/provider/messages.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/http.h"
#include "tests/db/support.h"
#include "tests/unit/server.h"

#define BODY "Your visit is booked. END"
#define CREATED "{\"sid\":\"SM0001\",\"status\":\"queued\"}"

/* What the server does, and what it saw; shared with its process. */
static struct script {
	char answers[4][1024]; /* to POSTs, one after the other; "": tears the line */
	char list[512];        /* to GET; "": tears the line */
	int posts;
	int gets;
	char heard[4096]; /* the last request */
} * script;

static struct ctx *c; /* of the worker, in the salon */
static struct conf conf;
static struct server server;

static void answer(int fd, const char *s)
{
	if (*s == '\0') {
		tear(fd);
		return;
	}
	say(fd, s);
}

static void play(int fd)
{
	char line[4096];
	size_t n = hear(fd, line, sizeof(line), "\r\n");

	if (text_starts(line, "GET")) {
		hear(fd, script->heard, sizeof(script->heard), "\r\n\r\n");
		memcpy(script->heard, line, n < sizeof(script->heard) ? n : 0);
		script->gets++;
		answer(fd, script->list);
		return;
	}
	hear(fd, script->heard, sizeof(script->heard), "END");
	answer(fd, script->answers[script->posts++]);
}

static const char *http(int status, const char *more, const char *body)
{
	return mem_printf(c->mem,
		"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s"
		"Connection: close\r\n\r\n%s",
		status, strlen(body), more, body);
}

static void will_answer(int i, const char *s)
{
	snprintf(script->answers[i], sizeof(script->answers[i]), "%s", s);
}

static void will_list(const char *messages)
{
	snprintf(script->list, sizeof(script->list), "%s",
		http(200, "", mem_printf(c->mem, "{\"messages\":[%s],\"page\":0}", messages)));
}

static void clean(void)
{
	MYSQL *root = raw_connect("root");

	ck_assert_uint_eq(
		raw_run(root, "DELETE FROM frontdesk_store.notification WHERE template = 'test'"),
		0);
	ck_assert_uint_eq(
		raw_run(root,
			"DELETE FROM frontdesk_store.provider_call WHERE provider = 'twilio'"),
		0);
	ck_assert_uint_eq(raw_run(root, "DELETE FROM frontdesk_store.breaker"), 0);
	ck_assert_uint_eq(
		raw_run(root, "DELETE FROM frontdesk_store.event WHERE kind LIKE 'integration.%'"),
		0);
	mysql_close(root);
}

static void setup(void)
{
	c = db_ctx("fd_worker");
	c->company = salon();
	script = shared_memory(sizeof(*script));
	clean();
	http_init();
	server_start(&server, play);
	conf = *c->conf;
	conf.server_sandbox = true;
	conf.twilio_url = mem_printf(c->mem, "http://127.0.0.1:%d", server.port);
	conf.keyring = keyring_load(conf_secret_path(&conf, c->mem, "keyring"));
	ck_assert_ptr_nonnull(conf.keyring);
	c->conf = &conf;
}

static void teardown(void)
{
	clean();
	keyring_delete(conf.keyring);
	server_stop(&server);
	db_ctx_end(c);
}

static const char *add(const char *dedupe_key)
{
	struct notification n = {.id = id_new(c),
		.dedupe_key = dedupe_key,
		.channel = CHANNEL_SMS,
		.template = "test",
		.language = "en",
		.recipient = "+4915100000001",
		.body = BODY};

	ck_assert_int_eq(db_insert(c, &NOTIFICATION, &n), 1);
	return n.id;
}

static struct notification row(const char *id)
{
	struct notification n;

	ck_assert_int_eq(notification_get(c, id, &n), 0);
	return n;
}

/* It may pass: the job goes back, after so many seconds at least. */
static void fails(const char *id, int retry_after_s)
{
	ck_assert_int_eq(messages_send(c, id), -1);
	ck_assert_int_eq(c->err.code, E_PROVIDER);
	ck_assert_int_eq(c->err.retry_after, retry_after_s);
	err_clear(c);
	ck_assert_int_eq(row(id).status, NOTE_QUEUED);
	ck_assert_ptr_nonnull(row(id).error);
}

static void is_sent_as(const char *id, const char *sid)
{
	ck_assert_int_eq(messages_send(c, id), 0);
	ck_assert_int_eq(row(id).status, NOTE_SENT);
	ck_assert_str_eq(row(id).provider_message_id, sid);
	ck_assert_str_eq(row(id).provider, "twilio");
	ck_assert_int_gt(row(id).sent_at.ms, 0);
	ck_assert_int_eq(row(id).tried_at.ms, 0);
}

START_TEST(a_message_is_sent_once)
{
	const char *id = add("a");

	will_answer(0, http(201, "", CREATED));
	is_sent_as(id, "SM0001");
	is_sent_as(id, "SM0001");
	ck_assert_int_eq(script->posts, 1);
	ck_assert_int_eq(script->gets, 0);
	ck_assert_ptr_nonnull(strstr(script->heard,
		"To=%2B4915100000001&From=%2B493023125001&Body=Your%20visit%20is%20booked.%20END"));
	ck_assert_ptr_nonnull(strstr(script->heard, "Authorization: Basic "));
}
END_TEST

START_TEST(what_was_taken_in_silence_is_found_again)
{
	const char *id = add("a");

	fails(id, 20); /* answers[0] is empty: torn after the body */
	ck_assert_int_gt(row(id).tried_at.ms, 0);
	will_list("{\"sid\":\"SM0000\",\"body\":\"another\"},{\"sid\":\"SM0002\",\"body\":\"" BODY
		  "\"}");
	is_sent_as(id, "SM0002");
	ck_assert_int_eq(script->posts, 1);
	ck_assert_int_eq(script->gets, 1);
	ck_assert_ptr_nonnull(strstr(script->heard, "To=%2B4915100000001&From=%2B493023125001"));
}
END_TEST

START_TEST(a_crash_after_sending_asks_first)
{
	const char *id = add("a");

	ck_assert_int_eq(notification_trying(c, id), 0); /* and then nothing */
	will_list("{\"sid\":\"SM0002\",\"body\":\"" BODY "\"}");
	is_sent_as(id, "SM0002");
	ck_assert_int_eq(script->posts, 0);
}
END_TEST

START_TEST(a_crash_may_leave_a_request_on_its_way)
{
	const char *id = add("a");

	ck_assert_int_eq(notification_trying(c, id), 0);
	will_list("");
	fails(id, 20);
	ck_assert_int_eq(script->posts, 0);
	c->now.ms += 21000;
	will_answer(0, http(201, "", CREATED));
	is_sent_as(id, "SM0001");
	ck_assert_int_eq(script->posts, 1);
}
END_TEST

START_TEST(what_was_not_taken_is_sent_again)
{
	const char *other = add("a"), *id = add("b");

	will_answer(0, http(201, "", CREATED));
	is_sent_as(other, "SM0001"); /* the same words to the same number */
	fails(id, 20);
	will_list("{\"sid\":\"SM0001\",\"body\":\"" BODY "\"}");
	c->now.ms += 21000;
	will_answer(2, http(201, "", "{\"sid\":\"SM0003\"}"));
	is_sent_as(id, "SM0003");
	ck_assert_int_eq(script->posts, 3);
}
END_TEST

START_TEST(without_a_list_nothing_is_sent)
{
	const char *id = add("a");

	fails(id, 20);
	fails(id, 20); /* the list is torn too */
	snprintf(script->list, sizeof(script->list), "%s", http(500, "", "{}"));
	fails(id, 20);
	snprintf(script->list, sizeof(script->list), "%s", http(200, "", "{\"messages\":7}"));
	fails(id, 20);
	ck_assert_int_eq(script->posts, 1);
	ck_assert_int_eq(script->gets, 3);
	ck_assert_int_gt(row(id).tried_at.ms, 0);
}
END_TEST

START_TEST(refusals_are_final_or_not)
{
	static const struct {
		int status;
		const char *headers, *body;
		enum notification_status fate; /* QUEUED: again */
		int retry_after;
		bool unknown;
	} CASES[] = {
		{400, "", "{\"code\":21211,\"message\":\"Invalid 'To'\"}", NOTE_FAILED, 0, false},
		{400, "", "{\"code\":21614,\"message\":\"not mobile\"}", NOTE_FAILED, 0, false},
		{400, "", "{\"code\":21610,\"message\":\"unsubscribed\"}", NOTE_OPTED_OUT, 0,
			false},
		{400, "", "not json", NOTE_FAILED, 0, false},
		{429, "Retry-After: 7\r\n", "{\"code\":20429}", NOTE_QUEUED, 7, false},
		{400, "", "{\"code\":21611,\"message\":\"queue full\"}", NOTE_QUEUED, 0, false},
		{401, "", "{\"code\":20003,\"message\":\"Authenticate\"}", NOTE_QUEUED, 0, false},
		{302, "Location: /again\r\n", "", NOTE_QUEUED, 20, true},
		{500, "", "{\"code\":20500}", NOTE_QUEUED, 20, true},
		{503, "Retry-After: 90\r\n", "", NOTE_QUEUED, 90, true},
		{200, "", "<html>", NOTE_QUEUED, 20, true},
	};
	const char *id = add("a");

	will_answer(0, http(CASES[_i].status, CASES[_i].headers, CASES[_i].body));
	if (CASES[_i].fate == NOTE_QUEUED) {
		fails(id, CASES[_i].retry_after);
		ck_assert_int_eq(row(id).tried_at.ms != 0, CASES[_i].unknown);
		return;
	}
	ck_assert_int_eq(messages_send(c, id), 0);
	ck_assert_int_eq(row(id).status, CASES[_i].fate);
	ck_assert_ptr_nonnull(row(id).error);
	ck_assert_int_eq(row(id).sent_at.ms, 0);
	ck_assert_int_eq(messages_send(c, id), 0); /* and stays so */
	ck_assert_int_eq(script->posts, 1);
}
END_TEST

/* What a provider says is cut to its column, and may be no text at all. */
START_TEST(a_refusal_in_any_bytes_is_final)
{
	const char *long_words = mem_printf(c->mem, "x%0298dää", 0); /* cut inside of an ä */
	const char *id = add("a");

	will_answer(0,
		http(400, "",
			mem_printf(c->mem, "{\"code\":21211,\"message\":\"%s\"}", long_words)));
	ck_assert_int_eq(messages_send(c, id), 0);
	ck_assert_int_eq(row(id).status, NOTE_FAILED);
	ck_assert_int_eq(notification_again(c, add("b"), "caf\xe9 is full", false), 0);
}
END_TEST

START_TEST(nobody_listens)
{
	const char *id = add("a");

	server_stop(&server);
	fails(id, 0);
	ck_assert_int_eq(row(id).tried_at.ms, 0); /* surely not sent */
	server_listen(&server);
}
END_TEST

Suite *suite_sms(void)
{
	Suite *s = suite_create("sms");
	TCase *t = tcase_create("sms");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_message_is_sent_once);
	tcase_add_test(t, what_was_taken_in_silence_is_found_again);
	tcase_add_test(t, a_crash_after_sending_asks_first);
	tcase_add_test(t, a_crash_may_leave_a_request_on_its_way);
	tcase_add_test(t, what_was_not_taken_is_sent_again);
	tcase_add_test(t, without_a_list_nothing_is_sent);
	tcase_add_loop_test(t, refusals_are_final_or_not, 0, 10);
	tcase_add_test(t, a_refusal_in_any_bytes_is_final);
	tcase_add_test(t, nobody_listens);
	suite_add_tcase(s, t);
	return s;
}
