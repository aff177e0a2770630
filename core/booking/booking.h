/*
 * booking.h - appointments: search, take, alternatives, cancel.
 *
 * Law: a take writes booking_seq of the customer and of every resource first,
 * then looks, then inserts; MariaDB's no-overlap key is the backstop. Wall
 * clock and zone of the branch are the truth, UTC is derived.
 */
#ifndef FRONTDESK_BOOKING_H
#define FRONTDESK_BOOKING_H

#include "core/base/ctx.h"
#include "core/base/table.h"
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

enum appointment_source { SOURCE_PHONE, SOURCE_WEB, SOURCE_API, SOURCE_PORTAL };

struct appointment_segment {
	const char *id;
	const char *appointment_id;
	const char *service_segment_id;
	const char *staff_id;
	ts_t starts_at;
	ts_t ends_at;
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
	int64_t price_cents;
	const char *currency;
	enum appointment_source source;
	const char *call_id;
	const char *notes;
	const char *cancel_reason;
	int64_t version;
	ts_t created_at;
};

extern const struct table APPOINTMENT;
extern const struct table APPOINTMENT_SEGMENT;

/* What somebody wants. Either starts_at or local_start; the latter in the
 * branch's zone, with utc_offset_minutes (OFFSET_NONE: not given) where the
 * clock shows it twice. */
#define OFFSET_NONE INT_MIN
struct wish {
	const char *service_id;
	const char *staff_id;  /* NULL: any who can */
	const char *branch_id; /* NULL: where the staff member works; any */
	ts_t starts_at;
	wall_t local_start;
	int utc_offset_minutes;
	struct customer customer; /* id, or facts about a new or known one */
	enum appointment_source source;
	const char *call_id;
	const char *notes;
};

/*
 * Takes it. In a transaction. E_INVALID (field errors), E_SLOT_TAKEN (not
 * free, outside hours, inside the notice …: err detail says why in a
 * sentence for people; nothing was changed that a rollback does not undo).
 * Emits appointment.booked, audited.
 */
int booking_take(struct ctx *c, const struct wish *w, struct appointment *out) MUST_USE;

/* Why a wish cannot be had, as an English sentence ("Anna is busy from 14:00
 * to 14:30.", "Anna does not work at that time."); NULL when it can. */
int booking_obstacle(struct ctx *c, const struct wish *w, const char **why) MUST_USE;

struct alternative {
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *staff_id;
	const char *staff_name;
	int64_t rank;        /* 1 same day other time, 2 next day same time,
	                        3 next day other time, 4 within three days */
	const char *because; /* "same day, 30 minutes later" */
};

extern const struct table ALTERNATIVE;

/* Free times near a wish, by rank, then nearest first; at most max. The
 * wished staff member first within a rank, others who can after. Reads only. */
int booking_alternatives(struct ctx *c, const struct wish *w, int max, struct rows *out) MUST_USE;

struct slot {
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	struct texts staff_ids; /* at most 5, best first */
	int64_t staff_count;
};

extern const struct table SLOT;

struct search {
	const char *service_id;
	const char *staff_id;
	const char *branch_id;
	day_t from; /* both included, at most 62 days */
	day_t to;
};

/* Starts at which the service can be had, ascending. A constant number of
 * queries. *time_zone: the branch's. E_INVALID for bad ranges and ids. */
int availability_search(
	struct ctx *c, const struct search *s, struct rows *slots, const char **time_zone) MUST_USE;

int appointment_get(struct ctx *c, const char *id, struct appointment *out) MUST_USE;
/* The one that was made in or after a call: 1, 0 none, -1. */
int appointment_find_by_call(struct ctx *c, const char *call_id, struct appointment *out) MUST_USE;
/* E_STATE unless it can still be cancelled. Frees what it held; emits
 * appointment.cancelled, audited. Needs a transaction. */
int appointment_cancel(
	struct ctx *c, const char *id, const char *reason, struct appointment *out) MUST_USE;

#endif
