/*
 * event.h - domain events: rows written in the transaction of what they tell
 * (an outbox). Each queues its own dispatch; core/worker hands it to the
 * subjects that want it. Nobody calls up through the layers.
 */
#ifndef FRONTDESK_EVENT_H
#define FRONTDESK_EVENT_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum event_kind {
#define X(symbol, name) symbol,
#include "core/event/events.def"
#undef X
	EVENT_KIND_COUNT
};

extern const char *const EVENT_NAMES[]; /* NULL-terminated */

struct event {
	const char *id;
	enum event_kind kind;
	const char *subject_id;
	const char *payload; /* JSON of the subject at that moment */
	ts_t created_at;
};

extern const struct table EVENT;

/* Needs a transaction. The payload is the row through its table. */
int event_emit(struct ctx *c, enum event_kind kind, const char *subject_id, const struct table *t,
	const void *row) MUST_USE;
/* A row that has no event of its own was made, changed or deleted: "service".
 * For those who show it, and never for webhooks. Needs a transaction. */
int event_changed(struct ctx *c, const char *record, const char *id) MUST_USE;
/* Of EV_RECORD_CHANGED: which record. In the arena. */
const char *event_record(struct ctx *c, const struct event *e);
int event_get(struct ctx *c, const char *id, struct event *out) MUST_USE;

#endif
