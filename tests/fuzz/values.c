/* Single values, and files that people send: numbers, times, calendars, rules. */
#include "core/base/money.h"
#include "core/base/trace.h"
#include "core/delivery/endpoint.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/ical.h"
#include "core/sys/meter.h"
#include "core/sys/phone_number.h"
#include "core/sys/reach.h"
#include "core/sys/tz.h"
#include "core/tenant/origins.h"
#include "tests/fuzz/fuzz.h"

#include <netdb.h>

void fuzz_phone(struct ctx *c, struct bytes in)
{
	static const char *const REGIONS[] = {NULL, "DE", "US", "FR", "ZZ", "", "de", "D"};
	const char *region = REGIONS[fuzz_byte(&in) % COUNT_OF(REGIONS)];
	const char *e164 = phone_e164(c->mem, fuzz_text(c, in), region);

	if (e164 == NULL)
		return;
	size_t n = strlen(e164);
	if (e164[0] != '+' || n < 4 || n > 16 || strspn(e164 + 1, "0123456789") != n - 1)
		BUG("%s is no E.164", e164);
	if (!text_same(phone_e164(c->mem, e164, NULL), e164))
		BUG("%s is another number the second time", e164);
	(void)phone_probably_valid(e164);
	if (phone_national(c->mem, e164) == NULL || phone_international(c->mem, e164) == NULL)
		BUG("%s cannot be written", e164);
	(void)phone_region(c->mem, e164);
}

void fuzz_ical(struct ctx *c, struct bytes in)
{
	struct holidays h = {.from = day_of(2026, 1, 1), .to = day_of(2028, 12, 31)};

	if (ical_holidays(c, "text", fuzz_text(c, in), &h) < 0) {
		if (c->err.code != E_INVALID)
			BUG("refused as %s", err_wire(c->err.code));
		return;
	}
	const struct holiday *d = h.rows.p;
	for (size_t i = 0; i < h.rows.n; i++) {
		if (d[i].day.n < h.from.n || d[i].day.n > h.to.n ||
			(i > 0 && d[i].day.n <= d[i - 1].day.n))
			BUG("day %d out of order", (int)d[i].day.n);
		if (d[i].name != NULL && !utf8_valid(d[i].name, strlen(d[i].name)))
			BUG("a name that is no text");
	}
}

void fuzz_rrule(struct ctx *c, struct bytes in)
{
	const struct tz *zone = fuzz_byte(&in) % 2 == 1 ? tz_find("Europe/Berlin") : NULL;
	wall_t start = wall_of(day_of(2026, 12, 1), 10 * 60);
	struct rrule_window w = {.from = start, .to = wall_of(day_of(2029, 12, 1), 0), .max = 300};
	struct walls out;
	struct rrule r;

	start.min += fuzz_byte(&in) * 97;
	if (ical_rrule_read(c, "rrule", fuzz_text(c, in), zone, &r) < 0 ||
		ical_rrule_expand(c, "rrule", &r, start, w, &out) < 0) {
		if (c->err.code != E_INVALID)
			BUG("refused as %s", err_wire(c->err.code));
		return;
	}
	if (out.n > w.max)
		BUG("%zu are more than %zu", out.n, w.max);
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i].min < w.from.min || out.p[i].min > w.to.min ||
			(i > 0 && out.p[i].min <= out.p[i - 1].min))
			BUG("minute %" PRId64 " out of order", out.p[i].min);
	}
}

void fuzz_trace(struct ctx *c, struct bytes in)
{
	const char *s = fuzz_text(c, in);

	trace_begin(c, s);
	const char *first = c->trace;
	bool goes_on = strlen(s) >= TRACE_LENGTH && strncmp(first + 3, s + 3, TRACE_ID_LENGTH) == 0;

	if (strlen(first) != TRACE_LENGTH || strspn(first, "0123456789abcdef-") != TRACE_LENGTH)
		BUG("%s is no traceparent", first);
	/* what we give out, we take up again */
	trace_begin(c, first);
	if (strncmp(first, c->trace, 36) != 0 || strcmp(first, c->trace) == 0)
		BUG("%s is followed by %s", first, c->trace);
	if (goes_on && s[0] == 'f' && s[1] == 'f')
		BUG("the version ff is none: %s", s);
}

