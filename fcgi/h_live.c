#include "fcgi/h_live.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "fcgi/auth.h"
#include "fcgi/page.h"

/* Everybody in the company may ask: kinds and ids of what changed are no
 * secret among its people, what changed they read where they have the right. */

struct changes_query {
	int64_t after;
	int64_t limit;
};

static const struct field QUERY_FIELDS[] = {
	INT(changes_query, after, 0, LIVE_BEGINNING, INT64_MAX),
	INT(changes_query, limit, 0, 1, PAGE_MAX),
};
const struct table CHANGES_QUERY = TABLE(changes_query, "changes_query", QUERY_FIELDS);

struct live_ticket {
	const char *url;
	int64_t expires_in;
};

static const struct field TICKET_FIELDS[] = {
	TEXT(live_ticket, url, RO | ONCE, 100),
	INT(live_ticket, expires_in, RO, 0, LIVE_TICKET_S),
};
const struct table LIVE_TICKET = TABLE(live_ticket, "live_ticket", TICKET_FIELDS);

int h_changes(struct req *r)
{
	const struct changes_query *q = r->query;
	struct live_changes out;

	if (live_read(&r->c, q->after, q->limit > 0 ? q->limit : PAGE_MAX, &out) < 0)
		return -1;
	return reply(r, 200, &LIVE_CHANGES, &out);
}

int h_live_ticket(struct req *r)
{
	struct live_ticket out = {.expires_in = LIVE_TICKET_S};
	const char *ticket;

	if (r->session_id == NULL)
		return err_set(&r->c, E_FORBIDDEN,
			"Streams are for people who are logged in: with an API key ask for "
			"/api/v2/changes.");
	if (text_empty(r->c.conf->live_socket))
		return err_set(&r->c, E_UNAVAILABLE,
			"This server has no streams: ask for /api/v2/changes every 15 seconds.");
	if (live_ticket_make(&r->c, r->session_id, &ticket) < 0)
		return -1;
	out.url = mem_printf(r->c.mem, "/live?ticket=%s", ticket);
	return reply(r, 201, &LIVE_TICKET, &out);
}

int h_live_authorize(struct req *r)
{
	const char *ticket = req_header(r, "x-live-ticket");
	struct live_pass pass;
	int rc = ticket == NULL ? 0 : live_ticket_use(&r->c, ticket, &pass);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(&r->c, E_FORBIDDEN,
			"This ticket was used, is too old, or is none: get another one.");
	if (auth_watch(r, pass.session_id, pass.company_id) < 0)
		return -1;
	r->live_channel = pass.company_id;
	return reply_empty(r, 204);
}
