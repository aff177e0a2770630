/*
 * db_wire.h - between db.c (the connection, the only user of mysql.h), which
 * runs one statement, and db_sql.c, which makes statements from tables.
 * Nobody else includes this.
 */
#ifndef FRONTDESK_DB_WIRE_H
#define FRONTDESK_DB_WIRE_H

#include "core/sys/db.h"

#define DB_ARGS_MAX 128

/* What to do with the rows: one into *row, all into *rows, or none. */
struct db_want {
	const struct table *table;
	void *row;
	struct rows *rows;
	int64_t *integer;
	bool duplicate_ok; /* 1062 is an answer: DB_DUPLICATE */
};

#define DB_DUPLICATE (-2)

/* Rows read, or rows matched for a statement without rows; -1, or
 * DB_DUPLICATE. */
int db_run(struct ctx *c, const char *sql, const struct arg *args, int n,
	const struct db_want *want) MUST_USE;

#endif
