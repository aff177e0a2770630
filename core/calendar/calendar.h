/*
 * calendar.h - arithmetic on spans of minutes: when somebody works, is busy,
 * and can therefore begin.
 *
 * Pure: no clock, no time zone, no database; the caller says what minute 0 is
 * (booking counts minutes of UTC). A span is half open. A struct spans is
 * ascending, its spans neither overlap nor touch, and none is empty: every
 * function returns that and expects it, spans_normal() makes it.
 */
#ifndef FRONTDESK_CALENDAR_H
#define FRONTDESK_CALENDAR_H

#include "core/base/arena.h"

struct span {
	int64_t from, to; /* to is not in it */
};

struct spans {
	struct span *p;
	size_t n;
};

/* Any spans in any order: sorted, joined, empty and reversed ones left out. */
struct spans spans_normal(struct arena *mem, const struct span *p, size_t n);
struct spans spans_intersect(struct arena *mem, struct spans a, struct spans b);
struct spans spans_subtract(struct arena *mem, struct spans a, struct spans b);

/* Whether one span contains all of s. */
bool spans_contain(struct spans a, struct span s);
/* The first span that shares a minute with s; false when none does. */
bool spans_meet(struct spans a, struct span s, struct span *out);
/* How many minutes of s are in a. */
int64_t spans_minutes(struct spans a, struct span s);

/* A stretch of a visit that needs a person's hands, seen from its start. */
struct part {
	int64_t offset; /* minutes after the start of the visit */
	int64_t length; /* at least 1 */
	int64_t before; /* minutes that must be free around it, worked or not */
	int64_t after;
};

/*
 * The minutes at which a visit may start whose parts are all done by one
 * person: every part inside one span of hours, and neither it nor its buffers
 * in a busy minute.
 */
struct spans calendar_starts(struct arena *mem, struct spans hours, struct spans busy,
	const struct part *parts, size_t n);

#endif
