/*
 * unassigned.h - calls that are nobody's: their number or agent is not that
 * of the company whose secret verified them. Nothing of such a call is made
 * or billed; a person assigns the number and has its events processed again.
 * Company 0 is the platform's own list.
 */
#ifndef FRONTDESK_UNASSIGNED_H
#define FRONTDESK_UNASSIGNED_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/queue/queue.h"

enum unassigned_status { UNASSIGNED_OPEN, UNASSIGNED_ASSIGNED };

struct unassigned_call {
	const char *id;
	const char *provider;
	const char *provider_call_id;
	const char *inbox_event_id; /* the first event of it */
	const char *from_number;
	const char *to_number;
	const char *agent;
	const char *reason; /* a sentence */
	enum unassigned_status status;
	ts_t received_at;
};

extern const struct table UNASSIGNED_CALL;

/* One row per provider's call; the first time number.unassigned_call is
 * emitted. id and status are filled in. Needs a transaction. */
int unassigned_add(struct ctx *c, struct unassigned_call *u) MUST_USE;

/* It has become somebody's call. 0, also when it was never on the list. */
int unassigned_resolve(struct ctx *c, const char *provider, const char *provider_call_id) MUST_USE;

/* The open ones, newest first; a page begins behind (before, before_id). */
int unassigned_list(struct ctx *c, ts_t before, const char *before_id, int64_t limit,
	struct rows *out) MUST_USE;

/*
 * Has the stored events of the call processed again; it leaves the list when
 * that finds whose it is. *out: the job of its first event. E_NOT_FOUND,
 * E_STATE when it is assigned. Needs a transaction.
 */
int unassigned_replay(struct ctx *c, const char *id, struct job *out) MUST_USE;

#endif
