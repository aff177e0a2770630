/*
 * ical.h - reading iCalendar (RFC 5545): recurrence rules, and the holidays of
 * a calendar file (libical inside). Writing it is sys/ics.h.
 *
 * What comes in may be anything: nothing that is read makes libical look up a
 * time zone, nest without end, or stay in memory afterwards.
 */
#ifndef FRONTDESK_ICAL_H
#define FRONTDESK_ICAL_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/sys/rrule.h"
#include "core/sys/tz.h"

#define ICAL_RRULE_LENGTH 500

/*
 * "FREQ=WEEKLY;BYDAY=MO;COUNT=10", with or without "RRULE:" before it. An UNTIL
 * in UTC becomes the wall clock of the zone (NULL: of UTC). A field error where
 * it is no rule, or one that is not for minutes of Gregorian days (SECONDLY,
 * BYSECOND, RSCALE, SKIP), or where its parts do not go together.
 */
int ical_rrule_read(struct ctx *c, const char *field, const char *text, const struct tz *zone,
	struct rrule *out) MUST_USE;

/* rrule_expand() of a rule with RRULE_STEPS; a field error when they are used
 * up. Rules are bounded by the window. */
int ical_rrule_expand(struct ctx *c, const char *field, const struct rrule *r, wall_t start,
	struct rrule_window w, struct walls *out) MUST_USE;

struct holiday {
	day_t day;
	const char *name; /* NULL: none was given */
};

#define ICAL_TEXT_MAX (1024 * 1024)
#define ICAL_EVENTS_MAX 5000
#define ICAL_HOLIDAYS_DAYS_MAX 3660
#define HOLIDAY_NAME_LENGTH 200

struct holidays {
	day_t from;       /* given */
	day_t to;         /* given, included: at most ICAL_HOLIDAYS_DAYS_MAX days */
	struct rows rows; /* of struct holiday, ascending */
	size_t left_out;  /* events not of whole days, or that nobody can read */
};

/*
 * The days on which the calendar has events of whole days, each once, with the
 * name that comes first. Events that are marked as free time count (holidays
 * often are), cancelled ones do not. A field error when the text is no calendar
 * or too large.
 */
int ical_holidays(struct ctx *c, const char *field, const char *text, struct holidays *h) MUST_USE;

#endif
