#include "core/booking/booking.h"
#include "core/booking/moment.h"
#include "core/booking/status.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/tenant/company.h"

#define PAGE_MAX 1000

const char *const APPOINTMENT_STATUS[] = {"scheduled", "confirmed", "in_progress", "completed",
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
	ENUM(appointment, status, RO | FILTER, enum appointment_status, APPOINTMENT_STATUS),
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

static int with_parts(struct ctx *c, struct appointment *a)
{
	if (db_rows(c, &APPOINTMENT_SEGMENT, &a->segments,
		    "SELECT {cols} FROM appointment_segment WHERE appointment_id = ? "
		    "ORDER BY starts_at",
		    a->id) < 0)
		return -1;
	return db_rows(c, &APPOINTMENT_ADD_ON, &a->add_ons,
		"SELECT {cols} FROM appointment_add_on WHERE appointment_id = ? ORDER BY name, id",
		a->id);
}

int appointment_get(struct ctx *c, const char *id, struct appointment *out)
{
	int rc = db_one(c, &APPOINTMENT, out, SELECT_APPOINTMENT " WHERE a.id = ?", id);

	if (db_must(c, rc, "appointment", id) < 0)
		return -1;
	return with_parts(c, out) < 0 ? -1 : 0;
}

int appointment_find_by_call(struct ctx *c, const char *call_id, struct appointment *out)
{
	int rc = db_one(c, &APPOINTMENT, out, SELECT_APPOINTMENT " WHERE a.call_id = ?", call_id);

	if (rc <= 0)
		return rc;
	return with_parts(c, out) < 0 ? -1 : 1;
}

/* The ids of a page, as JSON. */
static const char *ids_of(struct ctx *c, const struct rows *page)
{
	const struct appointment *a = page->p;
	struct buf ids = buf_new(c->mem, page->n * 40 + 2);

	for (size_t i = 0; i < page->n; i++)
		buf_printf(&ids, "%c\"%s\"", i > 0 ? ',' : '[', a[i].id);
	buf_char(&ids, ']');
	return buf_text(&ids);
}

static void share_segments(const struct rows *page, const struct rows *all)
{
	struct appointment *a = page->p;
	struct appointment_segment *g = all->p;

	for (size_t i = 0; i < page->n; i++) {
		for (size_t k = 0; k < all->n; k++) {
			if (strcmp(g[k].appointment_id, a[i].id) == 0 && a[i].segments.n++ == 0)
				a[i].segments.p = &g[k];
		}
	}
}

static void share_add_ons(const struct rows *page, const struct rows *all)
{
	struct appointment *a = page->p;
	struct appointment_add_on *d = all->p;

	for (size_t i = 0; i < page->n; i++) {
		for (size_t k = 0; k < all->n; k++) {
			if (strcmp(d[k].appointment_id, a[i].id) == 0 && a[i].add_ons.n++ == 0)
				a[i].add_ons.p = &d[k];
		}
	}
}

/* The segments and add-ons of a whole page, in two queries. */
static int load_parts(struct ctx *c, const struct rows *page)
{
	const char *ids = ids_of(c, page);
	struct rows all;

	if (db_rows(c, &APPOINTMENT_SEGMENT, &all,
		    "SELECT {cols:g} FROM JSON_TABLE(?, '$[*]' COLUMNS "
		    "(id CHAR(36) CHARACTER SET ascii PATH '$')) page "
		    "STRAIGHT_JOIN appointment_segment g ON g.appointment_id = page.id "
		    "ORDER BY g.appointment_id, g.starts_at",
		    ids) < 0)
		return -1;
	share_segments(page, &all);
	if (db_rows(c, &APPOINTMENT_ADD_ON, &all,
		    "SELECT {cols:d} FROM JSON_TABLE(?, '$[*]' COLUMNS "
		    "(id CHAR(36) CHARACTER SET ascii PATH '$')) page "
		    "STRAIGHT_JOIN appointment_add_on d ON d.appointment_id = page.id "
		    "ORDER BY d.appointment_id, d.name, d.id",
		    ids) < 0)
		return -1;
	share_add_ons(page, &all);
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
		query_where(q, "a.status = ?", APPOINTMENT_STATUS[f->status]);
	if (f->customer_id != NULL)
		query_where(q, "a.customer_id = ?", f->customer_id);
	if (f->call_id != NULL)
		query_where(q, "a.call_id = ?", f->call_id);
	if (f->series_id != NULL)
		query_where(q, "a.series_id = ?", f->series_id);
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
	if (out->n > 0 && load_parts(c, out) < 0)
		return -1;
	return (int)out->n;
}

int appointment_lock(struct ctx *c, const char *id, struct appointment *out)
{
	if (db_exec(c, "UPDATE appointment SET version = version + 1 WHERE id = ?", id) < 0)
		return -1;
	return appointment_get(c, id, out);
}
