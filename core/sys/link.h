/*
 * link.h - addresses that are a right of their own: whoever knows one may do
 * what it is for, without a log-in.
 *
 * A token holds the company's id, an object's id and a number, and a MAC over
 * them (HMAC-SHA256, 16 bytes) with a key of its purpose, derived from the
 * secret link_key: nothing is stored, and one made for another purpose or
 * altered in a bit is none. It has one spelling, base64url. The number makes
 * older tokens of the object invalid: whoever reads one compares it with what
 * is stored. Links of people's accounts are of no company: LINK_NO_COMPANY.
 */
#ifndef FRONTDESK_LINK_H
#define FRONTDESK_LINK_H

#include "core/base/ctx.h"

#define LINK_TOKEN_LENGTH 70
#define LINK_NO_COMPANY "00000000-0000-0000-0000-000000000000"

enum link_purpose {
	LINK_MANAGE, /* an appointment: see, move and cancel it */
	LINK_FEED,   /* a staff member's calendar */
	LINK_VERIFY, /* an account: its e-mail address is its owner's */
	LINK_RESET,  /* an account: a new password */
	LINK_EMAIL,  /* an account: another e-mail address */
	LINK_INVITE, /* an invitation: take it up */
	LINK_OFFER,  /* an offer of the waiting list; the number is that of the offer */
};

struct link {
	const char *company_id;
	const char *id;
	uint32_t seq;
};

struct link_key;

/* A file of 64 hex digits, not readable by others. NULL and a log line when it
 * is wrong. */
struct link_key *link_key_load(const char *path);
void link_key_delete(struct link_key *k); /* wiped; NULL is fine */

/* These need the link key of the configuration. */
const char *link_token(struct ctx *c, enum link_purpose purpose, const struct link *l);
bool link_read(
	struct ctx *c, enum link_purpose purpose, const char *token, struct link *out) MUST_USE;
/* A MAC over any text, for what is no link; label: what for, never changed. */
void link_mac(struct ctx *c, const char *label, const char *text, uint8_t out[32]);

#endif
