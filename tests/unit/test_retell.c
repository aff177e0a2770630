#include "core/base/id.h"
#include "core/provider/retell.h"
#include "core/provider/retell_wire.h"
#include "core/sys/crypto.h"
#include "core/sys/json.h"
#include "tests/unit/unit.h"

#define KEY "key_test_123"
#define NOW INT64_C(1767225601500)

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

/* ---- signatures ---- */

static struct bytes file_bytes(const char *path)
{
	FILE *f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	uint8_t *p = mem_alloc(c->mem, 1 << 20);
	size_t n = fread(p, 1, 1 << 20, f);

	fclose(f);
	return (struct bytes){p, n};
}

static const char *header_of(const struct json *vector)
{
	const struct json *h = json_first(json_get(vector, "headers"));

	for (; h != NULL; h = json_next(h)) {
		if (strcasecmp(json_key(h), "x-retell-signature") == 0)
			return json_string(h);
	}
	return NULL;
}

START_TEST(every_vector_has_its_verdict)
{
	const struct json *all;
	size_t n = 0;

	ck_assert_int_eq(json_parse(c, file_bytes("tests/hook/retell.json"), &all), 0);
	for (const struct json *v = json_first(all); v != NULL; v = json_next(v), n++) {
		bool valid = false, quirk = false;
		ts_t now;

		ck_assert(json_int(v, "now_ms", &now.ms) && json_bool(v, "valid", &valid));
		const char *why = retell_verify(bytes_of(json_text(v, "secret")), header_of(v),
			bytes_of(json_text(v, "body")), now);
		json_bool(v, "quirk", &quirk);
		ck_assert_msg(quirk || (why == NULL) == valid, "%s: %s", json_text(v, "name"),
			why == NULL ? "was taken for valid" : why);
	}
	ck_assert_uint_ge(n, 17);
}
END_TEST

START_TEST(the_published_check_holds)
{
	ck_assert_ptr_null(retell_verify(bytes_of("test-api-key"),
		"v=1700000000000,d="
		"07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e",
		bytes_of("{\"event\":\"call_ended\"}"), (ts_t){INT64_C(1700000000000)}));
}
END_TEST

static const char *sign(struct bytes body, const char *digits)
{
	uint8_t digest[SHA256_SIZE];

	hmac_sha256(bytes_of(KEY), body, bytes_of(digits), digest);
	return mem_printf(c->mem, "v=%s,d=%s", digits,
		hex_encode(c->mem, (struct bytes){digest, sizeof(digest)}));
}

/* Every bit of header and body counts, but for the case of letters. */
START_TEST(a_flipped_bit_is_refused)
{
	char body[] = "{\"event\":\"call_ended\",\"call\":{\"call_id\":\"call_1\"}}";
	const char *right = sign(bytes_of(body), "1767225600000");
	size_t n = strlen(right);

	ck_assert_ptr_null(retell_verify(bytes_of(KEY), right, bytes_of(body), (ts_t){NOW}));
	for (size_t i = 0; i < 8 * n; i++) {
		char *wrong = mem_text(c->mem, right);

		wrong[i / 8] = (char)(wrong[i / 8] ^ (1 << i % 8));
		if (strcasecmp(wrong, right) == 0)
			continue;
		ck_assert_msg(
			retell_verify(bytes_of(KEY), wrong, bytes_of(body), (ts_t){NOW}) != NULL,
			"%s", wrong);
	}
	for (size_t i = 0; i < 8 * (sizeof(body) - 1); i++) {
		body[i / 8] = (char)(body[i / 8] ^ (1 << i % 8));
		ck_assert_ptr_nonnull(retell_verify(bytes_of(KEY), right,
			(struct bytes){(uint8_t *)body, sizeof(body) - 1}, (ts_t){NOW}));
		body[i / 8] = (char)(body[i / 8] ^ (1 << i % 8));
	}
}
END_TEST

