#define BANNED_ALLOW_ALLOC
#include "core/sys/db_wire.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/text.h"

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

#define STATEMENTS_MAX 128 /* 64 to 160 kB each in the server */
#define COLUMNS_MAX 80
#define ROWS_MAX 100000
#define SMALL 256 /* text up to this is fetched with its row */
#define COMPANY_UNKNOWN UINT32_MAX

/* How a statement is sent: alone, or after entering the company (and
 * beginning the transaction) in the same round trip. */
enum form { FORM_PLAIN, FORM_ENTER, FORM_ENTER_BEGIN, FORM_COUNT };

static const char *const FORM_HEAD[FORM_COUNT] = {
	[FORM_PLAIN] = "",
	[FORM_ENTER] = "BEGIN NOT ATOMIC CALL enter_company(?); ",
	[FORM_ENTER_BEGIN] = "BEGIN NOT ATOMIC CALL enter_company(?); START TRANSACTION; ",
};

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
	bool begin_wanted; /* db_begin was said, nothing sent yet */
	bool in_tx;
	bool doomed;
	bool retryable;
	bool uncertain;
	uint64_t clock;
	struct statement statements[STATEMENTS_MAX];
};

/* ---- connection ---- */

static char *keep(const char *s)
{
	char *p = s == NULL ? NULL : strdup(s);

	if (s != NULL && p == NULL)
		BUG("no memory");
	return p;
}

struct db *db_new(const struct db_address *a)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		BUG("no memory for a connection");
	db->address = *a;
	db->address.socket = keep(a->socket);
	db->address.host = keep(a->host);
	db->address.ca_file = keep(a->ca_file);
	db->address.user = keep(a->user);
	db->address.password = keep(a->password);
	db->address.schema = keep(a->schema);
	db->entered = COMPANY_UNKNOWN;
	return db;
}

static void statement_close(struct statement *s)
{
	if (s->sql == NULL)
		return;
	mysql_stmt_close(s->handle);
	free(s->sql);
	memset(s, 0, sizeof(*s));
}

static void disconnect(struct db *db)
{
	for (size_t i = 0; i < STATEMENTS_MAX; i++)
		statement_close(&db->statements[i]);
	if (db->conn != NULL)
		mysql_close(db->conn);
	db->conn = NULL;
	db->entered = COMPANY_UNKNOWN;
	db->in_tx = false;
}

void db_delete(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free((char *)db->address.socket);
	free((char *)db->address.host);
	free((char *)db->address.ca_file);
	free((char *)db->address.user);
	free((char *)db->address.password);
	free((char *)db->address.schema);
	free(db);
}

