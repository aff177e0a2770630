/*
 * db.h - the one door to MariaDB (Connector/C, native prepared statements).
 *
 * A process has one connection. Statements are literals, prepared once per
 * connection and found again by their address; arguments are typed by the
 * compiler, and their number is checked against the question marks. Rows are
 * fetched by column name into the struct that a table describes.
 *
 * Companies: SQL never names one. Before a statement runs, the connection is
 * brought into ctx->company in the same round trip, whatever it was in
 * before; outside a company (0) the company tables have no rows.
 *
 * Transactions belong to the dispatcher (db_begin, db_commit, db_rollback)
 * and to in_tx(). After any failed statement the transaction is doomed:
 * db_commit refuses. Deadlocks, lock timeouts, snapshot conflicts and lost
 * connections come back as E_UNAVAILABLE with db_retryable() true: the whole
 * unit of work may be run again.
 *
 * Errors: E_UNAVAILABLE (no server, try again), E_DUPLICATE (a UNIQUE key),
 * E_INTERNAL (anything else; the detail goes to the log, never to a client).
 */
#ifndef FRONTDESK_DB_H
#define FRONTDESK_DB_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct db_address {
	const char *socket; /* path; NULL: host and port over TLS */
	const char *host;
	int port;
	const char *ca_file;
	const char *user;
	const char *password;
	const char *schema;
	int answer_s; /* longer than this no answer is waited for; 0: 15 */
	/* An administrator's connection (core/schema, tests): statements go as
	 * they are, no company is entered, they may take an hour, and what the
	 * server says about a failure is logged whole. */
	bool admin;
};

/* Keeps a copy of the address; connects at the first statement. */
struct db *db_new(const struct db_address *a);
void db_delete(struct db *db);
/* Connect now (deadline 2 s; after a server that did not answer, a second of
 * refusals at once). 0, or -1 with E_UNAVAILABLE. */
int db_connect(struct ctx *c) MUST_USE;
/* Between requests: a doubtful connection is dropped, and before the next
 * statement one that the server has ended meanwhile. */
void db_idle(struct db *db);

/* ---- arguments ---- */

enum arg_type { ARG_NULL, ARG_TEXT, ARG_INT, ARG_TIME, ARG_WALL, ARG_DAY, ARG_BYTES };

struct arg {
	enum arg_type type;
	union {
		const char *text;
		int64_t i;
		struct bytes bytes;
	} v;
};

/* That of a row's member; ARG_NULL when it is absent. */
struct arg db_member(const struct field *f, const void *row);

static inline struct arg arg_text(const char *s)
{
	return (struct arg){s ? ARG_TEXT : ARG_NULL, {.text = s}};
}

static inline struct arg arg_int(int64_t i)
{
	return (struct arg){ARG_INT, {.i = i}};
}

static inline struct arg arg_ts(ts_t t)
{
	return (struct arg){t.ms ? ARG_TIME : ARG_NULL, {.i = t.ms}};
}

static inline struct arg arg_wall(wall_t w)
{
	return (struct arg){w.min ? ARG_WALL : ARG_NULL, {.i = w.min}};
}

static inline struct arg arg_day(day_t d)
{
	return (struct arg){d.n ? ARG_DAY : ARG_NULL, {.i = d.n}};
}

static inline struct arg arg_bytes(struct bytes b)
{
	return (struct arg){b.p ? ARG_BYTES : ARG_NULL, {.bytes = b}};
}

static inline struct arg arg_self(struct arg a)
{
	return a;
}

/* Text, integers, bool and the time types; anything else does not compile. */
#define ARG(x) \
	_Generic((x), \
	char *: arg_text, const char *: arg_text, \
	bool: arg_int, int: arg_int, unsigned: arg_int, \
	long: arg_int, long long: arg_int, \
	ts_t: arg_ts, wall_t: arg_wall, day_t: arg_day, \
	struct bytes: arg_bytes, struct arg: arg_self)(x)

