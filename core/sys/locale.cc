#include "core/sys/locale.h"
#include "core/base/text.h"
#include <memory>
#include <string>
#include <unicode/calendar.h>
#include <unicode/datefmt.h>
#include <unicode/decimfmt.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/normalizer2.h>
#include <unicode/numfmt.h>
#include <unicode/timezone.h>
#include <unicode/translit.h>
#include <unicode/ucurr.h>
#include <unicode/uloc.h>

using icu::DateFormat;
using icu::Format;
using icu::Locale;
using icu::MessageFormat;
using icu::MessagePattern;
using icu::NumberFormat;
using icu::UnicodeString;

namespace
{

constexpr size_t TAG_MAX = 16; /* "zh-Hant-TW" */

/* Language, script and region of a tag; false when it is none, says more
 * (calendars, variants), or when there is no such language. */
bool locale_parse(const char *tag, Locale *out)
{
	UErrorCode err = U_ZERO_ERROR;

	if (tag == nullptr || strnlen(tag, TAG_MAX + 1) > TAG_MAX)
		return false;
	*out = Locale::forLanguageTag(tag, err);
	if (U_FAILURE(err) || out->isBogus() || *out->getVariant() != '\0' ||
		strchr(out->getName(), '@') != nullptr)
		return false;
	/* what it could not read is missing in the tag it makes of it */
	std::string again = out->toLanguageTag<std::string>(err);
	return U_SUCCESS(err) && strcasecmp(again.c_str(), tag) == 0 &&
		*out->getISO3Language() != '\0';
}

Locale locale_or_english(const char *tag)
{
	Locale l;

	return locale_parse(tag, &l) ? l : Locale::getEnglish();
}

UnicodeString unicode(const char *s)
{
	return UnicodeString::fromUTF8(s);
}

const char *utf8(struct ctx *c, const UnicodeString &s)
{
	std::string out;

	s.toUTF8String(out);
	return mem_text_n(c->mem, out.data(), out.size());
}

const char *utf8_plain_spaces(struct ctx *c, UnicodeString s)
{
	for (int32_t i = 0; i < s.length(); i++) {
		if (s[i] == 0x00A0 || s[i] == 0x202F || s[i] == 0x2009)
			s.setCharAt(i, ' ');
	}
	return utf8(c, s);
}

/* ---- formatters, kept ---- */

enum style { STYLE_LONG, STYLE_SHORT, STYLE_WEEKDAY, STYLE_TIME, STYLE_MONEY };

Format *format_new(const Locale &l, enum style style, UErrorCode *err)
{
	DateFormat *f = nullptr;

	switch (style) {
	case STYLE_LONG:
		f = DateFormat::createDateInstance(DateFormat::kFull, l);
		break;
	case STYLE_SHORT:
		f = DateFormat::createDateInstance(DateFormat::kShort, l);
		break;
	case STYLE_WEEKDAY:
		f = DateFormat::createInstanceForSkeleton("EEEMMMd", l, *err);
		break;
	case STYLE_TIME:
		f = DateFormat::createTimeInstance(DateFormat::kShort, l);
		break;
	case STYLE_MONEY:
		return NumberFormat::createInstance(l, UNUM_CURRENCY, *err);
	}
	if (f != nullptr)
		f->setTimeZone(*icu::TimeZone::getGMT());
	return f;
}

/* A formatter takes 50 to 200 us to make: the process keeps its last ones. */
constexpr size_t KEPT = 32;

struct kept {
	char locale[TAG_MAX + 1];
	enum style style;
	Format *format;
};

Format *format_find(const char *locale, enum style style)
{
	static struct kept kept[KEPT];
	static size_t oldest;
	UErrorCode err = U_ZERO_ERROR;
	Locale l;

	if (!locale_parse(locale, &l))
		locale = "en";
	for (const struct kept &k : kept) {
		if (k.format != nullptr && k.style == style && strcmp(k.locale, locale) == 0)
			return k.format;
	}
	Format *made = format_new(locale_or_english(locale), style, &err);
	if (made == nullptr || U_FAILURE(err))
		BUG("ICU has no format %d for %s: %s", style, locale, u_errorName(err));
	struct kept &k = kept[oldest++ % KEPT];
	delete k.format;
	snprintf(k.locale, sizeof(k.locale), "%s", locale);
	k.style = style;
	k.format = made;
	return made;
}

const char *date_format(struct ctx *c, const char *locale, enum style style, wall_t w)
{
	auto *f = static_cast<DateFormat *>(format_find(locale, style));
	UnicodeString out;

	f->format(static_cast<UDate>(w.min) * 60000.0, out);
	return utf8_plain_spaces(c, out);
}

/* The amount as decimal text: never through floating point. */
const char *money_decimal(struct ctx *c, money_t m)
{
	uint64_t u =
		m.minor < 0 ? 0 - static_cast<uint64_t>(m.minor) : static_cast<uint64_t>(m.minor);
	const char *sign = m.minor < 0 ? "-" : "";
	int digits = money_digits(m.currency);
	uint64_t scale = 1;

	for (int i = 0; i < digits; i++)
		scale *= 10;
	if (digits == 0)
		return mem_printf(c->mem, "%s%" PRIu64, sign, u);
	return mem_printf(c->mem, "%s%" PRIu64 ".%0*" PRIu64, sign, u / scale, digits, u % scale);
}

/* ---- messages ---- */

bool arg_given(const UnicodeString &name, const struct message_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (name == unicode(args[i].name))
			return true;
	}
	return false;
}

