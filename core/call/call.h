/*
 * call.h - a call, put together from its provider's events in any order.
 *
 * Facts are merged: an event adds what it knows and takes nothing away; the
 * status only moves forward. The same set of events gives the same call,
 * however they were ordered or repeated. It is priced by core/billing and
 * turned into an appointment by core/call/settle.
 */
#ifndef FRONTDESK_CALL_H
#define FRONTDESK_CALL_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/phone/phone.h"

enum call_direction { CALL_INBOUND, CALL_OUTBOUND };
/* In this order a call moves, never back. */
enum call_status {
	CALL_NEW, /* "inbound" */
	CALL_ONGOING,
	CALL_COMPLETED,
	CALL_ANALYZED,
	CALL_FAILED,
	CALL_MISSED,
};
enum booking_outcome {
	OUTCOME_OPEN, /* not decided */
	OUTCOME_NONE,
	OUTCOME_BOOKED,
	OUTCOME_ALTERNATIVE_BOOKED,
	OUTCOME_OFFERED,
	OUTCOME_UNCLEAR,
	OUTCOME_FAILED,
};

struct cost_part {
	const char *kind;
	int64_t quantity;
	const char *unit;
	int64_t microusd;
};

struct call_cost {
	int64_t customer_cents;
	const char *currency;
	int64_t platform_microusd;
	struct rows parts;         /* of struct cost_part */
	const char *exchange_rate; /* "1.100000 USD per EUR of 2020-01-01 (demo)" */
};

struct call {
	const char *id;
	const char *provider;
	const char *provider_call_id;
	const char *agent;
	enum call_direction direction;
	enum call_status status;
	const char *from_number;
	const char *to_number;
	enum number_match number_match;
	const char *branch_id;
	const char *branch_name; /* joined */
	const char *phone_number_id;
	const char *customer_id;
	const char *customer_name; /* joined */
	ts_t started_at;
	ts_t ended_at;
	int64_t duration_seconds;
	const char *disconnection_reason;
	const char *language;
	const char *transcript;
	const char *summary;
	const char *sentiment;
	const char *recording_url;
	bool appointment_made; /* appointment_id is there */
	const char *appointment_id;
	enum booking_outcome booking_outcome;
	const char *booking_details; /* JSON */
	struct call_cost *cost;      /* NULL until it is known */
	int64_t customer_cents;      /* these six: hidden columns behind cost */
	const char *currency;
	int64_t platform_microusd;
	int64_t exchange_rate_micro;
	day_t exchange_rate_on;
	const char *exchange_rate_source;
	const char *cost_parts; /* hidden: cost.parts as "voice:118:second:137667|…" */
	ts_t erased_at;         /* what was said in it is gone (core/privacy) */
	ts_t begun_at;          /* started_at, else created_at: what lists are sorted by */
	ts_t created_at;
};

extern const struct table CALL;
extern const struct table CALL_COST;
extern const struct table COST_PART;
extern const char *const CALL_DIRECTION[3];
extern const char *const CALL_STATUS[7];
extern const char *const BOOKING_OUTCOME[];

int call_get(struct ctx *c, const char *id, struct call *out) MUST_USE; /* with cost parts */
int call_find(struct ctx *c, const char *provider, const char *provider_call_id,
	struct call *out) MUST_USE;

/* A member that is NULL or zero does not filter. Newest first. */
struct call_filter {
	const char *status;
	day_t from; /* both included, in the company's zone */
	day_t to;
	const char *branch_id;
	const char *customer_id;
	const char *q;         /* in transcript, summary, numbers and the customer's name */
	ts_t before;           /* a page begins behind the row with this begun_at … */
	const char *before_id; /* … and this id */
	int64_t limit;
};

/* Like call_get, but without transcripts. E_INVALID for a bad filter. */
int call_list(struct ctx *c, const struct call_filter *f, struct rows *out) MUST_USE;

/* An event that the provider sent about a call, and how far its job is. */
struct call_event {
	const char *id; /* of the inbox event */
	const char *event;
	const char *status; /* of its last job: queued, running, done, dead */
	int64_t attempts;
	const char *last_error;
	ts_t received_at;
	ts_t processed_at;
};

extern const struct table CALL_EVENT;

/* Oldest first. E_NOT_FOUND when there is no such call. */
int call_events(struct ctx *c, const char *call_id, struct rows *out) MUST_USE;

/*
 * Whose call it is: fills in phone_number_id, branch_id and number_match from
 * the number that was dialled (inbound) or shown (outbound), and language if
 * it is absent. 1 the company's. 0 not: *why says it in a sentence. It is not
 * when the number is none of the company's, when the agent is another than
 * the one its integration names, and when neither is given.
 */
int call_assign(struct ctx *c, struct call *facts, const char **why) MUST_USE;

/*
 * Merges what an event says (absent members say nothing) into the call with
 * the same provider and provider_call_id, making it if need be; keeps the
 * event in the call's list, and does nothing when it is there already.
 * Merging is the same in any order: the earliest start, the latest end, the
 * furthest status, the fuller text. Whoever called from a usable number
 * becomes a customer and is linked. Emits call.started and call.ended when the
 * status first reaches or passes them (call.analyzed: core/call/settle.h).
 * Needs a transaction. *out: the call, locked.
 */
int call_apply(struct ctx *c, const struct call *facts, const char *inbox_event_id,
	const char *event, struct call *out) MUST_USE;

/* How long it lasted: what the provider said, else from start and end; 0
 * while that is unknown. */
int64_t call_seconds(const struct call *call);

/*
 * Stores how the booking ended, once: outcome, details (JSON), appointment
 * and customer (NULL: none). 1 stored and *out re-read, 0 it was decided
 * before. Needs a transaction.
 */
int call_store_outcome(
	struct ctx *c, const char *id, const struct call *decided, struct call *out) MUST_USE;

/* Stores customer_cents … cost_parts. Needs a transaction. */
int call_store_cost(struct ctx *c, const struct call *call) MUST_USE;

#endif
