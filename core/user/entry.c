#include "core/user/entry.h"
#include "core/audit/audit.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	ID(company_entry, id, RO),
	TEXT(company_entry, name, RO, 120),
	TEXT(company_entry, slug, RO, 63),
	ENUM(company_entry, role, RO | NULL0, enum role, ROLES),
	TIME(company_entry, expires_at, RO),
};
const struct table COMPANY_ENTRY = TABLE(company_entry, "company_entry", FIELDS);

/* ---- storage ---- */

int entry_list(struct ctx *c, const char *session_id, struct rows *out)
{
	return db_rows(c, &COMPANY_ENTRY, out, "CALL sys_entries(?)", session_id);
}

/* ---- rules ---- */

static int note(
	struct ctx *c, const char *action, const struct platform_company *co, const char *reason)
{
	uint32_t company = c->company;

	c->company = (uint32_t)co->company_number;
	int rc = audit_note(c, action, "company", co->id, reason);
	c->company = company;
	return rc;
}

int entry_begin(struct ctx *c, const char *session_id, const struct platform_company *co,
	const char *reason, struct company_entry *out)
{
	*out = (struct company_entry){.id = co->id, .name = co->name, .slug = co->slug};
	out->role = may(c, PERM_PLATFORM_ADMIN) ? ROLE_PLATFORM_ADMIN : ROLE_TENANT_ADMIN;
	out->expires_at.ms = c->now.ms + ENTRY_MINUTES * INT64_C(60000);
	if (reason_check(c, reason) < 0)
		return -1;
	if (co->status == COMPANY_CLOSED)
		return err_set(c, E_STATE, "This company is closed: nobody enters it.");
	if (db_exec(c, "CALL sys_entry_add(?, ?, ?)", session_id, co->company_number,
		    out->expires_at) < 0)
		return -1;
	return note(c, "company.enter", co, reason);
}

int entry_end(struct ctx *c, const char *session_id, const struct platform_company *co)
{
	int64_t removed = 0;

	if (db_int(c, &removed, "CALL sys_entry_remove(?, ?)", session_id, co->company_number) < 0)
		return -1;
	if (removed == 0)
		return err_set(c, E_NOT_FOUND, NULL);
	return note(c, "company.leave", co, NULL);
}
