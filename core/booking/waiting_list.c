#include "core/booking/waiting_list.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/booking/freed.h"
#include "core/booking/hold.h"
#include "core/booking/load.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"

#define PAGE_MAX 1000
#define IGNORED_MOST 65535

static const char *const STATUS[] = {"waiting", "offered", "booked", "expired", "cancelled", NULL};

static const struct field FIELDS[] = {
	ID(waiting_entry, id, RO),
	ENUM(waiting_entry, status, RO, enum waiting_status, STATUS),
	REF(waiting_entry, customer_id, RO, CUSTOMER),
	TEXT(waiting_entry, customer_name, RO | JOINED | PERSONAL, 120),
	TEXT(waiting_entry, customer_phone, RO | JOINED | PERSONAL, 20),
	ID(waiting_entry, service_id, REQ),
	TEXT(waiting_entry, service_name, RO | JOINED, 120),
	ID(waiting_entry, staff_id, 0),
	ID(waiting_entry, branch_id, 0),
	DAY(waiting_entry, from_day, REQ),
	DAY(waiting_entry, to_day, REQ),
	INT(waiting_entry, start_minute, 0, 0, MINUTES_A_DAY - 1),
	INT(waiting_entry, end_minute, 0, 1, MINUTES_A_DAY),
	TIME(waiting_entry, waits_until, RO | HIDDEN),
	ID(waiting_entry, hold_id, RO | HIDDEN),
	TIME(waiting_entry, offer_expires_at, RO),
	TIME(waiting_entry, offered_starts_at, RO),
	TIME(waiting_entry, offered_ends_at, RO),
	WALL(waiting_entry, offered_local_start, RO),
	TEXT(waiting_entry, time_zone, RO | JOINED, 64),
	ID(waiting_entry, offered_staff_id, RO),
	ID(waiting_entry, offered_branch_id, RO),
	INT(waiting_entry, offers, RO, 0, IGNORED_MOST),
	INT(waiting_entry, ignored, RO, 0, IGNORED_MOST),
	ID(waiting_entry, appointment_id, RO),
	TIME(waiting_entry, created_at, RO),
};
static const struct waiting_entry FRESH = {.end_minute = MINUTES_A_DAY};
const struct table WAITING_ENTRY =
	TABLE_FRESH(waiting_entry, "waiting_list_entry", FIELDS, 0, FRESH);

/* ---- storage ---- */

#define SELECT_ENTRY                                                            \
	"SELECT {cols:e}, k.name AS customer_name, k.phone AS customer_phone, " \
	"s.name AS service_name, b.time_zone FROM waiting_list_entry e "        \
	"LEFT JOIN customer k ON k.id = e.customer_id "                         \
	"LEFT JOIN service s ON s.id = e.service_id "                           \
	"LEFT JOIN branch b ON b.id = e.offered_branch_id"

int waiting_get(struct ctx *c, const char *id, struct waiting_entry *out)
{
	return db_must(c, db_one(c, &WAITING_ENTRY, out, SELECT_ENTRY " WHERE e.id = ?", id),
		"waiting list entry", id);
}

int waiting_list(struct ctx *c, const struct waiting_filter *f, struct rows *out)
{
	struct query q;

	if (f->limit < 1 || f->limit > PAGE_MAX)
		BUG("a page of %d", f->limit);
	query_start(&q, c, SELECT_ENTRY);
	if (f->status >= 0)
		query_where(&q, "e.status = ?", STATUS[f->status]);
	if (f->service_id != NULL)
		query_where(&q, "e.service_id = ?", f->service_id);
	if (f->customer_id != NULL)
		query_where(&q, "e.customer_id = ?", f->customer_id);
	if (f->after_id != NULL)
		query_where(&q, "e.created_at >= ? AND (e.created_at > ? OR e.id > ?)", f->after,
			f->after, f->after_id);
	query_add(&q, " ORDER BY e.created_at, e.id LIMIT ?", f->limit);
	return query_rows(&q, &WAITING_ENTRY, out);
}

int waiting_anybody(struct ctx *c)
{
	int64_t one;

	return db_int(c, &one, "SELECT 1 FROM waiting_list_entry WHERE status = 'waiting' LIMIT 1");
}

