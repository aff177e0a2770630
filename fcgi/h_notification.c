#include "fcgi/h_notification.h"
#include "core/notify/notify.h"
#include "fcgi/page.h"

struct notification_query {
	int64_t limit;
	const char *cursor;
	const char *call_id;
	const char *appointment_id;
};

static const struct field NOTIFICATION_QUERY_FIELDS[] = {
	INT(notification_query, limit, 0, 1, PAGE_MAX),
	TEXT(notification_query, cursor, 0, 100),
	ID(notification_query, call_id, 0),
	ID(notification_query, appointment_id, 0),
};
const struct table NOTIFICATION_QUERY =
	TABLE(notification_query, "notification_query", NOTIFICATION_QUERY_FIELDS);

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
		.before = p.after,
		.before_id = p.after_id,
		.limit = (int)p.limit + 1,
	};
	if (notification_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &NOTIFICATION, &rows, page_next(r, &p, &NOTIFICATION, &rows, "created_at"));
}
