#include "core/booking/rezone.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/booking/occupancy.h"
#include "core/booking/status.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"

#define PAGE 1000
#define DAY_MS INT64_C(86400000)

static const struct field FIELDS[] = {
	ID(drift, id, JOINED),
	ID(drift, customer_id, JOINED),
	TEXT(drift, service_name, JOINED, 120),
	TIME(drift, starts_at, JOINED),
	WALL(drift, local_start, JOINED),
	TEXT(drift, time_zone, JOINED, 64),
	TEXT(drift, tz_version, JOINED, 16),
};
static const struct table DRIFT = TABLE(drift, "appointment", FIELDS);

struct lanes_row {
	int64_t lanes;
};

static const struct field LANES_FIELDS[] = {
	INT(lanes_row, lanes, JOINED, 1, 65535),
};
static const struct table LANES = TABLE(lanes_row, "resource", LANES_FIELDS);

/* ---- storage ---- */

/* No clock has ever been put back or forward by more than a day. */
static int read_page(struct ctx *c, ts_t after, const char *after_id, struct rows *out)
{
	return db_rows(c, &DRIFT, out,
		"SELECT a.id, a.customer_id, s.name AS service_name, a.starts_at, a.local_start, "
		"a.time_zone, a.tz_version FROM appointment a JOIN service s ON s.id = "
		"a.service_id "
		"WHERE a.starts_at >= ? AND (a.starts_at > ? OR a.id > ?) "
		"AND a.status IN ('scheduled', 'confirmed', 'needs_attention') "
		"ORDER BY a.starts_at, a.id LIMIT ?",
		after, after, after_id, PAGE);
}

static int shift_rows(struct ctx *c, const struct drift *d, int64_t seconds)
{
	if (db_exec(c,
		    "UPDATE appointment SET starts_at = starts_at + INTERVAL ? SECOND, "
		    "ends_at = ends_at + INTERVAL ? SECOND, tz_version = ? WHERE id = ?",
		    seconds, seconds, tz_version(), d->id) < 0)
		return -1;
	return db_exec(c,
		"UPDATE appointment_segment SET starts_at = starts_at + INTERVAL ? SECOND, "
		"ends_at = ends_at + INTERVAL ? SECOND WHERE appointment_id = ?",
		seconds, seconds, d->id);
}

/* ---- what is wrong ---- */

/* True when the visit is not where it belongs, and has not begun. */
static bool drifts(const struct ctx *c, struct drift *d)
{
	const struct tz *z = tz_find(d->time_zone);

	d->moves_to = d->starts_at;
	d->kind = DRIFT_NO_SUCH_ZONE;
	if (z == NULL)
		return d->starts_at.ms > c->now.ms;
	struct tz_instants at = tz_of_wall(z, d->local_start);

	if (at.kind != TZ_SKIPPED &&
		(at.first.ms == d->starts_at.ms || at.second.ms == d->starts_at.ms))
		return false;
	bool second = llabs(at.second.ms - d->starts_at.ms) < llabs(at.first.ms - d->starts_at.ms);
	d->moves_to = second ? at.second : at.first;
	d->kind = at.kind == TZ_SKIPPED ? DRIFT_NO_SUCH_TIME : DRIFT_MOVES;
	return d->starts_at.ms > c->now.ms || d->moves_to.ms > c->now.ms;
}

static bool moves_later(const struct drift *d)
{
	return d->moves_to.ms > d->starts_at.ms;
}

static int by_turn(const void *a, const void *b)
{
	const struct drift *x = a, *y = b;
	int order = (x->starts_at.ms > y->starts_at.ms) - (x->starts_at.ms < y->starts_at.ms);

	if (moves_later(x) != moves_later(y))
		return moves_later(x) ? 1 : -1;
	return moves_later(x) ? -order : order;
}

static void add_drifts(struct ctx *c, struct rows *all, struct drift *page, size_t n)
{
	struct drift *p = mem_alloc(c->mem, (all->n + n + 1) * sizeof(*p));

	if (all->n > 0)
		memcpy(p, all->p, all->n * sizeof(*p));
	for (size_t i = 0; i < n; i++) {
		if (drifts(c, &page[i]))
			p[all->n++] = page[i];
	}
	all->p = p;
}

int rezone_find(struct ctx *c, struct rows *out)
{
	ts_t after = {c->now.ms - DAY_MS};
	const char *after_id = "00000000-0000-0000-0000-000000000000";
	struct rows page;

	*out = (struct rows){NULL, 0};
	do {
		if (read_page(c, after, after_id, &page) < 0)
			return -1;
		if (page.n == 0)
			break;
		const struct drift *last = (const struct drift *)page.p + page.n - 1;

		after = last->starts_at;
		after_id = last->id;
		add_drifts(c, out, page.p, page.n);
	} while (page.n == PAGE);
	if (out->n > 0)
		qsort(out->p, out->n, sizeof(struct drift), by_turn);
	return (int)out->n;
}

/* ---- moving ---- */

/* A staff member has lane 0, and above it the seats of a class. */
static int lanes_of(struct ctx *c, const struct occupancy *o, bool seat, int64_t *lanes)
{
	struct lanes_row row = {1};
	int rc = seat ? db_one(c, &LANES, &row,
				"SELECT capacity AS lanes FROM service WHERE id = ?", o->class_of)
		      : db_one(c, &LANES, &row,
				"SELECT IF(kind = 'staff', 1, capacity) AS lanes FROM resource "
				"WHERE id = ?",
				o->resource_id);

	*lanes = row.lanes;
	return rc < 0 ? -1 : 0;
}

