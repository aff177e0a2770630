#include "fcgi/serve.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/idem/idem.h"
#include "core/queue/queue.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/sys/metric.h"
#include "fcgi/auth.h"
#include "fcgi/database.h"
#include "fcgi/cors.h"
#include "fcgi/limit.h"
#include "fcgi/page.h"
#include "fcgi/refused.h"
#include "fcgi/route.h"

#define TRIES_MAX 3

/* ---- steps: each 0, or -1 with the reason in r->c.err ---- */

/* Two of these would let a proxy and us see different requests. */
static int step_headers(struct req *r)
{
	static const char *const SINGLE[] = {"authorization", "x-company-id", "cookie",
		"content-type", "idempotency-key", "if-match", "x-retell-signature", "x-frontdesk",
		"origin"};

	/* one that was left out may be the key that keeps it from happening twice */
	if (r->too_many_headers)
		return err_set(&r->c, E_BAD_REQUEST, "The request has too many headers.");
	for (size_t s = 0; s < COUNT_OF(SINGLE); s++) {
		int n = 0;

		for (size_t i = 0; i < r->n_headers; i++)
			n += strcmp(r->headers[i].name, SINGLE[s]) == 0;
		if (n > 1)
			return err_set(
				&r->c, E_BAD_REQUEST, "The header %s came twice.", SINGLE[s]);
	}
	return 0;
}

static int step_body(struct req *r)
{
	const char *type = req_header(r, "content-type");

	if (r->body_too_large)
		return err_set(&r->c, E_TOO_LARGE, NULL);
	if (r->route->in == NULL || r->body.n == 0)
		return 0;
	if (type == NULL || strncasecmp(type, "application/json", 16) != 0 ||
		(type[16] != '\0' && type[16] != ';' && type[16] != ' '))
		return err_set(&r->c, E_MEDIA_TYPE, NULL);
	return 0;
}

static int authorise(struct req *r)
{
	if (r->route->auth == AUTH_HOOK)
		return 0; /* counted by integration, once it is verified */
	if (r->route->auth == AUTH_NONE)
		return limit_request(r);
	if (r->route->auth == AUTH_PUBLIC)
		return auth_public(r);
	if (auth_identify(r) < 0 || limit_request(r) < 0)
		return -1;
	if (r->route->auth == AUTH_USER)
		return r->who.user_id != NULL ? 0 : err_set(&r->c, E_FORBIDDEN, NULL);
	bool platform = r->route->auth == AUTH_PLATFORM;
	if ((platform ? auth_platform(r) : auth_company(r)) < 0)
		return -1;
	if (!may(&r->c, r->route->perm))
		return err_set(&r->c, E_FORBIDDEN, NULL);
	return platform ? database_platform(&r->c) : 0;
}

/* After a failure of the database that may pass: from the beginning. */
static void start_again(struct req *r)
{
	struct timespec t = {0, (1 + (long)random_below(20)) * 1000000};

	err_clear(&r->c);
	buf_reset(&r->out);
	r->location = NULL;
	r->c.wake = false;
	nanosleep(&t, NULL);
}

static int step_auth(struct req *r)
{
	int rc = authorise(r);

	for (int attempt = 1; rc < 0 && attempt < TRIES_MAX; attempt++) {
		if (r->c.err.code != E_UNAVAILABLE || !db_retryable(&r->c))
			break;
		start_again(r);
		rc = authorise(r);
	}
	if (rc < 0)
		refused_note(r);
	return rc;
}

static int decode(struct req *r)
{
	const struct route *k = r->route;
	const struct json *j;

	if (k->auth != AUTH_HOOK && query_decode(r) < 0)
		return -1;
	if (k->in == NULL)
		return 0;
	r->in = mem_alloc(r->c.mem, k->in->size);
	/* an empty body is an empty object */
	struct bytes body = r->body.n > 0 ? r->body : (struct bytes){(const uint8_t *)"{}", 2};
	if (json_parse(&r->c, body, &j) < 0)
		return -1;
	enum json_mode mode = strcmp(k->method, "PATCH") == 0 ? JSON_PATCH : JSON_CREATE;

	return json_decode(&r->c, j, k->in, mode, r->in, &r->given);
}

/* What the GET of the object in the path would answer now, into r->out. */
static int run_object(struct req *r, const struct route *object)
{
	const struct route *own = r->route;
	void *query = r->query;
	int n_ids = r->n_ids;

	r->route = object;
	r->n_ids = route_ids(object);
	r->query = object->query == NULL ? NULL : mem_alloc(r->c.mem, object->query->size);
	int rc = object->handler(r);
	r->route = own;
	r->query = query;
	r->n_ids = n_ids;
	return rc;
}