int waiting_lock(struct ctx *c, const char *id, struct waiting_entry *out)
{
	return db_must(c, db_find_locked(c, &WAITING_ENTRY, id, out), "waiting list entry", id);
}

/* ---- wishes ---- */

/* What does not need the database. */
static int check_window(struct ctx *c, const struct waiting_entry *e)
{
	if (e->to_day.n < e->from_day.n)
		err_field(c, "to_day", "must not be before from_day");
	else if (e->to_day.n - e->from_day.n >= WAITING_DAYS_MAX)
		err_field(
			c, "to_day", "must be less than %d days after from_day", WAITING_DAYS_MAX);
	if (e->end_minute <= e->start_minute)
		err_field(c, "end_minute", "must be after start_minute");
	return c->err.code == E_OK ? 0 : -1;
}

/* Ids that fit together, and days of their zone: since: the first that may be
 * waited for, today unless the entry has waited longer. */
static int check_wishes(struct ctx *c, struct waiting_entry *e, day_t since)
{
	struct visit v;
	day_t today;

	if (check_window(c, e) < 0)
		return -1;
	if (visit_load(c, e->service_id, e->staff_id, e->branch_id, NULL, &v) < 0)
		return -1;
	if (visit_insist(c, &v) < 0)
		return -1;
	today = day_of_wall(tz_wall(v.tz, c->now));
	if (since.n == 0 || since.n > today.n)
		since = today;
	if (e->from_day.n < since.n)
		return err_field(c, "from_day", "is in the past");
	if (e->to_day.n < today.n)
		return err_field(c, "to_day", "is in the past");
	if (e->to_day.n > today.n + WAITING_AHEAD_DAYS_MAX)
		return err_field(
			c, "to_day", "must be at most %d days ahead", WAITING_AHEAD_DAYS_MAX);
	e->waits_until = minute_ts(local_day(v.tz, e->to_day).ends);
	return 0;
}

int waiting_end_at(struct ctx *c, const char *id, ts_t when, const char *reason)
{
	return queue_add(c, JOB_WAITING_LIST_END, id, when,
		reason == NULL ? NULL : mem_printf(c->mem, "%s:%s", id, reason));
}

static int end_with_its_days(struct ctx *c, const struct waiting_entry *e)
{
	return waiting_end_at(c, e->id, e->waits_until, ts_text(c->mem, e->waits_until));
}

/* The id of somebody known, or of whoever the facts make. */
static int find_customer(struct ctx *c, const struct customer *who, const char **id)
{
	int before = c->err.n_fields;
	struct customer k;

	*id = who->id;
	if (*id != NULL)
		return 0;
	if (customer_of(c, who, &k) >= 0) {
		*id = k.id;
		return 0;
	}
	for (int i = before; i < c->err.n_fields; i++)
		c->err.fields[i].field = mem_printf(c->mem, "customer.%s", c->err.fields[i].field);
	return -1;
}

int waiting_add(struct ctx *c, const struct waiting_entry *in, const struct customer *who,
	struct waiting_entry *out)
{
	struct waiting_entry e = *in;

	if (check_wishes(c, &e, (day_t){0}) < 0 || find_customer(c, who, &e.customer_id) < 0)
		return -1;
	if (row_create(c, &WAITING_ENTRY, &e) < 0 || end_with_its_days(c, &e) < 0)
		return -1;
	return waiting_get(c, e.id, out);
}

int waiting_change(struct ctx *c, const struct waiting_entry *was, const struct waiting_entry *now,
	struct waiting_entry *out)
{
	struct waiting_entry e = *now;

	if (was->status != WAITING_WAITING)
		return err_set(c, E_STATE, "The entry is %s: only one that waits can be changed.",
			STATUS[was->status]);
	if (check_wishes(c, &e, was->from_day) < 0)
		return -1;
	if (row_change(c, &WAITING_ENTRY, was, &e) < 0 || end_with_its_days(c, &e) < 0)
		return -1;
	return waiting_get(c, e.id, out);
}

/* ---- the end of an offer ---- */

/* e: locked, with its new status, ignored and appointment_id. */
static int leave_offer(struct ctx *c, struct waiting_entry *e)
{
	e->hold_id = NULL;
	e->offer_expires_at.ms = 0;
	return db_update(c, &WAITING_ENTRY, e,
		       "status, hold_id, offer_expires_at, ignored, appointment_id", e->id) < 0
		? -1
		: 0;
}

