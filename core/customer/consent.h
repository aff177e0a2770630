/*
 * consent.h - what customers said to being reached and recorded, per channel.
 *
 * Every word is a row, with who wrote it down; the last one on a channel
 * counts. Nothing said is not a no: messages about a visit rest on the visit.
 */
#ifndef FRONTDESK_CONSENT_H
#define FRONTDESK_CONSENT_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum consent_channel {
	CONSENT_SMS,
	CONSENT_EMAIL,
	CONSENT_PHONE,
	CONSENT_WHATSAPP,
	CONSENT_MARKETING,
	CONSENT_RECORDING,
};
enum consent_state { CONSENT_GIVEN, CONSENT_WITHDRAWN };

extern const char *const CONSENT_CHANNEL[7]; /* NULL-terminated */
extern const char *const CONSENT_STATE[3];

struct consent {
	const char *id;
	const char *customer_id;
	enum consent_channel channel;
	enum consent_state state;
	const char *source; /* how it was said: "on the phone", "form of 2026-05-01" */
	ts_t said_at;       /* 0 on the way in: now */
	bool is_current;    /* nothing later was said on this channel; joined */
	enum actor_kind actor_kind;
	const char *actor_id;
	ts_t created_at;
};

extern const struct table CONSENT;

/* Needs a transaction. A field error on said_at in the future. Audited. */
int consent_add(struct ctx *c, const struct consent *in, struct consent *out) MUST_USE;

/* A member that is NULL does not filter. Newest first. */
struct consent_filter {
	const char *customer_id;
	const char *channel;
	const char *state;
	bool current;          /* only what counts */
	ts_t before;           /* a page begins behind the row of this time … */
	const char *before_id; /* … and id */
	int limit;
};

int consent_list(struct ctx *c, const struct consent_filter *f, struct rows *out) MUST_USE;

/* The customer's last word on this channel is no: 1, 0, -1. */
int consent_is_withdrawn(
	struct ctx *c, const char *customer_id, enum consent_channel channel) MUST_USE;

#endif
