/*
 * locale.h - dates, times, money and messages in a reader's language (ICU).
 *
 * ICU formats only: it is given local fields and never converts between
 * zones (its own zone data is old). Locales are BCP 47: language, script and
 * region ("de-DE", "en"); an unknown one formats as "en". Dates, times and
 * money come with plain spaces only: a narrow or fixed space would cost an SMS
 * its 7-bit alphabet and thus half its length.
 */
#ifndef FRONTDESK_LOCALE_H
#define FRONTDESK_LOCALE_H

#include "core/base/ctx.h"
#include "core/base/money.h"

#ifdef __cplusplus
extern "C" {
#endif

enum date_style {
	DATE_LONG,    /* Tuesday, December 1, 2026 */
	DATE_SHORT,   /* 12/1/26 */
	DATE_WEEKDAY, /* Tue, Dec 1 */
};

bool locale_valid(const char *locale);
bool locale_country_known(const char *code);  /* "DE", ISO 3166 */
bool locale_currency_known(const char *code); /* "EUR", ISO 4217 */
const char *locale_date(struct ctx *c, const char *locale, wall_t w, enum date_style style);
const char *locale_time(struct ctx *c, const char *locale, wall_t w); /* 2:00 PM, 14:00 */
const char *locale_money(struct ctx *c, const char *locale, money_t m);
/* In ASCII as its readers would write it, in small letters: "Müller & Søn" is
 * "mueller & son" for a German. */
const char *locale_ascii(struct ctx *c, const char *locale, const char *s);
/* Case-folded, accents kept, for comparing names. NFC. */
const char *locale_fold(struct ctx *c, const char *s);

struct message_arg {
	const char *name;
	const char *text; /* NULL: the integer */
	int64_t number;
};

/*
 * An ICU MessageFormat pattern ("{n, plural, one {# visit} other {# visits}}")
 * filled in. E_INVALID when the pattern is wrong, names an argument that is not
 * given, or formats other than numbers (dates are given as text); err.detail is
 * then what can be said of it, with the place ("names {x}, which …").
 */
#define MESSAGE_PATTERN_MAX (16 * 1024)
#define MESSAGE_MAX (256 * 1024)
#define MESSAGE_ARGS_MAX 64
int locale_message(struct ctx *c, const char *locale, const char *pattern,
	const struct message_arg *args, size_t n, const char **out) MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
