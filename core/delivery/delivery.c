#include "core/delivery/delivery.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/delivery/endpoint.h"
#include "core/delivery/events.h"
#include "core/sys/db.h"

#define ERROR_MAX 300
#define LOG_MAX 100
#define DAY_MS INT64_C(86400000)

const char *const DELIVERY_STATUS[] = {"pending", "delivered", "failed", NULL};

static const struct field ATTEMPT_FIELDS[] = {
	ID(delivery_attempt, delivery_id, RO | HIDDEN),
	INT(delivery_attempt, attempt, RO, 1, UINT32_MAX),
	TIME(delivery_attempt, attempted_at, RO),
	INT(delivery_attempt, duration_ms, RO, 0, UINT32_MAX),
	TEXT(delivery_attempt, request_headers, RO, 1000),
	INT(delivery_attempt, response_status, RO | NULL0, 0, 999),
	TEXT(delivery_attempt, response_head, RO | PERSONAL, 4 * DELIVERY_HEAD_MAX),
	TEXT(delivery_attempt, error, RO | PERSONAL, ERROR_MAX),
};
const struct table DELIVERY_ATTEMPT = TABLE(delivery_attempt, "delivery_attempt", ATTEMPT_FIELDS);

static const struct field FIELDS[] = {
	ID(delivery, id, RO),
	ID(delivery, endpoint_id, RO),
	ID(delivery, event_id, RO),
	TEXT(delivery, event, RO, 40),
	ID(delivery, subject_id, RO),
	ENUM(delivery, status, RO, enum delivery_status, DELIVERY_STATUS),
	INT(delivery, attempts, RO, 0, UINT32_MAX),
	INT(delivery, tries, RO | HIDDEN, 0, UINT32_MAX),
	TIME(delivery, next_attempt_at, RO),
	INT(delivery, response_status, RO | NULL0, 0, 999),
	TEXT(delivery, error, RO | PERSONAL, ERROR_MAX),
	TIME(delivery, created_at, RO),
	TIME(delivery, finished_at, RO),
	JSON(delivery, body, RO | PERSONAL, DELIVERY_BODY_MAX),
	LIST(delivery, log, RO, DELIVERY_ATTEMPT),
};
const struct table DELIVERY = TABLE(delivery, "delivery", FIELDS);

static const struct field COUNT_FIELDS[] = {
	INT(delivery_counts, pending, RO, 0, INT64_MAX),
	INT(delivery_counts, delivered, RO, 0, INT64_MAX),
	INT(delivery_counts, failed, RO, 0, INT64_MAX),
	INT(delivery_counts, attempts, RO, 0, INT64_MAX),
	TIME(delivery_counts, last_delivered_at, RO),
	TIME(delivery_counts, oldest_pending_at, RO),
	TIME(delivery_counts, failing_since, RO | NOCOL),
};
const struct table DELIVERY_COUNTS = TABLE(delivery_counts, "delivery_counts", COUNT_FIELDS);

/* ---- storage ---- */

int delivery_list(struct ctx *c, const struct delivery_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c,
		"SELECT id, endpoint_id, event_id, event, subject_id, status, attempts,"
		" next_attempt_at, response_status, error, created_at, finished_at FROM delivery");
	if (f->endpoint_id != NULL)
		query_where(&q, "endpoint_id = ?", f->endpoint_id);
	if (f->event != NULL)
		query_where(&q, "event = ?", f->event);
	if (f->status != NULL)
		query_where(&q, "status = ?", f->status);
	if (f->from.ms != 0)
		query_where(&q, "created_at >= ?", f->from);
	if (f->to.ms != 0)
		query_where(&q, "created_at < ?", f->to);
	if (f->before_id != NULL)
		query_where(&q, "created_at <= ? AND (created_at < ? OR id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY created_at DESC, id DESC LIMIT ?", f->limit);
	return query_rows(&q, &DELIVERY, out) < 0 ? -1 : 0;
}

int delivery_get(struct ctx *c, const char *id, struct delivery *out)
{
	if (db_must(c, db_find(c, &DELIVERY, id, out), "delivery", id) < 0)
		return -1;
	return db_rows(c, &DELIVERY_ATTEMPT, &out->log,
		       "SELECT {cols} FROM delivery_attempt WHERE delivery_id = ?"
		       " ORDER BY attempt DESC LIMIT ?",
		       id, LOG_MAX) < 0
		? -1
		: 0;
}