static void connection_options(struct db *db, MYSQL *m)
{
	unsigned connect_s = 2, read_s = db->address.admin ? 3600 : 15;
	unsigned write_s = 10, local_infile = 0;
	my_bool yes = 1, no = 0;

	mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(m, MYSQL_OPT_READ_TIMEOUT, &read_s);
	mysql_options(m, MYSQL_OPT_WRITE_TIMEOUT, &write_s);
	mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local_infile);
	mysql_options(m, MYSQL_OPT_RECONNECT, &no);
	mysql_options(m, MYSQL_REPORT_DATA_TRUNCATION, &yes);
	mysql_options(m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(m, MYSQL_INIT_COMMAND,
		"SET time_zone = '+00:00', SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, "
		"sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
		"NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'");
	if (db->address.socket != NULL)
		return;
	mysql_options(m, MYSQL_OPT_SSL_ENFORCE, &yes);
	mysql_options(m, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
	mysql_options(m, MYSQL_OPT_SSL_CA, db->address.ca_file);
}

static int failed(struct ctx *c, unsigned code, const char *message, const char *sql);

int db_connect(struct ctx *c)
{
	struct db *db = c->db;
	const struct db_address *a = &db->address;
	MYSQL *m;

	if (db->conn != NULL)
		return 0;
	m = mysql_init(NULL);
	if (m == NULL)
		BUG("no memory for a connection");
	connection_options(db, m);
	if (mysql_real_connect(m, a->host, a->user, a->password, a->schema, (unsigned)a->port,
		    a->socket, CLIENT_FOUND_ROWS) == NULL) {
		failed(c, mysql_errno(m), mysql_error(m), "connect");
		mysql_close(m);
		return -1;
	}
	db->conn = m;
	db->entered = COMPANY_UNKNOWN;
	return 0;
}

void db_idle(struct db *db)
{
	if (db->in_tx)
		disconnect(db);
	db->begin_wanted = false;
	db->doomed = false;
}

/* ---- failures ---- */

enum failure { FAIL_OURS, FAIL_PASSING, FAIL_LINE, FAIL_BUSY, FAIL_DUPLICATE };

static enum failure failure_of(unsigned code)
{
	switch (code) {
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
		return FAIL_PASSING;
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
		return FAIL_LINE;
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_UNKNOWN_HOST:
	case CR_SSL_CONNECTION_ERROR:
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
	case ER_OPTION_PREVENTS_STATEMENT:
	case ER_STATEMENT_TIMEOUT:
	case ER_RECORD_FILE_FULL:
	case ER_DISK_FULL:
		return FAIL_BUSY;
	case ER_DUP_ENTRY:
		return FAIL_DUPLICATE;
	default:
		return FAIL_OURS;
	}
}

/* Messages of these carry values of rows: they stay out of the log. */
static bool message_tells_data(unsigned code)
{
	return code == ER_DUP_ENTRY || code == ER_DATA_TOO_LONG ||
		code == ER_TRUNCATED_WRONG_VALUE || code == ER_WARN_DATA_OUT_OF_RANGE ||
		code == ER_TRUNCATED_WRONG_VALUE_FOR_FIELD || code == ER_PARSE_ERROR;
}

static int failed(struct ctx *c, unsigned code, const char *message, const char *sql)
{
	struct db *db = c->db;
	enum failure f = failure_of(code);
	char number[12], head[100];

	db->doomed = true;
	db->retryable = f == FAIL_PASSING || f == FAIL_LINE;
	if (f == FAIL_DUPLICATE)
		return err_set(c, E_DUPLICATE, NULL);
	snprintf(number, sizeof(number), "%u", code);
	snprintf(head, sizeof(head), "%.90s", sql);
	if (f == FAIL_OURS || f == FAIL_BUSY)
		log_line("database", "errno", number, "sql", head, "says",
			message_tells_data(code) && !db->address.admin ? NULL : message, "request", c->request_id, NULL);
	if (f == FAIL_OURS)
		return err_set(c, E_INTERNAL, NULL);
	c->err.retry_after = 1;
	return err_set(c, E_UNAVAILABLE, NULL);
}

static int statement_failed(struct ctx *c, struct statement *s, const char *sql)
{
	struct db *db = c->db;
	unsigned code = s ? mysql_stmt_errno(s->handle) : mysql_errno(db->conn);
	const char *message = s ? mysql_stmt_error(s->handle) : mysql_error(db->conn);
	int rc = failed(c, code, mem_text(c->mem, message), sql);

	db->entered = COMPANY_UNKNOWN;
	if (failure_of(code) == FAIL_LINE)
		disconnect(db);
	return rc;
}

bool db_retryable(const struct ctx *c)
{
	return c->db->retryable;
}

/* ---- prepared statements, found again by their text ---- */

static uint64_t hash_of(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
	return h;
}

static void put_columns(struct buf *b, const struct table *t, const char *prefix, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < t->n; i++) {
		if (!field_is_column(&t->fields[i]))
			continue;
		if (!first)
			buf_char(b, ',');
		buf_add(b, prefix, n);
		buf_printf(b, "%s`%s`", n > 0 ? "." : "", t->fields[i].name);
		first = false;
	}
}

