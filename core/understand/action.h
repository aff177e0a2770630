/*
 * action.h - what rules make of their parts. None knows a language: what
 * languages do differently stands in their rules' last column.
 */
#ifndef FRONTDESK_ACTION_H
#define FRONTDESK_ACTION_H

#include "core/understand/sense.h"

#define ACTION(name)                                                 \
	bool act_##name(const struct scene *s, const struct rule *r, \
		const struct sense *const *parts, size_t n, struct sense *out)

ACTION(nothing); /* only covers the words; arg 1: which make all else doubtful */
ACTION(same);    /* as its only part */

/* numbers */
ACTION(add);      /* twenty + four */
ACTION(thousand); /* two, twenty seven */
ACTION(year);     /* 27: 2027 */
ACTION(add_ord);  /* "3rd": an ordinal of its only number */

/* times of day; arg: minutes more than the full hour */
ACTION(clock);   /* HOUR [MIN] */
ACTION(before);  /* MIN HOUR */
ACTION(past);    /* MIN HOUR */
ACTION(hhmm);    /* 1430 */
ACTION(hundred); /* fifteen hundred */
ACTION(fixed);   /* at arg minutes: midnight, noon */
ACTION(hhmm_meridiem);
ACTION(meridiem); /* TIME or HOUR, MERIDIEM */
ACTION(of_part);  /* CLK and PART, in any order */

/* windows; arg: how sure, per cent (0: as sure as the parts) */
ACTION(at);
ACTION(about);
ACTION(from);
ACTION(until);
ACTION(from_to); /* likewise, from the one to the other */
ACTION(between);
ACTION(fixed_from); /* from arg minutes on */
ACTION(fixed_until);
ACTION(fixing); /* CLK, after what says that it corrects */
ACTION(oring);  /* CLK, after "or" */
ACTION(part);
ACTION(from_part); /* from noon on */
ACTION(part_from); /* after the morning */
ACTION(part_until);
ACTION(two_parts); /* PART PART: from the one to the other */

/* lengths; arg: minutes more */
ACTION(dur);       /* COUNT LEN */
ACTION(fixed_dur); /* arg: enum length * 1000 and how many */
ACTION(half);      /* COUNT, of an hour: and a half */

/* days; arg as said */
ACTION(day);         /* DAY */
ACTION(weekday);     /* WEEKDAY */
ACTION(which);       /* WHICH, and WEEKDAY, LEN or MONTH */
ACTION(weekday_in);  /* WEEKDAY and a week or month, in any order */
ACTION(weekday_dur); /* WEEKDAY of the week that is DUR away */
ACTION(dom);         /* ordinals or numbers, MONTH, YEAR */
ACTION(dom_in);      /* ORD of a month */
ACTION(agree);       /* WEEKDAY or DAY, and the DATE that it is */
ACTION(plus_last);   /* DUR after the last of DATE */
ACTION(days_to);     /* COUNT to COUNT from now, arg days each */
ACTION(minus);       /* DUR and DATE: so long before it */
ACTION(plus_days);   /* DATE; arg days later */
ACTION(plus);        /* DATE and DUR; arg 1: eight days are a week */
ACTION(in);          /* DUR from now; arg likewise, and 2: roughly */
ACTION(feast);
ACTION(month);        /* MONTH [YEAR] */
ACTION(which_month);  /* WHICH MONTH */
ACTION(same_month);   /* PERIOD, if it is a month */
ACTION(new_year);     /* from the first of January on, vaguely */
ACTION(own_part);     /* arg: enum length * 10 and as of part_of */
ACTION(days_between); /* arg: from * 100 + to days from now, vaguely */
ACTION(vaguely);      /* DATE; arg: how sure, per cent */
ACTION(range);        /* DATE to DATE; arg: flags */
ACTION(between_feasts);
ACTION(from_date);
ACTION(until_date);
ACTION(after_date);
ACTION(before_date);
ACTION(part_of);        /* arg 1 the beginning, 2 the middle, 3 the end; DATE */
ACTION(nth_weekday);    /* arg -1: the last; NTH, WEEKDAY, MONTHS */
ACTION(nth_week);       /* NTH, MONTHS */
ACTION(week_number);    /* WEEKNO */
ACTION(date_part);      /* DATE; arg: enum part */
ACTION(own_day_part);   /* today; likewise */
ACTION(days_ahead);     /* from today on, arg days, COUNT times */
ACTION(next_day);       /* DATE; arg days later */
ACTION(next_weekday);   /* WEEKDAY after DATE; arg -1: before */
ACTION(week_beside);    /* the week after DATE; arg -1: before, vaguely */
ACTION(weekend_beside); /* the weekend after DATE; arg -1: before, vaguely */
ACTION(week_of);        /* the week in which DATE is */
ACTION(feast_weekend);  /* FEAST, and the weekend that it makes longer */
ACTION(not_date);       /* arg: how sure, per cent (0: as sure as DATE) */
ACTION(rest_of);        /* DATE, from tomorrow on */

/* An hour and minutes as they were said, into t1; false: no such time. */
bool clock_time(int hour, int minute, struct sense *out);
/* Which of two times twelve hours apart is meant, into t1; how sure. */
void clock_settle(const struct scene *s, struct sense *w);
void clock_within(enum part p, struct sense *w);
/* Day, month, and the year when it is not 0 (26 or 2026): into first, last. */
bool date_written(const struct scene *s, int day, int month, int year, struct sense *out);
void part_window(enum part p, int *from, int *to);

#endif
