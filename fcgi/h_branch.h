/*
 * h_branch.h - branches, their opening hours and numbers, closed days.
 */
#ifndef FRONTDESK_H_BRANCH_H
#define FRONTDESK_H_BRANCH_H

#include "fcgi/req.h"

extern const struct table CLOSED_DAYS_IMPORT_IN; /* {branch_id?, ics} */
extern const struct table CLOSED_DAYS_IMPORT;    /* {added, skipped} */

int h_branch_create(struct req *r);
int h_branch_update(struct req *r);
int h_branch_delete(struct req *r);

int h_phone_number_create(struct req *r);
int h_phone_number_update(struct req *r);

int h_closed_days_import(struct req *r);

#endif
