/*
 * local.h - between the local clock of a branch and minutes of UTC: days and
 * the grid of starts.
 */
#ifndef FRONTDESK_LOCAL_H
#define FRONTDESK_LOCAL_H

#include "core/base/ctx.h"
#include "core/calendar/calendar.h"
#include "core/sys/tz.h"

#define MS_A_MINUTE 60000

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
/* The minute after the last one at which the clock shows less than this. */
int64_t wall_end(const struct tz *z, wall_t w);
/* From the first minute of the local day (0..1440) to the last, in one piece:
 * empty when the clock jumped over all of it; with what it showed in between
 * when it was put back. */
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

#endif