#ifdef __cppcheck__ /* cannot read what follows */
#define ARGS(...) NULL, 0
#else
#define ARGS_0()
#define ARGS_1(a) , ARG(a)
#define ARGS_2(a, ...) , ARG(a) ARGS_1(__VA_ARGS__)
#define ARGS_3(a, ...) , ARG(a) ARGS_2(__VA_ARGS__)
#define ARGS_4(a, ...) , ARG(a) ARGS_3(__VA_ARGS__)
#define ARGS_5(a, ...) , ARG(a) ARGS_4(__VA_ARGS__)
#define ARGS_6(a, ...) , ARG(a) ARGS_5(__VA_ARGS__)
#define ARGS_7(a, ...) , ARG(a) ARGS_6(__VA_ARGS__)
#define ARGS_8(a, ...) , ARG(a) ARGS_7(__VA_ARGS__)
#define ARGS_9(a, ...) , ARG(a) ARGS_8(__VA_ARGS__)
#define ARGS_10(a, ...) , ARG(a) ARGS_9(__VA_ARGS__)
#define ARGS_11(a, ...) , ARG(a) ARGS_10(__VA_ARGS__)
#define ARGS_12(a, ...) , ARG(a) ARGS_11(__VA_ARGS__)
#define ARGS_PICK(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, N, ...) N
#define ARGS_NAME(...)                                                                         \
	ARGS_PICK(_, ##__VA_ARGS__, ARGS_12, ARGS_11, ARGS_10, ARGS_9, ARGS_8, ARGS_7, ARGS_6, \
		ARGS_5, ARGS_4, ARGS_3, ARGS_2, ARGS_1, ARGS_0)
#define ARG_ARRAY(...) ((struct arg[]){{ARG_NULL, {.i = 0}} ARGS_NAME(__VA_ARGS__)(__VA_ARGS__)})
#define ARGS(...) \
	ARG_ARRAY(__VA_ARGS__) + 1, (int)(sizeof(ARG_ARRAY(__VA_ARGS__)) / sizeof(struct arg)) - 1
#endif

/* ---- statements ---- */

/*
 * SQL is a string literal ("" sql "" refuses a variable). {cols} stands for
 * the table's columns, {cols:a} for the same as a.column.
 *
 * db_one:  1 found, 0 not, -1.   db_rows: number of rows or -1.
 * db_exec: rows matched (also when nothing changed) or -1.
 */
#define db_one(c, table, row, sql, ...) db_one_((c), (table), (row), "" sql "", ARGS(__VA_ARGS__))
#define db_rows(c, table, rows, sql, ...) \
	db_rows_((c), (table), (rows), "" sql "", ARGS(__VA_ARGS__))
#define db_exec(c, sql, ...) db_exec_((c), "" sql "", ARGS(__VA_ARGS__))
/* One integer: the first column of the first row. 1, 0 (no row, or NULL), -1. */
#define db_int(c, out, sql, ...) db_int_((c), (out), "" sql "", ARGS(__VA_ARGS__))

int db_one_(struct ctx *c, const struct table *t, void *row, const char *sql,
	const struct arg *args, int n) MUST_USE;
int db_rows_(struct ctx *c, const struct table *t, struct rows *rows, const char *sql,
	const struct arg *args, int n) MUST_USE;
int db_exec_(struct ctx *c, const char *sql, const struct arg *args, int n) MUST_USE;
int db_int_(struct ctx *c, int64_t *out, const char *sql, const struct arg *args, int n) MUST_USE;

/* The row's columns; what is absent (NULL text, zero time, a zero integer with
 * NULL0) is left to the column's default. RO fields included. 1 or -1. */
int db_insert(struct ctx *c, const struct table *t, const void *row) MUST_USE;
/* The same, but a row that is already there is 0. Only this call may meet a
 * duplicate without dooming the transaction. */
int db_insert_new(struct ctx *c, const struct table *t, const void *row) MUST_USE;
/* UPDATE … SET the named columns (comma-separated literal) WHERE id = ?.
 * Rows matched, or -1. */
int db_update(struct ctx *c, const struct table *t, const void *row, const char *columns,
	const char *id) MUST_USE;

