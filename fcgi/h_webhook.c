#include "fcgi/h_webhook.h"
#include "core/delivery/events.h"
#include "fcgi/crud.h"
#include "fcgi/page.h"

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {"", "pending", "delivered", "failed", NULL};
enum status_query { STATUS_ANY };

struct delivery_query {
	int64_t limit;
	const char *cursor;
	const char *endpoint_id;
	const char *event;
	enum status_query status;
	ts_t from;
	ts_t to;
};

static const struct field QUERY_FIELDS[] = {
	INT(delivery_query, limit, 0, 1, PAGE_MAX),
	TEXT(delivery_query, cursor, 0, 100),
	ID(delivery_query, endpoint_id, 0),
	TEXT(delivery_query, event, 0, 40),
	ENUM(delivery_query, status, NULL0, enum status_query, STATUS_QUERY),
	TIME(delivery_query, from, 0),
	TIME(delivery_query, to, 0),
};
const struct table DELIVERY_QUERY = TABLE(delivery_query, "delivery_query", QUERY_FIELDS);

struct endpoint_test {
	const char *delivery_id;
};

static const struct field TEST_FIELDS[] = {
	ID(endpoint_test, delivery_id, RO),
};
const struct table ENDPOINT_TEST = TABLE(endpoint_test, "endpoint_test", TEST_FIELDS);

static const struct field REPLAY_FIELDS[] = {
	TIME(replay_period, from, REQ),
	TIME(replay_period, to, REQ),
	BOOL(replay_period, only_failed, 0),
};
const struct table ENDPOINT_REPLAY_IN = TABLE(replay_period, "endpoint_replay_in", REPLAY_FIELDS);

struct endpoint_replayed {
	int64_t replayed;
};

static const struct field REPLAYED_FIELDS[] = {
	INT(endpoint_replayed, replayed, RO, 0, REPLAY_DELIVERIES_MAX),
};
const struct table ENDPOINT_REPLAYED =
	TABLE(endpoint_replayed, "endpoint_replayed", REPLAYED_FIELDS);

struct hook_sample_query {
	const char *event;
};

static const struct field SAMPLE_QUERY_FIELDS[] = {
	TEXT(hook_sample_query, event, REQ, 40),
};
const struct table HOOK_SAMPLE_QUERY =
	TABLE(hook_sample_query, "hook_sample_query", SAMPLE_QUERY_FIELDS);

struct hook_sample {
	const char *type;
	ts_t timestamp;
	const char *data;
};

static const struct field SAMPLE_FIELDS[] = {
	TEXT(hook_sample, type, RO, 40),
	TIME(hook_sample, timestamp, RO),
	JSON(hook_sample, data, RO, DELIVERY_BODY_MAX),
};
const struct table HOOK_SAMPLE = TABLE(hook_sample, "hook_sample", SAMPLE_FIELDS);

/* ---- endpoints ---- */

int h_webhook_endpoints(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0 || crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	endpoint_complete(&r->c, &rows);
	return reply_rows(r, &WEBHOOK_ENDPOINT, &rows, next);
}

int h_webhook_endpoint(struct req *r)
{
	struct webhook_endpoint e;

	if (endpoint_get(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &WEBHOOK_ENDPOINT, &e);
}

int h_webhook_endpoint_create(struct req *r)
{
	struct webhook_endpoint e;

	if (endpoint_create(&r->c, r->in, &e) < 0)
		return -1;
	return crud_created(r, &e);
}

int h_webhook_endpoint_update(struct req *r)
{
	struct webhook_endpoint e;

	if (endpoint_change(&r->c, r->ids[0], r->in, r->given, &e) < 0)
		return -1;
	return reply(r, 200, &WEBHOOK_ENDPOINT, &e);
}

int h_webhook_endpoint_delete(struct req *r)
{
	if (endpoint_delete(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_webhook_endpoint_rotate(struct req *r)
{
	struct webhook_endpoint e;

	if (endpoint_rotate_secret(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &NEW_WEBHOOK_ENDPOINT, &e);
}

int h_webhook_endpoint_test(struct req *r)
{
	struct endpoint_test t;

	if (delivery_test(&r->c, r->ids[0], &t.delivery_id) < 0)
		return -1;
	return reply(r, 202, &ENDPOINT_TEST, &t);
}

int h_webhook_endpoint_enable(struct req *r)
{
	struct webhook_endpoint e;

	if (endpoint_enable(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &WEBHOOK_ENDPOINT, &e);
}

int h_webhook_endpoint_replay(struct req *r)
{
	struct endpoint_replayed out;

	if (delivery_replay_all(&r->c, r->ids[0], r->in, &out.replayed) < 0)
		return -1;
	return reply(r, 200, &ENDPOINT_REPLAYED, &out);
}

int h_webhook_endpoint_statistics(struct req *r)
{
	struct delivery_counts n;

	if (delivery_count(&r->c, r->ids[0], &n) < 0)
		return -1;
	return reply(r, 200, &DELIVERY_COUNTS, &n);
}

/* ---- deliveries ---- */

int h_deliveries(struct req *r)
{
	const struct delivery_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct delivery_filter f = {
		.endpoint_id = q->endpoint_id,
		.event = q->event,
		.status = q->status != STATUS_ANY ? STATUS_QUERY[q->status] : NULL,
		.from = q->from,
		.to = q->to,
		.before = p.after,
		.before_id = p.after_id,
		.limit = p.limit + 1,
	};
	if (delivery_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(r, &DELIVERY, &rows, page_next(r, &p, &DELIVERY, &rows, "created_at"));
}

int h_delivery(struct req *r)
{
	struct delivery d;

	if (delivery_get(&r->c, r->ids[0], &d) < 0)
		return -1;
	return reply(r, 200, &DELIVERY, &d);
}

int h_delivery_replay(struct req *r)
{
	struct delivery d;

	if (delivery_replay(&r->c, r->ids[0], &d) < 0)
		return -1;
	return reply(r, 200, &DELIVERY, &d);
}

/* ---- REST hooks ---- */

int h_hook_subscribe(struct req *r)
{
	struct rest_hook h;

	if (rest_hook_subscribe(&r->c, r->in, &h) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/webhook-endpoints/%s", h.id);
	return reply(r, 201, &REST_HOOK, &h);
}

int h_hook_unsubscribe(struct req *r)
{
	if (rest_hook_unsubscribe(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* A list, as Zapier wants one. */
int h_hook_sample(struct req *r)
{
	const struct hook_sample_query *q = r->query;
	int kind = names_find(EVENT_NAMES, q->event);

	if (kind < 0 || !event_is_public((enum event_kind)kind))
		return err_field(&r->c, "event", "is not an event that is offered");
	struct hook_sample s = {q->event, r->c.now, event_example(&r->c, (enum event_kind)kind)};
	struct rows one = {&s, 1};

	return reply_rows(r, &HOOK_SAMPLE, &one, NULL);
}
