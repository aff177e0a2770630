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
 * its job, durably, in one round trip. Outside any transaction; the context's
 * company plays no part. e->id is filled in (it is another's when it was
 * stored before). 1 new, 0 stored before, -1.
 */
int inbox_add(struct ctx *c, uint32_t company, struct inbox_event *e, enum job_kind kind) MUST_USE;
int inbox_get(struct ctx *c, const char *id, struct inbox_event *out) MUST_USE;

/* Empties one that came after its call was erased (core/privacy/erase.h). */
int inbox_forget_late(struct ctx *c, const char *id) MUST_USE;

/* The first stored event of this name about a call: 1, 0 none, -1. */
int inbox_find(struct ctx *c, const char *provider, const char *external_id, const char *event,
	struct inbox_event *out) MUST_USE;

/* Stored events of these three names about a call that are not merged into it
 * yet, oldest first. */
int inbox_unmerged(struct ctx *c, const char *provider, const char *external_id,
	const char *const events[3], struct rows *out) MUST_USE;

#endif
