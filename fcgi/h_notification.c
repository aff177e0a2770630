#include "fcgi/h_notification.h"
#include "core/notify/notify.h"
#include "fcgi/page.h"

static const char *const AUDIENCE_QUERY[] = {"", "me", NULL};
enum audience_query { AUDIENCE_ANY };

struct notification_query {
	int64_t limit;
	const char *cursor;
	const char *call_id;
	const char *appointment_id;
	enum audience_query audience;
	bool unread;
};

static const struct field NOTIFICATION_QUERY_FIELDS[] = {
	INT(notification_query, limit, 0, 1, PAGE_MAX),
	TEXT(notification_query, cursor, 0, 100),
	ID(notification_query, call_id, 0),
	ID(notification_query, appointment_id, 0),
	ENUM(notification_query, audience, NULL0, enum audience_query, AUDIENCE_QUERY),
	BOOL(notification_query, unread, 0),
};
const struct table NOTIFICATION_QUERY =
	TABLE(notification_query, "notification_query", NOTIFICATION_QUERY_FIELDS);

/* An API key has no messages of its own. */
static const char *me(const struct req *r)
{
	return r->who.user_id != NULL ? r->who.user_id : LINK_NO_COMPANY;
}

int h_notification_read(struct req *r)
{
	struct notification n;

	if (notification_read(&r->c, r->ids[0], me(r), &n) < 0)
		return -1;
	return reply(r, 200, &NOTIFICATION, &n);
}

int h_notifications(struct req *r)
{
	const struct notification_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct notification_filter f = {
		.call_id = q->call_id,
		.appointment_id = q->appointment_id,
		.user_id = q->audience != AUDIENCE_ANY ? me(r) : NULL,
		.unread = q->unread,
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (notification_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &NOTIFICATION, &rows, page_next(r, &p, &NOTIFICATION, &rows, "created_at"));
}
