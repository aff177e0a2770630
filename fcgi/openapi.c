#include "fcgi/openapi.h"
#include "core/health/health.h"
#include "core/sys/json.h"
#include "core/sys/list.h"
#include "fcgi/page.h"
#include "fcgi/route.h"

#define DOCUMENT_MAX (4u << 20)
#define TABLES_MAX 200

/* ---- names ---- */

/* "login_reply" -> "LoginReply" */
static const char *schema_name(struct arena *mem, const struct table *t)
{
	char *p = mem_text(mem, t->name), *q = p;
	bool up = true;

	for (const char *s = t->name; *s != '\0'; s++) {
		if (*s == '_') {
			up = true;
			continue;
		}
		*q++ = (char)(up && *s >= 'a' && *s <= 'z' ? *s - ('a' - 'A') : *s);
		up = false;
	}
	*q = '\0';
	return p;
}

static void put_ref(struct buf *b, const struct table *t)
{
	buf_printf(b, "{\"$ref\":\"#/components/schemas/%s\"}", schema_name(b->mem, t));
}

/* ---- schemas ---- */

static bool may_be_null(const struct field *f, bool input)
{
	if (input)
		return (f->flags & REQ) == 0;
	if ((f->flags & ONCE) != 0)
		return true;
	return (f->flags & (REQ | NULL0)) == NULL0 ||
		((f->flags & REQ) == 0 && f->type != F_INT && f->type != F_CENTS &&
			f->type != F_BOOL && f->type != F_ENUM && f->type != F_TEXTS &&
			f->type != F_LIST && strcmp(f->name, "id") != 0);
}

static void put_type(struct buf *b, const char *type, bool null)
{
	if (null)
		buf_printf(b, "\"type\":[\"%s\",\"null\"]", type);
	else
		buf_printf(b, "\"type\":\"%s\"", type);
}

static void put_names(struct buf *b, const struct field *f, bool null)
{
	bool first = true;

	buf_text_add(b, ",\"enum\":[");
	for (int i = 0; f->names[i] != NULL; i++) {
		if (*f->names[i] == '\0')
			continue;
		buf_printf(b, first ? "\"%s\"" : ",\"%s\"", f->names[i]);
		first = false;
	}
	buf_text_add(b, null ? ",null]" : "]");
}

static void put_schema(struct buf *b, const struct table *t, bool input);

/* Replies refer to a schema by name; what a request contains stands inside. */
static void put_sub(struct buf *b, const struct table *t, bool input)
{
	if (input)
		put_schema(b, t, true);
	else
		put_ref(b, t);
}

static void put_nested(struct buf *b, const struct field *f, bool null, bool input)
{
	if (f->type == F_LIST) {
		buf_text_add(b, "\"type\":\"array\",\"items\":");
		put_sub(b, f->sub, input);
		return;
	}
	buf_text_add(b, "\"anyOf\":[");
	put_sub(b, f->sub, input);
	buf_text_add(b, null ? ",{\"type\":\"null\"}]" : "]");
}

static void put_field(struct buf *b, const struct field *f, bool input)
{
	bool null = may_be_null(f, input);

	buf_char(b, '{');
	switch (f->type) {
	case F_ID:
		put_type(b, "string", null);
		buf_text_add(b, ",\"format\":\"uuid\"");
		break;
	case F_TEXT:
		put_type(b, "string", null);
		buf_printf(b, ",\"maxLength\":%" PRId64, f->hi);
		break;
	case F_INT:
	case F_CENTS:
		put_type(b, "integer", null);
		break;
	case F_BOOL:
		put_type(b, "boolean", null);
		break;
	case F_TIME:
		put_type(b, "string", null);
		buf_text_add(b, ",\"format\":\"date-time\"");
		break;
	case F_WALL:
		put_type(b, "string", null);
		buf_text_add(b, ",\"description\":\"local wall clock, YYYY-MM-DDTHH:MM\"");
		break;
	case F_DAY:
		put_type(b, "string", null);
		buf_text_add(b, ",\"format\":\"date\"");
		break;
	case F_ENUM:
		put_type(b, "string", null);
		put_names(b, f, null);
		break;
	case F_JSON:
		put_type(b, "object", true);
		buf_text_add(b, ",\"additionalProperties\":true");
		break;
	case F_TEXTS:
		put_type(b, "array", !input && null);
		buf_text_add(b, ",\"items\":{\"type\":\"string\"}");
		break;
	case F_LIST:
	case F_OBJECT:
		put_nested(b, f, null, input);
		break;
	case F_BYTES:
		BUG("%s is never shown", f->name);
	}
	buf_char(b, '}');
}

static bool shown(const struct field *f, bool input)
{
	return (f->flags & HIDDEN) == 0 && !(input && (f->flags & (RO | JOINED)) != 0);
}

/* What a request must hold; of a PATCH nothing. */
static bool required(const struct field *f, bool input)
{
	return !input || (f->flags & REQ) != 0;
}

