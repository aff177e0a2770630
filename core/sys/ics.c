#include "core/sys/ics.h"
#include "core/base/text.h"

#define LINE_OCTETS 75

/* A line being written, and how far it has come. */
struct line {
	struct buf *b;
	size_t octets;
};

/* n octets that stay together: a character, or an escape. */
static void put(struct line *l, const char *p, size_t n)
{
	if (l->octets + n > LINE_OCTETS) {
		buf_add(l->b, "\r\n ", 3);
		l->octets = 1;
	}
	buf_add(l->b, p, n);
	l->octets += n;
}

static size_t character_length(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static bool is_control(char ch)
{
	return ((unsigned char)ch < 0x20 && ch != '\t') || ch == 0x7f;
}

/* As it stands, without what would end the line. */
static void put_plain(struct line *l, const char *s)
{
	for (size_t n; *s != '\0'; s += n) {
		n = character_length(s);
		if (!is_control(*s))
			put(l, s, n);
	}
}

/* A value of type TEXT. */
static void put_text(struct line *l, const char *s)
{
	for (size_t n; *s != '\0'; s += n) {
		n = character_length(s);
		if (*s == '\n' || (*s == '\r' && s[1] != '\n'))
			put(l, "\\n", 2);
		else if (*s == '\\')
			put(l, "\\\\", 2);
		else if (*s == ';')
			put(l, "\\;", 2);
		else if (*s == ',')
			put(l, "\\,", 2);
		else if (!is_control(*s))
			put(l, s, n);
	}
}

/* The value of a parameter, quoted. What would end it becomes an apostrophe:
 * few read the escapes of RFC 6868. */
static void put_parameter(struct line *l, const char *s)
{
	put(l, "\"", 1);
	for (size_t n; *s != '\0'; s += n) {
		n = character_length(s);
		if (*s == '"')
			put(l, "'", 1);
		else if (!is_control(*s))
			put(l, s, n);
	}
	put(l, "\"", 1);
}

static void end_line(struct buf *b)
{
	buf_add(b, "\r\n", 2);
}

static void plain(struct buf *b, const char *name, const char *value)
{
	struct line l = {b, 0};

	put_plain(&l, name);
	put_plain(&l, value);
	end_line(b);
}

static void text(struct buf *b, const char *name, const char *value)
{
	struct line l = {b, 0};

	if (text_empty(value))
		return;
	put_plain(&l, name);
	put_text(&l, utf8_mend(b->mem, value));
	end_line(b);
}

static void number(struct buf *b, const char *name, int64_t value)
{
	buf_text_add(b, name);
	buf_int(b, value);
	end_line(b);
}

static void instant(struct buf *b, const char *name, ts_t t)
{
	struct civil v = civil_of_ts(t);

	buf_printf(b, "%s%04d%02d%02dT%02d%02d%02dZ\r\n", name, v.year, v.month, v.day, v.hour,
		v.minute, v.second);
}

static void organizer(struct buf *b, const struct ics_event *e)
{
	struct line l = {b, 0};

	if (text_empty(e->organizer_email))
		return;
	put_plain(&l, "ORGANIZER");
	if (!text_empty(e->organizer_name)) {
		put_plain(&l, ";CN=");
		put_parameter(&l, utf8_mend(b->mem, e->organizer_name));
	}
	put_plain(&l, ":mailto:");
	put_plain(&l, utf8_mend(b->mem, e->organizer_email));
	end_line(b);
}

void ics_begin(struct buf *b, const struct ics_calendar *k)
{
	plain(b, "BEGIN:", "VCALENDAR");
	plain(b, "VERSION:", "2.0");
	plain(b, "PRODID:", "-//Frontdesk//Frontdesk 2//EN");
	plain(b, "CALSCALE:", "GREGORIAN");
	if (k->publish)
		plain(b, "METHOD:", "PUBLISH");
	text(b, "NAME:", k->name);
	text(b, "X-WR-CALNAME:", k->name);
	if (k->refresh_minutes > 0) {
		buf_printf(b, "REFRESH-INTERVAL;VALUE=DURATION:PT%dM\r\n", k->refresh_minutes);
		buf_printf(b, "X-PUBLISHED-TTL:PT%dM\r\n", k->refresh_minutes);
	}
}

void ics_add(struct buf *b, const struct ics_event *e)
{
	static const char *const STATUS[] = {"CONFIRMED", "TENTATIVE", "CANCELLED"};

	plain(b, "BEGIN:", "VEVENT");
	text(b, "UID:", e->uid);
	instant(b, "DTSTAMP:", e->stamp);
	number(b, "SEQUENCE:", e->sequence);
	instant(b, "DTSTART:", e->starts_at);
	instant(b, "DTEND:", e->ends_at);
	plain(b, "STATUS:", STATUS[e->status]);
	plain(b, "TRANSP:", e->status == ICS_CANCELLED ? "TRANSPARENT" : "OPAQUE");
	text(b, "SUMMARY:", e->summary);
	text(b, "LOCATION:", e->location);
	text(b, "DESCRIPTION:", e->description);
	if (!text_empty(e->url))
		plain(b, "URL:", e->url);
	organizer(b, e);
	plain(b, "END:", "VEVENT");
}

void ics_end(struct buf *b)
{
	plain(b, "END:", "VCALENDAR");
}
