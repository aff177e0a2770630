#include "core/notify/invite.h"
#include "core/base/buf.h"

#define INVITE_MAX 16384
#define LINE_OCTETS 75

/* One content line, folded at 75 octets, never inside a character. */
static void put_line(struct buf *out, const char *line)
{
	size_t room = LINE_OCTETS;
	size_t n = strlen(line);

	while (n > room) {
		size_t cut = room;

		while (cut > 0 && ((uint8_t)line[cut] & 0xC0) == 0x80)
			cut--;
		buf_add(out, line, cut);
		buf_text_add(out, "\r\n ");
		line += cut;
		n -= cut;
		room = LINE_OCTETS - 1; /* the blank counts */
	}
	buf_add(out, line, n);
	buf_text_add(out, "\r\n");
}

/* TEXT (RFC 5545 section 3.3.11); other control characters are dropped. */
static void put_text(struct buf *out, struct ctx *c, const char *name, const char *value)
{
	struct buf line = buf_new(c->mem, INVITE_MAX);

	buf_printf(&line, "%s:", name);
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			buf_text_add(&line, "\\n");
		else if (strchr("\\;,", *value) != NULL)
			buf_printf(&line, "\\%c", *value);
		else if ((uint8_t)*value >= ' ' && *value != 0x7F)
			buf_char(&line, *value);
	}
	put_line(out, buf_text(&line));
}

static void put_time(struct buf *out, struct ctx *c, const char *name, ts_t t)
{
	struct civil v = civil_of_ts(t);

	put_line(out,
		mem_printf(c->mem, "%s:%04d%02d%02dT%02d%02d%02dZ", name, v.year, v.month, v.day,
			v.hour, v.minute, v.second));
}

/* A quoted parameter value holds no quotes and no control characters. */
static void put_organizer(struct buf *out, struct ctx *c, const struct invite *v)
{
	struct buf line = buf_new(c->mem, INVITE_MAX);

	buf_text_add(&line, "ORGANIZER;CN=\"");
	for (const char *s = v->organizer; *s != '\0'; s++) {
		if ((uint8_t)*s >= ' ' && *s != 0x7F && *s != '"')
			buf_char(&line, *s);
	}
	buf_printf(&line, "\":mailto:%s", v->mailto);
	put_line(out, buf_text(&line));
}

const char *invite_make(struct ctx *c, const struct invite *v)
{
	struct buf out = buf_new(c->mem, INVITE_MAX);

	put_line(&out, "BEGIN:VCALENDAR");
	put_line(&out, "PRODID:-//Frontdesk//Frontdesk 2//EN");
	put_line(&out, "VERSION:2.0");
	put_line(&out, "CALSCALE:GREGORIAN");
	put_line(&out, "METHOD:PUBLISH");
	put_line(&out, "BEGIN:VEVENT");
	put_text(&out, c, "UID", v->uid);
	put_time(&out, c, "DTSTAMP", v->stamp);
	put_line(&out, mem_printf(c->mem, "SEQUENCE:%" PRId64, v->sequence));
	put_time(&out, c, "DTSTART", v->starts_at);
	put_time(&out, c, "DTEND", v->ends_at);
	put_text(&out, c, "SUMMARY", v->summary);
	if (v->location != NULL)
		put_text(&out, c, "LOCATION", v->location);
	if (v->mailto != NULL)
		put_organizer(&out, c, v);
	put_line(&out, v->cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
	put_line(&out, "TRANSP:OPAQUE");
	put_line(&out, "END:VEVENT");
	put_line(&out, "END:VCALENDAR");
	if (buf_full(&out))
		BUG("an invitation of more than %d bytes", INVITE_MAX);
	return buf_text(&out);
}
