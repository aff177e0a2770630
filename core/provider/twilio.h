/*
 * twilio.h - Twilio's Messages API: send one, and ask what was sent.
 * Source: Twilio's Messages resource, API 2010-04-01; SDK twilio 6.2.0.
 *
 * Creating a message has no idempotency key: after an unknown outcome the list
 * of sent messages is all there is to tell whether it was taken.
 */
#ifndef FRONTDESK_TWILIO_H
#define FRONTDESK_TWILIO_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/inbox/inbox.h"
#include "core/provider/carrier.h"

struct twilio_account {
	const char *sid;
	const char *token;
	const char *from; /* E.164, or a sender's name */
};

/* callback: where the message's fate is told. 0 when it was tried (look at
 * fate); -1 only for errors of the database. Outside any transaction. */
int twilio_send(struct ctx *c, const struct twilio_account *a, const struct notification *n,
	const char *callback, struct carried *out) MUST_USE;

struct sms {
	const char *sid;
	const char *body;
};

/* The latest 50 messages to that number, newest first. 1, 0 when the answer
 * is not to be had (fate, error), -1 as above. */
int twilio_recent(struct ctx *c, const struct twilio_account *a, const char *to, struct rows *out,
	struct carried *answer) MUST_USE;

/* ---- webhooks ---- */

/*
 * X-Twilio-Signature: HMAC-SHA1 by the auth token over the address as Twilio
 * requested it, and for a form over its parameters sorted by name, each name
 * followed by its values (distinct, sorted). A body of another kind is covered
 * by the address's bodySHA256. The address is tried as it is, with its default
 * port, and without any port, as the SDK does. NULL when valid, else why not.
 * There is no timestamp: what is repeated must do nothing twice.
 */
struct twilio_request {
	const char *method;
	const char *url;
	const char *type;      /* Content-Type; NULL: not given */
	const char *signature; /* NULL: the header is missing */
	struct bytes body;
};
const char *twilio_verify(struct arena *mem, struct bytes token, const struct twilio_request *r);

/*
 * A webhook of an integration, what: "status" or "sms". Verified, then stored
 * with its job. 1 new, 0 stored before; -1 with E_BAD_SIGNATURE (nothing is
 * stored), E_RATE_LIMITED, E_UNAVAILABLE, E_INTERNAL. Outside any transaction.
 * notification_id: what the address said, NULL: nothing.
 */
int twilio_receive(struct ctx *c, const char *hook, const char *what, const char *notification_id,
	const struct twilio_request *r) MUST_USE;
/* The job inbox.twilio, in a transaction: a message's fate, or one that came in:
 * STOP, START, HELP, or what a person must read. May run any number of times. */
int twilio_process(struct ctx *c, const char *inbox_event_id) MUST_USE;

#endif
