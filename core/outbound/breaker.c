#include "core/outbound/breaker.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/event/event.h"
#include "core/outbound/limits.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/meter.h"

#define FAILURES 5 /* of the latest ten calls */
#define OTHERS 3   /* calls of other kinds mean as much as one of its own */
#define PAUSE_S 30
#define PAUSE_TIMES 20     /* at most so much longer, and at once where the account is refused */
#define ASKED_MAX_S 3600   /* of what a provider may ask all of us to wait */
#define IN_A_ROW_S 1800    /* it works for longer: the next time is the first again */
#define KNOWN_US 1000000   /* shorter than any pause */
#define PROBE_MORE_MS 5000 /* beyond its call, for writing down what came of it */
#define PROBE_WAIT_MS 2000 /* for others, while it is tried */
#define REASON_LENGTH 300

const char *const BREAKER_STATE[4] = {
	[BREAKER_CLOSED] = "closed",
	[BREAKER_OPEN] = "open",
	[BREAKER_HALF_OPEN] = "half_open",
	NULL,
};

const char *const VERDICTS[6] = {
	[VERDICT_OK] = "ok",
	[VERDICT_REJECTED] = "rejected",
	[VERDICT_FAILED] = "failed",
	[VERDICT_THROTTLED] = "throttled",
	[VERDICT_DENIED] = "denied",
	NULL,
};

static const struct field FIELDS[] = {
	ID(breaker, id, RO),
	TEXT(breaker, provider, RO, 20),
	ENUM(breaker, state, RO, enum breaker_state, BREAKER_STATE),
	TIME(breaker, since, RO),
	TIME(breaker, retry_at, RO),
	ID(breaker, probe, RO | HIDDEN),
	INT(breaker, passed, RO | HIDDEN, 0, 255),
	TEXT(breaker, operation, RO, 60),
	TEXT(breaker, reason, RO, REASON_LENGTH),
	BOOL(breaker, is_denied, RO),
	INT(breaker, trips, RO, 0, 65535),
	INT(breaker, wait_ms, RO | JOINED | HIDDEN, 0, INT32_MAX),
	INT(breaker, since_s, RO | JOINED | HIDDEN, 0, INT32_MAX),
};
const struct table BREAKER = TABLE(breaker, "breaker", FIELDS);

/* What an event tells. */
struct change {
	const char *id;
	const char *provider;
	const char *reason;
};

static const struct field CHANGE_FIELDS[] = {
	ID(change, id, RO),
	TEXT(change, provider, RO, 20),
	TEXT(change, reason, RO, REASON_LENGTH),
};
static const struct table CHANGE = TABLE(change, "integration_change", CHANGE_FIELDS);

/* ---- storage ---- */

int breaker_list(struct ctx *c, struct rows *out)
{
	return db_rows(c, &BREAKER, out, "SELECT {cols} FROM breaker ORDER BY provider LIMIT 100");
}

int breaker_find(struct ctx *c, const char *provider, struct breaker *out)
{
	return db_one(c, &BREAKER, out,
		"SELECT {cols},"
		" GREATEST(0, TIMESTAMPDIFF(MICROSECOND, NOW(3), retry_at) DIV 1000) AS wait_ms"
		" FROM breaker WHERE provider = ?",
		provider);
}

/* Nobody else changes it before this transaction ends. */
static int lock(struct ctx *c, const char *provider, struct breaker *out)
{
	return db_one(c, &BREAKER, out,
		"SELECT {cols}, GREATEST(0, TIMESTAMPDIFF(SECOND, since, NOW(3))) AS since_s"
		" FROM breaker WHERE provider = ? FOR UPDATE",
		provider);
}

static int lock_new(struct ctx *c, const char *provider, struct breaker *out)
{
	struct breaker fresh = {.id = id_new(c), .provider = provider};
	int rc = lock(c, provider, out);

	if (rc != 0)
		return rc;
	if (db_insert_new(c, &BREAKER, &fresh) < 0)
		return -1;
	return lock(c, provider, out);
}

