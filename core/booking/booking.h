/*
 * booking.h - appointments: search, take, alternatives, move, end.
 *
 * Law: a take writes booking_seq of the customer and of every resource first,
 * then looks, then inserts; MariaDB's no-overlap key is the backstop. Wall
 * clock and zone of the branch are the truth, UTC is derived.
 */
#ifndef FRONTDESK_BOOKING_H
#define FRONTDESK_BOOKING_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/calendar/visit.h"
#include "core/customer/customer.h"

enum appointment_status {
	APPOINTMENT_SCHEDULED,
	APPOINTMENT_CONFIRMED,
	APPOINTMENT_IN_PROGRESS,
	APPOINTMENT_COMPLETED,
	APPOINTMENT_CANCELLED,
	APPOINTMENT_NO_SHOW,
	APPOINTMENT_NEEDS_ATTENTION,
};

extern const char *const APPOINTMENT_STATUS[8]; /* NULL-terminated */

enum appointment_source { SOURCE_PHONE, SOURCE_WEB, SOURCE_API, SOURCE_PORTAL };

#define APPOINTMENT_NOTES_LENGTH 2000
#define CANCEL_REASON_LENGTH 300

struct appointment_segment {
	const char *id;
	const char *appointment_id;
	const char *service_segment_id;
	const char *staff_id;
	ts_t starts_at;
	ts_t ends_at;
};

/* What was added, as it was then. */
struct appointment_add_on {
	const char *id;
	const char *appointment_id;
	const char *add_on_id;
	const char *name;
	int64_t duration_minutes;
	int64_t price_cents;
};

struct appointment {
	const char *id;
	enum appointment_status status;
	const char *service_id;
	const char *service_name; /* joined */
	const char *staff_id;     /* of the first segment */
	const char *staff_name;   /* joined */
	const char *branch_id;
	const char *customer_id;
	const char *customer_name;  /* joined */
	const char *customer_phone; /* joined */
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *time_zone;
	const char *tz_version;
	struct rows segments; /* of struct appointment_segment, by start */
	struct rows add_ons;  /* of struct appointment_add_on, by name */
	int64_t price_cents;  /* add-ons included */
	const char *currency;
	enum appointment_source source;
	const char *call_id;
	const char *notes;
	const char *cancel_reason;
	ts_t cancelled_at;
	int64_t late_fee_cents; /* of a late cancellation; recorded, not charged */
	const char *series_id;
	int64_t version; /* one more with every change */
	ts_t created_at;
};

extern const struct table APPOINTMENT;
extern const struct table APPOINTMENT_SEGMENT;
extern const struct table APPOINTMENT_ADD_ON;

/*
 * What somebody wants. Either starts_at or local_start; the latter in the
 * branch's zone, with utc_offset_minutes (OFFSET_NONE: not given) where the
 * clock shows it twice.
 *
 * A visit is in one branch: branch_id, else where staff_id works, else any
 * that can. The wished staff member does the first choice of the service that
 * he or she is able to do (cut and finish for Anna, the colour for Clara); all
 * other parts go to whoever is free. Among several the least busy of that day
 * is taken, then by position and id.
 *
 * Hands-on parts lie inside working hours. Buffers must be free, but may lie
 * outside them; processing needs nobody.
 */
#define OFFSET_NONE INT_MIN
struct wish {
	const char *service_id;
	const char *staff_id;
	const char *branch_id;
	ts_t starts_at; /* whole minutes */
	wall_t local_start;
	int utc_offset_minutes;
	struct customer customer; /* id, or facts about a new or known one */
	struct texts add_on_ids;
	enum appointment_source source;
	const char *call_id; /* one appointment per call */
	const char *series_id;
	const char *notes;
	/* A hold that is given for it (hold.h). What the wish leaves open is as
	 * the hold has it: hold_id and a customer are a whole wish. */
	const char *hold_id;
	/* What this moves: its time counts as free, its add-ons stay. Only
	 * booking_reschedule_wish() sets it. */
	const struct appointment *moves;
};

/*
 * Takes it. In a transaction. E_INVALID (field errors: ids that are unknown or
 * do not fit, local_start that does not exist or is ambiguous, customer),
 * E_SLOT_TAKEN (not free, outside hours, inside the notice, beyond the
 * horizon, off the grid: err detail says why in a sentence for people; no
 * statement failed, but roll back: a customer may have been made; also when the
 * customer has another visit at that time), E_LIMIT_REACHED (the customer has
 * as many open bookings as the company allows), E_DUPLICATE (the call has its
 * appointment already). Emits appointment.booked, audited.
 *
 * With a hold: it goes, and what it kept is taken, without asking again for the
 * notice, the horizon and the grid. One that has expired is no error: then the
 * wish is like any other. E_INVALID on hold_id when it is not known.
 */
int booking_take(struct ctx *c, const struct wish *w, struct appointment *out) MUST_USE;

/*
 * Why a wish cannot be had, as an English sentence with names and local times
 * ("Anna is busy from 14:00 to 14:30.", "Anna does not work at that time.");
 * NULL when it can. A customer who is known must be free, too. E_INVALID only
 * for ids that are unknown. Reads only.
 */
int booking_obstacle(struct ctx *c, const struct wish *w, const char **why) MUST_USE;

