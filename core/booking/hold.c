#include "core/booking/hold.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/booking/freed.h"
#include "core/booking/taking.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"
#include "core/sys/json.h"

#define ADD_ON_IDS_LENGTH 800 /* ADD_ONS_MAX ids as JSON */

static const struct field FIELDS[] = {
	ID(hold, id, RO),
	ID(hold, service_id, RO),
	ID(hold, staff_id, RO),
	ID(hold, branch_id, RO),
	ID(hold, customer_id, RO),
	JSON(hold, add_ons, RO | HIDDEN | ASCII, ADD_ON_IDS_LENGTH),
	TEXTS(hold, add_on_ids, RO, ADD_ONS_MAX),
	TIME(hold, starts_at, RO),
	TIME(hold, ends_at, RO),
	WALL(hold, local_start, RO),
	TEXT(hold, time_zone, RO, 64),
	TIME(hold, expires_at, RO),
	TIME(hold, created_at, RO),
};
const struct table HOLD = TABLE(hold, "hold", FIELDS);

/* ---- storage ---- */

static int read_add_ons(struct ctx *c, struct hold *h)
{
	const struct json *j;
	const char *s = h->add_ons;

	if (s == NULL)
		return 0;
	if (json_parse(c, (struct bytes){(const uint8_t *)s, strlen(s)}, &j) < 0)
		return -1;
	h->add_on_ids.p = mem_alloc(c->mem, (json_count(j) + 1) * sizeof(char *));
	for (const struct json *id = json_first(j); id != NULL; id = json_next(id))
		h->add_on_ids.p[h->add_on_ids.n++] = json_string(id);
	return 0;
}

int hold_find_any(struct ctx *c, const char *id, struct hold *out)
{
	int rc = db_one(c, &HOLD, out, "SELECT {cols} FROM hold WHERE id = ?", id);

	return rc > 0 && read_add_ons(c, out) < 0 ? -1 : rc;
}

int hold_find(struct ctx *c, const char *id, struct hold *out)
{
	int rc = hold_find_any(c, id, out);

	return rc > 0 && out->expires_at.ms <= c->now.ms ? 0 : rc;
}

int hold_get(struct ctx *c, const char *id, struct hold *out)
{
	return db_must(c, hold_find(c, id, out), "hold", id);
}

int hold_drop(struct ctx *c, const char *id)
{
	return db_exec(c, "DELETE FROM hold WHERE id = ?", id);
}

/* ---- rules ---- */

static const char *add_ons_text(struct ctx *c, const struct texts *ids)
{
	struct buf b = buf_new(c->mem, ADD_ON_IDS_LENGTH);

	for (size_t i = 0; i < ids->n; i++) {
		buf_char(&b, i > 0 ? ',' : '[');
		json_quote(&b, ids->p[i]);
	}
	buf_char(&b, ']');
	return ids->n > 0 ? buf_text(&b) : NULL;
}

static int check_customer(struct ctx *c, const struct wish *w)
{
	struct customer k;

	if (w->customer.id == NULL || customer_get(c, w->customer.id, &k) == 0)
		return 0;
	return err_take(c, E_NOT_FOUND) ? err_field(c, "customer_id", "is not known") : -1;
}

static struct hold describe(struct ctx *c, const struct taking *t, int64_t seconds)
{
	const struct person *who = t->plan.who[0]->who;
	struct hold h = {
		.id = id_new(c),
		.branch_id = who->branch_id,
		.service_id = t->v.service.id,
		.staff_id = who->id,
		.customer_id = t->wish.customer.id,
		.add_ons = add_ons_text(c, &t->wish.add_on_ids),
		.add_on_ids = t->wish.add_on_ids,
		.starts_at = minute_ts(t->at.minute),
		.ends_at = minute_ts(t->plan.end),
		.local_start = t->at.local,
		.time_zone = t->v.time_zone,
		.expires_at = {c->now.ms + seconds * 1000},
		.created_at = c->now,
	};

	return h;
}

int hold_make(struct ctx *c, const struct wish *w, int64_t seconds, struct hold *out)
{
	struct taking t = {.wish = *w};

	if (check_customer(c, w) < 0 || taking_look(c, &t) < 0)
		return -1;
	if (taking_lock(c, &t, w->customer.id) < 0)
		return -1;
	*out = describe(c, &t, seconds);
	if (db_insert(c, &HOLD, out) < 0)
		return -1;
	struct holder h = {OCCUPANCY_HOLD, out->id};

	if (taking_occupy(c, &t, &h, out->expires_at) < 0 || taking_chosen(c, &t) < 0)
		return -1;
	if (queue_add(c, JOB_HOLD_EXPIRE, out->id, out->expires_at, NULL) < 0)
		return -1;
	return audit_add(c, "hold.make", "hold", out->id, NULL);
}

static int tell_freed(struct ctx *c, const struct hold *h)
{
	struct freed f = {h->service_id, h->staff_id, h->branch_id, h->starts_at, h->ends_at};

	return time_freed(c, h->id, &f);
}

int hold_release(struct ctx *c, const char *id)
{
	struct holder h = {OCCUPANCY_HOLD, id};
	struct hold row;
	int rc = hold_find_any(c, id, &row);

	if (rc <= 0)
		return rc;
	if (occupancy_free(c, &h, (ts_t){0}, NULL) < 0)
		return -1;
	rc = hold_drop(c, id);
	if (rc <= 0)
		return rc;
	if (tell_freed(c, &row) < 0)
		return -1;
	return audit_add(c, "hold.release", "hold", id, NULL) < 0 ? -1 : 1;
}

int hold_expire(struct ctx *c, const char *id)
{
	struct hold h;
	int rc = hold_find_any(c, id, &h);

	if (rc <= 0)
		return rc;
	/* the database's clock, which starts jobs, may be ahead of ours */
	if (h.expires_at.ms > c->now.ms)
		return queue_add(c, JOB_HOLD_EXPIRE, id, h.expires_at, NULL);
	return hold_release(c, id) < 0 ? -1 : 0;
}
