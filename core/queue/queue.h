/*
 * queue.h - putting work aside for the worker. Inserts job rows, in the
 * caller's transaction; claiming and running are core/worker.
 */
#ifndef FRONTDESK_QUEUE_H
#define FRONTDESK_QUEUE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum job_kind {
#define X(symbol, name, deadline, attempts, priority, first, most) symbol,
#include "core/queue/jobs.def"
#undef X
	JOB_KIND_COUNT
};

struct job_rule {
	const char *name;
	int deadline_s; /* of one attempt; its lease is 30 s longer */
	int attempts;
	int priority;
	int backoff_s;     /* at most, after the first failure */
	int backoff_max_s; /* after any */
};

extern const struct job_rule JOB_RULES[JOB_KIND_COUNT];

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_DEAD };

struct job {
	const char *id;
	const char *kind;
	const char *ref_id; /* what it is about: inbox event, event, notification */
	enum job_state state;
	int64_t attempts;
	int64_t max_attempts;
	ts_t run_at;
	const char *last_error;
	ts_t created_at;
	ts_t finished_at;
};

extern const struct table JOB;
extern const char *const JOB_STATE[5];

/*
 * Queues a job about ref_id in ctx->company and marks the context so that the
 * worker is woken after the commit. run_at zero: now. unique_key NULL: none;
 * else a job of this kind with that key is queued once only.
 */
int queue_add(struct ctx *c, enum job_kind kind, const char *ref_id, ts_t run_at,
	const char *unique_key) MUST_USE;

/* The same, now and without a unique key; its id, for somebody who waits. */
int queue_put(struct ctx *c, enum job_kind kind, const char *ref_id, const char **id) MUST_USE;

/* Those of a kind about ref_id that wait are no longer needed. */
int queue_void(struct ctx *c, enum job_kind kind, const char *ref_id) MUST_USE;

/* A provider answers again: what was put off for one comes now, of ctx->company; of
 * all companies when that is 0. */
int queue_put_off_end(struct ctx *c) MUST_USE;

/* Creates the wake file in run_dir; after COMMIT only. Failures are logged:
 * the worker looks by itself every few seconds. */
void queue_wake(const struct ctx *c);

struct job_filter {
	const char *state; /* NULL: any */
	const char *kind;  /* NULL: any */
	ts_t before;       /* with before_id: only what is older than that job */
	const char *before_id;
	int limit;
};

/* Jobs of the company (dead letters: state "dead"), newest first. */
int job_list(struct ctx *c, const struct job_filter *f, struct rows *out) MUST_USE;

#endif
