/*
 * ctx.h - what a request or job carries down through every layer.
 *
 * It names the memory, the time, the error, the database connection, the
 * company whose rows are visible, and who acts. There is no global context:
 * a function that is not handed one touches none of these.
 */
#ifndef FRONTDESK_CTX_H
#define FRONTDESK_CTX_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/ts.h"

struct db;
struct conf;
struct tx_witness;

/* What a transaction has changed, for those who watch the company (core/live). */
struct noted {
	struct noted *next;
	int64_t id; /* in the order of commits; 0: not given yet */
	const char *kind;
	const char *subject_id;
};

enum actor_kind {
	ACTOR_NONE,
	ACTOR_USER,
	ACTOR_API_KEY,
	ACTOR_JOB,
	ACTOR_SYSTEM, /* frontdeskctl, seeding */
};

struct ctx {
	struct arena *mem;
	struct err err;
	ts_t now;               /* one instant for the whole request */
	uint32_t company;       /* internal number; 0 = in none */
	const char *company_id; /* its public id, NULL = in none */
	enum actor_kind actor;
	const char *actor_id;       /* user, key or job id */
	const char *remote_address; /* NULL in jobs */
	uint64_t permissions;       /* bit per user/perms.def */
	const char *request_id;
	const char *trace; /* traceparent of this step (trace.h); NULL: of none */
	const struct conf *conf;
	struct db *db;
	struct tx_witness *witness; /* of every in_tx (core/sys/db.h); NULL: none */
	struct noted *changes;      /* of the open transaction */
	struct noted *changed;      /* of those that were committed */
	bool wake;                  /* a job was queued: wake the worker */
	/* > 0: a provider was not asked, and will not be sooner than in so long */
	int put_off_ms;
	const char *put_off_by; /* the breaker that says so; NULL: another limit */
	const char
		*booked; /* whence came the visit that this job told of; counted when it is done */
	unsigned db_calls;
	int64_t db_us;
};

#endif
