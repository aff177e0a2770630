/*
 * companies.h - one company after the other, for the administrator's work.
 */
#ifndef FRONTDESK_COMPANIES_H
#define FRONTDESK_COMPANIES_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct some_company {
	int64_t company_number;
	const char *company_id;
	const char *slug;
};

extern const struct table SOME_COMPANY;

#define COMPANIES_PAGE 200

/* Of struct some_company: those that are not closed, behind this number (0: the
 * first), at most COMPANIES_PAGE. Outside companies; an account of the worker. */
int companies_after(struct ctx *c, int64_t company_number, struct rows *out) MUST_USE;

#endif
