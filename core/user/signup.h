/*
 * signup.h - a new account with a new company, which it owns, on trial.
 *
 * Who signs up is logged in at once; a letter asks him to prove his address. An
 * address that has an account cannot sign up: that shows, because a success gives
 * tokens. So it costs the same work, counts like a failed log-in, says no more
 * than that the address cannot be used, and its owner is told by letter.
 */
#ifndef FRONTDESK_SIGNUP_H
#define FRONTDESK_SIGNUP_H

#include "core/user/account.h"

struct signup {
	const char *company_name;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale; /* the company's and the person's */
	const char *name;
	const char *email;
	const char *password;
	struct device device;
};

/* Field errors; E_RATE_LIMITED. Outside transactions: it takes 200 ms of a core. */
int signup(struct ctx *c, const struct signup *in, struct session *out) MUST_USE;

#endif
