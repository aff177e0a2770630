/*
 * statements.h - single statements as a hole for injection would let somebody
 * write them, made by chance from a grammar: queries with joins, subqueries,
 * UNION, CTEs, windows and variables; writes of every kind; SET STATEMENT; and
 * what must never work (tables behind the views, pseudo_thread_id, files).
 *
 * The same seed gives the same statements. They name the views, columns and ids
 * that there are, also ids of the other company.
 */
#ifndef FRONTDESK_TESTS_DB_STATEMENTS_H
#define FRONTDESK_TESTS_DB_STATEMENTS_H

#include "tests/db/support.h"

struct view_column {
	const char *name;
	char kind; /* i integer, t text, u id, d time, b bytes */
};

struct view_of {
	const char *name;
	struct view_column columns[64];
	size_t n;
};

struct statements {
	struct arena *mem; /* of the statements: reset between them */
	uint64_t seed;
	struct view_of *views;
	size_t n_views;
	const char *const *ids; /* to compare with: of both companies */
	size_t n_ids;
	int64_t numbers[2]; /* of both companies */
	struct buf b;       /* the one being made */
	int depth, aliases;
	bool compared, forbidden;
};

struct statement {
	const char *sql;
	bool compared;  /* a query whose answer depends on nothing but rows */
	bool forbidden; /* it must fail */
};

/* Reads the views of schema frontdesk; what it keeps lives in keep. */
void statements_open(struct statements *g, MYSQL *root, struct arena *keep);
void statement_read(struct statements *g, struct statement *out);
void statement_write(struct statements *g, struct statement *out);
uint64_t statement_random(struct statements *g); /* xorshift64* */

#endif