/* ICU would print an argument that is missing as its name in braces, and a
 * date with its own old zones: both are looked for first. */
int pattern_check(struct ctx *c, const MessagePattern &p, const struct message_arg *args, size_t n)
{
	for (int32_t i = 0; i < p.countParts(); i++) {
		const MessagePattern::Part &part = p.getPart(i);
		UnicodeString text = p.getSubstring(part);

		switch (static_cast<int>(part.getType())) {
		case UMSGPAT_PART_TYPE_ARG_NUMBER:
		case UMSGPAT_PART_TYPE_ARG_NAME:
			if (!arg_given(text, args, n))
				return err_set(c, E_INVALID,
					"names {%.60s}, which does not exist here "
					"(character %d)",
					utf8(c, text), part.getIndex() + 1);
			break;
		case UMSGPAT_PART_TYPE_ARG_TYPE:
			if (text != UnicodeString("number"))
				return err_set(c, E_INVALID,
					"uses the format %.60s, only number exists here "
					"(character %d)",
					utf8(c, text), part.getIndex() + 1);
			break;
		default:
			break;
		}
	}
	return 0;
}

int message_format(struct ctx *c, MessageFormat *f, const struct message_arg *args, size_t n,
	UnicodeString *out)
{
	UErrorCode err = U_ZERO_ERROR;
	std::unique_ptr<UnicodeString[]> names(new UnicodeString[n + 1]);
	std::unique_ptr<icu::Formattable[]> values(new icu::Formattable[n + 1]);

	for (size_t i = 0; i < n; i++) {
		names[i] = unicode(args[i].name);
		if (args[i].text != nullptr)
			values[i].setString(unicode(args[i].text));
		else
			values[i].setInt64(args[i].number);
	}
	f->format(names.get(), values.get(), static_cast<int32_t>(n), *out, err);
	if (U_FAILURE(err))
		return err_set(
			c, E_INVALID, "uses an argument as what it is not (%s)", u_errorName(err));
	if (out->length() > MESSAGE_MAX)
		return err_set(c, E_INVALID, "becomes longer than %d characters", MESSAGE_MAX);
	return 0;
}

} // namespace

bool locale_valid(const char *locale)
{
	Locale l;

	return locale_parse(locale, &l);
}

bool locale_country_known(const char *code)
{
	for (const char *const *p = Locale::getISOCountries(); *p != nullptr; p++) {
		if (strcmp(*p, code) == 0)
			return true;
	}
	return false;
}

