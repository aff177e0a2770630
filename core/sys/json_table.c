#include "core/sys/json.h"
#include "core/base/id.h"
#include "core/base/text.h"

/* ---- in ---- */

static void *member(const struct field *f, void *row)
{
	return (char *)row + f->offset;
}

static int check_text(struct ctx *c, const struct field *f, const char *s)
{
	if (f->type == F_ID && !id_valid(s))
		return err_field(c, f->name, "must be an id");
	if (f->type == F_TEXT && (int64_t)utf8_length(s) > f->hi)
		return err_field(c, f->name, "must have at most %lld characters", (long long)f->hi);
	if (f->type == F_TEXT && (f->flags & REQ) != 0 && *text_trim(c->mem, s) == '\0')
		return err_field(c, f->name, "must not be empty");
	return 0;
}

static int set_text(struct ctx *c, const struct field *f, const char *s, void *row)
{
	if (check_text(c, f, s) < 0)
		return -1;
	if (f->type == F_ID)
		s = text_lower(c->mem, s);
	if (f->type == F_TEXT && (f->flags & VERBATIM) == 0)
		s = text_trim(c->mem, s);
	/* empty and absent are one: no field of ours means something by "" */
	*(const char **)member(f, row) = *s == '\0' ? NULL : s;
	return 0;
}

static int set_int(struct ctx *c, const struct field *f, int64_t v, void *row)
{
	if (v < f->lo || v > f->hi)
		return err_field(c, f->name, "must be between %lld and %lld", (long long)f->lo,
			(long long)f->hi);
	*(int64_t *)member(f, row) = v;
	return 0;
}

static const char *names_list(struct ctx *c, const char *const *names)
{
	struct buf b = buf_new(c->mem, 400);

	for (int i = 0; names[i] != NULL; i++) {
		if (*names[i] != '\0') /* absent: nobody can give that */
			buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", names[i]);
	}
	return buf_text(&b);
}

/* Everything that JSON writes as a string. */
static int set_from_string(struct ctx *c, const struct field *f, const char *s, void *row)
{
	void *at = member(f, row);
	int i;

	switch (f->type) {
	case F_ID:
	case F_TEXT:
		return set_text(c, f, s, row);
	case F_TIME:
		if (!ts_parse(s, at))
			return err_field(c, f->name, "must be a time like 2026-12-01T10:00:00Z");
		return 0;
	case F_WALL:
		if (!wall_parse(s, at))
			return err_field(c, f->name, "must be a local time like 2026-12-01T10:00");
		return 0;
	case F_DAY:
		if (!day_parse(s, at))
			return err_field(c, f->name, "must be a date like 2026-12-01");
		return 0;
	case F_ENUM:
		i = *s == '\0' ? -1 : names_find(f->names, s);
		if (i < 0)
			return err_field(c, f->name, "must be one of: %s", names_list(c, f->names));
		*(int *)at = i;
		return 0;
	case F_INT:
	case F_CENTS:
		return err_field(c, f->name, "must be a whole number");
	case F_BOOL:
		return err_field(c, f->name, "must be true or false");
	case F_TEXTS:
	case F_LIST:
		return err_field(c, f->name, "must be a list");
	case F_OBJECT:
	case F_JSON:
		return err_field(c, f->name, "must be an object");
	case F_BYTES:
		break;
	}
	return err_field(c, f->name, "cannot be given");
}

static int set_texts(struct ctx *c, const struct field *f, const struct json *j, void *row)
{
	struct texts *out = member(f, row);
	size_t n = json_count(j);

	if (!json_is_array(j))
		return err_field(c, f->name, "must be a list");
	if ((int64_t)n > f->hi)
		return err_field(c, f->name, "must have at most %lld entries", (long long)f->hi);
	out->p = mem_alloc(c->mem, (n + 1) * sizeof(char *));
	for (const struct json *k = json_first(j); k != NULL; k = json_next(k)) {
		const char *s = json_string(k);

		if (s == NULL)
			return err_field(c, f->name, "must be a list of strings");
		out->p[out->n++] = s;
	}
	return 0;
}

static int set_object(
	struct ctx *c, const struct field *f, const struct json *j, enum json_mode mode, void *row)
{
	int before = c->err.n_fields;
	void *sub = mem_alloc(c->mem, f->sub->size);

	if (!json_is_object(j))
		return err_field(c, f->name, "must be an object");
	*(void **)member(f, row) = sub;
	if (json_decode(c, j, f->sub, mode, sub, NULL) == 0)
		return 0;
	err_path(c, before, f->name); /* "customer.name" */
	return -1;
}

