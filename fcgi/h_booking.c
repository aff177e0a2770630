#include "fcgi/h_booking.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/booking/series.h"
#include "core/sys/json.h"
#include "fcgi/page.h"

#define ALTERNATIVES_MAX 5

/* ---- tables ---- */

static const char *const STATUS_QUERY[] = {"", "scheduled", "confirmed", "in_progress", "completed",
	"cancelled", "no_show", "needs_attention", NULL};
enum status_query { STATUS_ANY };

static const char *const BOOKING_SORT[] = {"", "starts_at", "-starts_at", NULL};
enum booking_sort { BOOKING_SORT_DEFAULT, BOOKING_SORT_ASCENDING, BOOKING_SORT_DESCENDING };

struct booking_query {
	int64_t limit;
	const char *cursor;
	day_t from;
	day_t to;
	const char *staff_id;
	const char *customer_id;
	const char *call_id;
	const char *series_id;
	enum status_query status; /* 0 any, else 1 + enum appointment_status */
	enum booking_sort sort;
};

static const struct field BOOKING_QUERY_FIELDS[] = {
	INT(booking_query, limit, 0, 1, PAGE_MAX),
	TEXT(booking_query, cursor, 0, 100),
	DAY(booking_query, from, 0),
	DAY(booking_query, to, 0),
	ID(booking_query, staff_id, 0),
	ID(booking_query, customer_id, 0),
	ID(booking_query, call_id, 0),
	ID(booking_query, series_id, 0),
	ENUM(booking_query, status, NULL0, enum status_query, STATUS_QUERY),
	ENUM(booking_query, sort, NULL0, enum booking_sort, BOOKING_SORT),
};
const struct table BOOKING_QUERY = TABLE(booking_query, "booking_query", BOOKING_QUERY_FIELDS);

static const struct field CUSTOMER_IN_FIELDS[] = {
	TEXT(customer_in, name, REQ | PERSONAL, 120),
	TEXT(customer_in, phone, PERSONAL, 40),
	TEXT(customer_in, email, PERSONAL, 254),
};
const struct table CUSTOMER_IN = TABLE(customer_in, "customer_facts", CUSTOMER_IN_FIELDS);

/* Like the sources of an appointment, behind "not said". */
static const char *const SOURCES[] = {"", "phone", "web", "api", "portal", NULL};
enum source_in { SOURCE_UNSAID };

struct booking_in {
	const char *service_id;
	ts_t starts_at;
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
	const char *branch_id;
	struct texts add_on_ids;
	const char *hold_id;
	const char *customer_id;
	struct customer_in *customer;
	const char *notes;
	enum source_in source;
};

static const struct field BOOKING_IN_FIELDS[] = {
	ID(booking_in, service_id, 0),
	TIME(booking_in, starts_at, 0),
	WALL(booking_in, local_start, 0),
	TEXT(booking_in, utc_offset, 0, 6),
	ID(booking_in, staff_id, 0),
	ID(booking_in, branch_id, 0),
	TEXTS(booking_in, add_on_ids, 0, ADD_ONS_MAX),
	ID(booking_in, hold_id, 0),
	ID(booking_in, customer_id, 0),
	OBJECT(booking_in, customer, 0, struct customer_in, CUSTOMER_IN),
	TEXT(booking_in, notes, PERSONAL, 2000),
	ENUM(booking_in, source, NULL0, enum source_in, SOURCES),
};
const struct table BOOKING_IN = TABLE(booking_in, "booking_request", BOOKING_IN_FIELDS);

struct booking_change {
	const char *notes;
};

static const struct field BOOKING_CHANGE_FIELDS[] = {
	TEXT(booking_change, notes, PERSONAL, APPOINTMENT_NOTES_LENGTH),
};
const struct table BOOKING_CHANGE = TABLE(booking_change, "booking_change", BOOKING_CHANGE_FIELDS);

/* Of an appointment that is one of a series. */
static const char *const SCOPES[] = {"one", "following", "all", NULL};

struct move_in {
	ts_t starts_at;
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
	const char *branch_id;
	enum series_scope scope;
};

static const struct field MOVE_IN_FIELDS[] = {
	TIME(move_in, starts_at, 0),
	WALL(move_in, local_start, 0),
	TEXT(move_in, utc_offset, 0, 6),
	ID(move_in, staff_id, 0),
	ID(move_in, branch_id, 0),
	ENUM(move_in, scope, 0, enum series_scope, SCOPES),
};
const struct table MOVE_IN = TABLE(move_in, "reschedule_request", MOVE_IN_FIELDS);

struct cancel_in {
	const char *reason;
	enum series_scope scope;
};

static const struct field CANCEL_IN_FIELDS[] = {
	TEXT(cancel_in, reason, PERSONAL, CANCEL_REASON_LENGTH),
};
const struct table CANCEL_IN = TABLE(cancel_in, "cancel_request", CANCEL_IN_FIELDS);

