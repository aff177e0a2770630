/*
 * time_off.h - when somebody is away: holidays, illness.
 *
 * A stretch of wall clock, its end not in it, in the zone of whichever branch
 * he or she would work in. What appointments lie in it is booking's to say
 * (core/booking/affected.h).
 */
#ifndef FRONTDESK_TIME_OFF_H
#define FRONTDESK_TIME_OFF_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct time_off {
	const char *id;
	const char *staff_id;
	wall_t local_start;
	wall_t local_end;
	const char *reason;
	int64_t appointments; /* live ones in it that are still to come */
};

extern const struct table TIME_OFF;

/* In a transaction. Field error local_end: not after the start. */
int time_off_create(struct ctx *c, struct time_off *t) MUST_USE;
int time_off_change(struct ctx *c, const struct time_off *was, struct time_off *now) MUST_USE;

#endif
