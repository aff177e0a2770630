#include "core/tenant/company_create.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"
#include "core/tenant/slug.h"

#define NUMBERED 9 /* tries with 2, 3 … behind the name; then a random number */
#define TRIES 20

static int check(struct ctx *c, const struct company_new *in)
{
	struct company co = {
		.country = in->country,
		.time_zone = in->time_zone,
		.currency = in->currency,
		.locale = in->locale,
	};

	return company_check(c, &co);
}

static const char *slug_for(struct ctx *c, const struct company_new *in, int n)
{
	if (n > NUMBERED)
		n = 1000 + (int)random_below(1000000);
	return slug_of(c, in->locale, in->name, n);
}

/* 1, or 0: somebody has that slug. */
static int store(struct ctx *c, const struct company_new *in, int n, struct some_company *out)
{
	return db_one(c, &SOME_COMPANY, out, "CALL sys_company_add(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id_new(c), in->tenant_id, in->plan != NULL ? in->plan : PLAN_STANDARD,
		slug_for(c, in, n), in->name, in->country, in->time_zone, in->currency, in->locale);
}

/* The first entry of its audit. */
static int note(struct ctx *c, const struct some_company *made)
{
	uint32_t company = c->company;

	c->company = (uint32_t)made->company_number;
	int rc = audit_add(c, "company.create", "company", made->company_id, NULL);
	c->company = company;
	return rc;
}

int company_create(struct ctx *c, const struct company_new *in, struct some_company *out)
{
	int rc = 0;

	if (check(c, in) < 0)
		return -1;
	for (int n = 1; n <= TRIES && rc == 0; n++)
		rc = store(c, in, n, out);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_INTERNAL, NULL);
	return note(c, out);
}
