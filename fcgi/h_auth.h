/* h_auth.h - logging in, out, and who one is. */
#ifndef FRONTDESK_H_AUTH_H
#define FRONTDESK_H_AUTH_H

#include "fcgi/req.h"

extern const struct table LOGIN_IN;
extern const struct table REFRESH_IN;
extern const struct table LOGIN_OUT;
extern const struct table ME;

int h_login(struct req *r);
int h_refresh(struct req *r);
int h_logout(struct req *r);
int h_me(struct req *r);

#endif
