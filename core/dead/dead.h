/*
 * dead.h - dead letters: jobs that were given up, what they were about, how
 * they failed, and trying them again.
 */
#ifndef FRONTDESK_DEAD_H
#define FRONTDESK_DEAD_H

#include "core/queue/queue.h"

/* An attempt that failed. */
struct job_failure {
	int64_t attempt;
	const char *error;
	ts_t failed_at;
};

#define FAILURES_SHOWN 50

/* A job with its history. */
struct job_detail {
	const char *id;
	const char *kind;
	enum job_state state;
	int64_t attempts;
	int64_t max_attempts;
	ts_t run_at;
	const char *last_error;
	const char *trace; /* traceparent of what queued it */
	ts_t created_at;
	ts_t finished_at;
	const char *payload;  /* of the event it is about, as text; NULL: of none */
	struct rows failures; /* of struct job_failure, the newest first */
};

extern const struct table JOB_DETAIL;

/* E_NOT_FOUND. */
int job_detail_get(struct ctx *c, const char *id, struct job_detail *out) MUST_USE;

/* A dead job again, with fresh attempts. E_NOT_FOUND, E_STATE (not dead). */
int job_replay(struct ctx *c, const char *id, struct job *out) MUST_USE;

/* Which dead letters: these (at most 100), or all of a kind, or all. */
struct replay_wish {
	struct texts ids;
	const char *kind;
	bool all;
};

#define REPLAY_AT_ONCE 1000

/* Queues them again, the oldest first, at most REPLAY_AT_ONCE; *n is how many.
 * Field errors: exactly one of the three must be given; the kind must exist. */
int job_replay_many(struct ctx *c, const struct replay_wish *w, int64_t *n) MUST_USE;

#endif