static void put_schema_of(struct buf *b, const struct table *t, bool input, bool patch)
{
	bool first = true;

	buf_text_add(b, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < t->n; i++) {
		if (!shown(&t->fields[i], input))
			continue;
		buf_printf(b, "%s\"%s\":", first ? "" : ",", t->fields[i].name);
		put_field(b, &t->fields[i], input);
		first = false;
	}
	buf_text_add(b, "},\"required\":[");
	first = true;
	for (size_t i = 0; i < t->n; i++) {
		/* replies name every member; requests what must be given */
		if (!shown(&t->fields[i], input) || !required(&t->fields[i], input) || patch)
			continue;
		buf_printf(b, "%s\"%s\"", first ? "" : ",", t->fields[i].name);
		first = false;
	}
	buf_text_add(b, "]}");
}

static void put_schema(struct buf *b, const struct table *t, bool input)
{
	put_schema_of(b, t, input, false);
}

struct tables {
	const struct table *t[TABLES_MAX];
	size_t n;
};

static void gather(struct tables *all, const struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < all->n; i++) {
		if (all->t[i] == t)
			return;
		if (strcmp(all->t[i]->name, t->name) == 0)
			BUG("two schemas are called %s", t->name);
	}
	if (all->n == TABLES_MAX)
		BUG("too many tables for OpenAPI");
	all->t[all->n++] = t;
	for (size_t i = 0; i < t->n; i++) {
		if (t->fields[i].type != F_ID) /* (that is a reference) */
			gather(all, t->fields[i].sub);
	}
}

static void put_schemas(struct buf *b)
{
	struct tables out = {.n = 0};

	for (size_t i = 0; i < ROUTES_COUNT; i++) {
		if (ROUTES[i].shape != SHAPE_NONE)
			gather(&out, ROUTES[i].out);
	}
	buf_text_add(b,
		"{\"Error\":{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\"},"
		"\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},"
		"\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
		"{\"field\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},"
		"\"required\":[\"field\",\"message\"]}},\"request_id\":{\"type\":\"string\"}},"
		"\"required\":[\"status\",\"code\",\"message\",\"errors\",\"request_id\"]}");
	for (size_t i = 0; i < out.n; i++) {
		buf_printf(b, ",\"%s\":", schema_name(b->mem, out.t[i]));
		put_schema(b, out.t[i], false);
	}
	buf_char(b, '}');
}

/* ---- paths ---- */

/* "sort": the names that may, and each with a minus before it. */
static void put_sorts(struct buf *b, const struct table *t)
{
	bool first = true;

	buf_text_add(b, "{\"type\":\"string\",\"enum\":[");
	for (size_t i = 0; i < t->n; i++) {
		const char *name = t->fields[i].name;

		if ((t->fields[i].flags & SORT) == 0)
			continue;
		buf_printf(b, "%s\"%s\",\"-%s\"", first ? "" : ",", name, name);
		first = false;
	}
	buf_text_add(b, "]}");
}

static void put_parameter(struct buf *b, const struct field *f, bool first)
{
	buf_printf(b,
		"%s{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"schema\":", first ? "" : ",",
		f->name, (f->flags & REQ) != 0 ? "true" : "false");
}

/* What the flags of a table make of its list. */
static void put_list_parameters(struct buf *b, const struct route *k, bool first)
{
	for (size_t i = 0; i < LIST_QUERY.n; i++) {
		const struct field *f = &LIST_QUERY.fields[i];

		if (!list_takes(k, f))
			continue;
		put_parameter(b, f, first);
		if (strcmp(f->name, "sort") == 0)
			put_sorts(b, k->out);
		else
			put_field(b, f, true);
		buf_char(b, '}');
		first = false;
	}
	for (size_t i = 0; i < k->out->n; i++) {
		struct field f = k->out->fields[i];

		if (!list_takes_filter(k, &f))
			continue;
		f.flags = 0;
		put_parameter(b, &f, first);
		put_field(b, &f, true);
		buf_char(b, '}');
	}
}

/* The name of the {…} of a path that begins here: of two ids, the first is
 * that of what the second lies under. */
static const char *place_name(struct arena *mem, const char *p)
{
	size_t n = strcspn(p + 1, "}");

	if (strncmp(p, "{id}", 4) == 0 && strstr(p + 4, "{id}") != NULL)
		return "parent_id";
	return mem_text_n(mem, p + 1, n);
}

static void put_path(struct buf *b, const char *path)
{
	buf_char(b, '"');
	for (const char *p = path; *p != '\0'; p++) {
		if (*p != '{') {
			buf_char(b, *p);
			continue;
		}
		buf_printf(b, "{%s}", place_name(b->mem, p));
		p = strchr(p, '}');
	}
	buf_char(b, '"');
}

