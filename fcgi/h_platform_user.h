/* h_platform_user.h - people, as the platform finds them. */
#ifndef FRONTDESK_H_PLATFORM_USER_H
#define FRONTDESK_H_PLATFORM_USER_H

#include "fcgi/req.h"

extern const struct table PLATFORM_USER_QUERY;

int h_platform_users(struct req *r);
int h_platform_user(struct req *r);
int h_platform_user_disable(struct req *r);
int h_platform_user_enable(struct req *r);

#endif
