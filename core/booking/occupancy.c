#include "core/booking/occupancy.h"
#include "core/base/id.h"
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
};
static const struct table TAKEN = TABLE(taken, "occupancy", TAKEN_FIELDS);

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
};

static int read_some(
	struct ctx *c, const char *const *ids, size_t n, const struct window *w, struct rows *out)
{
	struct query q;
	ts_t end = {w->to.ms + OCCUPANCY_DAY_MS};

	if (w->details)
		query_start(&q, c,
			"SELECT resource_id, lane, starts_at, ends_at, class_of, appointment_id, "
			"hold_id FROM occupancy WHERE resource_id IN (");
	else
		query_start(&q, c,
			"SELECT resource_id, starts_at, ends_at FROM occupancy "
			"WHERE resource_id IN (");
	put_ids(&q, ids, n);
	query_add(&q,
		") AND ends_at > ? AND ends_at < ? AND (expires_at IS NULL OR expires_at > ?)",
		w->from, end, c->now);
	return query_rows(&q, &TAKEN, out);
}

static void join(struct ctx *c, struct rows *all, const struct rows *more)
{
	struct taken *p = mem_alloc(c->mem, (all->n + more->n + 1) * sizeof(*p));

	if (all->n > 0)
		memcpy(p, all->p, all->n * sizeof(*p));
	if (more->n > 0)
		memcpy(p + all->n, more->p, more->n * sizeof(*p));
	*all = (struct rows){p, all->n + more->n};
}

int occupancy_between(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	bool details, struct rows *out)
{
	struct window w = {from, to, details};
	struct rows some;

	*out = (struct rows){NULL, 0};
	for (size_t i = 0; i < resource_ids->n; i += OCCUPANCY_IDS) {
		size_t left = resource_ids->n - i;

		if (read_some(c, resource_ids->p + i, left < OCCUPANCY_IDS ? left : OCCUPANCY_IDS,
			    &w, &some) < 0)
			return -1;
		if (i == 0)
			*out = some;
		else
			join(c, out, &some);
	}
	return (int)out->n;
}

int occupancy_lock(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to)
{
	ts_t end = {to.ms + OCCUPANCY_DAY_MS};
	size_t n = resource_ids->n;
	struct query q;

	if (n == 0 || n > OCCUPANCY_IDS || !db_in_tx(c))
		BUG("%zu resources cannot be locked, or not here", n);
	query_start(&q, c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id IN (");
	put_ids(&q, resource_ids->p, n);
	query_add(&q, ")");
	if (query_exec(&q) < 0)
		return -1;
	query_start(&q, c, "DELETE FROM occupancy WHERE resource_id IN (");
	put_ids(&q, resource_ids->p, n);
	query_add(&q,
		") AND ends_at > ? AND ends_at < ? AND starts_at < ? "
		"AND kind = 'hold' AND expires_at <= ?",
		from, end, to, c->now);
	return query_exec(&q);
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

int occupancy_free(struct ctx *c, const char *appointment_id)
{
	return db_exec(c, "DELETE FROM occupancy WHERE appointment_id = ?", appointment_id);
}
