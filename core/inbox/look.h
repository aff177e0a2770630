/*
 * look.h - the inbox as people see it: events, what became of them, and what
 * they hold.
 */
#ifndef FRONTDESK_INBOX_LOOK_H
#define FRONTDESK_INBOX_LOOK_H

#include "core/inbox/inbox.h"
#include "core/inbox/replay.h"
#include "core/dead/dead.h"

/* A finished job is forgotten after a while: what has none was done. */
struct inbox_entry {
	const char *id;
	const char *provider;
	const char *event;
	const char *external_id;
	int64_t size; /* bytes of its content; 0: deleted */
	ts_t received_at;
	enum job_state status;
	int64_t attempts;
	const char *last_error;
	ts_t processed_at;
};

extern const struct table INBOX_ENTRY;

/* A member that is NULL or zero does not filter. Newest first. */
struct inbox_filter {
	const char *provider;
	const char *event;
	const char *external_id;
	const char *status;    /* of the last job */
	ts_t from, to;         /* received; from is included, to is not */
	ts_t before;           /* a page begins behind the row with this received_at … */
	const char *before_id; /* … and this id */
	int limit;
};

int inbox_list(struct ctx *c, const struct inbox_filter *f, struct rows *out) MUST_USE;

enum content_kind { CONTENT_JSON, CONTENT_TEXT, CONTENT_BINARY, CONTENT_DELETED, CONTENT_HIDDEN };

#define CONTENT_SHOWN (1 << 20)

struct inbox_detail {
	const char *id;
	const char *provider;
	const char *event;
	const char *external_id;
	int64_t size;
	ts_t received_at;
	enum content_kind body_kind;
	const char *body;       /* as text, when it is one; at most 1 MiB of it */
	struct job_detail *job; /* the last one; NULL: done, and forgotten */
	struct rows replays;    /* of struct inbox_replay */
	struct rows messages;   /* for whoever shows them; of a higher layer */
};

extern const char *const CONTENT_KINDS[6];

/* read: with what it holds, which is personal. E_NOT_FOUND. */
int inbox_detail_get(struct ctx *c, const char *id, bool read, struct inbox_detail *out) MUST_USE;

#endif
