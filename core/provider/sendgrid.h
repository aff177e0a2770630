/*
 * sendgrid.h - Twilio SendGrid: mail send (v3), and its signed event webhook.
 * Source: SendGrid's Mail Send API and event webhook pages, SDK
 * @sendgrid/eventwebhook 8.0.0.
 *
 * A send has no idempotency key, and what was sent cannot be asked for: after
 * an unknown outcome its events tell, and only when none has come for a while
 * the letter is sent again.
 */
#ifndef FRONTDESK_SENDGRID_H
#define FRONTDESK_SENDGRID_H

#include "core/provider/carrier.h"
#include "core/provider/mail.h"
#include "core/tenant/integration.h"

/* l.id is the notification's: it comes back with every event. The integration's
 * account is the sender's address. As the functions of carrier.h. */
int sendgrid_carry(struct ctx *c, const struct integration *i, const struct letter *l,
	struct carried *out) MUST_USE;

/* X-Twilio-Email-Event-Webhook-Signature: base64 of a DER signature (ECDSA P-256,
 * SHA-256) over the timestamp's text and the raw body; key: base64 of the public
 * key as SPKI. NULL when valid, else why not. */
const char *sendgrid_verify(struct arena *mem, struct bytes key, const char *signature,
	const char *timestamp, struct bytes body);

/* As twilio_receive(). */
int sendgrid_receive(struct ctx *c, const char *hook, const char *signature, const char *timestamp,
	struct bytes body) MUST_USE;
/* The job inbox.sendgrid: a batch of events, in whatever order. In a transaction. */
int sendgrid_process(struct ctx *c, const char *inbox_event_id) MUST_USE;

#endif
