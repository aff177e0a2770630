/*
 * agenda.h - visits for people's own calendar programs.
 */
#ifndef FRONTDESK_AGENDA_H
#define FRONTDESK_AGENDA_H

#include "core/base/buf.h"
#include "core/booking/booking.h"
#include "core/staff/feed.h"

#define AGENDA_BACK_DAYS 30
#define AGENDA_AHEAD_DAYS 400
#define AGENDA_EVENTS_MAX 5000

/*
 * A staff member's parts of visits, from a month ago until a year ahead, the
 * earliest AGENDA_EVENTS_MAX of them: when, which service, and the customer's
 * first name with an initial, because calendars lie with others. Cancelled
 * ones are not in it. Reads only.
 */
int agenda_of_staff(struct ctx *c, const struct staff_feed *who, struct buf *out) MUST_USE;

/* One visit, for who booked it: the same event (UID) as in our mail, so that one
 * changes the other. Reads only. */
int agenda_of_visit(struct ctx *c, const struct appointment *a, struct buf *out) MUST_USE;

#endif