static const struct field CANCEL_SCOPE_FIELDS[] = {
	TEXT(cancel_in, reason, PERSONAL, CANCEL_REASON_LENGTH),
	ENUM(cancel_in, scope, 0, enum series_scope, SCOPES),
};
const struct table CANCEL_SCOPE_IN = TABLE(cancel_in, "cancel_scope_request", CANCEL_SCOPE_FIELDS);

struct availability_query {
	const char *service_id;
	day_t from;
	day_t to;
	const char *staff_id;
	const char *branch_id;
	const char *add_on_ids;
	bool explain;
};

static const struct field AVAILABILITY_QUERY_FIELDS[] = {
	ID(availability_query, service_id, REQ),
	DAY(availability_query, from, REQ),
	DAY(availability_query, to, REQ),
	ID(availability_query, staff_id, 0),
	ID(availability_query, branch_id, 0),
	TEXT(availability_query, add_on_ids, 0, 800),
	BOOL(availability_query, explain, 0),
};
const struct table AVAILABILITY_QUERY =
	TABLE(availability_query, "availability_query", AVAILABILITY_QUERY_FIELDS);

static const struct field AVAILABILITY_FIELDS[] = {
	TEXT(found, time_zone, RO | REQ, 64),
	LIST(found, slots, RO, SLOT),
	LIST(found, rejected, RO, REJECTION),
};
const struct table AVAILABILITY = TABLE(found, "availability", AVAILABILITY_FIELDS);

/* ---- handlers ---- */

/* "a,b" as they stand in a query. */
static int read_ids(struct req *r, const char *list, const char *name, struct texts *out)
{
	*out = (struct texts){mem_alloc(r->c.mem, ADD_ONS_MAX * sizeof(char *)), 0};
	for (const char *p = list; p != NULL && *p != '\0'; p += *p == ',') {
		size_t n = strcspn(p, ",");
		const char *id = mem_text_n(r->c.mem, p, n);

		if (!id_valid(id))
			return err_field(&r->c, name, "must be ids with commas between them");
		if (out->n == ADD_ONS_MAX)
			return err_field(&r->c, name, "must be at most %d ids", ADD_ONS_MAX);
		out->p[out->n++] = id;
		p += n;
	}
	return 0;
}

int reply_availability(struct req *r, const char *add_on_ids, struct search *s)
{
	struct found out;

	if (read_ids(r, add_on_ids, "add_on_ids", &s->add_on_ids) < 0)
		return -1;
	if (availability_search(&r->c, s, &out) < 0)
		return -1;
	return reply(r, 200, &AVAILABILITY, &out);
}

int h_availability(struct req *r)
{
	const struct availability_query *q = r->query;
	struct search s = {.service_id = q->service_id,
		.staff_id = q->staff_id,
		.branch_id = q->branch_id,
		.from = q->from,
		.to = q->to,
		.explain = q->explain};

	return reply_availability(r, q->add_on_ids, &s);
}

int h_bookings(struct req *r)
{
	const struct booking_query *q = r->query;
	struct page p;
	struct rows rows;

	if (page_read(r, q->limit, q->cursor, &p) < 0)
		return -1;
	struct appointment_filter f = {
		.from = q->from,
		.to = q->to,
		.staff_id = q->staff_id,
		.customer_id = q->customer_id,
		.call_id = q->call_id,
		.series_id = q->series_id,
		.status = (int)q->status - 1,
		.after = p.after,
		.after_id = p.after_id,
		.limit = (int)p.limit + 1,
		.descending = q->sort == BOOKING_SORT_DESCENDING,
	};
	if (appointment_list(&r->c, &f, &rows) < 0)
		return -1;
	return reply_rows(
		r, &APPOINTMENT, &rows, page_next(r, &p, &APPOINTMENT, &rows, "starts_at"));
}

static int reply_appointment(struct req *r, int status, const char *id)
{
	struct appointment a;

	if (appointment_get(&r->c, id, &a) < 0)
		return -1;
	return reply(r, status, &APPOINTMENT, &a);
}

int h_booking(struct req *r)
{
	return reply_appointment(r, 200, r->ids[0]);
}

int booking_offset(struct req *r, const char *field, const char *s, int *minutes)
{
	int m;

	*minutes = OFFSET_NONE;
	if (s == NULL)
		return 0;
	if ((*s != '+' && *s != '-') || !minute_parse(s + 1, &m) || m > 14 * 60)
		return err_field(&r->c, field, "must look like +02:00");
	*minutes = *s == '-' ? -m : m;
	return 0;
}

int read_start(
	struct req *r, ts_t starts_at, wall_t local_start, const char *utc_offset, struct wish *w)
{
	if ((starts_at.ms == 0) == (local_start.min == 0))
		return err_field(&r->c, "starts_at", "give either this or local_start");
	if (booking_offset(r, "utc_offset", utc_offset, &w->utc_offset_minutes) < 0)
		return -1;
	w->starts_at = starts_at;
	w->local_start = local_start;
	return 0;
}

