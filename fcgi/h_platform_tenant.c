#include "fcgi/h_platform_tenant.h"
#include "core/tenant/tenant.h"
#include "core/user/directory.h"
#include "fcgi/page.h"

struct person_new {
	const char *email;
};

static const struct field PERSON_NEW_FIELDS[] = {
	TEXT(person_new, email, REQ | PERSONAL, 254),
};
const struct table PERSON_NEW = TABLE(person_new, "tenant_person_new", PERSON_NEW_FIELDS);

const char *platform_scope(const struct req *r)
{
	return r->who.is_platform_admin ? NULL : r->who.user_id;
}

/* ---- tenants ---- */

int h_platform_tenants(struct req *r)
{
	const struct page_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct newest page = {p.after, p.after_id, p.limit + 1};
	if (tenant_list(&r->c, platform_scope(r), &page, &rows) < 0)
		return -1;
	return reply_rows(r, &TENANT, &rows, page_next(r, &p, &TENANT, &rows, "created_at"));
}

int h_platform_tenant_create(struct req *r)
{
	struct tenant t;

	if (tenant_create(&r->c, r->in, &t) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "%s/%s", r->path, t.id);
	return reply(r, 201, &TENANT, &t);
}

int h_platform_tenant(struct req *r)
{
	struct tenant t;

	if (tenant_get(&r->c, platform_scope(r), r->ids[0], &t) < 0)
		return -1;
	return reply(r, 200, &TENANT, &t);
}

int h_platform_tenant_update(struct req *r)
{
	struct tenant was, now;

	if (tenant_get(&r->c, platform_scope(r), r->ids[0], &was) < 0)
		return -1;
	now = was;
	table_merge(&TENANT_CHANGE, &now, r->in, r->given);
	if (tenant_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &TENANT, &now);
}

/* ---- their people ---- */

int h_platform_people(struct req *r)
{
	struct tenant t;
	struct rows rows;

	if (tenant_get(&r->c, platform_scope(r), r->ids[0], &t) < 0 ||
		tenant_people(&r->c, t.id, &rows) < 0)
		return -1;
	return reply_rows(r, &TENANT_PERSON, &rows, NULL);
}

int h_platform_person_add(struct req *r)
{
	const struct person_new *in = r->in;
	struct tenant_person p;
	struct tenant t;

	if (tenant_get(&r->c, platform_scope(r), r->ids[0], &t) < 0 ||
		tenant_person_add(&r->c, t.id, in->email, &p) < 0)
		return -1;
	return reply(r, 201, &TENANT_PERSON, &p);
}

int h_platform_person_remove(struct req *r)
{
	struct tenant t;

	if (tenant_get(&r->c, platform_scope(r), r->ids[0], &t) < 0 ||
		tenant_person_remove(&r->c, t.id, r->ids[1]) < 0)
		return -1;
	return reply_empty(r, 204);
}
