/*
 * h_staff.h - staff members, working hours (and opening hours), time off.
 */
#ifndef FRONTDESK_H_STAFF_H
#define FRONTDESK_H_STAFF_H

#include "fcgi/req.h"

extern const struct table HOURS_IN;    /* a row of somebody's hours */
extern const struct table OPENING_IN;  /* a row of a branch's */
extern const struct table HOURS_SET;   /* {"data":[…]} of the one … */
extern const struct table OPENING_SET; /* … and of the other */

int h_staff_create(struct req *r);
int h_staff_update(struct req *r);
int h_staff_delete(struct req *r);

/* The same for /staff/{id} and /branches/{id}. */
int h_hours(struct req *r);
int h_hours_get(struct req *r);
int h_hours_create(struct req *r);
int h_hours_update(struct req *r);
int h_hours_delete(struct req *r);
int h_hours_replace(struct req *r);

int h_time_offs(struct req *r);
int h_time_off(struct req *r);
int h_time_off_create(struct req *r);
int h_time_off_update(struct req *r);

#endif
