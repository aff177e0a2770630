/*
 * rules.h - the hours rules of those who do a service, read in one query.
 */
#ifndef FRONTDESK_RULES_H
#define FRONTDESK_RULES_H

#include "core/base/ctx.h"
#include "core/calendar/hours.h"

/* Of struct hours_rule: hours and time off of everybody who can do a segment
 * of the service, or of the only one that matters (staff_id NULL: all), and
 * the opening hours and closed days of every branch, as far as they touch
 * these days. */
int rules_of_service(struct ctx *c, const char *service_id, const char *staff_id, day_t from,
	day_t to, struct rows *out) MUST_USE;

#endif
