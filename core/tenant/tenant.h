/*
 * tenant.h - an agency or reseller, under whose name its companies appear.
 *
 * All but brand_current() is the platform's administration: on the connection
 * of fd_platform, outside companies. `admin` is who asks: a tenant's
 * administrator, who sees his tenants only (others are absent); NULL is the
 * platform.
 */
#ifndef FRONTDESK_TENANT_H
#define FRONTDESK_TENANT_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct tenant {
	const char *id;
	const char *slug; /* never changes */
	const char *name;
	const char *logo_url; /* https */
	const char *colour;   /* #rrggbb */
	const char *email_from;
	const char *support_email;
	ts_t created_at;
};

extern const struct table TENANT, TENANT_CHANGE;
#define TENANT_DEFAULT_SLUG "frontdesk" /* sql/0001_identity.sql */

/* What a company's customers and people see of its tenant. */
extern const struct table BRAND; /* over struct tenant */

/* A page, newest first: at most n behind the row with this time and id. */
struct newest {
	ts_t before;
	const char *before_id; /* NULL: the first page */
	int64_t n;
};

int tenant_list(
	struct ctx *c, const char *admin, const struct newest *page, struct rows *out) MUST_USE;
/* E_NOT_FOUND. In a transaction it is held until the end. */
int tenant_get(struct ctx *c, const char *admin, const char *id, struct tenant *out) MUST_USE;
/* Both need a transaction. Field errors of slug, logo_url, colour, email_from and
 * support_email; E_DUPLICATE of slug. */
int tenant_create(struct ctx *c, const struct tenant *in, struct tenant *out) MUST_USE;
int tenant_change(struct ctx *c, const struct tenant *was, struct tenant *now) MUST_USE;

/* The tenant of the company that c is in: name, logo, colour, addresses. */
int brand_current(struct ctx *c, struct tenant *out) MUST_USE;

#endif
