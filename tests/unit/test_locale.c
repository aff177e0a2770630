#include "core/sys/locale.h"
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

static wall_t afternoon(void)
{
	return wall_of(day_of(2026, 12, 1), 14 * 60);
}

static const struct {
	const char *locale;
	const char *full, *brief, *weekday, *time;
} DATES[] = {
	{"en", "Tuesday, December 1, 2026", "12/1/26", "Tue, Dec 1", "2:00 PM"},
	{"en-US", "Tuesday, December 1, 2026", "12/1/26", "Tue, Dec 1", "2:00 PM"},
	{"en-GB", "Tuesday, 1 December 2026", "01/12/2026", "Tue, 1 Dec", "14:00"},
	{"de", "Dienstag, 1. Dezember 2026", "01.12.26", "Di., 1. Dez.", "14:00"},
	{"de-DE", "Dienstag, 1. Dezember 2026", "01.12.26", "Di., 1. Dez.", "14:00"},
	{"fr-FR",
		"mardi 1 d\xC3\xA9"
		"cembre 2026",
		"01/12/2026",
		"mar. 1 d\xC3\xA9"
		"c.",
		"14:00"},
	{"xx", "Tuesday, December 1, 2026", "12/1/26", "Tue, Dec 1", "2:00 PM"},
};

START_TEST(dates_are_written_as_readers_do)
{
	const char *l = DATES[_i].locale;

	ck_assert_str_eq(locale_date(c, l, afternoon(), DATE_LONG), DATES[_i].full);
	ck_assert_str_eq(locale_date(c, l, afternoon(), DATE_SHORT), DATES[_i].brief);
	ck_assert_str_eq(locale_date(c, l, afternoon(), DATE_WEEKDAY), DATES[_i].weekday);
	ck_assert_str_eq(locale_time(c, l, afternoon()), DATES[_i].time);
}
END_TEST

/* Local fields go in and the same come out, whatever the machine's zone, on
 * the days when clocks change too. */
START_TEST(no_zone_moves_a_time)
{
	static const char *const ZONES[] = {"TZ=America/New_York", "TZ=Asia/Kolkata", "TZ=UTC"};

	for (size_t i = 0; i < COUNT_OF(ZONES); i++) {
		ck_assert_int_eq(putenv(mem_text(c->mem, ZONES[i])), 0);
		tzset();
		for (int minute = 0; minute < MINUTES_A_DAY; minute += 30) {
			wall_t w = wall_of(day_of(2026, 3, 29), minute);
			const char *wanted =
				mem_printf(c->mem, "%02d:%02d", minute / 60, minute % 60);

			ck_assert_str_eq(locale_time(c, "de", w), wanted);
			ck_assert_str_eq(locale_date(c, "de", w, DATE_SHORT), "29.03.26");
		}
	}
}
END_TEST

static const struct {
	const char *locale;
	int64_t minor;
	const char *currency;
	const char *text;
} AMOUNTS[] = {
	{"en-US", 123456, "USD", "$1,234.56"},
	{"en-US", -5, "USD", "-$0.05"},
	{"en-US", 0, "USD", "$0.00"},
	{"de-DE", 123456, "EUR", "1.234,56 \xE2\x82\xAC"},
	{"de-DE", -123456, "EUR", "-1.234,56 \xE2\x82\xAC"},
	{"de-DE", 500, "JPY", "500 \xC2\xA5"},
	{"en-US", 1234567, "KWD", "KWD 1,234.567"},
	{"fr-FR", 123456789, "EUR", "1 234 567,89 \xE2\x82\xAC"},
	{"en-US", INT64_MAX, "USD", "$92,233,720,368,547,758.07"},
	{"en-US", INT64_MIN, "USD", "-$92,233,720,368,547,758.08"},
};

