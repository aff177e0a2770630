#include "core/booking/booking.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/booking/moment.h"
#include "core/booking/occupancy.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/tenant/company.h"

#define PAGE_MAX 1000

static const char *const STATUS[] = {"scheduled", "confirmed", "in_progress", "completed",
	"cancelled", "no_show", "needs_attention", NULL};
static const char *const SOURCE[] = {"phone", "web", "api", "portal", NULL};

static const struct field SEGMENT_FIELDS[] = {
	ID(appointment_segment, id, RO | HIDDEN),
	ID(appointment_segment, appointment_id, RO | HIDDEN),
	ID(appointment_segment, service_segment_id, RO),
	ID(appointment_segment, staff_id, RO),
	TIME(appointment_segment, starts_at, RO),
	TIME(appointment_segment, ends_at, RO),
};
const struct table APPOINTMENT_SEGMENT =
	TABLE(appointment_segment, "appointment_segment", SEGMENT_FIELDS);

static const struct field ADD_ON_FIELDS[] = {
	ID(appointment_add_on, id, RO | HIDDEN),
	ID(appointment_add_on, appointment_id, RO | HIDDEN),
	ID(appointment_add_on, add_on_id, RO),
	TEXT(appointment_add_on, name, RO, 120),
	INT(appointment_add_on, duration_minutes, RO, 0, 1440),
	CENTS(appointment_add_on, price_cents, RO),
};
const struct table APPOINTMENT_ADD_ON =
	TABLE(appointment_add_on, "appointment_add_on", ADD_ON_FIELDS);

static const struct field FIELDS[] = {
	ID(appointment, id, RO),
	ENUM(appointment, status, RO | FILTER, enum appointment_status, STATUS),
	ID(appointment, service_id, RO | FILTER),
	TEXT(appointment, service_name, RO | JOINED, 120),
	ID(appointment, staff_id, RO | FILTER),
	TEXT(appointment, staff_name, RO | JOINED | PERSONAL, 120),
	ID(appointment, branch_id, RO | FILTER),
	ID(appointment, customer_id, RO | FILTER),
	TEXT(appointment, customer_name, RO | JOINED | PERSONAL, 120),
	TEXT(appointment, customer_phone, RO | JOINED | PERSONAL, 20),
	TIME(appointment, starts_at, RO | SORT),
	TIME(appointment, ends_at, RO),
	WALL(appointment, local_start, RO),
	TEXT(appointment, time_zone, RO, 64),
	TEXT(appointment, tz_version, RO | HIDDEN, 16),
	LIST(appointment, segments, RO, APPOINTMENT_SEGMENT),
	LIST(appointment, add_ons, RO, APPOINTMENT_ADD_ON),
	CENTS(appointment, price_cents, RO),
	TEXT(appointment, currency, RO, 3),
	ENUM(appointment, source, RO | FILTER, enum appointment_source, SOURCE),
	ID(appointment, call_id, RO | FILTER),
	TEXT(appointment, notes, RO | PERSONAL, APPOINTMENT_NOTES_LENGTH),
	TEXT(appointment, cancel_reason, RO | PERSONAL, CANCEL_REASON_LENGTH),
	TIME(appointment, cancelled_at, RO),
	CENTS(appointment, late_fee_cents, RO | NULL0),
	ID(appointment, series_id, RO | FILTER),
	INT(appointment, version, RO, 1, INT64_MAX),
	TIME(appointment, created_at, RO),
};
const struct table APPOINTMENT = TABLE(appointment, "appointment", FIELDS);

/* ---- storage ---- */

#define SELECT_APPOINTMENT                                                       \
	"SELECT {cols:a}, s.name AS service_name, st.name AS staff_name, "       \
	"k.name AS customer_name, k.phone AS customer_phone FROM appointment a " \
	"LEFT JOIN service s ON s.id = a.service_id "                            \
	"LEFT JOIN staff st ON st.id = a.staff_id "                              \
	"LEFT JOIN customer k ON k.id = a.customer_id"

static int with_segments(struct ctx *c, struct appointment *a)
{
	return db_rows(c, &APPOINTMENT_SEGMENT, &a->segments,
		"SELECT {cols} FROM appointment_segment WHERE appointment_id = ? "
		"ORDER BY starts_at",
		a->id);
}

int appointment_get(struct ctx *c, const char *id, struct appointment *out)
{
	int rc = db_one(c, &APPOINTMENT, out, SELECT_APPOINTMENT " WHERE a.id = ?", id);

	if (db_must(c, rc, "appointment", id) < 0)
		return -1;
	return with_segments(c, out) < 0 ? -1 : 0;
}

int appointment_find_by_call(struct ctx *c, const char *call_id, struct appointment *out)
{
	int rc = db_one(c, &APPOINTMENT, out, SELECT_APPOINTMENT " WHERE a.call_id = ?", call_id);

	if (rc <= 0)
		return rc;
	return with_segments(c, out) < 0 ? -1 : 1;
}

