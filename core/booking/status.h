/*
 * status.h - which state of an appointment follows which. Only core/booking
 * includes it.
 *
 * Whoever changes an appointment locks it first, then its customer, then the
 * resources: so nobody waits in a circle.
 */
#ifndef FRONTDESK_STATUS_H
#define FRONTDESK_STATUS_H

#include "core/booking/booking.h"

#define IN_STATE(status) (1u << (status))
/* in which it can be cancelled, or moved */
#define STATES_OPEN                                                          \
	(IN_STATE(APPOINTMENT_SCHEDULED) | IN_STATE(APPOINTMENT_CONFIRMED) | \
		IN_STATE(APPOINTMENT_NEEDS_ATTENTION))

/* The row, with version + 1 written: others wait until the transaction ends.
 * E_NOT_FOUND. */
int appointment_lock(struct ctx *c, const char *id, struct appointment *out) MUST_USE;

/* Locks it; E_STATE unless it is in one of these states. verb: "be moved". */
int appointment_open(struct ctx *c, const char *id, unsigned states, const char *verb,
	struct appointment *out) MUST_USE;

#endif
