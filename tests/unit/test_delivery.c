/* Outgoing webhooks, as far as they need no database: signatures, the schedule,
 * addresses, and what is posted. */
#include "core/delivery/delivery.h"
#include "core/delivery/endpoint.h"
#include "core/delivery/events.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/json.h"
#include "tests/unit/unit.h"

static struct ctx *c;
static struct conf conf;

static void setup(void)
{
	c = unit_ctx();
	conf = (struct conf){.webhooks_allow = ""};
	c->conf = &conf;
}

static void teardown(void)
{
	unit_ctx_end(c);
}

/* ---- signatures ---- */

/* Made with the library "standardwebhooks". */
START_TEST(the_known_answer_comes_out)
{
	struct bytes key;
	const char *body = "{\"type\":\"call.completed\",\"timestamp\":"
			   "\"2026-01-01T00:00:00.000000Z\",\"data\":{\"id\":\"call_01HTEST\","
			   "\"duration_s\":184,\"outcome\":\"booked\"}}";

	ck_assert(base64_decode(c->mem, "AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw=", &key));
	ck_assert_str_eq(delivery_signature(
				 c->mem, key, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1767225600, body),
		"v1,cFYlHsuLm6Xx0/pw6QlKcNFN2do7qrw3GptYDQmGUIk=");
	ck_assert_str_ne(delivery_signature(
				 c->mem, key, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1767225601, body),
		"v1,cFYlHsuLm6Xx0/pw6QlKcNFN2do7qrw3GptYDQmGUIk=");
}
END_TEST

/* ---- the schedule ---- */

START_TEST(tries_are_made_for_three_days)
{
	static const int64_t SECONDS[] = {5, 300, 1800, 7200, 18000, 36000, 36000};
	int64_t sum = 0, tries = 1;

	for (size_t i = 0; i < COUNT_OF(SECONDS); i++)
		ck_assert_int_eq(delivery_delay_ms((int64_t)i + 1), SECONDS[i] * 1000);
	for (int64_t ms; (ms = delivery_delay_ms(tries)) > 0; tries++)
		sum += ms;
	ck_assert_int_eq(tries, 12);
	ck_assert_int_eq(delivery_delay_ms(tries), -1);
	ck_assert_int_eq(delivery_delay_ms(1000000), -1);
	/* with all the jitter, too */
	ck_assert_int_gt(sum, INT64_C(60) * 3600000);
	ck_assert_int_lt(sum + sum / 10, INT64_C(75) * 3600000);
}
END_TEST

START_TEST(an_endpoint_that_fails_is_left_alone_for_longer_and_longer)
{
	ck_assert_int_eq(delivery_pause_ms(1), 5000);
	ck_assert_int_eq(delivery_pause_ms(2), 10000);
	ck_assert_int_eq(delivery_pause_ms(7), 300000);
	ck_assert_int_eq(delivery_pause_ms(INT32_MAX), 300000);
}
END_TEST

/* ---- addresses ---- */

static const char *objection(const char *url)
{
	int rc = address_check(c, "url", url);
	const char *why = rc == 0 ? NULL : c->err.fields[c->err.n_fields - 1].message;

	ck_assert(rc == 0 || strcmp(c->err.fields[c->err.n_fields - 1].field, "url") == 0);
	err_clear(c);
	return why;
}

static const char *const GOOD[] = {
	"https://example.com",
	"HTTPS://Example.COM/hooks?x=1&y=%20",
	"https://hooks.zapier.com/hooks/standard/123/abc/",
	"https://example.com:443/",
	"https://8.8.8.8/",
	"https://[2606:4700::1111]/x",
	"https://xn--bcher-kva.example/a_b-c.d~e",
	"https://10.0.0.1.example.com/",
	"https://notlocalhost/",
};

START_TEST(addresses_that_can_be_posted_to)
{
	for (size_t i = 0; i < COUNT_OF(GOOD); i++)
		ck_assert_msg(objection(GOOD[i]) == NULL, "%s: %s", GOOD[i], objection(GOOD[i]));
}
END_TEST

#define PRIVATE "is not a public address"
#define NO_HOST "names no host"

