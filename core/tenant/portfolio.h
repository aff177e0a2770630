/*
 * portfolio.h - companies as the platform's administration has them: all, or
 * those of one's tenants (tenant.h says what `admin` is). On the connection of
 * fd_platform, outside companies; what is changed stands in the company's audit.
 *
 * A company is on trial, then active; it is suspended and active again; in the
 * end it is closed, which stays so.
 */
#ifndef FRONTDESK_PORTFOLIO_H
#define FRONTDESK_PORTFOLIO_H

#include "core/tenant/company.h"
#include "core/tenant/company_create.h"
#include "core/tenant/tenant.h"

struct platform_company {
	int64_t company_number;
	const char *id;
	const char *tenant_id;
	const char *tenant_name;
	const char *name;
	const char *slug;
	const char *plan; /* its code */
	enum company_status status;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale;
	ts_t created_at;
};

extern const struct table PLATFORM_COMPANY;

#define REASON_MIN 10
#define REASON_MAX 300

struct portfolio_filter {
	const char *tenant_id; /* NULL: of all */
	const char *status;    /* NULL: in any */
	const char *q;         /* in name or slug; NULL: any */
};

int portfolio_list(struct ctx *c, const char *admin, const struct portfolio_filter *f,
	const struct newest *page, struct rows *out) MUST_USE;
/* E_NOT_FOUND. In a transaction it is held until the end. */
int portfolio_get(
	struct ctx *c, const char *admin, const char *id, struct platform_company *out) MUST_USE;
/* company_create() in a tenant that `admin` administers. Field errors also of
 * tenant_id and plan. */
int portfolio_create(struct ctx *c, const char *admin, const struct company_new *in,
	struct platform_company *out) MUST_USE;
/*
 * Name, plan and status; a reason in at least 10 characters when the status
 * changes. Field errors of plan and reason; E_STATE when there is no way from one
 * status to the other. Both need a transaction.
 */
int portfolio_change(struct ctx *c, const struct platform_company *was,
	const struct platform_company *now, const char *reason) MUST_USE;

/* A reason that says something. A field error. */
int reason_check(struct ctx *c, const char *reason) MUST_USE;

#endif
