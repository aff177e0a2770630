/*
 * waiting_list.h - who waits for time to become free, and is offered it.
 *
 * An entry is a wish for a service on some days, inside a window of the
 * branch's clock in which the whole visit must lie. When time becomes free,
 * those who could be served in it are offered a visit, one after the other:
 * first who wished the staff member that became free, then who has waited
 * longest. An offer is a hold, so nobody else can take its time meanwhile; it
 * lasts WAITING_OFFER_SECONDS. Who declines or ignores it waits on, but is not
 * offered that time again, and the next one is asked; who has ignored
 * WAITING_IGNORED_MAX offers waits no longer. An appointment that is made
 * otherwise leaves the entry as it is: whoever made it may still want another
 * time.
 *
 *	waiting -> offered -> booked
 *	waiting <- offered, waiting | offered -> expired | cancelled
 */
#ifndef FRONTDESK_WAITING_LIST_H
#define FRONTDESK_WAITING_LIST_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/customer/customer.h"
#include "core/event/event.h"

#define WAITING_OFFER_SECONDS 900
#define WAITING_IGNORED_MAX 3
#define WAITING_DAYS_MAX 62
#define WAITING_AHEAD_DAYS_MAX 366

enum waiting_status {
	WAITING_WAITING,
	WAITING_OFFERED,
	WAITING_BOOKED,
	WAITING_EXPIRED,
	WAITING_CANCELLED,
};

struct waiting_entry {
	const char *id;
	enum waiting_status status;
	const char *customer_id;
	const char *customer_name;  /* joined */
	const char *customer_phone; /* joined */
	const char *service_id;
	const char *service_name; /* joined */
	const char *staff_id;     /* wished; NULL: anybody */
	const char *branch_id;    /* NULL: any */
	day_t from_day;           /* both included, at most WAITING_DAYS_MAX */
	day_t to_day;
	int64_t start_minute; /* of the local day */
	int64_t end_minute;
	ts_t waits_until; /* the end of to_day */
	const char *hold_id;
	ts_t offer_expires_at; /* of the offer that stands, else 0 */
	/* The last offer, whether it stands or not. */
	ts_t offered_starts_at;
	ts_t offered_ends_at;
	wall_t offered_local_start;
	const char *time_zone; /* joined */
	const char *offered_staff_id;
	const char *offered_branch_id;
	int64_t offers;  /* made so far */
	int64_t ignored; /* of them */
	const char *appointment_id;
	ts_t created_at;
};

extern const struct table WAITING_ENTRY;

struct waiting_filter {
	int status;              /* enum waiting_status, -1: any */
	const char *service_id;  /* NULL: any */
	const char *customer_id; /* NULL: any */
	ts_t after;              /* the last row of the page before */
	const char *after_id;    /* NULL: the first page */
	int limit;
};

/* In the order of waiting: the longest first. */
int waiting_list(struct ctx *c, const struct waiting_filter *f, struct rows *out) MUST_USE;
int waiting_get(struct ctx *c, const char *id, struct waiting_entry *out) MUST_USE;

/* Whether anybody waits, and is offered nothing: 1, 0, -1. */
int waiting_anybody(struct ctx *c) MUST_USE;

/*
 * Needs a transaction, as all that follow. in: the wishes. who: an id, or
 * facts about a new or known customer. E_INVALID on ids that are unknown or do
 * not fit, days and minutes, customer.
 */
int waiting_add(struct ctx *c, const struct waiting_entry *in, const struct customer *who,
	struct waiting_entry *out) MUST_USE;
/* From the locked row as it was to the wishes it is to have. E_STATE unless it
 * waits; E_INVALID as above. */
int waiting_change(struct ctx *c, const struct waiting_entry *was, const struct waiting_entry *now,
	struct waiting_entry *out) MUST_USE;
/* It waits no longer; an offer is given back. Nothing when it is cancelled
 * already; E_STATE when it is over. */
int waiting_cancel(struct ctx *c, const char *id) MUST_USE;

/* Books what is offered. E_STATE when nothing is, or no longer; else as
 * booking_take(): the customer may have another visit then, or enough of them. */
int waiting_accept(struct ctx *c, const char *id, struct waiting_entry *out) MUST_USE;
/* Waits for another time. E_STATE when nothing is offered. */
int waiting_decline(struct ctx *c, const char *id, struct waiting_entry *out) MUST_USE;

/* ---- for core/worker ---- */

/* Of an event that frees time: queues waiting_offer() if anybody waits. */
int waiting_on_event(struct ctx *c, const struct event *e) MUST_USE;
/* Offers the time that this event freed to those who can use it, until nobody
 * can; again: nothing new. Outside a transaction: each offer is one. */
int waiting_offer(struct ctx *c, const char *event_id) MUST_USE;
/* Ends what is over of an entry: its offer, its waiting. Nothing, when nothing
 * is. */
int waiting_end(struct ctx *c, const char *id) MUST_USE;

/* ---- between waiting_list.c and waiting_offer.c ---- */

/* The bare row, without names, kept for this transaction. */
int waiting_lock(struct ctx *c, const char *id, struct waiting_entry *out) MUST_USE;
/* Queues waiting_end() for an instant; once only for the same reason. */
int waiting_end_at(struct ctx *c, const char *id, ts_t when, const char *reason) MUST_USE;

#endif
