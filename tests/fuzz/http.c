/* What a request is made of: JSON, body, path, query, cursor; and all of it. */
#include "core/base/buf.h"
#include "core/sys/json.h"
#include "fcgi/crud.h"
#include "fcgi/page.h"
#include "fcgi/serve.h"
#include "tests/fuzz/fuzz.h"

#define OUT_MAX (16u << 20)
#define HEADERS_MAX 16

/* What is taken can be written down, and read again as the same. */
void fuzz_json(struct ctx *c, struct bytes in)
{
	const struct json *j, *again;

	if (json_parse(c, in, &j) < 0)
		return;
	if (!utf8_valid((const char *)in.p, in.n))
		BUG("JSON that is not UTF-8");
	const char *text = json_print(c, j);
	struct bytes out = {(const uint8_t *)text, strlen(text)};
	if (json_parse(c, out, &again) < 0) {
		/* 44444444444444045.29 is written as the integer that it became */
		if (strstr(c->err.detail, "an integer is beyond 2^53") != NULL)
			return;
		BUG("what was printed cannot be read: %s", text);
	}
	if (strcmp(json_print(c, again), text) != 0)
		BUG("printed otherwise: %s", text);
}

static bool has_body(const struct route *k)
{
	return k->in != NULL;
}

/* A row that a body became is shown as JSON that can be read. */
void fuzz_body(struct ctx *c, struct bytes in)
{
	const struct route *k = fuzz_pick(&in, has_body);
	enum json_mode mode = text_same(k->method, "PATCH") ? JSON_PATCH : JSON_CREATE;
	struct buf b = buf_new(c->mem, OUT_MAX);
	void *row = mem_alloc(c->mem, k->in->size);
	const struct json *j;
	uint64_t given;

	if (json_parse(c, in, &j) < 0 || json_decode(c, j, k->in, mode, row, &given) < 0)
		return;
	json_row(&b, k->in, row);
	if (json_parse(c, (struct bytes){(const uint8_t *)b.p, b.n}, &j) < 0)
		BUG("%s %s: %s", k->method, k->path, buf_text(&b));
}

/* The pattern of a route with ids in their places. */
static const char *path_with(struct ctx *c, const struct req *r)
{
	struct buf b = buf_new(c->mem, OUT_MAX);
	int n = 0;

	for (const char *p = r->route->path; *p != '\0'; p++) {
		if (*p != '{') {
			buf_char(&b, *p);
			continue;
		}
		buf_text_add(&b, r->ids[n++]);
		p = strchr(p, '}');
	}
	if (n != r->n_ids)
		BUG("%d ids in %s, not %d", r->n_ids, r->route->path, n);
	return buf_text(&b);
}

void fuzz_route(struct ctx *c, struct bytes in)
{
	static const char *const METHODS[] = {"GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"};
	struct req r = {.c = *c, .method = METHODS[fuzz_byte(&in) % COUNT_OF(METHODS)]};

	r.path = fuzz_text(c, in);
	if (route_find(&r) < 0)
		return;
	if (strcmp(path_with(c, &r), r.path) != 0)
		BUG("%s is not %s", r.path, r.route->path);
	if (route_ids_check(&r) < 0 && r.c.err.code != E_NOT_FOUND)
		BUG("an id that is none is %s", err_wire(r.c.err.code));
}

static bool has_query(const struct route *k)
{
	return k->query != NULL;
}

static bool is_list(const struct route *k)
{
	return k->handler == crud_list && k->parent == NULL;
}

static void query(struct ctx *c, struct bytes in, const struct route *k)
{
	struct req r = {.c = *c, .route = k, .method = k->method, .path = k->path};

	r.query_text = fuzz_text(c, in);
	r.out = buf_new(c->mem, OUT_MAX);
	int rc = query_decode(&r);
	if ((rc < 0) != (r.c.err.code != E_OK))
		BUG("%d with %s", rc, err_wire(r.c.err.code));
	if (rc < 0 || !is_list(k))
		return;
	/* there is no database: that is as far as a good one comes */
	if (k->handler(&r) == 0)
		BUG("rows from nowhere");
}

void fuzz_query(struct ctx *c, struct bytes in)
{
	query(c, in, fuzz_pick(&in, has_query));
}

/* Behind "sort=…&cursor=" what follows is encoded first, as ours are. */
void fuzz_cursor(struct ctx *c, struct bytes in)
{
	const struct route *k = fuzz_pick(&in, is_list);
	const char *parameters = fuzz_line(c, &in);
	const char *text =
		mem_printf(c->mem, "%s&cursor=%s", parameters, base64url_encode(c->mem, in));
	struct req r = {.c = *c};
	struct page p;

	query(c, (struct bytes){(const uint8_t *)text, strlen(text)}, k);
	if (page_read(&r, 0, base64url_encode(c->mem, in), &p) == 0 && p.after.ms == 0)
		BUG("a place that is none");
}

/* ---- the whole ---- */

/* "NAME: value" */
static void add_header(struct ctx *c, struct pair *h, size_t *n, const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || *n == HEADERS_MAX)
		return;
	h[*n].name = text_lower(c->mem, mem_text_n(c->mem, line, (size_t)(colon - line)));
	h[(*n)++].value = text_trim(c->mem, colon + 1);
}

/* A method, an address and headers, a line each, an empty one, and a body. */
void fuzz_request(struct ctx *c, struct bytes in)
{
	struct pair headers[HEADERS_MAX];
	struct req r = {.c = *c, .headers = headers};
	const char *line;

	r.method = fuzz_line(c, &in);
	r.path = fuzz_line(c, &in);
	r.query_text = strchr(r.path, '?');
	if (r.query_text != NULL)
		r.path = mem_text_n(c->mem, r.path, (size_t)(r.query_text++ - r.path));
	while (in.n > 0 && *(line = fuzz_line(c, &in)) != '\0')
		add_header(c, headers, &r.n_headers, line);
	r.body = in;
	serve(&r);
	if (r.status < 200 || r.status > 599 || r.status == 500)
		BUG("%s %s: %d %s", r.method, r.path, r.status, buf_text(&r.out));
	const struct json *j;
	struct ctx look = *c;
	if (r.status >= 400 &&
		json_parse(&look, (struct bytes){(const uint8_t *)r.out.p, r.out.n}, &j) < 0)
		BUG("an error that is no JSON: %s", buf_text(&r.out));
}
