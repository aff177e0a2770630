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

struct twilio_account {
	const char *sid;
	const char *token;
	const char *from; /* E.164, or a sender's name */
};

enum sms_fate {
	SMS_TAKEN,
	SMS_REFUSED,   /* for good */
	SMS_OPTED_OUT, /* the recipient does not want messages of this number */
	SMS_AGAIN,     /* surely not taken: may be sent again */
	SMS_UNKNOWN,   /* may have been taken: ask before sending again */
};

struct sms_answer {
	enum sms_fate fate;
	const char *sid;   /* TAKEN */
	const char *error; /* a sentence; NULL when TAKEN */
	int retry_after;   /* seconds, 0: not said */
};

/* 0 when it was tried (look at fate); -1 only for errors of the database.
 * Outside any transaction. */
int twilio_send(struct ctx *c, const struct twilio_account *a, const char *to, const char *body,
	struct sms_answer *out) MUST_USE;

struct sms {
	const char *sid;
	const char *body;
};

/* The latest 50 messages to that number, newest first. 1, 0 when the answer
 * is not to be had (fate, error), -1 as above. */
int twilio_recent(struct ctx *c, const struct twilio_account *a, const char *to, struct rows *out,
	struct sms_answer *answer) MUST_USE;

#endif
