#include "core/base/table.h"
#include "core/base/buf.h"
#include "core/base/text.h"

const struct field *table_field(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->fields[i].name, name) == 0)
			return &t->fields[i];
	}
	return NULL;
}

int names_find(const char *const *names, const char *s)
{
	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], s) == 0)
			return i;
	}
	return -1;
}

bool texts_have(const struct texts *all, const char *s)
{
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->p[i], s) == 0)
			return true;
	}
	return false;
}

bool table_has(const struct table *t, unsigned flag)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];
		bool nested = f->type == F_LIST || f->type == F_OBJECT;

		if ((f->flags & flag) != 0 || (nested && table_has(f->sub, flag)))
			return true;
	}
	return false;
}

const char *texts_list(struct arena *mem, const struct texts *all)
{
	size_t n = 1;

	for (size_t i = 0; i < all->n; i++)
		n += strlen(all->p[i]) + 1;
	struct buf b = buf_new(mem, n);
	for (size_t i = 0; i < all->n; i++) {
		if (strchr(all->p[i], ',') != NULL)
			BUG("a comma in an entry of a list: %s", all->p[i]);
		buf_printf(&b, "%s%s", i > 0 ? "," : "", all->p[i]);
	}
	return all->n > 0 ? buf_text(&b) : NULL;
}

struct texts texts_of(struct arena *mem, const char *list)
{
	struct texts t = {NULL, 0};

	if (text_empty(list))
		return t;
	t.p = mem_alloc(mem, (strlen(list) + 1) * sizeof(char *));
	for (const char *p = list; *p != '\0'; p += strspn(p, ",")) {
		size_t n = strcspn(p, ",");

		t.p[t.n++] = mem_text_n(mem, p, n);
		p += n;
	}
	return t;
}

size_t field_size(const struct field *f)
{
	switch (f->type) {
	case F_ID:
	case F_TEXT:
	case F_JSON:
	case F_OBJECT:
		return sizeof(void *);
	case F_INT:
	case F_CENTS:
		return sizeof(int64_t);
	case F_BOOL:
		return sizeof(bool);
	case F_TIME:
		return sizeof(ts_t);
	case F_WALL:
		return sizeof(wall_t);
	case F_DAY:
		return sizeof(day_t);
	case F_ENUM:
		return sizeof(int);
	case F_BYTES:
		return sizeof(struct bytes);
	case F_TEXTS:
		return sizeof(struct texts);
	case F_LIST:
		return sizeof(struct rows);
	}
	BUG("%s has no type", f->name);
}

bool field_same(const struct field *f, const void *a, const void *b)
{
	const void *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;

	if (f->type == F_ID || f->type == F_TEXT || f->type == F_JSON)
		return text_same(*(const char *const *)x, *(const char *const *)y);
	if (f->type == F_BYTES) {
		const struct bytes *p = x, *q = y;

		return p->n == q->n && (p->n == 0 || memcmp(p->p, q->p, p->n) == 0);
	}
	return memcmp(x, y, field_size(f)) == 0;
}

static const char *number_text(struct arena *mem, const struct field *f, int64_t i)
{
	return i == 0 && (f->flags & NULL0) != 0 ? NULL : mem_printf(mem, "%" PRId64, i);
}

const char *field_text(struct arena *mem, const struct field *f, const void *row)
{
	const void *at = (const char *)row + f->offset;

	switch (f->type) {
	case F_ID:
	case F_TEXT:
	case F_JSON:
		return *(const char *const *)at;
	case F_INT:
	case F_CENTS:
		return number_text(mem, f, *(const int64_t *)at);
	case F_BOOL:
		return *(const bool *)at ? "true" : "false";
	case F_TIME:
		return ((const ts_t *)at)->ms == 0 ? NULL : ts_text(mem, *(const ts_t *)at);
	case F_WALL:
		return ((const wall_t *)at)->min == 0 ? NULL : wall_text(mem, *(const wall_t *)at);
	case F_DAY:
		return ((const day_t *)at)->n == 0 ? NULL : day_text(mem, *(const day_t *)at);
	case F_ENUM:
		if (*(const int *)at == 0 && (f->flags & NULL0) != 0)
			return NULL;
		return f->names[*(const int *)at];
	case F_BYTES:
		if (((const struct bytes *)at)->p == NULL)
			return NULL;
		return hex_encode(mem, *(const struct bytes *)at);
	case F_TEXTS:
	case F_LIST:
	case F_OBJECT:
		break;
	}
	BUG("%s is not one text", f->name);
}

uint64_t table_diff(const struct table *t, const void *a, const void *b)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (field_is_column(&t->fields[i]) && !field_same(&t->fields[i], a, b))
			bits |= field_bit(t, &t->fields[i]);
	}
	return bits;
}

void table_merge(const struct table *t, void *to, const void *from, uint64_t members)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if ((members & field_bit(t, f)) != 0)
			memcpy((char *)to + f->offset, (const char *)from + f->offset,
				field_size(f));
	}
}

const char **table_id(const struct table *t, const void *row)
{
	const struct field *f = table_field(t, "id");

	if (f == NULL || f->type != F_ID)
		BUG("rows of %s have no id", t->name);
	return (const char **)(uintptr_t)((const char *)row + f->offset);
}
