/* Posting what is due for an endpoint. One job at a time holds its lease; others
 * that come meanwhile end at once, since that one looks again, with the endpoint's
 * row locked, before it gives the lease back: what they came for was stored. */
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/delivery/delivery.h"
#include "core/delivery/endpoint.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/http.h"

#define AT_ONCE 5 /* while all is well; one by one after a failure */
#define TOTAL_MS 15000
#define WORK_US 10000000 /* of the job's minute; the rest is another job's */
#define ROUNDS_MAX 200
#define LEASE_MS 70000
#define ERROR_MAX 300
#define DISABLED_AFTER_MS (INT64_C(5) * 86400000)
#define PAUSE_FIRST_MS 5000
#define PAUSE_MOST_MS 300000
#define SLOTS_MAX 16
#define BUSY_MS 1000 /* until another look whether there is a slot */

/* ---- pure ---- */

const char *delivery_signature(
	struct arena *mem, struct bytes key, const char *id, int64_t seconds, const char *body)
{
	const char *head = mem_printf(mem, "%s.%" PRId64 ".", id, seconds);
	uint8_t sum[SHA256_SIZE];

	hmac_sha256(key, (struct bytes){(const uint8_t *)head, strlen(head)},
		(struct bytes){(const uint8_t *)body, strlen(body)}, sum);
	return mem_printf(mem, "v1,%s", base64_encode(mem, (struct bytes){sum, sizeof(sum)}));
}

int64_t delivery_delay_ms(int64_t tries)
{
	static const int SECONDS[] = {
		5, 300, 1800, 7200, 18000, 36000, 36000, 36000, 36000, 36000, 36000};

	if (tries < 1)
		return 0;
	return tries > (int64_t)COUNT_OF(SECONDS) ? -1 : SECONDS[tries - 1] * INT64_C(1000);
}

int64_t delivery_pause_ms(int64_t failures)
{
	int64_t ms = PAUSE_FIRST_MS;

	for (int64_t i = 1; i < failures && ms < PAUSE_MOST_MS; i++)
		ms *= 2;
	return ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS;
}

static int64_t with_jitter(int64_t ms)
{
	return ms + random_below((uint32_t)(ms / 10) + 1);
}

/* ---- a run ---- */

struct run {
	const char *id;
	struct webhook_endpoint e;
	bool mine;  /* the lease */
	bool tired; /* the time is up */
	struct rows due;
	const char **sent_headers;
	struct http_answer *answers;
};

static int hold(struct ctx *c, struct webhook_endpoint *e, bool held)
{
	e->lease_owner = held ? c->actor_id : NULL;
	e->lease_until.ms = held ? c->now.ms + LEASE_MS : 0;
	return db_update(c, &WEBHOOK_ENDPOINT, e, "lease_owner,lease_until", e->id) < 0 ? -1 : 0;
}

/* A job for then, one for each second that it is called for. */
static int come_back(struct ctx *c, const struct run *r, ts_t at)
{
	ts_t second = {(at.ms + 999) / 1000 * 1000};

	return queue_add(c, JOB_WEBHOOK_DELIVER, r->id, second,
		mem_printf(c->mem, "%s:%" PRId64, r->id, second.ms / 1000));
}

struct next {
	ts_t next_attempt_at;
};

static const struct field NEXT_FIELDS[] = {
	TIME(next, next_attempt_at, JOINED),
};
static const struct table NEXT = TABLE(next, "next", NEXT_FIELDS);

/* When it is to be looked at again; zero: nothing waits. */
static int next_look(struct ctx *c, const struct webhook_endpoint *e, ts_t *at)
{
	struct next next;
	int rc = db_one(c, &NEXT, &next,
		"SELECT next_attempt_at FROM delivery WHERE endpoint_id = ?"
		" AND status = 'pending' ORDER BY next_attempt_at LIMIT 1",
		e->id);

	*at = next.next_attempt_at;
	if (rc > 0 && at->ms < e->wait_until.ms)
		*at = e->wait_until;
	return rc < 0 ? -1 : 0;
}

/* Who holds the lease sees to what is due. Should that one be dead, somebody
 * comes when the lease has run out. */
