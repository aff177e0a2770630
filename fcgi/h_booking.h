/* h_booking.h - availability and appointments. */
#ifndef FRONTDESK_H_BOOKING_H
#define FRONTDESK_H_BOOKING_H

#include "core/booking/booking.h"
#include "fcgi/req.h"

extern const struct table BOOKING_QUERY;
extern const struct table BOOKING_IN;
extern const struct table BOOKING_CHANGE;
extern const struct table MOVE_IN;
extern const struct table CANCEL_IN;
extern const struct table CANCEL_SCOPE_IN;
extern const struct table AVAILABILITY_QUERY;
extern const struct table AVAILABILITY;

/* A customer inside a body: facts about a new or known one. */
struct customer_in {
	const char *name;
	const char *phone;
	const char *email;
};
extern const struct table CUSTOMER_IN;

/* "+02:00" to minutes; OFFSET_NONE when it is NULL. */
int booking_offset(struct req *r, const char *field, const char *s, int *minutes) MUST_USE;

int h_availability(struct req *r);
int h_bookings(struct req *r);
int h_booking(struct req *r);
int h_booking_create(struct req *r);
int h_booking_alternatives(struct req *r); /* after E_SLOT_TAKEN */
int h_booking_update(struct req *r);
int h_booking_reschedule(struct req *r);
int h_booking_reschedule_alternatives(struct req *r); /* after E_SLOT_TAKEN */
int h_booking_confirm(struct req *r);
int h_booking_check_in(struct req *r);
int h_booking_complete(struct req *r);
int h_booking_no_show(struct req *r);
int h_booking_cancel(struct req *r); /* CANCEL_SCOPE_IN: perhaps others of its series */

/* Either of both, as it was said. */
struct customer customer_said(const char *id, const struct customer_in *facts);
/* One of both times, with its offset ("+02:00" or NULL), into the wish. */
int read_start(struct req *r, ts_t starts_at, wall_t local_start, const char *utc_offset,
	struct wish *w) MUST_USE;
/* add_on_ids: as they stand in a query. */
int reply_availability(struct req *r, const char *add_on_ids, struct search *s) MUST_USE;
const char *cancel_reason(const struct req *r); /* of CANCEL_IN */
/* Adds what is free near the wish to the answer of a conflict. */
int put_alternatives(struct req *r, const struct wish *w) MUST_USE;

#endif
