#define BANNED_ALLOW_ALLOC
#include "core/sys/db_mysql.h"
#include "core/base/buf.h"

#define COLUMNS_MAX 80
#define ROWS_MAX 100000
#define SMALL 256 /* text up to this is fetched with its row */

static const char *const FORM_HEAD[FORM_COUNT] = {
	[FORM_PLAIN] = "",
	[FORM_ENTER] = "BEGIN NOT ATOMIC CALL enter_company(?); ",
	[FORM_ENTER_BEGIN] = "BEGIN NOT ATOMIC CALL enter_company(?); START TRANSACTION; ",
	[FORM_ENTER_WITNESS] = "BEGIN NOT ATOMIC CALL enter_company(?); "
			       "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; "
			       "START TRANSACTION WITH CONSISTENT SNAPSHOT; ",
};

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

	db_statement_close(s);
	s->handle = mysql_stmt_init(db->conn);
	if (s->handle == NULL)
		BUG("no memory for a statement");
	s->sql = db_keep(sql);
	if (mysql_stmt_prepare(s->handle, text, strlen(text)) != 0) {
		db_statement_failed(c, s, sql);
		db_statement_close(s);
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
		return c->witness != NULL ? FORM_ENTER_WITNESS : FORM_ENTER_BEGIN;
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
	if (form == FORM_ENTER_BEGIN || form == FORM_ENTER_WITNESS) {
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
	return db_statement_failed(c, s, sql);
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
		rc = db_fault(c, sql);
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
		return db_statement_failed(c, NULL, sql);
	do {
		MYSQL_RES *rows = mysql_store_result(db->conn);

		if (rows != NULL)
			mysql_free_result(rows);
	} while (mysql_next_result(db->conn) == 0);
	return 0;
}
