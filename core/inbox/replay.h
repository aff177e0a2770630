/*
 * replay.h - processing a stored event again, and the difference it made.
 *
 * A person asks; a job (core/worker/replay.h) runs the same work as the first
 * time, and writes down field by field what that changed: nothing, where the
 * event has had its effect already. Nothing else of the company is in the
 * difference, whatever happens meanwhile. It is kept for a week.
 */
#ifndef FRONTDESK_INBOX_REPLAY_H
#define FRONTDESK_INBOX_REPLAY_H

#include "core/inbox/inbox.h"

enum replay_state { REPLAY_QUEUED, REPLAY_RUNNING, REPLAY_DONE, REPLAY_FAILED };

/* A field of a row; NULL: it was absent, or the row was. */
struct field_change {
	const char *field;
	const char *before;
	const char *after;
};

enum row_change_kind { ROW_CHANGED, ROW_ADDED, ROW_REMOVED };

struct row_change {
	const char *kind; /* "call", "appointment" … */
	const char *id;
	enum row_change_kind change;
	struct rows fields; /* of struct field_change */
};

struct difference {
	struct rows changes; /* of struct row_change */
};

#define CHANGES_MAX 100 /* rows of a difference; and fields of a row */

struct inbox_replay {
	const char *id;
	const char *inbox_event_id;
	enum replay_state state;
	const char *outcome; /* a sentence: "Nothing changed." */
	const char *error;   /* why it failed */
	const char *diff;    /* a struct difference, as JSON */
	struct rows changes; /* the same */
	ts_t created_at;
	ts_t began_at;
	ts_t finished_at;
};

extern const struct table INBOX_REPLAY;
extern const struct table DIFFERENCE;

/* Asks for it. E_NOT_FOUND; E_STATE: its job has not ended yet, it is being
 * processed again already, or its content is deleted. In a transaction. */
int inbox_replay_ask(struct ctx *c, const char *event_id, struct inbox_replay *out) MUST_USE;
/* Those of an event, the newest first, at most 10; read: with the difference. */
int inbox_replays(struct ctx *c, const char *event_id, bool read, struct rows *out) MUST_USE;

/* ---- for the job ---- */

int inbox_replay_get(struct ctx *c, const char *id, struct inbox_replay *out) MUST_USE;
int inbox_replay_begin(struct ctx *c, const char *id) MUST_USE;
/* state, outcome, error and diff; a dead letter of the event is none any more
 * when it is done. In a transaction. */
int inbox_replay_end(struct ctx *c, const struct inbox_replay *r) MUST_USE;

#endif
