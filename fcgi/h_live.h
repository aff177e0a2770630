/*
 * h_live.h - what changed in the company: by asking, or by a stream of
 * frontdesk-live, which asks here whether somebody may have one.
 */
#ifndef FRONTDESK_H_LIVE_H
#define FRONTDESK_H_LIVE_H

#include "core/live/live.h"
#include "fcgi/req.h"

extern const struct table CHANGES_QUERY;
extern const struct table LIVE_TICKET;

int h_changes(struct req *r);
int h_live_ticket(struct req *r);
int h_live_authorize(struct req *r);

#endif