static int take(struct ctx *c, void *arg)
{
	struct run *r = arg;
	struct webhook_endpoint *e = &r->e;
	ts_t next;
	int rc = db_find_locked(c, &WEBHOOK_ENDPOINT, r->id, e);

	r->mine = false;
	if (rc <= 0 || !endpoint_is_on(e))
		return rc < 0 ? -1 : 0;
	if (e->lease_until.ms > c->now.ms && !text_same(e->lease_owner, c->actor_id))
		return come_back(c, r, e->lease_until);
	if (next_look(c, e, &next) < 0)
		return -1;
	r->mine = next.ms != 0 && next.ms <= c->now.ms;
	if ((r->mine || e->lease_owner != NULL) && hold(c, e, r->mine) < 0)
		return -1;
	return r->mine || next.ms == 0 ? 0 : come_back(c, r, next);
}

/* Gives the lease back, unless there is more to do now. */
static int leave(struct ctx *c, void *arg)
{
	struct run *r = arg;
	ts_t next;
	int rc = db_find_locked(c, &WEBHOOK_ENDPOINT, r->id, &r->e);

	c->now = ts_now();
	r->mine = false;
	if (rc <= 0)
		return rc;
	if (next_look(c, &r->e, &next) < 0)
		return -1;
	bool on = endpoint_is_on(&r->e) && next.ms != 0, due = next.ms <= c->now.ms;

	r->mine = on && due && !r->tired;
	if (hold(c, &r->e, r->mine) < 0)
		return -1;
	if (r->mine || !on)
		return 0;
	return due ? endpoint_wake(c, r->id) : come_back(c, r, next);
}

/* ---- a round ---- */

static int read_due(struct ctx *c, struct run *r)
{
	if (r->e.wait_until.ms > c->now.ms) {
		r->due.n = 0;
		return 0;
	}
	return db_rows(c, &DELIVERY, &r->due,
		"SELECT {cols} FROM delivery WHERE endpoint_id = ? AND status = 'pending'"
		" AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?",
		r->id, c->now, r->e.failures > 0 ? 1 : AT_ONCE);
}

static const char *signatures(
	struct ctx *c, const struct bytes *keys, int n, const struct delivery *d, int64_t seconds)
{
	struct buf b = buf_new(c->mem, 400);

	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "",
			delivery_signature(c->mem, keys[i], d->id, seconds, d->body));
	return buf_text(&b);
}

/* The headers, and what of them is written down. */
static const char *const *headers_of(struct ctx *c, const struct delivery *d,
	const struct bytes *keys, int n, const char **noted)
{
	const char **h = mem_alloc(c->mem, 5 * sizeof(*h));
	int64_t seconds = c->now.ms / 1000;

	h[0] = "Content-Type: application/json";
	h[1] = mem_printf(c->mem, "webhook-id: %s", d->id);
	h[2] = mem_printf(c->mem, "webhook-timestamp: %" PRId64, seconds);
	h[3] = mem_printf(c->mem, "webhook-signature: %s", signatures(c, keys, n, d, seconds));
	*noted = mem_printf(c->mem, "%s\n%s\n%s\nwebhook-signature: v1 with %d %s", h[0], h[1],
		h[2], n, n == 1 ? "key" : "keys");
	return h;
}

static int post_all(struct ctx *c, struct run *r)
{
	struct network *allow = mem_alloc(c->mem, ENDPOINT_NETWORKS_MAX * sizeof(*allow));
	struct http_request *q = mem_alloc(c->mem, r->due.n * sizeof(*q));
	const struct delivery *d = r->due.p;
	struct bytes keys[ENDPOINT_KEYS_MAX];
	size_t n_allow = address_allowed(c, allow);
	int n = endpoint_keys(c, &r->e, keys);

	if (n < 0)
		return -1;
	r->answers = mem_alloc(c->mem, r->due.n * sizeof(*r->answers));
	r->sent_headers = mem_alloc(c->mem, r->due.n * sizeof(*r->sent_headers));
	for (size_t i = 0; i < r->due.n; i++)
		q[i] = (struct http_request){
			.provider = "webhook",
			.operation = "deliver",
			.method = "POST",
			.url = r->e.url,
			.headers = headers_of(c, &d[i], keys, n, &r->sent_headers[i]),
			.body = {(const uint8_t *)d[i].body, strlen(d[i].body)},
			.total_ms = TOTAL_MS,
			.answer_max = DELIVERY_HEAD_MAX,
			.head_only = true,
			.allow = allow,
			.n_allow = n_allow,
		};
	http_send_all(c, q, r->answers, r->due.n);
	return 0;
}

/* ---- what came of it ---- */

static bool taken(const struct http_answer *a)
{
	return a->outcome == HTTP_ANSWERED && a->status >= 200 && a->status < 300;
}

