#include "fcgi/h_platform_company.h"
#include "core/base/text.h"
#include "core/tenant/portfolio.h"
#include "core/user/entry.h"
#include "fcgi/auth.h"
#include "fcgi/h_platform_tenant.h"
#include "fcgi/page.h"

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {"", "trial", "active", "suspended", "closed", NULL};
enum status_query { STATUS_ANY };

struct company_query {
	int64_t limit;
	const char *cursor;
	const char *q;
	const char *tenant_id;
	enum status_query status;
};

static const struct field QUERY_FIELDS[] = {
	INT(company_query, limit, 0, 1, PAGE_MAX),
	TEXT(company_query, cursor, 0, 100),
	TEXT(company_query, q, 0, 100),
	ID(company_query, tenant_id, 0),
	ENUM(company_query, status, NULL0, enum status_query, STATUS_QUERY),
};
const struct table PLATFORM_COMPANY_QUERY =
	TABLE(company_query, "platform_company_query", QUERY_FIELDS);

static const struct field NEW_FIELDS[] = {
	ID(company_new, tenant_id, REQ),
	TEXT(company_new, plan, 0, 40),
	TEXT(company_new, name, REQ, 120),
	TEXT(company_new, country, REQ, 2),
	TEXT(company_new, time_zone, REQ, 64),
	TEXT(company_new, currency, REQ, 3),
	TEXT(company_new, locale, REQ, 16),
};
const struct table PLATFORM_COMPANY_NEW = TABLE(company_new, "platform_company_new", NEW_FIELDS);

struct company_change {
	const char *name;
	const char *plan;
	enum company_status status;
	const char *reason;
};

static const struct field CHANGE_FIELDS[] = {
	TEXT(company_change, name, REQ, 120),
	TEXT(company_change, plan, REQ, 40),
	ENUM(company_change, status, REQ, enum company_status, COMPANY_STATUS),
	TEXT(company_change, reason, 0, REASON_MAX),
};
const struct table PLATFORM_COMPANY_CHANGE =
	TABLE(company_change, "platform_company_change", CHANGE_FIELDS);

struct enter_in {
	const char *reason;
};

static const struct field ENTER_FIELDS[] = {
	TEXT(enter_in, reason, REQ, REASON_MAX),
};
const struct table ENTER_IN = TABLE(enter_in, "enter_request", ENTER_FIELDS);

/* ---- companies ---- */

int h_platform_companies(struct req *r)
{
	const struct company_query *q = r->query;
	struct portfolio_filter f = {.tenant_id = q->tenant_id, .q = q->q};
	struct page p;
	struct rows rows;

	if (q->status != STATUS_ANY)
		f.status = STATUS_QUERY[q->status];
	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct newest page = {p.after, p.after_id, p.limit + 1};
	if (portfolio_list(&r->c, platform_scope(r), &f, &page, &rows) < 0)
		return -1;
	return reply_rows(r, &PLATFORM_COMPANY, &rows,
		page_next(r, &p, &PLATFORM_COMPANY, &rows, "created_at"));
}

int h_platform_company_create(struct req *r)
{
	struct platform_company co;

	if (portfolio_create(&r->c, platform_scope(r), r->in, &co) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "%s/%s", r->path, co.id);
	return reply(r, 201, &PLATFORM_COMPANY, &co);
}

int h_platform_company(struct req *r)
{
	struct platform_company co;

	if (portfolio_get(&r->c, platform_scope(r), r->ids[0], &co) < 0)
		return -1;
	return reply(r, 200, &PLATFORM_COMPANY, &co);
}

int h_platform_company_update(struct req *r)
{
	const struct company_change *in = r->in;
	struct platform_company was, now;

	if (portfolio_get(&r->c, platform_scope(r), r->ids[0], &was) < 0)
		return -1;
	struct company_change to = {was.name, was.plan, was.status, NULL};
	table_merge(&PLATFORM_COMPANY_CHANGE, &to, in, r->given);
	if (!text_same(to.plan, was.plan) && !may(&r->c, PERM_PLATFORM_ADMIN))
		return err_set(&r->c, E_FORBIDDEN, "Plans are the platform's to change.");
	now = was;
	now.name = to.name;
	now.plan = to.plan;
	now.status = to.status;
	if (portfolio_change(&r->c, &was, &now, to.reason) < 0)
		return -1;
	return reply(r, 200, &PLATFORM_COMPANY, &now);
}

/* ---- entering ---- */

int h_platform_enter(struct req *r)
{
	const struct enter_in *in = r->in;
	struct company_entry entry;
	struct platform_company co;

	if (portfolio_get(&r->c, platform_scope(r), r->ids[0], &co) < 0 ||
		entry_begin(&r->c, r->session_id, &co, in->reason, &entry) < 0)
		return -1;
	return reply(r, 200, &COMPANY_ENTRY, &entry);
}

int h_platform_leave(struct req *r)
{
	struct platform_company co;

	if (portfolio_get(&r->c, platform_scope(r), r->ids[0], &co) < 0 ||
		entry_end(&r->c, r->session_id, &co) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}
