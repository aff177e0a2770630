/*
 * call.h - a call, put together from its provider's events in any order.
 *
 * Facts are merged: an event adds what it knows and takes nothing away; the
 * status only moves forward. The same set of events gives the same call,
 * however they were ordered or repeated.
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
	ts_t created_at;
};

extern const struct table CALL;
extern const char *const CALL_STATUS[];
extern const char *const BOOKING_OUTCOME[];

int call_get(struct ctx *c, const char *id, struct call *out) MUST_USE; /* with cost parts */
int call_find(struct ctx *c, const char *provider, const char *provider_call_id,
	struct call *out) MUST_USE;

/*
 * Merges what an event says (absent members say nothing) into the call with
 * the same provider and provider_call_id, making it if need be; keeps the
 * event in the call's list. Emits call.started, call.ended, call.analyzed
 * when the status first reaches them. Needs a transaction. *out: the call.
 */
int call_apply(struct ctx *c, const struct call *facts, const char *inbox_event_id,
	const char *event, struct call *out) MUST_USE;

#endif
