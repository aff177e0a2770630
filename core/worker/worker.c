#include "core/worker/worker.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/trace.h"
#include "core/live/live.h"
#include "core/sys/db.h"
#include "core/sys/metric.h"

#define FINISH_US 20000000
#define BACKOFF_UNKNOWN_S 5
#define BACKOFF_UNKNOWN_MAX_S 3600

static const struct field FIELDS[] = {
	ID(claim, id, RO),
	TEXT(claim, kind, RO, 40),
	ID(claim, ref_id, RO),
	INT(claim, attempts, RO, 0, 65535),
	INT(claim, max_attempts, RO, 0, 65535),
	INT(claim, company_number, RO, 0, INT32_MAX),
	ID(claim, company_id, RO),
	TEXT(claim, trace, RO, TRACE_LENGTH),
	INT(claim, turn, RO, 0, INT32_MAX),
};
const struct table CLAIM = TABLE(claim, "job", FIELDS);

/* ---- storage: through the doors ---- */

int worker_lease_s(void)
{
	int longest = 0;

	for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
		if (JOB_RULES[i].deadline_s > longest)
			longest = JOB_RULES[i].deadline_s;
	}
	return longest + LEASE_MARGIN_S;
}

int worker_claim(struct ctx *c, const struct claiming *k, struct rows *claims)
{
	return db_rows(c, &CLAIM, claims, "CALL sys_job_claim(?, ?, ?, ?, ?)", k->owner, k->n,
		worker_lease_s(), k->after, k->busy);
}

int worker_release(struct ctx *c, const char *owner, const char *but_this)
{
	return db_exec(c, "CALL sys_job_release(?, ?)", owner, but_this) < 0 ? -1 : 0;
}

int worker_lease(struct ctx *c, const struct claim *j, int seconds)
{
	int64_t kept;

	if (db_int(c, &kept, "CALL sys_job_lease(?, ?, ?)", j->id, j->attempts, seconds) < 0)
		return -1;
	return kept > 0;
}

static int finish(
	struct ctx *c, const struct claim *j, enum job_state state, const char *error, int delay_ms)
{
	int64_t ended;

	if (db_int(c, &ended, "CALL sys_job_finish(?, ?, ?, ?, ?)", j->id, j->attempts,
		    JOB_STATE[state], error, delay_ms) < 0)
		return -1;
	return ended > 0;
}

static int put_off(struct ctx *c, const struct claim *j, const char *error, int patience_s)
{
	int64_t ended;
	/* spread over twice the time: who waited together does not come together */
	int delay_ms = c->put_off_ms + (int)random_below((uint32_t)c->put_off_ms);

	if (db_int(c, &ended, "CALL sys_job_put_off(?, ?, ?, ?, ?, ?)", j->id, j->attempts, error,
		    delay_ms, patience_s, c->put_off_by) < 0)
		return -1;
	return (int)ended;
}

static int finish_all(struct ctx *c, const struct ends *e)
{
	struct buf b = buf_new(c->mem, CLAIMS_MAX * 64);

	for (size_t i = 0; i < e->n; i++)
		buf_printf(&b, "%s[\"%s\",%" PRId64 "]", i == 0 ? "[" : ",", e->p[i]->id,
			e->p[i]->attempts);
	buf_text_add(&b, "]");
	return db_exec(c, "CALL sys_job_done(?)", buf_text(&b)) < 0 ? -1 : 0;
}

int worker_recur(struct ctx *c)
{
	for (size_t i = 0; i < RECURRING_COUNT; i++) {
		const struct job_rule *rule = &JOB_RULES[RECURRING[i].kind];
		const char *period =
			mem_printf(c->mem, "%" PRId64, c->now.ms / 1000 / RECURRING[i].period_s);

		if (db_exec(c, "CALL sys_job_recur(?, ?, ?, ?, ?)", id_new(c), rule->name, period,
			    rule->priority, rule->attempts) < 0)
			return -1;
	}
	return 0;
}

int worker_bury(struct ctx *c, const char *owner, const char *job_id, const char *why)
{
	int64_t due_ms;

	if (db_exec(c, "CALL sys_job_crashed(?, ?, ?)", owner, *job_id == '\0' ? NULL : job_id,
		    why) < 0)
		return -1;
	int rc = db_int(c, &due_ms, "CALL sys_job_next()");
	return rc > 0 ? due_ms == 0 : rc;
}

/* ---- rules ---- */

