#include "core/booking/occupancy.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/db.h"

static const char *const KIND[] = {"appointment", "hold", "block", "external", NULL};

static const struct field FIELDS[] = {
	ID(occupancy, id, RO),
	ID(occupancy, resource_id, RO),
	INT(occupancy, lane, RO, 0, 65535),
	TIME(occupancy, starts_at, RO),
	TIME(occupancy, ends_at, RO),
	ENUM(occupancy, kind, RO, enum occupancy_kind, KIND),
	ID(occupancy, appointment_id, RO),
	ID(occupancy, hold_id, RO),
	TIME(occupancy, expires_at, RO),
	ID(occupancy, class_of, RO),
};
const struct table OCCUPANCY = TABLE(occupancy, "occupancy", FIELDS);

/* What a search reads: thousands of rows, so no more than it needs. */
static const struct field TAKEN_FIELDS[] = {
	ID(taken, resource_id, JOINED),
	INT(taken, lane, JOINED, 0, 65535),
	TIME(taken, starts_at, JOINED),
	TIME(taken, ends_at, JOINED),
	ID(taken, class_of, JOINED),
	ID(taken, appointment_id, JOINED),
	ID(taken, hold_id, JOINED),
	TIME(taken, expires_at, JOINED),
};
static const struct table TAKEN = TABLE(taken, "occupancy", TAKEN_FIELDS);

static const struct field VERSION_FIELDS[] = {
	ID(version, id, JOINED),
	INT(version, booking_seq, JOINED, 0, INT64_MAX),
};
static const struct table VERSION = TABLE(version, "resource", VERSION_FIELDS);

/* Adds n ids, the last one repeated up to a multiple of eight: few different
 * statements, and the server drops the repetitions. */
static void put_ids(struct query *q, const char *const *ids, size_t n)
{
	size_t places = (n + 7) / 8 * 8;

	query_add(q, "?", ids[0]);
	for (size_t i = 1; i < places; i++)
		query_add(q, ",?", ids[i < n ? i : n - 1]);
}

struct window {
	ts_t from, to;
	bool details;
	bool expired; /* holds that have expired, too */
};

static int read_some(
	struct ctx *c, const char *const *ids, size_t n, const struct window *w, struct rows *out)
{
	struct query q;
	ts_t end = {w->to.ms + OCCUPANCY_DAY_MS};

	if (w->details)
		query_start(&q, c,
			"SELECT resource_id, lane, starts_at, ends_at, class_of, appointment_id, "
			"hold_id, expires_at FROM occupancy WHERE resource_id IN (");
	else
		query_start(&q, c,
			"SELECT resource_id, starts_at, ends_at, expires_at FROM occupancy "
			"WHERE resource_id IN (");
	put_ids(&q, ids, n);
	query_add(&q, ") AND ends_at > ? AND ends_at < ?", w->from, end);
	if (!w->expired)
		query_add(&q, " AND (expires_at IS NULL OR expires_at > ?)", c->now);
	return query_rows(&q, &TAKEN, out);
}

static void join(struct ctx *c, const struct table *t, struct rows *all, const struct rows *more)
{
	char *p = mem_alloc(c->mem, (all->n + more->n + 1) * t->size);

	if (all->n > 0)
		memcpy(p, all->p, all->n * t->size);
	if (more->n > 0)
		memcpy(p + all->n * t->size, more->p, more->n * t->size);
	*all = (struct rows){p, all->n + more->n};
}

static int read_all(
	struct ctx *c, const struct texts *resource_ids, const struct window *w, struct rows *out)
{
	struct rows some;

	*out = (struct rows){NULL, 0};
	for (size_t i = 0; i < resource_ids->n; i += OCCUPANCY_IDS) {
		size_t left = resource_ids->n - i;

		if (read_some(c, resource_ids->p + i, left < OCCUPANCY_IDS ? left : OCCUPANCY_IDS,
			    w, &some) < 0)
			return -1;
		if (i == 0)
			*out = some;
		else
			join(c, &TAKEN, out, &some);
	}
	return (int)out->n;
}