/* The statement's text with {cols} and {cols:a} written out. */
static const char *expand(struct ctx *c, const char *sql, const struct table *t, enum form form)
{
	struct buf b = buf_new(c->mem, 65536);
	const char *at;

	buf_text_add(&b, FORM_HEAD[form]);
	while ((at = strstr(sql, "{cols")) != NULL) {
		const char *end = strchr(at, '}');

		if (t == NULL || end == NULL)
			BUG("{cols} without a table: %s", sql);
		buf_add(&b, sql, (size_t)(at - sql));
		put_columns(&b, t, at[5] == ':' ? at + 6 : at,
			at[5] == ':' ? (size_t)(end - at - 6) : 0);
		sql = end + 1;
	}
	buf_text_add(&b, sql);
	if (form != FORM_PLAIN)
		buf_text_add(&b, "; END");
	return buf_text(&b);
}

static struct statement *oldest(struct db *db)
{
	struct statement *found = &db->statements[0];

	for (size_t i = 1; i < STATEMENTS_MAX; i++) {
		if (db->statements[i].used < found->used)
			found = &db->statements[i];
	}
	return found;
}

static struct statement *prepare(
	struct ctx *c, const char *sql, uint64_t hash, const struct table *t, enum form form)
{
	struct db *db = c->db;
	struct statement *s = oldest(db);
	const char *text = expand(c, sql, t, form);

	statement_close(s);
	s->handle = mysql_stmt_init(db->conn);
	if (s->handle == NULL)
		BUG("no memory for a statement");
	s->sql = keep(sql);
	if (mysql_stmt_prepare(s->handle, text, strlen(text)) != 0) {
		statement_failed(c, s, sql);
		statement_close(s);
		return NULL;
	}
	s->hash = hash;
	s->table = t;
	s->form = form;
	return s;
}

static struct statement *find_statement(
	struct ctx *c, const char *sql, const struct table *t, enum form form)
{
	struct db *db = c->db;
	uint64_t hash = hash_of(sql);
	struct statement *s = NULL;

	for (size_t i = 0; i < STATEMENTS_MAX && s == NULL; i++) {
		struct statement *k = &db->statements[i];

		if (k->hash == hash && k->table == t && k->form == form && k->sql != NULL &&
			strcmp(k->sql, sql) == 0)
			s = k;
	}
	if (s == NULL)
		s = prepare(c, sql, hash, t, form);
	if (s != NULL)
		s->used = ++db->clock;
	return s;
}

/* ---- arguments ---- */

static void bind_time(MYSQL_BIND *b, MYSQL_TIME *t, const struct arg *a)
{
	ts_t at = {a->type == ARG_TIME        ? a->v.i
			: a->type == ARG_WALL ? a->v.i * 60000
					      : a->v.i * 86400000};
	struct civil v = civil_of_ts(at);

	memset(t, 0, sizeof(*t));
	t->year = (unsigned)v.year;
	t->month = (unsigned)v.month;
	t->day = (unsigned)v.day;
	t->hour = (unsigned)v.hour;
	t->minute = (unsigned)v.minute;
	t->second = (unsigned)v.second;
	t->second_part = (unsigned long)v.milli * 1000;
	t->time_type = a->type == ARG_DAY ? MYSQL_TIMESTAMP_DATE : MYSQL_TIMESTAMP_DATETIME;
	b->buffer_type = a->type == ARG_DAY ? MYSQL_TYPE_DATE : MYSQL_TYPE_DATETIME;
	b->buffer = t;
	b->buffer_length = sizeof(*t);
}

static void bind_arg(MYSQL_BIND *b, MYSQL_TIME *t, const struct arg *a)
{
	switch (a->type) {
	case ARG_NULL:
		b->buffer_type = MYSQL_TYPE_NULL;
		break;
	case ARG_TEXT:
		b->buffer_type = MYSQL_TYPE_STRING;
		b->buffer = (void *)(uintptr_t)a->v.text;
		b->buffer_length = strlen(a->v.text);
		break;
	case ARG_INT:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = (void *)(uintptr_t)&a->v.i;
		break;
	case ARG_BYTES:
		b->buffer_type = MYSQL_TYPE_BLOB;
		b->buffer = (void *)(uintptr_t)a->v.bytes.p;
		b->buffer_length = a->v.bytes.n;
		break;
	case ARG_TIME:
	case ARG_WALL:
	case ARG_DAY:
		bind_time(b, t, a);
		break;
	}
}

