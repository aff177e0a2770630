/*
 * delivery.h - an event on its way to an endpoint (at-least-once).
 *
 * There is one for each event and endpoint, made in the transaction that
 * dispatches the event. Its text is fixed then; each attempt signs and posts the
 * same bytes under the same id. It is pending until an attempt is answered with
 * 2xx (delivered), or the last of the schedule has failed (failed); a person can
 * send it again. Nothing is promised about order: what is posted says when it
 * happened, and which version of its subject it shows.
 */
#ifndef FRONTDESK_DELIVERY_H
#define FRONTDESK_DELIVERY_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/event/event.h"

#define DELIVERY_HEAD_MAX 4096
#define REPLAY_DELIVERIES_MAX 500
#define REPLAY_DAYS_MAX 30

enum delivery_status { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_FAILED };

extern const char *const DELIVERY_STATUS[4]; /* NULL-terminated */

struct delivery_attempt {
	const char *delivery_id;
	int64_t attempt; /* 1, 2, … */
	ts_t attempted_at;
	int64_t duration_ms;
	const char *request_headers; /* without the signatures */
	int64_t response_status;     /* 0: none came */
	const char *response_head;   /* headers, and how the rest begins */
	const char *error;           /* a sentence; NULL: it was taken */
};

struct delivery {
	const char *id; /* the receiver's webhook-id */
	const char *endpoint_id;
	const char *event_id;
	const char *event;
	const char *subject_id;
	const char *body;
	enum delivery_status status;
	int64_t attempts;
	int64_t tries; /* of the schedule */
	ts_t next_attempt_at;
	int64_t response_status; /* of the last attempt */
	const char *error;
	ts_t created_at;
	ts_t finished_at;
	struct rows log; /* of struct delivery_attempt */
};

extern const struct table DELIVERY;
extern const struct table DELIVERY_ATTEMPT;

struct delivery_filter {
	const char *endpoint_id; /* NULL: any; so the others */
	const char *event;
	const char *status;
	ts_t from; /* of created_at: included … */
	ts_t to;   /* … and not included; zero: open */
	ts_t before;
	const char *before_id;
	int64_t limit;
};

/* Newest first, without bodies and logs. */
int delivery_list(struct ctx *c, const struct delivery_filter *f, struct rows *out) MUST_USE;
/* With its attempts. E_NOT_FOUND. */
int delivery_get(struct ctx *c, const char *id, struct delivery *out) MUST_USE;

/* How an endpoint has fared in the days that are kept. */
struct delivery_counts {
	int64_t pending;
	int64_t delivered;
	int64_t failed;
	int64_t attempts;
	ts_t last_delivered_at;
	ts_t oldest_pending_at;
	ts_t failing_since; /* nothing has reached it since the failure of then */
};

extern const struct table DELIVERY_COUNTS;

int delivery_count(struct ctx *c, const char *endpoint_id, struct delivery_counts *out) MUST_USE;

/* ---- making them: in a transaction ---- */

/* One for each endpoint that wants the event; again: nothing new. */
int delivery_on_event(struct ctx *c, const struct event *e) MUST_USE;
/* A test.ping, posted like any other. E_NOT_FOUND; E_STATE while nothing is
 * posted to the endpoint. Audited. */
int delivery_test(struct ctx *c, const char *endpoint_id, const char **id) MUST_USE;

/* ---- sending again: audited, in a transaction ---- */

/* E_NOT_FOUND; E_STATE while it is pending, or nothing is posted to its endpoint. */
int delivery_replay(struct ctx *c, const char *id, struct delivery *out) MUST_USE;

struct replay_period {
	ts_t from; /* included */
	ts_t to;   /* not included */
	bool only_failed;
};

/* Those of a time that have failed; else all, and what happened while nothing was
 * posted to the endpoint. *n: how many. E_INVALID for a period that is none, too
 * long, or holds more than REPLAY_DELIVERIES_MAX. */
int delivery_replay_all(
	struct ctx *c, const char *endpoint_id, const struct replay_period *p, int64_t *n) MUST_USE;

/* ---- posting them (deliver.c) ---- */

/* The job webhook.deliver: all that is due for an endpoint. Outside transactions. */
int delivery_run(struct ctx *c, const char *endpoint_id) MUST_USE;

/* "v1,…" of Standard Webhooks: what the receiver compares. */
const char *delivery_signature(
	struct arena *mem, struct bytes key, const char *id, int64_t seconds, const char *body);
/* Milliseconds until the next attempt after so many failed ones, without jitter;
 * -1: there is none. */
int64_t delivery_delay_ms(int64_t tries);
/* How long an endpoint is left alone after so many failures in a row. */
int64_t delivery_pause_ms(int64_t failures);

#endif
