/* h_waiting_list.h - who waits, and what they are offered. */
#ifndef FRONTDESK_H_WAITING_LIST_H
#define FRONTDESK_H_WAITING_LIST_H

#include "fcgi/req.h"

extern const struct table WAITING_QUERY;
extern const struct table WAITING_IN;

int h_waiting_list(struct req *r);
int h_waiting_entry(struct req *r);
int h_waiting_add(struct req *r);
int h_waiting_change(struct req *r);
int h_waiting_cancel(struct req *r);
int h_waiting_accept(struct req *r);
int h_waiting_decline(struct req *r);

#endif