START_TEST(money_is_exact)
{
	money_t m = {AMOUNTS[_i].minor, ""};

	memcpy(m.currency, AMOUNTS[_i].currency, 4);
	ck_assert_str_eq(locale_money(c, AMOUNTS[_i].locale, m), AMOUNTS[_i].text);
}
END_TEST

START_TEST(locales_are_languages_scripts_and_regions)
{
	static const char *const GOOD[] = {
		"en", "de", "de-DE", "de-AT", "zh-Hant-TW", "pt-BR", "sr-Latn", "es-419", "DE-de"};
	static const char *const BAD[] = {"", "x", "xx", "de_DE", "de-", "deutsch", "de-DE-1996",
		"de-u-ca-buddhist", "th-TH-u-nu-thai", "../en", "de-DEE", "de DE", "en-x-private",
		"i-klingon", "\xFF"};

	for (size_t i = 0; i < COUNT_OF(GOOD); i++)
		ck_assert_msg(locale_valid(GOOD[i]), "%s", GOOD[i]);
	for (size_t i = 0; i < COUNT_OF(BAD); i++)
		ck_assert_msg(!locale_valid(BAD[i]), "%s", BAD[i]);
	ck_assert(!locale_valid(NULL));
}
END_TEST

/* More locales and styles than are kept, twice over. */
START_TEST(formatters_come_and_go)
{
	static const char *const LOCALES[] = {
		"en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "fi", "nb"};
	const char *first[COUNT_OF(LOCALES)] = {NULL};

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT_OF(LOCALES); i++) {
			const char *s = mem_printf(c->mem, "%s %s %s %s",
				locale_date(c, LOCALES[i], afternoon(), DATE_LONG),
				locale_date(c, LOCALES[i], afternoon(), DATE_SHORT),
				locale_date(c, LOCALES[i], afternoon(), DATE_WEEKDAY),
				locale_time(c, LOCALES[i], afternoon()));

			if (round == 0)
				first[i] = s;
			ck_assert_str_eq(s, first[i]);
		}
	}
}
END_TEST

START_TEST(names_are_folded_and_keep_their_accents)
{
	ck_assert_str_eq(locale_fold(c, "M\xC3\x9CLLER"), "m\xC3\xBCller");
	ck_assert_str_eq(locale_fold(c, "Mu\xCC\x88ller"), "m\xC3\xBCller"); /* decomposed */
	ck_assert_str_eq(locale_fold(c,
				 "Stra\xC3\x9F"
				 "e"),
		"strasse");
	ck_assert_str_eq(locale_fold(c, "\xCE\xA3\xCE\x8A\xCE\xA3\xCE\xA5\xCE\xA6\xCE\x9F\xCE\xA3"),
		locale_fold(c, "\xCF\x83\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82"));
	ck_assert_str_ne(locale_fold(c, "Muller"), locale_fold(c, "M\xC3\xBCller"));
	ck_assert_str_eq(locale_fold(c, "a\xFF"), "a\xEF\xBF\xBD");
	ck_assert_str_eq(locale_fold(c, ""), "");
}
END_TEST

/* ---- messages ---- */

static const struct message_arg ARGS[] = {
	{"name", "Anna {x} 'y'", 0}, {"n", NULL, 3}, {"one", NULL, 1}, {"big", NULL, 1234567}};