int delivery_count(struct ctx *c, const char *endpoint_id, struct delivery_counts *out)
{
	struct webhook_endpoint e;

	if (endpoint_get(c, endpoint_id, &e) < 0)
		return -1;
	int rc = db_one(c, &DELIVERY_COUNTS, out,
		"SELECT COUNT(IF(status = 'pending', 1, NULL)) AS pending,"
		" COUNT(IF(status = 'delivered', 1, NULL)) AS delivered,"
		" COUNT(IF(status = 'failed', 1, NULL)) AS failed,"
		" CAST(COALESCE(SUM(attempts), 0) AS SIGNED) AS attempts,"
		" MAX(IF(status = 'delivered', finished_at, NULL)) AS last_delivered_at,"
		" MIN(IF(status = 'pending', created_at, NULL)) AS oldest_pending_at"
		" FROM delivery WHERE endpoint_id = ?",
		endpoint_id);

	out->failing_since = e.failing_since;
	return rc < 0 ? -1 : 0;
}

/* ---- making them ---- */

/* 1, or 0 when there is one already. */
static int make(struct ctx *c, const struct webhook_endpoint *to, const struct told *t,
	const char *event_id, struct delivery *d)
{
	*d = (struct delivery){
		.id = id_new(c),
		.endpoint_id = to->id,
		.event_id = event_id,
		.event = t->event,
		.subject_id = t->subject_id,
		.body = event_body(c, t, to->format),
		.next_attempt_at = c->now,
		.created_at = c->now,
	};
	return db_insert_new(c, &DELIVERY, d);
}

static struct told told_of(const struct event *e)
{
	return (struct told){EVENT_NAMES[e->kind], e->created_at, e->subject_id, e->payload};
}

int delivery_on_event(struct ctx *c, const struct event *e)
{
	struct told t = told_of(e);
	struct rows endpoints;
	struct delivery d;

	if (c->company == 0 || !event_is_public(e->kind))
		return 0;
	if (endpoint_list_for(c, t.event, &endpoints) < 0)
		return -1;
	const struct webhook_endpoint *to = endpoints.p;
	for (size_t i = 0; i < endpoints.n; i++) {
		int rc = make(c, &to[i], &t, e->id, &d);

		if (rc < 0 || (rc > 0 && endpoint_wake(c, to[i].id) < 0))
			return -1;
	}
	return 0;
}

static int lock_on(struct ctx *c, const char *endpoint_id, struct webhook_endpoint *out)
{
	if (endpoint_lock(c, endpoint_id, out) < 0)
		return -1;
	if (endpoint_is_on(out))
		return 0;
	return err_set(c, E_STATE,
		out->is_active ? "This endpoint is disabled: enable it first."
			       : "This endpoint is not active: set is_active first.");
}

int delivery_test(struct ctx *c, const char *endpoint_id, const char **id)
{
	struct webhook_endpoint e;
	struct delivery d;

	if (lock_on(c, endpoint_id, &e) < 0)
		return -1;
	struct told t = {TEST_EVENT, c->now, e.id,
		mem_printf(c->mem,
			"{\"id\":\"%s\",\"message\":\"Frontdesk can reach this address.\"}", e.id)};

	if (make(c, &e, &t, id_new(c), &d) < 0 || endpoint_wake(c, e.id) < 0)
		return -1;
	*id = d.id;
	return audit_add(c, "webhook_endpoint.test", "webhook_endpoint", e.id, NULL);
}

/* ---- sending again ---- */

int delivery_replay(struct ctx *c, const char *id, struct delivery *out)
{
	struct webhook_endpoint e;

	if (db_must(c, db_find_locked(c, &DELIVERY, id, out), "delivery", id) < 0)
		return -1;
	if (out->status == DELIVERY_PENDING)
		return err_set(c, E_STATE, "This delivery is still on its way.");
	if (lock_on(c, out->endpoint_id, &e) < 0)
		return err_take(c, E_NOT_FOUND)
			? err_set(c, E_STATE, "The endpoint of this delivery was deleted.")
			: -1;
	out->status = DELIVERY_PENDING;
	out->tries = 0;
	out->next_attempt_at = c->now;
	out->finished_at.ms = 0;
	if (db_update(c, &DELIVERY, out, "status,tries,next_attempt_at,finished_at", id) < 0 ||
		endpoint_wake(c, e.id) < 0 ||
		audit_add(c, "delivery.replay", "delivery", id, NULL) < 0)
		return -1;
	return delivery_get(c, id, out);
}