START_TEST(odd_headers_are_refused)
{
	static const char *const ODD[] = {"", "v", "v=", "v=,d=", "v=1", "v=1,", "v=1,d",
		"v=1,d=", "d=1,v=1",
		"v=-1,d=", "v=99999999999999999999,d=", "v=1767225600000,e=00"};
	struct bytes body = bytes_of("{}");

	for (size_t i = 0; i < COUNT_OF(ODD); i++)
		ck_assert_ptr_nonnull(retell_verify(bytes_of(KEY), ODD[i], body, (ts_t){NOW}));
	const char *right = sign(body, "1767225600000");
	ck_assert_ptr_nonnull(retell_verify(bytes_of(""), right, body, (ts_t){NOW}));
	ck_assert_ptr_nonnull(
		retell_verify(bytes_of(KEY), mem_printf(c->mem, "%s ", right), body, (ts_t){NOW}));
}
END_TEST

/* ---- what the inbox needs ---- */

static struct inbox_event peek(const char *body)
{
	struct inbox_event e;

	retell_peek(c, bytes_of(body), &e);
	ck_assert_int_eq(c->err.code, E_OK);
	ck_assert_str_eq(e.provider, "retell");
	ck_assert_uint_le(strlen(e.dedupe_key), 200);
	ck_assert_uint_le(strlen(e.event), 60);
	return e;
}

START_TEST(the_life_of_a_call_is_told_once)
{
	struct inbox_event e = peek("{\"event\":\"call_ended\",\"call\":{\"call_id\":\"call_A\"}}");

	ck_assert_str_eq(e.event, "call_ended");
	ck_assert_str_eq(e.external_id, "call_A");
	ck_assert_str_eq(e.dedupe_key, "call_ended:call_A");
}
END_TEST

START_TEST(other_events_are_told_apart_by_their_bytes)
{
	struct inbox_event a =
		peek("{\"event\":\"transcript_updated\",\"call\":{\"call_id\":\"x\"}}");
	struct inbox_event b =
		peek("{\"event\":\"transcript_updated\",\"call\":{\"call_id\":\"x\"}} ");

	ck_assert_str_eq(a.event, "transcript_updated");
	ck_assert_str_eq(a.external_id, "x");
	ck_assert_str_ne(a.dedupe_key, b.dedupe_key);
	ck_assert(text_starts(a.dedupe_key, "transcript_updated:"));
}
END_TEST

/* One that cannot be read must never stand in the way of one that can. */
START_TEST(what_cannot_be_read_is_kept_by_its_digest)
{
	static const char *const BODIES[] = {"", "{", "null", "[]", "42", "\"call_ended\"",
		"\xff\xfe", "{\"event\":\"call_ended\",\"call\":{\"call_id\":\"x\"}",
		"{\"event\":\"call_ended\",\"event\":\"x\",\"call\":{\"call_id\":\"x\"}}",
		"{\"event\":\"call_ended\",\"call\":{\"call_id\":\"x\\u0000\"}}",
		"{\"event\":\"call_ended\",\"call\":{\"call_id\":\"x\"}}{}",
		"{\"event\":\"call_ended\",\"call\":{\"call_id\":\"\\"};

	for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
		struct inbox_event e = peek(BODIES[i]);

		ck_assert_str_eq(e.event, "unreadable");
		ck_assert_ptr_null(e.external_id);
		ck_assert(text_starts(e.dedupe_key, "unreadable:"));
	}
}
END_TEST

START_TEST(members_of_odd_types_say_nothing)
{
	static const char *const BODIES[] = {"{}", "{\"event\":7,\"call\":[]}",
		"{\"event\":null,\"call\":null}", "{\"event\":{},\"call\":\"call_1\"}",
		"{\"event\":\"\",\"call\":{\"call_id\":12}}",
		"{\"event\":\"caf\xc3\xa9\",\"call\":{\"call_id\":\"\xc3\xa9\"}}"};

	for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
		struct inbox_event e = peek(BODIES[i]);

		ck_assert_str_eq(e.event, "unnamed");
		ck_assert_ptr_null(e.external_id);
	}
	struct inbox_event e = peek(mem_printf(
		c->mem, "{\"event\":\"call_ended\",\"call\":{\"call_id\":\"%0129d\"}}", 1));

	ck_assert_ptr_null(e.external_id);
	ck_assert(text_starts(e.dedupe_key, "call_ended:"));
	ck_assert_uint_eq(strlen(e.dedupe_key), strlen("call_ended:") + 64);
}
END_TEST

