/* h_hold.h - visits kept free for a while. */
#ifndef FRONTDESK_H_HOLD_H
#define FRONTDESK_H_HOLD_H

#include "fcgi/req.h"

extern const struct table HOLD_IN;

int h_hold(struct req *r);
int h_hold_create(struct req *r);
int h_hold_alternatives(struct req *r); /* after E_SLOT_TAKEN */
int h_hold_delete(struct req *r);

#endif
