/*
 * dates.h - which day a date without a year, a day of the month, or a feast
 * is, seen from some day on.
 */
#ifndef FRONTDESK_DATES_H
#define FRONTDESK_DATES_H

#include "core/understand/sense.h"

/* The same day that many months later, or the last of that month. */
day_t date_add_months(day_t d, int months);
/* The first such day that is not before from; false: there is none in eight
 * years. */
bool date_next(day_t from, int month, int day, day_t *out);
bool date_next_dom(day_t from, int day, day_t *out);
/* One that is this day of the week, within a year. */
bool date_next_dom_on(day_t from, int day, int weekday, day_t *out);
/* nth -1: the last. */
bool date_nth_weekday(int year, int month, int weekday, int nth, day_t *out);
/* The first whose last day is not before from. */
bool date_feast(enum feast f, day_t from, day_t *first, day_t *last);

#endif
