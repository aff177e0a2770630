#include "fcgi/h_public.h"
#include "core/base/text.h"
#include "core/booking/visitor.h"
#include "core/service/service.h"
#include "core/staff/staff.h"
#include "core/sys/conf.h"
#include "core/tenant/company.h"
#include "core/tenant/tenant.h"
#include "core/tenant/origins.h"
#include "fcgi/h_booking.h"

/* ---- tables: the company ---- */

static const struct field BRANCH_FIELDS[] = {
	ID(branch, id, RO),
	TEXT(branch, name, RO, 120),
	TEXT(branch, time_zone, RO, 64),
	TEXT(branch, phone, RO, 20),
	TEXT(branch, address, RO, 300),
};
const struct table PUBLIC_BRANCH = TABLE(branch, "public_branch", BRANCH_FIELDS);

struct public_company {
	const char *name;
	const char *slug;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale;
	bool requires_confirmation;
	struct tenant *brand;
	struct rows branches;
};

static const struct field COMPANY_FIELDS[] = {
	TEXT(public_company, name, RO, 120),
	TEXT(public_company, slug, RO, 63),
	TEXT(public_company, country, RO, 2),
	TEXT(public_company, time_zone, RO, 64),
	TEXT(public_company, currency, RO, 3),
	TEXT(public_company, locale, RO, 16),
	BOOL(public_company, requires_confirmation, RO),
	OBJECT(public_company, brand, RO, struct tenant, BRAND),
	LIST(public_company, branches, RO, PUBLIC_BRANCH),
};
const struct table PUBLIC_COMPANY = TABLE(public_company, "public_company", COMPANY_FIELDS);

/* ---- tables: services ---- */

struct public_staff {
	const char *id;
	const char *name;
	const char *branch_id;
};

static const struct field STAFF_FIELDS[] = {
	ID(public_staff, id, RO),
	TEXT(public_staff, name, RO, 120),
	ID(public_staff, branch_id, RO),
};
static const struct table PUBLIC_STAFF = TABLE(public_staff, "public_staff", STAFF_FIELDS);

static const struct field ADD_ON_FIELDS[] = {
	ID(add_on, id, RO),
	TEXT(add_on, name, RO, 120),
	INT(add_on, duration_minutes, RO, 0, 1440),
	CENTS(add_on, price_cents, RO),
};
static const struct table PUBLIC_ADD_ON = TABLE(add_on, "public_add_on", ADD_ON_FIELDS);

struct public_service {
	const char *id;
	const char *name;
	const char *description;
	int64_t duration_minutes;
	int64_t price_cents;
	const char *currency;
	struct rows add_ons;
	struct rows staff;
};

static const struct field SERVICE_FIELDS[] = {
	ID(public_service, id, RO),
	TEXT(public_service, name, RO, 120),
	TEXT(public_service, description, RO, 1000),
	INT(public_service, duration_minutes, RO, 1, 65535),
	CENTS(public_service, price_cents, RO),
	TEXT(public_service, currency, RO, 3),
	LIST(public_service, add_ons, RO, PUBLIC_ADD_ON),
	LIST(public_service, staff, RO, PUBLIC_STAFF),
};
const struct table PUBLIC_SERVICE = TABLE(public_service, "public_service", SERVICE_FIELDS);

/* As the company's own, but nobody is told what is in the way. */
struct public_availability_query {
	const char *service_id;
	day_t from;
	day_t to;
	const char *staff_id;
	const char *branch_id;
	const char *add_on_ids;
};

static const struct field AVAILABILITY_QUERY_FIELDS[] = {
	ID(public_availability_query, service_id, REQ),
	DAY(public_availability_query, from, REQ),
	DAY(public_availability_query, to, REQ),
	ID(public_availability_query, staff_id, 0),
	ID(public_availability_query, branch_id, 0),
	TEXT(public_availability_query, add_on_ids, 0, 800),
};
const struct table PUBLIC_AVAILABILITY_QUERY =
	TABLE(public_availability_query, "public_availability_query", AVAILABILITY_QUERY_FIELDS);

/* ---- tables: bookings ---- */

struct public_booking_in {
	const char *service_id;
	ts_t starts_at;
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
	const char *branch_id;
	struct texts add_on_ids;
	struct customer_in *customer;
	const char *notes;
	const char *website;
};

static const struct field BOOKING_IN_FIELDS[] = {
	ID(public_booking_in, service_id, REQ),
	TIME(public_booking_in, starts_at, 0),
	WALL(public_booking_in, local_start, 0),
	TEXT(public_booking_in, utc_offset, 0, 6),
	ID(public_booking_in, staff_id, 0),
	ID(public_booking_in, branch_id, 0),
	TEXTS(public_booking_in, add_on_ids, 0, 36),
	OBJECT(public_booking_in, customer, REQ, struct customer_in, CUSTOMER_IN),
	TEXT(public_booking_in, notes, PERSONAL, 2000),
	TEXT(public_booking_in, website, 0, 1000),
};
const struct table PUBLIC_BOOKING_IN =
	TABLE(public_booking_in, "public_booking_request", BOOKING_IN_FIELDS);

