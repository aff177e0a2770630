/*
 * receiver.h - what the tests of outgoing webhooks share: a receiver that is
 * played here, an endpoint of the salon that names it, events, and the job that
 * posts them. All of it commits, by the worker's connection.
 */
#ifndef FRONTDESK_TESTS_DB_RECEIVER_H
#define FRONTDESK_TESTS_DB_RECEIVER_H

#include "core/delivery/delivery.h"
#include "core/delivery/endpoint.h"
#include "core/event/event.h"
#include "core/sys/conf.h"
#include "tests/db/calls.h"
#include "tests/unit/server.h"

/* What the receiver says, and what it heard; shared with its process. */
struct played {
	int status; /* 0: it tears the line */
	int retry_after;
	int asked;
	char heard[8192];
};

extern struct played *played;
extern struct conf conf; /* the worker's: a sandbox */
extern struct server server;

void receiver_setup(void);
void receiver_teardown(void);

/* For in_tx(): it is created. */
int endpoint_made(struct ctx *c, void *endpoint);
struct webhook_endpoint endpoint(const char *events, enum endpoint_format format);
struct webhook_endpoint now(const struct webhook_endpoint *e);

struct happening {
	enum event_kind kind;
	const struct table *table;
	void *row;
	const char *subject;
	struct event event;
};

/* For in_tx(): a struct happening's event is emitted; a struct event is
 * dispatched. */
int delivery_happens(struct ctx *c, void *happening);
int delivery_dispatch(struct ctx *c, void *event);
/* Both, of an event about a customer. */
struct event told(enum event_kind kind);

/* The first delivery to it. */
struct delivery only(const struct webhook_endpoint *e);
#define made(e) one_int(work, "SELECT COUNT(*) FROM delivery WHERE endpoint_id = ?", (e)->id)
#define jobs_of(e)                                                                   \
	one_int(work,                                                                \
		"SELECT COUNT(*) FROM job WHERE kind = 'webhook.deliver' AND ref_id" \
		" = ? AND state = 'queued'",                                         \
		(e)->id)

/* As the administrator: a statement that ends with "=", and the id. */
void change_rows(const char *statement, const char *id);
/* The job, when what waits is due and the endpoint may be asked. */
void deliver(const struct webhook_endpoint *e);
/* What the worker's connection did failed with this. */
void refuse(int rc, enum err_code code);

#endif
