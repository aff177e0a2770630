/*
 * password.h - password hashes: bcrypt, cost 12 (libxcrypt inside).
 *
 * bcrypt sees 72 bytes and stops at NUL: longer passwords are refused, never
 * cut. A failed hash ("*0") never matches anything. One check takes about
 * 200 ms of a core: only the login pool does it.
 */
#ifndef FRONTDESK_PASSWORD_H
#define FRONTDESK_PASSWORD_H

#include "core/base/ctx.h"

#define PASSWORD_MIN_CHARACTERS 12
#define PASSWORD_MAX_BYTES 72
#define PASSWORD_COST 12

/* Field error on `field` when it is too short or too long. */
int password_hash(
	struct ctx *c, const char *field, const char *password, const char **hash) MUST_USE;
/* hash NULL: does the same work and answers false (unknown account). */
bool password_check(struct ctx *c, const char *password, const char *hash);
/* Made with a lower cost than ours: hash it anew at the next log-in. */
bool password_is_old(const char *hash);

#endif