/* It cannot take more now, or nobody is there. */
static bool overloaded(const struct http_answer *a)
{
	return a->outcome != HTTP_ANSWERED || a->status == 429 ||
		(a->status >= 502 && a->status <= 504);
}

static bool is_gone(const struct http_answer *a)
{
	return a->outcome == HTTP_ANSWERED && a->status == 410;
}

/* NULL: it was taken. */
static const char *error_of(struct ctx *c, const struct http_answer *a)
{
	if (taken(a))
		return NULL;
	if (a->outcome != HTTP_ANSWERED)
		return utf8_cut(c->mem, a->error, ERROR_MAX);
	if (is_gone(a))
		return "The endpoint answered 410: it is gone.";
	if (a->status >= 300 && a->status < 400)
		return mem_printf(c->mem,
			"The endpoint answered %d: webhooks follow no redirects, enter the new "
			"address.",
			a->status);
	return mem_printf(c->mem, "The endpoint answered %d.", a->status);
}

static const char *head_of(struct ctx *c, const struct http_answer *a)
{
	if (a->outcome != HTTP_ANSWERED || a->body.n == 0)
		return NULL;
	char *s = mem_text_n(c->mem, (const char *)a->body.p, a->body.n);

	for (size_t i = 0; i < a->body.n; i++)
		s[i] = s[i] == '\0' ? ' ' : s[i];
	return utf8_cut(c->mem, utf8_mend(c->mem, s), DELIVERY_HEAD_MAX);
}

/* Two jobs at one delivery is what a worker that stood still can come to: then
 * the attempt of the other one is written down. */
static int note_attempt(struct ctx *c, const struct run *r, size_t i)
{
	const struct delivery *d = (const struct delivery *)r->due.p + i;
	const struct http_answer *a = &r->answers[i];
	struct delivery_attempt t = {
		.delivery_id = d->id,
		.attempt = d->attempts + 1,
		.attempted_at = c->now,
		.duration_ms = a->ms,
		.request_headers = r->sent_headers[i],
		.response_status = a->outcome == HTTP_ANSWERED ? a->status : 0,
		.response_head = head_of(c, a),
		.error = error_of(c, a),
	};

	return db_insert_new(c, &DELIVERY_ATTEMPT, &t) < 0 ? -1 : 0;
}

/* Of one that nobody has ended or sent again meanwhile. *last: it was given up. */
static int note_end(struct ctx *c, const struct run *r, size_t i, bool *last)
{
	struct delivery d = ((const struct delivery *)r->due.p)[i];
	const struct http_answer *a = &r->answers[i];
	int64_t delay = delivery_delay_ms(++d.tries), asked = a->retry_after * INT64_C(1000);

	d.attempts++;
	d.error = error_of(c, a);
	d.response_status = a->outcome == HTTP_ANSWERED ? a->status : 0;
	d.next_attempt_at.ms = 0;
	*last = d.error != NULL && (delay < 0 || is_gone(a));
	if (d.error == NULL)
		d.status = DELIVERY_DELIVERED;
	else if (*last)
		d.status = DELIVERY_FAILED;
	else
		d.next_attempt_at.ms = ts_now().ms + with_jitter(delay > asked ? delay : asked);
	if (d.status != DELIVERY_PENDING)
		d.finished_at = ts_now();
	return db_exec(c,
		       "UPDATE delivery SET status = ?, attempts = ?, tries = ?, error = ?,"
		       " response_status = ?, next_attempt_at = ?, finished_at = ?"
		       " WHERE id = ? AND status = 'pending' AND attempts = ?",
		       DELIVERY_STATUS[d.status], d.attempts, d.tries, d.error,
		       d.response_status > 0 ? arg_int(d.response_status) : arg_text(NULL),
		       d.next_attempt_at, d.finished_at, d.id, d.attempts - 1) < 0
		? -1
		: 0;
}

/* Of a round as a whole. */
struct verdict {
	bool any_taken;
	bool overloaded;
	bool gone;
	bool given_up;
	int retry_after;
	const char *error; /* of the last that failed */
};

static int note_all(struct ctx *c, const struct run *r, struct verdict *v)
{
	for (size_t i = 0; i < r->due.n; i++) {
		const struct http_answer *a = &r->answers[i];
		bool last;

		if (note_attempt(c, r, i) < 0 || note_end(c, r, i, &last) < 0)
			return -1;
		v->given_up = v->given_up || last;
		v->gone = v->gone || is_gone(a);
		if (taken(a)) {
			v->any_taken = true;
			continue;
		}
		v->error = error_of(c, a);
		v->overloaded = v->overloaded || overloaded(a);
		if (overloaded(a) && a->retry_after > v->retry_after)
			v->retry_after = a->retry_after;
	}
	return 0;
}

