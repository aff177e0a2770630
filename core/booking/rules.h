/*
 * rules.h - the hours rules of those who do a service.
 */
#ifndef FRONTDESK_RULES_H
#define FRONTDESK_RULES_H

#include "core/base/ctx.h"
#include "core/booking/known.h"
#include "core/calendar/hours.h"

/* Some local days, both included, and who counts on them. */
struct rules_window {
	day_t from, to;
	const char *staff_id; /* NULL: everybody who can do a segment of the service */
};

/* Of struct hours_rule: hours and time off of everybody who can do a segment of
 * the service, and the opening hours and closed days of every branch, as far as
 * they touch these days. One query; none when it is known. */
int rules_of_service(struct ctx *c, struct known *k, const char *service_id,
	const struct rules_window *w, struct rows *out) MUST_USE;

#endif
