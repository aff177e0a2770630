/* Who is offered the time that became free: read without a lock, and looked at
 * again inside the transaction that makes the offer. */
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/booking/freed.h"
#include "core/booking/hold.h"
#include "core/booking/waiting_list.h"
#include "core/calendar/local.h"
#include "core/queue/queue.h"
#include "core/service/service.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/tenant/company.h"

#define CANDIDATES_MAX 32
#define STARTS_TRIED_MAX 3 /* for one of them, when others are faster */

/* Time that became free, buffers included, and where it lies on the clock. */
struct gap {
	struct freed freed;
	const struct tz *tz;
	day_t from_day;
	day_t to_day;
	int64_t from_minute; /* of the local day; the whole day if it is in two */
	int64_t to_minute;
};

/* ---- storage ---- */

/* Those whose service shares somebody, or a room, with the one that was given
 * up, and whose days and window the gap touches. */
static int candidates(struct ctx *c, const struct gap *g, struct rows *out)
{
	const struct freed *f = &g->freed;

	return db_rows(c, &WAITING_ENTRY, out,
		"SELECT {cols:e} "
		"FROM waiting_list_entry e "
		"JOIN service s ON s.id = e.service_id AND s.is_active AND s.deleted_at IS NULL "
		"JOIN customer k ON k.id = e.customer_id AND k.deleted_at IS NULL "
		"WHERE e.status = 'waiting' AND e.from_day <= ? AND e.to_day >= ? "
		"AND (e.branch_id IS NULL OR e.branch_id = ?) "
		"AND e.start_minute < ? + s.buffer_before_minutes "
		"AND e.end_minute + s.buffer_after_minutes > ? "
		"AND e.service_id IN ("
		"SELECT g.service_id FROM service_segment f "
		"JOIN service_staff a ON a.service_segment_id = f.id "
		"JOIN service_staff b ON b.staff_id = a.staff_id "
		"JOIN service_segment g ON g.id = b.service_segment_id WHERE f.service_id = ? "
		"UNION SELECT g.service_id FROM service_segment f "
		"JOIN service_resource a ON a.service_segment_id = f.id "
		"JOIN service_resource b ON b.resource_id = a.resource_id "
		"JOIN service_segment g ON g.id = b.service_segment_id WHERE f.service_id = ?) "
		"ORDER BY COALESCE(e.staff_id = ?, 0) DESC, e.created_at, e.id LIMIT ?",
		g->to_day, g->from_day, f->branch_id, g->to_minute, g->from_minute, f->service_id,
		f->service_id, f->staff_id, CANDIDATES_MAX);
}

/* ---- what became free ---- */

static bool time_of(const struct json *j, const char *key, ts_t *out)
{
	const char *s = json_text(j, key);

	return s != NULL && ts_parse(s, out);
}

/* Of a visit that moved: where it was. */
static const char *key(struct ctx *c, const struct event *e, const char *name)
{
	return e->kind == EV_APPOINTMENT_RESCHEDULED ? mem_printf(c->mem, "old_%s", name) : name;
}

/* 1; 0 when the event does not say it. */
static int freed_of(struct ctx *c, const struct event *e, struct freed *f)
{
	const struct json *j;

	if (json_parse(c, (struct bytes){(const uint8_t *)e->payload, strlen(e->payload)}, &j) < 0)
		return -1;
	f->service_id = json_text(j, "service_id");
	f->staff_id = json_text(j, key(c, e, "staff_id"));
	f->branch_id = json_text(j, key(c, e, "branch_id"));
	return f->service_id != NULL && f->branch_id != NULL &&
		time_of(j, key(c, e, "starts_at"), &f->starts_at) &&
		time_of(j, key(c, e, "ends_at"), &f->ends_at);
}

static int64_t ts_minute(ts_t t)
{
	return t.ms / 60000;
}

