/*
 * hours.h - when somebody can be had in a branch: working hours and what
 * takes from them.
 *
 * A row of hours is of every week (weekday, perhaps only within its validity)
 * or of one day (day). A staff member with a row of a day, in whatever branch,
 * has only the rows of that day; so has a branch for its opening hours. A
 * branch without any opening hours is open whenever somebody works. Closed
 * days and time off win over all of them. Pure.
 */
#ifndef FRONTDESK_HOURS_H
#define FRONTDESK_HOURS_H

#include "core/base/table.h"
#include "core/calendar/local.h"

enum rule_kind { RULE_HOURS, RULE_CLOSED_DAY, RULE_TIME_OFF };

struct hours_rule {
	enum rule_kind kind;
	const char *id;
	const char *branch_id; /* NULL, closed day: of every branch */
	const char *staff_id;  /* NULL, hours: opening hours of the branch */
	int64_t weekday;       /* of weekly hours; 0: of one day */
	day_t day;             /* of that day; the closed day */
	day_t valid_from, valid_to;
	int64_t start_minute, end_minute;
	wall_t local_start, local_end; /* of time off */
};

/* Some local days in a row, and the rules that may touch them: rows of struct
 * hours_rule, as hours_sort() leaves them. */
struct hours {
	const struct tz *tz;
	struct local_day *days;
	size_t n_days;
	struct rows rules;
};

/* When a branch can be worked in. */
struct opening {
	bool limited; /* has opening hours */
	struct spans open;
	struct spans closed;
};

/* Sorts a copy: every other function expects that. */
void hours_sort(struct arena *mem, struct hours *h);

/* All in minutes of UTC. */
struct opening hours_opening(struct arena *mem, const struct hours *h, const char *branch_id);
/* Worked and open, neither closed nor off. */
struct spans hours_of(struct arena *mem, const struct hours *h, const struct opening *o,
	const char *staff_id, const char *branch_id);

/* The stretch of a closed day or of time off. */
struct span hours_rule_span(const struct hours *h, const struct hours_rule *r);

#endif
