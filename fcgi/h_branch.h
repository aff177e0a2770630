/*
 * h_branch.h - branches, their opening hours and numbers, closed days.
 */
#ifndef FRONTDESK_H_BRANCH_H
#define FRONTDESK_H_BRANCH_H

#include "fcgi/req.h"

int h_branch_create(struct req *r);
int h_branch_update(struct req *r);
int h_branch_delete(struct req *r);

int h_phone_number_create(struct req *r);
int h_phone_number_update(struct req *r);

int h_closed_day_create(struct req *r);
int h_closed_day_update(struct req *r);

#endif
