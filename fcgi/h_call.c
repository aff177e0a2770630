#include "fcgi/h_call.h"
#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/queue/queue.h"
#include "fcgi/page.h"

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {
	"", "inbound", "ongoing", "completed", "analyzed", "failed", "missed", NULL};
enum status_query { STATUS_ANY };

/* Calls come newest first; the parameter says so, and is open for others. */
static const char *const CALL_SORT[] = {"", "-started_at", NULL};
enum call_sort { CALL_SORT_DEFAULT };

struct call_query {
	int64_t limit;
	const char *cursor;
	enum status_query status; /* 0 any, else 1 + enum call_status */
	day_t from;
	day_t to;
	const char *branch_id;
	const char *customer_id;
	const char *q;
	enum call_sort sort;
};

static const struct field CALL_QUERY_FIELDS[] = {
	INT(call_query, limit, 0, 1, PAGE_MAX),
	TEXT(call_query, cursor, 0, 100),
	ENUM(call_query, status, NULL0, enum status_query, STATUS_QUERY),
	DAY(call_query, from, 0),
	DAY(call_query, to, 0),
	ID(call_query, branch_id, 0),
	ID(call_query, customer_id, 0),
	TEXT(call_query, q, PERSONAL, 100),
	ENUM(call_query, sort, NULL0, enum call_sort, CALL_SORT),
};
const struct table CALL_QUERY = TABLE(call_query, "call_query", CALL_QUERY_FIELDS);

/* ---- handlers ---- */

int h_calls(struct req *r)
{
	const struct call_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct call_filter f = {
		.status = q->status != STATUS_ANY ? STATUS_QUERY[q->status] : NULL,
		.from = q->from,
		.to = q->to,
		.branch_id = q->branch_id,
		.customer_id = q->customer_id,
		.q = q->q,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (call_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(r, &CALL, &rows, page_next(r, &p, &CALL, &rows, "begun_at"));
}

int h_call(struct req *r)
{
	struct call call;

	if (call_get(&r->c, r->ids[0], &call) < 0)
		return -1;
	return reply(r, 200, &CALL, &call);
}

int h_call_events(struct req *r)
{
	struct rows rows;

	if (call_events(&r->c, r->ids[0], &rows) < 0)
		return -1;
	return reply_rows(r, &CALL_EVENT, &rows, NULL);
}

int h_unassigned_calls(struct req *r)
{
	const struct page_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0 ||
		unassigned_list(&r->c, p.after, p.after_id, (int)p.limit + 1, &rows) < 0)
		return -1;
	return reply_rows(r, &UNASSIGNED_CALL, &rows,
		page_next(r, &p, &UNASSIGNED_CALL, &rows, "received_at"));
}

int h_unassigned_call_replay(struct req *r)
{
	struct job job;

	if (unassigned_replay(&r->c, r->ids[0], &job) < 0)
		return -1;
	return reply(r, 200, &JOB, &job);
}
