/* h_call.h - calls, and the calls that belong to nobody yet. */
#ifndef FRONTDESK_H_CALL_H
#define FRONTDESK_H_CALL_H

#include "fcgi/req.h"

extern const struct table CALL_QUERY;

int h_calls(struct req *r);
int h_call(struct req *r);
int h_call_events(struct req *r);
int h_unassigned_calls(struct req *r);
int h_unassigned_call_replay(struct req *r);

#endif
