/*
 * account.h - somebody's account: who he is, and proof that it is him.
 *
 * Wrong passwords and codes count, per address and account, per address, and
 * for codes per account: beyond that nobody gets in for 15 minutes. Unknown and
 * known accounts take the same work and get the same answers. The tables are
 * behind doors.
 */
#ifndef FRONTDESK_ACCOUNT_H
#define FRONTDESK_ACCOUNT_H

#include "core/user/session.h"
#include "core/user/user.h"

struct account {
	const char *id;
	const char *email;
	const char *name;
	const char *locale;
	const char *password_hash;
	bool is_platform_admin;
	bool email_verified;
	struct bytes totp_cell; /* the second factor's secret, sealed */
	bool two_factor;        /* it is in force */
};

/* 1, 0 (unknown, or closed), -1. */
int account_by_email(struct ctx *c, const char *email, struct account *out) MUST_USE;
int account_find(struct ctx *c, const char *id, struct account *out) MUST_USE;

/* An address as it is stored: in small letters, and such that mail can be sent
 * there. Else a field error. */
int account_email(struct ctx *c, const char *field, const char **email) MUST_USE;

/* ---- wrong passwords and codes ---- */

/* E_RATE_LIMITED after too many. account_hash: failure_account(). */
struct bytes failure_account(struct ctx *c, const char *email);
int failures_check(struct ctx *c, struct bytes account_hash) MUST_USE;
int failure_add(struct ctx *c, struct bytes account_hash, bool is_code) MUST_USE;
int failures_forget(struct ctx *c, struct bytes account_hash) MUST_USE;

/* ---- logging in ---- */

struct login {
	const char *email;
	const char *password;
	const char *totp_code; /* or a recovery code; NULL: none */
	struct device device;
};

/*
 * E_INVALID_CREDENTIALS (same work and answer for unknown and known
 * addresses), E_TOTP_REQUIRED, E_RATE_LIMITED. Outside transactions: it takes
 * 200 ms of a core.
 */
int login(struct ctx *c, const struct login *in, struct session *out) MUST_USE;

/* Proof that somebody who is logged in is who he was: his password. The account
 * as it is now. Field error on "password"; E_RATE_LIMITED. Outside transactions. */
int account_prove(
	struct ctx *c, const char *user_id, const char *password, struct account *out) MUST_USE;

/* An entry in the audit log of the platform, and of each of the companies that
 * he belongs to (membership_list), if these are few. In a transaction, outside
 * companies. */
int account_audit(struct ctx *c, const char *action, const char *user_id,
	const struct rows *companies) MUST_USE;

#endif