START_TEST(depth_and_width_are_bounded)
{
	struct buf deep = buf_new(c->mem, 1 << 20), wide = buf_new(c->mem, 4 << 20);

	for (int i = 0; i < 200000; i++)
		buf_char(&deep, '[');
	buf_text_add(&wide, "{\"event\":\"call_ended\",\"x\":[0");
	for (int i = 0; i < 1000000; i++)
		buf_text_add(&wide, ",0");
	buf_text_add(&wide, "]}");
	size_t before = arena_used(c->mem);

	ck_assert_str_eq(peek(buf_text(&deep)).event, "unreadable");
	ck_assert_str_eq(peek(buf_text(&wide)).event, "unreadable");
	ck_assert_uint_le(arena_used(c->mem) - before, 1 << 20);
}
END_TEST

/* Eight hours of word timings are a body of 8 MiB, and no trouble. */
START_TEST(word_timings_cost_no_memory)
{
	struct buf b = buf_new(c->mem, 9 << 20);
	struct retell_event e;

	buf_text_add(
		&b, "{\"event\":\"call_ended\",\"call\":{\"transcript\":\"Agent: \\\"]}\\\\\",");
	buf_text_add(&b, "\"transcript_object\":[{\"words\":[");
	while (b.n < 8 << 20)
		buf_text_add(&b, "{\"word\":\"}]\\\"\",\"start\":0.41,\"end\":0.79},");
	buf_text_add(&b, "null]}],\"call_id\":\"call_long\"}}");
	size_t before = arena_used(c->mem);

	ck_assert_int_eq(retell_read(c, (struct bytes){(uint8_t *)b.p, b.n}, &e), 0);
	ck_assert_str_eq(e.facts.provider_call_id, "call_long");
	ck_assert_str_eq(e.facts.transcript, "Agent: \"]}\\");
	ck_assert_uint_le(arena_used(c->mem) - before, 1 << 20);
}
END_TEST

/* ---- whose secret may have signed it ---- */

static const char *address(const char *body)
{
	const char *number, *agent;

	retell_peek_address(c, bytes_of(body), &number, &agent);
	return mem_printf(c->mem, "%s %s", number ? number : "-", agent ? agent : "-");
}

START_TEST(number_and_agent_are_found_without_parsing)
{
	ck_assert_str_eq(address("{\"call\":{\"agent_id\":\"a\",\"from_number\":\"+1\","
				 "\"to_number\" : \"+2\"}}"),
		"+2 a");
	ck_assert_str_eq(address("{\"call\":{\"direction\":\"outbound\",\"from_number\":\"+1\","
				 "\"to_number\":\"+2\"}}"),
		"+1 -");
	ck_assert_str_eq(address("{\"x\":{\"call\":{\"to_number\":\"+9\"}},\"call\":"
				 "{\"y\":[{\"to_number\":\"+8\"}],\"to_number\":\"+2\"}}"),
		"+2 -");
	ck_assert_str_eq(
		address("{\"call\":{\"z\":\"\\\"to_number\\\":\",\"to_number\":\"+2\""), "+2 -");
}
END_TEST

START_TEST(hostile_bodies_have_no_address)
{
	static const char *const BODIES[] = {"", "{", "{\"", "{\"call", "{\"call\"",
		"{\"call\":", "{\"call\":{", "{\"call\":{\"to_number",
		"{\"call\":{\"to_number\":", "{\"call\":{\"to_number\":\"",
		"{\"call\":{\"to_number\":12}}", "{\"call\":{\"to_number\":\"\"}}",
		"{\"call\":{\"to_number\":\"+\\u0031\"}}", "{\"call\":{\"to_number\":\"\xff\"}}",
		"[{\"call\":{\"to_number\":\"+2\"}}]", "{\"call\":[\"to_number\",\"+2\"]}",
		"\\\\\\", "{\"call\":{\"to_number\":\"+2\\", "{{{{", "{,,,,\"call\"}", "}}}]]]"};

	for (size_t i = 0; i < COUNT_OF(BODIES); i++)
		ck_assert_msg(strcmp(address(BODIES[i]), "- -") == 0, "%s", BODIES[i]);
}
END_TEST

