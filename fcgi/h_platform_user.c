#include "fcgi/h_platform_user.h"
#include "core/user/directory.h"
#include "fcgi/auth.h"
#include "fcgi/page.h"

struct user_query {
	int64_t limit;
	const char *cursor;
	const char *q;
};

static const struct field QUERY_FIELDS[] = {
	INT(user_query, limit, 0, 1, PAGE_MAX),
	TEXT(user_query, cursor, 0, 100),
	TEXT(user_query, q, PERSONAL, 254),
};
const struct table PLATFORM_USER_QUERY = TABLE(user_query, "platform_user_query", QUERY_FIELDS);

int h_platform_users(struct req *r)
{
	const struct user_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct newest page = {p.after, p.after_id, p.limit + 1};
	if (directory_list(&r->c, q->q, &page, &rows) < 0)
		return -1;
	return reply_rows(
		r, &PLATFORM_USER, &rows, page_next(r, &p, &PLATFORM_USER, &rows, "created_at"));
}

int h_platform_user(struct req *r)
{
	struct platform_user u;

	if (directory_get(&r->c, r->ids[0], &u) < 0)
		return -1;
	return reply(r, 200, &PLATFORM_USER_ONE, &u);
}

static int disable(struct req *r, bool disabled)
{
	if (directory_disable(&r->c, r->ids[0], disabled) < 0)
		return -1;
	auth_forget();
	return h_platform_user(r);
}

int h_platform_user_disable(struct req *r)
{
	return disable(r, true);
}

int h_platform_user_enable(struct req *r)
{
	return disable(r, false);
}