/* Each element is a new object. */
static int set_list(struct ctx *c, const struct field *f, const struct json *j, void *row)
{
	struct rows *out = member(f, row);
	size_t n = json_count(j);
	int rc = 0;

	if (!json_is_array(j))
		return err_field(c, f->name, "must be a list");
	if ((int64_t)n > f->hi)
		return err_field(c, f->name, "must have at most %lld entries", (long long)f->hi);
	*out = (struct rows){mem_alloc(c->mem, (n + 1) * f->sub->size), 0};
	for (const struct json *k = json_first(j); k != NULL; k = json_next(k)) {
		const char *path = mem_printf(c->mem, "%s.%zu", f->name, out->n);
		void *at = (char *)out->p + out->n++ * f->sub->size;
		int before = c->err.n_fields;

		if (!json_is_object(k))
			rc = err_field(c, path, "must be an object");
		else if (json_decode(c, k, f->sub, JSON_CREATE, at, NULL) < 0)
			rc = -1;
		else
			continue;
		if (before < c->err.n_fields && json_is_object(k))
			err_path(c, before, path); /* "data.2.weekday" */
	}
	return rc;
}

/* An object of somebody else's shape, as text again. */
static int set_json(struct ctx *c, const struct field *f, const struct json *j, void *row)
{
	if (!json_is_object(j))
		return err_field(c, f->name, "must be an object");
	const char *s = json_print(c, j);

	if ((int64_t)strlen(s) > f->hi)
		return err_field(c, f->name, "must have at most %lld bytes", (long long)f->hi);
	*(const char **)member(f, row) = s;
	return 0;
}

static int set_member(
	struct ctx *c, const struct field *f, const struct json *j, enum json_mode mode, void *row)
{
	const char *s = json_string(j);
	int64_t i;

	if (s != NULL)
		return set_from_string(c, f, s, row);
	if ((f->type == F_INT || f->type == F_CENTS) && json_number(j, &i))
		return set_int(c, f, i, row);
	if (f->type == F_BOOL && json_truth(j, member(f, row)))
		return 0;
	if (f->type == F_TEXTS)
		return set_texts(c, f, j, row);
	if (f->type == F_LIST)
		return set_list(c, f, j, row);
	if (f->type == F_OBJECT)
		return set_object(c, f, j, mode, row);
	if (f->type == F_JSON)
		return set_json(c, f, j, row);
	if (f->type == F_TEXT || f->type == F_ID || f->type == F_ENUM)
		return err_field(c, f->name, "must be a string");
	return set_from_string(c, f, "", row); /* says what it must be */
}

/* null: as if nothing had been said, where that can be. */
static int set_null(struct ctx *c, const struct field *f, const struct table *t)
{
	if ((f->flags & REQ) != 0)
		return err_field(c, f->name, "is required");
	if (t->fresh == NULL && f->type == F_INT && f->lo > 0 && (f->flags & NULL0) == 0)
		return err_field(c, f->name, "must be between %lld and %lld", (long long)f->lo,
			(long long)f->hi);
	return 0;
}

static int decode_one(struct ctx *c, const struct json *k, const struct table *t,
	enum json_mode mode, void *row, uint64_t *seen)
{
	const struct field *f = table_field(t, json_key(k));

	if (f == NULL || (f->flags & (HIDDEN | JOINED)) != 0)
		return err_field(c, json_key(k), "is not known here");
	if ((f->flags & RO) != 0)
		return err_field(c, f->name, "cannot be set");
	*seen |= field_bit(t, f);
	return json_is_null(k) ? set_null(c, f, t) : set_member(c, f, k, mode, row);
}

int json_decode(struct ctx *c, const struct json *j, const struct table *t, enum json_mode mode,
	void *row, uint64_t *given)
{
	uint64_t seen = 0;
	int rc = 0;

	if (t->n > 64)
		BUG("table %s has more than 64 fields", t->name);
	if (!json_is_object(j))
		return err_set(c, E_BAD_REQUEST, "The body must be a JSON object.");
	if (t->fresh != NULL)
		memcpy(row, t->fresh, t->size);
	for (const struct json *k = json_first(j); k != NULL; k = json_next(k)) {
		if (decode_one(c, k, t, mode, row, &seen) < 0)
			rc = -1;
	}
	for (size_t i = 0; i < t->n && mode == JSON_CREATE; i++) {
		if ((t->fields[i].flags & REQ) != 0 && (seen >> i & 1) == 0)
			rc = err_field(c, t->fields[i].name, "is required");
	}
	if (given != NULL)
		*given = seen;
	return rc;
}

/* false and true, as they stand in a query. */
static const char *const TRUTHS[] = {"false", "true", "0", "1", NULL};

int field_from_text(struct ctx *c, const struct field *f, const char *text, void *row)
{
	int64_t v;

	if ((f->type == F_INT || f->type == F_CENTS) && text_int(text, INT64_MIN, INT64_MAX, &v))
		return set_int(c, f, v, row);
	if (f->type == F_BOOL && names_find(TRUTHS, text) >= 0) {
		*(bool *)member(f, row) = names_find(TRUTHS, text) % 2 == 1;
		return 0;
	}
	return set_from_string(c, f, text, row);
}

/* ---- out ---- */

