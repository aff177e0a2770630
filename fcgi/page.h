/*
 * page.h - query parameters and cursors of lists.
 */
#ifndef FRONTDESK_PAGE_H
#define FRONTDESK_PAGE_H

#include "fcgi/req.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 100

/* Of lists that their table describes (core/sys/list.h): route.query is this,
 * and the FILTER fields of route.out are parameters beside it. */
struct list_query {
	int64_t limit;
	const char *cursor;
	const char *sort;
	const char *q;
	day_t from;
	day_t to;
	uint64_t filters; /* which fields of … */
	void *asked;      /* … a row of route.out were asked for */
};

extern const struct table LIST_QUERY;

/* Whether the list of this route takes this parameter of LIST_QUERY. */
bool list_takes(const struct route *k, const struct field *f);
/* Whether it may be filtered by this field of route.out: never by its parent. */
bool list_takes_filter(const struct route *k, const struct field *f);

/* Of lists that are paged and nothing else. */
struct page_query {
	int64_t limit;
	const char *cursor;
};

extern const struct table PAGE_QUERY;

/* Where a page begins: behind the row with this time and id. */
struct page {
	int64_t limit;
	const char *cursor;
	ts_t after; /* zero: at the beginning */
	const char *after_id;
};

/* Decodes the query into route->query's struct; unknown parameters, bad
 * values and repeated names are field errors. */
int query_decode(struct req *r) MUST_USE;
/* Limit and place from two members of a decoded query. */
int page_read(struct req *r, int64_t limit, const char *cursor, struct page *p) MUST_USE;
/* When one row more than the limit came: cuts it off and gives the cursor
 * behind the last row that stays; else NULL. */
const char *page_next(struct req *r, const struct page *p, const struct table *t, struct rows *rows,
	const char *time_field);

#endif
