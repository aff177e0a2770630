#include "core/notify/sms_text.h"
#include "core/base/buf.h"
#include "core/base/text.h"

/* The characters of the basic set beyond ASCII, and those of ASCII that take
 * two septets. What is missing in it: the grave accent. */
static const char GSM_BASIC[] = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
static const char GSM_TWO[] = "^{}\\[~]|€\f";

/* The characters of typography, and what people type instead. */
static const char *const PLAIN[][2] = {
	{"\u00A0", " "},
	{"\u202F", " "},
	{"\u2009", " "},
	{"\u2010", "-"},
	{"\u2011", "-"},
	{"\u2013", "-"},
	{"\u2014", "-"},
	{"\u2018", "'"},
	{"\u2019", "'"},
	{"\u201A", "'"},
	{"\u201C", "\""},
	{"\u201D", "\""},
	{"\u201E", "\""},
	{"\u2026", "..."},
	{"`", "'"},
};

static size_t character_bytes(const char *s)
{
	size_t n = 1;

	while (((uint8_t)s[n] & 0xC0) == 0x80)
		n++;
	return n;
}

static bool in_set(const char *set, const char *s, size_t n)
{
	for (; *set != '\0'; set += character_bytes(set)) {
		if (character_bytes(set) == n && memcmp(set, s, n) == 0)
			return true;
	}
	return false;
}

/* Septets of a character; 0: it has none. */
static int septets(const char *s, size_t n)
{
	if (in_set(GSM_TWO, s, n))
		return 2;
	if (in_set(GSM_BASIC, s, n) || *s == '\n' || *s == '\r' ||
		(*s >= ' ' && *s <= '~' && *s != '`'))
		return 1;
	return 0;
}

/* UTF-8 of four bytes is beyond the first plane: a surrogate pair. */
static int weight(enum sms_encoding e, const char *s, size_t n)
{
	if (e == SMS_GSM7)
		return septets(s, n);
	return n == 4 ? 2 : 1;
}

static enum sms_encoding encoding_of(const char *s)
{
	for (size_t n; *s != '\0'; s += n) {
		n = character_bytes(s);
		if (septets(s, n) == 0)
			return SMS_UCS2;
	}
	return SMS_GSM7;
}

struct sms_size sms_measure(const char *s)
{
	struct sms_size size = {.encoding = encoding_of(s), .segments = 1};
	int single = size.encoding == SMS_GSM7 ? 160 : 70;
	int joined = size.encoding == SMS_GSM7 ? 153 : 67;
	int used = 0; /* of the last SMS, were there several */

	for (size_t n; *s != '\0'; s += n) {
		n = character_bytes(s);
		int w = weight(size.encoding, s, n);

		size.units += w;
		if (used + w > joined) {
			size.segments++;
			used = 0;
		}
		used += w;
	}
	if (size.units <= single) {
		size.segments = 1;
		size.left = single - size.units;
	} else
		size.left = joined - used;
	return size;
}

const char *sms_plain(struct ctx *c, const char *s)
{
	struct buf b = buf_new(c->mem, strlen(s) * 3 + 1);

	while (*s != '\0') {
		size_t n = character_bytes(s), i = 0;

		while (i < COUNT_OF(PLAIN) &&
			!(strlen(PLAIN[i][0]) == n && memcmp(PLAIN[i][0], s, n) == 0))
			i++;
		if (i < COUNT_OF(PLAIN))
			buf_text_add(&b, PLAIN[i][1]);
		else
			buf_add(&b, s, n);
		s += n;
	}
	return utf8_cut(c->mem, buf_text(&b), SMS_LENGTH_MAX);
}