/* An id that leads nowhere is said before what is wrong with the rest. */
static int prefer_absence(struct req *r)
{
	const struct route *object = route_object(r->route);
	struct err kept = r->c.err;

	if (object == NULL || r->n_ids == 0)
		return -1;
	err_clear(&r->c);
	if (run_object(r, object) < 0 && r->c.err.code == E_NOT_FOUND)
		return -1;
	buf_reset(&r->out);
	r->c.err = kept;
	return -1;
}

static int step_input(struct req *r)
{
	if (route_ids_check(r) < 0)
		return -1;
	return decode(r) < 0 ? prefer_absence(r) : 0;
}

static struct bytes request_hash(struct req *r)
{
	uint8_t *hash = mem_alloc(r->c.mem, SHA256_SIZE);
	const char *head = mem_printf(r->c.mem, "%s %s\n", r->method, r->path);
	struct buf b = buf_new(r->c.mem, strlen(head) + r->body.n + 1);

	buf_text_add(&b, head);
	buf_add(&b, r->body.p, r->body.n);
	sha256((struct bytes){(const uint8_t *)b.p, b.n}, hash);
	return (struct bytes){hash, SHA256_SIZE};
}

static int replay(struct req *r, const struct idem *stored)
{
	buf_reset(&r->out);
	buf_add(&r->out, stored->body.p, stored->body.n);
	r->status = (int)stored->status;
	r->location = stored->location;
	r->replayed = true;
	return 0;
}

/* ---- conditions (RFC 9110, 13.1): a digest of an object's text ---- */

static const char *etag_of(struct req *r)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < r->out.n; i++)
		h = (h ^ (uint8_t)r->out.p[i]) * UINT64_C(1099511628211);
	return mem_printf(r->c.mem, "\"%016" PRIx64 "\"", h);
}

/* Whether a list of tags names this one: "*", or a list of which each may be
 * weak. That holds for If-Match too: a proxy that compresses weakens our tag,
 * which is of the text before. */
static bool etag_named(const char *p, const char *etag)
{
	size_t n = strlen(etag);

	while (p != NULL && *p != '\0') {
		p += strspn(p, ", \t");
		if (*p == '*')
			return true;
		if (text_starts(p, "W/"))
			p += 2;
		if (strncmp(p, etag, n) == 0 && strchr(", \t", p[n]) != NULL)
			return true;
		p += strcspn(p, ",");
	}
	return false;
}

/* If-Match: what is changed is what the client has seen. The row is held until
 * the end, so that it stays so. A new row under another has no such text. */
static int check_match(struct req *r)
{
	const char *known = req_header(r, "if-match");
	const struct route *object = known == NULL ? NULL : route_object(r->route);
	const char *etag = "";

	if (known == NULL || r->route->status == 201)
		return 0;
	if (object != NULL && object->auth == AUTH_PLATFORM) {
		/* its doors hold what they find in a transaction */
		if (run_object(r, object) < 0)
			return -1;
		etag = etag_of(r);
		buf_reset(&r->out);
	} else if (object != NULL) {
		int n = route_ids(object);

		if (object->parent != NULL && db_lock(&r->c, object->parent, r->ids[0]) < 0)
			return -1;
		if (n > 0 && db_lock(&r->c, object->out, r->ids[n - 1]) < 0)
			return -1;
		if (run_object(r, object) < 0)
			return -1;
		etag = etag_of(r);
		buf_reset(&r->out);
	}
	return etag_named(known, etag) ? 0 : err_set(&r->c, E_VERSION, NULL);
}

static int run_handler(struct req *r)
{
	return check_match(r) < 0 ? -1 : r->route->handler(r);
}

/* ---- the handler, in its transaction ---- */

/* Only answers of success are stored: a failure leaves no row. */
static int run_once_per_key(struct req *r, const char *key)
{
	struct ctx *c = &r->c;
	struct idem stored;

	if (*key == '\0' || strlen(key) > IDEM_KEY_MAX)
		return err_set(c, E_BAD_REQUEST, "An Idempotency-Key has 1 to 255 characters.");
	int rc = idem_begin(c, key, request_hash(r), &stored);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return replay(r, &stored);
	if (run_handler(r) < 0)
		return -1;
	struct bytes body = {(const uint8_t *)buf_text(&r->out), r->out.n};
	if (r->stored.p != NULL)
		body = r->stored;
	return idem_finish(c, key, r->status, r->location, body);
}