/* ---- rows ---- */

struct cell {
	const struct field *field;
	unsigned long length;
	my_bool is_null;
	my_bool error;
	union {
		int64_t i;
		MYSQL_TIME t;
		char text[SMALL];
	} v;
};

static void bind_cell(MYSQL_BIND *b, struct cell *k)
{
	enum field_type type = k->field == NULL ? F_INT : k->field->type;

	b->is_null = &k->is_null;
	b->length = &k->length;
	b->error = &k->error;
	b->buffer = &k->v;
	b->buffer_length = sizeof(k->v);
	if (type == F_INT || type == F_CENTS || type == F_BOOL)
		b->buffer_type = MYSQL_TYPE_LONGLONG;
	else if (type == F_TIME || type == F_WALL || type == F_DAY)
		b->buffer_type = MYSQL_TYPE_DATETIME;
	else
		b->buffer_type = MYSQL_TYPE_BLOB; /* bytes as they are */
}

static char *cell_text(struct ctx *c, MYSQL_STMT *h, struct cell *k, unsigned column)
{
	char *p = mem_alloc(c->mem, k->length + 1);
	MYSQL_BIND b;

	if (k->length <= SMALL) {
		memcpy(p, k->v.text, k->length);
		return p;
	}
	memset(&b, 0, sizeof(b));
	b.buffer_type = MYSQL_TYPE_BLOB;
	b.buffer = p;
	b.buffer_length = k->length;
	if (mysql_stmt_fetch_column(h, &b, column, 0) != 0)
		BUG("a fetched column cannot be read");
	return p;
}

static ts_t cell_ts(const struct cell *k)
{
	struct civil v = {(int)k->v.t.year, (int)k->v.t.month, (int)k->v.t.day, (int)k->v.t.hour,
		(int)k->v.t.minute, (int)k->v.t.second, (int)(k->v.t.second_part / 1000)};

	return ts_of_civil(&v);
}

static void store(struct ctx *c, MYSQL_STMT *h, struct cell *k, unsigned column, void *row)
{
	const struct field *f = k->field;
	char *at = (char *)row + f->offset;
	struct bytes raw;

	if (k->is_null)
		return; /* the row is zeroed: absent */
	switch (f->type) {
	case F_ID:
	case F_TEXT:
	case F_JSON:
		*(const char **)at = cell_text(c, h, k, column);
		break;
	case F_BYTES:
		raw.p = (uint8_t *)cell_text(c, h, k, column);
		raw.n = k->length;
		*(struct bytes *)at = raw;
		break;
	case F_INT:
	case F_CENTS:
		*(int64_t *)at = k->v.i;
		break;
	case F_BOOL:
		*(bool *)at = k->v.i != 0;
		break;
	case F_TIME:
		*(ts_t *)at = cell_ts(k);
		break;
	case F_WALL:
		((wall_t *)at)->min = cell_ts(k).ms / 60000;
		break;
	case F_DAY:
		((day_t *)at)->n = (int32_t)(cell_ts(k).ms / 86400000);
		break;
	case F_ENUM:
		*(int *)at = names_find(f->names, cell_text(c, h, k, column));
		if (*(int *)at < 0)
			BUG("column %s holds a name that the code does not know", f->name);
		break;
	case F_TEXTS:
	case F_LIST:
	case F_OBJECT:
		BUG("%s is no column", f->name);
	}
}

/* A result set being read: its columns, bound to cells. */
struct reader {
	MYSQL_STMT *h;
	const struct db_want *want;
	struct cell *cells;
	unsigned columns;
	size_t cap; /* rows that fit behind want->rows->p */
};