static void put_parameters(struct buf *b, const struct route *k)
{
	bool first = true;

	buf_text_add(b, ",\"parameters\":[");
	for (const char *p = strchr(k->path, '{'); p != NULL; p = strchr(p + 1, '{')) {
		buf_printf(b,
			"%s{\"name\":\"%s\",\"in\":\"path\",\"required\":true,"
			"\"schema\":{\"type\":\"string\"}}",
			first ? "" : ",", place_name(b->mem, p));
		first = false;
	}
	if (k->query == &LIST_QUERY)
		put_list_parameters(b, k, first);
	for (size_t i = 0; k->query != NULL && k->query != &LIST_QUERY && i < k->query->n; i++) {
		const struct field *f = &k->query->fields[i];

		put_parameter(b, f, first);
		put_field(b, f, true);
		buf_char(b, '}');
		first = false;
	}
	buf_char(b, ']');
}

static void put_success(struct buf *b, const struct route *k, int status)
{
	buf_printf(b, "\"%d\":{\"description\":\"%s\"", status,
		status < 400 ? "success" : "failure, told in the same words");
	if (k->shape == SHAPE_ONE) {
		buf_text_add(b, ",\"content\":{\"application/json\":{\"schema\":");
		put_ref(b, k->out);
		buf_text_add(b, "}}");
	} else if (k->shape == SHAPE_LIST) {
		buf_text_add(b,
			",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
			"\"properties\":{\"data\":{\"type\":\"array\",\"items\":");
		put_ref(b, k->out);
		buf_text_add(b,
			"},\"next_cursor\":{\"type\":[\"string\",\"null\"]}},"
			"\"required\":[\"data\",\"next_cursor\"]}}}");
	}
	buf_text_add(b, "},");
}

static void put_answer(struct buf *b, const struct route *k)
{
	buf_text_add(b, ",\"responses\":{");
	put_success(b, k, k->status);
	if (k->out == &HEALTH_REPORT)
		put_success(b, k, 503);
	buf_text_add(b,
		"\"default\":{\"description\":\"failure\",\"content\":{\"application/json\":"
		"{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}}");
}

static void put_operation(struct buf *b, const struct route *k)
{
	static const char *const LOWER[][2] = {{"GET", "get"}, {"POST", "post"}, {"PATCH", "patch"},
		{"PUT", "put"}, {"DELETE", "delete"}};

	for (size_t i = 0; i < COUNT_OF(LOWER); i++) {
		if (strcmp(LOWER[i][0], k->method) == 0)
			buf_printf(b, "\"%s\":{\"summary\":", LOWER[i][1]);
	}
	json_quote(b, k->summary);
	if (k->auth == AUTH_USER || k->auth == AUTH_COMPANY || k->auth == AUTH_PLATFORM)
		buf_text_add(b, ",\"security\":[{\"bearer\":[]}]");
	if (k->perm != PERM_NONE)
		buf_printf(b, ",\"x-permission\":\"%s\"", PERMS[k->perm]);
	put_parameters(b, k);
	if (k->in != NULL) {
		buf_text_add(b, ",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":");
		put_schema_of(b, k->in, true, strcmp(k->method, "PATCH") == 0);
		buf_text_add(b, "}}}");
	}
	put_answer(b, k);
	buf_char(b, '}');
}

/* Routes of one path stand next to each other in the table or not: a path is
 * written where it first appears, with all its methods. */
static bool seen_before(size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strcmp(ROUTES[i].path, ROUTES[j].path) == 0)
			return true;
	}
	return false;
}

static void put_paths(struct buf *b)
{
	bool first_path = true;

	buf_char(b, '{');
	for (size_t i = 0; i < ROUTES_COUNT; i++) {
		bool first = true;

		if (seen_before(i) || strncmp(ROUTES[i].path, "/api/", 5) != 0)
			continue;
		buf_text_add(b, first_path ? "" : ",");
		put_path(b, ROUTES[i].path);
		buf_text_add(b, ":{");
		for (size_t j = i; j < ROUTES_COUNT; j++) {
			if (strcmp(ROUTES[i].path, ROUTES[j].path) != 0)
				continue;
			if (!first)
				buf_char(b, ',');
			put_operation(b, &ROUTES[j]);
			first = false;
		}
		buf_char(b, '}');
		first_path = false;
	}
	buf_char(b, '}');
}

void openapi_write(struct buf *b)
{
	buf_text_add(b,
		"{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Frontdesk\",\"version\":\"2\","
		"\"description\":\"Calls answered, appointments booked, customers kept.\"},"
		"\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\","
		"\"scheme\":\"bearer\"}},\"schemas\":");
	put_schemas(b);
	buf_text_add(b, "},\"paths\":");
	put_paths(b);
	buf_char(b, '}');
}

int openapi_print(FILE *out)
{
	struct arena *mem = arena_new(2 * DOCUMENT_MAX);
	struct buf b = buf_new(mem, DOCUMENT_MAX);

	openapi_write(&b);
	if (buf_full(&b))
		BUG("the OpenAPI document is too large");
	int rc = fprintf(out, "%s\n", buf_text(&b)) < 0 || fflush(out) != 0 ? -1 : 0;
	arena_delete(mem);
	return rc;
}

int h_openapi(struct req *r)
{
	buf_reset(&r->out);
	openapi_write(&r->out);
	r->status = 200;
	return 0;
}