int worker_backoff_ms(int kind, int64_t attempt, int retry_after_s)
{
	int64_t first = kind < 0 ? BACKOFF_UNKNOWN_S : JOB_RULES[kind].backoff_s;
	int64_t most = kind < 0 ? BACKOFF_UNKNOWN_MAX_S : JOB_RULES[kind].backoff_max_s;

	for (int64_t i = 1; i < attempt && first < most; i++)
		first *= 2;
	if (first > most)
		first = most;
	int ms = 1 + (int)random_below((uint32_t)first * 1000);

	/* the jitter comes on top: others were asked to wait as long */
	return retry_after_s > 0 ? retry_after_s * 1000 + ms / 4 : ms;
}

static bool permanent(enum err_code code)
{
	return code == E_BAD_REQUEST || err_status(code) == 422 || code == E_NOT_FOUND;
}

/* What people read beside a job that failed. */
static const char *why_failed(struct ctx *c)
{
	const struct err *e = &c->err;
	struct buf b = buf_new(c->mem, 4000);

	buf_text_add(&b, e->detail != NULL ? e->detail : err_sentence(e->code));
	for (int i = 0; i < e->n_fields; i++)
		buf_printf(&b, " %s: %s.", e->fields[i].field, e->fields[i].message);
	return utf8_cut(c->mem, buf_text(&b), 1000);
}

static bool wait_and_try_again(int64_t began_us)
{
	if (clock_monotonic_us() - began_us > FINISH_US)
		return false;
	nanosleep(&(struct timespec){1, 0}, NULL);
	return true;
}

struct burial {
	const struct claim *claim;
	const char *why;
};

/* A new dead letter is seen at once. */
static int bury(struct ctx *c, void *arg)
{
	const struct burial *b = arg;
	int rc = finish(c, b->claim, JOB_DEAD, b->why, 0);

	if (rc <= 0)
		return rc;
	live_note(c, "job.changed", b->claim->id);
	return live_number(c) < 0 ? -1 : rc;
}

/* The end of an attempt must not be lost to a server that restarts: it is
 * tried for a while, and the lease outlasts that. */
static enum attempt_end finish_surely(
	struct ctx *c, const struct claim *j, enum job_state state, const char *error, int delay_ms)
{
	int64_t began = clock_monotonic_us();

	do {
		err_clear(c);
		int rc = state == JOB_DEAD ? in_tx(c, bury, &(struct burial){j, error})
					   : finish(c, j, state, error, delay_ms);

		if (rc == 0)
			return ATTEMPT_LOST;
		if (rc > 0)
			return state == JOB_DONE ? ATTEMPT_DONE : ATTEMPT_AGAIN;
	} while (wait_and_try_again(began));
	return ATTEMPT_STUCK;
}

int worker_ends(struct ctx *c, struct ends *e)
{
	int64_t began = clock_monotonic_us();
	int rc = 0;

	if (e->n == 0)
		return 0;
	do {
		err_clear(c);
		rc = finish_all(c, e);
	} while (rc < 0 && wait_and_try_again(began));
	e->n = 0;
	return rc;
}

static enum attempt_end attempt_put_off(struct ctx *c, const struct claim *j)
{
	int patience_s = job_patience_s(job_kind_find(j->kind));
	const char *why = why_failed(c);
	int64_t began = clock_monotonic_us();

	do {
		err_clear(c);
		int rc = put_off(c, j, why, patience_s);

		if (rc == 0)
			return ATTEMPT_LOST;
		if (rc > 0)
			return rc == 1 ? ATTEMPT_PUT_OFF : ATTEMPT_AGAIN;
	} while (wait_and_try_again(began));
	return ATTEMPT_STUCK;
}

static enum attempt_end attempt_failed(struct ctx *c, const struct claim *j)
{
	const char *why = why_failed(c);
	int delay_ms = worker_backoff_ms(job_kind_find(j->kind), j->attempts, c->err.retry_after);

	if (permanent(c->err.code) || j->attempts >= j->max_attempts)
		return finish_surely(c, j, JOB_DEAD, why, 0);
	return finish_surely(c, j, JOB_QUEUED, why, delay_ms);
}

struct step {
	const struct claim *claim;
	const struct job_work *work;
	bool lost;
};

static int work_and_finish(struct ctx *c, void *arg)
{
	struct step *s = arg;

	if (s->work->run(c, s->claim->ref_id) < 0 || live_number(c) < 0)
		return -1;
	int rc = finish(c, s->claim, JOB_DONE, NULL, 0);
	s->lost = rc == 0;
	if (s->lost)
		return err_set(c, E_STATE, "Another attempt of this job has begun.");
	return rc < 0 ? -1 : 0;
}

