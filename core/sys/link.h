/*
 * link.h - addresses that are a right of their own: whoever knows one may do
 * what it is for, without a log-in.
 *
 * A token holds the company's id, an object's id and a number, and a MAC over
 * them (HMAC-SHA256, 16 bytes) with a key of its purpose: nothing is stored,
 * and one made for another purpose or altered in a bit is none. It has one
 * spelling, base64url. The number makes older tokens of the object invalid:
 * whoever reads one compares it with what is stored.
 */
#ifndef FRONTDESK_LINK_H
#define FRONTDESK_LINK_H

#include "core/base/ctx.h"

#define LINK_TOKEN_LENGTH 70

enum link_purpose {
	LINK_MANAGE, /* an appointment: see, move and cancel it */
	LINK_FEED,   /* a staff member's calendar */
};

struct link {
	const char *company_id;
	const char *id;
	uint32_t seq;
};

/* Needs the token key of the configuration. */
const char *link_token(struct ctx *c, enum link_purpose purpose, const struct link *l);
bool link_read(
	struct ctx *c, enum link_purpose purpose, const char *token, struct link *out) MUST_USE;

#endif