int occupancy_between(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	bool details, struct rows *out)
{
	struct window w = {from, to, details, false};

	return read_all(c, resource_ids, &w, out);
}

int occupancy_versions(struct ctx *c, const struct texts *resource_ids, struct rows *out)
{
	struct rows some;
	struct query q;

	*out = (struct rows){NULL, 0};
	for (size_t i = 0; i < resource_ids->n; i += OCCUPANCY_IDS) {
		size_t left = resource_ids->n - i;

		query_start(&q, c, "SELECT id, booking_seq FROM resource WHERE id IN (");
		put_ids(&q, resource_ids->p + i, left < OCCUPANCY_IDS ? left : OCCUPANCY_IDS);
		query_add(&q, ")");
		if (query_rows(&q, &VERSION, &some) < 0)
			return -1;
		join(c, &VERSION, out, &some);
	}
	return (int)out->n;
}

/* ---- changes ---- */

static struct texts texts_join(struct ctx *c, const struct texts *a, const struct texts *b)
{
	struct texts t = {mem_alloc(c->mem, (a->n + b->n + 1) * sizeof(char *)), a->n + b->n};

	if (a->n > 0)
		memcpy(t.p, a->p, a->n * sizeof(char *));
	if (b->n > 0)
		memcpy(t.p + a->n, b->p, b->n * sizeof(char *));
	return t;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ascending, each once. */
static struct texts in_order(struct ctx *c, const struct texts *ids)
{
	struct texts t = {mem_alloc(c->mem, ids->n * sizeof(char *)), 0};
	size_t n = 0;

	for (size_t i = 0; i < ids->n; i++)
		t.p[n++] = text_lower(c->mem, ids->p[i]);
	qsort(t.p, n, sizeof(*t.p), by_text);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(t.p[i], t.p[t.n - 1]) != 0)
			t.p[t.n++] = t.p[i];
	}
	return t;
}

static int write_seq(struct ctx *c, const struct texts *ids)
{
	struct texts t = in_order(c, ids);
	struct query q;

	if (t.n == 0 || !db_in_tx(c))
		BUG("%zu resources cannot be locked, or not here", t.n);
	for (size_t i = 0; i < t.n; i += OCCUPANCY_LOCK_MAX) {
		size_t left = t.n - i;

		query_start(
			&q, c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id IN (");
		put_ids(&q, t.p + i, left < OCCUPANCY_LOCK_MAX ? left : OCCUPANCY_LOCK_MAX);
		query_add(&q, ")");
		if (query_exec(&q) < 0)
			return -1;
	}
	return 0;
}

int occupancy_of(struct ctx *c, const struct holder *h, struct rows *out)
{
	if (h->kind == OCCUPANCY_HOLD)
		return db_rows(c, &OCCUPANCY, out, "SELECT {cols} FROM occupancy WHERE hold_id = ?",
			h->id);
	return db_rows(
		c, &OCCUPANCY, out, "SELECT {cols} FROM occupancy WHERE appointment_id = ?", h->id);
}

static struct holder holder_of(const struct occupancy *o)
{
	if (o->kind == OCCUPANCY_HOLD)
		return (struct holder){OCCUPANCY_HOLD, o->hold_id};
	return (struct holder){o->kind, o->appointment_id};
}

/* The resources of rows that are not among the locked, each once. */
static struct texts not_locked(struct ctx *c, const struct rows *rows, const struct texts *locked)
{
	struct texts ids = {mem_alloc(c->mem, (rows->n + 1) * sizeof(char *)), 0};
	const struct occupancy *o = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		if (!texts_have(locked, o[i].resource_id) && !texts_have(&ids, o[i].resource_id))
			ids.p[ids.n++] = o[i].resource_id;
	}
	return ids;
}

static bool in_class(const struct rows *rows)
{
	const struct occupancy *o = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		if (o[i].class_of != NULL)
			return true;
	}
	return false;
}

/* Locks the resources of somebody's rows. Those of a class are read until all
 * are locked: while this waits, it may be handed on. */
