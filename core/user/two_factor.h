/*
 * two_factor.h - the second factor: codes of an authenticator app (core/sys/totp.h)
 * and ten recovery codes for when the app is lost.
 *
 * The secret is a sealed cell of the account, recovery codes are stored hashed.
 * A code works once, also when it comes many times at the same moment: its step
 * is written by compare-and-set, a recovery code is deleted.
 */
#ifndef FRONTDESK_TWO_FACTOR_H
#define FRONTDESK_TWO_FACTOR_H

#include "core/user/account.h"

#define RECOVERY_CODES 10
#define CODE_MAX 40 /* characters, however it is typed */

/* Uses up a code, of the app or for recovery: 1, 0 (wrong, or used before), -1.
 * In a transaction. */
int two_factor_use(struct ctx *c, const struct account *a, const char *code) MUST_USE;

/* What the app needs; shown once. */
struct two_factor_setup {
	const char *secret; /* base32 */
	const char *otpauth_url;
	const char *qr_svg;
};
extern const struct table TWO_FACTOR_SETUP;

/* All for who is logged in, outside transactions. */

/* A new secret, which counts from two_factor_enable() on. E_STATE: a second
 * factor is in force. */
int two_factor_setup(struct ctx *c, const char *user_id, struct two_factor_setup *out) MUST_USE;
/* With a code that shows that the app has the secret. The recovery codes, which
 * are never shown again. E_STATE, field error on "code". */
int two_factor_enable(
	struct ctx *c, const char *user_id, const char *code, struct texts *codes) MUST_USE;
/* Both: what account_prove() says; E_STATE: no second factor is in force. */
int two_factor_disable(
	struct ctx *c, const char *user_id, const char *password, const char *code) MUST_USE;
int two_factor_new_codes(
	struct ctx *c, const char *user_id, const char *password, struct texts *codes) MUST_USE;

#endif