/* In its lane if that is free, else in another. E_SLOT_TAKEN. */
static int put(struct ctx *c, struct occupancy *o, bool seat)
{
	int (*add)(struct ctx * c, struct occupancy * o) = seat ? occupancy_join : occupancy_add;
	int64_t own = o->lane, first = seat ? 1 : 0, lanes;

	if (lanes_of(c, o, seat, &lanes) < 0)
		return -1;
	for (int64_t i = first - 1; i < lanes; i++) {
		o->lane = i < first ? own : i; /* its own first */
		if (o->lane < first || (i >= first && i == own))
			continue;
		if (add(c, o) >= 0)
			return 0;
		if (!err_take(c, E_SLOT_TAKEN))
			return -1;
	}
	return err_set(c, E_SLOT_TAKEN, NULL);
}

/* Whether the class of this row meets at its time already: then there is a seat
 * in it, or none. */
static int class_meets(struct ctx *c, const struct occupancy *o)
{
	int64_t one;

	if (o->class_of == NULL)
		return 0;
	return db_int(c, &one,
		"SELECT 1 FROM occupancy o JOIN resource r ON r.id = o.resource_id "
		"WHERE o.resource_id = ? AND r.kind = 'staff' AND o.lane = 0 AND o.starts_at = ? "
		"AND o.ends_at = ? AND o.class_of = ?",
		o->resource_id, o->starts_at, o->ends_at, o->class_of);
}

/* Rows as they were, at their new time. Whoever comes to a class that meets
 * there already needs a seat and nothing else; a seat without a class is not
 * had (who leads it moves first). */
static int put_all(struct ctx *c, struct occupancy *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = class_meets(c, &o[i]);

		if (rc < 0)
			return -1;
		if (rc == 1)
			return put(c, &o[i], true);
	}
	for (size_t i = 0; i < n; i++) {
		bool seat = n == 1 && o[i].class_of != NULL && o[i].lane > 0;

		if (seat)
			return err_set(c, E_SLOT_TAKEN, NULL);
		if (put(c, &o[i], false) < 0)
			return -1;
	}
	return 0;
}

struct new_time {
	ts_t from, to;
};

/* Moves them in memory; the time that they take then. */
static struct new_time shift(struct occupancy *o, size_t n, int64_t ms)
{
	struct new_time w = {.from = {INT64_MAX}};

	for (size_t i = 0; i < n; i++) {
		o[i].starts_at.ms += ms;
		o[i].ends_at.ms += ms;
		w.from.ms = o[i].starts_at.ms < w.from.ms ? o[i].starts_at.ms : w.from.ms;
		w.to.ms = o[i].ends_at.ms > w.to.ms ? o[i].ends_at.ms : w.to.ms;
	}
	return w;
}

static struct texts resources_of(struct ctx *c, const struct occupancy *o, size_t n)
{
	struct texts ids = {mem_alloc(c->mem, (n + 1) * sizeof(char *)), n};

	for (size_t i = 0; i < n; i++)
		ids.p[i] = o[i].resource_id;
	return ids;
}

/* A class may have been handed on to it before the lock: then there are more
 * rows, and it is locked again. */
static int lock_rows(struct ctx *c, const struct holder *h, int64_t ms, struct rows *out)
{
	struct rows before = {NULL, 0}, taken;

	for (;;) {
		if (occupancy_of(c, h, out) < 0)
			return -1;
		struct texts ids = resources_of(c, out->p, out->n);
		struct new_time w = shift(out->p, out->n, ms);

		if (out->n == before.n)
			return 0;
		if (occupancy_lock(c, &ids, w.from, w.to, &taken) < 0)
			return -1;
		before = *out;
	}
}

static int shift_occupancy(struct ctx *c, const struct drift *d, int64_t ms)
{
	struct holder h = {OCCUPANCY_APPOINTMENT, d->id};
	struct rows rows;

	if (lock_rows(c, &h, ms, &rows) < 0)
		return -1;
	struct texts locked = resources_of(c, rows.p, rows.n);

	if (occupancy_free(c, &h, (ts_t){0}, &locked) < 0)
		return -1;
	return put_all(c, rows.p, rows.n);
}

/* The visit as it was when it was found. */
static int open_as_found(struct ctx *c, const struct drift *d, struct appointment *a)
{
	if (appointment_open(c, d->id, STATES_OPEN, "be moved", a) < 0)
		return -1;
	if (a->starts_at.ms == d->starts_at.ms && a->local_start.min == d->local_start.min)
		return 0;
	return err_set(c, E_STATE, "The appointment was moved meanwhile.");
}

int rezone_move(struct ctx *c, const struct drift *d)
{
	int64_t ms = d->moves_to.ms - d->starts_at.ms;
	struct appointment a;

	if (d->kind != DRIFT_MOVES)
		BUG("appointment %s has nowhere to go", d->id);
	if (open_as_found(c, d, &a) < 0 || customer_booked(c, a.customer_id) < 0)
		return -1;
	if (shift_occupancy(c, d, ms) < 0 || shift_rows(c, d, ms / 1000) < 0)
		return -1;
	return audit_add(c, "appointment.rezone", "appointment", d->id, "starts_at,ends_at");
}

int rezone_set_apart(struct ctx *c, const struct drift *d)
{
	struct appointment a;

	if (appointment_get(c, d->id, &a) < 0)
		return -1;
	if (a.status == APPOINTMENT_NEEDS_ATTENTION)
		return 0;
	if (open_as_found(c, d, &a) < 0)
		return -1;
	a.status = APPOINTMENT_NEEDS_ATTENTION;
	if (db_update(c, &APPOINTMENT, &a, "status", d->id) < 0)
		return -1;
	return audit_add(c, "appointment.needs_attention", "appointment", d->id, "status") < 0 ? -1
											       : 1;
}
