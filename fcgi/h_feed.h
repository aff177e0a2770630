/* h_feed.h - appointments as calendar files: a staff member's feed, and one
 * visit's download. */
#ifndef FRONTDESK_H_FEED_H
#define FRONTDESK_H_FEED_H

#include "fcgi/req.h"

extern const struct table FEED_ADDRESS;

int h_feed_address(struct req *r);
int h_feed_renew(struct req *r);
int h_feed(struct req *r);
int h_visit_calendar(struct req *r);
int h_booking_calendar(struct req *r); /* the same, for the staff */

#endif
