/*
 * erase.h - erasing a customer: the row stays as a number that visits, calls
 * and amounts refer to, and nothing in the company's data says any more whose
 * it was. What is done table by table stands in personal.c.
 *
 * Calls from the customer's number that are nobody else's are the customer's.
 * What other people said about the customer in their own calls is theirs.
 */
#ifndef FRONTDESK_ERASE_H
#define FRONTDESK_ERASE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* Why; a word, because a sentence could name somebody. */
enum erase_reason {
	ERASE_REQUESTED,
	ERASE_CONSENT_WITHDRAWN,
	ERASE_NOT_NEEDED,
	ERASE_OBJECTION,
	ERASE_UNLAWFUL,
	ERASE_LEGAL_DUTY,
	ERASE_EXPIRED, /* retention.h */
};

extern const char *const ERASE_REASON[8]; /* NULL-terminated */

struct erasure {
	const char *customer_id;
	ts_t erased_at;
	int64_t visits_cancelled;
};

extern const struct table ERASURE;

/*
 * Of a customer that may be deleted already. Needs a transaction; audited.
 * E_NOT_FOUND; E_STATE when erased before, and while visits are to come unless
 * they are to be cancelled.
 */
int customer_erase(struct ctx *c, const char *id, enum erase_reason reason, bool cancel_visits,
	struct erasure *out) MUST_USE;

#endif
