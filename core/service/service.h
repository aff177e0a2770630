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
	int64_t same_staff_as;      /* position of an earlier segment, whose staff member
	                               does this one too; 0 = own choice */
	struct texts staff_ids;     /* who can do it */
};

/* What can be added to a service: its time goes to the end of the visit. */
struct add_on {
	const char *id;
	const char *service_id;
	const char *name;
	int64_t duration_minutes;
	int64_t price_cents;
	int64_t position;
	bool is_active;
};

/* Who does it when nobody is wished. */
enum staff_choice { LEAST_LOADED, LONGEST_IDLE, ROUND_ROBIN, USUAL };

struct service {
	const char *id;
	const char *name;
	const char *description;
	int64_t duration_minutes; /* of its segments with their processing */
	int64_t price_cents;
	const char *currency;
	int64_t buffer_before_minutes;
	int64_t buffer_after_minutes;
	int64_t grid_minutes;
	int64_t notice_minutes;
	int64_t horizon_days;
	int64_t capacity; /* above 1: a class, of one segment */
	enum staff_choice staff_choice;
	int64_t cancel_notice_minutes;
	int64_t late_fee_cents; /* of who cancels later than that */
	bool is_active;
	bool is_composite;      /* more than one segment */
	struct rows segments;   /* of struct service_segment, by position */
	struct rows add_ons;    /* of struct add_on, active ones, by position */
	struct texts staff_ids; /* who can do its first segment */
};

extern const struct table SERVICE;
extern const struct service SERVICE_FRESH; /* what a new one is where nothing is said */
extern const char *const STAFF_CHOICE[5];
extern const struct table SERVICE_SEGMENT;
extern const struct table ADD_ON;

/* With segments, staff and add-ons; a constant number of queries. */
int service_get(struct ctx *c, const char *id, struct service *out) MUST_USE;
/* The same for rows that were read. 0, or -1. */
int service_complete(struct ctx *c, struct rows *services) MUST_USE;
int service_list(struct ctx *c, struct rows *out) MUST_USE; /* active, by name */
/* 1 when exactly one active service is meant: the same name folded, else the
 * only one whose name begins with it or contains it. */
int service_find_by_name(struct ctx *c, const char *name, struct service *out) MUST_USE;

/* ---- for booking: who can do what of one service, and when they work ---- */

/* A row per segment and active staff member who can do it; a segment that
 * nobody can do has one row without staff. */
struct crew {
	const char *segment_id;
	const char *segment_name;
	int64_t position;
	int64_t duration_minutes;
	int64_t processing_minutes;
	int64_t same_staff_as;
	const char *staff_id;
	const char *staff_name;
	int64_t staff_position;
	const char *resource_id;
	const char *branch_id;
	const char *time_zone;
};

/* The row alone, unless deleted: 1, 0, -1. */
int service_find(struct ctx *c, const char *id, struct service *out) MUST_USE;
/* By position of the segment, then position and id of the staff member. */
int service_crew(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;
/* Of struct working_hours: those of everybody in the crew, or of the only one
 * that matters (staff_id NULL: all). By staff member, weekday and start. */
int service_hours(
	struct ctx *c, const char *service_id, const char *staff_id, struct rows *out) MUST_USE;

#endif