static int lock_rows_of(
	struct ctx *c, const struct holder *h, const struct texts *locked, struct rows *out)
{
	struct texts mine = locked != NULL ? *locked : (struct texts){NULL, 0};

	for (;;) {
		if (occupancy_of(c, h, out) < 0)
			return -1;
		struct texts ids = not_locked(c, out, &mine);

		if (ids.n == 0)
			return 0;
		if (write_seq(c, &ids) < 0)
			return -1;
		if (!in_class(out))
			return 0;
		mine = texts_join(c, &mine, &ids);
	}
}

/* Who stays longest of the others in a class whose lane 0 this row may be; a
 * room's row is not, though classes side by side may share the room. */
static int next_in_class(struct ctx *c, const struct occupancy *first, struct occupancy *out)
{
	if (first->class_of == NULL || first->lane != 0)
		return 0;
	return db_one(c, &OCCUPANCY, out,
		"SELECT {cols:o} FROM occupancy o "
		"JOIN resource r ON r.id = o.resource_id AND r.kind = 'staff' "
		"WHERE o.resource_id = ? AND o.lane > 0 "
		"AND o.class_of = ? AND o.starts_at = ? AND o.ends_at = ? "
		"AND (o.expires_at IS NULL OR o.expires_at > ?) "
		"ORDER BY o.expires_at IS NULL DESC, o.expires_at DESC, o.lane LIMIT 1",
		first->resource_id, first->class_of, first->starts_at, first->ends_at, c->now);
}

/* With whoever leads a class alone its seats go: they have all expired. */
static int drop_seats(struct ctx *c, const struct occupancy *first)
{
	if (first->class_of == NULL || first->lane != 0)
		return 0;
	return db_exec(c,
		"DELETE o FROM occupancy o JOIN resource r ON r.id = o.resource_id "
		"AND r.kind = 'staff' WHERE o.resource_id = ? AND o.lane > 0 AND o.class_of = ? "
		"AND o.starts_at = ? AND o.ends_at = ? AND o.expires_at <= ?",
		first->resource_id, first->class_of, first->starts_at, first->ends_at, c->now);
}

/* Makes all that somebody has of a class another's, who must have given the
 * other seat back. */
static int hand_on(struct ctx *c, const struct holder *from, const struct occupancy *to)
{
	if (from->kind == OCCUPANCY_HOLD)
		return db_exec(c,
			"UPDATE occupancy SET kind = ?, appointment_id = ?, hold_id = ?, "
			"expires_at = ? WHERE hold_id = ? AND class_of IS NOT NULL",
			KIND[to->kind], to->appointment_id, to->hold_id, to->expires_at, from->id);
	return db_exec(c,
		"UPDATE occupancy SET kind = ?, appointment_id = ?, hold_id = ?, expires_at = ? "
		"WHERE appointment_id = ? AND class_of IS NOT NULL",
		KIND[to->kind], to->appointment_id, to->hold_id, to->expires_at, from->id);
}

static int drop(struct ctx *c, const struct holder *h, ts_t from)
{
	if (from.ms == 0)
		from.ms = 1; /* zero would be NULL */
	if (h->kind == OCCUPANCY_HOLD)
		return db_exec(c, "DELETE FROM occupancy WHERE hold_id = ? AND starts_at >= ?",
			h->id, from);
	return db_exec(c, "DELETE FROM occupancy WHERE appointment_id = ? AND starts_at >= ?",
		h->id, from);
}

int occupancy_free(struct ctx *c, const struct holder *h, ts_t from, const struct texts *locked)
{
	struct occupancy next;
	struct rows rows;

	if (lock_rows_of(c, h, locked, &rows) < 0)
		return -1;
	const struct occupancy *o = rows.p;

	for (size_t i = 0; i < rows.n; i++) {
		if (o[i].starts_at.ms < from.ms)
			continue;
		int rc = next_in_class(c, &o[i], &next);
		if (rc < 0)
			return -1;
		if (rc == 0 && drop_seats(c, &o[i]) < 0)
			return -1;
		if (rc == 0)
			continue;
		if (db_exec(c, "DELETE FROM occupancy WHERE id = ?", next.id) < 0)
			return -1;
		return hand_on(c, h, &next);
	}
	return rows.n > 0 ? drop(c, h, from) : 0;
}

