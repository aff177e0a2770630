/*
 * worker.h - claiming jobs and carrying them out.
 *
 * A claim is committed before anything is done (SKIP LOCKED: two workers never
 * hold the same job), carries a lease, and counts an attempt. The end of an
 * attempt is written only if no other attempt has begun since. Failures that
 * may pass go back with a growing random delay; permanent ones, and those
 * whose attempts are used up, are dead: a person can replay them.
 *
 * A job that exceeds its deadline kills its process (SIGALRM is left at its
 * deadly default): whatever library it hangs in, it ends. The parent process
 * (main.c) sees how the drainer died, and what it was at, and writes it down.
 */
#ifndef FRONTDESK_WORKER_H
#define FRONTDESK_WORKER_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/worker/kinds.h"

/* A job in our hands. */
struct claim {
	const char *id;
	const char *kind;
	const char *ref_id;
	int64_t attempts;
	int64_t max_attempts;
	int64_t company_number;
	const char *company_id;
};

extern const struct table CLAIM;

#define OWNER_MAX 64
#define JOB_ID_MAX 40

/* What the drainer tells its parent, in memory that both see. */
struct worker_slot {
	char owner[OWNER_MAX];
	char job_id[JOB_ID_MAX]; /* "": at none */
	unsigned ended;          /* attempts that were brought to an end */
};

struct worker {
	const struct conf *conf;
	struct db *db;
	struct worker_slot *slot;
	const volatile bool *stop; /* set by SIGTERM */
};

/* Up to n due jobs, with a lease for each that is long enough for the first
 * to run at once. Rows are in c's arena. Their number, or -1. */
int worker_claim(struct ctx *c, const char *owner, int n, struct rows *claims) MUST_USE;

enum attempt_end {
	ATTEMPT_DONE,
	ATTEMPT_AGAIN, /* queued again, or dead */
	ATTEMPT_LOST,  /* another attempt has begun since: nothing was written */
	ATTEMPT_STUCK, /* its end could not be written: the lease will tell */
};

/* Carries out one attempt of a claimed job, and writes down its end. c is made
 * ready for the job's company; its arena is the job's. */
enum attempt_end worker_attempt(
	struct ctx *c, const struct claim *j, const struct job_work *work) MUST_USE;

/* Queues each recurring job whose period has begun, once per period. */
int worker_recur(struct ctx *c) MUST_USE;

/* Milliseconds to wait after a failed attempt (1, 2, …): random up to 5 s
 * doubled with every attempt, at most an hour; never less than asked for. */
int worker_backoff_ms(int64_t attempt, int retry_after_s);

/* Runs what is due until nothing is. 0, or -1 when the database does not
 * answer. Unlinks the wake file before it looks. */
int worker_drain(struct worker *w) MUST_USE;

/* After the drainer of this slot died: writes down why. 1 work is left, 0
 * none is due, -1. */
int worker_bury(struct ctx *c, const struct worker_slot *slot, const char *why) MUST_USE;

#endif
