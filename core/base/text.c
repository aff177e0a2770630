#include "core/base/text.h"

bool text_empty(const char *s)
{
	return s == NULL || *s == '\0';
}

bool text_same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Bytes of the well-formed sequence at s, 0 when there is none.
 * (Unicode 15, table 3-7) */
static size_t utf8_step(const uint8_t *s, size_t n)
{
	uint8_t lo = 0x80, hi = 0xBF;
	size_t len;

	if (s[0] >= 0x01 && s[0] <= 0x7F)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		len = 2;
	else if (s[0] >= 0xE0 && s[0] <= 0xEF)
		len = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	if (s[0] == 0xE0)
		lo = 0xA0;
	else if (s[0] == 0xED)
		hi = 0x9F;
	else if (s[0] == 0xF0)
		lo = 0x90;
	else if (s[0] == 0xF4)
		hi = 0x8F;
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (s[i] < 0x80 || s[i] > 0xBF)
			return 0;
	}
	return len;
}

bool utf8_valid(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;

	while (n > 0) {
		size_t k = *p >= 0x01 && *p <= 0x7F ? 1 : utf8_step(p, n);

		if (k == 0)
			return false;
		p += k;
		n -= k;
	}
	return true;
}

static bool continues(char c)
{
	return ((uint8_t)c & 0xC0) == 0x80;
}

size_t utf8_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += !continues(*s);
	return n;
}

const char *utf8_cut(struct arena *mem, const char *s, size_t max)
{
	size_t n = 0, i = 0;

	for (; s[i] != '\0'; i++) {
		if (!continues(s[i]) && n++ == max)
			break;
	}
	return s[i] == '\0' ? s : mem_text_n(mem, s, i);
}

const char *utf8_mend(struct arena *mem, const char *s)
{
	size_t n = strlen(s), k = 0;

	if (utf8_valid(s, n))
		return s;
	char *p = mem_alloc(mem, n * 3 + 1);
	while (n > 0) {
		size_t step = utf8_step((const uint8_t *)s, n);

		memcpy(p + k, step > 0 ? s : "\xEF\xBF\xBD", step > 0 ? step : 3);
		k += step > 0 ? step : 3;
		s += step > 0 ? step : 1;
		n -= step > 0 ? step : 1;
	}
	return p;
}

static bool blank(char c)
{
	return (uint8_t)c <= ' ' || c == 0x7F;
}

const char *text_trim(struct arena *mem, const char *s)
{
	while (*s != '\0' && blank(*s))
		s++;
	size_t n = strlen(s);
	while (n > 0 && blank(s[n - 1]))
		n--;
	return s[n] == '\0' ? s : mem_text_n(mem, s, n);
}

const char *text_lower(struct arena *mem, const char *s)
{
	char *p = mem_text(mem, s);

	for (char *q = p; *q != '\0'; q++) {
		if (*q >= 'A' && *q <= 'Z')
			*q = (char)(*q + ('a' - 'A'));
	}
	return p;
}

const char *text_digits(struct arena *mem, const char *s)
{
	char *p = mem_alloc(mem, strlen(s) + 1);
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			p[n++] = *s;
	}
	return p;
}

bool text_is_email(const char *s)
{
	const char *at = strchr(s, '@');

	for (const char *p = s; *p != '\0'; p++) {
		if ((uint8_t)*p <= ' ' || *p == 0x7F || strchr("<>,;\"()", *p) != NULL)
			return false;
	}
	return at != NULL && at > s && at[1] != '\0' && strchr(at + 1, '@') == NULL;
}

bool text_is_language(const char *s)
{
	for (int part = 0;; part++) {
		size_t n = strspn(s,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789");

		if (n < (part == 0 ? 2 : 1) || n > (part == 0 ? 3 : 8) ||
			(part == 0 && strcspn(s, "0123456789") < n))
			return false;
		if (s[n] == '\0')
			return true;
		if (s[n] != '-')
			return false;
		s += n + 1;
	}
}

bool text_int(const char *s, int64_t lo, int64_t hi, int64_t *out)
{
	bool negative = *s == '-';
	int64_t v = 0;

	s += negative;
	if (*s == '\0' || (*s == '0' && s[1] != '\0'))
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, *s - '0', &v))
			return false;
	}
	if (!negative && __builtin_sub_overflow(INT64_C(0), v, &v))
		return false;
	*out = v;
	return v >= lo && v <= hi;
}

const char *hex_encode(struct arena *mem, struct bytes b)
{
	static const char HEX[] = "0123456789abcdef";
	char *s = mem_alloc(mem, b.n * 2 + 1);

	for (size_t i = 0; i < b.n; i++) {
		s[2 * i] = HEX[b.p[i] >> 4];
		s[2 * i + 1] = HEX[b.p[i] & 15];
	}
	return s;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *s, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++, s += 2) {
		int hi = hex_digit(s[0]);
		int lo = hi < 0 ? -1 : hex_digit(s[1]);

		if (lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return *s == '\0';
}

static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *base64url_encode(struct arena *mem, struct bytes b)
{
	char *s = mem_alloc(mem, b.n / 3 * 4 + 5);
	size_t k = 0;

	for (size_t i = 0; i < b.n; i += 3) {
		uint32_t v = (uint32_t)b.p[i] << 16;
		size_t left = b.n - i;

		v |= left > 1 ? (uint32_t)b.p[i + 1] << 8 : 0;
		v |= left > 2 ? b.p[i + 2] : 0;
		for (size_t j = 0; j < (left > 2 ? 4 : left + 1); j++)
			s[k++] = BASE64URL[v >> (18 - 6 * j) & 63];
	}
	return s;
}

bool base64url_decode(struct arena *mem, const char *s, struct bytes *out)
{
	size_t n = strlen(s), k = 0;
	uint8_t *p = mem_alloc(mem, n / 4 * 3 + 3);
	uint32_t v = 0;
	int bits = 0;

	if (n % 4 == 1)
		return false;
	for (; *s != '\0'; s++) {
		const char *at = strchr(BASE64URL, *s);

		if (at == NULL)
			return false;
		v = v << 6 | (uint32_t)(at - BASE64URL);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			p[k++] = (uint8_t)(v >> bits);
			v &= (1u << bits) - 1;
		}
	}
	out->p = p;
	out->n = k;
	return v == 0; /* left-over bits must be zero: one spelling */
}
