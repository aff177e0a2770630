/*
 * live.h - telling whoever shows a company's records that they have changed.
 *
 * A change is a kind and an id, nothing personal; readers fetch what they may
 * see. Changes are numbered within their company, in the order of commits and
 * without a gap: who has seen number n has seen all before it, and asks for
 * what comes after (live_read). They are kept for a day.
 *
 * What a request changes becomes an event, whose dispatch (core/worker) notes
 * it; jobs note directly what has no event. The numbers are given at the end of
 * a transaction (live_number), because that holds the company's counter.
 * When it was committed the worker also publishes them (publish.h), which may
 * fail: nobody relies on it.
 */
#ifndef FRONTDESK_LIVE_H
#define FRONTDESK_LIVE_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/event/event.h"

#define LIVE_BEGINNING 1 /* the number before the first change of a company */

/* ---- writing: jobs, in a transaction ---- */

/* kind: "notification.changed". Company 0 has no readers: nothing is noted. */
void live_note(struct ctx *c, const char *kind, const char *subject_id);
/* Numbers and stores what was noted in this transaction, if anything was: its
 * last statement, or nearly. */
int live_number(struct ctx *c) MUST_USE;
/* Listener to all events: notes it, EV_RECORD_CHANGED as "<record>.changed". */
int live_on_event(struct ctx *c, const struct event *e) MUST_USE;

/* ---- reading ---- */

struct live_change {
	int64_t id;
	const char *kind;
	const char *subject_id;
	struct texts ids; /* on the wire */
};

struct live_changes {
	struct rows data; /* of struct live_change, in order */
	int64_t last_id;  /* go on behind this one */
	bool has_more;
	bool reset; /* some of it is no longer kept: read everything anew */
};

extern const struct table LIVE_CHANGE;
extern const struct table LIVE_CHANGES;

/* Those behind `after`, at most limit. after 0: none, only where to begin. */
int live_read(struct ctx *c, int64_t after, int64_t limit, struct live_changes *out) MUST_USE;

/* ---- tickets: who has one may open one stream, within LIVE_TICKET_S ---- */

#define LIVE_TICKET_S 30
#define LIVE_TICKET_LENGTH 44 /* base64url of 33 random bytes */

struct live_pass {
	const char *session_id;
	const char *company_id;
};

/* Of this session, to the company that the context is in; stored as its hash. */
int live_ticket_make(struct ctx *c, const char *session_id, const char **ticket) MUST_USE;
/* Uses it up. 1, 0 (none, used, too late), -1. */
int live_ticket_use(struct ctx *c, const char *ticket, struct live_pass *out) MUST_USE;

#endif
