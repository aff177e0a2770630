#include "core/user/password_rules.h"
#include "tests/unit/unit.h"

#define PASSWORD_LONGEST 200

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static const char *const OWN[] = {
	"Greta Morgenrot", "greta.morgenrot@salon.example", "Salon Morgenrot", NULL};

static int rules(const char *password)
{
	err_clear(c);
	return password_rules(c, "password", password, OWN);
}

static const char *const GOOD[] = {
	"kastanie-12-lampe-fjord", "vier Kaninchen ohne Mantel", "x7Kp2mQ9vL4t",
	"correct horse battery staple or so", "Schraubenzieher&Quitte", "0x5f3759df is no accident",
	"\xC3\xBC"
	"berm\xC3\xBC"
	"tiger Zeisig",
	"tr0ub4dor-kumquat", "monkey dragon shadow pirate", /* four of a thousand words: enough */
};

START_TEST(a_password_of_ones_own_is_taken)
{
	ck_assert_msg(rules(GOOD[_i]) == 0, "%s: %s", GOOD[_i], c->err.fields[0].message);
}
END_TEST

static const struct {
	const char *password;
	const char *why;
} BAD[] = {
	{"elevenchars", "at least 12"},
	/* characters are counted, not bytes: six umlauts are twelve bytes */
	{"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", "at least 12"},
	{"\xFFnot UTF-8 at all", "UTF-8"},
	{"xyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcxyzabcq", "72 bytes"},
	/* common words, capitals, signs and numbers around them */
	{"password1234", "common"},
	{"Password2024!", "common"},
	{"P@ssw0rd1234", "common"},
	{"!!Passwort99!!", "common"},
	{"p-a-s-s-w-o-r-d-x", NULL}, /* (letters one by one are the person's own) */
	{"iloveyou12345", "common"},
	{"LetMeIn-LetMeIn", "common"},
	{"summerwinter21", "common"},
	{"Dragon Monkey Shadow", "common"},
	{"5umm3r2024!!!!", "common"},
	{"correcthorsebatterystaple", "common"},
	{"Correct Horse Battery", "common"},
	{"Frontdesk2026!", "common"},
	/* rows of keys, the alphabet, repetitions, numbers */
	{"qwertyuiop12", "common"},
	{"qwertzuiop123", "common"},
	{"1qaz2wsx3edc", "common"},
	{"poiuytrewq99", "common"},
	{"abcdefghijkl", "common"},
	{"zyxwvutsrqpon", "common"},
	{"aaaaaaaaaaaa", "common"},
	{"ababababababab", "common"},
	{"Xq7Xq7Xq7Xq7Xq7", "common"},
	{"123456789012", "common"},
	{"493012345678", "common"},
	{"31.12.1999-31.12", "common"},
	{"!!!!====!!!!====", "common"},
	/* the person's own words */
	{"GretaMorgenrot1", "your own name"},
	{"morgenrot-2024-xy", "your own name"},
	{"salonsalon2023", "your own name"},
	{"gr3t4.m0rg3nr0t", "your own name"},
};

START_TEST(what_everybody_tries_is_refused)
{
	int rc = rules(BAD[_i].password);

	if (BAD[_i].why == NULL) {
		ck_assert_int_eq(rc, 0);
		return;
	}
	ck_assert_msg(rc < 0, "%s", BAD[_i].password);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "password");
	ck_assert_msg(strstr(c->err.fields[0].message, BAD[_i].why) != NULL, "%s: %s",
		BAD[_i].password, c->err.fields[0].message);
}
END_TEST

/* Whatever is typed: an answer, quickly, and nothing outside is read. */
START_TEST(any_bytes_get_an_answer)
{
	char text[PASSWORD_LONGEST + 1];
	uint32_t seed = 1;

	for (int i = 0; i < 2000; i++) {
		size_t n = (size_t)i % PASSWORD_LONGEST;

		for (size_t k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			text[k] = (char)(1 + (seed >> 24) % 255);
		}
		text[n] = '\0';
		struct mem_mark mark = mem_mark(c->mem);
		(void)rules(text);
		mem_release(c->mem, mark);
	}
}
END_TEST

Suite *suite_password_rules(void)
{
	Suite *s = suite_create("password_rules");
	TCase *t = tcase_create("password rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_password_of_ones_own_is_taken, 0, COUNT_OF(GOOD));
	tcase_add_loop_test(t, what_everybody_tries_is_refused, 0, COUNT_OF(BAD));
	tcase_add_test(t, any_bytes_get_an_answer);
	suite_add_tcase(s, t);
	return s;
}
