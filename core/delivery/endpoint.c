#include "core/delivery/endpoint.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/delivery/events.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

#define CELL_MAX 1024
#define EVENT_LIST_MAX 1000
#define REASON_MAX 300
#define SECRET_BYTES 32 /* Standard Webhooks: 24 to 64 */
#define SECRET_TEXT_MAX 64
#define PREVIOUS_MS INT64_C(86400000)

static const char *const SOURCES[] = {"api", "zapier", NULL};
static const char *const FORMATS[] = {"envelope", "flat", NULL};

#define SHOWN                                                                               \
	ID(webhook_endpoint, id, RO), TEXT(webhook_endpoint, url, REQ, ENDPOINT_URL_MAX),   \
		TEXT(webhook_endpoint, description, 0, 200),                                \
		TEXTS(webhook_endpoint, events, 0, PUBLIC_EVENTS_MAX),                      \
		BOOL(webhook_endpoint, is_active, FILTER),                                  \
		ENUM(webhook_endpoint, source, RO | FILTER, enum endpoint_source, SOURCES), \
		ENUM(webhook_endpoint, format, 0, enum endpoint_format, FORMATS),           \
		TIME(webhook_endpoint, previous_until, RO),                                 \
		TIME(webhook_endpoint, disabled_at, RO),                                    \
		TEXT(webhook_endpoint, disabled_reason, RO, REASON_MAX),                    \
		TIME(webhook_endpoint, created_at, RO | BY)

static const struct field FIELDS[] = {
	SHOWN,
	TEXT(webhook_endpoint, event_list, RO | HIDDEN, EVENT_LIST_MAX),
	BYTES(webhook_endpoint, secret_cell, RO, CELL_MAX),
	BYTES(webhook_endpoint, previous_cell, RO, CELL_MAX),
	INT(webhook_endpoint, failures, RO | HIDDEN, 0, UINT32_MAX),
	TIME(webhook_endpoint, wait_until, RO | HIDDEN),
	TIME(webhook_endpoint, failing_since, RO | HIDDEN),
	TIME(webhook_endpoint, warned_at, RO | HIDDEN),
	ID(webhook_endpoint, lease_owner, RO | HIDDEN),
	TIME(webhook_endpoint, lease_until, RO | HIDDEN),
};
const struct table WEBHOOK_ENDPOINT =
	TABLE_WITH(webhook_endpoint, "webhook_endpoint", FIELDS, SOFT);

static const struct field NEW_FIELDS[] = {
	SHOWN,
	TEXT(webhook_endpoint, secret, RO | NOCOL | ONCE, SECRET_TEXT_MAX),
};
const struct table NEW_WEBHOOK_ENDPOINT =
	TABLE_WITH(webhook_endpoint, "new_webhook_endpoint", NEW_FIELDS, SOFT);

static const struct webhook_endpoint FRESH = {.is_active = true};

static const struct field IN_FIELDS[] = {
	TEXT(webhook_endpoint, url, REQ, ENDPOINT_URL_MAX),
	TEXT(webhook_endpoint, description, 0, 200),
	TEXTS(webhook_endpoint, events, 0, PUBLIC_EVENTS_MAX),
	BOOL(webhook_endpoint, is_active, 0),
	ENUM(webhook_endpoint, format, 0, enum endpoint_format, FORMATS),
};
const struct table WEBHOOK_ENDPOINT_IN =
	TABLE_FRESH(webhook_endpoint, "webhook_endpoint_in", IN_FIELDS, 0, FRESH);

static const struct field HOOK_FIELDS[] = {
	ID(rest_hook, id, RO),
	TEXT(rest_hook, target_url, REQ, ENDPOINT_URL_MAX),
	TEXT(rest_hook, event, REQ, 40),
	ENUM(rest_hook, format, 0, enum endpoint_format, FORMATS),
	TIME(rest_hook, created_at, RO),
};
const struct table REST_HOOK = TABLE(rest_hook, "rest_hook", HOOK_FIELDS);

