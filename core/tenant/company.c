#include "core/tenant/company.h"
#include "core/sys/db.h"

static const char *const STATUS[] = {"trial", "active", "suspended", "closed", NULL};

/* Of the view: its uid is the id, the row's number never leaves the database. */
static const struct field COMPANY_FIELDS[] = {
	ID(company, id, RO),
	TEXT(company, name, REQ, 120),
	TEXT(company, slug, RO, 63),
	TEXT(company, country, RO, 2),
	TEXT(company, time_zone, RO, 64),
	TEXT(company, currency, RO, 3),
	TEXT(company, locale, RO, 16),
	ENUM(company, status, RO, enum company_status, STATUS),
	BOOL(company, requires_confirmation, HIDDEN),
	CENTS(company, plan_minute_cents, RO | HIDDEN),
};
const struct table COMPANY = TABLE(company, "company", COMPANY_FIELDS);

static const struct field BRANCH_FIELDS[] = {
	ID(branch, id, RO),
	TEXT(branch, name, REQ | BY | SEARCH, 120),
	TEXT(branch, time_zone, REQ, 64),
	TEXT(branch, phone, 0, 20),
	TEXT(branch, email, 0, 254),
	TEXT(branch, address, 0, 300),
};
const struct table BRANCH = TABLE_WITH(branch, "branch", BRANCH_FIELDS, SOFT);

/* ---- storage ---- */

int company_current(struct ctx *c, struct company *out)
{
	return db_must(c, db_one(c, &COMPANY, out, "SELECT {cols} FROM company"), "company", NULL);
}

int branch_get(struct ctx *c, const char *id, struct branch *out)
{
	return db_must(c, db_one(c, &BRANCH, out, "SELECT {cols} FROM branch WHERE id = ?", id),
		"branch", id);
}

int branch_list(struct ctx *c, struct rows *out)
{
	return db_rows(c, &BRANCH, out,
		"SELECT {cols} FROM branch WHERE deleted_at IS NULL ORDER BY name, id");
}
