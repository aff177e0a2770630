#include "core/staff/time_off.h"
#include "core/audit/row.h"

static const struct field FIELDS[] = {
	ID(time_off, id, RO),
	ID(time_off, staff_id, RO),
	WALL(time_off, local_start, REQ | FILTER | BY),
	WALL(time_off, local_end, REQ | FILTER),
	TEXT(time_off, reason, PERSONAL, 200),
	INT(time_off, appointments, RO | NOCOL, 0, INT64_MAX),
};
const struct table TIME_OFF = TABLE(time_off, "time_off", FIELDS);

static int check(struct ctx *c, const struct time_off *t)
{
	if (t->local_end.min <= t->local_start.min)
		return err_field(c, "local_end", "must be after local_start");
	return 0;
}

int time_off_create(struct ctx *c, struct time_off *t)
{
	return check(c, t) < 0 ? -1 : row_create(c, &TIME_OFF, t);
}

int time_off_change(struct ctx *c, const struct time_off *was, struct time_off *now)
{
	return check(c, now) < 0 ? -1 : row_change(c, &TIME_OFF, was, now);
}
