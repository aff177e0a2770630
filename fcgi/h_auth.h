/* h_auth.h - signing up, logging in and out, and who one is. */
#ifndef FRONTDESK_H_AUTH_H
#define FRONTDESK_H_AUTH_H

#include "core/user/session.h"
#include "fcgi/req.h"

extern const struct table SIGNUP_IN;
extern const struct table SIGNUP_OUT;
extern const struct table LOGIN_IN;
extern const struct table REFRESH_IN;
extern const struct table LOGIN_OUT;
extern const struct table ME;
extern const struct table ME_EDIT;

int h_signup(struct req *r);
int h_login(struct req *r);
int h_refresh(struct req *r);
int h_logout(struct req *r);
int h_me(struct req *r);
int h_me_update(struct req *r);

/* For other ways in: what asks, and the answer with the session's tokens. */
enum client { CLIENT_APP, CLIENT_WEB };
extern const char *const CLIENT[3];

struct device req_device(struct req *r, enum client client);
int reply_session(struct req *r, const struct session *s);

#endif
