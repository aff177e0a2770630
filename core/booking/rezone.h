/*
 * rezone.h - visits to come, under new time zone data.
 *
 * The wall clock and the zone of a visit are the truth, its instants are
 * derived. When a country changes its clocks after a visit was booked, the
 * instants are wrong: they are derived anew, and what the visit takes moves
 * with them. Looked at are visits that have not begun and are to take place.
 */
#ifndef FRONTDESK_REZONE_H
#define FRONTDESK_REZONE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum drift_kind {
	DRIFT_MOVES,        /* it begins at another instant now */
	DRIFT_NO_SUCH_TIME, /* the clocks jump over its start now */
	DRIFT_NO_SUCH_ZONE,
};

struct drift {
	const char *id; /* of the appointment */
	const char *customer_id;
	const char *service_name;
	ts_t starts_at; /* as it is stored */
	wall_t local_start;
	const char *time_zone;
	const char *tz_version; /* by which that was derived */
	enum drift_kind kind;
	ts_t moves_to; /* of a start that the clocks show twice, the nearer one */
};

/*
 * Of struct drift: the company's visits whose instants are not what the present
 * zone data make of them, in the order in which they can be moved without being
 * in each other's way: those that move to an earlier instant first, by start,
 * then those that move to a later one, the last start first. In pages of a
 * thousand visits.
 */
int rezone_find(struct ctx *c, struct rows *out) MUST_USE;

/*
 * Moves the visit, its parts and all that it takes, and notes the version of
 * the zone data. Needs a transaction. E_SLOT_TAKEN when something else is at
 * that time: roll back. E_STATE when somebody has changed it meanwhile. Audited;
 * no event, because to the customer nothing has changed.
 */
int rezone_move(struct ctx *c, const struct drift *d) MUST_USE;

/* A person must look at it: it becomes needs_attention, and keeps what it takes.
 * Needs a transaction. Audited. 1, 0 it was that already, -1. */
int rezone_set_apart(struct ctx *c, const struct drift *d) MUST_USE;

#endif