static int reader_open(struct ctx *c, struct reader *r)
{
	MYSQL_RES *meta = mysql_stmt_result_metadata(r->h);
	MYSQL_BIND binds[COLUMNS_MAX];

	r->columns = mysql_stmt_field_count(r->h);
	if (meta == NULL || r->columns > COLUMNS_MAX)
		BUG("a result without columns, or with too many");
	r->cells = mem_alloc(c->mem, r->columns * sizeof(*r->cells));
	memset(binds, 0, sizeof(binds));
	for (unsigned i = 0; i < r->columns; i++) {
		const char *name = mysql_fetch_field_direct(meta, i)->name;

		if (r->want->table != NULL) {
			r->cells[i].field = table_field(r->want->table, name);
			if (r->cells[i].field == NULL)
				BUG("column %s is not in table %s", name, r->want->table->name);
		}
		bind_cell(&binds[i], &r->cells[i]);
	}
	mysql_free_result(meta);
	return mysql_stmt_bind_result(r->h, binds) == 0 ? 0 : -1;
}

/* Where the next row goes; rows grow by doubling. */
static void *next_row(struct ctx *c, struct reader *r)
{
	struct rows *rows = r->want->rows;
	size_t size = r->want->table->size;

	if (rows == NULL)
		return r->want->row;
	if (rows->n == r->cap) {
		void *p;

		r->cap = r->cap > 0 ? r->cap * 2 : 16;
		p = mem_alloc(c->mem, r->cap * size);
		if (rows->n > 0)
			memcpy(p, rows->p, rows->n * size);
		rows->p = p;
	}
	return (char *)rows->p + size * rows->n++;
}

static void take_row(struct ctx *c, struct reader *r, int n)
{
	const struct db_want *w = r->want;

	if (w->integer != NULL && n == 0 && !r->cells[0].is_null)
		*w->integer = r->cells[0].v.i;
	if (w->table == NULL || (w->rows == NULL && n > 0))
		return;
	void *row = next_row(c, r);
	for (unsigned i = 0; i < r->columns; i++)
		store(c, r->h, &r->cells[i], i, row);
}

/* Reads one result set to its end. Rows, or -1. */
static int read_rows(struct ctx *c, MYSQL_STMT *h, const struct db_want *want)
{
	struct reader r = {.h = h, .want = want};
	int n = 0, rc;

	if (reader_open(c, &r) < 0)
		return -1;
	while ((rc = mysql_stmt_fetch(h)) == 0 || rc == MYSQL_DATA_TRUNCATED) {
		take_row(c, &r, n);
		if (want->integer != NULL && n == 0 && r.cells[0].is_null)
			n--; /* NULL is no integer: as if there were no row */
		if (++n > ROWS_MAX)
			BUG("more than %d rows: this needs a page", ROWS_MAX);
	}
	return rc == MYSQL_NO_DATA ? n : -1;
}

/* ---- running ---- */

static enum form form_for(const struct ctx *c)
{
	const struct db *db = c->db;

	if (db->address.admin)
		return FORM_PLAIN;
	if (db->begin_wanted)
		return FORM_ENTER_BEGIN;
	return db->entered == c->company ? FORM_PLAIN : FORM_ENTER;
}

static int execute(struct ctx *c, struct statement *s, const struct arg *args, int n)
{
	MYSQL_BIND binds[DB_ARGS_MAX + 1];
	MYSQL_TIME times[DB_ARGS_MAX + 1];
	struct arg company = arg_int(c->company);
	int k = s->form == FORM_PLAIN ? 0 : 1;

	if (n > DB_ARGS_MAX || mysql_stmt_param_count(s->handle) != (unsigned long)(n + k))
		BUG("%d arguments do not fit: %s", n, s->sql);
	memset(binds, 0, sizeof(binds));
	if (k == 1)
		bind_arg(&binds[0], &times[0], &company);
	for (int i = 0; i < n; i++)
		bind_arg(&binds[i + k], &times[i + k], &args[i]);
	if (n + k > 0 && mysql_stmt_bind_param(s->handle, binds) != 0)
		return -1;
	return mysql_stmt_execute(s->handle) == 0 ? 0 : -1;
}

