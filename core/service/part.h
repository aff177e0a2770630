/*
 * part.h - who can do which segment of a service, and the rooms and devices
 * that a segment takes.
 *
 * As in edit.h: changes lock the service, need a transaction, are audited.
 */
#ifndef FRONTDESK_SERVICE_PART_H
#define FRONTDESK_SERVICE_PART_H

#include "core/service/edit.h"

#define REQUIREMENTS_MAX 4 /* of a segment: so many things taken at once, beside staff */

/* Somebody who can do a segment. */
struct service_staff {
	const char *id;
	const char *service_id; /* joined */
	const char *service_segment_id;
	const char *staff_id;
	const char *staff_name;   /* joined */
	int64_t duration_minutes; /* with this person; 0: as the segment says */
	int64_t price_cents;      /* of the whole service, at its first segment; 0: as it says */
};

extern const struct table SERVICE_STAFF;
extern const struct table SERVICE_STAFF_NEW; /* the segment may be left out if it is the only one */

/* By position of the segment and the staff member; not of deleted staff. */
int service_staff_list(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;
int service_staff_get(
	struct ctx *c, const char *service_id, const char *id, struct service_staff *out) MUST_USE;
int service_staff_create(
	struct ctx *c, const struct service_staff *in, struct service_staff *out) MUST_USE;
int service_staff_change(struct ctx *c, const struct service_staff *in, uint64_t given,
	struct service_staff *out) MUST_USE;
int service_staff_delete(struct ctx *c, const char *service_id, const char *id) MUST_USE;

/* A segment takes one resource of each requirement: rows of the same number
 * are alternatives. */
struct service_resource {
	const char *id;
	const char *service_id; /* joined */
	const char *service_segment_id;
	int64_t requirement;
	const char *resource_id;
	const char *resource_name; /* joined */
};

extern const struct table SERVICE_RESOURCE;
extern const struct table SERVICE_RESOURCE_NEW;

/* By position of the segment, requirement, position of the resource. */
int service_resource_list(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;
int service_resource_get(struct ctx *c, const char *service_id, const char *id,
	struct service_resource *out) MUST_USE;
int service_resource_create(
	struct ctx *c, const struct service_resource *in, struct service_resource *out) MUST_USE;
int service_resource_delete(struct ctx *c, const char *service_id, const char *id) MUST_USE;

#endif
