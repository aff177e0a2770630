/*
 * retention.h - how long each kind of data is kept: a company's settings say
 * it in days (0: for ever), a job a day takes away what is older, in batches.
 *
 * What was said and by whom goes; that there was a call or a visit, and what it
 * cost, stays. A customer who has not been seen for so long is erased (erase.h).
 */
#ifndef FRONTDESK_RETENTION_H
#define FRONTDESK_RETENTION_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* One kind of data, in the company at hand. */
struct retention {
	const char *kind; /* "transcripts" */
	int64_t days;     /* that it is kept; 0: for ever */
	ts_t before;      /* what is older goes; zero: nothing */
	int64_t n;        /* rows: that would go, or that went */
};

extern const struct table RETENTION;

/* What would go now: rows of struct retention, one a kind. */
int retention_report(struct ctx *c, struct rows *out) MUST_USE;
/* Takes it away, each batch in a transaction of its own, until all is gone or that
 * instant (monotonic), and says in the audit how much it was. 1: there is more. */
int retention_run(struct ctx *c, int64_t until_us, struct rows *out) MUST_USE;

/* Jobs: one for every company, once a day; and that of a company. */
int retention_begin(struct ctx *c, const char *none) MUST_USE;
int retention_work(struct ctx *c, const char *none) MUST_USE;

#endif
