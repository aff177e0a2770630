/*
 * settle.h - from the senses of a day and a time to what is meant by them.
 */
#ifndef FRONTDESK_UNDERSTAND_SETTLE_H
#define FRONTDESK_UNDERSTAND_SETTLE_H

#include "core/understand/when.h"

static inline bool has(const struct sense *s)
{
	return s->sym != S_NONE;
}

static inline bool is_one(const struct sense *d)
{
	return d->first.n == d->last.n;
}

static inline bool is_exact(const struct sense *w)
{
	return has(w) && w->t1 != NO_TIME && w->t1 == w->t2;
}

static inline void doubt(struct sense *s, int sure)
{
	s->sure = sure < s->sure ? sure : s->sure;
}

/* Either may be S_NONE: not said. Changes them. */
struct when_option settle(const struct scene *s, struct sense *date, struct sense *win);

#endif
