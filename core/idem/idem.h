/*
 * idem.h - a POST with an Idempotency-Key happens once.
 *
 * The key's row is inserted first, in the transaction of the effect, and
 * completed with the answer last: effect and stored answer stand or fall
 * together. A second request meets the row: the stored answer again, or
 * "still running" without waiting, or "another request".
 */
#ifndef FRONTDESK_IDEM_H
#define FRONTDESK_IDEM_H

#include "core/base/ctx.h"
#include "core/base/table.h"

#define IDEM_KEY_MAX 255

struct idem {
	const char *actor_id;
	const char *key;
	struct bytes request_hash;
	int64_t status; /* 0 while it runs */
	const char *location;
	struct bytes body;
};

/*
 * In a transaction, before anything else. 1: go on; 0: *stored holds the
 * answer to give again; -1: E_IDEM_RUNNING, E_IDEM_MISMATCH.
 */
int idem_begin(
	struct ctx *c, const char *key, struct bytes request_hash, struct idem *stored) MUST_USE;
int idem_finish(struct ctx *c, const char *key, int status, const char *location,
	struct bytes body) MUST_USE;

#endif