bool locale_currency_known(const char *code)
{
	UErrorCode err = U_ZERO_ERROR;

	/* in use at any time: ICU's years are older than the machine's clock */
	return strlen(code) == 3 && strcspn(code, "abcdefghijklmnopqrstuvwxyz") == 3 &&
		ucurr_isAvailable(
			unicode(code).getTerminatedBuffer(), U_DATE_MIN, U_DATE_MAX, &err) &&
		U_SUCCESS(err);
}

const char *locale_date(struct ctx *c, const char *locale, wall_t w, enum date_style style)
{
	switch (style) {
	case DATE_LONG:
		return date_format(c, locale, STYLE_LONG, w);
	case DATE_SHORT:
		return date_format(c, locale, STYLE_SHORT, w);
	case DATE_WEEKDAY:
		return date_format(c, locale, STYLE_WEEKDAY, w);
	}
	BUG("a date in style %d", style);
}

const char *locale_time(struct ctx *c, const char *locale, wall_t w)
{
	return date_format(c, locale, STYLE_TIME, w);
}

const char *locale_money(struct ctx *c, const char *locale, money_t m)
{
	auto *f = static_cast<NumberFormat *>(format_find(locale, STYLE_MONEY));
	const char *decimal = money_decimal(c, m);
	int32_t digits = money_digits(m.currency);
	UErrorCode err = U_ZERO_ERROR;
	UnicodeString out;

	f->setCurrency(unicode(m.currency).getTerminatedBuffer(), err);
	f->setMinimumFractionDigits(digits);
	f->setMaximumFractionDigits(digits);
	f->format(icu::StringPiece(decimal), out, nullptr, err);
	if (U_FAILURE(err))
		return mem_printf(c->mem, "%s %s", decimal, m.currency);
	return utf8_plain_spaces(c, out);
}

const char *locale_fold(struct ctx *c, const char *s)
{
	UErrorCode err = U_ZERO_ERROR;
	const icu::Normalizer2 *nfc = icu::Normalizer2::getNFCInstance(err);

	if (U_FAILURE(err))
		BUG("ICU has no NFC: %s", u_errorName(err));
	UnicodeString folded = nfc->normalize(unicode(s), err).foldCase();
	UnicodeString out = nfc->normalize(folded, err);
	if (U_FAILURE(err))
		BUG("ICU cannot normalize: %s", u_errorName(err));
	return utf8(c, out);
}

const char *locale_ascii(struct ctx *c, const char *locale, const char *s)
{
	bool german = strncasecmp(locale, "de", 2) == 0 && (locale[2] == '\0' || locale[2] == '-');
	UErrorCode err = U_ZERO_ERROR;
	UnicodeString rules = german ? "Any-Latin; de-ASCII; Latin-ASCII; Lower"
				     : "Any-Latin; Latin-ASCII; Lower";
	std::unique_ptr<icu::Transliterator> t(
		icu::Transliterator::createInstance(rules, UTRANS_FORWARD, err));

	if (t == nullptr || U_FAILURE(err))
		BUG("ICU cannot write ASCII: %s", u_errorName(err));
	UnicodeString text = unicode(s);
	t->transliterate(text);
	return utf8(c, text);
}

int locale_message(struct ctx *c, const char *locale, const char *pattern,
	const struct message_arg *args, size_t n, const char **out)
{
	UErrorCode err = U_ZERO_ERROR;
	UParseError place = {};
	UnicodeString text = unicode(pattern), result;

	if (n > MESSAGE_ARGS_MAX)
		BUG("%zu arguments for a message", n);
	if (strlen(pattern) > MESSAGE_PATTERN_MAX)
		return err_set(c, E_INVALID, "is longer than %d bytes", MESSAGE_PATTERN_MAX);
	MessagePattern parsed(text, &place, err);
	MessageFormat format("", locale_or_english(locale), err);
	if (U_SUCCESS(err) && pattern_check(c, parsed, args, n) < 0)
		return -1;
	format.applyPattern(text, place, err);
	if (U_FAILURE(err))
		return err_set(c, E_INVALID, "is wrong at character %d (%s)", place.offset + 1,
			u_errorName(err));
	if (message_format(c, &format, args, n, &result) < 0)
		return -1;
	*out = utf8(c, result);
	return 0;
}