static int check_period(struct ctx *c, const struct replay_period *p)
{
	if (p->to.ms <= p->from.ms)
		return err_field(c, "to", "must come after from");
	if (p->to.ms - p->from.ms > REPLAY_DAYS_MAX * DAY_MS)
		return err_field(c, "from", "must be at most %d days before to", REPLAY_DAYS_MAX);
	return 0;
}

/* How many deliveries there are to be sent again. */
static int count_ended(
	struct ctx *c, const char *endpoint_id, const struct replay_period *p, int64_t *n)
{
	return db_int(c, n,
		"SELECT COUNT(*) FROM delivery WHERE endpoint_id = ? AND created_at >= ?"
		" AND created_at < ? AND (status = 'failed' OR (status = 'delivered' AND ?))",
		endpoint_id, p->from, p->to, !p->only_failed);
}

static int send_ended(struct ctx *c, const char *endpoint_id, const struct replay_period *p)
{
	return db_exec(c,
		"UPDATE delivery SET status = 'pending', tries = 0, next_attempt_at = ?,"
		" finished_at = NULL WHERE endpoint_id = ? AND created_at >= ?"
		" AND created_at < ? AND (status = 'failed' OR (status = 'delivered' AND ?))",
		c->now, endpoint_id, p->from, p->to, !p->only_failed);
}

static int missed_events(struct ctx *c, const struct webhook_endpoint *e,
	const struct replay_period *p, struct rows *out)
{
	return db_rows(c, &EVENT, out,
		"SELECT {cols:v} FROM event v WHERE v.created_at >= ? AND v.created_at < ?"
		" AND FIND_IN_SET(v.kind, ?) > 0 AND v.payload <> '{}' AND NOT EXISTS"
		" (SELECT 1 FROM delivery d WHERE d.endpoint_id = ? AND d.event_id = v.id)"
		" ORDER BY v.created_at, v.id LIMIT ?",
		p->from, p->to, e->event_list, e->id, REPLAY_DELIVERIES_MAX + 1);
}

/* What happened while nothing was posted. */
static int make_missed(struct ctx *c, const struct webhook_endpoint *e, const struct rows *events)
{
	const struct event *v = events->p;
	struct delivery d;

	for (size_t i = 0; i < events->n; i++) {
		struct told t = told_of(&v[i]);

		if (make(c, e, &t, v[i].id, &d) < 0)
			return -1;
	}
	return 0;
}

static int look_missed(
	struct ctx *c, struct webhook_endpoint *e, const struct replay_period *p, struct rows *out)
{
	struct texts all = public_events(c);

	*out = (struct rows){NULL, 0};
	if (p->only_failed)
		return 0;
	if (e->event_list == NULL)
		e->event_list = texts_list(c->mem, &all);
	return missed_events(c, e, p, out) < 0 ? -1 : 0;
}

int delivery_replay_all(
	struct ctx *c, const char *endpoint_id, const struct replay_period *p, int64_t *n)
{
	struct webhook_endpoint e;
	struct rows missed;

	if (check_period(c, p) < 0 || lock_on(c, endpoint_id, &e) < 0 ||
		count_ended(c, e.id, p, n) < 0 || look_missed(c, &e, p, &missed) < 0)
		return -1;
	*n += (int64_t)missed.n;
	if (*n > REPLAY_DELIVERIES_MAX)
		return err_field(c, "from",
			"names a time with more than %d deliveries: choose a shorter one",
			REPLAY_DELIVERIES_MAX);
	if (send_ended(c, e.id, p) < 0 || make_missed(c, &e, &missed) < 0 ||
		endpoint_wake(c, e.id) < 0)
		return -1;
	return audit_note(c, "webhook_endpoint.replay", "webhook_endpoint", e.id,
		mem_printf(c->mem, "%" PRId64 " deliveries", *n));
}
