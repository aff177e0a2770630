/* Signatures of Twilio and SendGrid, by their recorded deliveries; and forms. */
#include "core/provider/sendgrid.h"
#include "core/provider/twilio.h"
#include "core/sys/form.h"
#include "core/sys/json.h"
#include "tests/unit/unit.h"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static const struct json *vectors(const char *path)
{
	const struct json *all;
	FILE *f = fopen(path, "rb");

	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	uint8_t *p = mem_alloc(c->mem, 1 << 20);
	size_t n = fread(p, 1, 1 << 20, f);
	fclose(f);
	ck_assert_int_eq(json_parse(c, (struct bytes){p, n}, &all), 0);
	ck_assert_uint_gt(json_count(all), 8);
	return all;
}

static const char *header(const struct json *vector, const char *name)
{
	return json_text(json_get(vector, "headers"), name);
}

static struct bytes text_bytes(const char *s)
{
	return bytes_of(s == NULL ? "" : s);
}

static void verdict(const struct json *v, const char *why)
{
	bool valid;

	ck_assert(json_bool(v, "valid", &valid));
	ck_assert_msg((why == NULL) == valid, "%s: %s", json_text(v, "name"),
		why == NULL ? "was taken" : why);
}

static struct twilio_request request_of(const struct json *v)
{
	const char *method = json_text(v, "method"), *form = json_text(v, "form_body");

	return (struct twilio_request){
		.method = method == NULL ? "POST" : method,
		.url = json_text(v, "url"),
		.type = header(v, "Content-Type"),
		.signature = header(v, "X-Twilio-Signature"),
		.body = text_bytes(form != NULL ? form : json_text(v, "body")),
	};
}

START_TEST(every_delivery_of_twilio_has_its_verdict)
{
	for (const struct json *v = json_first(vectors("tests/hook/twilio.json")); v != NULL;
		v = json_next(v)) {
		struct twilio_request r = request_of(v);

		verdict(v, twilio_verify(c->mem, text_bytes(json_text(v, "secret")), &r));
	}
}
END_TEST

START_TEST(no_bit_of_a_delivery_can_change)
{
	const struct json *v = json_at(vectors("tests/hook/twilio.json"), 1);
	struct bytes key = text_bytes(json_text(v, "secret"));
	struct twilio_request r = request_of(v);
	char *body = mem_text(c->mem, (const char *)r.body.p);

	ck_assert_ptr_null(twilio_verify(c->mem, key, &r));
	r.body.p = (const uint8_t *)body;
	for (size_t i = 0; i < r.body.n * 8; i++) {
		struct mem_mark mark = mem_mark(c->mem);

		body[i / 8] = (char)(body[i / 8] ^ 1 << i % 8);
		/* "%2B" and "%2b" are the same plus */
		if (strcasecmp(body, json_text(v, "form_body")) != 0)
			ck_assert_msg(twilio_verify(c->mem, key, &r) != NULL, "bit %zu", i);
		body[i / 8] = (char)(body[i / 8] ^ 1 << i % 8);
		mem_release(c->mem, mark);
	}
	r.method = "GET"; /* whose body is none */
	ck_assert_ptr_nonnull(twilio_verify(c->mem, key, &r));
}
END_TEST

START_TEST(every_delivery_of_sendgrid_has_its_verdict)
{
	for (const struct json *v = json_first(vectors("tests/hook/sendgrid-events.json"));
		v != NULL; v = json_next(v))
		verdict(v,
			sendgrid_verify(c->mem, text_bytes(json_text(v, "secret")),
				header(v, "X-Twilio-Email-Event-Webhook-Signature"),
				header(v, "X-Twilio-Email-Event-Webhook-Timestamp"),
				text_bytes(json_text(v, "body"))));
}
END_TEST

START_TEST(what_is_no_key_verifies_nothing)
{
	static const char *const KEYS[] = {"", "key", "AAAA",
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
		/* of another kind: Ed25519 */
		"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="};
	const struct json *v = json_at(vectors("tests/hook/sendgrid-events.json"), 0);

	for (size_t i = 0; i < COUNT_OF(KEYS); i++)
		ck_assert_ptr_nonnull(sendgrid_verify(c->mem, bytes_of(KEYS[i]),
			header(v, "X-Twilio-Email-Event-Webhook-Signature"),
			header(v, "X-Twilio-Email-Event-Webhook-Timestamp"),
			text_bytes(json_text(v, "body"))));
}
END_TEST

START_TEST(forms_are_read)
{
	static const char FORM[] = "a=1&b=x+y%21&&c&=d&e=%zz%4&f=%00g&b=2&g=gr%C3%BC%C3%9F";
	struct form f;

	ck_assert(form_decode(c->mem, bytes_of(FORM), &f));
	ck_assert_uint_eq(f.n, 8);
	ck_assert_str_eq(form_text(&f, "a"), "1");
	ck_assert_str_eq(form_text(&f, "b"), "x y!");
	ck_assert_str_eq(form_text(&f, "c"), "");
	ck_assert_str_eq(form_text(&f, ""), "d");
	ck_assert_str_eq(form_text(&f, "e"), "%zz%4");
	ck_assert_ptr_null(form_text(&f, "f")); /* a NUL is no text */
	ck_assert_str_eq(form_text(&f, "g"), "grüß");
	ck_assert_ptr_null(form_text(&f, "h"));
	const char *many = "";
	for (int i = 0; i < FORM_PAIRS_MAX / 50; i++)
		many = mem_printf(c->mem,
			"%sa&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&"
			"a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&",
			many);
	ck_assert(form_decode(c->mem, bytes_of(many), &f));
	ck_assert(!form_decode(c->mem, bytes_of(mem_printf(c->mem, "%sa", many)), &f));
}
END_TEST

Suite *suite_webhooks(void)
{
	Suite *s = suite_create("webhooks");
	TCase *t = tcase_create("webhooks");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_delivery_of_twilio_has_its_verdict);
	tcase_add_test(t, no_bit_of_a_delivery_can_change);
	tcase_add_test(t, every_delivery_of_sendgrid_has_its_verdict);
	tcase_add_test(t, what_is_no_key_verifies_nothing);
	tcase_add_test(t, forms_are_read);
	suite_add_tcase(s, t);
	return s;
}
