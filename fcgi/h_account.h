/* h_account.h - password and e-mail address of an account. */
#ifndef FRONTDESK_H_ACCOUNT_H
#define FRONTDESK_H_ACCOUNT_H

#include "fcgi/req.h"

extern const struct table EMAIL_IN;
extern const struct table LINK_IN;
extern const struct table RESET_IN;
extern const struct table PASSWORD_IN;
extern const struct table EMAIL_CHANGE_IN;

int h_verify_email(struct req *r);
int h_verify_email_again(struct req *r);
int h_password_forgot(struct req *r);
int h_password_reset(struct req *r);
int h_password_change(struct req *r);
int h_email_change(struct req *r);
int h_email_confirm(struct req *r);

#endif