struct public_move_in {
	ts_t starts_at;
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
};

static const struct field MOVE_IN_FIELDS[] = {
	TIME(public_move_in, starts_at, 0),
	WALL(public_move_in, local_start, 0),
	TEXT(public_move_in, utc_offset, 0, 6),
	ID(public_move_in, staff_id, 0),
};
const struct table PUBLIC_MOVE_IN = TABLE(public_move_in, "public_move_request", MOVE_IN_FIELDS);

static const struct field BOOKED_ADD_ON_FIELDS[] = {
	ID(appointment_add_on, add_on_id, RO),
	TEXT(appointment_add_on, name, RO, 120),
	INT(appointment_add_on, duration_minutes, RO, 0, 1440),
	CENTS(appointment_add_on, price_cents, RO),
};
static const struct table BOOKED_ADD_ON =
	TABLE(appointment_add_on, "public_booking_add_on", BOOKED_ADD_ON_FIELDS);

static const char *const STATUS[] = {"scheduled", "confirmed", "in_progress", "completed",
	"cancelled", "no_show", "needs_attention", NULL};

/* Nothing of the customer: a number that a stranger gave may be somebody's. */
struct public_booking {
	const char *manage_token;
	const char *manage_url;
	const char *calendar_url;
	const char *company_name;
	enum appointment_status status;
	const char *service_id;
	const char *service_name;
	const char *staff_id;
	const char *staff_name;
	struct branch *branch;
	ts_t starts_at;
	ts_t ends_at;
	wall_t local_start;
	const char *time_zone;
	struct rows add_ons;
	int64_t price_cents;
	const char *currency;
	bool can_cancel;
	bool can_reschedule;
	int64_t late_fee_cents;
};

static const struct field BOOKING_FIELDS[] = {
	TEXT(public_booking, manage_token, RO, LINK_TOKEN_LENGTH),
	TEXT(public_booking, manage_url, RO, 1000),
	TEXT(public_booking, calendar_url, RO, 1000),
	TEXT(public_booking, company_name, RO, 120),
	ENUM(public_booking, status, RO, enum appointment_status, STATUS),
	ID(public_booking, service_id, RO),
	TEXT(public_booking, service_name, RO, 120),
	ID(public_booking, staff_id, RO),
	TEXT(public_booking, staff_name, RO, 120),
	OBJECT(public_booking, branch, RO, struct branch, PUBLIC_BRANCH),
	TIME(public_booking, starts_at, RO),
	TIME(public_booking, ends_at, RO),
	WALL(public_booking, local_start, RO),
	TEXT(public_booking, time_zone, RO, 64),
	LIST(public_booking, add_ons, RO, BOOKED_ADD_ON),
	CENTS(public_booking, price_cents, RO),
	TEXT(public_booking, currency, RO, 3),
	BOOL(public_booking, can_cancel, RO),
	BOOL(public_booking, can_reschedule, RO),
	CENTS(public_booking, late_fee_cents, RO),
};
const struct table PUBLIC_BOOKING = TABLE(public_booking, "public_booking", BOOKING_FIELDS);

/* ---- handlers: the company ---- */

int h_public_company(struct req *r)
{
	struct public_company out = {0};
	struct company co;
	struct tenant brand;

	if (company_current(&r->c, &co) < 0 || brand_current(&r->c, &brand) < 0 ||
		branch_list(&r->c, &out.branches) < 0)
		return -1;
	out.brand = &brand;
	out.name = co.name;
	out.slug = co.slug;
	out.country = co.country;
	out.time_zone = co.time_zone;
	out.currency = co.currency;
	out.locale = co.locale;
	out.requires_confirmation = co.requires_confirmation;
	return reply(r, 200, &PUBLIC_COMPANY, &out);
}

