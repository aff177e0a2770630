#include "fcgi/h_feed.h"
#include "core/booking/agenda.h"
#include "core/sys/conf.h"
#include "core/sys/ics.h"

struct feed_address {
	const char *url;
};

static const struct field FIELDS[] = {
	TEXT(feed_address, url, RO, 1000),
};
const struct table FEED_ADDRESS = TABLE(feed_address, "feed_address", FIELDS);

int h_feed_address(struct req *r)
{
	struct ctx *c = &r->c;
	struct staff_feed who;

	if (staff_feed_get(c, r->ids[0], &who) < 0)
		return -1;
	struct link l = {c->company_id, who.id, (uint32_t)who.feed_seq};
	struct feed_address out = {mem_printf(c->mem, "%s/api/v2/public/feeds/%s",
		c->conf->server_public_url, link_token(c, LINK_FEED, &l))};

	return reply(r, 200, &FEED_ADDRESS, &out);
}

int h_feed_renew(struct req *r)
{
	return staff_feed_renew(&r->c, r->ids[0]) < 0 ? -1 : reply_empty(r, 204);
}

static int reply_calendar(struct req *r)
{
	r->type = ICS_CONTENT_TYPE;
	r->status = 200;
	return 0;
}

int h_feed(struct req *r)
{
	struct staff_feed who;

	if (staff_feed_get(&r->c, r->link.id, &who) < 0)
		return -1;
	if (who.feed_seq != r->link.seq)
		return err_set(&r->c, E_NOT_FOUND, NULL);
	buf_reset(&r->out);
	return agenda_of_staff(&r->c, &who, &r->out) < 0 ? -1 : reply_calendar(r);
}

static int visit_calendar(struct req *r, const char *id)
{
	struct appointment a;

	if (appointment_get(&r->c, id, &a) < 0)
		return -1;
	buf_reset(&r->out);
	return agenda_of_visit(&r->c, &a, &r->out) < 0 ? -1 : reply_calendar(r);
}

int h_visit_calendar(struct req *r)
{
	return visit_calendar(r, r->link.id);
}

int h_booking_calendar(struct req *r)
{
	return visit_calendar(r, r->ids[0]);
}
