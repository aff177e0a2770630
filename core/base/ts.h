/*
 * ts.h - instants, wall clocks and days, without any time zone.
 *
 * An instant is milliseconds of UTC since 1970; a wall clock is minutes since
 * 1970-01-01T00:00 of some place's clock; a day counts from 1970-01-01. They
 * are three types so that they cannot be mixed. Zero means "absent": no value
 * of ours lies in 1970. Proleptic Gregorian calendar, years 1970 to 9999.
 * Which instant a wall clock means is the business of sys/tz.h.
 */
#ifndef FRONTDESK_TS_H
#define FRONTDESK_TS_H

#include "core/base/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	int64_t ms;
} ts_t;
typedef struct {
	int64_t min;
} wall_t;
typedef struct {
	int32_t n;
} day_t;

struct civil {
	int year, month, day, hour, minute, second, milli;
};

#define MINUTES_A_DAY 1440

/* The clock. In test builds only, FRONTDESK_NOW replaces it (milliseconds), or
 * puts it forward (a file that holds milliseconds). */
ts_t ts_now(void);
int64_t clock_monotonic_us(void);

struct civil civil_of_ts(ts_t t);
struct civil civil_of_wall(wall_t w);
struct civil civil_of_day(day_t d);
ts_t ts_of_civil(const struct civil *v); /* v must be valid */
bool civil_valid(const struct civil *v);

day_t day_of(int year, int month, int day);
day_t day_of_wall(wall_t w);
wall_t wall_of(day_t d, int minute_of_day);
int wall_minute(wall_t w); /* of its day, 0..1439 */
int day_weekday(day_t d);  /* 1 = Monday .. 7 = Sunday */

/* RFC 3339 in UTC, "2026-12-01T10:00:00Z"; a fraction only when there is one. */
const char *ts_text(struct arena *mem, ts_t t);
const char *wall_text(struct arena *mem, wall_t w); /* 2026-12-01T10:00 */
const char *day_text(struct arena *mem, day_t d);   /* 2026-12-01 */

/* Strict: RFC 3339 with any offset; anything else is false. */
bool ts_parse(const char *s, ts_t *out) MUST_USE;
bool wall_parse(const char *s, wall_t *out) MUST_USE;
bool day_parse(const char *s, day_t *out) MUST_USE;
bool minute_parse(const char *s, int *minute_of_day) MUST_USE; /* HH:MM */

#ifdef __cplusplus
}
#endif

#endif
