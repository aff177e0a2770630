#include "core/sys/db_wire.h"
#include "core/base/buf.h"
#include "core/base/id.h"

#define SQL_MAX 65536
#define TRIES_MAX 3

int db_one_(struct ctx *c, const struct table *t, void *row, const char *sql,
	const struct arg *args, int n)
{
	struct db_want want = {.table = t, .row = row};

	memset(row, 0, t->size);
	int rc = db_run(c, sql, args, n, &want);

	return rc > 1 ? 1 : rc;
}

int db_rows_(struct ctx *c, const struct table *t, struct rows *rows, const char *sql,
	const struct arg *args, int n)
{
	struct db_want want = {.table = t, .rows = rows};

	memset(rows, 0, sizeof(*rows));
	return db_run(c, sql, args, n, &want);
}

int db_exec_(struct ctx *c, const char *sql, const struct arg *args, int n)
{
	struct db_want want = {0};

	return db_run(c, sql, args, n, &want);
}

int db_int_(struct ctx *c, int64_t *out, const char *sql, const struct arg *args, int n)
{
	struct db_want want = {.integer = out};

	*out = 0;
	int rc = db_run(c, sql, args, n, &want);

	return rc > 1 ? 1 : rc;
}

/* ---- statements made from tables ---- */

struct arg db_member(const struct field *f, const void *row)
{
	const char *at = (const char *)row + f->offset;
	int64_t i;

	switch (f->type) {
	case F_ID:
	case F_TEXT:
	case F_JSON:
		return arg_text(*(const char *const *)at);
	case F_INT:
	case F_CENTS:
		i = *(const int64_t *)at;
		if (i == 0 && (f->flags & NULL0) != 0)
			return (struct arg){ARG_NULL, {.i = 0}};
		return arg_int(i);
	case F_BOOL:
		return arg_int(*(const bool *)at);
	case F_TIME:
		return arg_ts(*(const ts_t *)at);
	case F_WALL:
		return arg_wall(*(const wall_t *)at);
	case F_DAY:
		return arg_day(*(const day_t *)at);
	case F_ENUM:
		if (*(const int *)at == 0 && (f->flags & NULL0) != 0)
			return (struct arg){ARG_NULL, {.i = 0}};
		return arg_text(f->names[*(const int *)at]);
	case F_BYTES:
		return arg_bytes(*(const struct bytes *)at);
	case F_TEXTS:
	case F_LIST:
	case F_OBJECT:
		break;
	}
	BUG("%s is no column", f->name);
}

static int insert(struct ctx *c, const struct table *t, const void *row, bool duplicate_ok)
{
	struct db_want want = {.duplicate_ok = duplicate_ok};
	struct buf sql = buf_new(c->mem, SQL_MAX);
	struct arg args[DB_ARGS_MAX];
	int n = 0;

	buf_printf(&sql, "INSERT INTO `%s` (", t->name);
	for (size_t i = 0; i < t->n; i++) {
		if (!field_is_column(&t->fields[i]))
			continue;
		struct arg a = db_member(&t->fields[i], row);
		if (a.type == ARG_NULL)
			continue;
		if (n == DB_ARGS_MAX)
			BUG("table %s has too many columns", t->name);
		buf_printf(&sql, "%s`%s`", n > 0 ? "," : "", t->fields[i].name);
		args[n++] = a;
	}
	buf_text_add(&sql, ") VALUES (");
	for (int i = 0; i < n; i++)
		buf_text_add(&sql, i > 0 ? ",?" : "?");
	buf_char(&sql, ')');
	return db_run(c, buf_text(&sql), args, n, &want);
}

int db_insert(struct ctx *c, const struct table *t, const void *row)
{
	return insert(c, t, row, false);
}

int db_insert_new(struct ctx *c, const struct table *t, const void *row)
{
	int rc = insert(c, t, row, true);

	return rc == DB_DUPLICATE ? 0 : rc;
}

int db_update_members(
	struct ctx *c, const struct table *t, const void *row, uint64_t members, const char *id)
{
	struct db_want want = {0};
	struct buf sql = buf_new(c->mem, SQL_MAX);
	struct arg args[DB_ARGS_MAX];
	int n = 0;

	buf_printf(&sql, "UPDATE `%s` SET ", t->name);
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if ((members & field_bit(t, f)) == 0)
			continue;
		if (!field_is_column(f) || n == DB_ARGS_MAX - 1)
			BUG("%s is no column of %s", f->name, t->name);
		buf_printf(&sql, "%s`%s`=?", n > 0 ? "," : "", f->name);
		args[n++] = db_member(f, row);
	}
	buf_text_add(&sql, " WHERE id=?");
	args[n++] = arg_text(id);
	return db_run(c, buf_text(&sql), args, n, &want);
}

int db_update(
	struct ctx *c, const struct table *t, const void *row, const char *columns, const char *id)
{
	uint64_t members = 0;

	for (const char *p = columns; *p != '\0'; p += strspn(p, ", ")) {
		size_t len = strcspn(p, ", ");
		const struct field *f = table_field(t, mem_text_n(c->mem, p, len));

		if (f == NULL)
			BUG("%s: not all are columns of %s", columns, t->name);
		members |= field_bit(t, f);
		p += len;
	}
	return db_update_members(c, t, row, members, id);
}