/* How the endpoint stands; what waits for it is spared while it is overloaded. */
static void weigh(struct webhook_endpoint *e, const struct verdict *v)
{
	int64_t pause = 0, asked = v->retry_after * INT64_C(1000);
	ts_t now = ts_now();

	if (v->any_taken) {
		e->failures = 0;
		e->failing_since.ms = e->warned_at.ms = 0;
	} else if (e->failing_since.ms == 0)
		e->failing_since = now;
	if (v->overloaded && !v->any_taken) {
		e->failures++;
		pause = with_jitter(delivery_pause_ms(e->failures));
	}
	if (pause < asked)
		pause = with_jitter(asked);
	e->wait_until.ms = pause > 0 ? now.ms + pause : 0;
}

static int judge(struct ctx *c, struct webhook_endpoint *e, const struct verdict *v)
{
	bool failing =
		e->failing_since.ms != 0 && c->now.ms - e->failing_since.ms >= DISABLED_AFTER_MS;

	if (v->gone)
		return endpoint_disable(
			c, e, true, "It answered 410: nothing may be sent there any more.");
	if (failing)
		return endpoint_disable(c, e, false,
			mem_printf(
				c->mem, "Nothing could be delivered for five days: %s", v->error));
	return v->given_up ? endpoint_warn(c, e, v->error) : 0;
}

static int note(struct ctx *c, void *arg)
{
	struct run *r = arg;
	struct verdict v = {0};
	int rc = db_find_locked(c, &WEBHOOK_ENDPOINT, r->id, &r->e);

	if (rc < 0 || note_all(c, r, &v) < 0)
		return -1;
	r->mine = rc > 0;
	if (rc == 0) /* deleted meanwhile */
		return 0;
	weigh(&r->e, &v);
	if (db_update(c, &WEBHOOK_ENDPOINT, &r->e, "failures,failing_since,warned_at,wait_until",
		    r->id) < 0 ||
		judge(c, &r->e, &v) < 0)
		return -1;
	r->mine = endpoint_is_on(&r->e) && !v.gone;
	return r->mine ? 0 : hold(c, &r->e, false);
}

/* How many were tried, or -1. */
static int round_of(struct ctx *c, struct run *r)
{
	c->now = ts_now();
	if (read_due(c, r) < 0)
		return -1;
	if (r->due.n == 0)
		return 0;
	if (post_all(c, r) < 0 || in_tx(c, note, r) < 0)
		return -1;
	return (int)r->due.n;
}

static int post_due(struct ctx *c, struct run *r)
{
	int64_t until = clock_monotonic_us() + WORK_US;

	if (in_tx(c, take, r) < 0)
		return -1;
	for (int i = 1; r->mine; i++) {
		int n = round_of(c, r);

		if (n < 0)
			return -1;
		r->tired = i >= ROUNDS_MAX || clock_monotonic_us() >= until;
		if (r->mine && (n == 0 || r->tired) && in_tx(c, leave, r) < 0)
			return -1;
	}
	return 0;
}

/* ---- slots: at most half of the workers are at this, so that endpoints which
 * hang leave the others to other work ---- */

static int slot_take(struct ctx *c, const char **name)
{
	int64_t n = c->conf->worker_processes / 2, got = 0;
	int rc = 0;

	for (int64_t i = 1; rc >= 0 && !got && (i == 1 || i <= n) && i <= SLOTS_MAX; i++) {
		*name = mem_printf(c->mem, "frontdesk.webhook.%" PRId64, i);
		rc = db_int(c, &got, "SELECT GET_LOCK(?, 0)", *name);
	}
	return rc < 0 ? -1 : got > 0;
}

static int look_later(struct ctx *c, void *arg)
{
	return come_back(c, arg, (ts_t){c->now.ms + BUSY_MS});
}

int delivery_run(struct ctx *c, const char *endpoint_id)
{
	struct run r = {.id = endpoint_id};
	const char *slot;
	int64_t released;
	int rc = slot_take(c, &slot);

	if (rc <= 0)
		return rc < 0 ? -1 : in_tx(c, look_later, &r);
	rc = post_due(c, &r);
	struct err kept = c->err;

	err_clear(c);
	if (db_int(c, &released, "SELECT RELEASE_LOCK(?)", slot) < 0 && rc == 0)
		return -1;
	c->err = kept;
	return rc;
}
