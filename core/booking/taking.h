/*
 * taking.h - how a visit comes to be taken: for an appointment, for a hold, or
 * in place of one. Only core/booking includes it.
 *
 *	taking_look -> (the customer is locked) -> taking_lock -> taking_occupy
 *
 * Law 2: the customer's booking_seq, then that of all resources, then what is
 * taken is looked at once more, then rows are deleted and inserted.
 */
#ifndef FRONTDESK_TAKING_H
#define FRONTDESK_TAKING_H

#include "core/booking/occupancy.h"
#include "core/booking/wish.h"

/* A visit with its time, and how it will be. */
struct taking {
	struct wish wish;
	struct visit v;
	struct start at;
	struct plan plan;
	struct holder old;   /* whose place it takes; id NULL: nobody's */
	bool kept;           /* it is held: notice, horizon and grid were asked for then */
	struct texts locked; /* resources */
	struct customer customer;
};

/* Everything that can be known without a write: most refusals end here. (The
 * seat of a class that it takes the place of is given back already.) */
int taking_look(struct ctx *c, struct taking *t) MUST_USE;

/* Locks what the best plan needs and what the old one has; then the plan stands
 * and the old one is given back. The customer (id NULL: nobody who is known)
 * must be locked. E_SLOT_TAKEN. */
int taking_lock(struct ctx *c, struct taking *t, const char *customer_id) MUST_USE;

/* Writes the rows of the plan; for a hold until it expires. */
int taking_occupy(
	struct ctx *c, const struct taking *t, const struct holder *h, ts_t expires_at) MUST_USE;

/* Whose turn it was, where a service goes round. */
int taking_chosen(struct ctx *c, const struct taking *t) MUST_USE;

/* Writes the segments of the plan, and shows them in a. */
int taking_segments(struct ctx *c, const struct taking *t, struct appointment *a) MUST_USE;

#endif