/* Of the latest calls since it was closed. */
static int failures(struct ctx *c, const struct breaker *b, int64_t *n)
{
	return db_int(c, n,
		"SELECT COUNT(*) FROM (SELECT verdict FROM provider_call WHERE provider = ?"
		" AND created_at > GREATEST(NOW(3) - INTERVAL 10 MINUTE, COALESCE(?, '1970-01-02'))"
		" ORDER BY created_at DESC LIMIT 10) latest WHERE verdict IN ('failed', "
		"'throttled')",
		b->provider, b->since);
}

static int pause_s(const struct ctx *c, int64_t trips, const struct breaker_news *news)
{
	int64_t s = c->conf == NULL ? PAUSE_S : c->conf->breaker_pause_s;
	int64_t most = s * PAUSE_TIMES;

	for (int64_t i = 1; i < trips && s < most; i++)
		s *= 2;
	if (s > most || news->verdict == VERDICT_DENIED)
		s = most;
	int asked_s = news->retry_after < ASKED_MAX_S ? news->retry_after : ASKED_MAX_S;
	return s > asked_s ? (int)s : asked_s;
}

struct leaving {
	const struct breaker_pass *p;
	const struct breaker_news *news;
};

static int open(struct ctx *c, struct breaker *b, const struct leaving *l)
{
	const struct breaker_news *news = l->news;

	b->reason = utf8_cut(c->mem, news->reason, REASON_LENGTH);
	b->is_denied = news->verdict == VERDICT_DENIED;
	return db_exec(c,
		       "UPDATE breaker SET since = IF(state = 'closed', NOW(3), since),"
		       " state = 'open', trips = ?, is_denied = ?, reason = ?, operation = ?,"
		       " passed = 0, probe = NULL, retry_at = NOW(3) + INTERVAL ? SECOND"
		       " WHERE id = ?",
		       b->trips, b->is_denied, b->reason, l->p->operation,
		       pause_s(c, b->trips, news), b->id) < 0
		? -1
		: 0;
}

/* ---- changes ---- */

static int tell(struct ctx *c, enum event_kind kind, const struct breaker *b)
{
	struct change change = {b->id, b->provider, b->reason};

	return event_emit(c, kind, b->id, &CHANGE, &change);
}

static int close_it(struct ctx *c, const struct breaker *b)
{
	if (db_exec(c,
		    "UPDATE breaker SET state = 'closed', since = NOW(3), is_denied = 0,"
		    " probe = NULL, retry_at = NULL WHERE id = ?",
		    b->id) < 0)
		return -1;
	return queue_put_off_end(c) < 0 ? -1 : tell(c, EV_INTEGRATION_RECOVERED, b);
}

static bool works(enum verdict v)
{
	return v == VERDICT_OK || v == VERDICT_REJECTED;
}

/* Of the one call that was let through; unless it took so long that another was. */
static int probe_ended(struct ctx *c, void *arg)
{
	const struct leaving *l = arg;
	struct breaker b;
	int rc = lock(c, l->p->provider, &b);

	if (rc <= 0 || !text_same(b.probe, l->p->probe))
		return rc < 0 ? -1 : 0;
	if (l->news->reason != NULL) {
		b.trips++;
		return open(c, &b, l);
	}
	if (b.passed + 1 >= OTHERS || text_same(b.operation, l->p->operation))
		return close_it(c, &b);
	return db_exec(c,
		       "UPDATE breaker SET state = 'open', passed = passed + 1, probe = NULL,"
		       " retry_at = NOW(3) WHERE id = ?",
		       b.id) < 0
		? -1
		: 0;
}

