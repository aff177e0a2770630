/*
 * token.h - access tokens: JWT, HS256 only (libjwt inside).
 *
 * The header is parsed by us and must be exactly {"alg":"HS256","typ":"JWT",
 * "kid":"1"} in any order before the library sees the token; the claims are
 * exactly iss, aud, sub, sid, iat and exp, checked by us by type and value. A
 * token has one spelling and lives TOKEN_TTL_SECONDS at most. Company and
 * role are never taken from it: it names a user and a session, the database
 * knows the rest.
 */
#ifndef FRONTDESK_TOKEN_H
#define FRONTDESK_TOKEN_H

#include "core/base/ctx.h"

#define TOKEN_TTL_SECONDS 900
#define TOKEN_MAX_BYTES 4096
#define TOKEN_KEY_MIN_BYTES 32
#define TOKEN_SKEW_SECONDS 60 /* iat may lie this far ahead of our clock */

struct token_key;

struct token_claims {
	const char *user_id;    /* sub */
	const char *session_id; /* sid */
	ts_t issued_at;
	ts_t expires_at;
};

/* A file of 32 bytes or more (hex digits allowed, taken as they are), not
 * readable by others. NULL and a log line when it is wrong. */
struct token_key *token_key_load(const char *path);
void token_key_delete(struct token_key *k); /* wiped; NULL is fine */

const char *token_make(struct ctx *c, const struct token_key *k, const struct token_claims *claims);
/* 0, or -1 with E_UNAUTHENTICATED; the reason is logged, not told. */
int token_check(struct ctx *c, const struct token_key *k, const char *token,
	struct token_claims *claims) MUST_USE;

#endif
