/*
 * events.h - the events that webhooks may ask for, what is posted about one,
 * and an example of each.
 */
#ifndef FRONTDESK_DELIVERY_EVENTS_H
#define FRONTDESK_DELIVERY_EVENTS_H

#include "core/base/ctx.h"
#include "core/delivery/endpoint.h"
#include "core/event/event.h"

#define PUBLIC_EVENTS_MAX 32
#define TEST_EVENT "test.ping" /* of nothing that has happened */
#define DELIVERY_BODY_MAX 20000

/* Whether it is offered; the others are between the parts of this program. */
bool event_is_public(enum event_kind kind);
/* Their names, in the order of events.def. */
struct texts public_events(struct ctx *c);

/* What is posted, of a subject's JSON: in the format, never longer than
 * DELIVERY_BODY_MAX. Too large a subject is {"id":…,"truncated":true}: it can be
 * read over the API. */
struct told {
	const char *event;
	ts_t at; /* when it happened */
	const char *subject_id;
	const char *data;
};
const char *event_body(struct ctx *c, const struct told *t, enum endpoint_format format);

/* An example of what is posted about an event: nothing that has happened. */
const char *event_example(struct ctx *c, enum event_kind kind);

#endif