int occupancy_leads(struct ctx *c, const struct holder *h)
{
	struct occupancy next;
	struct rows rows;
	int rc = 0;

	if (occupancy_of(c, h, &rows) < 0)
		return -1;
	for (size_t i = 0; i < rows.n && rc == 0; i++)
		rc = next_in_class(c, &((struct occupancy *)rows.p)[i], &next);
	return rc;
}

/* Gives back the holds that have expired and lie between two instants: 1 when
 * there were any. The rows of one lie side by side, or it is given back twice,
 * which does nothing. */
static int free_expired(struct ctx *c, const struct rows *taken, ts_t from, ts_t to)
{
	const struct taken *t = taken->p;
	const char *last = "";

	for (size_t i = 0; i < taken->n; i++) {
		struct holder h = {OCCUPANCY_HOLD, t[i].hold_id};

		if (h.id == NULL || t[i].expires_at.ms > c->now.ms || t[i].ends_at.ms <= from.ms ||
			t[i].starts_at.ms >= to.ms || strcmp(h.id, last) == 0)
			continue;
		if (occupancy_free(c, &h, (ts_t){0}, NULL) < 0)
			return -1;
		last = h.id;
	}
	return *last != '\0';
}

/* Those that still count. */
static void leave_out_expired(struct ctx *c, struct rows *rows)
{
	struct taken *t = rows->p;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (t[i].expires_at.ms == 0 || t[i].expires_at.ms > c->now.ms)
			t[n++] = t[i];
	}
	rows->n = n;
}

int occupancy_lock(
	struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to, struct rows *taken)
{
	struct window w = {from, to, true, true};

	if (write_seq(c, resource_ids) < 0 || read_all(c, resource_ids, &w, taken) < 0)
		return -1;
	int rc = free_expired(c, taken, from, to);

	/* a class that was handed on has other rows */
	if (rc < 0 || (rc > 0 && read_all(c, resource_ids, &w, taken) < 0))
		return -1;
	leave_out_expired(c, taken);
	return (int)taken->n;
}

int occupancy_add(struct ctx *c, struct occupancy *o)
{
	int rc;

	o->id = id_new(c);
	rc = db_insert_new(c, &OCCUPANCY, o);
	if (rc == 0)
		return err_set(c, E_SLOT_TAKEN, NULL);
	return rc;
}

/* Whether a stays longer than b: an appointment does for ever. */
static bool outlasts(const struct occupancy *a, const struct occupancy *b)
{
	if (b->expires_at.ms == 0)
		return false;
	return a->expires_at.ms == 0 || a->expires_at.ms > b->expires_at.ms;
}

/* Takes the place of who leads a class, and leaves the seat to them. */
static int take_lead(struct ctx *c, struct occupancy *o, const struct occupancy *first)
{
	struct holder h = holder_of(first);
	struct rows rows;

	if (lock_rows_of(c, &h, NULL, &rows) < 0 || hand_on(c, &h, o) < 0)
		return -1;
	o->kind = first->kind;
	o->appointment_id = first->appointment_id;
	o->hold_id = first->hold_id;
	o->expires_at = first->expires_at;
	return 0;
}

int occupancy_join(struct ctx *c, struct occupancy *o)
{
	struct occupancy first;
	int rc = db_one(c, &OCCUPANCY, &first,
		"SELECT {cols} FROM occupancy WHERE resource_id = ? AND lane = 0 "
		"AND starts_at = ? AND ends_at = ? AND class_of = ?",
		o->resource_id, o->starts_at, o->ends_at, o->class_of);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_SLOT_TAKEN, NULL);
	if (outlasts(o, &first) && take_lead(c, o, &first) < 0)
		return -1;
	return occupancy_add(c, o);
}
