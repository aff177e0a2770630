/* h_inbox.h - what providers sent, what became of it, and processing it again. */
#ifndef FRONTDESK_H_INBOX_H
#define FRONTDESK_H_INBOX_H

#include "fcgi/req.h"

extern const struct table INBOX_QUERY;
extern const struct table INBOX_SHOWN;

int h_inbox(struct req *r);
int h_inbox_event(struct req *r);
int h_inbox_replay(struct req *r);

#endif
