/*
 * db_mysql.h - the connection, between db_conn.c (connecting, failing,
 * transactions) and db.c (statements). The only file that includes mysql.h.
 */
#ifndef FRONTDESK_DB_MYSQL_H
#define FRONTDESK_DB_MYSQL_H

#include "core/sys/db_wire.h"

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

#define STATEMENTS_MAX 128 /* 64 to 160 kB each in the server */
#define COMPANY_UNKNOWN UINT32_MAX

/* How a statement is sent: alone, or after entering the company (and
 * beginning the transaction, that of a witness) in the same round trip. */
enum form { FORM_PLAIN, FORM_ENTER, FORM_ENTER_BEGIN, FORM_ENTER_WITNESS, FORM_COUNT };

struct statement {
	char *sql; /* as the caller wrote it; NULL: slot is free */
	uint64_t hash;
	const struct table *table;
	enum form form;
	MYSQL_STMT *handle;
	uint64_t used; /* clock of the last use */
};

struct db {
	struct db_address address;
	MYSQL *conn; /* NULL: not connected */
	uint32_t entered;
	bool rested;       /* nothing was sent since db_idle */
	bool begin_wanted; /* db_begin was said, nothing sent yet */
	bool in_tx;
	bool doomed;
	bool retryable;
	bool lock_busy;
	bool uncertain;
	int64_t silent_until_us; /* it did not answer: not asked again before */
	uint64_t clock;
	struct statement statements[STATEMENTS_MAX];
};

char *db_keep(const char *s); /* strdup that cannot fail */
void db_statement_close(struct statement *s);
/* Turns the failure of a statement (NULL: of the connection) into ctx->err
 * and dooms the transaction; closes a broken line. Always -1. */
int db_statement_failed(struct ctx *c, struct statement *s, const char *sql);

/* -1 where a test wants a statement to fail (db_fail_at). */
#ifdef FRONTDESK_TEST
int db_fault(struct ctx *c, const char *sql) MUST_USE;
#else
#define db_fault(c, sql) 0
#endif

#endif
