#include "core/worker/worker.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#define JOB_ARENA_MAX (512u << 20)
#define CLAIM_ARENA_MAX (1u << 20)
#define LEASE_MARGIN_S 60 /* beyond the deadline, for writing down the end */
#define FINISH_US 20000000
#define CLAIM_TRIES 3
#define BACKOFF_BASE_MS 5000
#define BACKOFF_MAX_MS 3600000

static const struct field FIELDS[] = {
	ID(claim, id, RO),
	TEXT(claim, kind, RO, 40),
	ID(claim, ref_id, RO),
	INT(claim, attempts, RO, 0, 65535),
	INT(claim, max_attempts, RO, 0, 65535),
	INT(claim, company_number, RO, 0, INT32_MAX),
	ID(claim, company_id, RO),
};
const struct table CLAIM = TABLE(claim, "job", FIELDS);

/* ---- storage ---- */

/* A lease that the longest kind of job can begin with. */
static int claim_lease_s(void)
{
	int longest = 0;

	for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
		if (JOB_RULES[i].deadline_s > longest)
			longest = JOB_RULES[i].deadline_s;
	}
	return longest + LEASE_MARGIN_S;
}

int worker_claim(struct ctx *c, const char *owner, int n, struct rows *claims)
{
	return db_rows(c, &CLAIM, claims, "CALL sys_job_claim(?, ?, ?)", owner, n, claim_lease_s());
}

/* 1, or 0 when another attempt has begun since; -1. */
static int lease_extend(struct ctx *c, const struct claim *j, int seconds)
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

int worker_bury(struct ctx *c, const struct worker_slot *slot, const char *why)
{
	const char *job = *slot->job_id == '\0' ? NULL : slot->job_id;
	int64_t due_ms;

	if (db_exec(c, "CALL sys_job_crashed(?, ?, ?)", slot->owner, job, why) < 0)
		return -1;
	int rc = db_int(c, &due_ms, "CALL sys_job_next()");
	return rc > 0 ? due_ms == 0 : rc;
}

/* ---- rules ---- */

