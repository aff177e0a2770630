/*
 * totp.h - one-time codes of RFC 6238: SHA-1, 6 digits, 30 seconds, as every
 * authenticator app takes them. A step is the number of half minutes since 1970.
 */
#ifndef FRONTDESK_TOTP_H
#define FRONTDESK_TOTP_H

#include "core/base/ctx.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_DIGITS 6
#define TOTP_SECONDS 30

/* RFC 4226 section 5.3: the 31 bits that the digits are cut from. */
uint32_t hotp(struct bytes secret, uint64_t counter);
/* The step whose code this is: the present one, the one before or behind it; 0:
 * it is none of theirs. The same work whatever it is. */
int64_t totp_step(struct bytes secret, const char *code, ts_t now);

/* RFC 4648 section 6, without padding: how people and apps write a secret. */
const char *base32_encode(struct arena *mem, struct bytes b);
/* otpauth://totp/…: what an app reads from the picture. */
const char *totp_url(
	struct arena *mem, struct bytes secret, const char *issuer, const char *account);

#endif