/* ---- storage ---- */

void endpoint_complete(struct ctx *c, struct rows *endpoints)
{
	struct webhook_endpoint *e = endpoints->p;

	for (size_t i = 0; i < endpoints->n; i++)
		e[i].events = texts_of(c->mem, e[i].event_list);
}

static int found(struct ctx *c, int rc, const char *id, struct webhook_endpoint *out)
{
	struct rows one = {out, 1};

	if (db_must(c, rc, "webhook endpoint", id) < 0)
		return -1;
	endpoint_complete(c, &one);
	return 0;
}

int endpoint_get(struct ctx *c, const char *id, struct webhook_endpoint *out)
{
	return found(c, db_find(c, &WEBHOOK_ENDPOINT, id, out), id, out);
}

int endpoint_lock(struct ctx *c, const char *id, struct webhook_endpoint *out)
{
	return found(c, db_find_locked(c, &WEBHOOK_ENDPOINT, id, out), id, out);
}

int endpoint_list_for(struct ctx *c, const char *event, struct rows *out)
{
	return db_rows(c, &WEBHOOK_ENDPOINT, out,
		"SELECT {cols} FROM webhook_endpoint WHERE deleted_at IS NULL AND is_active"
		" AND disabled_at IS NULL"
		" AND (event_list IS NULL OR FIND_IN_SET(?, event_list) > 0) ORDER BY id",
		event);
}

bool endpoint_is_on(const struct webhook_endpoint *e)
{
	return e->is_active && e->disabled_at.ms == 0;
}

static int check_room(struct ctx *c)
{
	int64_t n;

	if (db_int(c, &n, "SELECT COUNT(*) FROM webhook_endpoint WHERE deleted_at IS NULL") < 0)
		return -1;
	return n < ENDPOINTS_MAX ? 0
				 : err_set(c, E_LIMIT_REACHED,
					   "A company has at most %d webhook endpoints and REST "
					   "hooks: delete one first.",
					   ENDPOINTS_MAX);
}

/* Rows that wait for somebody who does not come any more. */
static int give_up_pending(struct ctx *c, const char *id, const char *error)
{
	return db_exec(c,
		       "UPDATE delivery SET status = 'failed', next_attempt_at = NULL, error = ?,"
		       " finished_at = ? WHERE endpoint_id = ? AND status = 'pending'",
		       error, c->now, id) < 0
		? -1
		: 0;
}

int endpoint_wake(struct ctx *c, const char *id)
{
	return queue_add(c, JOB_WEBHOOK_DELIVER, id, (ts_t){0}, NULL);
}

/* ---- secrets ---- */

static struct cell_place place(struct ctx *c, const struct webhook_endpoint *e, const char *column)
{
	return (struct cell_place){"webhook_endpoint", column, c->company, e->id};
}

static int new_secret(struct ctx *c, struct webhook_endpoint *e)
{
	uint8_t *raw = mem_alloc(c->mem, SECRET_BYTES);
	struct bytes key = {raw, SECRET_BYTES};

	random_bytes(raw, SECRET_BYTES);
	e->secret = mem_printf(c->mem, "whsec_%s", base64_encode(c->mem, key));
	return cell_seal(c, c->conf->keyring, place(c, e, "secret_cell"), key, &e->secret_cell);
}

int endpoint_keys(
	struct ctx *c, const struct webhook_endpoint *e, struct bytes keys[ENDPOINT_KEYS_MAX])
{
	int n = 1;

	if (cell_open(c, c->conf->keyring, place(c, e, "secret_cell"), e->secret_cell, keys) < 0)
		return -1;
	if (e->previous_cell.p == NULL || e->previous_until.ms <= c->now.ms)
		return n;
	if (cell_open(c, c->conf->keyring, place(c, e, "previous_cell"), e->previous_cell,
		    &keys[n]) < 0)
		err_clear(c);
	else
		n++;
	return n;
}

