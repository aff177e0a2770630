/*
 * wish.h - from what somebody wishes to a visit that can be planned: what a
 * hold or an appointment adds to it, and what is known of the customer. Only
 * core/booking includes it.
 *
 *	wish_complete -> wish_load -> (visit_insist) -> visit_read -> wish_customer
 */
#ifndef FRONTDESK_WISH_H
#define FRONTDESK_WISH_H

#include "core/booking/hold.h"
#include "core/booking/load.h"

/* What the wish leaves open, from its hold (h->id NULL: it names none).
 * E_INVALID on hold_id. */
int wish_complete(struct ctx *c, const struct wish *w, struct wish *out, struct hold *h) MUST_USE;

/* visit_load() with the add-ons; the rows of what it takes the place of are
 * not read. Visits of a series reach beyond the horizon (series.h). */
int wish_load(struct ctx *c, const struct wish *w, struct visit *v) MUST_USE;

/* After visit_read(): other visits of the customer on its days, and, when the
 * service chooses so, whom he or she usually has. NULL: nobody who is known. */
int wish_customer(struct ctx *c, struct visit *v, const char *customer_id) MUST_USE;
/* The same for whoever the wish is for. */
int wish_customer_known(struct ctx *c, struct visit *v, const struct wish *w) MUST_USE;

/* Who the wish is for, made if need be, and locked: the first write of a take.
 * E_INVALID on customer_id and customer.*. 1 somebody new, who has no other
 * visits; 0 known, -1. */
int booking_customer(struct ctx *c, const struct wish *w, struct customer *out) MUST_USE;

#endif
