/*
 * rrule.h - the dates of a recurrence rule (RFC 5545 section 3.3.10), on wall
 * clocks.
 *
 * Reading the text is sys/ical.h. The dates are found here and not by libical
 * 3.0.16: its iterator looks for the next one until the year 2582 (0.4 to 9
 * seconds for FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30 and its like), knows neither
 * BYSETPOS nor BYMONTHDAY=-1 below MONTHLY, counts the weeks of BYWEEKNO=53
 * wrongly, and does not sort BYHOUR. Here the set of a period is listed, and
 * the work has an end that was agreed before.
 *
 * A start that the rule does not match is no occurrence.
 */
#ifndef FRONTDESK_RRULE_H
#define FRONTDESK_RRULE_H

#include "core/base/ts.h"

enum rrule_freq {
	RRULE_MINUTELY,
	RRULE_HOURLY,
	RRULE_DAILY,
	RRULE_WEEKLY,
	RRULE_MONTHLY,
	RRULE_YEARLY,
};

/* Numbers 1..n as bits of forth, and -1..-n, from the end, as bits of back. */
struct numbers {
	uint64_t forth;
	uint64_t back;
};

#define RRULE_POSITIONS_MAX 400

/* A set without any bit is a part that was not given. */
struct rrule {
	enum rrule_freq freq;
	int interval;   /* at least 1 */
	int count;      /* 0: no end */
	wall_t until;   /* the last minute that may be; 0: no end */
	int week_start; /* 1 = Monday .. 7 = Sunday */
	uint64_t months;
	struct numbers month_days;
	struct numbers weeks;
	uint8_t year_days[367]; /* 1: from the start, 2: from the end */
	bool by_year_day;
	struct numbers nth[8]; /* by weekday: which one of the month or year */
	uint8_t weekdays;      /* bit 1 = every Monday .. bit 7 = every Sunday */
	bool by_weekday;
	uint64_t hours;
	uint64_t minutes;
	int16_t positions[RRULE_POSITIONS_MAX]; /* BYSETPOS */
	size_t n_positions;
};

/* What is wanted, and at what price. */
struct rrule_window {
	wall_t from; /* earlier ones count for COUNT, but are not listed */
	wall_t to;   /* included */
	size_t max;
	int64_t steps; /* days and times that may still be looked at; goes down */
};

#define RRULE_STEPS 200000 /* some 10 ms at most */

struct walls {
	wall_t *p;
	size_t n;
	bool more; /* there are others before the window ends */
};

/* The occurrences within the window, ascending; false when the steps were
 * used up first. */
bool rrule_expand(struct arena *mem, const struct rrule *r, wall_t start, struct rrule_window *w,
	struct walls *out) MUST_USE;

#endif
