/*
 * moment.h - between the local clock of a branch and minutes of UTC: days,
 * the grid of starts, and the time that somebody wished. Only core/booking
 * includes it.
 */
#ifndef FRONTDESK_MOMENT_H
#define FRONTDESK_MOMENT_H

#include "core/booking/booking.h"
#include "core/calendar/calendar.h"
#include "core/sys/tz.h"

ts_t minute_ts(int64_t minute);
wall_t minute_wall(const struct tz *z, int64_t minute);
const char *clock_text(struct ctx *c, wall_t w); /* 14:00 */
/* "30 minutes", "1 hour", "2 hours 15 minutes" */
const char *minutes_text(struct ctx *c, int64_t minutes);

/* A local day: when it begins and ends, and whether its clock runs evenly. */
struct local_day {
	day_t day;
	int64_t begins, ends;
	bool even;
};

struct local_day local_day(const struct tz *z, day_t day);
/* From one minute of the local day to another (0..1440); empty when the clock
 * jumped over all of it. What it showed twice is in it twice. */
struct span local_span(const struct tz *z, const struct local_day *d, int64_t from, int64_t to);

struct start {
	int64_t minute;
	wall_t local;
};

#define GRID_MIN 5
#define STARTS_MAX (MINUTES_A_DAY / GRID_MIN * 2)

/* The minutes of a day that are multiples of grid since local midnight,
 * ascending: those that do not exist are missing, repeated ones are there
 * twice. Returns how many. */
size_t local_grid(
	const struct tz *z, const struct local_day *d, int64_t grid, struct start out[STARTS_MAX]);

enum moment {
	MOMENT_OK,
	MOMENT_NONE,     /* neither or both given */
	MOMENT_UNEVEN,   /* not a whole minute */
	MOMENT_SKIPPED,  /* the clock jumped over it */
	MOMENT_REPEATED, /* twice, and not said which */
	MOMENT_OFFSET,   /* not the offset of that time */
};

/* When the wish would start, in the zone of the visit. */
enum moment wish_moment(const struct wish *w, const struct tz *z, struct start *out);
/* A field error (-1) for every moment but MOMENT_OK (0). */
int moment_check(struct ctx *c, enum moment m, const struct wish *w, const char *zone) MUST_USE;
/* The same as a sentence for people; NULL for MOMENT_OK. */
const char *moment_sentence(struct ctx *c, enum moment m, const struct wish *w, const char *zone);

#endif
