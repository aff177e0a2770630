#include "core/sys/list.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/text.h"

#define LITERAL_MAX 400

/* ---- what a table offers ---- */

/* Whether a text can be compared with the column: MariaDB has an error for two
 * sets of characters. */
static bool comparable(const struct field *f, const char *s)
{
	if ((f->flags & ASCII) == 0)
		return true;
	while (*s != '\0' && (uint8_t)*s < 0x80)
		s++;
	return *s == '\0';
}

static bool is_period(const struct field *f)
{
	return (f->flags & FILTER) != 0 && (f->type == F_DAY || f->type == F_WALL);
}

bool list_filters_by(const struct field *f)
{
	return (f->flags & FILTER) != 0 && !is_period(f);
}

bool list_has_period(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (is_period(&t->fields[i]))
			return true;
	}
	return false;
}

bool list_has_search(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if ((t->fields[i].flags & SEARCH) != 0)
			return true;
	}
	return false;
}

bool list_sorts_by(const struct table *t, const char *sort)
{
	const struct field *f = table_field(t, *sort == '-' ? sort + 1 : sort);

	return f != NULL && (f->flags & SORT) != 0;
}

/* ---- the order: a column, or NULL for ids alone ---- */

struct order {
	const struct field *by;
	bool descending;
};

static struct order order_of(const struct list *l)
{
	const struct table *t = l->table;
	struct order o = {0};

	if (l->sort != NULL) {
		o.descending = *l->sort == '-';
		o.by = table_field(t, l->sort + o.descending);
		return o;
	}
	for (size_t i = 0; i < t->n && o.by == NULL; i++) {
		if ((t->fields[i].flags & BY) == BY)
			o.by = &t->fields[i];
	}
	o.descending = o.by != NULL && o.by->type == F_TIME;
	return o;
}

/* ---- places: base64url of "sort:id:value", the value as text or number ---- */

static const char *value_text(struct ctx *c, const struct field *f, const void *row)
{
	struct arg a = db_member(f, row);

	if (a.type == ARG_NULL)
		return "";
	if (a.type == ARG_TEXT)
		return mem_printf(c->mem, "=%s", a.v.text);
	return mem_printf(c->mem, "=%" PRId64, a.v.i);
}

/* The value as an argument of the field's type; false when it is none. */
static bool value_arg(const struct field *f, const char *s, struct arg *out)
{
	struct arg like = {ARG_INT, {.i = 0}};

	if (*s == '\0') {
		*out = (struct arg){ARG_NULL, {.i = 0}};
		return true;
	}
	if (*s++ != '=')
		return false;
	if (f->type == F_ID || f->type == F_TEXT) {
		*out = arg_text(s);
		return f->type == F_TEXT ? comparable(f, s) : id_valid(s);
	}
	if (f->type == F_TIME)
		like.type = ARG_TIME;
	else if (f->type == F_WALL)
		like.type = ARG_WALL;
	else if (f->type == F_DAY)
		like.type = ARG_DAY;
	*out = like;
	/* beyond the year 9999 no value of ours can lie */
	return text_int(s, like.type == ARG_INT ? INT64_MIN : 1,
		like.type == ARG_TIME           ? INT64_C(253402300799999)
			: like.type == ARG_WALL ? INT64_C(4223371679)
			: like.type == ARG_DAY  ? 2932896
						: INT64_MAX,
		&out->v.i);
}

struct place {
	const char *id;
	struct arg value;
};

static bool place_read(struct ctx *c, const struct list *l, struct order o, struct place *p)
{
	const char *sort = l->sort != NULL ? l->sort : "";
	size_t n = strlen(sort);
	struct bytes raw;

	if (strlen(l->cursor) > LIST_CURSOR_MAX || !base64url_decode(c->mem, l->cursor, &raw))
		return false;
	const char *s = mem_text_n(c->mem, (const char *)raw.p, raw.n);
	if (!utf8_valid(s, raw.n) || strncmp(s, sort, n) != 0 || s[n] != ':' ||
		raw.n < n + ID_LENGTH + 2 || s[n + ID_LENGTH + 1] != ':')
		return false;
	p->id = mem_text_n(c->mem, s + n + 1, ID_LENGTH);
	if (!id_valid(p->id))
		return false;
	return o.by == NULL || value_arg(o.by, s + n + ID_LENGTH + 2, &p->value);
}

/* ---- statements ---- */

#define LITERAL(q, ...) mem_printf((q)->c->mem, __VA_ARGS__)

static void where_asked(struct query *q, const struct list *l)
{
	const struct table *t = l->table;

	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if ((l->filters & field_bit(t, f)) == 0)
			continue;
		struct arg a = db_member(f, l->asked);
		if (!field_is_column(f))
			BUG("%s is no column of %s", f->name, t->name);
		if (a.type == ARG_TEXT && !comparable(f, a.v.text))
			query_where(q, "FALSE");
		else
			query_where_(q, LITERAL(q, "`%s` = ?", f->name), &a, 1);
	}
}