struct customer customer_said(const char *id, const struct customer_in *facts)
{
	struct customer k = {.id = id};

	if (facts != NULL) {
		k.name = facts->name;
		k.phone = facts->phone;
		k.email = facts->email;
	}
	return k;
}

/* With a hold, what is not said is as the hold has it. */
static int read_wish(struct req *r, struct wish *w)
{
	const struct booking_in *in = r->in;
	struct ctx *c = &r->c;
	bool held = in->hold_id != NULL;

	memset(w, 0, sizeof(*w));
	w->utc_offset_minutes = OFFSET_NONE;
	if (in->service_id == NULL && !held)
		return err_field(c, "service_id", "is required");
	if (in->starts_at.ms != 0 || in->local_start.min != 0 || !held) {
		if (read_start(r, in->starts_at, in->local_start, in->utc_offset, w) < 0)
			return -1;
	}
	if (in->customer_id != NULL ? in->customer != NULL : in->customer == NULL && !held)
		return err_field(c, "customer_id", "give either this or customer");
	w->service_id = in->service_id;
	w->staff_id = in->staff_id;
	w->branch_id = in->branch_id;
	w->add_on_ids = in->add_on_ids;
	w->hold_id = in->hold_id;
	w->notes = in->notes;
	w->source = in->source != SOURCE_UNSAID ? (enum appointment_source)((int)in->source - 1)
						: SOURCE_API;
	w->customer = customer_said(in->customer_id, in->customer);
	return 0;
}

int h_booking_create(struct req *r)
{
	struct appointment a;
	struct wish w;

	if (read_wish(r, &w) < 0 || booking_take(&r->c, &w, &a) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/bookings/%s", a.id);
	return reply(r, 201, &APPOINTMENT, &a);
}

int put_alternatives(struct req *r, const struct wish *w)
{
	struct rows rows;

	if (booking_alternatives(&r->c, w, ALTERNATIVES_MAX, &rows) < 0)
		return -1;
	buf_text_add(&r->out, ",\"alternatives\":");
	json_rows(&r->out, &ALTERNATIVE, &rows);
	return 0;
}

int h_booking_alternatives(struct req *r)
{
	struct wish w;

	return read_wish(r, &w) < 0 ? -1 : put_alternatives(r, &w);
}

/* ---- what becomes of it ---- */

static int set_status(struct req *r, enum appointment_status to)
{
	struct appointment a;

	if (appointment_set_status(&r->c, r->ids[0], to, &a) < 0)
		return -1;
	return reply(r, 200, &APPOINTMENT, &a);
}

int h_booking_confirm(struct req *r)
{
	return set_status(r, APPOINTMENT_CONFIRMED);
}

int h_booking_check_in(struct req *r)
{
	return set_status(r, APPOINTMENT_IN_PROGRESS);
}

int h_booking_complete(struct req *r)
{
	return set_status(r, APPOINTMENT_COMPLETED);
}

int h_booking_no_show(struct req *r)
{
	return set_status(r, APPOINTMENT_NO_SHOW);
}

const char *cancel_reason(const struct req *r)
{
	return ((const struct cancel_in *)r->in)->reason;
}

int h_booking_cancel(struct req *r)
{
	const struct cancel_in *in = r->in;
	struct appointment a;

	if (series_cancel(&r->c, r->ids[0], in->scope, in->reason, &a) < 0)
		return -1;
	return reply(r, 200, &APPOINTMENT, &a);
}

int h_booking_update(struct req *r)
{
	const struct booking_change *in = r->in;
	struct appointment a;

	if (r->given == 0)
		return reply_appointment(r, 200, r->ids[0]);
	if (appointment_set_notes(&r->c, r->ids[0], in->notes, &a) < 0)
		return -1;
	return reply(r, 200, &APPOINTMENT, &a);
}

/* ---- moving ---- */

/* That one time is given is looked at when the appointment is there. */
static int read_move(struct req *r, struct wish *w)
{
	const struct move_in *in = r->in;

	*w = (struct wish){
		.staff_id = in->staff_id,
		.branch_id = in->branch_id,
		.starts_at = in->starts_at,
		.local_start = in->local_start,
	};
	return booking_offset(r, "utc_offset", in->utc_offset, &w->utc_offset_minutes);
}

int h_booking_reschedule(struct req *r)
{
	const struct move_in *in = r->in;
	struct appointment a;
	struct wish w;

	if (read_move(r, &w) < 0 || series_reschedule(&r->c, r->ids[0], in->scope, &w, &a) < 0)
		return -1;
	return reply(r, 200, &APPOINTMENT, &a);
}

/* (Of several, the one that is in the way need not be the one that is named.) */
int h_booking_reschedule_alternatives(struct req *r)
{
	const struct move_in *in = r->in;
	struct wish move, w;

	if (in->scope != SCOPE_ONE)
		return 0;
	if (read_move(r, &move) < 0 || booking_reschedule_wish(&r->c, r->ids[0], &move, &w) < 0)
		return -1;
	return put_alternatives(r, &w);
}
