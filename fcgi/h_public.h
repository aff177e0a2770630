/*
 * h_public.h - what anybody may do without a log-in: look at a company's
 * services and free times, book, and change what was booked by its link.
 *
 * The tables of these answers are their own: what a company sees of its
 * customers, its people and its notes never gets here by a new field.
 */
#ifndef FRONTDESK_H_PUBLIC_H
#define FRONTDESK_H_PUBLIC_H

#include "fcgi/req.h"

extern const struct table PUBLIC_COMPANY;
extern const struct table PUBLIC_SERVICE;
extern const struct table PUBLIC_AVAILABILITY_QUERY;
extern const struct table PUBLIC_BOOKING_IN;
extern const struct table PUBLIC_MOVE_IN;
extern const struct table PUBLIC_BOOKING;

/* Of a branch what anybody may know. */
extern const struct table PUBLIC_BRANCH;

/* What the holder of its link sees of a visit. */
struct appointment;
int reply_visit(struct req *r, int status, const struct appointment *a);

int h_public_company(struct req *r);
int h_public_frame(struct req *r);
int h_public_services(struct req *r);
int h_public_availability(struct req *r);
int h_public_book(struct req *r);
int h_public_book_alternatives(struct req *r); /* after E_SLOT_TAKEN */
int h_public_booking(struct req *r);
int h_public_cancel(struct req *r);
int h_public_move(struct req *r);
int h_public_move_alternatives(struct req *r); /* after E_SLOT_TAKEN */

#endif