static const struct {
	const char *locale;
	const char *pattern;
	const char *text; /* NULL: refused … */
	const char *why;  /* … with this in the detail */
} MESSAGES[] = {
	{"en", "", "", NULL},
	{"en", "Hello {name}!", "Hello Anna {x} 'y'!", NULL},
	{"en", "{n, plural, one {# visit} other {# visits}}", "3 visits", NULL},
	{"en", "{one, plural, one {# visit} other {# visits}}", "1 visit", NULL},
	{"de", "{n, plural, one {# Besuch} other {# Besuche}}", "3 Besuche", NULL},
	{"en", "{name, select, other {{n} of {name}}}", "3 of Anna {x} 'y'", NULL},
	{"en", "{big, number} {n, selectordinal, few {#rd} other {#th}}", "1,234,567 3rd", NULL},
	{"de", "{big, number}", "1.234.567", NULL},
	{"en", "it's '{name}'", "it's {name}", NULL},
	{"en", "{nobody}", NULL, "{nobody}"},
	{"en", "{0}", NULL, "{0}"},
	{"en", "{n, plural, one {x} other {{nobody}}}", NULL, "{nobody}"},
	{"en", "Hello {name", NULL, "wrong at character"},
	{"en", "Hello {na me}", NULL, "character"},
	{"en", "{n, plural, one {x}}", NULL, "wrong at character"},
	{"en", "{n, nosuch}", NULL, "nosuch"},
	{"en", "{n, date, short}", NULL, "date"},
	{"en", "{n, time}", NULL, "time"},
	{"en", "{n, spellout}", NULL, "spellout"},
	{"en", "{name, number}", NULL, "as what it is not"},
	{"en", "{name, plural, one {x} other {y}}", NULL, "as what it is not"},
};

START_TEST(messages_are_filled_in)
{
	const char *out = NULL;
	int rc = locale_message(
		c, MESSAGES[_i].locale, MESSAGES[_i].pattern, ARGS, COUNT_OF(ARGS), &out);

	if (MESSAGES[_i].text != NULL) {
		ck_assert_msg(rc == 0, "%s: %s", MESSAGES[_i].pattern, c->err.detail);
		ck_assert_str_eq(out, MESSAGES[_i].text);
		return;
	}
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_msg(strstr(c->err.detail, MESSAGES[_i].why) != NULL, "%s: %s",
		MESSAGES[_i].pattern, c->err.detail);
}
END_TEST

START_TEST(messages_have_limits)
{
	char *pattern = mem_alloc(c->mem, MESSAGE_PATTERN_MAX + 2);
	char *text = mem_alloc(c->mem, 1000);
	struct message_arg arg = {"a", text, 0};
	const char *out;

	memset(pattern, 'x', MESSAGE_PATTERN_MAX);
	ck_assert_int_eq(locale_message(c, "en", pattern, NULL, 0, &out), 0);
	pattern[MESSAGE_PATTERN_MAX] = 'x';
	ck_assert_int_eq(locale_message(c, "en", pattern, NULL, 0, &out), -1);
	err_clear(c);
	for (int i = 0; i + 3 <= MESSAGE_PATTERN_MAX; i += 3)
		memcpy(pattern + i, "{a}", 3);
	pattern[MESSAGE_PATTERN_MAX / 3 * 3] = '\0';
	memset(text, 'y', 999);
	ck_assert_int_eq(locale_message(c, "en", pattern, &arg, 1, &out), -1);
	ck_assert_ptr_nonnull(strstr(c->err.detail, "longer than"));
	err_clear(c);
	memset(pattern, '{', MESSAGE_PATTERN_MAX);
	pattern[MESSAGE_PATTERN_MAX] = '\0';
	ck_assert_int_eq(locale_message(c, "en", pattern, &arg, 1, &out), -1);
}
END_TEST

Suite *suite_locale(void)
{
	Suite *s = suite_create("locale");
	TCase *t = tcase_create("locale");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, dates_are_written_as_readers_do, 0, COUNT_OF(DATES));
	tcase_add_test(t, no_zone_moves_a_time);
	tcase_add_loop_test(t, money_is_exact, 0, COUNT_OF(AMOUNTS));
	tcase_add_test(t, locales_are_languages_scripts_and_regions);
	tcase_add_test(t, formatters_come_and_go);
	tcase_add_test(t, names_are_folded_and_keep_their_accents);
	tcase_add_loop_test(t, messages_are_filled_in, 0, COUNT_OF(MESSAGES));
	tcase_add_test(t, messages_have_limits);
	suite_add_tcase(s, t);
	return s;
}
