#include "fcgi/h_integration.h"
#include "core/outbound/health.h"
#include "core/tenant/integration.h"
#include "fcgi/crud.h"

struct integration_test {
	const char *job_id;
};

static const struct field TEST_FIELDS[] = {
	ID(integration_test, job_id, RO),
};
const struct table INTEGRATION_TEST = TABLE(integration_test, "integration_test", TEST_FIELDS);

int h_integrations(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0 || crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	integration_complete(&r->c, &rows);
	if (integration_look(&r->c, &rows) < 0)
		return -1;
	return reply_rows(r, &INTEGRATION, &rows, next);
}

int h_integration(struct req *r)
{
	struct integration i;
	struct rows one = {&i, 1};

	if (integration_get(&r->c, r->ids[0], &i) < 0 || integration_look(&r->c, &one) < 0)
		return -1;
	return reply(r, 200, &INTEGRATION, &i);
}

int h_integration_health(struct req *r)
{
	struct provider_health h;
	struct integration i;

	if (integration_get(&r->c, r->ids[0], &i) < 0 ||
		provider_health(&r->c, PROVIDERS[i.provider], &h) < 0)
		return -1;
	return reply(r, 200, &PROVIDER_HEALTH, &h);
}

int h_integration_create(struct req *r)
{
	struct integration i;
	struct rows one = {&i, 1};

	if (integration_create(&r->c, r->in, &i) < 0 || integration_look(&r->c, &one) < 0)
		return -1;
	return crud_created(r, &i);
}

int h_integration_update(struct req *r)
{
	struct integration i;
	struct rows one = {&i, 1};

	if (integration_change(&r->c, r->ids[0], r->in, r->given, &i) < 0 ||
		integration_look(&r->c, &one) < 0)
		return -1;
	return reply(r, 200, &INTEGRATION, &i);
}

int h_integration_delete(struct req *r)
{
	if (integration_delete(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

int h_integration_test(struct req *r)
{
	struct integration_test t;

	if (integration_test(&r->c, r->ids[0], &t.job_id) < 0)
		return -1;
	return reply(r, 202, &INTEGRATION_TEST, &t);
}