/* Every beginning of a body, and thousands of damaged ones: whatever is in
 * them, the two looks at a body come back. */
START_TEST(damaged_bodies_break_nothing)
{
	struct buf b = buf_new(c->mem, 1 << 17);

	buf_text_add(&b,
		"{\"event\":\"call_ended\",\"call\":{\"call_id\":\"call_1\",\"to_number\":\"+2\","
		"\"agent_id\":\"a\",\"transcript\":\"x\\\"\\u00e9\",\"transcript_object\":[{"
		"\"a\":");
	while (b.n < 66000)
		buf_text_add(&b, "[{\"words\":[{\"word\":\"}]\\\"\"}]}],");
	buf_text_add(&b, "1}],\"latency\":{\"p50\":1},\"duration_ms\":5}}");
	for (int i = 0; i < 3000; i++) {
		struct mem_mark mark = mem_mark(c->mem);
		size_t n = i % 2 == 0 ? random_below((uint32_t)b.n) : b.n;
		char *body = mem_text_n(c->mem, b.p, n);
		const char *number, *agent;
		struct inbox_event e;

		for (int k = random_below(4); k > 0 && n > 0; k--)
			body[random_below((uint32_t)n) % (k % 2 ? 300 : n) % n] =
				(char)random_below(256);
		retell_peek(c, (struct bytes){(uint8_t *)body, n}, &e);
		retell_peek_address(c, (struct bytes){(uint8_t *)body, n}, &number, &agent);
		ck_assert_ptr_nonnull(e.dedupe_key);
		mem_release(c->mem, mark);
	}
}
END_TEST

/* ---- facts ---- */

static struct retell_event read_call(const char *event, const char *members)
{
	struct retell_event e;

	ck_assert_int_eq(retell_read(c,
				 bytes_of(mem_printf(c->mem, "{\"event\":\"%s\",\"call\":{%s}}",
					 event, members)),
				 &e),
		0);
	return e;
}

START_TEST(how_it_ended_is_its_status)
{
	static const struct {
		const char *event, *members;
		enum call_status status;
	} CASES[] = {
		{"call_started", "\"call_status\":\"ongoing\"", CALL_ONGOING},
		{"call_ended", "\"call_status\":\"ended\"", CALL_COMPLETED},
		{"call_analyzed", "\"call_status\":\"ended\"", CALL_ANALYZED},
		{"call_ended", "\"disconnection_reason\":\"user_hangup\"", CALL_COMPLETED},
		{"call_ended", "\"disconnection_reason\":\"a_reason_of_tomorrow\"", CALL_COMPLETED},
		{"call_ended", "\"call_status\":\"not_connected\"", CALL_MISSED},
		{"call_ended", "\"disconnection_reason\":\"dial_no_answer\"", CALL_MISSED},
		{"call_ended", "\"disconnection_reason\":\"dial_busy\"", CALL_MISSED},
		{"call_ended", "\"disconnection_reason\":\"dial_failed\"", CALL_FAILED},
		{"call_ended", "\"disconnection_reason\":\"error_asr\"", CALL_FAILED},
		{"call_ended", "\"disconnection_reason\":\"error_user_not_joined\"", CALL_MISSED},
		{"call_analyzed", "\"call_status\":\"error\"", CALL_FAILED},
		{"call_ended", "\"call_status\":3,\"disconnection_reason\":[]", CALL_COMPLETED},
	};

	for (size_t i = 0; i < COUNT_OF(CASES); i++)
		ck_assert_msg(
			read_call(CASES[i].event, CASES[i].members).facts.status == CASES[i].status,
			"%s %s", CASES[i].event, CASES[i].members);
}
END_TEST

