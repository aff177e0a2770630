/* h_role.h - what each role may do. */
#ifndef FRONTDESK_H_ROLE_H
#define FRONTDESK_H_ROLE_H

#include "fcgi/req.h"

extern const struct table ROLE_RIGHT;

int h_roles(struct req *r);

#endif
