#include "fcgi/h_inbox.h"
#include "core/call/call.h"
#include "core/inbox/look.h"
#include "core/notify/notify.h"
#include "fcgi/page.h"

#define MESSAGES_SHOWN 100

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {"", "queued", "running", "done", "dead", NULL};
enum status_query { STATUS_ANY };

struct inbox_query {
	int64_t limit;
	const char *cursor;
	const char *provider;
	const char *event;
	const char *external_id;
	enum status_query status;
	ts_t from;
	ts_t to;
};

static const struct field QUERY_FIELDS[] = {
	INT(inbox_query, limit, 0, 1, PAGE_MAX),
	TEXT(inbox_query, cursor, 0, 100),
	TEXT(inbox_query, provider, 0, 20),
	TEXT(inbox_query, event, 0, 60),
	TEXT(inbox_query, external_id, 0, 128),
	ENUM(inbox_query, status, NULL0, enum status_query, STATUS_QUERY),
	TIME(inbox_query, from, 0),
	TIME(inbox_query, to, 0),
};
const struct table INBOX_QUERY = TABLE(inbox_query, "inbox_query", QUERY_FIELDS);

static const struct field SHOWN_FIELDS[] = {
	ID(inbox_detail, id, RO),
	TEXT(inbox_detail, provider, RO, 20),
	TEXT(inbox_detail, event, RO, 60),
	TEXT(inbox_detail, external_id, RO, 128),
	INT(inbox_detail, size, RO, 0, INT64_MAX),
	TIME(inbox_detail, received_at, RO),
	ENUM(inbox_detail, body_kind, RO, enum content_kind, CONTENT_KINDS),
	TEXT(inbox_detail, body, RO | PERSONAL, CONTENT_SHOWN),
	OBJECT(inbox_detail, job, RO, struct job_detail, JOB_DETAIL),
	LIST(inbox_detail, replays, RO, INBOX_REPLAY),
	LIST(inbox_detail, messages, RO, NOTIFICATION),
};
const struct table INBOX_SHOWN = TABLE(inbox_detail, "inbox_event", SHOWN_FIELDS);

/* ---- handlers ---- */

int h_inbox(struct req *r)
{
	const struct inbox_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct inbox_filter f = {
		.provider = q->provider,
		.event = q->event,
		.external_id = q->external_id,
		.status = q->status != STATUS_ANY ? STATUS_QUERY[q->status] : NULL,
		.from = q->from,
		.to = q->to,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (inbox_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &INBOX_ENTRY, &rows, page_next(r, &p, &INBOX_ENTRY, &rows, "received_at"));
}

/* What it holds tells of callers, and so does what processing it changed. */
static bool may_read(const struct ctx *c)
{
	return may(c, PERM_CALLS_READ) && may(c, PERM_CUSTOMERS_READ);
}

/* Messages are made by jobs of their own, after the replay. */
static int messages_since(struct ctx *c, struct inbox_detail *e)
{
	const struct inbox_replay *last = e->replays.p;
	struct notification_filter f = {.limit = MESSAGES_SHOWN};
	struct call call;

	if (e->replays.n == 0 || last->began_at.ms == 0 || e->external_id == NULL)
		return 0;
	int rc = call_find(c, e->provider, e->external_id, &call);
	if (rc <= 0)
		return rc;
	f.call_id = call.id;
	if (notification_list(c, &f, &e->messages) < 0)
		return -1;
	const struct notification *n = e->messages.p;
	size_t k = 0;

	while (k < e->messages.n && n[k].created_at.ms >= last->began_at.ms)
		k++;
	e->messages.n = k;
	return 0;
}

int h_inbox_event(struct req *r)
{
	bool read = may_read(&r->c);
	struct inbox_detail e;

	if (inbox_detail_get(&r->c, r->ids[0], read, &e) < 0)
		return -1;
	if (read && messages_since(&r->c, &e) < 0)
		return -1;
	return reply(r, 200, &INBOX_SHOWN, &e);
}

int h_inbox_replay(struct req *r)
{
	struct inbox_replay replay;

	if (inbox_replay_ask(&r->c, r->ids[0], &replay) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/inbox/%s", r->ids[0]);
	return reply(r, 202, &INBOX_REPLAY, &replay);
}
