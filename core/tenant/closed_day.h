/*
 * closed_day.h - days on which a branch, or the whole company, is closed,
 * whatever else is said: public holidays, the works outing. A key keeps a day
 * from being closed twice in one place.
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

#define CLOSED_DAYS_AHEAD 1096 /* an import looks so far: three years */

/* What came of an import. */
struct closed_days_import {
	int64_t added;
	int64_t skipped; /* days that were closed before, and what is no whole day */
};

/*
 * The days of a calendar file (RFC 5545) on which it has events of whole days,
 * from today on: closed for this branch (NULL: for all). Days that are closed
 * there already stay as they are, so that it may be run again. In a
 * transaction. Field errors: branch_id, ics.
 */
int closed_days_import(struct ctx *c, const char *branch_id, const char *ics,
	struct closed_days_import *out) MUST_USE;

#endif
