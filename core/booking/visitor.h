/*
 * visitor.h - people who book without a log-in, and change what they booked by
 * the link they were given.
 *
 * A visitor proves nothing. Whose number he gives is that customer, but what
 * else he says changes nothing that is known of the customer (else a stranger
 * could put his own e-mail address there and get the mail), and refusals do not
 * tell what another visit of the customer's is. From one address come at most
 * VISITOR_BOOKINGS_AN_HOUR bookings of a company.
 */
#ifndef FRONTDESK_VISITOR_H
#define FRONTDESK_VISITOR_H

#include "core/booking/booking.h"

#define VISITOR_BOOKINGS_AN_HOUR 20 /* times limits.factor */

/* As booking_take(), which see. E_INVALID also on customer.phone when there is
 * neither number nor e-mail address, and on customer.email; E_RATE_LIMITED. */
int visitor_book(struct ctx *c, struct wish *w, struct appointment *out) MUST_USE;

/* What may be done with it now, and what cancelling it costs. */
struct visitor_choice {
	bool can_cancel;
	bool can_reschedule;    /* not when cancelling costs: the fee cannot be dodged */
	int64_t late_fee_cents; /* of a cancelled one: what it did cost */
};

int visitor_choose(struct ctx *c, const struct appointment *a, struct visitor_choice *out) MUST_USE;

/* E_STATE also once it has begun. Later than the service's notice it costs the
 * late fee. */
int visitor_cancel(
	struct ctx *c, const char *id, const char *reason, struct appointment *out) MUST_USE;
/* As booking_reschedule(). E_STATE also when it may not be moved any more. */
int visitor_reschedule(
	struct ctx *c, const char *id, const struct wish *w, struct appointment *out) MUST_USE;

#endif
