/*
 * occupancy.h - the rows that say what is taken; only core/booking writes them.
 *
 * A resource's rows never overlap in a lane: MariaDB's key refuses it. Staff
 * have one lane, 0. A row lasts at most a day, so that "what overlaps this
 * window" is a range with two ends in the key (resource, lane, end, start).
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

#define OCCUPANCY_IDS 48 /* resources read at a time */

/*
 * Of struct taken (core/calendar/visit.h), mostly grouped by resource: what is
 * taken of these resources between two instants, and perhaps of the day after;
 * expired holds left out. With all details, or only resource and span. One
 * query for every OCCUPANCY_IDS resources.
 */
int occupancy_between(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	bool details, struct rows *out) MUST_USE;

#define OCCUPANCY_LOCK_MAX OCCUPANCY_IDS

/*
 * Makes every other take of these resources wait until this transaction ends:
 * writes their booking_seq in one statement, then deletes their expired holds
 * between two instants. At most OCCUPANCY_LOCK_MAX ids, at least one. Needs a
 * transaction.
 */
int occupancy_lock(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to) MUST_USE;

/* E_SLOT_TAKEN when the key refuses it. */
int occupancy_add(struct ctx *c, struct occupancy *o) MUST_USE;
/* What an appointment holds, given back. */
int occupancy_free(struct ctx *c, const char *appointment_id) MUST_USE;

#endif
