#include "fcgi/h_business.h"
#include "core/billing/billing.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"
#include "core/tenant/settings.h"
#include "core/tenant/tenant.h"

/* In a transaction it is held until the end. */
static int company_find(struct req *r, struct company *out)
{
	if (!db_in_tx(&r->c))
		return company_current(&r->c, out);
	return db_must(
		&r->c, db_find_locked(&r->c, &COMPANY, r->c.company_id, out), "company", NULL);
}

int h_company(struct req *r)
{
	struct company company;

	if (company_find(r, &company) < 0)
		return -1;
	return reply(r, 200, &COMPANY, &company);
}

int h_company_update(struct req *r)
{
	struct company was, now;

	if (company_find(r, &was) < 0)
		return -1;
	now = was;
	table_merge(&COMPANY, &now, r->in, r->given);
	if (billing_company_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &COMPANY, &now);
}

int h_brand(struct req *r)
{
	struct tenant brand;

	if (brand_current(&r->c, &brand) < 0)
		return -1;
	return reply(r, 200, &BRAND, &brand);
}

int h_settings(struct req *r)
{
	struct company_settings s;

	if (settings_current(&r->c, &s) < 0)
		return -1;
	return reply(r, 200, &COMPANY_SETTINGS, &s);
}

int h_settings_update(struct req *r)
{
	struct company_settings was, now;

	if (settings_current(&r->c, &was) < 0)
		return -1;
	now = was;
	table_merge(&COMPANY_SETTINGS, &now, r->in, r->given);
	if (settings_change(&r->c, &was, &now) < 0)
		return -1;
	return reply(r, 200, &COMPANY_SETTINGS, &now);
}