/* For nginx, which puts it into the page's Content-Security-Policy. */
int h_public_frame(struct req *r)
{
	if (origins_framing(&r->c, &r->frame_origins) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* Those of all who can do it, in the order of all. */
static struct rows staff_of(struct req *r, const struct service *s, const struct rows *all)
{
	const struct staff *who = all->p;
	struct public_staff *p = mem_alloc(r->c.mem, (s->staff_ids.n + 1) * sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < all->n && n < s->staff_ids.n; i++) {
		for (size_t k = 0; k < s->staff_ids.n; k++) {
			if (!text_same(s->staff_ids.p[k], who[i].id))
				continue;
			p[n++] = (struct public_staff){who[i].id, who[i].name, who[i].branch_id};
			break;
		}
	}
	return (struct rows){p, n};
}

int h_public_services(struct req *r)
{
	struct rows services, staff;

	if (service_list(&r->c, &services) < 0 || staff_list(&r->c, &staff) < 0)
		return -1;
	const struct service *s = services.p;
	struct public_service *out = mem_alloc(r->c.mem, (services.n + 1) * sizeof(*out));

	for (size_t i = 0; i < services.n; i++) {
		out[i].id = s[i].id;
		out[i].name = s[i].name;
		out[i].description = s[i].description;
		out[i].duration_minutes = s[i].duration_minutes;
		out[i].price_cents = s[i].price_cents;
		out[i].currency = s[i].currency;
		out[i].add_ons = s[i].add_ons;
		out[i].staff = staff_of(r, &s[i], &staff);
	}
	return reply_rows(r, &PUBLIC_SERVICE, &(struct rows){out, services.n}, NULL);
}

int h_public_availability(struct req *r)
{
	const struct public_availability_query *q = r->query;
	struct search s = {.service_id = q->service_id,
		.staff_id = q->staff_id,
		.branch_id = q->branch_id,
		.from = q->from,
		.to = q->to};

	return reply_availability(r, q->add_on_ids, &s);
}

/* ---- handlers: bookings ---- */

static const char *manage_token(struct req *r, const char *appointment_id)
{
	struct link l = {r->c.company_id, appointment_id, 0};

	return link_token(&r->c, LINK_MANAGE, &l);
}

int reply_visit(struct req *r, int status, const struct appointment *a)
{
	const char *token = manage_token(r, a->id), *base = r->c.conf->server_public_url;
	struct visitor_choice can;
	struct company co;
	struct branch branch;

	if (company_current(&r->c, &co) < 0 || branch_get(&r->c, a->branch_id, &branch) < 0 ||
		visitor_choose(&r->c, a, &can) < 0)
		return -1;
	struct public_booking out = {
		.manage_token = token,
		.manage_url = mem_printf(r->c.mem, "%s/manage/%s", base, token),
		.calendar_url = mem_printf(
			r->c.mem, "%s/api/v2/public/bookings/%s/calendar.ics", base, token),
		.company_name = co.name,
		.status = a->status,
		.service_id = a->service_id,
		.service_name = a->service_name,
		.staff_id = a->staff_id,
		.staff_name = a->staff_name,
		.branch = &branch,
		.starts_at = a->starts_at,
		.ends_at = a->ends_at,
		.local_start = a->local_start,
		.time_zone = a->time_zone,
		.add_ons = a->add_ons,
		.price_cents = a->price_cents,
		.currency = a->currency,
		.can_cancel = can.can_cancel,
		.can_reschedule = can.can_reschedule,
		.late_fee_cents = can.late_fee_cents,
	};
	return reply(r, status, &PUBLIC_BOOKING, &out);
}

/* People do not see the field; what fills in every field of a form does. It is
 * refused by name instead of being thanked: a person whose browser has filled
 * it in would be told of a booking that does not exist. */
static int check_trap(struct req *r, const char *website)
{
	if (text_empty(website))
		return 0;
	return err_field(&r->c, "website",
		"must stay empty: your browser may have filled it in; clear it and send again");
}

static int read_wish(struct req *r, struct wish *w)
{
	const struct public_booking_in *in = r->in;

	memset(w, 0, sizeof(*w));
	if (check_trap(r, in->website) < 0 ||
		read_start(r, in->starts_at, in->local_start, in->utc_offset, w) < 0)
		return -1;
	w->service_id = in->service_id;
	w->staff_id = in->staff_id;
	w->branch_id = in->branch_id;
	w->add_on_ids = in->add_on_ids;
	w->notes = in->notes;
	w->source = SOURCE_WEB;
	w->customer = customer_said(NULL, in->customer);
	return 0;
}

int h_public_book(struct req *r)
{
	struct appointment a;
	struct wish w;

	if (read_wish(r, &w) < 0 || visitor_book(&r->c, &w, &a) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/public/bookings/%s", manage_token(r, a.id));
	return reply_visit(r, 201, &a);
}

int h_public_book_alternatives(struct req *r)
{
	struct wish w;

	return read_wish(r, &w) < 0 ? -1 : put_alternatives(r, &w);
}

/* By the link of the path, whose company the request is in. */
static int get_visit(struct req *r, struct appointment *out)
{
	return appointment_get(&r->c, r->link.id, out);
}

int h_public_booking(struct req *r)
{
	struct appointment a;

	return get_visit(r, &a) < 0 ? -1 : reply_visit(r, 200, &a);
}

int h_public_cancel(struct req *r)
{
	const char *reason = cancel_reason(r);
	struct appointment a;

	if (visitor_cancel(&r->c, r->link.id, reason, &a) < 0)
		return -1;
	return reply_visit(r, 200, &a);
}

static int read_move(struct req *r, struct wish *w)
{
	const struct public_move_in *in = r->in;

	memset(w, 0, sizeof(*w));
	w->staff_id = in->staff_id;
	return read_start(r, in->starts_at, in->local_start, in->utc_offset, w);
}

int h_public_move(struct req *r)
{
	struct appointment a;
	struct wish w;

	if (read_move(r, &w) < 0 || visitor_reschedule(&r->c, r->link.id, &w, &a) < 0)
		return -1;
	return reply_visit(r, 200, &a);
}

int h_public_move_alternatives(struct req *r)
{
	struct wish w, whole;

	if (read_move(r, &w) < 0 || booking_reschedule_wish(&r->c, r->link.id, &w, &whole) < 0)
		return -1;
	return put_alternatives(r, &whole);
}
