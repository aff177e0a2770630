/*
 * closed_day.h - days on which a branch, or the whole company, is closed,
 * whatever else is said: public holidays, the works outing.
 */
#ifndef FRONTDESK_CLOSED_DAY_H
#define FRONTDESK_CLOSED_DAY_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct closed_day {
	const char *id;
	const char *branch_id; /* NULL: every branch */
	day_t day;             /* local */
	const char *name;
};

extern const struct table CLOSED_DAY;

/* In a transaction. E_DUPLICATE when that day is closed there already. */
int closed_day_create(struct ctx *c, struct closed_day *d) MUST_USE;
int closed_day_change(struct ctx *c, const struct closed_day *was, struct closed_day *now) MUST_USE;

#endif
