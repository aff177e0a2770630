#include "core/base/text.h"
#include "core/base/id.h"
#include "tests/unit/unit.h"

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(16 * 1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

static const struct {
	const char *s;
	size_t n;
	bool ok;
} UTF8[] = {
	{"", 0, true}, {"a", 1, true}, {"\xC3\xA4", 2, true}, {"\xE2\x82\xAC", 3, true},
	{"\xF0\x9F\x98\x80", 4, true}, {"\xF4\x8F\xBF\xBF", 4, true}, {"\xEF\xBF\xBF", 3, true},
	{"\0", 1, false},                   /* NUL */
	{"\x80", 1, false},                 /* lone continuation */
	{"\xC0\x80", 2, false},             /* overlong NUL */
	{"\xC1\xBF", 2, false},             /* overlong */
	{"\xE0\x9F\xBF", 3, false},         /* overlong */
	{"\xF0\x8F\xBF\xBF", 4, false},     /* overlong */
	{"\xED\xA0\x80", 3, false},         /* surrogate */
	{"\xED\xBF\xBF", 3, false},         /* surrogate */
	{"\xF4\x90\x80\x80", 4, false},     /* beyond U+10FFFF */
	{"\xF5\x80\x80\x80", 4, false},     /* never a first byte */
	{"\xFF", 1, false},                 /* never */
	{"\xC3", 1, false},                 /* cut */
	{"\xE2\x82", 2, false},             /* cut */
	{"\xF0\x9F\x98", 3, false},         /* cut */
	{"\xE2\x28\xA1", 3, false},         /* wrong second */
	{"\xE2\x82\x28", 3, false},         /* wrong third */
	{"ok\xC3\xA4\xC3", 5, false},       /* good, then cut */
	{"\xF8\x88\x80\x80\x80", 5, false}, /* five bytes */
};

START_TEST(utf8_is_checked)
{
	for (size_t i = 0; i < COUNT_OF(UTF8); i++) {
		struct bytes b = {(const uint8_t *)UTF8[i].s, UTF8[i].n};
		char *exact = mem_alloc(mem, b.n); /* an overflow is seen */

		memcpy(exact, b.p, b.n);
		ck_assert_int_eq(utf8_valid(exact, b.n), UTF8[i].ok);
	}
}
END_TEST

START_TEST(characters_are_counted_and_not_cut_in_two)
{
	static const char S[] = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z";

	ck_assert_uint_eq(utf8_length(S), 5);
	ck_assert_uint_eq(utf8_length(""), 0);
	ck_assert_str_eq(utf8_cut(mem, S, 0), "");
	ck_assert_str_eq(utf8_cut(mem, S, 2), "a\xC3\xA4");
	ck_assert_str_eq(utf8_cut(mem, S, 4), "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
	ck_assert_str_eq(utf8_cut(mem, S, 5), S);
	ck_assert_str_eq(utf8_cut(mem, S, 99), S);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_mended)
{
	static const char GOOD[] = "a\xC3\xA4\xF0\x9F\x98\x80";

	ck_assert_ptr_eq(utf8_mend(mem, GOOD), GOOD);
	ck_assert_str_eq(utf8_mend(mem, "caf\xE9!"), "caf\xEF\xBF\xBD!");
	ck_assert_str_eq(utf8_mend(mem, "\xC3\xA4\xC3"), "\xC3\xA4\xEF\xBF\xBD");
	ck_assert_str_eq(utf8_mend(mem, "\xF0\x9F"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}
END_TEST

START_TEST(questions_about_text)
{
	ck_assert(text_empty(NULL) && text_empty("") && !text_empty(" "));
	ck_assert(text_same(NULL, NULL) && !text_same(NULL, "") && !text_same("a", NULL));
	ck_assert(text_same("a", "a") && !text_same("a", "b"));
	ck_assert(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab"));
	ck_assert_str_eq(text_trim(mem, " \t a b\r\n"), "a b");
	ck_assert_str_eq(text_trim(mem, "  "), "");
	ck_assert_str_eq(text_trim(mem, "x"), "x");
	ck_assert_str_eq(text_lower(mem, "AbZ\xC3\x84"), "abz\xC3\x84");
	ck_assert_str_eq(text_digits(mem, "+49 (30) 1-2"), "493012");
	ck_assert_str_eq(text_digits(mem, "none"), "");
}
END_TEST

static const struct {
	const char *s;
	bool ok;
	int64_t v;
} INTEGERS[] = {
	{"0", true, 0},
	{"-1", true, -1},
	{"9223372036854775807", true, INT64_MAX},
	{"-9223372036854775808", true, INT64_MIN},
	{"9223372036854775808", false, 0},
	{"-9223372036854775809", false, 0},
	{"99999999999999999999", false, 0},
	{"", false, 0},
	{"-", false, 0},
	{"+1", false, 0},
	{"01", false, 0},
	{" 1", false, 0},
	{"1 ", false, 0},
	{"1.0", false, 0},
	{"1e3", false, 0},
	{"0x10", false, 0},
};

START_TEST(integers_are_read_strictly)
{
	for (size_t i = 0; i < COUNT_OF(INTEGERS); i++) {
		int64_t v = 0;

		ck_assert_msg(text_int(INTEGERS[i].s, INT64_MIN, INT64_MAX, &v) == INTEGERS[i].ok,
			"%s", INTEGERS[i].s);
		if (INTEGERS[i].ok)
			ck_assert_int_eq(v, INTEGERS[i].v);
	}
}
END_TEST

START_TEST(integers_have_bounds)
{
	int64_t v;

	ck_assert(text_int("5", 5, 5, &v));
	ck_assert(!text_int("4", 5, 10, &v));
	ck_assert(!text_int("11", 5, 10, &v));
}
END_TEST

START_TEST(hex_goes_there_and_back)
{
	uint8_t all[256], again[256];
	struct bytes b = {all, sizeof(all)};

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	const char *s = hex_encode(mem, b);
	ck_assert(hex_decode(s, again, sizeof(again)));
	ck_assert_mem_eq(all, again, sizeof(all));
	ck_assert(hex_decode("fFaA", again, 2));
	ck_assert(!hex_decode("fFaA", again, 1));
	ck_assert(!hex_decode("fFaA", again, 3));
	ck_assert(!hex_decode("fg", again, 1));
	ck_assert(!hex_decode("f", again, 1));
	ck_assert(hex_decode("", again, 0));
}
END_TEST

/* Every length and random bytes: one spelling, and no other bytes for it. */
START_TEST(base64url_goes_there_and_back)
{
	uint8_t in[67];
	struct bytes out;

	for (size_t n = 0; n <= sizeof(in); n++) {
		random_bytes(in, sizeof(in));
		struct bytes b = {in, n};
		const char *s = base64url_encode(mem, b);

		ck_assert(base64url_decode(mem, s, &out));
		ck_assert_uint_eq(out.n, n);
		ck_assert_mem_eq(out.p, in, n);
		ck_assert_ptr_null(strpbrk(s, "+/="));
	}
}
END_TEST

START_TEST(base64url_has_one_spelling)
{
	struct bytes out;

	ck_assert_str_eq(base64url_encode(mem, bytes_of("foob")), "Zm9vYg");
	ck_assert(base64url_decode(mem, "Zm9vYg", &out) && out.n == 4);
	ck_assert(!base64url_decode(mem, "Zm9vYh", &out)); /* left-over bits */
	ck_assert(!base64url_decode(mem, "Zm9vYg==", &out));
	ck_assert(!base64url_decode(mem, "Zm9vYg\n", &out));
	ck_assert(!base64url_decode(mem, " Zm9vYg", &out));
	ck_assert(!base64url_decode(mem, "Z", &out));
	ck_assert(!base64url_decode(mem, "+/+/", &out));
	ck_assert(base64url_decode(mem, "-_-_", &out) && out.n == 3);
}
END_TEST

START_TEST(addresses_and_languages_have_a_shape)
{
	static const char *const EMAILS[] = {"a@b", "anna.b+c@salon.example", "k\xC3\xA4the@s.de"};
	static const char *const NO_EMAILS[] = {
		"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "A <a@b>", "a@b,c@d"};
	static const char *const LANGUAGES[] = {"de", "pt-BR", "gsw", "zh-Hant-TW", "en-1"};
	static const char *const NO_LANGUAGES[] = {"", "d", "-", "de-", "de--AT", "d1", "deutsch",
		"d\xC3\xA9", "de AT", "de-abcdefghi"};

	for (size_t i = 0; i < COUNT_OF(EMAILS); i++)
		ck_assert_msg(text_is_email(EMAILS[i]), "%s", EMAILS[i]);
	for (size_t i = 0; i < COUNT_OF(NO_EMAILS); i++)
		ck_assert_msg(!text_is_email(NO_EMAILS[i]), "%s", NO_EMAILS[i]);
	for (size_t i = 0; i < COUNT_OF(LANGUAGES); i++)
		ck_assert_msg(text_is_language(LANGUAGES[i]), "%s", LANGUAGES[i]);
	for (size_t i = 0; i < COUNT_OF(NO_LANGUAGES); i++)
		ck_assert_msg(!text_is_language(NO_LANGUAGES[i]), "%s", NO_LANGUAGES[i]);
}
END_TEST

Suite *suite_text(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, utf8_is_checked);
	tcase_add_test(t, characters_are_counted_and_not_cut_in_two);
	tcase_add_test(t, bytes_that_are_no_text_are_mended);
	tcase_add_test(t, questions_about_text);
	tcase_add_test(t, integers_are_read_strictly);
	tcase_add_test(t, integers_have_bounds);
	tcase_add_test(t, hex_goes_there_and_back);
	tcase_add_test(t, base64url_goes_there_and_back);
	tcase_add_test(t, base64url_has_one_spelling);
	tcase_add_test(t, addresses_and_languages_have_a_shape);
	suite_add_tcase(s, t);
	return s;
}
