/*
 * manners.h - what customers have a right to: not to be written to once they
 * have said so, not at night, and not too often.
 *
 * An opt-out is of an address and a channel, as carriers see it; consents of a
 * customer (core/customer/consent.h) come on top.
 */
#ifndef FRONTDESK_MANNERS_H
#define FRONTDESK_MANNERS_H

#include "core/base/ctx.h"
#include "core/notify/occasion.h"

/* Whether that address has opted out of the channel: 1, 0, -1. */
int opted_out(struct ctx *c, enum channel channel, const char *address) MUST_USE;
/* From now on, or no longer. In a transaction; again: nothing new. source: "sms",
 * "sendgrid". Audited. */
int opt_out_set(struct ctx *c, enum channel channel, const char *address, bool out,
	const char *source) MUST_USE;

/* When a message of that channel may go: zero at once, else the end of the quiet
 * hours. Only an SMS makes a noise; and who was in touch a moment ago is up. */
ts_t quiet_until(const struct ctx *c, const struct occasion *o, enum channel channel);

/* Whether the customer has had as many messages by that channel in 24 hours as
 * the company allows: 1, 0, -1. */
int cap_reached(struct ctx *c, const struct company_settings *s, enum channel channel,
	const char *customer_id) MUST_USE;

#endif
