#include "core/outbound/outbound.h"
#include "core/base/id.h"
#include "core/outbound/limits.h"
#include "core/sys/db.h"
#include "core/sys/metric.h"

/* ---- whose account ---- */

struct owner {
	uint32_t company;
	const char *company_id;
};

/* Where the account is the platform's, the platform is who asks. */
static struct owner owner_enter(struct ctx *c, const char *provider)
{
	struct owner was = {c->company, c->company_id};

	if (strcmp(provider, SMTP) == 0) {
		c->company = 0;
		c->company_id = NULL;
	}
	return was;
}

static void owner_leave(struct ctx *c, struct owner was)
{
	c->company = was.company;
	c->company_id = was.company_id;
}

/* ---- what an answer says ---- */

static bool denies(const struct limit *l, int status)
{
	for (int i = 0; i < DENIED_MAX && l->denied[i] != 0; i++) {
		if (l->denied[i] == status)
			return true;
	}
	return false;
}

/* 4xx of a mail server is mostly about one recipient (greylisting), 5xx too. */
static enum verdict of_mail(int status)
{
	if (status < 400)
		return VERDICT_OK;
	return status == 421 || status == 454 ? VERDICT_FAILED : VERDICT_REJECTED;
}

enum verdict verdict_of(const char *provider, const struct http_answer *a)
{
	const struct limit *l = limit_find(provider);

	if (a->outcome == HTTP_REFUSED)
		return VERDICT_REJECTED;
	if (a->outcome != HTTP_ANSWERED)
		return VERDICT_FAILED;
	if (l != NULL && denies(l, a->status))
		return VERDICT_DENIED;
	if (strcmp(provider, SMTP) == 0)
		return of_mail(a->status);
	if (a->status == 429)
		return VERDICT_THROTTLED;
	if (a->status == 408 || a->status >= 500)
		return VERDICT_FAILED;
	return a->status < 300 ? VERDICT_OK : VERDICT_REJECTED;
}

static struct breaker_news news_of(
	struct ctx *c, const struct limit *l, const struct http_answer *a)
{
	struct breaker_news n = {verdict_of(l->provider, a), NULL, a->retry_after};

	switch (n.verdict) {
	case VERDICT_OK:
		break;
	case VERDICT_REJECTED: /* by us: who tried does not know more than before */
		if (a->outcome == HTTP_REFUSED)
			n.reason = a->error;
		break;
	case VERDICT_FAILED:
		n.reason = a->outcome == HTTP_ANSWERED
			? mem_printf(c->mem, "%s answers %d.", l->title, a->status)
			: mem_printf(c->mem, "%s does not answer: %.200s", l->title, a->error);
		break;
	case VERDICT_THROTTLED:
		n.reason = mem_printf(c->mem, "%s answers that there are too many requests (%d).",
			l->title, a->status);
		break;
	case VERDICT_DENIED:
		n.reason = mem_printf(c->mem,
			"%s refuses the account (it answered %d): check the account and its "
			"secret.",
			l->title, a->status);
		break;
	}
	return n;
}

static int record(
	struct ctx *c, const char *provider, const char *operation, const struct http_answer *a)
{
	static const char *const OUTCOMES[] = {
		[HTTP_ANSWERED] = "answered",
		[HTTP_NOT_SENT] = "not_sent",
		[HTTP_UNKNOWN] = "unknown",
		[HTTP_REFUSED] = "refused",
	};
	struct arg status = a->status > 0 ? arg_int(a->status) : arg_text(NULL);

	return db_exec(c,
		       "INSERT INTO provider_call (id, provider, operation, outcome, http_status,"
		       " duration_ms, error, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		       id_new(c), provider, operation, OUTCOMES[a->outcome], status, a->ms,
		       a->error, VERDICTS[verdict_of(provider, a)]) < 0
		? -1
		: 0;
}

/* ---- one call ---- */

struct passage {
	const struct limit *limit;
	struct breaker_pass breaker;
	struct seat seat;
	bool regardless;
};

static int put_off(struct ctx *c, struct http_answer *a, int wait_ms, const char *why)
{
	c->put_off_ms = wait_ms;
	a->outcome = HTTP_NOT_SENT;
	a->retry_after = (wait_ms + 999) / 1000;
	a->error = why;
	return 0;
}

/* 1 go on, 0 it is put off, -1. */
static int enter(struct ctx *c, struct passage *p, struct http_answer *a)
{
	const char *why = NULL;
	int wait_ms = 0;
	int rc = p->regardless ? 1 : breaker_look(c, &p->breaker, &wait_ms, &why);

	c->put_off_by = p->breaker.id;
	if (rc <= 0)
		return rc < 0 ? -1 : put_off(c, a, wait_ms, why);
	wait_ms = limit_take(c, p->limit, p->breaker.account, p->breaker.call_ms, &p->seat);
	if (wait_ms > 0) {
		c->put_off_by = NULL;
		return put_off(c, a, wait_ms,
			mem_printf(c->mem, "%s is asked as often as it allows.", p->limit->title));
	}
	rc = breaker_enter(c, &p->breaker, &wait_ms, &why);
	if (rc <= 0)
		limit_end(c, &p->seat);
	return rc == 0 ? put_off(c, a, wait_ms, why) : rc;
}

static int leave(struct ctx *c, struct passage *p, const struct http_answer *a)
{
	struct breaker_news news = news_of(c, p->limit, a);

	limit_end(c, &p->seat);
	metric_time(c, METRIC_PROVIDER_TIMES, INT64_C(1000) * a->ms, p->limit->provider,
		VERDICTS[news.verdict]);
	if (record(c, p->limit->provider, p->breaker.operation, a) < 0)
		return -1;
	return p->regardless ? 0 : breaker_leave(c, &p->breaker, &news);
}

static struct passage passage_of(
	struct ctx *c, const char *provider, const char *operation, int call_ms)
{
	struct passage p = {.limit = limit_find(provider)};

	if (p.limit == NULL)
		BUG("%s is not in core/outbound/limits.def", provider);
	p.breaker.provider = p.limit->provider;
	p.breaker.account = mem_printf(c->mem, "%u:%s", c->company, provider);
	p.breaker.operation = operation;
	p.breaker.call_ms = call_ms;
	return p;
}

int outbound_send(struct ctx *c, const struct http_request *r, struct http_answer *a)
{
	struct owner was = owner_enter(c, r->provider);
	struct passage p = passage_of(
		c, r->provider, r->operation, r->total_ms > 0 ? r->total_ms : HTTP_TOTAL_MS);

	memset(a, 0, sizeof(*a));
	c->put_off_ms = 0;
	p.regardless = r->regardless;
	int rc = enter(c, &p, a);
	if (rc > 0) {
		http_send(c, r, a);
		rc = leave(c, &p, a);
	}
	owner_leave(c, was);
	return rc < 0 ? -1 : 0;
}

int outbound_mail(struct ctx *c, const struct mail *m, struct http_answer *a)
{
	struct owner was = owner_enter(c, SMTP);
	struct passage p = passage_of(c, SMTP, "send", MAIL_TOTAL_MS);

	memset(a, 0, sizeof(*a));
	c->put_off_ms = 0;
	int rc = enter(c, &p, a);
	if (rc > 0) {
		mail_send(c, m, a);
		rc = leave(c, &p, a);
	}
	owner_leave(c, was);
	return rc < 0 ? -1 : 0;
}
