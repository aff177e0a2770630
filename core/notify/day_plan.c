#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/notify/clock.h"
#include "core/notify/make.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"

#define PLAN_MINUTE (6 * 60) /* of the branch's day */
#define PLAN_MAX 16000

/* ---- storage ---- */

/* What a staff member does of a visit. */
struct plan_row {
	const char *staff_id;
	const char *staff_name;
	ts_t starts_at;
	const char *service_name;
	const char *customer_name;
};

static const struct field FIELDS[] = {
	ID(plan_row, staff_id, RO | JOINED),
	TEXT(plan_row, staff_name, RO | JOINED, 120),
	TIME(plan_row, starts_at, RO | JOINED),
	TEXT(plan_row, service_name, RO | JOINED, 120),
	TEXT(plan_row, customer_name, RO | JOINED | PERSONAL, 120),
};
static const struct table PLAN_ROW = TABLE(plan_row, "plan_row", FIELDS);

/* Staff member after staff member, each by time. */
static int load(struct ctx *c, const char *branch_id, day_t day, struct rows *out)
{
	day_t next = {day.n + 1};

	return db_rows(c, &PLAN_ROW, out,
		"SELECT g.staff_id, s.name AS staff_name, g.starts_at, v.name AS service_name,"
		" k.name AS customer_name FROM appointment a"
		" JOIN appointment_segment g ON g.appointment_id = a.id"
		" JOIN staff s ON s.id = g.staff_id AND s.email IS NOT NULL"
		" JOIN service v ON v.id = a.service_id JOIN customer k ON k.id = a.customer_id"
		" WHERE a.branch_id = ? AND a.local_start >= ? AND a.local_start < ?"
		" AND a.starts_at >= ? AND a.starts_at < ?"
		" AND a.status IN ('scheduled', 'confirmed', 'in_progress')"
		" ORDER BY g.staff_id, g.starts_at, g.id LIMIT 2000",
		branch_id, wall_of(day, 0), wall_of(next, 0), /* the key's range, and then some */
		(ts_t){c->now.ms - INT64_C(86400000) * 2},
		(ts_t){c->now.ms + INT64_C(86400000) * 2});
}

/* ---- rules ---- */

int day_plan_at(struct ctx *c, const char *branch_id, const char *time_zone, day_t day)
{
	const struct tz *z = tz_find(time_zone);

	if (z == NULL)
		return err_set(c, E_INTERNAL, "There is no zone %s.", time_zone);
	ts_t at = tz_of_wall(z, wall_of(day, PLAN_MINUTE)).first;
	if (at.ms <= c->now.ms)
		return 0;
	return queue_add(c, JOB_DAY_PLAN, branch_id, at,
		mem_printf(c->mem, "%s:%s", branch_id, day_text(c->mem, day)));
}

/* "09:00 Haircut, Jo Field", a line each: the clock of 24 hours is read by all
 * who work with it. */
static void put_plan(
	struct ctx *c, const struct tz *z, const struct plan_row *p, size_t n, struct occasion *o)
{
	struct buf b = buf_new(c->mem, PLAN_MAX);

	for (size_t i = 0; i < n; i++) {
		int minute = wall_minute(tz_wall(z, p[i].starts_at));

		buf_printf(&b, "%s%02d:%02d %s", i > 0 ? "\n" : "", minute / 60, minute % 60,
			p[i].service_name);
		if (!text_empty(p[i].customer_name))
			buf_printf(&b, ", %s", p[i].customer_name);
	}
	o->plan = buf_text(&b);
	o->plan_visits = (int64_t)n;
	o->staff_id = p[0].staff_id;
	o->staff_name = p[0].staff_name;
}

int day_plan_run(struct ctx *c, const char *branch_id)
{
	struct occasion o = {.about = ABOUT_DAY, .subject_id = branch_id};
	struct rows rows;

	if (branch_get(c, branch_id, &o.branch) < 0 || company_current(c, &o.company) < 0)
		return -1;
	const struct tz *z = tz_find(o.branch.time_zone);
	if (z == NULL)
		return err_set(c, E_INTERNAL, "There is no zone %s.", o.branch.time_zone);
	day_t day = day_of_wall(tz_wall(z, c->now));
	o.start = wall_of(day, 0);
	if (load(c, branch_id, day, &rows) < 0)
		return -1;
	const char *cause = mem_printf(c->mem, "%s:%s", branch_id, day_text(c->mem, day));
	const struct plan_row *p = rows.p;
	for (size_t i = 0, n; i < rows.n; i += n) {
		n = 1;
		while (i + n < rows.n && strcmp(p[i + n].staff_id, p[i].staff_id) == 0)
			n++;
		put_plan(c, z, p + i, n, &o);
		if (notify_make(c, RULE_DAY_PLAN, &o, cause) < 0)
			return -1;
	}
	return 0;
}
