#include "core/sys/token.h"
#include "core/sys/crypto.h"
#include "tests/unit/unit.h"
#include <signal.h>

#define KEY "0123456789abcdef0123456789abcdef"
#define KEY_HEX "3031323334353637383961626364656630313233343536373839616263646566"
#define KEY2 "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"
#define KEY2_HEX "4142434445464748494a4b4c4d4e4f505152535455565758595a414243444546"
#define USER "0192f0c1-2b3a-7c4d-8e5f-0123456789ab"
#define SESSION "0192f0c1-2b3a-7c4d-8e5f-0123456789ac"
#define HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"1\"}"
/* now is 1796119200 */
#define IDS                                                                                       \
	"\"iss\":\"frontdesk\",\"aud\":\"frontdesk-api\",\"sub\":\"" USER "\",\"sid\":\"" SESSION \
	"\""
#define CLAIMS "{" IDS ",\"iat\":1796119200,\"exp\":1796120100}"

static struct ctx *c;
static struct keyring *ring;

static void setup(void)
{
	c = unit_ctx();
	ring = keyring_load(unit_text_file("ring", "1 " KEY_HEX));
	ck_assert_ptr_nonnull(ring);
}

static void teardown(void)
{
	keyring_delete(ring);
	unit_ctx_end(c);
}

/* A token as its issuer would make it, of any header and claims. */
static const char *sign_with(const char *secret, const char *head, const char *claims)
{
	struct bytes nothing = {NULL, 0};
	uint8_t mac[SHA256_SIZE];
	struct bytes signature = {mac, sizeof(mac)};
	const char *text = mem_printf(c->mem, "%s.%s", base64url_encode(c->mem, bytes_of(head)),
		base64url_encode(c->mem, bytes_of(claims)));

	hmac_sha256(bytes_of(secret), bytes_of(text), nothing, mac);
	return mem_printf(c->mem, "%s.%s", text, base64url_encode(c->mem, signature));
}

static const char *sign(const char *head, const char *claims)
{
	return sign_with(KEY, head, claims);
}

/* Refused, for this reason (NULL: any), with nothing left in the claims. */
static bool refused(const char *token, const char *why)
{
	struct token_claims claims;

	unit_hush();
	int rc = token_check(c, ring, token, &claims);
	const char *said = unit_said();
	if (rc == 0)
		return false;
	ck_assert_int_eq(c->err.code, E_UNAUTHENTICATED);
	err_clear(c);
	ck_assert_ptr_null(claims.user_id);
	ck_assert_ptr_null(claims.session_id);
	ck_assert_int_eq(claims.expires_at.ms, 0);
	ck_assert_ptr_null(strlen(token) > 3 ? strstr(said, token) : NULL);
	if (why != NULL && strstr(said, mem_printf(c->mem, "why=%s", why)) == NULL &&
		strstr(said, mem_printf(c->mem, "why=\"%s", why)) == NULL)
		ck_abort_msg("wanted %s, got %s", why, said);
	return true;
}

START_TEST(what_is_made_is_taken)
{
	struct token_claims in = {USER, SESSION, c->now, {c->now.ms + 900000}}, out;
	const char *token = token_make(c, ring, &in);

	ck_assert_uint_le(strlen(token), 512);
	ck_assert_int_eq(token_check(c, ring, token, &out), 0);
	ck_assert_str_eq(out.user_id, USER);
	ck_assert_str_eq(out.session_id, SESSION);
	ck_assert_int_eq(out.issued_at.ms, c->now.ms);
	ck_assert_int_eq(out.expires_at.ms, c->now.ms + 900000);
	c->now.ms += 899999;
	ck_assert_int_eq(token_check(c, ring, token, &out), 0);
	c->now.ms += 1;
	ck_assert(refused(token, "expired"));
}
END_TEST

START_TEST(our_own_signer_is_taken)
{
	struct token_claims out;

	ck_assert_int_eq(token_check(c, ring, sign(HEAD, CLAIMS), &out), 0);
	ck_assert_int_eq(
		token_check(c, ring,
			sign("{ \"kid\":\"1\", \"typ\":\"JWT\", \"alg\":\"HS256\" }", CLAIMS),
			&out),
		0);
}
END_TEST

#define HEAD_OF(alg) "{\"alg\":" alg ",\"typ\":\"JWT\",\"kid\":\"1\"}"
#define HEAD_WITH(more) "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"1\"," more "}"

