#include "fcgi/h_customer.h"
#include "core/customer/customer.h"
#include "core/task/task.h"
#include "fcgi/crud.h"
#include "fcgi/page.h"

/* ---- tables ---- */

struct customer_query {
	int64_t limit;
	const char *cursor;
	const char *q;
};

static const struct field CUSTOMER_QUERY_FIELDS[] = {
	INT(customer_query, limit, 0, 1, PAGE_MAX),
	TEXT(customer_query, cursor, 0, 100),
	TEXT(customer_query, q, PERSONAL, 100),
};
const struct table CUSTOMER_QUERY = TABLE(customer_query, "customer_query", CUSTOMER_QUERY_FIELDS);

static const char *const TASK_STATUS_QUERY[] = {"", "open", "done", NULL};
enum task_status_query { TASK_ANY };

struct task_query {
	int64_t limit;
	const char *cursor;
	enum task_status_query status; /* 0 any, else 1 + enum task_status */
};

static const struct field TASK_QUERY_FIELDS[] = {
	INT(task_query, limit, 0, 1, PAGE_MAX),
	TEXT(task_query, cursor, 0, 100),
	ENUM(task_query, status, NULL0, enum task_status_query, TASK_STATUS_QUERY),
};
const struct table TASK_QUERY = TABLE(task_query, "task_query", TASK_QUERY_FIELDS);

/* ---- handlers ---- */

int h_customers(struct req *r)
{
	const struct customer_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	if (customer_list(&r->c, q->q, (int)p.limit + 1, p.after, p.after_id, &rows) < 0)
		return -1;
	return reply_rows(r, &CUSTOMER, &rows, page_next(r, &p, &CUSTOMER, &rows, "created_at"));
}

int h_customer_create(struct req *r)
{
	struct customer customer;

	if (customer_create(&r->c, r->in, &customer) < 0)
		return -1;
	return crud_created(r, &customer);
}

int h_customer_update(struct req *r)
{
	struct customer customer;

	if (customer_change(&r->c, r->ids[0], r->in, r->given, &customer) < 0)
		return -1;
	return reply(r, 200, &CUSTOMER, &customer);
}

int h_customer_delete(struct req *r)
{
	if (customer_delete(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_tasks(struct req *r)
{
	const struct task_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	if (task_list(&r->c, (int)q->status - 1, (int)p.limit + 1, p.after, p.after_id, &rows) < 0)
		return -1;
	return reply_rows(r, &TASK, &rows, page_next(r, &p, &TASK, &rows, "created_at"));
}
