#include "core/privacy/export.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/customer/customer.h"
#include "core/sys/db.h"
#include "core/sys/ics.h"
#include "core/sys/json.h"
#include "core/sys/zip.h"
#include "core/tenant/company.h"

#define MARKS_MAX 8
#define FILE_MAX (64 << 20) /* far above what EXPORT_TEXT_MAX makes */

/* ---- reading ---- */

static int find(struct ctx *c, const char *id)
{
	int64_t erased;
	int rc = db_int(c, &erased, "SELECT erased_at IS NOT NULL FROM customer WHERE id = ?", id);

	if (db_must(c, rc, "customer", id) < 0)
		return -1;
	return erased ? err_set(c, E_STATE, "This customer has been erased.") : 0;
}

/* What takes room: everything else is short. */
static int check_size(struct ctx *c, const char *id, int64_t text_max)
{
	int64_t bytes;

	if (db_int(c, &bytes,
		    "SELECT (SELECT COALESCE(SUM(LENGTH(transcript) + COALESCE(LENGTH(summary), "
		    "0)),"
		    " 0) FROM `call` WHERE customer_id = ?) + (SELECT COALESCE(SUM(LENGTH(body)), "
		    "0)"
		    " FROM notification WHERE customer_id = ?)",
		    id, id) < 0)
		return -1;
	if (bytes <= text_max)
		return 0;
	return err_set(c, E_TOO_LARGE,
		"There are more than %" PRId64 " MiB of text about this customer, too much for "
		"one file: read calls and messages page by page over the API.",
		text_max >> 20);
}

static int read_kind(struct ctx *c, const struct personal *k, const char *id, struct rows *out)
{
	struct arg args[MARKS_MAX];
	int n = 0;

	for (const char *p = strchr(k->read, '?'); p != NULL; p = strchr(p + 1, '?')) {
		if (n == MARKS_MAX)
			BUG("more than %d question marks: %s", MARKS_MAX, k->read);
		args[n++] = arg_text(id);
	}
	return db_rows_(c, k->shape, out, k->read, args, n) < 0 ? -1 : 0;
}

/* ---- the files ---- */

static int put_buf(struct ctx *c, struct zip_file *z, const char *name, struct buf *b)
{
	if (buf_full(b))
		return err_set(c, E_TOO_LARGE, NULL);
	return zip_put(c, z, name, (struct bytes){(const uint8_t *)buf_text(b), b->n});
}

static int put_json(struct ctx *c, struct zip_file *z, const struct given *g)
{
	struct buf b = buf_new(c->mem, FILE_MAX);

	json_rows(&b, g->kind->shape, &g->rows);
	return put_buf(c, z, mem_printf(c->mem, "%s.json", g->kind->file), &b);
}

static enum ics_status ics_of(enum appointment_status s)
{
	if (s == APPOINTMENT_CANCELLED || s == APPOINTMENT_NO_SHOW)
		return ICS_CANCELLED;
	return s == APPOINTMENT_SCHEDULED ? ICS_TENTATIVE : ICS_CONFIRMED;
}

static int put_calendar(struct ctx *c, struct zip_file *z, const struct rows *visits)
{
	struct buf b = buf_new(c->mem, FILE_MAX);
	struct company co;

	if (company_current(c, &co) < 0)
		return -1;
	ics_begin(&b, &(struct ics_calendar){.name = co.name, .publish = true});
	for (size_t i = 0; i < visits->n; i++) {
		const struct appointment *a = (const struct appointment *)visits->p + i;
		struct ics_event e = {
			.uid = a->id,
			.sequence = a->version - 1,
			.stamp = a->created_at,
			.starts_at = a->starts_at,
			.ends_at = a->ends_at,
			.status = ics_of(a->status),
			.summary = a->service_name,
			.organizer_name = co.name,
		};

		ics_add(&b, &e);
	}
	ics_end(&b);
	return put_buf(c, z, "calendar.ics", &b);
}

/* German for whoever speaks it, else what everybody reads. */
static int language_of(struct ctx *c, const struct customer *who, const char **out)
{
	struct company co;

	if (company_current(c, &co) < 0)
		return -1;
	*out = text_starts(who->language != NULL ? who->language : co.locale, "de") ? "de" : "en";
	return 0;
}

static int put_all(struct ctx *c, struct zip_file *z, const struct given *all, size_t n)
{
	struct buf page = buf_new(c->mem, FILE_MAX);
	const char *language = "en";

	for (size_t i = 0; i < n; i++) {
		const char *file = all[i].kind->file;

		if (put_json(c, z, &all[i]) < 0)
			return -1;
		if (strcmp(file, "bookings") == 0 && put_calendar(c, z, &all[i].rows) < 0)
			return -1;
		if (strcmp(file, "customer") == 0 && language_of(c, all[i].rows.p, &language) < 0)
			return -1;
	}
	if (export_page(c, language, all, n, &page) < 0)
		return -1;
	return put_buf(c, z, "index.html", &page);
}

int customer_export(struct ctx *c, const char *id, int64_t text_max, struct bytes *zip)
{
	struct given *all = mem_alloc(c->mem, PERSONALS_COUNT * sizeof(*all));
	struct zip_file *z;
	size_t n = 0;

	if (find(c, id) < 0 || check_size(c, id, text_max) < 0)
		return -1;
	for (size_t i = PERSONALS_COUNT; i > 0; i--) { /* the customer comes first */
		if (PERSONALS[i - 1].read == NULL)
			continue;
		all[n].kind = &PERSONALS[i - 1];
		if (read_kind(c, all[n].kind, id, &all[n].rows) < 0)
			return -1;
		n++;
	}
	z = zip_begin(c);
	if (put_all(c, z, all, n) < 0 || zip_finish(c, z, zip) < 0)
		return -1;
	return audit_add(c, "customer.export", "customer", id, NULL);
}
