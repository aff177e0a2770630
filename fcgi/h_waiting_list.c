#include "fcgi/h_waiting_list.h"
#include "core/booking/waiting_list.h"
#include "fcgi/crud.h"
#include "fcgi/h_booking.h"
#include "fcgi/page.h"

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {
	"", "waiting", "offered", "booked", "expired", "cancelled", NULL};
enum status_query { STATUS_ANY };

struct waiting_query {
	int64_t limit;
	const char *cursor;
	enum status_query status; /* 0 any, else 1 + enum waiting_status */
	const char *service_id;
	const char *customer_id;
};

static const struct field WAITING_QUERY_FIELDS[] = {
	INT(waiting_query, limit, 0, 1, PAGE_MAX),
	TEXT(waiting_query, cursor, 0, 100),
	ENUM(waiting_query, status, NULL0, enum status_query, STATUS_QUERY),
	ID(waiting_query, service_id, 0),
	ID(waiting_query, customer_id, 0),
};
const struct table WAITING_QUERY = TABLE(waiting_query, "waiting_query", WAITING_QUERY_FIELDS);

struct waiting_in {
	const char *customer_id;
	struct customer_in *customer;
	const char *service_id;
	const char *staff_id;
	const char *branch_id;
	day_t from_day;
	day_t to_day;
	int64_t start_minute;
	int64_t end_minute;
};

static const struct field WAITING_IN_FIELDS[] = {
	ID(waiting_in, customer_id, 0),
	OBJECT(waiting_in, customer, 0, struct customer_in, CUSTOMER_IN),
	ID(waiting_in, service_id, REQ),
	ID(waiting_in, staff_id, 0),
	ID(waiting_in, branch_id, 0),
	DAY(waiting_in, from_day, REQ),
	DAY(waiting_in, to_day, REQ),
	INT(waiting_in, start_minute, 0, 0, MINUTES_A_DAY - 1),
	INT(waiting_in, end_minute, 0, 1, MINUTES_A_DAY),
};
static const struct waiting_in FRESH = {.end_minute = MINUTES_A_DAY};
const struct table WAITING_IN =
	TABLE_FRESH(waiting_in, "waiting_list_request", WAITING_IN_FIELDS, 0, FRESH);

/* ---- handlers ---- */

int h_waiting_list(struct req *r)
{
	const struct waiting_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct waiting_filter f = {
		.status = (int)q->status - 1,
		.service_id = q->service_id,
		.customer_id = q->customer_id,
		.after = p.after,
		.after_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (waiting_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &WAITING_ENTRY, &rows, page_next(r, &p, &WAITING_ENTRY, &rows, "created_at"));
}

int h_waiting_entry(struct req *r)
{
	struct waiting_entry e;

	if (waiting_get(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &WAITING_ENTRY, &e);
}

int h_waiting_add(struct req *r)
{
	const struct waiting_in *in = r->in;
	struct waiting_entry e = {
		.service_id = in->service_id,
		.staff_id = in->staff_id,
		.branch_id = in->branch_id,
		.from_day = in->from_day,
		.to_day = in->to_day,
		.start_minute = in->start_minute,
		.end_minute = in->end_minute,
	};
	struct customer who = customer_said(in->customer_id, in->customer);

	if ((in->customer_id == NULL) == (in->customer == NULL))
		return err_field(&r->c, "customer_id", "give either this or customer");
	if (waiting_add(&r->c, &e, &who, &e) < 0)
		return -1;
	return crud_created(r, &e);
}

int h_waiting_change(struct req *r)
{
	struct waiting_entry was, now;

	if (crud_change(r, &was, &now) < 0 || waiting_change(&r->c, &was, &now, &now) < 0)
		return -1;
	return reply(r, 200, &WAITING_ENTRY, &now);
}

int h_waiting_cancel(struct req *r)
{
	if (waiting_cancel(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_waiting_accept(struct req *r)
{
	struct waiting_entry e;

	if (waiting_accept(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &WAITING_ENTRY, &e);
}

int h_waiting_decline(struct req *r)
{
	struct waiting_entry e;

	if (waiting_decline(&r->c, r->ids[0], &e) < 0)
		return -1;
	return reply(r, 200, &WAITING_ENTRY, &e);
}