/* 1; 0 when nothing of it can be offered any more. */
static int gap_of(struct ctx *c, const struct event *e, struct gap *g)
{
	struct freed *f = &g->freed;
	struct service s;
	struct branch b;
	wall_t from, to;
	int rc = freed_of(c, e, f);

	if (rc <= 0 || f->ends_at.ms <= c->now.ms)
		return rc < 0 ? -1 : 0;
	if (branch_get(c, f->branch_id, &b) < 0)
		return -1;
	rc = service_find(c, f->service_id, &s);
	if (rc <= 0)
		return rc;
	g->tz = tz_find(b.time_zone);
	if (g->tz == NULL)
		return err_set(c, E_INTERNAL, "There is no zone %s.", b.time_zone);
	f->starts_at = minute_ts(ts_minute(f->starts_at) - s.buffer_before_minutes);
	f->ends_at = minute_ts(ts_minute(f->ends_at) + s.buffer_after_minutes);
	from = tz_wall(g->tz, f->starts_at);
	to = tz_wall(g->tz, minute_ts(ts_minute(f->ends_at) - 1));
	g->from_day = day_of_wall(from);
	g->to_day = day_of_wall(to);
	g->from_minute = g->from_day.n == g->to_day.n ? wall_minute(from) : 0;
	g->to_minute = g->from_day.n == g->to_day.n ? wall_minute(to) + 1 : MINUTES_A_DAY;
	return 1;
}

/* ---- what fits ---- */

static bool overlap(ts_t a_from, ts_t a_to, ts_t b_from, ts_t b_to)
{
	return a_from.ms < b_to.ms && b_from.ms < a_to.ms;
}

/* Whether the entry wants this visit, and was not offered that time before. */
static bool wants(const struct waiting_entry *e, const struct slot *s, const struct tz *z)
{
	day_t day = day_of_wall(s->local_start);
	wall_t end = tz_wall(z, s->ends_at);

	if (day.n < e->from_day.n || day.n > e->to_day.n)
		return false;
	if (s->local_start.min < wall_of(day, (int)e->start_minute).min ||
		end.min > wall_of(day, 0).min + e->end_minute)
		return false;
	return !overlap(s->starts_at, s->ends_at, e->offered_starts_at, e->offered_ends_at);
}

/* Whether the visit was impossible while the gap was taken, and is late enough
 * for the offer to be answered. */
static bool in_gap(
	const struct ctx *c, const struct gap *g, const struct service *v, const struct slot *s)
{
	ts_t from = minute_ts(ts_minute(s->starts_at) - v->buffer_before_minutes);
	ts_t to = minute_ts(ts_minute(s->ends_at) + v->buffer_after_minutes);

	return overlap(from, to, g->freed.starts_at, g->freed.ends_at) &&
		s->starts_at.ms >= c->now.ms + WAITING_OFFER_SECONDS * 1000;
}

/* v: the service. Nothing when it has gone. */
static int starts_in_gap(struct ctx *c, const struct gap *g, const struct waiting_entry *e,
	struct service *v, struct rows *slots)
{
	struct search s = {.service_id = e->service_id,
		.staff_id = e->staff_id,
		.branch_id = g->freed.branch_id,
		.from = g->from_day,
		.to = g->to_day};
	struct found found = {0};
	int rc = service_find(c, e->service_id, v);

	if (rc > 0)
		rc = availability_search(c, &s, &found);
	*slots = found.slots;
	return rc;
}

/* ---- the offer ---- */

struct offer {
	const struct gap *gap;
	const struct waiting_entry *to;
	const struct slot *slot;
};

/* Whether it is still what was looked at. */
static bool still_wants(const struct waiting_entry *now, const struct offer *o)
{
	return now->status == WAITING_WAITING && text_same(now->service_id, o->to->service_id) &&
		text_same(now->staff_id, o->to->staff_id) &&
		text_same(now->branch_id, o->to->branch_id) && wants(now, o->slot, o->gap->tz);
}