static int call_failed(struct ctx *c, void *arg)
{
	const struct leaving *l = arg;
	struct breaker b;
	int64_t n = FAILURES;

	if (lock_new(c, l->p->provider, &b) < 0)
		return -1;
	if (b.state != BREAKER_CLOSED)
		return 0;
	if (l->news->verdict != VERDICT_DENIED && failures(c, &b, &n) < 0)
		return -1;
	if (n < FAILURES)
		return 0;
	b.trips = b.since.ms != 0 && b.since_s < IN_A_ROW_S ? b.trips + 1 : 1;
	if (open(c, &b, l) < 0)
		return -1;
	meter_remember(c, l->p->account, 0);
	return tell(c, EV_INTEGRATION_FAILED, &b);
}

/* ---- asking ---- */

static int refuse(struct ctx *c, const struct breaker *b, int *wait_ms, const char **why)
{
	if (*wait_ms < 1)
		*wait_ms = 1;
	*why = mem_printf(c->mem, "%s is not asked for %d s: %s", provider_title(b->provider),
		(*wait_ms + 999) / 1000, b->reason == NULL ? "it failed." : b->reason);
	return 0;
}

int breaker_look(struct ctx *c, struct breaker_pass *p, int *wait_ms, const char **why)
{
	struct breaker b;

	p->id = p->probe = NULL;
	p->is_due = false;
	if (meter_remembers(c, p->account))
		return 1;
	int rc = breaker_find(c, p->provider, &b);
	if (rc < 0)
		return -1;
	if (rc == 0 || b.state == BREAKER_CLOSED) {
		meter_remember(c, p->account, KNOWN_US);
		return 1;
	}
	p->id = b.id;
	p->is_due = b.wait_ms == 0;
	if (p->is_due)
		return 1;
	*wait_ms = b.state == BREAKER_OPEN || b.wait_ms < PROBE_WAIT_MS ? (int)b.wait_ms
									: PROBE_WAIT_MS;
	return refuse(c, &b, wait_ms, why);
}

int breaker_enter(struct ctx *c, struct breaker_pass *p, int *wait_ms, const char **why)
{
	const char *probe = id_new(c);

	if (!p->is_due)
		return 1;
	int rc = db_exec(c,
		"UPDATE breaker SET state = 'half_open', probe = ?,"
		" retry_at = NOW(3) + INTERVAL ? * 1000 MICROSECOND"
		" WHERE id = ? AND state <> 'closed' AND retry_at <= NOW(3)",
		probe, p->call_ms + PROBE_MORE_MS, p->id);
	if (rc < 0)
		return -1;
	if (rc > 0) {
		p->probe = probe;
		return 1;
	}
	*wait_ms = PROBE_WAIT_MS;
	return refuse(c, &(struct breaker){.provider = p->provider, .reason = "It is being tried."},
		wait_ms, why);
}

int breaker_leave(struct ctx *c, const struct breaker_pass *p, const struct breaker_news *news)
{
	struct leaving l = {p, news};

	if (p->probe != NULL)
		return in_tx(c, probe_ended, &l);
	return works(news->verdict) ? 0 : in_tx(c, call_failed, &l);
}

/* ---- by hand ---- */

int breaker_works(struct ctx *c, const char *provider)
{
	struct breaker b;
	int rc = lock(c, provider, &b);

	if (rc <= 0 || b.state == BREAKER_CLOSED)
		return rc < 0 ? -1 : 0;
	return close_it(c, &b);
}

int breaker_retry(struct ctx *c, const char *provider)
{
	int rc = db_exec(c,
		"UPDATE breaker SET retry_at = NOW(3) WHERE provider = ? AND state = 'open'",
		provider);

	return rc > 0 ? queue_put_off_end(c) : rc;
}

int breaker_forget(struct ctx *c, const char *provider)
{
	return db_exec(c,
		       "UPDATE breaker SET state = 'closed', since = NOW(3), is_denied = 0,"
		       " probe = NULL, retry_at = NULL WHERE provider = ? AND state <> 'closed'",
		       provider) < 0
		? -1
		: 0;
}
