#include "fcgi/h_staff.h"
#include "core/audit/row.h"
#include "core/booking/affected.h"
#include "core/staff/hours.h"
#include "fcgi/crud.h"
#include "fcgi/route.h"

/* ---- tables ---- */

/* Over struct working_hours: the owner comes from the path. */
#define HOURS_MEMBERS                                                               \
	INT(working_hours, weekday, NULL0, 1, 7), DAY(working_hours, day, 0),       \
		DAY(working_hours, valid_from, 0), DAY(working_hours, valid_to, 0), \
		INT(working_hours, start_minute, REQ, 0, MINUTES_A_DAY - 1),        \
		INT(working_hours, end_minute, REQ, 0, MINUTES_A_DAY)

static const struct field HOURS_IN_FIELDS[] = {
	REF(working_hours, branch_id, 0, BRANCH),
	HOURS_MEMBERS,
};
const struct table HOURS_IN = TABLE(working_hours, "working_hours", HOURS_IN_FIELDS);

static const struct field OPENING_IN_FIELDS[] = {HOURS_MEMBERS};
const struct table OPENING_IN = TABLE(working_hours, "working_hours", OPENING_IN_FIELDS);

struct hours_set {
	struct rows data;
};

static const struct field HOURS_SET_FIELDS[] = {LIST(hours_set, data, REQ, HOURS_IN)};
const struct table HOURS_SET = TABLE(hours_set, "hours_set", HOURS_SET_FIELDS);
static const struct field OPENING_SET_FIELDS[] = {LIST(hours_set, data, REQ, OPENING_IN)};
const struct table OPENING_SET = TABLE(hours_set, "hours_set", OPENING_SET_FIELDS);

/* ---- staff ---- */

int h_staff_create(struct req *r)
{
	struct staff *s = crud_new(r);

	if (s == NULL || staff_create(&r->c, s) < 0)
		return -1;
	return crud_created(r, s);
}

int h_staff_update(struct req *r)
{
	struct staff was, now;

	if (crud_change(r, &was, &now) < 0 || staff_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &STAFF, &now);
}

int h_staff_delete(struct req *r)
{
	struct staff s;

	if (crud_find(r, &s) < 0 || staff_remove(&r->c, &s) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- hours ---- */

static bool is_opening(const struct req *r)
{
	return r->route->parent == &BRANCH;
}

/* A branch's own hours are those of nobody. */
static int find_hours(struct req *r, struct working_hours *h)
{
	if (crud_find(r, h) < 0)
		return -1;
	if (is_opening(r) && h->staff_id != NULL)
		return err_set(&r->c, E_NOT_FOUND, "There is no such working hours.");
	return 0;
}

int h_hours(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0)
		return -1;
	if (is_opening(r))
		query_where(&q, "staff_id IS NULL");
	if (crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	return reply_rows(r, &WORKING_HOURS, &rows, next);
}

int h_hours_get(struct req *r)
{
	struct working_hours h;

	if (find_hours(r, &h) < 0)
		return -1;
	return reply(r, 200, &WORKING_HOURS, &h);
}

int h_hours_create(struct req *r)
{
	struct working_hours *h = crud_new(r);

	if (h == NULL || hours_create(&r->c, h) < 0)
		return -1;
	return crud_created(r, h);
}

int h_hours_update(struct req *r)
{
	struct working_hours was, now;

	if (find_hours(r, &was) < 0 || crud_change(r, &was, &now) < 0)
		return -1;
	if (hours_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &WORKING_HOURS, &now);
}

int h_hours_delete(struct req *r)
{
	struct working_hours h;

	if (find_hours(r, &h) < 0 || row_delete(&r->c, &WORKING_HOURS, h.id) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_hours_replace(struct req *r)
{
	const struct hours_set *in = r->in;
	struct working_hours of = {0};
	struct rows rows;

	*(is_opening(r) ? &of.branch_id : &of.staff_id) = r->ids[0];
	if (crud_parent(r) < 0 || hours_replace(&r->c, &of, &in->data) < 0)
		return -1;
	if (working_hours_of(&r->c, &of, &rows) < 0)
		return -1;
	return reply_rows(r, &WORKING_HOURS, &rows, NULL);
}

/* ---- time off ---- */

int h_time_offs(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0 || crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	if (time_off_count(&r->c, rows.p, rows.n) < 0)
		return -1;
	return reply_rows(r, &TIME_OFF, &rows, next);
}

int h_time_off(struct req *r)
{
	struct time_off t;

	if (crud_find(r, &t) < 0 || time_off_count(&r->c, &t, 1) < 0)
		return -1;
	return reply(r, 200, &TIME_OFF, &t);
}

int h_time_off_create(struct req *r)
{
	struct time_off *t = crud_new(r);

	if (t == NULL || time_off_take(&r->c, NULL, t) < 0)
		return -1;
	return crud_created(r, t);
}

int h_time_off_update(struct req *r)
{
	struct time_off was, now;

	if (crud_change(r, &was, &now) < 0 || time_off_take(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &TIME_OFF, &now);
}