/* A statement about one row of a table: what before its name, what after. */
static const char *by_id(struct ctx *c, const char *head, const struct table *t, const char *tail)
{
	bool soft = (t->flags & SOFT) != 0;

	return mem_printf(c->mem, "%s `%s` WHERE id=?%s%s", head, t->name,
		soft ? " AND deleted_at IS NULL" : "", tail);
}

static int find(struct ctx *c, const struct table *t, const char *id, void *row, const char *lock)
{
	struct db_want want = {.table = t, .row = row};
	struct arg arg = arg_text(id);

	memset(row, 0, t->size);
	return db_run(c, by_id(c, "SELECT {cols} FROM", t, lock), &arg, 1, &want);
}

int db_find(struct ctx *c, const struct table *t, const char *id, void *row)
{
	return find(c, t, id, row, "");
}

int db_find_locked(struct ctx *c, const struct table *t, const char *id, void *row)
{
	return find(c, t, id, row, " FOR UPDATE");
}

int db_exists(struct ctx *c, const struct table *t, const char *id)
{
	struct arg arg = arg_text(id);
	int64_t one;

	return db_int_(c, &one,
		by_id(c, "SELECT 1 FROM", t, db_in_tx(c) ? " LOCK IN SHARE MODE" : ""), &arg, 1);
}

int db_lock(struct ctx *c, const struct table *t, const char *id)
{
	struct arg arg = arg_text(id);
	int64_t one;

	return db_int_(c, &one, by_id(c, "SELECT 1 FROM", t, " FOR UPDATE"), &arg, 1);
}

int db_remove(struct ctx *c, const struct table *t, const char *id)
{
	struct arg args[2] = {arg_ts(c->now), arg_text(id)};
	bool soft = (t->flags & SOFT) != 0;

	if (!soft)
		return db_exec_(c, by_id(c, "DELETE FROM", t, ""), args + 1, 1);
	return db_exec_(c,
		mem_printf(c->mem, "UPDATE `%s` SET deleted_at=? WHERE id=? AND deleted_at IS NULL",
			t->name),
		args, 2);
}

int db_must(struct ctx *c, int rc, const char *what, const char *id)
{
	(void)id; /* an id that is absent and one of another company look alike */
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return err_set(c, E_NOT_FOUND, "There is no such %s.", what);
}

/* ---- lists with optional filters ---- */

void query_start(struct query *q, struct ctx *c, const char *literal)
{
	memset(q, 0, sizeof(*q));
	q->c = c;
	q->sql = mem_alloc(c->mem, sizeof(*q->sql));
	*q->sql = buf_new(c->mem, SQL_MAX);
	buf_text_add(q->sql, literal);
}

void query_add_(struct query *q, const char *literal, const struct arg *args, int n)
{
	if (q->n + n > (int)COUNT_OF(q->args))
		BUG("too many arguments: %s", literal);
	buf_text_add(q->sql, literal);
	for (int i = 0; i < n; i++)
		q->args[q->n++] = args[i];
}

void query_where_(struct query *q, const char *literal, const struct arg *args, int n)
{
	buf_text_add(q->sql, q->where ? " AND (" : " WHERE (");
	q->where = true;
	query_add_(q, literal, args, n);
	buf_char(q->sql, ')');
}

const char *db_like(struct ctx *c, const char *s)
{
	struct buf b = buf_new(c->mem, 2 * strlen(s) + 2);

	buf_char(&b, '%');
	for (; *s != '\0'; s++) {
		if (*s == '%' || *s == '_' || *s == '\\')
			buf_char(&b, '\\');
		buf_char(&b, *s);
	}
	buf_char(&b, '%');
	return buf_text(&b);
}

int query_rows(struct query *q, const struct table *t, struct rows *rows)
{
	return db_rows_(q->c, t, rows, buf_text(q->sql), q->args, q->n);
}

int query_exec(struct query *q)
{
	return db_exec_(q->c, buf_text(q->sql), q->args, q->n);
}

/* ---- a transaction of one's own ---- */

static void wait_a_little(int attempt)
{
	struct timespec t = {0, (1 + (long)random_below(20u << attempt)) * 1000000};

	nanosleep(&t, NULL);
}

static int attempt_once(struct ctx *c, int (*fn)(struct ctx *c, void *arg), void *arg)
{
	struct tx_witness *w = c->witness;
	int rc;

	db_begin(c);
	if (w != NULL && w->before(c, w) < 0)
		return -1;
	rc = fn(c, arg);
	if (rc >= 0 && c->err.code != E_OK)
		BUG("a result beside an error");
	if (rc < 0 || (w != NULL && w->after(c, w) < 0) || db_commit(c) < 0)
		return -1;
	if (w != NULL)
		w->committed(c, w);
	return rc;
}

int in_tx(struct ctx *c, int (*fn)(struct ctx *c, void *arg), void *arg)
{
	int rc = -1;

	for (int attempt = 1; attempt <= TRIES_MAX; attempt++) {
		rc = attempt_once(c, fn, arg);
		if (rc >= 0)
			return rc;
		db_rollback(c);
		if (!db_retryable(c) || db_commit_uncertain(c) || attempt == TRIES_MAX)
			return rc;
		err_clear(c);
		wait_a_little(attempt);
	}
	return rc;
}