static int run_in_transaction(struct req *r)
{
	const char *key = req_header(r, "idempotency-key");
	int rc;

	db_begin(&r->c);
	if (key != NULL && r->c.actor_id != NULL)
		rc = run_once_per_key(r, key);
	else
		rc = run_handler(r);
	if (rc == 0)
		rc = db_commit(&r->c);
	if (rc < 0)
		db_rollback(&r->c);
	return rc;
}

static int step_run(struct req *r)
{
	bool write = r->route->tx == TX_WRITE;
	int rc = -1;

	for (int attempt = 1; attempt <= TRIES_MAX; attempt++) {
		rc = write ? run_in_transaction(r) : r->route->handler(r);
		if (rc == 0 || r->c.err.code != E_UNAVAILABLE || !db_retryable(&r->c))
			break;
		if (attempt == TRIES_MAX || r->route->tx == TX_NONE ||
			(write && db_commit_uncertain(&r->c) &&
				req_header(r, "idempotency-key") == NULL))
			break;
		start_again(r);
	}
	return rc;
}

/* ---- the reply ---- */

static void answer_conflict(struct req *r)
{
	struct err kept = r->c.err;

	if (r->route == NULL || r->route->after_conflict == NULL || kept.code != E_SLOT_TAKEN)
		return;
	err_clear(&r->c);
	buf_reset(&r->out);
	if (r->route->after_conflict(r) < 0)
		buf_reset(&r->out);
	r->c.err = kept;
}

/* A GET of one object or file carries a digest of its text; the same text again
 * needs no second transfer. */
static void answer_conditional(struct req *r)
{
	if ((r->route->shape != SHAPE_ONE && r->type == NULL) || r->status != 200 ||
		strcmp(r->method, "GET") != 0)
		return;
	r->etag = etag_of(r);
	if (etag_named(req_header(r, "if-none-match"), r->etag))
		reply_empty(r, 304);
}

static void log_request(struct req *r, int64_t began_us)
{
	struct ctx *c = &r->c;
	const char *actor = c->actor_id;

	log_line("request", "id", c->request_id, "route", r->route != NULL ? r->route->path : "-",
		"method", r->method, "company", c->company_id, "actor", actor, "status",
		mem_printf(c->mem, "%d", r->status), "ms",
		mem_printf(c->mem, "%.1f", (double)(clock_monotonic_us() - began_us) / 1000.0),
		"db", mem_printf(c->mem, "%u", c->db_calls), "db_ms",
		mem_printf(c->mem, "%.1f", (double)c->db_us / 1000.0), "arena",
		mem_printf(c->mem, "%zu", arena_used(c->mem)), "error",
		c->err.code != E_OK ? err_wire(c->err.code) : NULL, NULL);
}

/* An address that is none of ours is one route, whatever it is. */
static void count_request(struct req *r, int64_t began_us)
{
	static const char *const CLASSES[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
	const char *route = r->route != NULL ? r->route->path : "other";
	const char *method = r->route != NULL ? r->route->method : "other";
	int k = r->status / 100 - 1;

	metric_count(&r->c, METRIC_REQUESTS, route, method, CLASSES[k >= 0 && k < 5 ? k : 4]);
	metric_time(&r->c, METRIC_REQUEST_TIMES, clock_monotonic_us() - began_us, route, method);
}

static int run_steps(struct req *r)
{
	if (text_same(r->method, "OPTIONS"))
		return step_headers(r) < 0 ? -1 : cors_preflight(r);
	if (route_find(r) < 0 || step_headers(r) < 0 || step_body(r) < 0)
		return -1;
	if (step_auth(r) < 0 || step_input(r) < 0)
		return -1;
	if (step_run(r) == 0)
		return 0;
	/* what only the handler could see to be wrong */
	return err_status(r->c.err.code) == 422 ? prefer_absence(r) : -1;
}

void serve(struct req *r)
{
	int64_t began = clock_monotonic_us();

	r->out = buf_new(r->c.mem, REPLY_MAX);
	int rc = run_steps(r);
	if (rc == 0 && buf_full(&r->out))
		rc = err_set(&r->c, E_TOO_LARGE, "The answer is too large: ask for less at once.");
	if (rc < 0) {
		answer_conflict(r);
		reply_error(r);
	} else {
		answer_conditional(r);
	}
	cors_settle(r);
	limit_settle(r);
	if (rc == 0 && r->c.wake)
		queue_wake(&r->c);
	log_request(r, began);
	count_request(r, began);
}
