/*
 * feed.h - the secret address under which a staff member's calendar can be
 * subscribed to. It holds the number that stands with the staff member: another
 * number, and every address that was given out before is void.
 */
#ifndef FRONTDESK_FEED_H
#define FRONTDESK_FEED_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct staff_feed {
	const char *id; /* of the staff member */
	const char *name;
	int64_t feed_seq;
};

extern const struct table STAFF_FEED;

/* Of somebody who works here: E_NOT_FOUND else. */
int staff_feed_get(struct ctx *c, const char *staff_id, struct staff_feed *out) MUST_USE;
/* Voids the addresses. Needs a transaction. E_NOT_FOUND. Audited. */
int staff_feed_renew(struct ctx *c, const char *staff_id) MUST_USE;

#endif