/* The segments of a whole page, in one query. */
static int load_segments(struct ctx *c, const struct rows *page)
{
	struct appointment *a = page->p;
	struct buf ids = buf_new(c->mem, page->n * 40 + 2);
	struct rows all;

	for (size_t i = 0; i < page->n; i++)
		buf_printf(&ids, "%c\"%s\"", i > 0 ? ',' : '[', a[i].id);
	buf_char(&ids, ']');
	if (db_rows(c, &APPOINTMENT_SEGMENT, &all,
		    "SELECT {cols:g} FROM JSON_TABLE(?, '$[*]' COLUMNS "
		    "(id CHAR(36) CHARACTER SET ascii PATH '$')) page "
		    "STRAIGHT_JOIN appointment_segment g ON g.appointment_id = page.id "
		    "ORDER BY g.appointment_id, g.starts_at",
		    buf_text(&ids)) < 0)
		return -1;
	struct appointment_segment *g = all.p;

	for (size_t i = 0; i < page->n; i++) {
		for (size_t k = 0; k < all.n; k++) {
			if (strcmp(g[k].appointment_id, a[i].id) != 0)
				continue;
			if (a[i].segments.n++ == 0)
				a[i].segments.p = &g[k];
		}
	}
	return 0;
}

static int where_days(struct ctx *c, struct query *q, const struct appointment_filter *f)
{
	struct company co;
	const struct tz *z;

	if (f->from.n == 0 && f->to.n == 0)
		return 0;
	if (company_current(c, &co) < 0)
		return -1;
	z = tz_find(co.time_zone);
	if (z == NULL)
		return err_set(c, E_INTERNAL, NULL);
	if (f->from.n != 0)
		query_where(q, "a.starts_at >= ?", minute_ts(local_day(z, f->from).begins));
	if (f->to.n != 0)
		query_where(q, "a.starts_at < ?", minute_ts(local_day(z, f->to).ends));
	return 0;
}

static void where_fields(struct query *q, const struct appointment_filter *f)
{
	if (f->status >= 0)
		query_where(q, "a.status = ?", STATUS[f->status]);
	if (f->customer_id != NULL)
		query_where(q, "a.customer_id = ?", f->customer_id);
	if (f->call_id != NULL)
		query_where(q, "a.call_id = ?", f->call_id);
	if (f->staff_id != NULL)
		query_where(q,
			"EXISTS (SELECT 1 FROM appointment_segment g "
			"WHERE g.appointment_id = a.id AND g.staff_id = ?)",
			f->staff_id);
	if (f->after_id != NULL && f->descending)
		query_where(q, "a.starts_at <= ? AND (a.starts_at < ? OR a.id < ?)", f->after,
			f->after, f->after_id);
	else if (f->after_id != NULL)
		query_where(q, "a.starts_at >= ? AND (a.starts_at > ? OR a.id > ?)", f->after,
			f->after, f->after_id);
}

int appointment_list(struct ctx *c, const struct appointment_filter *f, struct rows *out)
{
	struct query q;

	if (f->limit < 1 || f->limit > PAGE_MAX)
		BUG("a page of %d", f->limit);
	query_start(&q, c, SELECT_APPOINTMENT);
	if (where_days(c, &q, f) < 0)
		return -1;
	where_fields(&q, f);
	if (f->descending)
		query_add(&q, " ORDER BY a.starts_at DESC, a.id DESC LIMIT ?", f->limit);
	else
		query_add(&q, " ORDER BY a.starts_at, a.id LIMIT ?", f->limit);
	if (query_rows(&q, &APPOINTMENT, out) < 0)
		return -1;
	if (out->n > 0 && load_segments(c, out) < 0)
		return -1;
	return (int)out->n;
}

/* ---- rules ---- */

int appointment_cancel(struct ctx *c, const char *id, const char *reason, struct appointment *out)
{
	int rc;

	if (reason != NULL && utf8_length(reason) > CANCEL_REASON_LENGTH)
		return err_field(c, "reason", "must have at most %d characters", CANCEL_REASON_LENGTH);
	rc = db_exec(c,
		"UPDATE appointment SET status = 'cancelled', cancel_reason = ?, "
		"version = version + 1 "
		"WHERE id = ? AND status IN ('scheduled', 'confirmed', 'needs_attention')",
		reason, id);
	if (rc < 0 || appointment_get(c, id, out) < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_STATE, "The appointment is %s: it cannot be cancelled.",
			out->status == APPOINTMENT_CANCELLED ? "cancelled already"
							     : STATUS[out->status]);
	if (occupancy_free(c, id) < 0)
		return -1;
	if (event_emit(c, EV_APPOINTMENT_CANCELLED, out->id, &APPOINTMENT, out) < 0)
		return -1;
	return audit_add(c, "appointment.cancel", "appointment", out->id, "status,cancel_reason");
}
