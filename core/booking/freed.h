/*
 * freed.h - the word that time can be had again, for those who wait for it.
 *
 * A cancelled appointment tells it by its own event; whatever else gives time
 * back (a hold, an appointment that moved) says so here.
 */
#ifndef FRONTDESK_FREED_H
#define FRONTDESK_FREED_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* Named like the same members of an appointment. */
struct freed {
	const char *service_id;
	const char *staff_id; /* of the first part */
	const char *branch_id;
	ts_t starts_at;
	ts_t ends_at;
};

extern const struct table FREED;

/* Emits time.freed about whatever had it, unless it is over or nobody waits. In
 * the transaction that frees it. */
int time_freed(struct ctx *c, const char *subject_id, const struct freed *f) MUST_USE;

#endif