/* The present one signs on for a day; one that does not open signs nothing. */
static int keep_previous(struct ctx *c, struct webhook_endpoint *e)
{
	struct bytes keys[ENDPOINT_KEYS_MAX];

	if (endpoint_keys(c, e, keys) < 0) {
		err_clear(c);
		return 0;
	}
	e->previous_until.ms = c->now.ms + PREVIOUS_MS;
	return cell_seal(
		c, c->conf->keyring, place(c, e, "previous_cell"), keys[0], &e->previous_cell);
}

/* ---- rules ---- */

/* In the order of events.def, each once. */
static int check_events(struct ctx *c, struct webhook_endpoint *e)
{
	struct texts offered = public_events(c), wanted = {NULL, 0};
	int rc = 0;

	for (size_t i = 0; i < e->events.n; i++) {
		if (!texts_have(&offered, e->events.p[i]))
			rc = err_field(c, mem_printf(c->mem, "events.%zu", i),
				"is not an event that is offered");
	}
	wanted.p = mem_alloc(c->mem, (offered.n + 1) * sizeof(char *));
	for (size_t i = 0; i < offered.n; i++) {
		if (texts_have(&e->events, offered.p[i]))
			wanted.p[wanted.n++] = offered.p[i];
	}
	e->events = wanted;
	e->event_list = texts_list(c->mem, &wanted);
	return rc;
}

static int create(struct ctx *c, struct webhook_endpoint *e)
{
	if (check_room(c) < 0)
		return -1;
	e->id = id_new(c);
	e->created_at = c->now;
	if (new_secret(c, e) < 0 || db_insert(c, &WEBHOOK_ENDPOINT, e) < 0)
		return -1;
	return audit_add(c, "webhook_endpoint.create", "webhook_endpoint", e->id, NULL);
}

int endpoint_create(struct ctx *c, const struct webhook_endpoint *in, struct webhook_endpoint *out)
{
	*out = *in;
	int rc = address_check(c, "url", out->url);

	if (check_events(c, out) < 0)
		rc = -1;
	return rc < 0 ? -1 : create(c, out);
}

int endpoint_change(struct ctx *c, const char *id, const struct webhook_endpoint *in,
	uint64_t given, struct webhook_endpoint *out)
{
	struct webhook_endpoint was;

	if (endpoint_lock(c, id, &was) < 0)
		return -1;
	*out = was;
	table_merge(&WEBHOOK_ENDPOINT_IN, out, in, given);
	int rc = address_check(c, "url", out->url);

	if (check_events(c, out) < 0)
		rc = -1;
	if (rc < 0 || row_change(c, &WEBHOOK_ENDPOINT, &was, out) < 0)
		return -1;
	return out->is_active && !was.is_active ? endpoint_wake(c, id) : 0;
}

int endpoint_delete(struct ctx *c, const char *id)
{
	struct webhook_endpoint e;

	if (endpoint_lock(c, id, &e) < 0)
		return -1;
	e.secret_cell = e.previous_cell = (struct bytes){NULL, 0};
	if (db_update(c, &WEBHOOK_ENDPOINT, &e, "secret_cell,previous_cell", id) < 0)
		return -1;
	if (give_up_pending(c, id, "The endpoint was deleted.") < 0)
		return -1;
	return row_delete(c, &WEBHOOK_ENDPOINT, id);
}

int endpoint_rotate_secret(struct ctx *c, const char *id, struct webhook_endpoint *out)
{
	if (endpoint_lock(c, id, out) < 0)
		return -1;
	if (keep_previous(c, out) < 0 || new_secret(c, out) < 0)
		return -1;
	if (db_update(c, &WEBHOOK_ENDPOINT, out, "secret_cell,previous_cell,previous_until", id) <
		0)
		return -1;
	return audit_add(c, "webhook_endpoint.rotate_secret", "webhook_endpoint", id, NULL);
}