/* What is taken leads to no private address that its text tells of. */
void fuzz_address(struct ctx *c, struct bytes in)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *at;
	const char *url = fuzz_text(c, in);

	if (address_check(c, "url", url) < 0) {
		if (c->err.code != E_INVALID)
			BUG("refused as %s", err_wire(c->err.code));
		return;
	}
	if (strncasecmp(url, "https://", 8) != 0 || strpbrk(url, " \t\r\n\\#") != NULL)
		BUG("%s is taken", url);
	const char *host = url + 8 + (url[8] == '[');
	size_t n = strcspn(host, url[8] == '[' ? "]" : ":/?");
	if (n == 0 || memchr(host, '@', n) != NULL)
		BUG("%s has no host", url);
	if (getaddrinfo(mem_text_n(c->mem, host, n), NULL, &hints, &at) != 0)
		return;
	enum reach reach = reach_of(at->ai_addr);
	freeaddrinfo(at);
	if (reach != REACH_PUBLIC)
		BUG("%s is private", url);
}

/* ---- values ---- */

static void times(struct ctx *c, const char *s)
{
	wall_t w, w2;
	day_t d, d2;
	ts_t t, t2;
	int minute;

	if (ts_parse(s, &t) && (!ts_parse(ts_text(c->mem, t), &t2) || t2.ms != t.ms))
		BUG("instant %s", s);
	if (wall_parse(s, &w) && (!wall_parse(wall_text(c->mem, w), &w2) || w2.min != w.min))
		BUG("wall clock %s", s);
	if (day_parse(s, &d) && (!day_parse(day_text(c->mem, d), &d2) || d2.n != d.n))
		BUG("day %s", s);
	if (minute_parse(s, &minute) && (minute < 0 || minute > 1440))
		BUG("minute %d", minute);
}

static void encodings(struct ctx *c, const char *s)
{
	struct bytes b;
	uint8_t four[4];

	if (base64url_decode(c->mem, s, &b) && strcmp(base64url_encode(c->mem, b), s) != 0)
		BUG("two spellings of base64url: %s", s);
	if (base64_decode(c->mem, s, &b) && strcmp(base64_encode(c->mem, b), s) != 0)
		BUG("two spellings of base64: %s", s);
	if (hex_decode(s, four, 4) &&
		strncasecmp(hex_encode(c->mem, (struct bytes){four, 4}), s, 8) != 0)
		BUG("hex %s", s);
}

static void texts(struct ctx *c, const char *s)
{
	const char *mended = utf8_mend(c->mem, s);

	if (!utf8_valid(mended, strlen(mended)))
		BUG("not mended");
	if (utf8_valid(s, strlen(s))) {
		const char *cut = utf8_cut(c->mem, s, 5);

		if (strcmp(mended, s) != 0 || utf8_length(cut) > 5 || !text_starts(s, cut))
			BUG("cut as %s", cut);
	}
	(void)text_is_email(s);
	(void)text_is_language(s);
	(void)text_trim(c->mem, s);
	(void)text_digits(c->mem, s);
	if (origin_plausible(s) && !origins_have(mem_printf(c->mem, "a %s b", s), s))
		BUG("origin %s", s);
	(void)meter_address(c->mem, s);
}

void fuzz_values(struct ctx *c, struct bytes in)
{
	const char *s = fuzz_text(c, in);
	int64_t n;

	times(c, s);
	encodings(c, s);
	texts(c, s);
	if (text_int(s, -1000, 1000, &n) && (n < -1000 || n > 1000))
		BUG("%s became %" PRId64, s, n);
	(void)micro_parse(s, &n);
}

/* The control: a bug behind three comparisons, as parsers have them. */
void fuzz_planted(struct ctx *c, struct bytes in)
{
	const char *s = fuzz_text(c, in);

	if (text_starts(s, "plant=") && strlen(s) == 9 && s[8] == '!')
		BUG("planted");
}

/* ---- files ---- */

void fuzz_conf(struct ctx *c, struct bytes in)
{
	FILE *kept = stderr;

	/* what is wrong is told on stderr */
	stderr = fopen("/dev/null", "we");
	const struct conf *conf = conf_load(c->mem, fuzz_file(in));
	fclose(stderr);
	stderr = kept;
	if (conf != NULL && (conf->server_public_url == NULL || conf->limits_factor < 1))
		BUG("a configuration without values");
}
