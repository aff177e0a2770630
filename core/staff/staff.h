/*
 * staff.h - the people who serve, and when they work.
 */
#ifndef FRONTDESK_STAFF_H
#define FRONTDESK_STAFF_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct staff {
	const char *id;
	const char *branch_id;
	const char *resource_id;
	const char *name;
	const char *email;
	int64_t position;
	bool is_active;
};

/*
 * Minutes of the branch's local day; a break is the gap between two rows. A
 * row is of every week, or of one day: then it stands in for the weekly ones
 * of that day, and 0 to 0 is a day without work.
 */
struct working_hours {
	const char *id;
	const char *branch_id;
	const char *staff_id; /* NULL: when the branch is open */
	int64_t weekday;      /* 1 Monday .. 7 Sunday; 0: of one day */
	day_t day;
	day_t valid_from; /* of weekly rows, both included; 0: open */
	day_t valid_to;
	int64_t start_minute;
	int64_t end_minute;
};

extern const struct table STAFF;
extern const struct table WORKING_HOURS;

/*
 * Making, changing and removing somebody; each in a transaction. email must be
 * possible, branch_id a branch of the company. Somebody takes up a resource:
 * it is made with him or her, and its branch, name and position follow.
 * Whoever moves to another branch takes along the hours there.
 */
int staff_create(struct ctx *c, struct staff *s) MUST_USE;
int staff_change(struct ctx *c, const struct staff *was, struct staff *now) MUST_USE;
/* Gone from lists and searches; what is past stays. Whether appointments stand
 * against it is booking's to say (core/booking/affected.h). */
int staff_delete(struct ctx *c, const struct staff *s) MUST_USE;

int staff_get(struct ctx *c, const char *id, struct staff *out) MUST_USE;
/* Active ones, by position and name. */
int staff_list(struct ctx *c, struct rows *out) MUST_USE;
/* 1 when exactly one active person goes by this name: the whole name, else
 * one whose name has its first word that is no title, folded ("anna", "Frau
 * Anna", "Dr. Diaz", "Diaz"). 0 none or several: nobody is guessed. */
int staff_find_by_name(struct ctx *c, const char *name, struct staff *out) MUST_USE;

#endif
