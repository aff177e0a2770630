/*
 * ics.h - writing iCalendar (RFC 5545): what calendar programs subscribe to,
 * download, or get by mail. Reading it is sys/ical.h.
 *
 * All times go out in UTC, so no time zone travels with them. Lines end in
 * CRLF and are folded at 75 octets, never inside a character. The calendar
 * grows in a buffer: ask buf_full() at the end.
 *
 *	ics_begin(&b, &(struct ics_calendar){.name = "Anna", .refresh_minutes = 60});
 *	ics_add(&b, &event);
 *	ics_end(&b);
 */
#ifndef FRONTDESK_ICS_H
#define FRONTDESK_ICS_H

#include "core/base/buf.h"
#include "core/base/ts.h"

#define ICS_CONTENT_TYPE "text/calendar; charset=utf-8"

struct ics_calendar {
	const char *name;    /* NULL: none */
	bool publish;        /* METHOD:PUBLISH, for a file somebody is sent; a feed
	                        has none */
	int refresh_minutes; /* 0: not said */
};

enum ics_status { ICS_CONFIRMED, ICS_TENTATIVE, ICS_CANCELLED };

/* An event of a calendar; NULL texts are left out. */
struct ics_event {
	const char *uid;  /* the same for ever: "<id>@<host>" */
	int64_t sequence; /* grows with each change */
	ts_t stamp;       /* when that was */
	ts_t starts_at;
	ts_t ends_at;
	enum ics_status status;
	const char *summary;
	const char *location;
	const char *description; /* lines end in \n */
	const char *url;
	const char *organizer_name;
	const char *organizer_email; /* without it there is no organizer */
};

void ics_begin(struct buf *b, const struct ics_calendar *k);
void ics_add(struct buf *b, const struct ics_event *e);
void ics_end(struct buf *b);

#endif
