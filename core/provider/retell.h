/*
 * retell.h - Retell AI: its signature, and its call webhooks.
 * Source: Retell's webhook documentation and retell-sdk 5.66.1.
 */
#ifndef FRONTDESK_RETELL_H
#define FRONTDESK_RETELL_H

#include "core/base/ctx.h"
#include "core/inbox/inbox.h"

/*
 * X-Retell-Signature: v=<unix ms>,d=<hex>: HMAC-SHA256 by the API key over
 * the raw body followed by the timestamp's digits; at most 300,000 ms away
 * from now. NULL when valid, else why not (for the log and verify-webhook).
 */
const char *retell_verify(struct bytes key, const char *header, struct bytes body, ts_t now);

/*
 * What the inbox needs from a body, whatever it holds: event and call id for
 * the dedupe key (event:call_id for the three that tell the life of a call, a
 * digest of the body for others and for what cannot be read). Never fails.
 */
void retell_peek(struct ctx *c, struct bytes body, struct inbox_event *out);
/* Number dialled and agent, to find candidate secrets; NULL when unknown. */
void retell_peek_address(struct ctx *c, struct bytes body, const char **number, const char **agent);

/*
 * A webhook as it came: finds the secrets that may have signed it, verifies
 * it, and stores it with its job. hook NULL: the address of the platform;
 * then the secrets of the companies that have the number or agent in the body
 * are tried, and then the platform's own (secret file retell_platform_key),
 * whose events go to the company that has the number dialled, else to the
 * platform's inbox. 1 new, 0 stored before; -1 with E_BAD_SIGNATURE (nothing
 * is stored), E_RATE_LIMITED (of that integration; the provider tries again),
 * E_UNAVAILABLE, E_INTERNAL. Outside any transaction and company.
 */
int retell_receive(struct ctx *c, const char *hook, const char *signature, struct bytes body,
	struct inbox_event *stored) MUST_USE;

/*
 * The job inbox.retell: from a stored event to call, customer, costs and
 * appointment. May run any number of times. Outside any transaction.
 * E_BAD_REQUEST: the body cannot be read and never will be.
 */
int retell_process(struct ctx *c, const char *inbox_event_id) MUST_USE;

#endif
