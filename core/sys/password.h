/*
 * password.h - password hashes: bcrypt, cost 12 (libxcrypt inside).
 *
 * bcrypt sees 72 bytes and stops at NUL: longer passwords are refused, never
 * cut. A failed hash ("*0") never matches anything. One check takes about
 * 200 ms of a core: only the login pool does it, never in a transaction.
 */
#ifndef FRONTDESK_PASSWORD_H
#define FRONTDESK_PASSWORD_H

#include "core/base/ctx.h"

#define PASSWORD_MIN_CHARACTERS 12
#define PASSWORD_MAX_BYTES 72
#define PASSWORD_COST 12

/* BUG when it is longer than PASSWORD_MAX_BYTES: whoever takes passwords has
 * looked (core/user/password_rules.h). */
const char *password_hash(struct ctx *c, const char *password);
/* hash NULL, or none: does the same work and answers false. */
bool password_check(struct ctx *c, const char *password, const char *hash);
/* Made with a lower cost than ours: hash it anew at the next log-in. */
bool password_is_old(const char *hash);

#ifdef FRONTDESK_TEST
/* How many hashes were made since the last question. */
int password_hashes(void);
/* From now on hashes of ours cost so much; 0: as in earnest. */
void password_cheap(int cost);
#endif

#endif
