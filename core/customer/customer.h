/*
 * customer.h - the people who are served.
 */
#ifndef FRONTDESK_CUSTOMER_H
#define FRONTDESK_CUSTOMER_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum journey { LEAD, PROSPECT, CUSTOMER_, REGULAR, VIP, INACTIVE };

struct customer {
	const char *id;
	const char *name;
	const char *phone; /* E.164 */
	const char *email;
	const char *language;
	enum journey journey;
	ts_t created_at;
};

extern const struct table CUSTOMER;

int customer_get(struct ctx *c, const char *id, struct customer *out) MUST_USE;
int customer_find_by_phone(struct ctx *c, const char *e164, struct customer *out) MUST_USE;

/*
 * The customer with this number, else a new one (event customer.created,
 * audited). Facts that were unknown are filled in; known ones are never
 * overwritten. in->phone may be NULL: then always a new one. Needs a
 * transaction. *out is the stored row; 1 created, 0 there already, -1.
 */
int customer_of(struct ctx *c, const struct customer *in, struct customer *out) MUST_USE;

#endif
