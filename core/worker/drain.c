#include "core/worker/drain.h"
#include "core/base/log.h"
#include "core/base/trace.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#define JOB_ARENA_MAX (512u << 20)
#define CLAIM_ARENA_MAX (1u << 20)
#define CLAIM_TRIES 3
#define ENDS_WAIT_US 100000 /* for others, before they are written down together */

/* ---- the slot ---- */

/* False: what is claimed was taken away. */
static bool slot_begin(struct worker_slot *s, const char *job_id)
{
	uint64_t at = atomic_load(&s->at);

	atomic_store(&s->since_us, clock_monotonic_us());
	if ((at & 1) != 0 || !atomic_compare_exchange_strong(&s->at, &at, at + 2))
		return false;
	snprintf(s->job_id, sizeof(s->job_id), "%s", job_id);
	return true;
}

static void slot_end(struct worker_slot *s)
{
	*s->job_id = '\0';
	atomic_store(&s->since_us, 0);
	atomic_fetch_add(&s->ended, 1);
}

/* Whatever is claimed from here on is ours. */
static void slot_renew(struct worker_slot *s)
{
	atomic_store(&s->at, (atomic_load(&s->at) | 1) + 1);
}

bool slot_take_away(struct worker_slot *s, int64_t before_us)
{
	uint64_t at = atomic_load(&s->at);
	int64_t since = atomic_load(&s->since_us);

	return since != 0 && since < before_us && (at & 1) == 0 &&
		atomic_compare_exchange_strong(&s->at, &at, at | 1);
}

/* ---- contexts ---- */

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
	trace_begin(c, j->trace);
}

/* ---- a batch ---- */

struct batch {
	struct worker *w;
	struct arena *claims_mem;
	struct arena *job_mem;
	struct rows claims;
	int64_t claimed_us;
	struct ends ends;
	int64_t first_end_us;
};

static int write_ends(struct batch *b)
{
	struct ctx c;

	ctx_ready(&c, b->w, b->claims_mem);
	return worker_ends(&c, &b->ends);
}

static enum attempt_end begin(struct batch *b, struct ctx *c, const struct claim *j)
{
	int kind = job_kind_find(j->kind);
	int64_t held_s = (clock_monotonic_us() - b->claimed_us) / 1000000;

	if (kind < 0)
		return worker_attempt(c, j, NULL);
	int need_s = JOB_RULES[kind].deadline_s + LEASE_MARGIN_S;
	if (held_s + need_s > worker_lease_s()) {
		int rc = worker_lease(c, j, need_s);

		if (rc <= 0)
			return rc == 0 ? ATTEMPT_LOST : ATTEMPT_STUCK;
	}
	/* what is repeated may be repeated by a death at this one */
	if (JOB_WORK[kind].mode != JOB_BATCHED && write_ends(b) < 0)
		return ATTEMPT_STUCK;
	alarm((unsigned)JOB_RULES[kind].deadline_s);
	return worker_attempt(c, j, &JOB_WORK[kind]);
}

static enum attempt_end run_one(struct batch *b, const struct claim *j)
{
	struct worker *w = b->w;
	struct ctx c;

	ctx_for(&c, w, b->job_mem, j);
	enum attempt_end end = begin(b, &c, j);
	trace_end();
	slot_end(w->slot);
	live_publish(&w->live, &c);
	db_idle(w->db);
	arena_reset(b->job_mem);
	if (end != ATTEMPT_DONE_LATER)
		return end;
	if (b->ends.n == 0)
		b->first_end_us = clock_monotonic_us();
	b->ends.p[b->ends.n++] = j;
	if (clock_monotonic_us() - b->first_end_us > ENDS_WAIT_US && write_ends(b) < 0)
		return ATTEMPT_STUCK;
	return ATTEMPT_DONE;
}

static void unlink_wake_file(const struct worker *w, struct arena *mem)
{
	const char *path = mem_printf(mem, "%s/work", w->conf->server_run_dir);

	if (unlink(path) < 0 && errno != ENOENT)
		log_line("wake", "path", path, "error", strerror(errno), NULL);
}

/* The number of claimed jobs, or -1. */
static int claim(struct batch *b)
{
	struct worker *w = b->w;
	int others = (int)w->conf->worker_processes - 1;
	struct claiming k = {.owner = w->slot->owner,
		.n = (int)w->conf->worker_batch,
		.after = w->after,
		.busy = others > 0 ? others : INT32_MAX};
	struct ctx c;
	int n = -1;

	slot_renew(w->slot);
	for (int i = 0; n < 0 && i < CLAIM_TRIES; i++) {
		ctx_ready(&c, w, b->claims_mem);
		unlink_wake_file(w, b->claims_mem);
		b->claimed_us = clock_monotonic_us();
		n = worker_claim(&c, &k, &b->claims);
		if (n < 0 && !db_retryable(&c))
			return -1;
	}
	if (n > 0)
		w->after = ((const struct claim *)b->claims.p)->turn;
	atomic_store(&w->slot->has_more, n == k.n);
	return n;
}

static int give_back(struct batch *b)
{
	struct ctx c;

	ctx_ready(&c, b->w, b->claims_mem);
	return worker_release(&c, b->w->slot->owner, NULL);
}

/* One claim and its jobs. Their number, or -1. */
static int drain_batch(struct batch *b)
{
	int n = claim(b);

	for (int i = 0; i < n; i++) {
		const struct claim *j = (const struct claim *)b->claims.p + i;

		if (*b->w->stop)
			return write_ends(b) < 0 || give_back(b) < 0 ? -1 : n;
		if (!slot_begin(b->w->slot, j->id))
			break;
		if (run_one(b, j) == ATTEMPT_STUCK)
			return -1;
	}
	return n < 0 || write_ends(b) < 0 ? -1 : n;
}

int worker_drain(struct worker *w)
{
	struct batch b = {.w = w,
		.claims_mem = arena_new(CLAIM_ARENA_MAX),
		.job_mem = arena_new(JOB_ARENA_MAX)};
	struct ctx c;
	int n;

	ctx_ready(&c, w, b.claims_mem);
	n = worker_recur(&c);
	while (n >= 0 && !*w->stop) {
		arena_reset(b.claims_mem);
		n = drain_batch(&b);
		if (n == 0)
			break;
	}
	arena_delete(b.job_mem);
	arena_delete(b.claims_mem);
	return n < 0 ? -1 : 0;
}