static const struct {
	const char *url;
	const char *why;
} BAD[] = {
	{"http://example.com/", "must begin with https://"},
	{"ftp://example.com/", "must begin with https://"},
	{"file:///etc/passwd", "must begin with https://"},
	{"//example.com", "must begin with https://"},
	{"example.com", "must begin with https://"},
	{"", "must begin with https://"},
	{"https:/example.com", "must begin with https://"},
	{"https://", NO_HOST},
	{"https:///x", NO_HOST},
	{"https://:443/", NO_HOST},
	{"https://exa mple.com/", NO_HOST},
	{"https://ex%61mple.com/", NO_HOST},
	{"https://b\xC3\xBC"
	 "cher.example/",
		NO_HOST},
	{"https://\xE2\x91\xA0.example/", NO_HOST},
	{"https://example.com\\@127.0.0.1/", "must not hold a name or password"},
	{"https://user:secret@example.com/", "must not hold a name or password"},
	{"https://user@example.com/", "must not hold a name or password"},
	{"https://example.com#@127.0.0.1/", "must not have a part behind #"},
	{"https://example.com/#x", "must not have a part behind #"},
	{"https://example.com/\\x", "holds a character that must be encoded"},
	{"https://example.com/a b", "holds a character that must be encoded"},
	{"https://example.com/\n", "holds a character that must be encoded"},
	{"https://example.com:0/", "has a port that is none"},
	{"https://example.com:65536/", "has a port that is none"},
	{"https://example.com:x/", "has a port that is none"},
	{"https://example.com:/", "has a port that is none"},
	{"https://example.com:8443/", "must use port 443"},
	{"https://example.com:22/", "must use port 443"},
	/* this machine, in every spelling that a resolver takes */
	{"https://127.0.0.1/", PRIVATE},
	{"https://127.1/", PRIVATE},
	{"https://127.255.255.254/", PRIVATE},
	{"https://2130706433/", PRIVATE},
	{"https://0x7f000001/", PRIVATE},
	{"https://0x7F.0.0.1/", PRIVATE},
	{"https://0177.0.0.1/", PRIVATE},
	{"https://017700000001/", PRIVATE},
	{"https://127.0.0.1./", PRIVATE},
	{"https://0/", PRIVATE},
	{"https://0.0.0.0/", PRIVATE},
	{"https://localhost/", PRIVATE},
	{"https://LOCALHOST./", PRIVATE},
	{"https://x.localhost/", PRIVATE},
	{"https://[::1]/", PRIVATE},
	{"https://[::]/", PRIVATE},
	{"https://[::ffff:127.0.0.1]/", PRIVATE},
	{"https://[::ffff:7f00:1]/", PRIVATE},
	{"https://[64:ff9b::7f00:1]/", PRIVATE},
	/* its neighbours */
	{"https://10.0.0.1/", PRIVATE},
	{"https://192.168.1.1/", PRIVATE},
	{"https://172.16.0.1/", PRIVATE},
	{"https://100.64.0.1/", PRIVATE},
	{"https://169.254.169.254/latest/meta-data/", PRIVATE},
	{"https://2852039166/", PRIVATE},
	{"https://0xA9FEA9FE/", PRIVATE},
	{"https://[fe80::1]/", PRIVATE},
	{"https://[fd00:ec2::254]/", PRIVATE},
	{"https://224.0.0.1/", PRIVATE},
	{"https://255.255.255.255/", PRIVATE},
	{"https://[fe80::1%25eth0]/", NO_HOST},
	{"https://[127.0.0.1]/", PRIVATE},
	{"https://[::1/", NO_HOST},
	{"https://[::1]x/", NO_HOST},
	{"https://[xyz]/", NO_HOST},
};

START_TEST(addresses_that_cannot)
{
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		const char *why = objection(BAD[i].url);

		ck_assert_msg(
			why != NULL && text_starts(why, BAD[i].why), "%s: %s", BAD[i].url, why);
	}
}
END_TEST

START_TEST(an_operator_may_allow_networks)
{
	struct network all[ENDPOINT_NETWORKS_MAX];

	conf.webhooks_allow = "10.1.0.0/16, fd00::/8,nonsense  192.168.7.7";
	ck_assert_uint_eq(address_allowed(c, all), 3);
	ck_assert_ptr_null(objection("https://10.1.2.3/"));
	ck_assert_ptr_null(objection("https://10.1.2.3:8443/"));
	ck_assert_ptr_null(objection("https://[fd12::1]/"));
	ck_assert_ptr_null(objection("https://192.168.7.7:1/"));
	ck_assert_str_eq(objection("https://10.2.0.1/"), PRIVATE);
	ck_assert_str_eq(objection("https://127.0.0.1/"), PRIVATE);
	ck_assert_str_eq(objection("http://10.1.2.3/"), "must begin with https://");
	/* an inner name may lead there, and to another port there only */
	ck_assert_ptr_null(objection("https://hooks.corp.example:8443/"));
}
END_TEST

