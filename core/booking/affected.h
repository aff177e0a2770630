/*
 * affected.h - what changes of the business do to appointments to come.
 *
 * Nothing here touches an appointment: a change that would leave some without
 * a place is refused (E_STATE), one that leaves some at a time when nobody is
 * there makes a task for a person. All need a transaction.
 */
#ifndef FRONTDESK_AFFECTED_H
#define FRONTDESK_AFFECTED_H

#include "core/staff/staff.h"
#include "core/staff/time_off.h"
#include "core/tenant/company.h"

/* Closes a branch for good, and with it the hours in it. E_STATE while it has
 * staff, rooms, devices, numbers or appointments to come. */
int branch_remove(struct ctx *c, const struct branch *b) MUST_USE;
/* E_STATE while somebody has appointments to come. */
int staff_remove(struct ctx *c, const struct staff *s) MUST_USE;

/* time_off_create and time_off_change (was NULL: create); the appointments in
 * it are counted, and if there are any, there is a task to move them. */
int time_off_take(struct ctx *c, const struct time_off *was, struct time_off *now) MUST_USE;
/* Fills in how many appointments lie in each of these (of one staff member). */
int time_off_count(struct ctx *c, struct time_off *p, size_t n) MUST_USE;

#endif
