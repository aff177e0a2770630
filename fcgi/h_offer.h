/* h_offer.h - what somebody on the waiting list is offered, by the link of the
 * message that told it: to see it, to take it, or to wait for another time. */
#ifndef FRONTDESK_H_OFFER_H
#define FRONTDESK_H_OFFER_H

#include "fcgi/req.h"

extern const struct table PUBLIC_OFFER;

int h_offer(struct req *r);
int h_offer_accept(struct req *r); /* answers with the visit that it has become */
int h_offer_decline(struct req *r);

#endif
