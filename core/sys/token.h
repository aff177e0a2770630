/*
 * token.h - access tokens: JWT, HS256 only (libjwt inside).
 *
 * The header is parsed by us and must be exactly {"alg":"HS256","typ":"JWT",
 * "kid":ID} in any order before the library sees the token, with the id of a
 * key of the ring; the claims are exactly iss, aud, sub, sid, iat and exp,
 * checked by us by type and value. A token has one spelling and lives
 * TOKEN_TTL_SECONDS at most. Company and role are never taken from it: it names
 * a user and a session, the database knows the rest.
 *
 * The newest key of the ring (secret jwt_key) signs, all of them verify.
 */
#ifndef FRONTDESK_TOKEN_H
#define FRONTDESK_TOKEN_H

#include "core/base/ctx.h"
#include "core/sys/keyring.h"

#define TOKEN_TTL_SECONDS 900
#define TOKEN_MAX_BYTES 4096
#define TOKEN_SKEW_SECONDS 60 /* iat may lie this far ahead of our clock */

struct token_claims {
	const char *user_id;    /* sub */
	const char *session_id; /* sid */
	ts_t issued_at;
	ts_t expires_at;
};

const char *token_make(struct ctx *c, struct keyring *ring, const struct token_claims *claims);
/* 0, or -1 with E_UNAUTHENTICATED; the reason is logged, not told. */
int token_check(struct ctx *c, struct keyring *ring, const char *token,
	struct token_claims *claims) MUST_USE;

#endif