int endpoint_enable(struct ctx *c, const char *id, struct webhook_endpoint *out)
{
	if (endpoint_lock(c, id, out) < 0)
		return -1;
	if (out->disabled_at.ms == 0)
		return err_set(c, E_STATE, "This endpoint is not disabled.");
	out->disabled_reason = NULL;
	out->disabled_at.ms = out->failing_since.ms = out->warned_at.ms = out->wait_until.ms = 0;
	out->failures = 0;
	if (db_update(c, &WEBHOOK_ENDPOINT, out,
		    "disabled_at,disabled_reason,failing_since,warned_at,wait_until,failures",
		    id) < 0)
		return -1;
	return audit_add(c, "webhook_endpoint.enable", "webhook_endpoint", id, NULL);
}

/* ---- what its owners are told ---- */

struct trouble {
	const char *url;
	const char *reason;
};

static const struct field TROUBLE_FIELDS[] = {
	TEXT(trouble, url, RO, ENDPOINT_URL_MAX),
	TEXT(trouble, reason, RO, REASON_MAX),
};
static const struct table TROUBLE = TABLE(trouble, "webhook_trouble", TROUBLE_FIELDS);

static int tell(
	struct ctx *c, enum event_kind kind, const struct webhook_endpoint *e, const char *reason)
{
	struct trouble t = {e->url, reason};

	return event_emit(c, kind, e->id, &TROUBLE, &t);
}

int endpoint_disable(struct ctx *c, struct webhook_endpoint *e, bool ended, const char *reason)
{
	if (ended && e->source == ENDPOINT_OF_ZAPIER)
		return endpoint_delete(c, e->id);
	e->disabled_at = c->now;
	e->disabled_reason = utf8_cut(c->mem, reason, REASON_MAX);
	if (db_update(c, &WEBHOOK_ENDPOINT, e, "disabled_at,disabled_reason", e->id) < 0 ||
		give_up_pending(c, e->id, "The endpoint was disabled.") < 0)
		return -1;
	if (tell(c, EV_WEBHOOK_DISABLED, e, e->disabled_reason) < 0)
		return -1;
	return audit_note(
		c, "webhook_endpoint.disable", "webhook_endpoint", e->id, e->disabled_reason);
}

int endpoint_warn(struct ctx *c, struct webhook_endpoint *e, const char *reason)
{
	if (e->warned_at.ms != 0)
		return 0;
	e->warned_at = c->now;
	if (db_update(c, &WEBHOOK_ENDPOINT, e, "warned_at", e->id) < 0)
		return -1;
	return tell(c, EV_WEBHOOK_FAILING, e, utf8_cut(c->mem, reason, REASON_MAX));
}

/* ---- REST hooks ---- */

int rest_hook_subscribe(struct ctx *c, const struct rest_hook *in, struct rest_hook *out)
{
	const char *names[] = {in->event};
	struct texts offered = public_events(c);
	struct webhook_endpoint e = {.url = in->target_url,
		.is_active = true,
		.source = ENDPOINT_OF_ZAPIER,
		.format = in->format,
		.events = {names, 1},
		.event_list = in->event};
	int rc = address_check(c, "target_url", e.url);

	if (!texts_have(&offered, in->event))
		rc = err_field(c, "event", "is not an event that is offered");
	if (rc < 0 || create(c, &e) < 0)
		return -1;
	*out = *in;
	out->id = e.id;
	out->created_at = e.created_at;
	return 0;
}

int rest_hook_unsubscribe(struct ctx *c, const char *id)
{
	struct webhook_endpoint e;

	if (endpoint_lock(c, id, &e) < 0)
		return -1;
	if (e.source != ENDPOINT_OF_ZAPIER)
		return db_must(c, 0, "REST hook", id);
	return endpoint_delete(c, id);
}
