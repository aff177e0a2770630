#include "fcgi/page.h"
#include "fcgi/route.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/json.h"
#include "core/sys/list.h"

#define PARAMETERS_MAX 40

/* ---- what lists take ---- */

static const struct field LIST_QUERY_FIELDS[] = {
	INT(list_query, limit, 0, 1, PAGE_MAX),
	TEXT(list_query, cursor, 0, LIST_CURSOR_MAX),
	TEXT(list_query, sort, 0, 64),
	TEXT(list_query, q, PERSONAL, 100),
	DAY(list_query, from, 0),
	DAY(list_query, to, 0),
};
const struct table LIST_QUERY = TABLE(list_query, "list_query", LIST_QUERY_FIELDS);

static const struct field PAGE_QUERY_FIELDS[] = {
	INT(page_query, limit, 0, 1, PAGE_MAX),
	TEXT(page_query, cursor, 0, 100),
};
const struct table PAGE_QUERY = TABLE(page_query, "page_query", PAGE_QUERY_FIELDS);

bool list_takes(const struct route *k, const struct field *f)
{
	if (strcmp(f->name, "q") == 0)
		return list_has_search(k->out);
	if (strcmp(f->name, "from") == 0 || strcmp(f->name, "to") == 0)
		return list_has_period(k->out);
	return true;
}

bool list_takes_filter(const struct route *k, const struct field *f)
{
	size_t n = k->parent == NULL ? 0 : strlen(k->parent->name);

	if (n > 0 && strncmp(f->name, k->parent->name, n) == 0 && strcmp(f->name + n, "_id") == 0)
		return false;
	return list_filters_by(f);
}

/* ---- query text ---- */

static int hex_value(char c)
{
	uint8_t v;
	char two[3] = {'0', c, 0};

	return hex_decode(two, &v, 1) ? v : -1;
}

/* Percent and plus decoded; NULL when malformed or not UTF-8. */
static const char *url_decode(struct arena *mem, const char *s, size_t n)
{
	char *p = mem_alloc(mem, n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '%') {
			p[k++] = s[i] == '+' ? ' ' : s[i];
			continue;
		}
		if (n - i < 3)
			return NULL;
		int a = hex_value(s[i + 1]), b = hex_value(s[i + 2]);
		if (a < 0 || b < 0)
			return NULL;
		p[k++] = (char)(a << 4 | b);
		i += 2;
	}
	return utf8_valid(p, k) ? p : NULL;
}

/* A parameter that filters: into the row that is asked for. */
static int take_filter(struct req *r, const char *name, const char *value)
{
	struct list_query *q = r->query;
	const struct table *t = r->route->out;
	const struct field *f = table_field(t, name);

	if (f == NULL || !list_takes_filter(r->route, f))
		return err_field(&r->c, name, "is not a parameter of this address");
	if ((q->filters & field_bit(t, f)) != 0)
		return err_field(&r->c, name, "was given twice");
	if (*value == '\0')
		return 0;
	q->filters |= field_bit(t, f);
	return field_from_text(&r->c, f, value, q->asked);
}

static int take_parameter(struct req *r, const char *name, const char *value, uint64_t *seen)
{
	const struct table *t = r->route->query;
	const struct field *f = t == NULL ? NULL : table_field(t, name);
	bool list = t == &LIST_QUERY;

	if (list && (f == NULL || !list_takes(r->route, f)))
		return take_filter(r, name, value);
	if (f == NULL)
		return err_field(&r->c, name, "is not a parameter of this address");
	if (*seen & field_bit(t, f))
		return err_field(&r->c, name, "was given twice");
	*seen |= field_bit(t, f);
	if (list && strcmp(name, "sort") == 0 && *value != '\0' &&
		!list_sorts_by(r->route->out, value))
		return err_field(&r->c, name, "is not a field that may sort this list");
	return *value == '\0' ? 0 : field_from_text(&r->c, f, value, r->query);
}

static void *new_query(struct req *r)
{
	const struct table *t = r->route->query;
	void *query = t == NULL ? NULL : mem_alloc(r->c.mem, t->size);

	if (t == &LIST_QUERY)
		((struct list_query *)query)->asked = mem_alloc(r->c.mem, r->route->out->size);
	return query;
}

int query_decode(struct req *r)
{
	struct ctx *c = &r->c;
	const struct table *t = r->route->query;
	const char *p = r->query_text != NULL ? r->query_text : "";
	uint64_t seen = 0;
	int rc = 0, count = 0;

	r->query = new_query(r);
	while (*p != '\0') {
		size_t n = strcspn(p, "&");
		size_t k = strcspn(p, "=&");
		const char *name = url_decode(c->mem, p, k);
		const char *value = k < n ? url_decode(c->mem, p + k + 1, n - k - 1) : "";

		if (name == NULL || value == NULL || ++count > PARAMETERS_MAX)
			return err_set(
				c, E_BAD_REQUEST, "The query of the address could not be read.");
		if (n > 0 && take_parameter(r, name, value, &seen) < 0)
			rc = -1;
		p += n + (p[n] == '&');
	}
	for (size_t i = 0; t != NULL && i < t->n; i++) {
		if ((t->fields[i].flags & REQ) != 0 && (seen >> i & 1) == 0)
			rc = err_field(c, t->fields[i].name, "is required");
	}
	return rc;
}

/* ---- cursors: base64url of "milliseconds:id" ---- */

int page_read(struct req *r, int64_t limit, const char *cursor, struct page *p)
{
	struct bytes raw;

	memset(p, 0, sizeof(*p));
	p->limit = limit > 0 ? limit : PAGE_DEFAULT;
	if (cursor == NULL)
		return 0;
	if (base64url_decode(r->c.mem, cursor, &raw) && raw.n > ID_LENGTH + 1 && raw.n < 64) {
		const char *text = mem_text_n(r->c.mem, (const char *)raw.p, raw.n);
		const char *colon = strchr(text, ':');

		if (colon != NULL && id_valid(colon + 1) &&
			text_int(mem_text_n(r->c.mem, text, (size_t)(colon - text)), 1,
				INT64_C(253402300799999), &p->after.ms)) {
			p->after_id = colon + 1;
			return 0;
		}
	}
	return err_field(&r->c, "cursor", "is not one that this address gave out");
}

const char *page_next(struct req *r, const struct page *p, const struct table *t, struct rows *rows,
	const char *time_field)
{
	const struct field *id = table_field(t, "id"), *time = table_field(t, time_field);

	if (id == NULL || time == NULL || time->type != F_TIME)
		BUG("table %s cannot be paged by %s", t->name, time_field);
	if ((int64_t)rows->n <= p->limit)
		return NULL;
	rows->n = (size_t)p->limit;
	const char *last = (const char *)rows->p + (rows->n - 1) * t->size;
	const char *text =
		mem_printf(r->c.mem, "%" PRId64 ":%s", ((const ts_t *)(last + time->offset))->ms,
			*(const char *const *)(last + id->offset));
	struct bytes raw = {(const uint8_t *)text, strlen(text)};

	return base64url_encode(r->c.mem, raw);
}
