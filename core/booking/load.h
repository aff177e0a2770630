/*
 * load.h - a visit as the database has it: fills core/calendar/visit.h. Only
 * core/booking includes it.
 *
 *	visit_load -> (visit_insist) -> visit_read
 */
#ifndef FRONTDESK_LOAD_H
#define FRONTDESK_LOAD_H

#include "core/booking/booking.h"
#include "core/booking/moment.h"
#include "core/calendar/visit.h"
#include "core/tenant/company.h"

/*
 * Who and what; E_INVALID on service_id, staff_id, branch_id, add_on_ids (NULL
 * or empty: none). One query when all of it is known (core/booking/known.h), as
 * it mostly is; else one more each for the service, its people, add-ons and what
 * it needs beside staff. Another when the wished one cannot do it.
 */
int visit_load(struct ctx *c, const char *service_id, const char *staff_id, const char *branch_id,
	const struct texts *add_on_ids, struct visit *v) MUST_USE;

/* The company, as it was when the visit was loaded. */
int visit_company(struct ctx *c, struct visit *v, struct company *out) MUST_USE;

/* From now on nobody but the wished one counts in that team; nothing when
 * nobody was wished. E_INVALID on staff_id when the wished one cannot do it. */
int visit_insist(struct ctx *c, struct visit *v) MUST_USE;

/* What is read of what is taken. */
enum detail {
	DETAIL_SPANS, /* enough to search */
	DETAIL_OWNERS /* also whose it is */
};

/* Everybody's hours on these local days, both included, and what is taken
 * then. No query when the hours are known, else two; and those of
 * occupancy_between(). What v->instead_of has
 * taken is read with its owner, and does not count. */
int visit_read(struct ctx *c, struct visit *v, day_t from, day_t to, enum detail d) MUST_USE;

/* The customer's other live visits on the days that have been read: they are in
 * the way, too. One query. */
int visit_read_customer(struct ctx *c, struct visit *v, const char *customer_id) MUST_USE;

/*
 * Why it cannot be had, as a sentence for people; NULL when it can. The limit
 * (past, notice, horizon, grid) needs no reading; what blocks it does.
 */
const char *visit_limit(struct ctx *c, const struct visit *v, int64_t start);
const char *visit_blocked(struct ctx *c, struct visit *v, int64_t start);

/* booking_alternatives() of a visit whose days are read: of those among them
 * that count. */
void visit_alternatives(
	struct ctx *c, struct visit *v, const struct start *wish, int max, struct rows *out);

#endif
