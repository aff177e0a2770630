/*
 * page.h - query parameters and cursors of lists.
 */
#ifndef FRONTDESK_PAGE_H
#define FRONTDESK_PAGE_H

#include "fcgi/req.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 100

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
