/*
 * plan.h - the segments of one service in memory, while they change.
 */
#ifndef FRONTDESK_SERVICE_PLAN_H
#define FRONTDESK_SERVICE_PLAN_H

#include "core/service/edit.h"

/* In order; g[i].position is i + 1 unless somebody is just moving them. */
struct plan {
	struct service_segment g[SEGMENTS_MAX + 1];
	size_t n;
};

/* Those that are stored. */
int plan_read(struct ctx *c, const char *service_id, struct plan *out) MUST_USE;
/* Its place; p->n when it is none of them. */
size_t plan_find(const struct plan *p, const char *id);
int64_t plan_minutes(const struct plan *p);
/* Whether a service with these members can have these segments; else a field
 * error for "capacity", a buffer, or (if not NULL) the duration that is new. */
int plan_check(struct ctx *c, const struct service *s, const struct plan *p,
	const char *duration) MUST_USE;

#endif