static void where_text(struct query *q, const struct list *l)
{
	struct arg args[16];
	struct buf b = buf_new(q->c->mem, LITERAL_MAX);
	int n = 0;

	for (size_t i = 0; i < l->table->n && n < (int)COUNT_OF(args); i++) {
		const struct field *f = &l->table->fields[i];

		if ((f->flags & SEARCH) == 0 || !comparable(f, l->q))
			continue;
		buf_printf(&b, "%s`%s` LIKE ?", n > 0 ? " OR " : "", f->name);
		args[n++] = arg_text(db_like(q->c, l->q));
	}
	query_where_(q, n > 0 ? buf_text(&b) : "FALSE", args, n);
}

/* Between these two days, both included: the table's first day or wall clock
 * is where a row begins, its last one is where it ends (excluded, if it is a
 * wall clock). */
static void where_period(struct query *q, const struct list *l)
{
	const struct field *first = NULL, *last = NULL;

	for (size_t i = 0; i < l->table->n; i++) {
		if (is_period(&l->table->fields[i])) {
			last = &l->table->fields[i];
			first = first == NULL ? last : first;
		}
	}
	if (first == NULL)
		return;
	if (l->to.n != 0) {
		struct arg end = arg_day((day_t){l->to.n + 1});

		query_where_(q, LITERAL(q, "`%s` < ?", first->name), &end, 1);
	}
	if (l->from.n != 0) {
		struct arg begin = arg_day(l->from);
		bool wall = last->type == F_WALL;

		query_where_(q, LITERAL(q, "`%s` %s ?", last->name, wall ? ">" : ">="), &begin, 1);
	}
}

/* Keyset pages: "a >= ? AND (a > ? OR id > ?)", NULL before all others. */
static void where_behind(struct query *q, struct order o, const struct place *p)
{
	const char *past = o.descending ? "<" : ">";
	struct arg id = arg_text(p->id), args[3] = {p->value, p->value, id};

	if (o.by == NULL) {
		query_where_(q, LITERAL(q, "id %s ?", past), &id, 1);
		return;
	}
	const char *name = o.by->name;
	if (p->value.type == ARG_NULL && o.descending)
		query_where_(q, LITERAL(q, "`%s` IS NULL AND id < ?", name), &id, 1);
	else if (p->value.type == ARG_NULL)
		query_where_(q, LITERAL(q, "`%s` IS NOT NULL OR id > ?", name), &id, 1);
	else
		query_where_(q,
			LITERAL(q, "%s%s`%s` %s= ? AND (`%s` %s ? OR id %s ?)",
				o.descending ? LITERAL(q, "`%s` IS NULL", name) : "",
				o.descending ? " OR " : "", name, past, name, past, past),
			args, 3);
}

void list_query(struct ctx *c, const struct list *l, struct query *q)
{
	query_start(q, c, mem_printf(c->mem, "SELECT {cols} FROM `%s`", l->table->name));
	if ((l->table->flags & SOFT) != 0)
		query_where(q, "deleted_at IS NULL");
	where_asked(q, l);
	if (!text_empty(l->q))
		where_text(q, l);
	where_period(q, l);
}

int list_rows(struct query *q, const struct list *l, struct rows *out)
{
	struct order o = order_of(l);
	const char *way = o.descending ? " DESC" : "";
	struct arg limit = arg_int(l->limit + 1);
	struct place p;

	if (l->cursor != NULL) {
		if (!place_read(q->c, l, o, &p))
			return err_field(q->c, "cursor", "is not one that this address gave out");
		where_behind(q, o, &p);
	}
	const char *by = o.by == NULL ? "" : LITERAL(q, "`%s`%s, ", o.by->name, way);
	query_add_(q, LITERAL(q, " ORDER BY %sid%s LIMIT ?", by, way), &limit, 1);
	return query_rows(q, l->table, out) < 0 ? -1 : 0;
}

const char *list_next(struct ctx *c, const struct list *l, struct rows *rows)
{
	struct order o = order_of(l);

	if ((int64_t)rows->n <= l->limit)
		return NULL;
	rows->n = (size_t)l->limit;
	const char *last = (const char *)rows->p + (rows->n - 1) * l->table->size;
	const char *text = mem_printf(c->mem, "%s:%s:%s", l->sort != NULL ? l->sort : "",
		*table_id(l->table, last), o.by == NULL ? "" : value_text(c, o.by, last));
	struct bytes raw = {(const uint8_t *)text, strlen(text)};

	return base64url_encode(c->mem, raw);
}
