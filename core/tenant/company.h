/*
 * company.h - the company that ctx is in, and its branches.
 */
#ifndef FRONTDESK_COMPANY_H
#define FRONTDESK_COMPANY_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum company_status { COMPANY_TRIAL, COMPANY_ACTIVE, COMPANY_SUSPENDED, COMPANY_CLOSED };

extern const char *const COMPANY_STATUS[5]; /* trial active suspended closed */

struct company {
	const char *id; /* its uid */
	const char *name;
	const char *slug;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale;
	enum company_status status;
	bool requires_confirmation; /* joined, of its settings */
	int64_t max_open_bookings;  /* the same; 0: as many as a customer likes */
	int64_t plan_minute_cents;  /* joined */
};

struct branch {
	const char *id;
	const char *name;
	const char *time_zone;
	const char *phone;
	const char *email;
	const char *address;
};

extern const struct table COMPANY;
extern const struct table BRANCH;

int company_current(struct ctx *c, struct company *out) MUST_USE;
/* Field errors of country, time_zone, currency and locale, all at once. Changes
 * are billing's (core/billing/billing.h): prices keep the currency. */
int company_check(struct ctx *c, const struct company *co) MUST_USE;
int branch_get(struct ctx *c, const char *id, struct branch *out) MUST_USE;
int branch_list(struct ctx *c, struct rows *out) MUST_USE; /* not deleted, by name */

/* Both need a transaction. Field errors: time_zone must be known, phone and
 * email possible; the number is stored as E.164. */
int branch_create(struct ctx *c, struct branch *b) MUST_USE;
int branch_change(struct ctx *c, const struct branch *was, struct branch *now) MUST_USE;

/* *phone as E.164; national notations are those of the company's country.
 * NULL stays. A field error when it is no number. */
int company_phone(struct ctx *c, const char *field, const char **phone) MUST_USE;

#endif