/* Every result of the statement; the first with rows is the answer. */
static int read_results(struct ctx *c, struct statement *s, const struct db_want *want)
{
	int64_t matched = 0;
	int n = -1, rc;

	do {
		if (mysql_stmt_field_count(s->handle) == 0) {
			if (mysql_stmt_affected_rows(s->handle) != (my_ulonglong)-1)
				matched += (int64_t)mysql_stmt_affected_rows(s->handle);
		} else if (n < 0) {
			n = read_rows(c, s->handle, want);
			if (n < 0)
				return -1;
		}
		mysql_stmt_free_result(s->handle);
		rc = mysql_stmt_next_result(s->handle);
	} while (rc == 0);
	if (rc > 0)
		return -1;
	return n >= 0 ? n : (int)matched;
}

static int run_prepared(
	struct ctx *c, const char *sql, const struct arg *args, int n, const struct db_want *want)
{
	struct db *db = c->db;
	enum form form = form_for(c);
	struct statement *s = find_statement(c, sql, want->table, form);
	int rc;

	if (s == NULL)
		return -1;
	if (form == FORM_ENTER_BEGIN) {
		db->begin_wanted = false;
		db->in_tx = true;
	}
	db->entered = c->company;
	rc = execute(c, s, args, n);
	if (rc == 0)
		rc = read_results(c, s, want);
	if (rc >= 0)
		return rc;
	if (want->duplicate_ok && mysql_stmt_errno(s->handle) == ER_DUP_ENTRY) {
		db->entered = COMPANY_UNKNOWN;
		return DB_DUPLICATE;
	}
	return statement_failed(c, s, sql);
}

int db_run(
	struct ctx *c, const char *sql, const struct arg *args, int n, const struct db_want *want)
{
	int64_t began = clock_monotonic_us();
	int rc;

	if (c->err.code != E_OK)
		BUG("a statement after a failure: %s", sql);
	if (c->db->doomed && c->db->in_tx)
		BUG("a statement in a doomed transaction: %s", sql);
	rc = db_connect(c);
	if (rc == 0)
		rc = run_prepared(c, sql, args, n, want);
	c->db_calls++;
	c->db_us += clock_monotonic_us() - began;
	return rc;
}

int db_script(struct ctx *c, const char *sql)
{
	struct db *db = c->db;

	if (db_connect(c) < 0)
		return -1;
	if (mysql_real_query(db->conn, sql, strlen(sql)) != 0)
		return statement_failed(c, NULL, sql);
	do {
		MYSQL_RES *rows = mysql_store_result(db->conn);

		if (rows != NULL)
			mysql_free_result(rows);
	} while (mysql_next_result(db->conn) == 0);
	return 0;
}

/* ---- transactions ---- */

void db_begin(struct ctx *c)
{
	struct db *db = c->db;

	if (db->in_tx || db->begin_wanted || db->address.admin)
		BUG("a transaction inside another, or of an administrator");
	db->begin_wanted = true;
	db->doomed = false;
	db->retryable = false;
	db->uncertain = false;
}

bool db_in_tx(const struct ctx *c)
{
	return c->db != NULL && (c->db->in_tx || c->db->begin_wanted);
}

int db_commit(struct ctx *c)
{
	struct db *db = c->db;
	int64_t began = clock_monotonic_us();

	if (c->err.code != E_OK || db->doomed)
		BUG("commit after a failure");
	db->begin_wanted = false;
	if (!db->in_tx)
		return 0; /* nothing was sent: nothing to commit */
	db->in_tx = false;
	c->db_calls++;
	if (mysql_real_query(db->conn, "COMMIT", 6) != 0) {
		db->uncertain = failure_of(mysql_errno(db->conn)) == FAIL_LINE;
		return statement_failed(c, NULL, "COMMIT");
	}
	c->db_us += clock_monotonic_us() - began;
	return 0;
}

bool db_commit_uncertain(const struct ctx *c)
{
	return c->db->uncertain;
}

void db_rollback(struct ctx *c)
{
	struct db *db = c->db;

	db->begin_wanted = false;
	db->doomed = false;
	if (!db->in_tx)
		return;
	db->in_tx = false;
	/* a connection that cannot roll back is closed: that rolls back */
	if (mysql_real_query(db->conn, "ROLLBACK", 8) != 0)
		disconnect(db);
}
