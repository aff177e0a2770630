/*
 * list.h - pages of a table's rows: filters, search, order and place.
 *
 * A list is driven by the flags of its table: FILTER fields may be asked for,
 * SORT fields may order it, SEARCH fields are where q is looked for; deleted
 * rows of SOFT tables are left out. Days and wall clocks that may filter do so
 * by a period: what begins on its last day or before, and ends on its first
 * day or after, is in it. Names in the statement are those of the table, what
 * was asked for is bound.
 *
 *	list_query(c, &list, &q);
 *	query_where(&q, "staff_id IS NULL");      (a rule beyond the flags)
 *	list_rows(&q, &list, &rows);
 *	cursor = list_next(c, &list, &rows);
 *
 * A page begins behind a (value, id): rows that come and go meanwhile neither
 * repeat nor hide others.
 */
#ifndef FRONTDESK_LIST_H
#define FRONTDESK_LIST_H

#include "core/sys/db.h"

#define LIST_CURSOR_MAX 1000

struct list {
	const struct table *table;
	const void *asked;  /* a row of the table … */
	uint64_t filters;   /* … and which of its fields must be like that */
	const char *q;      /* NULL: anything */
	day_t from, to;     /* zero: open */
	const char *sort;   /* "name", "-name"; NULL: the table's own order */
	const char *cursor; /* NULL: from the beginning */
	int64_t limit;
};

/* What a list of this table can be asked for. */
bool list_filters_by(const struct field *f);
bool list_has_period(const struct table *t);
bool list_has_search(const struct table *t);
/* Whether this is "name" or "-name" of a SORT field. */
bool list_sorts_by(const struct table *t, const char *sort);

/* SELECT … WHERE, open for more conditions. */
void list_query(struct ctx *c, const struct list *l, struct query *q);
/* At most limit + 1 rows: one more tells that there is a next page. The field
 * error "cursor" for one that is not of this list. 0, or -1. */
int list_rows(struct query *q, const struct list *l, struct rows *out) MUST_USE;
/* Cuts that one off, and gives the cursor of the next page; NULL: no more. */
const char *list_next(struct ctx *c, const struct list *l, struct rows *rows);

#endif
