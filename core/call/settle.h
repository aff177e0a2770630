/*
 * settle.h - from what a caller wished to an appointment, once per call.
 *
 * The wish is what the agent understood. It is booked when it is clear; when
 * that time is taken, the nearest alternative is booked if the caller accepted
 * alternatives, else up to three are offered. What is not clear becomes a task
 * for a person. The call keeps the outcome and, in booking_details, why.
 */
#ifndef FRONTDESK_SETTLE_H
#define FRONTDESK_SETTLE_H

#include "core/call/call.h"

/* Below this an appointment is not made (in millionths). */
#define CONFIDENCE_NEEDED INT64_C(800000)

/* What agents are told to extract; everything may be absent. */
struct caller_wish {
	const char *intent; /* book, cancel, move, hours, price, person, other */
	const char *customer_name;
	const char *service;
	const char *staff;
	const char *appointment_date; /* YYYY-MM-DD, in the branch's zone */
	const char *appointment_time; /* HH:MM */
	bool accepts_alternatives;
	const char *email;
	const char *notes;
	const char *language;
	int64_t confidence; /* 0 .. 1,000,000; absent is 0 */
};

/*
 * Decides and books, then stores the outcome and emits call.analyzed in one
 * transaction. A call that is decided is left alone; after a crash in between,
 * the appointment that was taken is found by its call. Outside any transaction.
 */
int call_settle(struct ctx *c, const char *call_id, const struct caller_wish *wish) MUST_USE;

#endif
