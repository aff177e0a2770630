#include "fcgi/h_offer.h"
#include "core/booking/booking.h"
#include "core/booking/waiting_list.h"
#include "core/staff/staff.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"
#include "fcgi/h_public.h"

static const char *const STATUS[] = {"waiting", "offered", "booked", "expired", "cancelled", NULL};

struct public_offer {
	const char *company_name;
	enum waiting_status status;
	const char *service_name;
	const char *staff_name;
	struct branch *branch;
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *time_zone;
	ts_t offer_expires_at; /* of an offer that stands */
};

static const struct field FIELDS[] = {
	TEXT(public_offer, company_name, RO, 120),
	ENUM(public_offer, status, RO, enum waiting_status, STATUS),
	TEXT(public_offer, service_name, RO, 120),
	TEXT(public_offer, staff_name, RO, 120),
	OBJECT(public_offer, branch, RO, struct branch, PUBLIC_BRANCH),
	TIME(public_offer, starts_at, RO),
	TIME(public_offer, ends_at, RO),
	WALL(public_offer, local_start, RO),
	TEXT(public_offer, time_zone, RO, 64),
	TIME(public_offer, offer_expires_at, RO),
};
const struct table PUBLIC_OFFER = TABLE(public_offer, "public_offer", FIELDS);

/* The link is of one offer: after the next one it leads nowhere. */
static int find(struct req *r, struct waiting_entry *e)
{
	if (waiting_get(&r->c, r->link.id, e) < 0)
		return -1;
	if (e->offers != r->link.seq)
		return err_set(&r->c, E_NOT_FOUND, NULL);
	return 0;
}

static int reply_offer(struct req *r, const struct waiting_entry *e)
{
	struct company co;
	struct branch branch;
	struct staff who;

	if (company_current(&r->c, &co) < 0 ||
		branch_get(&r->c, e->offered_branch_id, &branch) < 0 ||
		staff_get(&r->c, e->offered_staff_id, &who) < 0)
		return -1;
	struct public_offer out = {
		.company_name = co.name,
		.status = e->status,
		.service_name = e->service_name,
		.staff_name = who.name,
		.branch = &branch,
		.starts_at = e->offered_starts_at,
		.ends_at = e->offered_ends_at,
		.local_start = e->offered_local_start,
		.time_zone = branch.time_zone,
		.offer_expires_at = e->offer_expires_at,
	};
	return reply(r, 200, &PUBLIC_OFFER, &out);
}

int h_offer(struct req *r)
{
	struct waiting_entry e;

	return find(r, &e) < 0 ? -1 : reply_offer(r, &e);
}

int h_offer_accept(struct req *r)
{
	struct waiting_entry e;
	struct appointment a;

	if (find(r, &e) < 0 || waiting_accept(&r->c, e.id, &e) < 0 ||
		appointment_get(&r->c, e.appointment_id, &a) < 0)
		return -1;
	return reply_visit(r, 200, &a);
}

int h_offer_decline(struct req *r)
{
	struct waiting_entry e;

	if (find(r, &e) < 0 || waiting_decline(&r->c, e.id, &e) < 0)
		return -1;
	return reply_offer(r, &e);
}
