/*
 * occupancy.h - the rows that say what is taken; only core/booking writes them.
 *
 * A resource's rows never overlap in a lane: MariaDB's key refuses it. A row
 * lasts at most a day, so that "what overlaps this window" is a range with two
 * ends in the key (resource, lane, end, start). Whoever changes rows writes
 * booking_seq of their resources first: it is the version of what they show.
 *
 * Staff have lane 0. In a class the first one sits there, and has the rooms
 * too; the others have the lanes above, and nothing else. Whoever sits in lane
 * 0 stays longest: an appointment before any hold, a hold before those that
 * expire earlier. So a class whose lane 0 has expired has nobody left in it.
 */
#ifndef FRONTDESK_OCCUPANCY_H
#define FRONTDESK_OCCUPANCY_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/calendar/visit.h"

enum occupancy_kind { OCCUPANCY_APPOINTMENT, OCCUPANCY_HOLD, OCCUPANCY_BLOCK, OCCUPANCY_EXTERNAL };

#define OCCUPANCY_DAY_MS INT64_C(86400000)

struct occupancy {
	const char *id;
	const char *resource_id;
	int64_t lane;
	ts_t starts_at;
	ts_t ends_at;
	enum occupancy_kind kind;
	const char *appointment_id;
	const char *hold_id;
	ts_t expires_at;
	const char *class_of; /* service: a seat in a class */
};

extern const struct table OCCUPANCY;

#define OCCUPANCY_IDS 112 /* resources read at a time */

/*
 * Of struct taken (core/calendar/visit.h), mostly grouped by resource: what is
 * taken of these resources between two instants, and perhaps of the day after;
 * expired holds left out. With all details, or only resource and span. One
 * query for every OCCUPANCY_IDS resources.
 */
int occupancy_between(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	bool details, struct rows *out) MUST_USE;

/* The state that a resource's rows are in: it grows with every change. */
struct version {
	const char *id;
	int64_t booking_seq;
};

/* Of struct version: those of these resources. One query for every
 * OCCUPANCY_IDS. */
int occupancy_versions(struct ctx *c, const struct texts *resource_ids, struct rows *out) MUST_USE;

/* ---- changes: they need a transaction ---- */

/* Whose rows: an appointment's or a hold's. */
struct holder {
	enum occupancy_kind kind;
	const char *id;
};

/* Of struct occupancy. */
int occupancy_of(struct ctx *c, const struct holder *h, struct rows *out) MUST_USE;

/*
 * Makes every other take of these resources wait until this transaction ends:
 * writes their booking_seq, in one statement for every OCCUPANCY_LOCK_MAX of
 * them, ascending. Then whatever holds have expired in their rows between two
 * instants are given back, and *taken is what occupancy_between() shows. At least
 * one id; repeated ones count once.
 */
#define OCCUPANCY_LOCK_MAX 64
int occupancy_lock(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	struct rows *taken) MUST_USE;

/* The resource must be locked. E_SLOT_TAKEN when the key refuses it. */
int occupancy_add(struct ctx *c, struct occupancy *o) MUST_USE;
/* A further seat in the class that lane 0 of the resource has at that very
 * time; changes places with who sits there when that one stays less long. The
 * resource must be locked. E_SLOT_TAKEN when there is no such class. */
int occupancy_join(struct ctx *c, struct occupancy *o) MUST_USE;

/* Gives back the rows that begin at this instant or later (0: all): locks
 * what is not among the locked (NULL: nothing is), hands a class on, deletes. */
int occupancy_free(
	struct ctx *c, const struct holder *h, ts_t from, const struct texts *locked) MUST_USE;
/* Whether there are others in the class that this one leads: 1, 0, -1. */
int occupancy_leads(struct ctx *c, const struct holder *h) MUST_USE;

#endif
