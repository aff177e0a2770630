/*
 * hold.h - a visit kept free for somebody, until expires_at.
 *
 * A hold takes what an appointment would take: rows of occupancy, in the
 * order of law 2. One that has expired is in nobody's way: whoever comes to
 * its time releases it, and what nobody comes to is swept away later.
 */
#ifndef FRONTDESK_HOLD_H
#define FRONTDESK_HOLD_H

#include "core/booking/booking.h"

#define HOLD_SECONDS_MIN 30
#define HOLD_SECONDS_MAX 900
#define HOLD_SECONDS_USUAL 300

struct hold {
	const char *id;
	const char *branch_id;
	const char *service_id;
	const char *staff_id;    /* of the first segment */
	const char *customer_id; /* for whom; NULL: not said */
	const char *add_ons;     /* as stored: a JSON array; NULL: none */
	struct texts add_on_ids; /* the same */
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *time_zone;
	ts_t expires_at;
	ts_t created_at;
};

extern const struct table HOLD;

/*
 * Takes the visit for this many seconds. Of the wish count everything that says
 * what and when, and customer.id (may be NULL; the customer's limits are looked
 * at when it is booked). Needs a transaction. E_INVALID, E_SLOT_TAKEN as for
 * booking_take(). Audited; no event.
 */
int hold_make(struct ctx *c, const struct wish *w, int64_t seconds, struct hold *out) MUST_USE;

/* Expired or not, until it is swept away: 1, 0, -1. */
int hold_find_any(struct ctx *c, const char *id, struct hold *out) MUST_USE;
/* 1 there and not expired, 0 else, -1. */
int hold_find(struct ctx *c, const char *id, struct hold *out) MUST_USE;
/* E_NOT_FOUND also when it has expired. */
int hold_get(struct ctx *c, const char *id, struct hold *out) MUST_USE;

/* Gives back what it keeps, expired or not: 1, 0 there is none, -1. Needs a
 * transaction. Audited; whoever waits for such time hears of it. */
int hold_release(struct ctx *c, const char *id) MUST_USE;
/* The same once it has expired: the job that hold_make() queues. Nothing when
 * it is gone. */
int hold_expire(struct ctx *c, const char *id) MUST_USE;
/* The row alone, when its visit has been taken: rows that matched, or -1. */
int hold_drop(struct ctx *c, const char *id) MUST_USE;

#endif
