/*
 * notify.h - messages to people: made from events and by the clock, sent by
 * jobs, their fate kept per message.
 *
 * A message and the job that carries it are made in the transaction of their
 * cause, once per cause, template, channel and reader. Its text is fixed then.
 * Its status only moves forward, in the order of enum notification_status,
 * whatever order reports come in; when it has failed for good, the next channel
 * of its rule stands in.
 */
#ifndef FRONTDESK_NOTIFY_H
#define FRONTDESK_NOTIFY_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/event/event.h"
#include "core/notify/channel.h"

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
	const char *dedupe_key; /* cause, template and channel: one message each */
	enum audience audience;
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
	const char *subject_id; /* what it is about, by its rule */
	const char *appointment_id;
	const char *call_id;
	const char *customer_id;
	const char *user_id;
	ts_t created_at;
	ts_t send_at;  /* put off until then */
	ts_t tried_at; /* handed to the provider, who has not answered */
	ts_t sent_at;
	ts_t read_at; /* in-app */
};

extern const struct table NOTIFICATION;

/* Makes the messages that an event calls for, each with its job. In a
 * transaction; again: nothing new. E_UNAVAILABLE while the call that an
 * appointment comes from is still being decided. */
int notify_on_event(struct ctx *c, const struct event *e) MUST_USE;

int notification_get(struct ctx *c, const char *id, struct notification *out) MUST_USE;

struct notification_filter {
	const char *call_id;        /* NULL: any */
	const char *appointment_id; /* NULL: any */
	const char *user_id;        /* NULL: all; else what that user finds in the portal */
	bool unread;                /* of these, what is not read */
	ts_t before;                /* with before_id: only what is older than that */
	const char *before_id;
	int limit;
};

/* Newest first. */
int notification_list(
	struct ctx *c, const struct notification_filter *f, struct rows *out) MUST_USE;

/* That user has read his. E_NOT_FOUND: it is not his. In a transaction. */
int notification_read(
	struct ctx *c, const char *id, const char *user_id, struct notification *out) MUST_USE;

/* ---- for core/provider/messages ---- */

/* From now on the provider may have it. */
int notification_trying(struct ctx *c, const char *id) MUST_USE;
/* An attempt failed in a way that may pass. unknown: the provider may have it
 * all the same. */
int notification_again(struct ctx *c, const char *id, const char *error, bool unknown) MUST_USE;

/* What a provider says of a message: when it is handed over, or later. */
struct notification_report {
	const char *id;       /* NULL: only message_id is known */
	const char *provider; /* NULL: none had it */
	const char *message_id;
	enum notification_status status;
	const char *error;
};

/* Moves its status forward, never back: 1, 0 it says nothing new or is of no
 * message of ours, -1. After one that is failed or worse the next channel of
 * its rule stands in. In a transaction. */
int notification_reported(struct ctx *c, const struct notification_report *r) MUST_USE;
/* The same in a transaction of its own, if there is none. */
int notification_end(struct ctx *c, struct notification_report *r) MUST_USE;
/* It is not sent any more, and nothing stands in. */
int notification_over(struct ctx *c, const char *id, const char *why) MUST_USE;
/* Only the row: 1 moved, 0 not, -1. */
int notification_move(struct ctx *c, const char *id, const struct notification_report *r) MUST_USE;
/* Whether it comes too late to make sense: 1 and why, 0, -1. */
int notify_pointless(struct ctx *c, const struct notification *n, const char **why) MUST_USE;
/* Another message of ours is known to the provider under this name. 1, 0, -1. */
int notification_has_other(
	struct ctx *c, const char *id, const char *provider, const char *message_id) MUST_USE;

#endif
