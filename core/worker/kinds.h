/*
 * kinds.h - THE table of what jobs do, and of what recurs.
 *
 * A job may run any number of times: its worker can die after the work and
 * before the end is written down. TX_WRITE work is one transaction together
 * with the end of the job, so that both happen or neither; TX_NONE work asks
 * providers or keeps transactions of its own, and must itself be such that
 * doing it again changes nothing. BATCHED work is like TX_NONE, but doing it
 * again costs nothing either: its end is written down together with others.
 */
#ifndef FRONTDESK_KINDS_H
#define FRONTDESK_KINDS_H

#include "core/base/ctx.h"
#include "core/queue/queue.h"

enum job_mode { JOB_TX_WRITE, JOB_TX_NONE, JOB_BATCHED };

struct job_work {
	enum job_mode mode;
	/* ref_id: what the job is about; NULL in recurring jobs. */
	int (*run)(struct ctx *c, const char *ref_id);
};

/* By enum job_kind. */
extern const struct job_work JOB_WORK[JOB_KIND_COUNT];

/* How long a job of this kind (-1: one that is not known) waits for a provider that
 * is not asked now, before it is dead; in seconds. */
int job_patience_s(int kind);

struct recurring {
	enum job_kind kind;
	int period_s;
};

extern const struct recurring RECURRING[];
extern const size_t RECURRING_COUNT;

/* The kind of that name; -1 when this version has none. */
int job_kind_find(const char *name);

#endif
