#include "core/notify/notify.h"
#include "core/base/text.h"
#include "core/live/live.h"
#include "core/sys/db.h"

#define ERROR_LENGTH 500

static const char *const STATUS[] = {
	[NOTE_QUEUED] = "queued",
	[NOTE_SENT] = "sent",
	[NOTE_DELIVERED] = "delivered",
	[NOTE_FAILED] = "failed",
	[NOTE_UNDELIVERED] = "undelivered",
	[NOTE_BOUNCED] = "bounced",
	[NOTE_OPTED_OUT] = "opted_out",
	NULL,
};

static const struct field FIELDS[] = {
	ID(notification, id, RO),
	TEXT(notification, dedupe_key, RO | HIDDEN, 160),
	ENUM(notification, audience, RO | FILTER, enum audience, AUDIENCES),
	ENUM(notification, channel, RO | FILTER, enum channel, CHANNELS),
	TEXT(notification, template, RO, 60),
	TEXT(notification, language, RO | HIDDEN, 16),
	TEXT(notification, recipient, RO | PERSONAL, 254),
	TEXT(notification, subject, RO | PERSONAL, 300),
	TEXT(notification, body, RO | PERSONAL, 20000),
	TEXT(notification, body_html, RO | HIDDEN | PERSONAL, 300000),
	TEXT(notification, calendar, RO | HIDDEN | PERSONAL, 20000),
	ENUM(notification, status, RO | FILTER, enum notification_status, STATUS),
	TEXT(notification, provider, RO, 20),
	TEXT(notification, provider_message_id, RO, 128),
	TEXT(notification, error, RO | PERSONAL, 500),
	ID(notification, subject_id, RO | HIDDEN),
	ID(notification, appointment_id, RO | FILTER),
	ID(notification, call_id, RO | FILTER),
	ID(notification, customer_id, RO | FILTER),
	ID(notification, user_id, RO | HIDDEN),
	TIME(notification, created_at, RO | SORT),
	TIME(notification, send_at, RO),
	TIME(notification, tried_at, RO | HIDDEN),
	TIME(notification, sent_at, RO),
	TIME(notification, read_at, RO),
};
const struct table NOTIFICATION = TABLE(notification, "notification", FIELDS);

/* ---- storage ---- */

int notification_get(struct ctx *c, const char *id, struct notification *out)
{
	return db_must(c,
		db_one(c, &NOTIFICATION, out, "SELECT {cols} FROM notification WHERE id = ?", id),
		"notification", id);
}

int notification_list(struct ctx *c, const struct notification_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM notification");
	if (f->call_id != NULL)
		query_where(&q, "call_id = ?", f->call_id);
	if (f->appointment_id != NULL)
		query_where(&q, "appointment_id = ?", f->appointment_id);
	if (f->user_id != NULL)
		query_where(&q, "channel = 'in_app' AND user_id = ?", f->user_id);
	if (f->unread)
		query_where(&q, "read_at IS NULL");
	if (f->before_id != NULL)
		query_where(&q, "created_at <= ? AND (created_at < ? OR id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY created_at DESC, id DESC LIMIT ?", f->limit);
	return query_rows(&q, &NOTIFICATION, out);
}

int notification_read(struct ctx *c, const char *id, const char *user_id, struct notification *out)
{
	int rc = db_exec(c,
		"UPDATE notification SET read_at = COALESCE(read_at, NOW(3))"
		" WHERE id = ? AND user_id = ? AND channel = 'in_app'",
		id, user_id);

	if (db_must(c, rc, "notification", id) < 0 || event_changed(c, "notification", id) < 0)
		return -1;
	return notification_get(c, id, out);
}

int notification_trying(struct ctx *c, const char *id)
{
	int rc = db_exec(c,
		"UPDATE notification SET tried_at = NOW(3) WHERE id = ? AND status = 'queued'", id);

	return db_must(c, rc, "notification", id);
}

/* What a provider said may be cut inside of a character, or be no text. */
static const char *error_text(struct ctx *c, const char *error)
{
	return error == NULL ? NULL : utf8_cut(c->mem, utf8_mend(c->mem, error), ERROR_LENGTH);
}

int notification_again(struct ctx *c, const char *id, const char *error, bool unknown)
{
	return db_exec(c,
		       "UPDATE notification SET error = ?, tried_at = IF(?, tried_at, NULL)"
		       " WHERE id = ? AND status = 'queued'",
		       error_text(c, error), unknown, id) < 0
		? -1
		: 0;
}

int notification_move(struct ctx *c, const char *id, const struct notification_report *r)
{
	int rc = db_exec(c,
		"UPDATE notification SET status = ?, provider = COALESCE(?, provider),"
		" provider_message_id = COALESCE(provider_message_id, ?), error = ?,"
		" sent_at = IF(?, COALESCE(sent_at, NOW(3)), sent_at), tried_at = NULL"
		" WHERE id = ? AND status + 0 < ?",
		STATUS[r->status], r->provider, r->message_id, error_text(c, r->error),
		r->status <= NOTE_DELIVERED, id, (int)r->status + 1);

	if (rc > 0)
		live_note(c, "notification.changed", id);
	return rc;
}

int notification_has_other(
	struct ctx *c, const char *id, const char *provider, const char *message_id)
{
	int64_t there;

	return db_int(c, &there,
		"SELECT 1 FROM notification WHERE provider = ? AND provider_message_id = ?"
		" AND id <> ? LIMIT 1",
		provider, message_id, id);
}
