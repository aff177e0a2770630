#include "core/tenant/closed_day.h"
#include "core/audit/row.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

static const struct field FIELDS[] = {
	ID(closed_day, id, RO),
	REF(closed_day, branch_id, FILTER, BRANCH),
	DAY(closed_day, day, REQ | FILTER | BY),
	TEXT(closed_day, name, SEARCH, 200),
};
const struct table CLOSED_DAY = TABLE(closed_day, "closed_day", FIELDS);

/* ---- storage ---- */

/* 1 when another row closes the same place on the same day. */
static int find_same(struct ctx *c, const struct closed_day *d)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM closed_day WHERE day = ? AND branch_id <=> ? AND NOT id <=> ?"
		" LIMIT 1",
		d->day, d->branch_id, d->id);
}

/* ---- rules ---- */

static int check(struct ctx *c, const struct closed_day *d)
{
	int rc = find_same(c, d);

	if (rc > 0)
		return err_set(c, E_DUPLICATE, "That day is closed already.");
	return rc;
}

int closed_day_create(struct ctx *c, struct closed_day *d)
{
	return check(c, d) < 0 ? -1 : row_create(c, &CLOSED_DAY, d);
}

int closed_day_change(struct ctx *c, const struct closed_day *was, struct closed_day *now)
{
	return check(c, now) < 0 ? -1 : row_change(c, &CLOSED_DAY, was, now);
}
