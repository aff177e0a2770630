/*
 * billing.h - what a call costs the platform and the company.
 *
 * Platform cost: parts in micro-USD from dated rates (by the second, rounded
 * half up once per part). Customer price: the plan's price per started
 * minute, in the company's currency. The exchange rate of the call's day is
 * stored with it. Computing it again gives the same.
 */
#ifndef FRONTDESK_BILLING_H
#define FRONTDESK_BILLING_H

#include "core/call/call.h"
#include "core/tenant/company.h"

/* Costs of a call that ended; 0 and nothing done while its duration is
 * unknown. Needs a transaction. */
int billing_cost_call(struct ctx *c, struct call *call) MUST_USE;
/* Stores what differs: as row_change(). Field errors (company_check), and E_STATE
 * when the currency would change although something has a price. Needs a
 * transaction that holds the company. */
int billing_company_change(
	struct ctx *c, const struct company *was, const struct company *now) MUST_USE;

#endif