static const struct {
	const char *head;
	const char *why;
} HEADS[] = {
	{HEAD_OF("\"none\""), "alg"},
	{HEAD_OF("\"None\""), "alg"},
	{HEAD_OF("\"NONE\""), "alg"},
	{HEAD_OF("\"nOnE\""), "alg"},
	{HEAD_OF("\"hs256\""), "alg"},
	{HEAD_OF("\"HS384\""), "alg"},
	{HEAD_OF("\"HS512\""), "alg"},
	{HEAD_OF("\"RS256\""), "alg"},
	{HEAD_OF("\"ES256\""), "alg"},
	{HEAD_OF("\"PS256\""), "alg"},
	{HEAD_OF("\"HS256 \""), "alg"},
	{HEAD_OF("\"\""), "alg"},
	{HEAD_OF("null"), "alg"},
	{HEAD_OF("0"), "alg"},
	{HEAD_OF("[\"HS256\"]"), "alg"},
	{"{\"typ\":\"JWT\",\"kid\":\"1\"}", "other members"},
	{"{\"alg\":\"HS256\",\"kid\":\"1\"}", "other members"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "other members"},
	{"{\"ALG\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"1\"}", "alg"},
	{"{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "typ"},
	{"{\"alg\":\"HS256\",\"typ\":\"jwt\",\"kid\":\"1\"}", "typ"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"2\"}", "kid"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":1}", "kid"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}", "kid"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"' OR 1=1 --\"}", "kid"},
	{"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"1\\u0000\"}", "not strict JSON"},
	{HEAD_WITH("\"crit\":[\"exp\"]"), "other members"},
	{HEAD_WITH("\"jku\":\"https://evil.example/k\""), "other members"},
	{HEAD_WITH("\"jwk\":{}"), "other members"},
	{HEAD_WITH("\"x5u\":\"https://evil.example/k\""), "other members"},
	{HEAD_WITH("\"b64\":false"), "other members"},
	{HEAD_WITH("\"alg\":\"none\""), "not strict JSON"},
	{HEAD_WITH("\"alg\":\"HS256\""), "not strict JSON"},
	{HEAD_WITH("\"\\u0061lg\":\"none\""), "not strict JSON"},
	{"[\"HS256\"]", "not an object"},
	{"\"HS256\"", "not an object"},
	{"null", "not an object"},
	{"", "not strict JSON"},
	{"{}", "other members"},
	{HEAD "x", "not strict JSON"},
	{HEAD HEAD, "not strict JSON"},
};

START_TEST(other_headers_are_refused)
{
	for (size_t i = 0; i < COUNT_OF(HEADS); i++) {
		ck_assert_msg(
			refused(sign(HEADS[i].head, CLAIMS), HEADS[i].why), "%s", HEADS[i].head);
	}
}
END_TEST

#define TIMES(iat, exp) "{" IDS ",\"iat\":" iat ",\"exp\":" exp "}"
#define WHO(iss, aud, sub, sid)                                         \
	"{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub ",\"sid\":" sid \
	",\"iat\":1796119200,\"exp\":1796120100}"
#define ISS "\"frontdesk\""
#define AUD "\"frontdesk-api\""
#define SUB "\"" USER "\""

static const struct {
	const char *claims;
	const char *why;
} CLAIM_SETS[] = {
	{TIMES("1796118000", "1796118900"), "expired"},
	{TIMES("1796118300", "1796119200"), "expired"},
	{TIMES("1796119200", "\"1796120100\""), "exp"},
	{TIMES("1796119200", "1796120100.5"), "exp"},
	{TIMES("1796119200", "-1"), "exp"},
	{TIMES("1796119200", "0"), "exp"},
	{TIMES("1796119200", "9223372036854775808"), "not strict JSON"},
	{TIMES("1796119200", "1e18"), "exp"},
	{TIMES("1796119200", "null"), "exp"},
	{TIMES("1796119200", "true"), "exp"},
	{TIMES("1796119200", "[1796120100]"), "exp"},
	{TIMES("1796119200", "1796120101"), "exp"}, /* longer than 15 minutes */
	{TIMES("1796119200", "1796119200"), "exp"},
	{"{" IDS ",\"iat\":1796119200}", "other members"},
	{"{" IDS ",\"exp\":1796120100}", "other members"},
	{"{" IDS ",\"iat\":1796119200,\"EXP\":1796120100}", "exp"},
	{TIMES("1796119261", "1796120100"), "iat"}, /* from the future */
	{TIMES("\"1796119200\"", "1796120100"), "iat"},
	{TIMES("-1", "1796120100"), "iat"},
	{"{" IDS ",\"iat\":1796119200,\"exp\":1796120100,\"exp\":9796120100}", "not strict JSON"},
	{"{" IDS ",\"iat\":1796119200,\"exp\":1796120100,\"\\u0065xp\":9796120100}",
		"not strict JSON"},
	{"{" IDS ",\"iat\":1796119200,\"exp\":1796120100,\"nbf\":1896120100}", "other members"},
	{"{" IDS ",\"iat\":1796119200,\"exp\":1796120100,\"role\":\"owner\"}", "other members"},
	{WHO("\"other\"", AUD, SUB, SUB), "iss"},
	{WHO("[\"frontdesk\"]", AUD, SUB, SUB), "iss"},
	{WHO(ISS, "\"other\"", SUB, SUB), "aud"},
	{WHO(ISS, "[\"frontdesk-api\"]", SUB, SUB), "aud"},
	{WHO(ISS, "\"frontdesk-refresh\"", SUB, SUB), "aud"},
	{WHO(ISS, AUD, "\"1\"", SUB), "sub"},
	{WHO(ISS, AUD, "1", SUB), "sub"},
	{WHO(ISS, AUD, "\"\"", SUB), "sub"},
	{WHO(ISS, AUD, "null", SUB), "sub"},
	{WHO(ISS, AUD, SUB, "\"x' OR '1\""), "sid"},
	{WHO(ISS, AUD, SUB, "{}"), "sid"},
	{"{}", "other members"},
	{"[]", "not an object"},
	{"", "not strict JSON"},
	{CLAIMS " ]", "not strict JSON"},
	{"{\"a\":\"\xFF\"}", "not strict JSON"},
};

START_TEST(other_claims_are_refused)
{
	for (size_t i = 0; i < COUNT_OF(CLAIM_SETS); i++) {
		ck_assert_msg(refused(sign(HEAD, CLAIM_SETS[i].claims), CLAIM_SETS[i].why), "%s",
			CLAIM_SETS[i].claims);
	}
}
END_TEST

START_TEST(other_keys_are_refused)
{
	struct token_claims out;

	ck_assert(refused(sign_with("", HEAD, CLAIMS), "signature"));
	ck_assert(
		refused(sign_with("0123456789abcdef0123456789abcdeg", HEAD, CLAIMS), "signature"));
	ck_assert(refused(sign_with("0123456789abcdef0123456789abcde", HEAD, CLAIMS), "signature"));
	ck_assert(refused(sign_with(KEY "\n", HEAD, CLAIMS), "signature"));
	ck_assert_int_eq(token_check(c, ring, sign_with(KEY, HEAD, CLAIMS), &out), 0);
}
END_TEST

START_TEST(every_changed_character_is_refused)
{
	const char *good = sign(HEAD, CLAIMS);

	for (size_t i = 0; i < strlen(good); i++) {
		char *bad = mem_text(c->mem, good);

		bad[i] = good[i] == 'A' ? 'B' : 'A';
		ck_assert_msg(refused(bad, NULL), "character %zu", i);
	}
	for (size_t n = 0; n < strlen(good); n++)
		ck_assert_msg(refused(mem_text_n(c->mem, good, n), NULL), "%zu characters", n);
}
END_TEST

/* The last character of 32 bytes carries two bits that must be zero; libjwt
 * alone takes all four spellings. */
START_TEST(a_signature_has_one_spelling)
{
	static const char ALPHABET[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *good = sign(HEAD, CLAIMS);
	size_t last = strlen(good) - 1;
	struct token_claims out;
	int taken = 0;

	for (const char *p = ALPHABET; *p != '\0'; p++) {
		char *t = mem_text(c->mem, good);

		t[last] = *p;
		unit_hush();
		taken += token_check(c, ring, t, &out) == 0;
		unit_said();
		err_clear(c);
	}
	ck_assert_int_eq(taken, 1);
}
END_TEST

START_TEST(other_shapes_are_refused)
{
	const char *good = sign(HEAD, CLAIMS);
	const char *one = strchr(good, '.');
	const char *two = strrchr(good, '.');
	const char *h = mem_text_n(c->mem, good, (size_t)(one - good));
	const char *p = mem_text_n(c->mem, one + 1, (size_t)(two - one - 1));
	const char *s = two + 1;
	const char *none = base64url_encode(c->mem, bytes_of("{\"alg\":\"none\"}"));

	ck_assert(refused("", "not three parts"));
	ck_assert(refused(".", "not three parts"));
	ck_assert(refused("..", NULL));
	ck_assert(refused("...", "not three parts"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s", h, p), "not three parts"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.", h, p), "signature"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.%s.", h, p, s), "not three parts"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.%s.%s", h, p, s, s), "not three parts"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.", none, p), "other members"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.%s", p, h, s), NULL));
	ck_assert(refused(mem_printf(c->mem, ".%s.%s", p, s), NULL));
	ck_assert(refused(mem_printf(c->mem, "%s..%s", h, s), "not strict JSON"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.%s=", h, p, s), "signature"));
	ck_assert(refused(mem_printf(c->mem, "%s=.%s.%s", h, p, s), "not base64url"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.%s ", h, p, s), "signature"));
	ck_assert(refused(mem_printf(c->mem, " %s.%s.%s", h, p, s), "not base64url"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s\n.%s", h, p, s), "not base64url"));
	ck_assert(refused(mem_printf(c->mem, "%s.%s.+%s", h, p, s + 1), "signature"));
	ck_assert(refused(mem_printf(c->mem, "Bearer %s", good), "not base64url"));
}
END_TEST

START_TEST(long_and_deep_tokens_are_refused)
{
	char *longer = mem_alloc(c->mem, 1024 * 1024 + 1);
	char *deep = mem_alloc(c->mem, 2001);

	memset(longer, 'A', 1024 * 1024);
	ck_assert(refused(longer, "too long"));
	ck_assert(refused(mem_printf(c->mem, "%.4095s..", longer), "too long"));
	memset(deep, '[', 2000);
	ck_assert(refused(sign(deep, CLAIMS), "not strict JSON"));
	ck_assert(refused(sign(HEAD, deep), "not strict JSON"));
}
END_TEST

#define HEAD_KID(kid) "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":" kid "}"

/* One key, then two, then the newer one alone: what each signed is taken as
 * long as it is there, by a program that has only read the first. */
START_TEST(a_key_verifies_until_it_is_dropped)
{
	struct token_claims in = {USER, SESSION, c->now, {c->now.ms + 900000}}, out;
	const char *old = token_make(c, ring, &in), *next;

	unit_text_file("ring", "1 " KEY_HEX "\n2 " KEY2_HEX "\n");
	next = token_make(c, ring, &in);
	ck_assert_str_ne(old, next);
	ck_assert_int_eq(token_check(c, ring, old, &out), 0);
	ck_assert_int_eq(token_check(c, ring, next, &out), 0);
	ck_assert_int_eq(token_check(c, ring, sign_with(KEY2, HEAD_KID("\"2\""), CLAIMS), &out), 0);
	ck_assert(refused(sign_with(KEY2, HEAD, CLAIMS), "signature"));
	ck_assert(refused(sign_with(KEY, HEAD_KID("\"2\""), CLAIMS), "signature"));
	unit_text_file("ring", "2 " KEY2_HEX "\n");
	ck_assert_ptr_nonnull(token_make(c, ring, &in)); /* the file is looked at */
	ck_assert(refused(old, "kid"));
	ck_assert_int_eq(token_check(c, ring, next, &out), 0);
}
END_TEST

/* A program that has not signed anything since meets the new key's id. */
START_TEST(an_unknown_key_is_looked_for_in_the_file)
{
	struct token_claims out;
	const char *next = sign_with(KEY2, HEAD_KID("\"2\""), CLAIMS);

	ck_assert(refused(next, "kid"));
	unit_text_file("ring", "1 " KEY_HEX "\n2 " KEY2_HEX "\n");
	ck_assert_int_eq(token_check(c, ring, next, &out), 0);
}
END_TEST

static const char *const KIDS[] = {"\"01\"", "\"+1\"", "\" 1\"", "\"1 \"", "\"-1\"", "\"0\"",
	"\"\"", "\"4294967297\"", "\"0x1\"", "\"1.0\"", "null", "true", "[\"1\"]"};

START_TEST(a_key_id_has_one_spelling)
{
	for (size_t i = 0; i < COUNT_OF(KIDS); i++)
		ck_assert_msg(
			refused(sign(mem_printf(c->mem, HEAD_KID("%s"), KIDS[i]), CLAIMS), "kid"),
			"%s", KIDS[i]);
}
END_TEST

START_TEST(a_token_for_longer_is_a_bug)
{
	struct token_claims in = {USER, SESSION, c->now, {c->now.ms + 901000}};

	unit_hush();
	token_make(c, ring, &in);
}
END_TEST

Suite *suite_token(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_made_is_taken);
	tcase_add_test(t, our_own_signer_is_taken);
	tcase_add_test(t, other_headers_are_refused);
	tcase_add_test(t, other_claims_are_refused);
	tcase_add_test(t, other_keys_are_refused);
	tcase_add_test(t, every_changed_character_is_refused);
	tcase_add_test(t, a_signature_has_one_spelling);
	tcase_add_test(t, other_shapes_are_refused);
	tcase_add_test(t, long_and_deep_tokens_are_refused);
	tcase_add_test(t, a_key_verifies_until_it_is_dropped);
	tcase_add_test(t, an_unknown_key_is_looked_for_in_the_file);
	tcase_add_test(t, a_key_id_has_one_spelling);
	tcase_add_test_raise_signal(t, a_token_for_longer_is_a_bug, SIGABRT);
	suite_add_tcase(s, t);
	return s;
}
