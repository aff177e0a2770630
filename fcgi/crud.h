/*
 * crud.h - the handlers of resources that their table describes.
 *
 * A resource without rules needs none of its own: crud_list, crud_get,
 * crud_create, crud_update and crud_delete read route.out, route.in and
 * route.parent. The first rule earns a handler, made of the pieces below and
 * a function of the domain:
 *
 *	int h_staff_update(struct req *r)
 *	{
 *		struct staff was, now;
 *
 *		if (crud_change(r, &was, &now) < 0 || staff_change(&r->c, &was, &now) < 0)
 *			return -1;
 *		return reply(r, 200, &STAFF, &now);
 *	}
 *
 * The last id of a path names the row; with route.parent the first one names
 * the row above it, whose id stands in its column "<parent>_id".
 */
#ifndef FRONTDESK_CRUD_H
#define FRONTDESK_CRUD_H

#include "core/sys/list.h"
#include "fcgi/req.h"

/* ---- whole handlers ---- */

int crud_list(struct req *r);
int crud_get(struct req *r);
int crud_create(struct req *r); /* route.in: the table itself, or one over its struct */
int crud_update(struct req *r);
int crud_delete(struct req *r);

/* ---- pieces ---- */

/* E_NOT_FOUND unless the row above is there. In a transaction it is held until
 * the end: what lies under one row changes one after the other. */
int crud_parent(struct req *r) MUST_USE;
/* The row that the path names, of route.out's table; in a transaction it is
 * held until the end. E_NOT_FOUND, also when it lies under another parent. */
int crud_find(struct req *r, void *row) MUST_USE;
/* For PATCH: the row as it is, and as it is to be (both structs of route.out;
 * route.in may name fewer fields). */
int crud_change(struct req *r, void *was, void *now) MUST_USE;
/* For POST: what was given, with its parent's id; the parent is there. The
 * struct is route.in's, which must be route.out's. NULL: c.err. */
void *crud_new(struct req *r) MUST_USE;
/* 201 with the row and where it is to be found. */
int crud_created(struct req *r, const void *row);

/* A list in steps, for more conditions (query_where) or more in each row:
 * crud_query, crud_rows, reply_rows. */
int crud_query(struct req *r, struct list *l, struct query *q) MUST_USE;
int crud_rows(struct req *r, struct list *l, struct query *q, struct rows *rows,
	const char **next) MUST_USE;

#endif
