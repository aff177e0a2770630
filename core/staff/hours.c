#include "core/staff/hours.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

/* ---- storage ---- */

int working_hours_of(struct ctx *c, const struct working_hours *of, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM working_hours");
	if (of->staff_id != NULL)
		query_where(&q, "staff_id = ?", of->staff_id);
	else
		query_where(&q, "staff_id IS NULL AND branch_id = ?", of->branch_id);
	query_add(&q, " ORDER BY day IS NOT NULL, weekday, day, start_minute, id");
	return query_rows(&q, &WORKING_HOURS, out) < 0 ? -1 : 0;
}

static int delete_weekly(struct ctx *c, const struct working_hours *of)
{
	if (of->staff_id != NULL)
		return db_exec(c,
			"DELETE FROM working_hours WHERE staff_id = ? AND weekday IS NOT NULL",
			of->staff_id);
	return db_exec(c,
		"DELETE FROM working_hours"
		" WHERE branch_id = ? AND staff_id IS NULL AND weekday IS NOT NULL",
		of->branch_id);
}

/* ---- rules ---- */

/* Both days included; open ends. */
static bool valid_together(const struct working_hours *a, const struct working_hours *b)
{
	return (a->valid_to.n == 0 || b->valid_from.n == 0 || b->valid_from.n <= a->valid_to.n) &&
		(b->valid_to.n == 0 || a->valid_from.n == 0 || a->valid_from.n <= b->valid_to.n);
}

static bool is_free_day(const struct working_hours *h)
{
	return h->end_minute == 0;
}

static bool overlap(const struct working_hours *a, const struct working_hours *b)
{
	if (a->weekday != b->weekday || a->day.n != b->day.n || !valid_together(a, b))
		return false;
	if (is_free_day(a) || is_free_day(b))
		return true;
	return a->start_minute < b->end_minute && b->start_minute < a->end_minute;
}

static int check_overlap(
	struct ctx *c, const struct working_hours *h, const struct working_hours *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (&p[i] == h || (h->id != NULL && strcmp(p[i].id, h->id) == 0))
			continue;
		if (overlap(h, &p[i]))
			return err_field(c, "start_minute",
				"overlaps %02d:%02d to %02d:%02d, which is there already",
				(int)p[i].start_minute / 60, (int)p[i].start_minute % 60,
				(int)p[i].end_minute / 60, (int)p[i].end_minute % 60);
	}
	return 0;
}

/* What is wrong with a row by itself, all at once. */
static int check(struct ctx *c, const struct working_hours *h)
{
	bool weekly = h->weekday != 0, dated = h->day.n != 0;
	bool free_day = dated && h->start_minute == 0 && h->end_minute == 0;
	int rc = 0;

	if (!weekly && !dated)
		rc = err_field(c, "weekday", "give either this or day");
	if (weekly && dated)
		rc = err_field(c, "day", "give either this or weekday");
	if (h->end_minute <= h->start_minute && !free_day)
		rc = err_field(c, "end_minute", "must be after start_minute");
	if (dated && (h->valid_from.n != 0 || h->valid_to.n != 0))
		rc = err_field(c, h->valid_from.n != 0 ? "valid_from" : "valid_to",
			"is only for weekly hours");
	else if (h->valid_to.n != 0 && h->valid_to.n < h->valid_from.n)
		rc = err_field(c, "valid_to", "must not be before valid_from");
	return rc;
}

static int set_branch(struct ctx *c, struct working_hours *h)
{
	struct staff s;

	if (h->branch_id != NULL)
		return 0;
	if (staff_get(c, h->staff_id, &s) < 0)
		return -1;
	h->branch_id = s.branch_id;
	return 0;
}

int hours_create(struct ctx *c, struct working_hours *h)
{
	struct rows all;

	if (check(c, h) < 0 || set_branch(c, h) < 0 || working_hours_of(c, h, &all) < 0)
		return -1;
	if (all.n >= HOURS_MAX)
		return err_set(c, E_STATE,
			"There are %d hours already: delete those of days that are long past.",
			HOURS_MAX);
	if (check_overlap(c, h, all.p, all.n) < 0)
		return -1;
	return row_create(c, &WORKING_HOURS, h);
}

int hours_change(struct ctx *c, const struct working_hours *was, struct working_hours *now)
{
	struct rows all;

	if (check(c, now) < 0 || set_branch(c, now) < 0 || working_hours_of(c, now, &all) < 0)
		return -1;
	if (check_overlap(c, now, all.p, all.n) < 0)
		return -1;
	return row_change(c, &WORKING_HOURS, was, now);
}

/* As a row of this owner's week, beside those before it. */
static int prepare(
	struct ctx *c, const struct working_hours *of, struct working_hours *all, size_t i)
{
	struct working_hours *h = &all[i];

	h->staff_id = of->staff_id;
	if (h->branch_id == NULL)
		h->branch_id = of->branch_id;
	h->id = NULL;
	if (h->day.n != 0)
		return err_field(c, "day", "cannot be among weekly hours");
	if (check(c, h) < 0)
		return -1;
	return check_overlap(c, h, all, i);
}

static int insert_all(struct ctx *c, struct working_hours *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = db_exists(c, &BRANCH, all[i].branch_id);

		if (rc == 0)
			rc = err_field(c, mem_printf(c->mem, "data.%zu.branch_id", i),
				"There is no such branch.");
		all[i].id = id_new(c);
		if (rc < 0 || db_insert(c, &WORKING_HOURS, &all[i]) < 0)
			return -1;
	}
	return 0;
}

int hours_replace(struct ctx *c, const struct working_hours *of, const struct rows *weekly)
{
	const char *subject = of->staff_id != NULL ? "staff" : "branch";
	struct working_hours *all = weekly->p, owner = *of;
	int rc = 0;

	if (set_branch(c, &owner) < 0)
		return -1;
	for (size_t i = 0; i < weekly->n; i++) {
		int before = c->err.n_fields;

		if (prepare(c, &owner, all, i) == 0)
			continue;
		err_path(c, before, mem_printf(c->mem, "data.%zu", i));
		rc = -1;
	}
	if (rc < 0 || delete_weekly(c, of) < 0 || insert_all(c, all, weekly->n) < 0)
		return -1;
	return audit_add(c, of->staff_id != NULL ? "staff.hours" : "branch.hours", subject,
		of->staff_id != NULL ? of->staff_id : of->branch_id, "working_hours");
}
