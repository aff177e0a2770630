#include "core/tenant/portfolio.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/tenant/slug.h"

static const struct field FIELDS[] = {
	INT(platform_company, company_number, RO | HIDDEN, 1, UINT32_MAX),
	ID(platform_company, id, RO),
	ID(platform_company, tenant_id, RO),
	TEXT(platform_company, tenant_name, RO, 120),
	TEXT(platform_company, name, RO, 120),
	TEXT(platform_company, slug, RO, SLUG_MAX),
	TEXT(platform_company, plan, RO, 40),
	ENUM(platform_company, status, RO, enum company_status, COMPANY_STATUS),
	TEXT(platform_company, country, RO, 2),
	TEXT(platform_company, time_zone, RO, 64),
	TEXT(platform_company, currency, RO, 3),
	TEXT(platform_company, locale, RO, 16),
	TIME(platform_company, created_at, RO),
};
const struct table PLATFORM_COMPANY = TABLE(platform_company, "platform_company", FIELDS);

/* Which status may follow which, and what that is called in the audit. */
static const char *const STEP[4][4] = {
	[COMPANY_TRIAL] =
		{[COMPANY_ACTIVE] = "company.activate", [COMPANY_CLOSED] = "company.close"},
	[COMPANY_ACTIVE] =
		{[COMPANY_SUSPENDED] = "company.suspend", [COMPANY_CLOSED] = "company.close"},
	[COMPANY_SUSPENDED] =
		{[COMPANY_ACTIVE] = "company.activate", [COMPANY_CLOSED] = "company.close"},
};

/* ---- storage ---- */

int portfolio_list(struct ctx *c, const char *admin, const struct portfolio_filter *f,
	const struct newest *page, struct rows *out)
{
	return db_rows(c, &PLATFORM_COMPANY, out,
		"CALL sys_platform_companies(?, ?, ?, ?, ?, ?, ?)", admin, f->tenant_id, f->status,
		f->q == NULL ? NULL : db_like(c, f->q), page->before, page->before_id, page->n);
}

int portfolio_get(struct ctx *c, const char *admin, const char *id, struct platform_company *out)
{
	if (db_in_tx(c) && db_exec(c, "CALL sys_platform_company_lock(?)", id) < 0)
		return -1;
	return db_must(c,
		db_one(c, &PLATFORM_COMPANY, out, "CALL sys_platform_company(?, ?)", admin, id),
		"company", id);
}

static int plan_check(struct ctx *c, const char *plan)
{
	int64_t n = 0;

	/* a code is ASCII: what is not cannot be compared with it */
	if (slug_valid(plan) && db_int(c, &n, "SELECT 1 FROM plan WHERE code = ?", plan) < 0)
		return -1;
	return n > 0 ? 0 : err_field(c, "plan", "There is no such plan.");
}

/* ---- rules ---- */

int reason_check(struct ctx *c, const char *reason)
{
	if (reason != NULL && utf8_length(reason) >= REASON_MIN)
		return 0;
	return err_field(c, "reason", "must say why, in at least %d characters", REASON_MIN);
}

int portfolio_create(struct ctx *c, const char *admin, const struct company_new *in,
	struct platform_company *out)
{
	struct some_company made;
	struct tenant t;

	if (tenant_get(c, admin, in->tenant_id, &t) < 0) {
		if (!err_take(c, E_NOT_FOUND))
			return -1;
		return err_field(c, "tenant_id", "There is no such tenant.");
	}
	if (in->plan != NULL && plan_check(c, in->plan) < 0)
		return -1;
	if (company_create(c, in, &made) < 0)
		return -1;
	return portfolio_get(c, admin, made.company_id, out);
}

/* Entries of the company's own audit: what changed, and its new status. */
static int note(struct ctx *c, const struct platform_company *was,
	const struct platform_company *now, uint64_t members, const char *reason)
{
	const char *step = STEP[was->status][now->status];
	uint64_t others =
		members & ~field_bit(&PLATFORM_COMPANY, table_field(&PLATFORM_COMPANY, "status"));
	uint32_t company = c->company;
	int rc = 0;

	c->company = (uint32_t)was->company_number;
	if (step != NULL)
		rc = audit_note(c, step, "company", was->id, reason);
	if (rc == 0 && others != 0)
		rc = audit_add(c, "company.update", "company", was->id,
			row_members(c, &PLATFORM_COMPANY, others));
	c->company = company;
	return rc;
}

int portfolio_change(struct ctx *c, const struct platform_company *was,
	const struct platform_company *now, const char *reason)
{
	uint64_t members = table_diff(&PLATFORM_COMPANY, was, now);

	if (members == 0)
		return 0;
	if (!text_same(was->plan, now->plan) && plan_check(c, now->plan) < 0)
		return -1;
	if (was->status != now->status && reason_check(c, reason) < 0)
		return -1;
	if (was->status != now->status && STEP[was->status][now->status] == NULL)
		return err_set(c, E_STATE, "A company that is %s cannot become %s.",
			COMPANY_STATUS[was->status], COMPANY_STATUS[now->status]);
	if (db_exec(c, "CALL sys_platform_company_set(?, ?, ?, ?)", was->id, now->name, now->plan,
		    COMPANY_STATUS[now->status]) < 0)
		return -1;
	return note(c, was, now, members, reason);
}
