/*
 * health.h - how the whole of it is, part by part: each with a status and a
 * sentence for whoever looks after it. The whole is as its worst part.
 *
 * It asks the database a few questions and nothing else, gives up on those that
 * it has no time for, and never fails: what cannot be found out is said.
 */
#ifndef FRONTDESK_HEALTH_H
#define FRONTDESK_HEALTH_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum health_status { HEALTH_OK, HEALTH_WARNING, HEALTH_FAILING };

struct health_part {
	const char *name; /* "database", "provider twilio" */
	enum health_status status;
	const char *message;
};

struct health_report {
	enum health_status status;
	struct rows parts; /* of struct health_part */
};

extern const struct table HEALTH_REPORT;

void health_look(struct ctx *c, struct health_report *out);

/* What waits, for whoever draws curves. */
struct queue_state {
	ts_t now; /* of the database */
	int64_t due;
	int64_t waiting; /* for their time */
	int64_t running;
	int64_t dead;
	int64_t dead_today;
	int64_t oldest_ms;    /* how long the oldest of those that are due is so */
	int64_t seen_s;       /* since the worker last ended what it does every ten seconds */
	bool was_seen;        /* … or never did */
	const char *data_dir; /* of the database, on its machine */
};

/* Counts of jobs end at 100,000. 0, or -1. */
int queue_state_get(struct ctx *c, struct queue_state *out) MUST_USE;

#endif
