#include "core/tenant/closed_day.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/sys/db.h"
#include "core/sys/ical.h"
#include "core/tenant/company.h"

static const struct field FIELDS[] = {
	ID(closed_day, id, RO),
	REF(closed_day, branch_id, FILTER, BRANCH),
	DAY(closed_day, day, REQ | FILTER | BY),
	TEXT(closed_day, name, SEARCH, 200),
};
const struct table CLOSED_DAY = TABLE(closed_day, "closed_day", FIELDS);

/* ---- storage ---- */

/* Days on which this place is closed, by itself or with all, ascending. */
static int closed_from(struct ctx *c, const char *branch_id, day_t from, struct rows *out)
{
	return db_rows(c, &CLOSED_DAY, out,
		"SELECT {cols} FROM closed_day WHERE day >= ?"
		" AND (branch_id IS NULL OR branch_id = ?) ORDER BY day",
		from, branch_id);
}

/* ---- rules ---- */

/* Both lists ascend; at: how far the closed ones have been looked at. */
static bool is_closed(const struct rows *closed, size_t *at, day_t day)
{
	const struct closed_day *d = closed->p;

	while (*at < closed->n && d[*at].day.n < day.n)
		(*at)++;
	return *at < closed->n && d[*at].day.n == day.n;
}

static int add(struct ctx *c, const char *branch_id, const struct holiday *h)
{
	struct closed_day d = {id_new(c), branch_id, h->day, h->name};

	return db_insert_new(c, &CLOSED_DAY, &d);
}

static int add_all(struct ctx *c, const char *branch_id, const struct holidays *all,
	struct closed_days_import *out)
{
	const struct holiday *h = all->rows.p;
	struct rows closed;
	size_t at = 0;

	if (closed_from(c, branch_id, all->from, &closed) < 0)
		return -1;
	for (size_t i = 0; i < all->rows.n; i++) {
		int rc = is_closed(&closed, &at, h[i].day) ? 0 : add(c, branch_id, &h[i]);

		if (rc < 0)
			return -1;
		*(rc > 0 ? &out->added : &out->skipped) += 1;
	}
	return 0;
}

static int look_for_branch(struct ctx *c, const char *branch_id)
{
	int rc = branch_id == NULL ? 1 : db_exists(c, &BRANCH, branch_id);

	if (rc == 0)
		return err_field(c, "branch_id", "There is no such branch.");
	return rc;
}

int closed_days_import(
	struct ctx *c, const char *branch_id, const char *ics, struct closed_days_import *out)
{
	struct holidays all = {0};
	struct company co;

	if (look_for_branch(c, branch_id) < 0 || company_current(c, &co) < 0)
		return -1;
	const struct tz *z = tz_find(co.time_zone);
	all.from = day_of_wall(tz_wall(z != NULL ? z : tz_find("UTC"), c->now));
	all.to.n = all.from.n + CLOSED_DAYS_AHEAD;
	if (ical_holidays(c, "ics", ics, &all) < 0)
		return -1;
	*out = (struct closed_days_import){.skipped = (int64_t)all.left_out};
	if (add_all(c, branch_id, &all, out) < 0)
		return -1;
	return audit_add(c, "closed_day.import", "closed_day", NULL, NULL);
}
