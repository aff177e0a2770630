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

/* What can be added to a service: its time goes to the end of the last segment. */
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
enum staff_choice {
	STAFF_CHOICE_LEAST_LOADED, /* has the fewest busy minutes that day */
	STAFF_CHOICE_LONGEST_IDLE, /* whose last visit of that day ended first */
	STAFF_CHOICE_ROUND_ROBIN,  /* was chosen longest ago */
	STAFF_CHOICE_USUAL,        /* whom the customer mostly had */
};

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
	bool has_needs;         /* beside staff; only known by service_find() */
};

extern const struct table SERVICE;
extern const struct service SERVICE_FRESH; /* what a new one is where nothing is said */
extern const char *const STAFF_CHOICE[5];
extern const struct table SERVICE_SEGMENT;
extern const struct table ADD_ON;
extern const struct table CREW;
extern const struct table SERVICE_NEED;

/* With segments, staff and add-ons; a constant number of queries. */
int service_get(struct ctx *c, const char *id, struct service *out) MUST_USE;
/* The same for rows that were read. 0, or -1. */
int service_complete(struct ctx *c, struct rows *services) MUST_USE;
int service_list(struct ctx *c, struct rows *out) MUST_USE; /* active, by name */
/* 1 when exactly one active service is meant: the same name folded, else the
 * only one whose name begins with it or contains it. */
int service_find_by_name(struct ctx *c, const char *name, struct service *out) MUST_USE;

/* ---- for booking: who can do what of one service, and when they work ---- */

/* A row per segment, active staff member who can do it and branch that he or
 * she works in; a segment that nobody can do has one row without staff. */
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
	int64_t own_minutes; /* 0: as the segment says */
	bool has_own_price;
	int64_t own_price_cents;
	ts_t chosen_at;
	const char *resource_id;
	const char *branch_id;
	const char *time_zone;
};

/* A room or device that may meet a requirement of a segment; resource_id is
 * NULL when it is not in use any more: the requirement stays. */
struct service_need {
	int64_t position; /* of the segment */
	int64_t requirement;
	const char *resource_id;
	const char *name;
	const char *branch_id;
	int64_t capacity;
};

/* The row alone, unless deleted: 1, 0, -1. */
int service_find(struct ctx *c, const char *id, struct service *out) MUST_USE;
/* By position of the segment, then position and id of the staff member. */
int service_crew(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;
/* By segment, requirement, position and id of the resource; active ones. */
int service_needs(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;
/* It was this one's turn, among those who can do the segment. */
int service_staff_chosen(struct ctx *c, const char *segment_id, const char *staff_id) MUST_USE;
/* Of struct add_on: the active ones. */
int service_add_ons(struct ctx *c, const char *service_id, struct rows *out) MUST_USE;

#endif
