#include "core/call/call.h"
#include "core/call/call_row.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"
#include "core/tenant/company.h"

const char *const CALL_DIRECTION[] = {"inbound", "outbound", NULL};
const char *const CALL_STATUS[] = {
	"inbound", "ongoing", "completed", "analyzed", "failed", "missed", NULL};
const char *const BOOKING_OUTCOME[] = {
	"", "none", "booked", "alternative_booked", "offered", "unclear", "failed", NULL};

static const struct field FIELDS[] = {
	ID(call, id, RO),
	TEXT(call, provider, RO, 20),
	TEXT(call, provider_call_id, RO, 128),
	TEXT(call, agent, RO | HIDDEN, 128),
	ENUM(call, direction, RO | FILTER, enum call_direction, CALL_DIRECTION),
	ENUM(call, status, RO | FILTER, enum call_status, CALL_STATUS),
	TEXT(call, from_number, RO | PERSONAL, 64),
	TEXT(call, to_number, RO | PERSONAL, 64),
	ENUM(call, number_match, RO | HIDDEN | NULL0, enum number_match, NUMBER_MATCH),
	ID(call, branch_id, RO | FILTER),
	TEXT(call, branch_name, RO | JOINED, 120),
	ID(call, phone_number_id, RO),
	ID(call, customer_id, RO | FILTER),
	TEXT(call, customer_name, RO | JOINED | PERSONAL, 120),
	TIME(call, started_at, RO | SORT),
	TIME(call, ended_at, RO),
	INT(call, duration_seconds, RO | NULL0, 0, UINT32_MAX),
	TEXT(call, disconnection_reason, RO, 60),
	TEXT(call, language, RO, 16),
	TEXT(call, transcript, RO | PERSONAL, 400000),
	TEXT(call, summary, RO | PERSONAL, 10000),
	TEXT(call, sentiment, RO | PERSONAL, 16),
	TEXT(call, recording_url, RO | HIDDEN | PERSONAL, 2000),
	BOOL(call, appointment_made, RO | JOINED),
	ID(call, appointment_id, RO),
	ENUM(call, booking_outcome, RO | NULL0, enum booking_outcome, BOOKING_OUTCOME),
	JSON(call, booking_details, RO | PERSONAL, 65535),
	OBJECT(call, cost, RO, struct call_cost, CALL_COST),
	INT(call, customer_cents, RO | HIDDEN | NULL0, 0, CALL_AMOUNT_MAX),
	TEXT(call, currency, RO | HIDDEN, 3),
	INT(call, platform_microusd, RO | HIDDEN | NULL0, 0, CALL_AMOUNT_MAX),
	INT(call, exchange_rate_micro, RO | HIDDEN | NULL0, 0, CALL_AMOUNT_MAX),
	DAY(call, exchange_rate_on, RO | HIDDEN),
	TEXT(call, exchange_rate_source, RO | HIDDEN, 20),
	TEXT(call, cost_parts, RO | HIDDEN, 300),
	TIME(call, erased_at, RO | HIDDEN),
	TIME(call, begun_at, RO | HIDDEN),
	TIME(call, created_at, RO),
};
const struct table CALL = TABLE(call, "call", FIELDS);

static const struct field EVENT_FIELDS[] = {
	ID(call_event, id, RO | JOINED),
	TEXT(call_event, event, RO | JOINED, 60),
	TEXT(call_event, status, RO | JOINED, 10),
	INT(call_event, attempts, RO | JOINED, 0, 65535),
	TEXT(call_event, last_error, RO | JOINED, 1000),
	TIME(call_event, received_at, RO | JOINED),
	TIME(call_event, processed_at, RO | JOINED),
};
const struct table CALL_EVENT = TABLE(call_event, "call_event", EVENT_FIELDS);

/* ---- storage ---- */

/* One statement for a call and, without transcripts, for a list of them. */
#define CALL_COLUMNS                                                                            \
	"SELECT a.id, a.provider, a.provider_call_id, a.agent, a.direction, a.status, "         \
	"a.from_number, a.to_number, a.number_match, a.branch_id, b.name AS branch_name, "      \
	"a.phone_number_id, a.customer_id, u.name AS customer_name, a.started_at, a.ended_at, " \
	"a.duration_seconds, a.disconnection_reason, a.language, a.summary, a.sentiment, "      \
	"a.recording_url, a.appointment_id IS NOT NULL AS appointment_made, "                   \
	"a.appointment_id, a.booking_outcome, a.booking_details, a.customer_cents, "            \
	"a.currency, a.platform_microusd, a.cost_parts, a.exchange_rate_micro, "                \
	"a.exchange_rate_on, a.exchange_rate_source, a.erased_at, a.begun_at, a.created_at"
#define CALL_FROM                                                  \
	" FROM `call` a LEFT JOIN branch b ON b.id = a.branch_id " \
	"LEFT JOIN customer u ON u.id = a.customer_id"

static int read_row(struct ctx *c, const char *id, struct call *out)
{
	return db_must(c,
		db_one(c, &CALL, out, CALL_COLUMNS ", a.transcript" CALL_FROM " WHERE a.id = ?",
			id),
		"call", id);
}

int call_find_locked(struct ctx *c, const struct call *facts, struct call *out)
{
	return db_one(c, &CALL, out,
		"SELECT {cols} FROM `call` WHERE provider = ? AND provider_call_id = ? FOR UPDATE",
		facts->provider, facts->provider_call_id);
}

int call_find(struct ctx *c, const char *provider, const char *provider_call_id, struct call *out)
{
	return db_one(c, &CALL, out,
		"SELECT {cols} FROM `call` WHERE provider = ? AND provider_call_id = ?", provider,
		provider_call_id);
}

