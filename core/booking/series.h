/*
 * series.h - visits that repeat: what was agreed once for many dates.
 *
 * A series is the rule (RFC 5545) and the wish it began with; its visits are
 * appointments like any other, with series_id. Occurrences are wall clock in
 * the branch's zone: ten o'clock stays ten o'clock when the clocks change. One
 * that does not exist is never free; of one that the clock shows twice, the
 * first is meant, as in RFC 5545.
 *
 * The horizon of a service is how far ahead single visits may be chosen. A
 * series is an agreement made at the desk, and pointless if it ends where the
 * horizon does: its visits reach up to SERIES_DAYS ahead.
 */
#ifndef FRONTDESK_SERIES_H
#define FRONTDESK_SERIES_H

#include "core/booking/booking.h"

#define SERIES_VISITS_MAX 52
#define SERIES_DAYS 366
#define SERIES_ALTERNATIVES 3

struct booking_series {
	const char *id;
	const char *customer_id;
	const char *service_id;
	const char *staff_id;  /* as wished; NULL: anybody */
	const char *branch_id; /* as wished */
	const char *rrule;
	wall_t local_start;
	const char *time_zone;
	const char *notes;
	ts_t created_at;
	struct rows bookings; /* of struct appointment, by start; not in lists */
};

extern const struct table BOOKING_SERIES;       /* a row */
extern const struct table BOOKING_SERIES_WHOLE; /* with its bookings */

/* What was agreed for one date. */
struct agreed {
	wall_t local_start;
	int utc_offset_minutes; /* OFFSET_NONE: not given */
	const char *staff_id;   /* NULL: as the series */
};

struct series_wish {
	struct wish wish; /* local_start: the first date of the rule */
	const char *rrule;
	struct rows agreed; /* of struct agreed: for series_book() */
};

struct occurrence {
	wall_t local_start;
	ts_t starts_at;       /* 0: there is no such time */
	ts_t ends_at;         /* 0: not free */
	const char *staff_id; /* who would do it */
	bool free;
	const char *because;      /* why it is not free: a sentence */
	struct rows alternatives; /* of struct alternative: when it is not free */
};

extern const struct table OCCURRENCE;

struct series_preview {
	const char *time_zone;
	struct rows occurrences; /* of struct occurrence, at most SERIES_VISITS_MAX */
	bool more;               /* the rule goes on beyond the last of them */
};

/*
 * The dates of the rule, and whether each can be had. Nothing is written; the
 * number of queries does not depend on the number of dates. E_INVALID on rrule,
 * on local_start when it is not the first date of the rule, and as for
 * availability_search().
 */
int series_preview(struct ctx *c, const struct series_wish *w, struct series_preview *out) MUST_USE;
/* The same for what was agreed instead of the dates of the rule: says after
 * series_book() failed what is in its way. Only those that are not free. */
int series_conflicts(struct ctx *c, const struct series_wish *w, struct rows *out) MUST_USE;

/*
 * Books all that was agreed, or nothing. Needs a transaction. Errors as of
 * booking_take(): E_SLOT_TAKEN says which date it is about, field errors say
 * occurrences.2.local_start.
 */
int series_book(struct ctx *c, const struct series_wish *w, struct booking_series *out) MUST_USE;

int series_get(struct ctx *c, const char *id, struct booking_series *out) MUST_USE;

/* ---- changes of several: those of the series that are open and have not
 * begun, and the one that is named ---- */

enum series_scope { SCOPE_ONE, SCOPE_FOLLOWING, SCOPE_ALL };

/* appointment_cancel() of all of them; out: the one that is named. E_INVALID on
 * scope when it is not of a series. */
int series_cancel(struct ctx *c, const char *id, enum series_scope scope, const char *reason,
	struct appointment *out) MUST_USE;
/*
 * booking_reschedule() of all of them by as much wall clock as the named one
 * moves, and to the staff member of the wish if it names one. All or none:
 * E_SLOT_TAKEN says which date cannot be moved.
 */
int series_reschedule(struct ctx *c, const char *id, enum series_scope scope, const struct wish *w,
	struct appointment *out) MUST_USE;

#endif
