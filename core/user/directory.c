#include "core/user/directory.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/user/account.h"
#include "core/user/account_mail.h"

static const struct field FIELDS[] = {
	ID(platform_user, id, RO),
	TEXT(platform_user, email, RO | PERSONAL, 254),
	TEXT(platform_user, name, RO | PERSONAL, 120),
	TEXT(platform_user, locale, RO, 16),
	BOOL(platform_user, is_platform_admin, RO),
	TIME(platform_user, created_at, RO),
	TIME(platform_user, disabled_at, RO),
};
const struct table PLATFORM_USER = TABLE(platform_user, "platform_user", FIELDS);

static const struct field ONE_FIELDS[] = {
	ID(platform_user, id, RO),
	TEXT(platform_user, email, RO | PERSONAL, 254),
	TEXT(platform_user, name, RO | PERSONAL, 120),
	TEXT(platform_user, locale, RO, 16),
	BOOL(platform_user, is_platform_admin, RO),
	TIME(platform_user, created_at, RO),
	TIME(platform_user, disabled_at, RO),
	LIST(platform_user, companies, RO, MEMBERSHIP),
};
const struct table PLATFORM_USER_ONE =
	TABLE(platform_user, "platform_user_with_companies", ONE_FIELDS);

static const struct field PERSON_FIELDS[] = {
	ID(tenant_person, id, RO),
	TEXT(tenant_person, email, RO | PERSONAL, 254),
	TEXT(tenant_person, name, RO | PERSONAL, 120),
	TIME(tenant_person, created_at, RO),
};
const struct table TENANT_PERSON = TABLE(tenant_person, "tenant_person", PERSON_FIELDS);

/* ---- storage ---- */

int directory_list(struct ctx *c, const char *q, const struct newest *page, struct rows *out)
{
	return db_rows(c, &PLATFORM_USER, out, "CALL sys_users(?, ?, ?, ?)",
		q == NULL ? NULL : db_like(c, text_lower(c->mem, q)), page->before, page->before_id,
		page->n);
}

int directory_get(struct ctx *c, const char *id, struct platform_user *out)
{
	if (db_must(c, db_one(c, &PLATFORM_USER, out, "CALL sys_user(?, NULL)", id), "user", id) <
		0)
		return -1;
	int rc = db_rows(c, &MEMBERSHIP, &out->companies, "CALL sys_user_companies(?)", id);
	return rc < 0 ? -1 : 0;
}

int directory_by_email(struct ctx *c, const char *email, struct platform_user *out)
{
	return db_one(c, &PLATFORM_USER, out, "CALL sys_user(NULL, ?)", text_lower(c->mem, email));
}

int tenant_people(struct ctx *c, const char *tenant_id, struct rows *out)
{
	return db_rows(c, &TENANT_PERSON, out, "CALL sys_tenant_people(?)", tenant_id);
}

/* ---- rules ---- */

int directory_disable(struct ctx *c, const char *id, bool disabled)
{
	struct platform_user u;

	if (directory_get(c, id, &u) < 0)
		return -1;
	if (disabled && text_same(id, c->actor_id))
		return err_set(c, E_STATE, "Nobody disables himself: ask another administrator.");
	if (disabled == (u.disabled_at.ms != 0))
		return 0;
	if (db_exec(c, "CALL sys_user_disable(?, ?)", id, disabled) < 0)
		return -1;
	return audit_add(c, disabled ? "user.disable" : "user.enable", "user", id, NULL);
}

int directory_factor_off(struct ctx *c, const char *id)
{
	if (db_exec(c, "CALL sys_totp_disable(?)", id) < 0)
		return -1;
	return audit_add(c, "two_factor.disable", "user", id, NULL);
}

/* 1 new, 0 it was there, -1. */
static int find_or_add(struct ctx *c, const struct new_user *in, struct platform_user *out)
{
	int64_t is_new;
	int rc = directory_by_email(c, in->email, out);

	if (rc < 0)
		return -1;
	if (rc == 1 && out->disabled_at.ms != 0)
		return err_set(c, E_STATE, "This account is closed: enable it first.");
	if (rc == 1)
		return 0;
	*out = (struct platform_user){.id = id_new(c), .email = in->email};
	if (db_int(c, &is_new, "CALL sys_user_add(?, ?, ?, ?, '*', FALSE)", out->id, in->email,
		    in->name != NULL ? in->name : in->email, in->locale) < 0)
		return -1;
	if (is_new == 0)
		return err_set(c, E_STATE, "Somebody has just signed up with this address.");
	return audit_add(c, "user.create", "user", out->id, NULL) < 0 ? -1 : 1;
}

int directory_add(struct ctx *c, const struct new_user *in, const char **token)
{
	struct platform_user u;
	struct new_user clean = *in;
	struct link l = {.company_id = LINK_NO_COMPANY, .id = id_new(c)};

	if (account_email(c, "email", &clean.email) < 0)
		return -1;
	int rc = find_or_add(c, &clean, &u);
	if (rc < 0)
		return -1;
	if (in->is_platform_admin && !u.is_platform_admin &&
		(db_exec(c, "CALL sys_user_platform(?)", u.id) < 0 ||
			audit_add(c, "user.platform_admin", "user", u.id, NULL) < 0))
		return -1;
	if (db_exec(c, "CALL sys_account_mail_add(?, ?, ?, NULL, ?)", l.id, MAIL_KINDS[MAIL_RESET],
		    u.email, NEW_USER_HOURS * 60) < 0)
		return -1;
	*token = link_token(c, LINK_RESET, &l);
	return rc;
}

static int find_person(
	struct ctx *c, const char *tenant_id, const char *user_id, struct tenant_person *out)
{
	struct rows all;

	if (tenant_people(c, tenant_id, &all) < 0)
		return -1;
	const struct tenant_person *p = all.p;
	for (size_t i = 0; i < all.n; i++) {
		if (!text_same(p[i].id, user_id))
			continue;
		*out = p[i];
		return 0;
	}
	return err_set(c, E_NOT_FOUND, NULL);
}

int tenant_person_add(
	struct ctx *c, const char *tenant_id, const char *email, struct tenant_person *out)
{
	struct platform_user u;
	int rc = directory_by_email(c, email, &u);

	if (rc < 0)
		return -1;
	if (rc == 0 || u.disabled_at.ms != 0)
		return err_field(
			c, "email", "Nobody has an account with this address: sign up first.");
	if (db_exec(c, "CALL sys_tenant_person_add(?, ?)", tenant_id, u.id) < 0) {
		if (!err_take(c, E_DUPLICATE))
			return -1;
		return err_field_as(c, E_DUPLICATE, "email", "administers this tenant already");
	}
	if (audit_add(c, "tenant.person_add", "user", u.id, NULL) < 0)
		return -1;
	return find_person(c, tenant_id, u.id, out);
}

int tenant_person_remove(struct ctx *c, const char *tenant_id, const char *user_id)
{
	int64_t removed = 0;

	if (db_int(c, &removed, "CALL sys_tenant_person_remove(?, ?)", tenant_id, user_id) < 0)
		return -1;
	if (removed == 0)
		return err_set(c, E_NOT_FOUND, NULL);
	return audit_add(c, "tenant.person_remove", "user", user_id, NULL);
}