static int hold_for(
	struct ctx *c, const struct offer *o, const struct waiting_entry *e, struct hold *out)
{
	struct wish w = {
		.service_id = e->service_id,
		.staff_id = o->slot->staff_ids.p[0],
		.branch_id = o->gap->freed.branch_id,
		.starts_at = o->slot->starts_at,
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.id = e->customer_id},
	};

	return hold_make(c, &w, WAITING_OFFER_SECONDS, out);
}

static int store_offer(struct ctx *c, struct waiting_entry *e, const struct hold *h)
{
	e->status = WAITING_OFFERED;
	e->hold_id = h->id;
	e->offer_expires_at = h->expires_at;
	e->offered_starts_at = h->starts_at;
	e->offered_ends_at = h->ends_at;
	e->offered_local_start = h->local_start;
	e->offered_staff_id = h->staff_id;
	e->offered_branch_id = h->branch_id;
	e->offers++;
	return db_update(c, &WAITING_ENTRY, e,
		"status, hold_id, offer_expires_at, offered_starts_at, offered_ends_at, "
		"offered_local_start, offered_staff_id, offered_branch_id, offers",
		e->id);
}

static int make_offer(struct ctx *c, void *arg)
{
	const struct offer *o = arg;
	struct waiting_entry e;
	struct hold h;

	if (waiting_lock(c, o->to->id, &e) < 0)
		return -1;
	if (!still_wants(&e, o))
		return 0;
	if (hold_for(c, o, &e, &h) < 0 || store_offer(c, &e, &h) < 0)
		return -1;
	if (waiting_end_at(c, e.id, e.offer_expires_at, e.hold_id) < 0)
		return -1;
	if (waiting_get(c, e.id, &e) < 0)
		return -1;
	if (event_emit(c, EV_WAITING_LIST_OFFERED, e.id, &WAITING_ENTRY, &e) < 0)
		return -1;
	return audit_add(c, "waiting_list_entry.offer", "waiting_list_entry", e.id, NULL);
}

/* The failure is of this entry, not of the database: the next one is asked. */
static bool refused(struct ctx *c)
{
	if (err_status(c->err.code) >= 500)
		return false;
	err_clear(c);
	return true;
}

/* The first start that can be had; somebody faster may take one or two. */
static int offer_to(struct ctx *c, const struct gap *g, const struct waiting_entry *e)
{
	struct service v;
	struct rows slots;
	int tried = 0;

	if (starts_in_gap(c, g, e, &v, &slots) < 0)
		return refused(c) ? 0 : -1;
	for (size_t i = 0; i < slots.n && tried < STARTS_TRIED_MAX; i++) {
		const struct slot *s = (const struct slot *)slots.p + i;
		struct offer o = {g, e, s};

		if (!in_gap(c, g, &v, s) || !wants(e, s, g->tz))
			continue;
		tried++;
		if (in_tx(c, make_offer, &o) >= 0)
			return 0;
		if (!refused(c))
			return -1;
	}
	return 0;
}

int waiting_offer(struct ctx *c, const char *event_id)
{
	struct event e;
	struct gap g;
	struct rows rows;
	int rc;

	if (event_get(c, event_id, &e) < 0)
		return -1;
	rc = gap_of(c, &e, &g);
	if (rc <= 0)
		return rc;
	if (candidates(c, &g, &rows) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		struct mem_mark mark = mem_mark(c->mem);

		if (offer_to(c, &g, (const struct waiting_entry *)rows.p + i) < 0)
			return -1;
		mem_release(c->mem, mark);
	}
	return 0;
}

int waiting_on_event(struct ctx *c, const struct event *e)
{
	int rc = waiting_anybody(c);

	if (rc <= 0)
		return rc;
	return queue_add(c, JOB_WAITING_LIST_OFFER, e->id, (ts_t){0}, e->id);
}