int worker_backoff_ms(int64_t attempt, int retry_after_s)
{
	int64_t most = BACKOFF_BASE_MS;

	for (int64_t i = 1; i < attempt && most < BACKOFF_MAX_MS; i++)
		most *= 2;
	if (most > BACKOFF_MAX_MS)
		most = BACKOFF_MAX_MS;
	int ms = 1 + (int)random_below((uint32_t)most);

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

/* The end of an attempt must not be lost to a server that restarts: it is
 * tried for a while, and the lease outlasts that. */
static enum attempt_end finish_surely(
	struct ctx *c, const struct claim *j, enum job_state state, const char *error, int delay_ms)
{
	int64_t began = clock_monotonic_us();

	for (;;) {
		err_clear(c);
		int rc = finish(c, j, state, error, delay_ms);

		if (rc == 0)
			return ATTEMPT_LOST;
		if (rc > 0)
			return state == JOB_DONE ? ATTEMPT_DONE : ATTEMPT_AGAIN;
		if (clock_monotonic_us() - began > FINISH_US)
			return ATTEMPT_STUCK;
		nanosleep(&(struct timespec){1, 0}, NULL);
	}
}

static enum attempt_end attempt_failed(struct ctx *c, const struct claim *j)
{
	const char *why = why_failed(c);
	int delay_ms = worker_backoff_ms(j->attempts, c->err.retry_after);

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

	if (s->work->run(c, s->claim->ref_id) < 0)
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

enum attempt_end worker_attempt(struct ctx *c, const struct claim *j, const struct job_work *work)
{
	struct step s = {j, work, false};
	int64_t began = clock_monotonic_us();
	const char *result = "done";
	enum attempt_end end;
	int rc;

	if (work->mode == JOB_TX_WRITE)
		rc = in_tx(c, work_and_finish, &s);
	else
		rc = work->run(c, j->ref_id);
	alarm(0);
	if (rc < 0)
		result = err_wire(c->err.code);
	if (s.lost)
		end = ATTEMPT_LOST;
	else if (rc < 0)
		end = attempt_failed(c, j);
	else
		end = work->mode == JOB_TX_WRITE ? ATTEMPT_DONE
						 : finish_surely(c, j, JOB_DONE, NULL, 0);
	if (end == ATTEMPT_LOST)
		result = "lost";
	if (end == ATTEMPT_STUCK)
		result = "stuck";
	log_attempt(c, j, result, began);
	return end;
}

/* ---- the drainer ---- */

static void ctx_ready(struct ctx *c, const struct worker *w, struct arena *mem)
{
	memset(c, 0, sizeof(*c));
	c->mem = mem;
	c->now = ts_now();
	c->actor = ACTOR_JOB;
	c->conf = w->conf;
	c->db = w->db;
}

static void ctx_for(struct ctx *c, const struct worker *w, struct arena *mem, const struct claim *j)
{
	ctx_ready(c, w, mem);
	c->company = (uint32_t)j->company_number;
	c->company_id = j->company_id;
	c->actor_id = j->id;
	c->request_id = j->id;
}

/* Claimed and not begun: it goes back at once. */
static enum attempt_end give_back(struct ctx *c, const struct claim *j)
{
	return finish_surely(c, j, JOB_QUEUED, NULL, 0);
}

static enum attempt_end begin(struct ctx *c, const struct claim *j, int64_t claimed_us)
{
	int kind = job_kind_find(j->kind);
	int64_t held_s = (clock_monotonic_us() - claimed_us) / 1000000;

	if (kind < 0) {
		log_attempt(c, j, "unknown_kind", clock_monotonic_us());
		return finish_surely(c, j, JOB_DEAD,
			"This version of the worker does not know this kind of job.", 0);
	}
	int need_s = JOB_RULES[kind].deadline_s + LEASE_MARGIN_S;
	if (held_s + need_s > claim_lease_s()) {
		int rc = lease_extend(c, j, need_s);

		if (rc <= 0)
			return rc == 0 ? ATTEMPT_LOST : ATTEMPT_STUCK;
	}
	alarm((unsigned)JOB_RULES[kind].deadline_s);
	return worker_attempt(c, j, &JOB_WORK[kind]);
}

static enum attempt_end run_one(
	struct worker *w, struct arena *mem, const struct claim *j, int64_t claimed_us)
{
	struct ctx c;
	enum attempt_end end;

	ctx_for(&c, w, mem, j);
	if (*w->stop)
		return give_back(&c, j);
	snprintf(w->slot->job_id, sizeof(w->slot->job_id), "%s", j->id);
	end = begin(&c, j, claimed_us);
	*w->slot->job_id = '\0';
	w->slot->ended++;
	db_idle(w->db);
	arena_reset(mem);
	return end;
}

static void unlink_wake_file(const struct worker *w, struct arena *mem)
{
	const char *path = mem_printf(mem, "%s/work", w->conf->server_run_dir);

	if (unlink(path) < 0 && errno != ENOENT)
		log_line("wake", "path", path, "error", strerror(errno), NULL);
}

/* One claim and its jobs. Their number, or -1. */
static int drain_batch(struct worker *w, struct arena *claims_mem, struct arena *job_mem)
{
	int64_t claimed_us = clock_monotonic_us();
	struct rows claims;
	struct ctx c;

	int n = -1;

	for (int i = 0; n < 0 && i < CLAIM_TRIES; i++) {
		ctx_ready(&c, w, claims_mem);
		unlink_wake_file(w, claims_mem);
		n = worker_claim(&c, w->slot->owner, (int)w->conf->worker_batch, &claims);
		if (n < 0 && !db_retryable(&c))
			return -1;
	}
	for (int i = 0; i < n; i++) {
		const struct claim *j = (const struct claim *)claims.p + i;

		if (run_one(w, job_mem, j, claimed_us) == ATTEMPT_STUCK)
			return -1;
	}
	return n;
}

int worker_drain(struct worker *w)
{
	struct arena *claims_mem = arena_new(CLAIM_ARENA_MAX);
	struct arena *job_mem = arena_new(JOB_ARENA_MAX);
	struct ctx c;
	int n;

	ctx_ready(&c, w, claims_mem);
	n = worker_recur(&c);
	while (n >= 0 && !*w->stop) {
		arena_reset(claims_mem);
		n = drain_batch(w, claims_mem, job_mem);
		if (n == 0)
			break;
	}
	arena_delete(job_mem);
	arena_delete(claims_mem);
	return n < 0 ? -1 : 0;
}