START_TEST(impossible_figures_say_nothing)
{
	struct retell_event e = read_call("call_ended",
		"\"start_timestamp\":-1,\"end_timestamp\":1e300,\"duration_ms\":-5,"
		"\"agent_id\":\"two words\",\"recording_url\":\"javascript:alert(1)\","
		"\"from_number\":{},\"direction\":\"sideways\"");

	ck_assert_int_eq(e.facts.started_at.ms, 0);
	ck_assert_int_eq(e.facts.ended_at.ms, 0);
	ck_assert_int_eq(e.facts.duration_seconds, 0);
	ck_assert_ptr_null(e.facts.agent);
	ck_assert_ptr_null(e.facts.recording_url);
	ck_assert_ptr_null(e.facts.from_number);
	ck_assert_int_eq(e.facts.direction, CALL_INBOUND);
}
END_TEST

START_TEST(begun_seconds_count)
{
	ck_assert_int_eq(
		read_call("call_ended", "\"duration_ms\":118334").facts.duration_seconds, 119);
	ck_assert_int_eq(
		read_call("call_ended", "\"duration_ms\":118000").facts.duration_seconds, 118);
	ck_assert_int_eq(read_call("call_ended", "\"call_cost\":{\"total_duration_seconds\":119}")
				 .facts.duration_seconds,
		119);
}
END_TEST

static struct caller_wish wish(const char *members)
{
	return read_call("call_analyzed",
		mem_printf(c->mem, "\"call_analysis\":{\"custom_analysis_data\":{%s}}", members))
		.wish;
}

START_TEST(a_wish_is_read_leniently)
{
	struct caller_wish w = wish("\"intent\":\"Book\",\"appointment_time\":\"9:00\","
				    "\"confidence\":\"0.9\",\"accepts_alternatives\":\"true\","
				    "\"staff\":\"  \",\"language\":\"de-DE\"");

	ck_assert_str_eq(w.intent, "book");
	ck_assert_str_eq(w.appointment_time, "09:00");
	ck_assert_int_eq(w.confidence, 900000);
	ck_assert(w.accepts_alternatives);
	ck_assert_ptr_null(w.staff);
	ck_assert_str_eq(w.language, "de-DE");
	ck_assert_str_eq(wish("\"appointment_time\":\"14:30:00\"").appointment_time, "14:30");
}
END_TEST

START_TEST(a_strange_wish_wishes_nothing)
{
	struct caller_wish w = wish("\"intent\":[],\"appointment_time\":14,\"confidence\":95,"
				    "\"accepts_alternatives\":{},\"language\":\"!\","
				    "\"service\":null,\"customer_name\":true");

	ck_assert_ptr_null(w.intent);
	ck_assert_ptr_null(w.appointment_time);
	ck_assert_int_eq(w.confidence, 0);
	ck_assert(!w.accepts_alternatives);
	ck_assert_ptr_null(w.language);
	ck_assert_ptr_null(w.service);
	ck_assert_ptr_null(w.customer_name);
	ck_assert_int_eq(wish("\"confidence\":-1").confidence, 0);
	ck_assert_int_eq(wish("").confidence, 0);
}
END_TEST

Suite *suite_retell(void)
{
	Suite *s = suite_create("retell");
	TCase *t = tcase_create("retell");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_vector_has_its_verdict);
	tcase_add_test(t, the_published_check_holds);
	tcase_add_test(t, a_flipped_bit_is_refused);
	tcase_add_test(t, odd_headers_are_refused);
	tcase_add_test(t, the_life_of_a_call_is_told_once);
	tcase_add_test(t, other_events_are_told_apart_by_their_bytes);
	tcase_add_test(t, what_cannot_be_read_is_kept_by_its_digest);
	tcase_add_test(t, members_of_odd_types_say_nothing);
	tcase_add_test(t, depth_and_width_are_bounded);
	tcase_add_test(t, word_timings_cost_no_memory);
	tcase_add_test(t, number_and_agent_are_found_without_parsing);
	tcase_add_test(t, hostile_bodies_have_no_address);
	tcase_add_test(t, damaged_bodies_break_nothing);
	tcase_add_test(t, how_it_ended_is_its_status);
	tcase_add_test(t, impossible_figures_say_nothing);
	tcase_add_test(t, begun_seconds_count);
	tcase_add_test(t, a_wish_is_read_leniently);
	tcase_add_test(t, a_strange_wish_wishes_nothing);
	suite_add_tcase(s, t);
	return s;
}