/* The same for the columns with these bits (table_diff). */
int db_update_members(struct ctx *c, const struct table *t, const void *row, uint64_t members,
	const char *id) MUST_USE;
/* The row with this id, unless it is deleted: 1, 0, -1. _locked: nobody else
 * changes it before this transaction ends. */
int db_find(struct ctx *c, const struct table *t, const char *id, void *row) MUST_USE;
int db_find_locked(struct ctx *c, const struct table *t, const char *id, void *row) MUST_USE;
/* Whether there is a row with this id that is not deleted, and stays so until
 * the end of the transaction: 1, 0, -1. */
int db_exists(struct ctx *c, const struct table *t, const char *id) MUST_USE;
/* Holds the row against other writers until the end of the transaction. */
int db_lock(struct ctx *c, const struct table *t, const char *id) MUST_USE;
/* Marks it as deleted where the table is SOFT, else it is gone. Rows matched. */
int db_remove(struct ctx *c, const struct table *t, const char *id) MUST_USE;

/* rc of a finder -> 0, with absence turned into E_NOT_FOUND; -1 stays. */
int db_must(struct ctx *c, int rc, const char *what, const char *id) MUST_USE;

/* ---- lists with optional filters: literals only, joined here ---- */

struct query {
	struct ctx *c;
	struct buf *sql;
	struct arg args[128]; /* as many as a statement may have */
	int n;
	bool where;
};

void query_start(struct query *q, struct ctx *c, const char *literal);
/* Adds " AND (literal)" (or WHERE, the first time). */
#define query_where(q, literal, ...) query_where_((q), "" literal "", ARGS(__VA_ARGS__))
#define query_add(q, literal, ...) query_add_((q), "" literal "", ARGS(__VA_ARGS__))
void query_where_(struct query *q, const char *literal, const struct arg *args, int n);
void query_add_(struct query *q, const char *literal, const struct arg *args, int n);
/* The LIKE pattern for "contains s", with what LIKE would read taken as it is. */
const char *db_like(struct ctx *c, const char *s);
int query_rows(struct query *q, const struct table *t, struct rows *rows) MUST_USE;
int query_exec(struct query *q) MUST_USE;

/* ---- transactions: the dispatcher, in_tx() and nobody else ---- */

void db_begin(struct ctx *c);                  /* sent with the first statement */
int db_commit(struct ctx *c) MUST_USE;         /* -1: nothing of it happened, unless … */
bool db_commit_uncertain(const struct ctx *c); /* … the line broke meanwhile */
void db_rollback(struct ctx *c);
bool db_in_tx(const struct ctx *c);
/* The last failure may pass when the whole unit of work is run again. */
bool db_retryable(const struct ctx *c);
/* … because another transaction held a row for too long (1205). */
bool db_lock_busy(const struct ctx *c);

/*
 * Runs fn in a transaction of its own, again (at most 3 times, with jitter)
 * after a passing failure. fn's result; -1 rolls back. BUG inside another.
 * fn must be able to run again: it changes nothing but the database and
 * memory of the arena.
 */
int in_tx(struct ctx *c, int (*fn)(struct ctx *c, void *arg), void *arg) MUST_USE;

/*
 * Somebody who looks at what the in_tx() of a context change: before fn, and
 * after it. With one the transactions are REPEATABLE READ: what differs between
 * the two looks is what fn did, whatever others commit meanwhile; and where fn
 * writes to a row that others have changed since, it runs again. 0, or -1.
 */
struct tx_witness {
	int (*before)(struct ctx *c, struct tx_witness *w);
	int (*after)(struct ctx *c, struct tx_witness *w);
	void (*committed)(struct ctx *c, struct tx_witness *w);
};

/* ---- for core/schema and tests: one statement that is no literal, sent as
 * text, without entering a company; what it returns is thrown away ---- */
int db_script(struct ctx *c, const char *sql) MUST_USE;

#ifdef FRONTDESK_TEST
/* The n-th statement from now (a COMMIT is one, too) and those after it,
 * `times` in all, fail with this error number before they are sent; n 0: none
 * do. How many the order before this one has failed. */
int db_fail_at(int n, int times, unsigned code);
#endif

#endif
