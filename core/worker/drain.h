/*
 * drain.h - a drainer: claims what is due and carries it out, until nothing is.
 *
 * Its parent watches it through memory that both see. A drainer that is long at
 * one job holds up the others that it has claimed: the parent takes these away,
 * and other drainers go on with them.
 */
#ifndef FRONTDESK_DRAIN_H
#define FRONTDESK_DRAIN_H

#include "core/live/publish.h"
#include "core/worker/worker.h"

#define OWNER_MAX 64
#define JOB_ID_MAX 40

struct worker_slot {
	char owner[OWNER_MAX];
	char job_id[JOB_ID_MAX];  /* "": at none */
	_Atomic int64_t since_us; /* monotonic; when it began that job */
	/* Twice the number of jobs begun, and one more when what else is claimed
	 * was taken away: who changes it first has it. */
	_Atomic uint64_t at;
	_Atomic bool has_more;  /* it claimed as much as it may */
	_Atomic unsigned ended; /* attempts that were brought to an end */
};

struct worker {
	const struct conf *conf;
	struct db *db;
	struct worker_slot *slot;
	const volatile bool *stop; /* set by SIGTERM */
	int64_t after;             /* company whose turn it was last */
	struct live_line live;     /* to frontdesk-live */
};

/* Runs what is due until nothing is. 0, or -1 when the database does not
 * answer. Unlinks the wake file before it looks. */
int worker_drain(struct worker *w) MUST_USE;

/* Called by the parent, when the drainer has been at a job since before_us: true
 * when what else it has claimed is no longer its own, and can be released. */
bool slot_take_away(struct worker_slot *s, int64_t before_us);

#endif
