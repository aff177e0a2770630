#include "fcgi/h_series.h"
#include "core/sys/ical.h"
#include "core/sys/json.h"
#include "fcgi/h_booking.h"

/* ---- tables ---- */

struct agreed_in {
	wall_t local_start;
	const char *utc_offset;
	const char *staff_id;
};

static const struct field AGREED_FIELDS[] = {
	WALL(agreed_in, local_start, REQ),
	TEXT(agreed_in, utc_offset, 0, 6),
	ID(agreed_in, staff_id, 0),
};
static const struct table AGREED_IN = TABLE(agreed_in, "agreed_occurrence", AGREED_FIELDS);

static const char *const SOURCES[] = {"", "phone", "web", "api", "portal", NULL};
enum source_in { SOURCE_UNSAID };

struct series_in {
	const char *service_id;
	wall_t local_start;
	const char *rrule;
	const char *staff_id;
	const char *branch_id;
	struct texts add_on_ids;
	const char *customer_id;
	struct customer_in *customer;
	const char *notes;
	enum source_in source;
	struct rows occurrences;
};

/* clang-format off */
#define WISH_FIELDS \
	ID(series_in, service_id, REQ), \
	WALL(series_in, local_start, REQ), \
	TEXT(series_in, rrule, REQ, ICAL_RRULE_LENGTH), \
	ID(series_in, staff_id, 0), \
	ID(series_in, branch_id, 0), \
	TEXTS(series_in, add_on_ids, 0, ADD_ONS_MAX), \
	ID(series_in, customer_id, 0)
/* clang-format on */

static const struct field PREVIEW_IN_FIELDS[] = {WISH_FIELDS};
const struct table SERIES_PREVIEW_IN =
	TABLE(series_in, "booking_series_preview_request", PREVIEW_IN_FIELDS);

static const struct field SERIES_IN_FIELDS[] = {
	WISH_FIELDS,
	OBJECT(series_in, customer, 0, struct customer_in, CUSTOMER_IN),
	TEXT(series_in, notes, PERSONAL, APPOINTMENT_NOTES_LENGTH),
	ENUM(series_in, source, NULL0, enum source_in, SOURCES),
	LIST(series_in, occurrences, REQ, AGREED_IN),
};
const struct table SERIES_IN = TABLE(series_in, "booking_series_request", SERIES_IN_FIELDS);

static const struct field PREVIEW_FIELDS[] = {
	TEXT(series_preview, time_zone, RO | REQ, 64),
	LIST(series_preview, occurrences, RO, OCCURRENCE),
	BOOL(series_preview, more, RO),
};
const struct table SERIES_PREVIEW = TABLE(series_preview, "booking_series_preview", PREVIEW_FIELDS);

/* ---- handlers ---- */

static int read_agreed(struct req *r, const struct rows *in, struct rows *out)
{
	const struct agreed_in *a = in->p;
	struct agreed *to = mem_alloc(r->c.mem, (in->n + 1) * sizeof(*to));

	for (size_t i = 0; i < in->n; i++) {
		const char *field = mem_printf(r->c.mem, "occurrences.%zu.utc_offset", i);

		to[i] = (struct agreed){a[i].local_start, OFFSET_NONE, a[i].staff_id};
		if (booking_offset(r, field, a[i].utc_offset, &to[i].utc_offset_minutes) < 0)
			return -1;
	}
	*out = (struct rows){to, in->n};
	return 0;
}

static int read_series(struct req *r, struct series_wish *w)
{
	const struct series_in *in = r->in;

	*w = (struct series_wish){
		.wish =
			{
				.service_id = in->service_id,
				.staff_id = in->staff_id,
				.branch_id = in->branch_id,
				.local_start = in->local_start,
				.utc_offset_minutes = OFFSET_NONE,
				.add_on_ids = in->add_on_ids,
				.notes = in->notes,
				.source = in->source != SOURCE_UNSAID
					? (enum appointment_source)((int)in->source - 1)
					: SOURCE_API,
			},
		.rrule = in->rrule,
	};
	w->wish.customer = customer_said(in->customer_id, in->customer);
	return read_agreed(r, &in->occurrences, &w->agreed);
}

int h_series_preview(struct req *r)
{
	struct series_preview out;
	struct series_wish w;

	if (read_series(r, &w) < 0 || series_preview(&r->c, &w, &out) < 0)
		return -1;
	return reply(r, 200, &SERIES_PREVIEW, &out);
}

int h_series_create(struct req *r)
{
	const struct series_in *in = r->in;
	struct booking_series s;
	struct series_wish w;

	if ((in->customer_id == NULL) == (in->customer == NULL))
		return err_field(&r->c, "customer_id", "give either this or customer");
	if (read_series(r, &w) < 0 || series_book(&r->c, &w, &s) < 0)
		return -1;
	r->location = mem_printf(r->c.mem, "/api/v2/booking-series/%s", s.id);
	return reply(r, 201, &BOOKING_SERIES_WHOLE, &s);
}

/* The dates that are in the way, each with what else there is. */
int h_series_conflicts(struct req *r)
{
	struct series_wish w;
	struct rows rows;

	if (read_series(r, &w) < 0 || series_conflicts(&r->c, &w, &rows) < 0)
		return -1;
	buf_text_add(&r->out, ",\"occurrences\":");
	json_rows(&r->out, &OCCURRENCE, &rows);
	return 0;
}

int h_series(struct req *r)
{
	struct booking_series s;

	if (series_get(&r->c, r->ids[0], &s) < 0)
		return -1;
	return reply(r, 200, &BOOKING_SERIES_WHOLE, &s);
}