struct alternative {
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *staff_id; /* to wish for: the wished one, else the first part's */
	const char *staff_name;
	int64_t rank;        /* 1 same day, 2 next day at the same time, 3 next day
	                        at another, 4 within three days */
	const char *because; /* "same day, 30 minutes later" */
};

extern const struct table ALTERNATIVE;

/*
 * Times near a wish that can be had at this moment, at most max: by rank, in
 * it first those with the wished staff member (the wished time itself with
 * somebody else is a "same day"), then the nearer day, then the nearer time
 * of day. One per start, and none while a known customer has another visit. A
 * wished local time that does not exist, or exists twice, is no error here.
 * Reads only.
 */
int booking_alternatives(struct ctx *c, const struct wish *w, int max, struct rows *out) MUST_USE;

extern const struct table SLOT;
extern const struct table REJECTION;

#define SEARCH_DAYS_MAX 62

#define EXPLAIN_DAYS_MAX 7
#define ADD_ONS_MAX 20

struct search {
	const char *service_id;
	const char *staff_id;
	const char *branch_id;
	struct texts add_on_ids;
	day_t from; /* local days, both included, at most SEARCH_DAYS_MAX */
	day_t to;
	bool explain; /* at most EXPLAIN_DAYS_MAX days then */
};

struct found {
	const char *time_zone; /* of the branches */
	struct rows slots;     /* of struct slot, ascending */
	struct rows rejected;  /* of struct rejection, when to be explained */
};

/*
 * Starts at which the service can be had; the branch rules are those of a
 * wish, and taking a slot with its first staff_id gives that person what the
 * search promised. Four queries, whatever the range and however many staff
 * (one more for add-ons, for required resources, and for each OCCUPANCY_IDS
 * resources beyond the first). Where the branches that offer the service lie
 * in several zones, a branch_id is needed. E_INVALID for ranges and ids.
 */
int availability_search(struct ctx *c, const struct search *s, struct found *out) MUST_USE;

struct appointment_filter {
	day_t from; /* of the start, in the company's zone, both included; 0: open */
	day_t to;
	const char *staff_id; /* of any part */
	const char *customer_id;
	const char *call_id;
	const char *series_id;
	int status; /* enum appointment_status, -1: any */
	int limit;
	ts_t after; /* the last row of the page before; after_id NULL: the first page */
	const char *after_id;
	bool descending;
};

/* By start, then id; with names and parts. At most four queries. */
int appointment_list(struct ctx *c, const struct appointment_filter *f, struct rows *out) MUST_USE;

/* With names, segments and add-ons. */
int appointment_get(struct ctx *c, const char *id, struct appointment *out) MUST_USE;
/* The one that was made in or after a call: 1, 0 none, -1. */
int appointment_find_by_call(struct ctx *c, const char *call_id, struct appointment *out) MUST_USE;

/* ---- what becomes of it; all need a transaction and give back the row as it
 * is then, version + 1 ---- */

/*
 * DESIGN's states: scheduled -> confirmed -> in_progress -> completed;
 * scheduled, confirmed -> no_show; confirmed <-> needs_attention. To cancel has
 * a function of its own. E_STATE with the present state for anything else, for
 * a check-in before the local day of the visit, and for a no-show before its
 * start. Completed: parts that have not begun are given back (what has begun
 * stays taken to its end). No-show: everything is, and the customer's
 * no_show_count grows. Emits appointment.completed or appointment.no_show;
 * audited.
 */
int appointment_set_status(struct ctx *c, const char *id, enum appointment_status to,
	struct appointment *out) MUST_USE;

/* scheduled, confirmed, needs_attention -> cancelled; E_STATE else. Gives back
 * what it held; later than the service's cancel_notice_minutes before the start
 * it records the late fee. Emits appointment.cancelled, audited. */
int appointment_cancel(
	struct ctx *c, const char *id, const char *reason, struct appointment *out) MUST_USE;
/* What cancelling it now would cost: 0 while it is early enough. Reads only. */
int appointment_late_fee(struct ctx *c, const struct appointment *a, int64_t *cents) MUST_USE;

/* In whatever state; NULL: none. Audited. */
int appointment_set_notes(
	struct ctx *c, const char *id, const char *notes, struct appointment *out) MUST_USE;

/*
 * Moves it. Of the wish count starts_at or local_start with its offset,
 * staff_id (NULL: who has it, unless they do not do it any more) and branch_id
 * (NULL: where it is). Service, add-ons and customer stay, and the price, too,
 * unless somebody else does it. scheduled, confirmed and needs_attention can
 * be moved (the last becomes confirmed by it), E_STATE else. E_INVALID,
 * E_SLOT_TAKEN as for a take: then the old visit stands once rolled back. Its
 * own time counts as free. Emits appointment.rescheduled (the row with
 * old_starts_at, old_ends_at, old_local_start, old_staff_id), audited.
 */
int booking_reschedule(
	struct ctx *c, const char *id, const struct wish *w, struct appointment *out) MUST_USE;
/* The whole wish that a move is, for booking_alternatives() when it failed.
 * E_NOT_FOUND. Reads only. */
int booking_reschedule_wish(
	struct ctx *c, const char *id, const struct wish *w, struct wish *out) MUST_USE;

#endif
