/*
 * storefront.h - a company as somebody without a log-in finds it. Only what is
 * open: trial or active; suspended and closed ones are as if there were none.
 */
#ifndef FRONTDESK_STOREFRONT_H
#define FRONTDESK_STOREFRONT_H

#include "core/base/ctx.h"

struct storefront {
	int64_t company_number;
	const char *company_id;
	bool public_booking; /* takes bookings from anybody */
};

/* Outside companies: 1, 0, -1. */
int storefront_by_slug(struct ctx *c, const char *slug, struct storefront *out) MUST_USE;
int storefront_by_id(struct ctx *c, const char *company_id, struct storefront *out) MUST_USE;

#endif
