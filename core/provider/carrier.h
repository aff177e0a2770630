/*
 * carrier.h - handing a message over: what each way to send has in common. A
 * further way (WhatsApp, push, an SMPP gateway) is a function of this shape and
 * a line in messages.c.
 */
#ifndef FRONTDESK_CARRIER_H
#define FRONTDESK_CARRIER_H

#include "core/base/ctx.h"
#include "core/notify/notify.h"
#include "core/outbound/outbound.h"
#include "core/tenant/integration.h"

enum fate {
	FATE_TAKEN,
	FATE_REFUSED,   /* for good */
	FATE_OPTED_OUT, /* the recipient does not want messages of this sender */
	FATE_AGAIN,     /* surely not taken: may be sent again */
	FATE_UNKNOWN,   /* may have been taken: ask before sending again */
};

struct carried {
	enum fate fate;
	const char *provider;   /* NULL: there is none */
	const char *message_id; /* TAKEN; NULL: the provider gives none */
	const char *error;      /* a sentence; NULL when TAKEN */
	int retry_after;        /* seconds, 0: not said */
};

/* Each: 0 when it was tried (look at fate), -1 only for errors of the database.
 * Outside any transaction. */
int sms_carry(struct ctx *c, const struct notification *n, struct carried *out) MUST_USE;
int mail_carry(struct ctx *c, const struct notification *n, struct carried *out) MUST_USE;
int slack_carry(struct ctx *c, const struct notification *n, struct carried *out) MUST_USE;
int telegram_carry(struct ctx *c, const struct notification *n, struct carried *out) MUST_USE;
int pagerduty_carry(struct ctx *c, const struct notification *n, struct carried *out) MUST_USE;

/* The secret of the company's account at a provider; of the platform's alerts, the
 * file with that name: 1, or 0 when there is none, which *out then says; -1. */
int carried_secret(struct ctx *c, enum provider provider, const char *platform_file,
	const char **secret, struct carried *out) MUST_USE;

/* Of an answer that did not come: surely not taken, or who knows. */
void carried_silent(
	struct ctx *c, const char *title, const struct http_answer *a, struct carried *out);

#endif
