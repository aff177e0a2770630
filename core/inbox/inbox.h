/*
 * inbox.h - events of providers, kept as they came, once.
 */
#ifndef FRONTDESK_INBOX_H
#define FRONTDESK_INBOX_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/queue/queue.h"

struct inbox_event {
	const char *id;
	const char *provider;
	const char *dedupe_key;
	const char *event;
	const char *external_id; /* the provider's call id */
	struct bytes body;
	ts_t received_at;
};

extern const struct table INBOX_EVENT;

/*
 * Stores a verified event of a company (0: the platform's own) together with
 * its job, durably, in one round trip. Outside any transaction. e->id is
 * filled in. 1 new, 0 stored before, -1.
 */
int inbox_add(struct ctx *c, uint32_t company, struct inbox_event *e, enum job_kind kind) MUST_USE;
int inbox_get(struct ctx *c, const char *id, struct inbox_event *out) MUST_USE;

#endif
