/*
 * account_change.h - what people change of their own accounts: name, password,
 * address; and the links that prove an address or stand in for a forgotten
 * password.
 *
 * All but profile_change() begin outside transactions. A letter is on its way
 * whether the address has an account or not, as far as anybody who asks can see.
 */
#ifndef FRONTDESK_ACCOUNT_CHANGE_H
#define FRONTDESK_ACCOUNT_CHANGE_H

#include "core/user/account.h"

/* Asks for a letter. Field error on "email" when it can be none. */
int password_forgot(struct ctx *c, const char *email) MUST_USE;
int email_verify_again(struct ctx *c, const char *email) MUST_USE;

/* By the letter's link: field errors on "token" and "password". Every session
 * of the account ends. */
int password_reset(struct ctx *c, const char *token, const char *password) MUST_USE;
/* May be done again. */
int email_verify(struct ctx *c, const char *token) MUST_USE;

/* Who is logged in. */
struct proof {
	const char *user_id;
	const char *session_id;
	const char *password;
};

/* With his password (what account_prove() says). The other
 * sessions end. */
int password_change(struct ctx *c, const struct proof *p, const char *new_password) MUST_USE;
/* A link to the new address; the old one is told. Nothing has changed yet. */
int email_change(struct ctx *c, const struct proof *p, const char *email) MUST_USE;
/* By that link. Field error on "token", also when the address has an account
 * meanwhile. */
int email_confirm(struct ctx *c, const char *token) MUST_USE;

/* In a transaction. Field error on "locale". */
int profile_change(
	struct ctx *c, const char *user_id, const char *name, const char *locale) MUST_USE;

#endif
