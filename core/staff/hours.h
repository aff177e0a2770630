/*
 * hours.h - working hours, and opening hours, being written (what they mean is
 * in staff.h).
 *
 * Rows of one person must not overlap: weekly ones of the same weekday while
 * both are valid, dated ones of the same day, in whichever branch; a day
 * without work has no other row. The same holds for a branch's opening hours.
 * All functions need a transaction in which the owner's row (the staff member,
 * or the branch) is held, so that two cannot add what overlaps.
 */
#ifndef FRONTDESK_STAFF_HOURS_H
#define FRONTDESK_STAFF_HOURS_H

#include "core/staff/staff.h"

#define HOURS_MAX 1000 /* rows of one owner, days long past included */

/* Field errors: weekday or day (one of them), end_minute (behind the start),
 * valid_to, start_minute (overlaps), branch_id. Without branch_id: the staff
 * member's own. staff_id NULL: opening hours. */
int hours_create(struct ctx *c, struct working_hours *h) MUST_USE;
int hours_change(
	struct ctx *c, const struct working_hours *was, struct working_hours *now) MUST_USE;
/* These instead of all weekly rows of the owner whom `of` names by staff_id, or
 * by branch_id alone; dated ones stay. Field errors begin with "data.<n>.". */
int hours_replace(
	struct ctx *c, const struct working_hours *of, const struct rows *weekly) MUST_USE;
/* All rows of an owner: weekly ones by weekday, then days. */
int working_hours_of(struct ctx *c, const struct working_hours *of, struct rows *out) MUST_USE;

#endif
