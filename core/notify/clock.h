/*
 * clock.h - messages that the clock calls for: reminders of a visit, and the
 * plan of a day for those who work in it. Each waits as a job from the moment
 * that the visit is booked or moved; nothing is searched for.
 */
#ifndef FRONTDESK_CLOCK_H
#define FRONTDESK_CLOCK_H

#include "core/base/ctx.h"
#include "core/event/event.h"

/* Puts the reminders of a visit, and the plan of its day, aside; those of a
 * visit that moved or was cancelled are void. In a transaction; again: nothing
 * new. */
int clock_on_event(struct ctx *c, const struct event *e) MUST_USE;

/* The jobs: of an appointment, and of a branch. In a transaction. */
int reminder_run(struct ctx *c, const char *appointment_id) MUST_USE;
int day_plan_run(struct ctx *c, const char *branch_id) MUST_USE;

/* ---- between reminder.c and day_plan.c ---- */

/* Puts the plan of the branch's local day aside, once. */
int day_plan_at(struct ctx *c, const char *branch_id, const char *time_zone, day_t day) MUST_USE;

#endif
