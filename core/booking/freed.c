#include "core/booking/freed.h"
#include "core/booking/waiting_list.h"
#include "core/event/event.h"

static const struct field FIELDS[] = {
	ID(freed, service_id, RO),
	ID(freed, staff_id, RO),
	ID(freed, branch_id, RO),
	TIME(freed, starts_at, RO),
	TIME(freed, ends_at, RO),
};
const struct table FREED = TABLE(freed, "freed", FIELDS);

int time_freed(struct ctx *c, const char *subject_id, const struct freed *f)
{
	int rc = f->ends_at.ms > c->now.ms ? waiting_anybody(c) : 0;

	if (rc <= 0)
		return rc;
	return event_emit(c, EV_TIME_FREED, subject_id, &FREED, f);
}
