#include "fcgi/cors.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/tenant/origins.h"
#include "fcgi/auth.h"
#include "fcgi/route.h"

#define REMEMBERED_MAX (8u << 20)

/* Of another site, and of the form that lists have; else NULL. */
static const char *foreign_origin(const struct req *r)
{
	const char *origin = req_header(r, "origin");

	if (origin == NULL || text_same(origin, r->c.conf->server_public_url) ||
		!origin_plausible(origin))
		return NULL;
	return origin;
}

/* ---- whose list: 1, 0, -1 ---- */

static int listed_by_company(struct req *r, const char *origin)
{
	const char *list;

	if (origins_calling(&r->c, &list) < 0)
		return -1;
	return origins_have(list, origin);
}

/* All companies' lists are read at most every few seconds, for anybody can ask. */
static int listed_by_any(struct req *r, const char *origin)
{
	static struct arena *mem;
	static const char *lists;
	static int64_t until_us;
	const char *fresh;

	if (until_us < clock_monotonic_us()) {
		if (origins_calling_any(&r->c, &fresh) < 0)
			return -1;
		if (mem == NULL)
			mem = arena_new(REMEMBERED_MAX);
		arena_reset(mem);
		lists = mem_text(mem, fresh);
		until_us = clock_monotonic_us() + AUTH_CACHE_SECONDS * INT64_C(1000000);
	}
	return origins_have(lists, origin);
}

/* ---- before a call ---- */

static int may_call(struct req *r, const char *origin)
{
	if (r->route->auth == AUTH_HOOK)
		return 0;
	if (r->route->auth != AUTH_PUBLIC)
		return listed_by_any(r, origin);
	if (auth_public(r) < 0)
		return err_take(&r->c, E_NOT_FOUND) ? 0 : -1;
	return listed_by_company(r, origin);
}

int cors_preflight(struct req *r)
{
	const char *method = req_header(r, "access-control-request-method");
	const char *origin = foreign_origin(r);
	const char *own = r->method;
	int rc = 0;

	if (method != NULL)
		r->method = text_same(method, "HEAD") ? "GET" : method;
	int found = route_find(r);
	r->method = own;
	if (found < 0)
		return -1;
	if (origin != NULL)
		rc = may_call(r, origin);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(
			&r->c, E_FORBIDDEN, "Pages of this origin may not call this address.");
	r->cors_origin = origin;
	r->cors_method = method;
	return reply_empty(r, 204);
}

/* ---- after a call ---- */

void cors_settle(struct req *r)
{
	struct ctx *c = &r->c;
	struct err kept = c->err;
	const char *origin = foreign_origin(r);

	if (origin == NULL || r->cors_origin != NULL || kept.code == E_UNAVAILABLE)
		return;
	err_clear(c);
	int rc = c->company != 0 ? listed_by_company(r, origin) : listed_by_any(r, origin);
	c->err = kept;
	if (rc > 0)
		r->cors_origin = origin;
}

void cors_headers(const struct req *r, struct buf *b)
{
	if (req_header(r, "origin") != NULL)
		buf_text_add(b, "Vary: Origin\r\n");
	if (r->cors_origin == NULL)
		return;
	buf_printf(b, "Access-Control-Allow-Origin: %s\r\n", r->cors_origin);
	if (r->cors_method != NULL)
		buf_printf(b,
			"Access-Control-Allow-Methods: %s\r\n"
			"Access-Control-Allow-Headers: Authorization, Content-Type, X-Company-Id, "
			"X-Request-Id, Idempotency-Key, If-Match, If-None-Match\r\n"
			"Access-Control-Max-Age: 600\r\n",
			r->cors_method);
	else
		buf_text_add(b,
			"Access-Control-Expose-Headers: Location, ETag, Retry-After, X-Request-Id, "
			"Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, "
			"RateLimit-Reset, RateLimit-Policy\r\n");
}
