/* h_booking.h - availability and appointments. */
#ifndef FRONTDESK_H_BOOKING_H
#define FRONTDESK_H_BOOKING_H

#include "fcgi/req.h"

extern const struct table BOOKING_QUERY;
extern const struct table BOOKING_IN;
extern const struct table CANCEL_IN;
extern const struct table AVAILABILITY_QUERY;
extern const struct table AVAILABILITY;

int h_availability(struct req *r);
int h_bookings(struct req *r);
int h_booking(struct req *r);
int h_booking_create(struct req *r);
int h_booking_alternatives(struct req *r); /* after E_SLOT_TAKEN */
int h_booking_confirm(struct req *r);
int h_booking_check_in(struct req *r);
int h_booking_complete(struct req *r);
int h_booking_no_show(struct req *r);
int h_booking_cancel(struct req *r);

#endif