/* The hold goes, and whoever waits hears of its time; also when it was swept
 * away before. */
static int refuse_offer(struct ctx *c, struct waiting_entry *e)
{
	struct freed f = {
		.service_id = e->service_id,
		.staff_id = e->offered_staff_id,
		.branch_id = e->offered_branch_id,
		.starts_at = e->offered_starts_at,
		.ends_at = e->offered_ends_at,
	};
	int rc = hold_release(c, e->hold_id);

	if (rc < 0 || leave_offer(c, e) < 0)
		return -1;
	return rc == 0 ? time_freed(c, e->id, &f) : 0;
}

static int audit(struct ctx *c, const char *action, const struct waiting_entry *e)
{
	return audit_add(c, action, "waiting_list_entry", e->id, NULL);
}

static int not_offered(struct ctx *c, const struct waiting_entry *e)
{
	return err_set(c, E_STATE, "The entry is %s: nothing is offered.", STATUS[e->status]);
}

int waiting_cancel(struct ctx *c, const char *id)
{
	struct waiting_entry e;
	enum waiting_status was;

	if (waiting_lock(c, id, &e) < 0)
		return -1;
	was = e.status;
	if (was == WAITING_CANCELLED)
		return 0;
	if (was != WAITING_WAITING && was != WAITING_OFFERED)
		return err_set(c, E_STATE, "The entry is %s: it waits no longer.", STATUS[was]);
	e.status = WAITING_CANCELLED;
	if ((was == WAITING_OFFERED ? refuse_offer(c, &e) : leave_offer(c, &e)) < 0)
		return -1;
	return audit(c, "waiting_list_entry.cancel", &e);
}

int waiting_accept(struct ctx *c, const char *id, struct waiting_entry *out)
{
	struct waiting_entry e;
	struct appointment a;
	struct hold h;

	if (waiting_lock(c, id, &e) < 0)
		return -1;
	if (e.status != WAITING_OFFERED)
		return not_offered(c, &e);
	int rc = hold_find(c, e.hold_id, &h);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_STATE, "The offer has expired: wait for the next one.");
	struct wish w = {
		.hold_id = h.id,
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.id = e.customer_id},
		.source = SOURCE_API,
	};

	if (booking_take(c, &w, &a) < 0)
		return -1;
	e.status = WAITING_BOOKED;
	e.appointment_id = a.id;
	if (leave_offer(c, &e) < 0 || audit(c, "waiting_list_entry.accept", &e) < 0)
		return -1;
	return waiting_get(c, id, out);
}

int waiting_decline(struct ctx *c, const char *id, struct waiting_entry *out)
{
	struct waiting_entry e;

	if (waiting_lock(c, id, &e) < 0)
		return -1;
	if (e.status != WAITING_OFFERED)
		return not_offered(c, &e);
	e.status = WAITING_WAITING;
	if (refuse_offer(c, &e) < 0 || audit(c, "waiting_list_entry.decline", &e) < 0)
		return -1;
	return waiting_get(c, id, out);
}

/* ---- the end of waiting ---- */

static int offer_ended(struct ctx *c, struct waiting_entry *e)
{
	e->ignored++;
	e->status = e->ignored >= WAITING_IGNORED_MAX || e->waits_until.ms <= c->now.ms
		? WAITING_EXPIRED
		: WAITING_WAITING;
	if (refuse_offer(c, e) < 0)
		return -1;
	return audit(c, "waiting_list_entry.ignore", e);
}

int waiting_end(struct ctx *c, const char *id)
{
	struct waiting_entry e;

	if (waiting_lock(c, id, &e) < 0)
		return -1;
	/* the database's clock, which starts jobs, may be ahead of ours */
	if (e.status == WAITING_OFFERED && e.offer_expires_at.ms > c->now.ms)
		return waiting_end_at(c, id, e.offer_expires_at, NULL);
	if (e.status == WAITING_OFFERED)
		return offer_ended(c, &e);
	if (e.status != WAITING_WAITING || e.waits_until.ms > c->now.ms)
		return 0;
	e.status = WAITING_EXPIRED;
	if (leave_offer(c, &e) < 0)
		return -1;
	return audit(c, "waiting_list_entry.expire", &e);
}
