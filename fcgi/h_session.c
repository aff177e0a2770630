#include "fcgi/h_session.h"
#include "core/user/session.h"
#include "fcgi/auth.h"

int h_sessions(struct req *r)
{
	struct rows rows;

	if (session_list(&r->c, r->who.user_id, r->session_id, &rows) < 0)
		return -1;
	return reply_rows(r, &SESSION_ROW, &rows, NULL);
}

int h_session_delete(struct req *r)
{
	if (session_end(&r->c, r->who.user_id, r->ids[0]) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}

int h_sessions_delete(struct req *r)
{
	if (sessions_end(&r->c, r->who.user_id, r->session_id) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}
