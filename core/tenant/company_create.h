/*
 * company_create.h - a new company: its row and its settings. Who signs up and
 * who administers the platform make it with the same function.
 */
#ifndef FRONTDESK_COMPANY_CREATE_H
#define FRONTDESK_COMPANY_CREATE_H

#include "core/tenant/companies.h"

#define PLAN_STANDARD "standard" /* sql/0001_identity.sql */

struct company_new {
	const char *tenant_id; /* NULL: the platform's own tenant */
	const char *plan;      /* its code; NULL: PLAN_STANDARD */
	const char *name;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale;
};

/*
 * On trial, with a slug made of its name and default settings; the first entry
 * of its audit says who made it. c stays in the company that it was in; whoever
 * adds its people then enters out->company_number. Needs a transaction. Field
 * errors of country, time_zone, currency and locale; E_INTERNAL when the tenant
 * or plan does not exist: the caller has looked.
 */
int company_create(struct ctx *c, const struct company_new *in, struct some_company *out) MUST_USE;

#endif
