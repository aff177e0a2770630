#include "core/tenant/company.h"
#include "core/audit/row.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/locale.h"
#include "core/sys/phone_number.h"
#include "core/sys/tz.h"

const char *const COMPANY_STATUS[5] = {"trial", "active", "suspended", "closed", NULL};

/* Of the view: its uid is the id, the row's number never leaves the database. */
static const struct field COMPANY_FIELDS[] = {
	ID(company, id, RO),
	TEXT(company, name, REQ, 120),
	TEXT(company, slug, RO, 63),
	TEXT(company, country, REQ, 2),
	TEXT(company, time_zone, REQ, 64),
	TEXT(company, currency, REQ, 3),
	TEXT(company, locale, REQ, 16),
	ENUM(company, status, RO, enum company_status, COMPANY_STATUS),
	BOOL(company, requires_confirmation, RO | HIDDEN | JOINED),
	INT(company, max_open_bookings, RO | HIDDEN | JOINED | NULL0, 1, 1000),
	CENTS(company, plan_minute_cents, RO | HIDDEN | JOINED),
};
const struct table COMPANY = TABLE(company, "company", COMPANY_FIELDS);

static const struct field BRANCH_FIELDS[] = {
	ID(branch, id, RO),
	TEXT(branch, name, REQ | BY | SEARCH, 120),
	TEXT(branch, time_zone, REQ, 64),
	TEXT(branch, phone, 0, 40),
	TEXT(branch, email, 0, 254),
	TEXT(branch, address, 0, 300),
};
const struct table BRANCH = TABLE_WITH(branch, "branch", BRANCH_FIELDS, SOFT);

/* ---- storage ---- */

int company_current(struct ctx *c, struct company *out)
{
	return db_must(c,
		db_one(c, &COMPANY, out,
			"SELECT {cols:c}, s.requires_confirmation, s.max_open_bookings,"
			" p.minute_cents AS plan_minute_cents"
			" FROM company c JOIN company_settings s JOIN plan p ON p.id = c.plan_id"),
		"company", NULL);
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

/* ---- rules ---- */

int company_check(struct ctx *c, const struct company *co)
{
	int rc = 0;

	if (!locale_country_known(co->country))
		rc = err_field(c, "country", "is not a country like DE (ISO 3166)");
	if (tz_find(co->time_zone) == NULL)
		rc = err_field(c, "time_zone", "is not a time zone like Europe/Berlin");
	if (!locale_currency_known(co->currency))
		rc = err_field(c, "currency", "is not a currency like EUR (ISO 4217)");
	if (!locale_valid(co->locale))
		rc = err_field(c, "locale", "is not a language like de or en-GB");
	return rc;
}

int company_phone(struct ctx *c, const char *field, const char **phone)
{
	const char *e164;
	struct company co;

	if (*phone == NULL)
		return 0;
	e164 = phone_e164(c->mem, *phone, NULL);
	if (e164 == NULL) {
		if (company_current(c, &co) < 0)
			return -1;
		e164 = phone_e164(c->mem, *phone, co.country);
	}
	if (e164 == NULL)
		return err_field(c, field, "is not a telephone number");
	*phone = e164;
	return 0;
}

/* All that is wrong at once. */
static int check_branch(struct ctx *c, struct branch *b)
{
	int rc = company_phone(c, "phone", &b->phone);

	if (rc < 0 && c->err.code != E_INVALID)
		return -1;
	if (tz_find(b->time_zone) == NULL)
		rc = err_field(c, "time_zone", "is not a time zone like Europe/Berlin");
	if (b->email != NULL && !text_is_email(b->email))
		rc = err_field(c, "email", "is not an e-mail address");
	return rc;
}

int branch_create(struct ctx *c, struct branch *b)
{
	return check_branch(c, b) < 0 ? -1 : row_create(c, &BRANCH, b);
}

int branch_change(struct ctx *c, const struct branch *was, struct branch *now)
{
	return check_branch(c, now) < 0 ? -1 : row_change(c, &BRANCH, was, now);
}