START_TEST(the_sandbox_is_this_machine)
{
	conf.server_sandbox = true;
	ck_assert_ptr_null(objection("http://127.0.0.1:8080/x"));
	ck_assert_ptr_null(objection("http://localhost:8080/x"));
	ck_assert_ptr_null(objection("http://[::1]:8080/x"));
	ck_assert_str_eq(objection("http://10.0.0.1/"), "must begin with https://");
	ck_assert_str_eq(objection("https://10.0.0.1/"), PRIVATE);
	ck_assert_str_eq(objection("http://example.com/"), "must begin with https://");
}
END_TEST

/* ---- what is posted ---- */

static const struct json *parsed(const char *text)
{
	const struct json *j;

	ck_assert_msg(json_parse(c, bytes_of(text), &j) == 0, "%s", text);
	return j;
}

START_TEST(what_is_posted_has_an_envelope_or_none)
{
	struct told t = {"call.ended", {INT64_C(1767225600000)}, "7", "{\"id\":\"7\"}"};

	ck_assert_str_eq(event_body(c, &t, FORMAT_ENVELOPE),
		"{\"type\":\"call.ended\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":"
		"{\"id\":\"7\"}}");
	ck_assert_str_eq(event_body(c, &t, FORMAT_FLAT), "{\"id\":\"7\"}");
}
END_TEST

START_TEST(what_is_too_large_is_told_by_its_id)
{
	char *x = mem_alloc(c->mem, DELIVERY_BODY_MAX + 1);
	struct told t = {"call.ended", {INT64_C(1767225600000)}, "7", NULL};

	memset(x, 'x', DELIVERY_BODY_MAX - 200);
	t.data = mem_printf(c->mem, "{\"summary\":\"%s\"}", x);
	ck_assert_uint_gt(strlen(event_body(c, &t, FORMAT_ENVELOPE)), DELIVERY_BODY_MAX - 200);
	memset(x, 'x', DELIVERY_BODY_MAX - 20);
	t.data = mem_printf(c->mem, "{\"summary\":\"%s\"}", x);
	ck_assert_str_eq(event_body(c, &t, FORMAT_ENVELOPE),
		"{\"type\":\"call.ended\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":"
		"{\"id\":\"7\",\"truncated\":true}}");
}
END_TEST

/* By the page about the API, which names them. */
START_TEST(what_is_offered_is_what_was_promised)
{
	struct texts all = public_events(c);

	ck_assert_str_eq(texts_list(c->mem, &all),
		"call.started,call.ended,call.analyzed,appointment.booked,"
		"appointment.rescheduled,appointment.cancelled,appointment.completed,"
		"appointment.no_show,customer.created,customer.updated,"
		"number.unassigned_call,integration.failed,integration.recovered");
	ck_assert(!event_is_public(EV_TIME_FREED) && !event_is_public(EV_API_KEY_REMINDER));
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		if (!event_is_public((enum event_kind)i))
			continue;
		const struct json *j = parsed(event_example(c, (enum event_kind)i));

		ck_assert(json_get(j, "id") != NULL || json_get(j, "provider") != NULL);
	}
	ck_assert_str_eq(
		json_text(parsed(event_example(c, EV_APPOINTMENT_RESCHEDULED)), "old_local_start"),
		"2026-11-30T11:00");
	ck_assert_str_eq(json_text(parsed(event_example(c, EV_APPOINTMENT_CANCELLED)), "status"),
		"cancelled");
}
END_TEST

Suite *suite_delivery(void)
{
	Suite *s = suite_create("delivery");
	TCase *t = tcase_create("delivery");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_known_answer_comes_out);
	tcase_add_test(t, tries_are_made_for_three_days);
	tcase_add_test(t, an_endpoint_that_fails_is_left_alone_for_longer_and_longer);
	tcase_add_test(t, addresses_that_can_be_posted_to);
	tcase_add_test(t, addresses_that_cannot);
	tcase_add_test(t, an_operator_may_allow_networks);
	tcase_add_test(t, the_sandbox_is_this_machine);
	tcase_add_test(t, what_is_posted_has_an_envelope_or_none);
	tcase_add_test(t, what_is_too_large_is_told_by_its_id);
	tcase_add_test(t, what_is_offered_is_what_was_promised);
	suite_add_tcase(s, t);
	return s;
}