static void log_attempt(
	const struct ctx *c, const struct claim *j, const char *result, int64_t began_us)
{
	char attempt[24], ms[24], calls[24];

	snprintf(attempt, sizeof(attempt), "%" PRId64, j->attempts);
	snprintf(ms, sizeof(ms), "%" PRId64, (clock_monotonic_us() - began_us) / 1000);
	snprintf(calls, sizeof(calls), "%u", c->db_calls);
	log_line("job", "kind", j->kind, "id", j->id, "company", j->company_id, "attempt", attempt,
		"ms", ms, "db", calls, "result", result, NULL);
}

static enum attempt_end attempt_succeeded(
	struct ctx *c, const struct claim *j, const struct job_work *work)
{
	switch (work->mode) {
	case JOB_TX_WRITE:
		return ATTEMPT_DONE;
	case JOB_TX_NONE:
		return finish_surely(c, j, JOB_DONE, NULL, 0);
	case JOB_BATCHED:
		return ATTEMPT_DONE_LATER;
	}
	BUG("a job of mode %d", (int)work->mode);
}

static const char *outcome_of(enum attempt_end end, bool gives_up)
{
	switch (end) {
	case ATTEMPT_DONE:
	case ATTEMPT_DONE_LATER:
		return "done";
	case ATTEMPT_AGAIN:
		return gives_up ? "dead" : "failed";
	case ATTEMPT_PUT_OFF:
		return "put_off";
	case ATTEMPT_LOST:
		return "lost";
	case ATTEMPT_STUCK:
		return "stuck";
	}
	BUG("an attempt that ended as %d", (int)end);
}

/* From the arrival, which its id tells; what a person had tried again is no measure. */
static void count_lag(const struct ctx *c, const struct claim *j, int kind)
{
	int64_t ms = ts_now().ms - id_time(j->id).ms;

	if (text_starts(j->kind, "inbox.") && kind != JOB_INBOX_REPLAY &&
		j->attempts <= JOB_RULES[kind].attempts)
		metric_time(c, METRIC_WEBHOOK_LAG, ms * 1000, j->kind + strlen("inbox."), NULL);
}

static void count_attempt(
	const struct ctx *c, const struct claim *j, const char *outcome, int64_t began_us)
{
	int kind = job_kind_find(j->kind);
	const char *name = kind < 0 ? "unknown" : j->kind;

	metric_count(c, METRIC_JOBS, name, outcome, NULL);
	metric_time(c, METRIC_JOB_TIMES, clock_monotonic_us() - began_us, name, NULL);
	if (kind < 0 || strcmp(outcome, "done") != 0)
		return;
	count_lag(c, j, kind);
	if (c->booked != NULL)
		metric_count(c, METRIC_BOOKINGS, c->booked, NULL, NULL);
}

enum attempt_end worker_attempt(struct ctx *c, const struct claim *j, const struct job_work *work)
{
	struct step s = {j, work, false};
	int64_t began = clock_monotonic_us();
	const char *result = "done";
	enum attempt_end end;
	int rc;

	c->put_off_ms = 0;
	c->put_off_by = NULL;
	c->booked = NULL;
	if (work == NULL)
		rc = err_set(c, E_NOT_FOUND,
			"This version of the worker does not know this kind of job.");
	else if (work->mode == JOB_TX_WRITE)
		rc = in_tx(c, work_and_finish, &s);
	else
		rc = work->run(c, j->ref_id);
	alarm(0);
	bool gives_up = rc < 0 && (permanent(c->err.code) || j->attempts >= j->max_attempts);
	if (rc < 0)
		result = err_wire(c->err.code);
	if (s.lost)
		end = ATTEMPT_LOST;
	else if (rc < 0 && work != NULL && c->put_off_ms > 0 && c->err.code == E_PROVIDER)
		end = attempt_put_off(c, j);
	else
		end = rc < 0 ? attempt_failed(c, j) : attempt_succeeded(c, j, work);
	if (end == ATTEMPT_LOST)
		result = "lost";
	if (end == ATTEMPT_STUCK)
		result = "stuck";
	if (end == ATTEMPT_PUT_OFF)
		result = "put off";
	log_attempt(c, j, result, began);
	count_attempt(c, j, outcome_of(end, gives_up), began);
	return end;
}
