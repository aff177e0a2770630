#include "fcgi/h_business.h"
#include "core/service/service.h"
#include "core/tenant/company.h"

/* All rows at once: a company has a few dozen of these at most. */
static int reply_all(
	struct req *r, const struct table *t, int (*list)(struct ctx *c, struct rows *out))
{
	struct rows rows;

	if (list(&r->c, &rows) < 0)
		return -1;
	return reply_rows(r, t, &rows, NULL);
}

int h_company(struct req *r)
{
	struct company company;

	if (company_current(&r->c, &company) < 0)
		return -1;
	return reply(r, 200, &COMPANY, &company);
}

int h_services(struct req *r)
{
	return reply_all(r, &SERVICE, service_list);
}
