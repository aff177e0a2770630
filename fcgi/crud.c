#include "fcgi/crud.h"
#include "core/audit/row.h"
#include "core/base/text.h"
#include "fcgi/page.h"
#include "fcgi/route.h"

/* ---- pieces ---- */

/* "phone_number" -> "phone number" */
static const char *words(struct req *r, const struct table *t)
{
	char *s = mem_text(r->c.mem, t->name);

	for (char *p = s; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : *p;
	return s;
}

static const struct field *parent_field(struct req *r)
{
	const struct route *k = r->route;
	const struct field *f = table_field(k->out, mem_printf(r->c.mem, "%s_id", k->parent->name));

	if (f == NULL || f->type != F_ID)
		BUG("rows of %s have no %s_id", k->out->name, k->parent->name);
	return f;
}

static const char **parent_id(struct req *r, const void *row)
{
	return (const char **)(uintptr_t)((const char *)row + parent_field(r)->offset);
}

int crud_parent(struct req *r)
{
	const struct table *t = r->route->parent;
	int rc;

	if (t == NULL)
		return 0;
	rc = db_in_tx(&r->c) ? db_lock(&r->c, t, r->ids[0]) : db_exists(&r->c, t, r->ids[0]);
	return db_must(&r->c, rc, words(r, t), r->ids[0]);
}

int crud_find(struct req *r, void *row)
{
	const struct table *t = r->route->out;
	const char *id = r->ids[r->n_ids - 1];

	if (crud_parent(r) < 0)
		return -1;
	int rc = db_in_tx(&r->c) ? db_find_locked(&r->c, t, id, row) : db_find(&r->c, t, id, row);
	if (rc > 0 && r->route->parent != NULL)
		rc = text_same(*parent_id(r, row), r->ids[0]);
	return db_must(&r->c, rc, words(r, t), id);
}

int crud_change(struct req *r, void *was, void *now)
{
	const struct table *in = r->route->in, *t = r->route->out;

	if (in->size != t->size)
		BUG("%s and %s are not of one struct", in->name, t->name);
	if (crud_find(r, was) < 0)
		return -1;
	memcpy(now, was, t->size);
	table_merge(in, now, r->in, r->given);
	return 0;
}

void *crud_new(struct req *r)
{
	const struct table *in = r->route->in, *t = r->route->out;

	if (in->size != t->size)
		BUG("%s and %s are not of one struct", in->name, t->name);
	if (crud_parent(r) < 0)
		return NULL;
	if (r->route->parent != NULL)
		*parent_id(r, r->in) = r->ids[0];
	return r->in;
}

int crud_created(struct req *r, const void *row)
{
	const struct table *t = r->route->out;

	r->location = mem_printf(r->c.mem, "%s/%s", r->path, *table_id(t, row));
	return reply(r, 201, t, row);
}

/* ---- lists ---- */

int crud_query(struct req *r, struct list *l, struct query *q)
{
	const struct list_query *in = r->query;

	if (crud_parent(r) < 0)
		return -1;
	*l = (struct list){
		.table = r->route->out,
		.asked = in->asked,
		.filters = in->filters,
		.q = in->q,
		.from = in->from,
		.to = in->to,
		.sort = in->sort,
		.cursor = in->cursor,
		.limit = in->limit > 0 ? in->limit : PAGE_DEFAULT,
	};
	if (r->route->parent != NULL) {
		*parent_id(r, in->asked) = r->ids[0];
		l->filters |= field_bit(l->table, parent_field(r));
	}
	list_query(&r->c, l, q);
	return 0;
}

int crud_rows(struct req *r, struct list *l, struct query *q, struct rows *rows, const char **next)
{
	if (list_rows(q, l, rows) < 0)
		return -1;
	*next = list_next(&r->c, l, rows);
	return 0;
}

int crud_list(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0 || crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	return reply_rows(r, r->route->out, &rows, next);
}

/* ---- one row ---- */

int crud_get(struct req *r)
{
	void *row = mem_alloc(r->c.mem, r->route->out->size);

	if (crud_find(r, row) < 0)
		return -1;
	return reply(r, 200, r->route->out, row);
}

int crud_create(struct req *r)
{
	void *row = crud_new(r);

	if (row == NULL || row_create(&r->c, r->route->out, row) < 0)
		return -1;
	return crud_created(r, row);
}

int crud_update(struct req *r)
{
	const struct table *t = r->route->out;
	void *was = mem_alloc(r->c.mem, t->size), *now = mem_alloc(r->c.mem, t->size);

	if (crud_change(r, was, now) < 0 || row_change(&r->c, t, was, now) < 0)
		return -1;
	return reply(r, 200, t, now);
}

int crud_delete(struct req *r)
{
	void *row = mem_alloc(r->c.mem, r->route->out->size);

	if (crud_find(r, row) < 0 || row_delete(&r->c, r->route->out, r->ids[r->n_ids - 1]) < 0)
		return -1;
	return reply_empty(r, 204);
}
