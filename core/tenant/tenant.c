#include "core/tenant/tenant.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/tenant/slug.h"

#define URL_MAX 500
#define EMAIL_MAX 254

static const struct field FIELDS[] = {
	ID(tenant, id, RO),
	TEXT(tenant, slug, REQ, SLUG_MAX),
	TEXT(tenant, name, REQ, 120),
	TEXT(tenant, logo_url, 0, URL_MAX),
	TEXT(tenant, colour, 0, 7),
	TEXT(tenant, email_from, 0, EMAIL_MAX),
	TEXT(tenant, support_email, 0, EMAIL_MAX),
	TIME(tenant, created_at, RO),
};
const struct table TENANT = TABLE(tenant, "tenant", FIELDS);

static const struct field CHANGE_FIELDS[] = {
	TEXT(tenant, name, REQ, 120),
	TEXT(tenant, logo_url, 0, URL_MAX),
	TEXT(tenant, colour, 0, 7),
	TEXT(tenant, email_from, 0, EMAIL_MAX),
	TEXT(tenant, support_email, 0, EMAIL_MAX),
};
const struct table TENANT_CHANGE = TABLE(tenant, "tenant_change", CHANGE_FIELDS);

static const struct field BRAND_FIELDS[] = {
	TEXT(tenant, name, RO, 120),
	TEXT(tenant, logo_url, RO, URL_MAX),
	TEXT(tenant, colour, RO, 7),
	TEXT(tenant, email_from, RO | HIDDEN, EMAIL_MAX),
	TEXT(tenant, support_email, RO, EMAIL_MAX),
};
const struct table BRAND = TABLE(tenant, "brand", BRAND_FIELDS);

/* ---- storage ---- */

int tenant_list(struct ctx *c, const char *admin, const struct newest *page, struct rows *out)
{
	return db_rows(c, &TENANT, out, "CALL sys_tenants(?, ?, ?, ?)", admin, page->before,
		page->before_id, page->n);
}

int tenant_get(struct ctx *c, const char *admin, const char *id, struct tenant *out)
{
	if (db_in_tx(c) && db_exec(c, "CALL sys_tenant_lock(?)", id) < 0)
		return -1;
	return db_must(
		c, db_one(c, &TENANT, out, "CALL sys_tenant(?, ?)", admin, id), "tenant", id);
}

int brand_current(struct ctx *c, struct tenant *out)
{
	return db_must(c, db_one(c, &BRAND, out, "CALL sys_brand()"), "company", NULL);
}

/* ---- rules ---- */

static bool is_colour(const char *s)
{
	return *s == '#' && strlen(s) == 7 && strspn(s + 1, "0123456789abcdef") == 6;
}

/* Printable ASCII after a host: what stands in an src without being escaped. */
static bool is_https(const char *s)
{
	size_t n = strlen(s);

	if (!text_starts(s, "https://") || strchr(LETTERS_OF_SLUGS, s[8]) == NULL || n < 12)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~' || strchr("\"'<>\\`", s[i]) != NULL)
			return false;
	}
	return true;
}

/* It stands in a header: plain ASCII, and nothing that would end it. */
static bool is_sender(const char *s)
{
	for (const char *p = s; *p != '\0'; p++) {
		if (*p <= ' ' || *p > '~' || strchr("\"(),:;<>[\\]", *p) != NULL)
			return false;
	}
	return text_is_email(s);
}

static int check(struct ctx *c, struct tenant *t)
{
	int rc = 0;

	if (t->colour != NULL)
		t->colour = text_lower(c->mem, t->colour);
	if (!slug_valid(t->slug))
		rc = err_field(c, "slug", "has small letters, digits and hyphens: my-agency");
	if (t->logo_url != NULL && !is_https(t->logo_url))
		rc = err_field(c, "logo_url", "must be an address that begins with https://");
	if (t->colour != NULL && !is_colour(t->colour))
		rc = err_field(c, "colour", "must be a colour like #1f6feb");
	if (t->email_from != NULL && !is_sender(t->email_from))
		rc = err_field(c, "email_from", "is not an e-mail address");
	if (t->support_email != NULL && !text_is_email(t->support_email))
		rc = err_field(c, "support_email", "is not an e-mail address");
	return rc;
}

int tenant_create(struct ctx *c, const struct tenant *in, struct tenant *out)
{
	struct tenant t = *in;

	if (check(c, &t) < 0)
		return -1;
	t.id = id_new(c);
	if (db_exec(c, "CALL sys_tenant_add(?, ?, ?, ?, ?, ?, ?)", t.id, t.slug, t.name, t.logo_url,
		    t.colour, t.email_from, t.support_email) < 0) {
		if (!err_take(c, E_DUPLICATE))
			return -1;
		return err_field_as(c, E_DUPLICATE, "slug", "belongs to another tenant");
	}
	if (audit_add(c, "tenant.create", "tenant", t.id, NULL) < 0)
		return -1;
	return tenant_get(c, NULL, t.id, out);
}

int tenant_change(struct ctx *c, const struct tenant *was, struct tenant *now)
{
	if (check(c, now) < 0)
		return -1;
	uint64_t members = table_diff(&TENANT, was, now);
	if (members == 0)
		return 0;
	if (db_exec(c, "CALL sys_tenant_set(?, ?, ?, ?, ?, ?)", now->id, now->name, now->logo_url,
		    now->colour, now->email_from, now->support_email) < 0)
		return -1;
	return audit_add(c, "tenant.update", "tenant", now->id, row_members(c, &TENANT, members));
}
