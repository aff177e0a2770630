/*
 * worker.h - claiming jobs and carrying them out.
 *
 * A claim is committed before anything is done (SKIP LOCKED: two workers never
 * hold the same job), carries a lease, and counts an attempt. The end of an
 * attempt is written only if no other attempt has begun since. Failures that
 * may pass go back with a growing random delay; permanent ones, and those
 * whose attempts are used up, are dead: a person can replay them. An attempt
 * that met a provider which is not asked now (ctx->put_off_ms) was none: it goes
 * back without being counted, until the kind's patience is over.
 *
 * A job that exceeds its deadline kills its process (SIGALRM is left at its
 * deadly default): whatever library it hangs in, it ends. The parent process
 * (pool.h) sees how the drainer died, and what it was at, and writes it down.
 */
#ifndef FRONTDESK_WORKER_H
#define FRONTDESK_WORKER_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/worker/kinds.h"

#include <stdatomic.h>

#define CLAIMS_MAX 50

/* A job in our hands. */
struct claim {
	const char *id;
	const char *kind;
	const char *ref_id;
	int64_t attempts;
	int64_t max_attempts;
	int64_t company_number;
	const char *company_id;
	const char *trace; /* of whoever queued it; NULL: nobody */
	int64_t turn;      /* the company that had its turn last */
};

extern const struct table CLAIM;

/* Whose claims, how many, and where the round of companies goes on. */
struct claiming {
	const char *owner;
	int n;
	int64_t after; /* the number of a company */
	/* a company that so many others are at work for, at what is as urgent or more,
	 * gets no more */
	int busy;
};

/* Up to n due jobs, with a lease for each that is long enough for the first
 * to run at once. Rows are in c's arena. Their number, or -1. */
int worker_claim(struct ctx *c, const struct claiming *k, struct rows *claims) MUST_USE;

/* Gives back what an owner has claimed and not begun. */
int worker_release(struct ctx *c, const char *owner, const char *but_this) MUST_USE;

enum attempt_end {
	ATTEMPT_DONE,
	ATTEMPT_DONE_LATER, /* JOB_BATCHED: worker_ends() writes it down */
	ATTEMPT_AGAIN,      /* queued again, or dead */
	ATTEMPT_PUT_OFF,    /* a provider was not asked: queued again, and not counted */
	ATTEMPT_LOST,       /* another attempt has begun since: nothing was written */
	ATTEMPT_STUCK,      /* its end could not be written: the lease will tell */
};

/* Carries out one attempt of a claimed job, and writes down its end. c is made
 * ready for the job's company; its arena is the job's. */
enum attempt_end worker_attempt(
	struct ctx *c, const struct claim *j, const struct job_work *work) MUST_USE;

/* Attempts that are done and not yet written down. */
struct ends {
	const struct claim *p[CLAIMS_MAX];
	size_t n;
};

/* Writes them down in one statement. 0, or -1 when that could not be done in
 * time: then they are tried again. */
int worker_ends(struct ctx *c, struct ends *e) MUST_USE;

/* Queues each recurring job whose period has begun, once per period. */
int worker_recur(struct ctx *c) MUST_USE;

/* Milliseconds to wait after a failed attempt (1, 2, …) of this kind (-1: of one
 * that is not known): random, up to what jobs.def says; never less than asked for. */
int worker_backoff_ms(int kind, int64_t attempt, int retry_after_s);

/* After the drainer of this name died: writes down why (NULL: it did not, but
 * left work). 1 work is left, 0 none is due, -1. */
int worker_bury(struct ctx *c, const char *owner, const char *job_id, const char *why) MUST_USE;

/* A longer lease: 1, or 0 when another attempt has begun since; -1. */
int worker_lease(struct ctx *c, const struct claim *j, int seconds) MUST_USE;
int worker_lease_s(void); /* of a claim */

#define LEASE_MARGIN_S 30 /* beyond the deadline, for writing down the end */

#endif
