/*
 * day.h - what the actions on days share.
 */
#ifndef FRONTDESK_DAY_H
#define FRONTDESK_DAY_H

#include "core/understand/action.h"
#include "core/understand/dates.h"

/* Days ahead, when no year was said: the one that is over may be meant. */
#define FAR 300

static inline bool one(struct sense *out, day_t d)
{
	out->first = out->last = d;
	return true;
}

static inline bool span(struct sense *out, day_t first, day_t last)
{
	out->first = first;
	out->last = last;
	return last.n == DAY_OPEN || first.n <= last.n;
}

static inline day_t later(day_t d, int days)
{
	d.n += days;
	return d;
}

static inline day_t monday_of(day_t d)
{
	return later(d, 1 - day_weekday(d));
}

static inline void less_sure(struct sense *out, int sure)
{
	out->sure = sure < out->sure ? sure : out->sure;
}

/* A day or days that are to come and of which no time was said yet. */
static inline bool is_plain(const struct sense *d)
{
	return (d->flags & (F_PAST | F_NEVER)) == 0 && d->t1 == NO_TIME && d->t2 == NO_TIME;
}

bool which_week(const struct scene *s, enum which which, struct sense *out);
bool which_month(const struct scene *s, enum which which, struct sense *out);

#endif
