#include "core/booking/agenda.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/ics.h"
#include "core/tenant/company.h"

#define DAY_MS INT64_C(86400000)
#define REFRESH_MINUTES 60

struct agenda_entry {
	const char *appointment_id;
	const char *service_segment_id;
	ts_t starts_at;
	ts_t ends_at;
	enum appointment_status status;
	int64_t version;
	ts_t updated_at;
	const char *service_name;
	const char *customer_name;
	const char *branch_name;
	const char *branch_address;
};

static const char *const STATUS[] = {"scheduled", "confirmed", "in_progress", "completed",
	"cancelled", "no_show", "needs_attention", NULL};

static const struct field FIELDS[] = {
	ID(agenda_entry, appointment_id, JOINED),
	ID(agenda_entry, service_segment_id, JOINED),
	TIME(agenda_entry, starts_at, JOINED),
	TIME(agenda_entry, ends_at, JOINED),
	ENUM(agenda_entry, status, JOINED, enum appointment_status, STATUS),
	INT(agenda_entry, version, JOINED, 1, INT64_MAX),
	TIME(agenda_entry, updated_at, JOINED),
	TEXT(agenda_entry, service_name, JOINED, 120),
	TEXT(agenda_entry, customer_name, JOINED | PERSONAL, 120),
	TEXT(agenda_entry, branch_name, JOINED, 120),
	TEXT(agenda_entry, branch_address, JOINED, 300),
};
static const struct table AGENDA_ENTRY = TABLE(agenda_entry, "appointment", FIELDS);

/* ---- storage ---- */

static int read_parts(struct ctx *c, const char *staff_id, struct rows *out)
{
	ts_t from = {c->now.ms - AGENDA_BACK_DAYS * DAY_MS};
	ts_t to = {c->now.ms + AGENDA_AHEAD_DAYS * DAY_MS};

	return db_rows(c, &AGENDA_ENTRY, out,
		"SELECT a.id AS appointment_id, g.service_segment_id, g.starts_at, g.ends_at, "
		"a.status, a.version, a.updated_at, s.name AS service_name, "
		"k.name AS customer_name, b.name AS branch_name, b.address AS branch_address "
		"FROM appointment a "
		"STRAIGHT_JOIN appointment_segment g ON g.appointment_id = a.id "
		"LEFT JOIN service s ON s.id = a.service_id "
		"LEFT JOIN customer k ON k.id = a.customer_id "
		"LEFT JOIN branch b ON b.id = a.branch_id "
		"WHERE a.starts_at >= ? AND a.starts_at < ? AND g.staff_id = ? "
		"AND a.status NOT IN ('cancelled', 'no_show') "
		"ORDER BY g.starts_at, g.id LIMIT ?",
		from, to, staff_id, AGENDA_EVENTS_MAX);
}

static int read_stamp(struct ctx *c, const char *id, struct agenda_entry *out)
{
	int rc = db_one(
		c, &AGENDA_ENTRY, out, "SELECT updated_at FROM appointment WHERE id = ?", id);

	return db_must(c, rc, "appointment", id);
}

/* ---- rules ---- */

/* "Käthe Müller" -> "Käthe M." */
static const char *short_name(struct ctx *c, const char *name)
{
	const char *last = strrchr(name, ' ');

	if (last == NULL || last[1] == '\0')
		return name;
	return mem_printf(
		c->mem, "%.*s %s.", (int)strcspn(name, " "), name, utf8_cut(c->mem, last + 1, 1));
}

static const char *place(struct ctx *c, const char *name, const char *address)
{
	return address == NULL ? name : mem_printf(c->mem, "%s, %s", name, address);
}

static enum ics_status status_of(enum appointment_status s)
{
	if (s == APPOINTMENT_CANCELLED || s == APPOINTMENT_NO_SHOW)
		return ICS_CANCELLED;
	if (s == APPOINTMENT_SCHEDULED || s == APPOINTMENT_NEEDS_ATTENTION)
		return ICS_TENTATIVE;
	return ICS_CONFIRMED;
}

static void add_part(struct ctx *c, struct buf *out, const struct agenda_entry *e)
{
	const char *who = e->customer_name == NULL ? NULL : short_name(c, e->customer_name);
	struct ics_event event = {
		.uid = mem_printf(c->mem, "%s-%s", e->appointment_id, e->service_segment_id),
		.sequence = e->version - 1,
		.stamp = e->updated_at,
		.starts_at = e->starts_at,
		.ends_at = e->ends_at,
		.status = status_of(e->status),
		.summary = who == NULL ? e->service_name
				       : mem_printf(c->mem, "%s – %s", e->service_name, who),
		.location = place(c, e->branch_name, e->branch_address),
	};

	ics_add(out, &event);
}

static int finish(struct ctx *c, struct buf *out)
{
	ics_end(out);
	return buf_full(out) ? err_set(c, E_TOO_LARGE, "The calendar is too large.") : 0;
}

int agenda_of_staff(struct ctx *c, const struct staff_feed *who, struct buf *out)
{
	struct company co;
	struct rows rows;

	if (company_current(c, &co) < 0 || read_parts(c, who->id, &rows) < 0)
		return -1;
	const struct agenda_entry *e = rows.p;
	struct ics_calendar calendar = {
		.name = mem_printf(c->mem, "%s, %s", who->name, co.name),
		.refresh_minutes = REFRESH_MINUTES,
	};

	ics_begin(out, &calendar);
	for (size_t i = 0; i < rows.n; i++)
		add_part(c, out, &e[i]);
	return finish(c, out);
}

int agenda_of_visit(struct ctx *c, const struct appointment *a, struct buf *out)
{
	struct agenda_entry stamp;
	struct company co;
	struct branch branch;

	if (company_current(c, &co) < 0 || branch_get(c, a->branch_id, &branch) < 0 ||
		read_stamp(c, a->id, &stamp) < 0)
		return -1;
	struct ics_event event = {
		.uid = a->id,
		.sequence = a->version - 1,
		.stamp = stamp.updated_at,
		.starts_at = a->starts_at,
		.ends_at = a->ends_at,
		.status = status_of(a->status),
		.summary = mem_printf(c->mem, "%s, %s", a->service_name, co.name),
		.location = place(c, branch.name, branch.address),
		.organizer_name = co.name,
		.organizer_email =
			branch.email != NULL ? branch.email : mail_address(c, c->conf->smtp_from),
	};

	ics_begin(out, &(struct ics_calendar){.publish = true});
	ics_add(out, &event);
	return finish(c, out);
}
