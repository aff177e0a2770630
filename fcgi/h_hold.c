#include "fcgi/h_hold.h"
#include "core/booking/hold.h"
#include "core/sys/db.h"
#include "fcgi/h_booking.h"

struct hold_in {
	const char *service_id;
	ts_t starts_at;
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
	const char *branch_id;
	struct texts add_on_ids;
	const char *customer_id;
	int64_t ttl_seconds; /* 0: the usual */
};

static const struct field HOLD_IN_FIELDS[] = {
	ID(hold_in, service_id, REQ),
	TIME(hold_in, starts_at, 0),
	WALL(hold_in, local_start, 0),
	TEXT(hold_in, utc_offset, 0, 6),
	ID(hold_in, staff_id, 0),
	ID(hold_in, branch_id, 0),
	TEXTS(hold_in, add_on_ids, 0, ADD_ONS_MAX),
	ID(hold_in, customer_id, 0),
	INT(hold_in, ttl_seconds, NULL0, HOLD_SECONDS_MIN, HOLD_SECONDS_MAX),
};
const struct table HOLD_IN = TABLE(hold_in, "hold_request", HOLD_IN_FIELDS);

static int read_wish(struct req *r, struct wish *w)
{
	const struct hold_in *in = r->in;

	*w = (struct wish){
		.service_id = in->service_id,
		.staff_id = in->staff_id,
		.branch_id = in->branch_id,
		.add_on_ids = in->add_on_ids,
		.customer = {.id = in->customer_id},
	};
	return read_start(r, in->starts_at, in->local_start, in->utc_offset, w);
}

int h_hold(struct req *r)
{
	struct hold h;

	if (hold_get(&r->c, r->ids[0], &h) < 0)
		return -1;
	return reply(r, 200, &HOLD, &h);
}

int h_hold_create(struct req *r)
{
	const struct hold_in *in = r->in;
	int64_t seconds = in->ttl_seconds != 0 ? in->ttl_seconds : HOLD_SECONDS_USUAL;
	struct wish w;
	struct hold h;

	if (read_wish(r, &w) < 0 || hold_make(&r->c, &w, seconds, &h) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/holds/%s", h.id);
	return reply(r, 201, &HOLD, &h);
}

int h_hold_alternatives(struct req *r)
{
	struct wish w;

	return read_wish(r, &w) < 0 ? -1 : put_alternatives(r, &w);
}

int h_hold_delete(struct req *r)
{
	int rc = hold_release(&r->c, r->ids[0]);

	if (db_must(&r->c, rc, "hold", r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}