int call_write_facts(struct ctx *c, const struct call *k)
{
	return db_update(c, &CALL, k,
		"agent,direction,status,from_number,to_number,number_match,branch_id,"
		"phone_number_id,customer_id,started_at,ended_at,duration_seconds,"
		"disconnection_reason,language,transcript,summary,sentiment,recording_url",
		k->id);
}

int call_store_cost(struct ctx *c, const struct call *call)
{
	return db_update(c, &CALL, call,
		       "customer_cents,currency,platform_microusd,cost_parts,exchange_rate_micro,"
		       "exchange_rate_on,exchange_rate_source",
		       call->id) < 0
		? -1
		: 0;
}

int call_store_outcome(struct ctx *c, const char *id, const struct call *decided, struct call *out)
{
	int rc = db_exec(c,
		"UPDATE `call` SET booking_outcome = ?, booking_details = ?, appointment_id = ?, "
		"customer_id = COALESCE(customer_id, ?) WHERE id = ? AND booking_outcome IS NULL",
		BOOKING_OUTCOME[decided->booking_outcome], decided->booking_details,
		decided->appointment_id, decided->customer_id, id);

	if (rc <= 0)
		return rc;
	return call_get(c, id, out) < 0 ? -1 : 1;
}

/* ---- reading ---- */

int64_t call_seconds(const struct call *k)
{
	if (k->duration_seconds > 0)
		return k->duration_seconds;
	if (k->started_at.ms == 0 || k->ended_at.ms <= k->started_at.ms)
		return 0;
	return (k->ended_at.ms - k->started_at.ms + 999) / 1000;
}

/* What is derived from the columns, for whoever shows it. */
static void complete(struct ctx *c, struct call *k)
{
	k->duration_seconds = call_seconds(k);
	k->appointment_made = k->appointment_id != NULL;
	if (k->currency != NULL)
		k->cost = call_cost_of(c, k);
}

int call_get(struct ctx *c, const char *id, struct call *out)
{
	if (read_row(c, id, out) < 0)
		return -1;
	complete(c, out);
	return 0;
}

/* ---- lists ---- */

/* The instant at which a local day of the company begins. */
static int day_start(struct ctx *c, day_t day, ts_t *out)
{
	struct company company;

	if (company_current(c, &company) < 0)
		return -1;
	const struct tz *z = tz_find(company.time_zone);

	if (z == NULL)
		BUG("the company's zone %s is unknown", company.time_zone);
	*out = tz_of_wall(z, wall_of(day, 0)).first;
	return 0;
}

static int where_days(struct query *q, const struct call_filter *f)
{
	ts_t at;

	if (f->from.n > 0 && f->to.n > 0 && f->to.n < f->from.n)
		return err_field(q->c, "to", "must not be before from");
	if (f->from.n > 0) {
		if (day_start(q->c, f->from, &at) < 0)
			return -1;
		query_where(q, "a.begun_at >= ?", at);
	}
	if (f->to.n > 0) {
		if (day_start(q->c, (day_t){f->to.n + 1}, &at) < 0)
			return -1;
		query_where(q, "a.begun_at < ?", at);
	}
	return 0;
}

static void where_text(struct query *q, const char *text)
{
	const char *like = db_like(q->c, text);

	query_where(q,
		"a.from_number LIKE ? OR a.to_number LIKE ? OR a.summary LIKE ? "
		"OR a.transcript LIKE ? OR u.name LIKE ?",
		like, like, like, like, like);
}

int call_list(struct ctx *c, const struct call_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, CALL_COLUMNS CALL_FROM);
	if (f->status != NULL)
		query_where(&q, "a.status = ?", f->status);
	if (f->branch_id != NULL)
		query_where(&q, "a.branch_id = ?", f->branch_id);
	if (f->customer_id != NULL)
		query_where(&q, "a.customer_id = ?", f->customer_id);
	if (where_days(&q, f) < 0)
		return -1;
	if (f->q != NULL)
		where_text(&q, f->q);
	if (f->before_id != NULL)
		query_where(&q, "a.begun_at <= ? AND (a.begun_at < ? OR a.id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY a.begun_at DESC, a.id DESC LIMIT ?", f->limit);
	if (query_rows(&q, &CALL, out) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		complete(c, (struct call *)out->p + i);
	return (int)out->n;
}

/* A finished job is forgotten after a while: what is in the call's list, and
 * has no job any more, was done. */
int call_events(struct ctx *c, const char *call_id, struct rows *out)
{
	int64_t one;
	int rc = db_int(c, &one, "SELECT 1 FROM `call` WHERE id = ?", call_id);

	if (db_must(c, rc, "call", call_id) < 0)
		return -1;
	return db_rows(c, &CALL_EVENT, out,
		"SELECT i.id, i.event, COALESCE(j.state, 'done') AS status, "
		"COALESCE(j.attempts, 1) AS attempts, j.last_error, i.received_at, "
		"COALESCE(j.finished_at, e.created_at) AS processed_at "
		"FROM `call` a JOIN inbox_event i "
		"ON i.provider = a.provider AND i.external_id = a.provider_call_id "
		"LEFT JOIN call_event e ON e.call_id = a.id AND e.inbox_event_id = i.id "
		"LEFT JOIN job j ON j.id = (SELECT k.id FROM job k WHERE k.ref_id = i.id "
		"ORDER BY k.created_at DESC, k.id DESC LIMIT 1) "
		"WHERE a.id = ? ORDER BY i.received_at, i.id LIMIT 500",
		call_id);
}
