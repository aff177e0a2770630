/*
 * notify.h - messages to people: made from events, sent by jobs, their fate
 * kept per message.
 */
#ifndef FRONTDESK_NOTIFY_H
#define FRONTDESK_NOTIFY_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/event/event.h"

enum channel { CHANNEL_SMS, CHANNEL_EMAIL };
enum notification_status {
	NOTE_QUEUED,
	NOTE_SENT,
	NOTE_DELIVERED,
	NOTE_FAILED,
	NOTE_UNDELIVERED,
	NOTE_BOUNCED,
	NOTE_OPTED_OUT,
};

struct notification {
	const char *id;
	const char *dedupe_key; /* event and channel: one message each */
	enum channel channel;
	const char *template;
	const char *language;
	const char *recipient;
	const char *subject;
	const char *body;
	const char *body_html;
	const char *calendar; /* .ics */
	enum notification_status status;
	const char *provider;
	const char *provider_message_id;
	const char *error;
	const char *appointment_id;
	const char *call_id;
	const char *customer_id;
	ts_t created_at;
	ts_t sent_at;
};

extern const struct table NOTIFICATION;

/* Makes the messages that an event calls for, each with its job. In a
 * transaction; again: nothing new. */
int notify_on_event(struct ctx *c, const struct event *e) MUST_USE;

#endif