/* Bytes that need no escape: all but quotes, backslash and control characters. */
static size_t plain_run(const char *s)
{
	size_t n = 0;

	while ((uint8_t)s[n] >= 0x20 && s[n] != '"' && s[n] != '\\' && s[n] != 0x7F)
		n++;
	return n;
}

void json_quote(struct buf *b, const char *s)
{
	size_t ascii = 0;

	while (s[ascii] >= 0x20 && s[ascii] < 0x7F && s[ascii] != '"' && s[ascii] != '\\')
		ascii++;
	buf_char(b, '"');
	if (s[ascii] == '\0') { /* most text: as it is */
		buf_add(b, s, ascii);
		buf_char(b, '"');
		return;
	}
	s = utf8_mend(b->mem, s);
	while (*s != '\0') {
		size_t n = plain_run(s);

		buf_add(b, s, n);
		s += n;
		if (*s == '"' || *s == '\\')
			buf_printf(b, "\\%c", *s);
		else if (*s == '\n')
			buf_text_add(b, "\\n");
		else if (*s != '\0')
			buf_printf(b, "\\u%04x", (unsigned)(uint8_t)*s);
		s += *s != '\0';
	}
	buf_char(b, '"');
}

static void quote_text(struct buf *b, const char *s)
{
	if (s == NULL)
		buf_text_add(b, "null");
	else
		json_quote(b, s);
}

/* Text of ours that needs no look for escapes. */
static void put_clock(struct buf *b, bool present, const char *text)
{
	if (!present) {
		buf_add(b, "null", 4);
		return;
	}
	buf_char(b, '"');
	buf_text_add(b, text);
	buf_char(b, '"');
}

static void put_texts(struct buf *b, const struct texts *t)
{
	buf_char(b, '[');
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_char(b, ',');
		json_quote(b, t->p[i]);
	}
	buf_char(b, ']');
}

static void put_row(struct buf *b, const struct table *t, const void *row, unsigned withheld);

static void put_rows(
	struct buf *b, const struct table *t, const struct rows *rows, unsigned withheld)
{
	buf_char(b, '[');
	for (size_t i = 0; i < rows->n; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_row(b, t, (const char *)rows->p + i * t->size, withheld);
	}
	buf_char(b, ']');
}

/* withheld: null stands for the fields with one of these flags. */
static void put_member(struct buf *b, const struct field *f, const void *row, unsigned withheld)
{
	const void *at = (const char *)row + f->offset;
	const void *sub;
	int64_t i;

	if ((f->flags & withheld) != 0) {
		buf_text_add(b, "null");
		return;
	}
	switch (f->type) {
	case F_ID:
	case F_TEXT:
		quote_text(b, *(const char *const *)at);
		break;
	case F_INT:
	case F_CENTS:
		i = *(const int64_t *)at;
		if (i == 0 && (f->flags & NULL0) != 0)
			buf_text_add(b, "null");
		else
			buf_int(b, i);
		break;
	case F_BOOL:
		buf_text_add(b, *(const bool *)at ? "true" : "false");
		break;
	case F_TIME:
		put_clock(b, ((const ts_t *)at)->ms != 0, ts_text(b->mem, *(const ts_t *)at));
		break;
	case F_WALL:
		put_clock(
			b, ((const wall_t *)at)->min != 0, wall_text(b->mem, *(const wall_t *)at));
		break;
	case F_DAY:
		put_clock(b, ((const day_t *)at)->n != 0, day_text(b->mem, *(const day_t *)at));
		break;
	case F_ENUM:
		if (*(const int *)at == 0 && (f->flags & NULL0) != 0)
			buf_text_add(b, "null");
		else
			quote_text(b, f->names[*(const int *)at]);
		break;
	case F_JSON:
		buf_text_add(b, *(const char *const *)at ? *(const char *const *)at : "null");
		break;
	case F_TEXTS:
		put_texts(b, at);
		break;
	case F_LIST:
		put_rows(b, f->sub, at, withheld);
		break;
	case F_OBJECT:
		sub = *(const void *const *)at;
		if (sub == NULL)
			buf_text_add(b, "null");
		else
			put_row(b, f->sub, sub, withheld);
		break;
	case F_BYTES:
		BUG("%s is never shown", f->name);
	}
}

static void put_row(struct buf *b, const struct table *t, const void *row, unsigned withheld)
{
	bool first = true;

	buf_char(b, '{');
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if ((f->flags & HIDDEN) != 0)
			continue;
		buf_add(b, first ? "\"" : ",\"", first ? 1 : 2);
		buf_text_add(b, f->name);
		buf_add(b, "\":", 2);
		put_member(b, f, row, withheld);
		first = false;
	}
	buf_char(b, '}');
}

void json_row(struct buf *b, const struct table *t, const void *row)
{
	put_row(b, t, row, 0);
}

void json_row_stored(struct buf *b, const struct table *t, const void *row)
{
	put_row(b, t, row, ONCE);
}

void json_rows(struct buf *b, const struct table *t, const struct rows *rows)
{
	put_rows(b, t, rows, 0);
}
