/*
 * service.h - what can be booked: segments in order, and who can do each.
 */
#ifndef FRONTDESK_SERVICE_H
#define FRONTDESK_SERVICE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct service_segment {
	const char *id;
	const char *service_id;
	int64_t position; /* 1 .. */
	const char *name;
	int64_t duration_minutes;
	int64_t processing_minutes; /* afterwards, with the staff member free */
	int64_t same_staff_as;      /* position of an earlier segment; 0 = own choice */
	struct texts staff_ids;     /* who can do it */
};

struct service {
	const char *id;
	const char *name;
	const char *description;
	int64_t duration_minutes; /* from first start to last end */
	int64_t price_cents;
	const char *currency;
	int64_t buffer_before_minutes;
	int64_t buffer_after_minutes;
	int64_t grid_minutes;
	int64_t notice_minutes;
	int64_t horizon_days;
	bool is_active;
	bool is_composite;      /* more than one segment */
	struct rows segments;   /* of struct service_segment, by position */
	struct rows add_ons;    /* none yet */
	struct texts staff_ids; /* who can do its first segment */
};

extern const struct table SERVICE;
extern const struct table SERVICE_SEGMENT;

/* With segments and staff; a constant number of queries. */
int service_get(struct ctx *c, const char *id, struct service *out) MUST_USE;
int service_list(struct ctx *c, struct rows *out) MUST_USE; /* active, by name */
/* 1 when exactly one active service is meant: the same name folded, else the
 * only one whose name begins with it or contains it. */
int service_find_by_name(struct ctx *c, const char *name, struct service *out) MUST_USE;

#endif
