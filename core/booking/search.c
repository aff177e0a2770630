#include "core/booking/load.h"

static const struct field SLOT_FIELDS[] = {
	TIME(slot, starts_at, RO | NOCOL),
	TIME(slot, ends_at, RO | NOCOL),
	WALL(slot, local_start, RO | NOCOL),
	TEXTS(slot, staff_ids, RO, 5),
	INT(slot, staff_count, RO | NOCOL, 1, 100000),
};
const struct table SLOT = TABLE(slot, "slot", SLOT_FIELDS);

static const char *const RULE[] = {"notice", "horizon", "closed_day", "time_off", "working_hours",
	"busy", "hold", "buffer", "capacity", "not_qualified", NULL};

static const struct field REJECTION_FIELDS[] = {
	WALL(rejection, local_start, RO | NOCOL),
	ID(rejection, staff_id, RO | NOCOL),
	ENUM(rejection, rule, RO | NOCOL, enum rejection_rule, RULE),
	ID(rejection, ref, RO | NOCOL),
};
const struct table REJECTION = TABLE(rejection, "rejection", REJECTION_FIELDS);

static int check_range(struct ctx *c, const struct search *s)
{
	int most = s->explain ? EXPLAIN_DAYS_MAX : SEARCH_DAYS_MAX;

	if (s->from.n == 0 || s->to.n == 0)
		return err_field(c, s->from.n == 0 ? "from" : "to", "is required");
	if (s->to.n < s->from.n)
		return err_field(c, "to", "must not be before from");
	if (s->to.n - s->from.n >= most)
		return err_field(c, "to", "must be less than %d days after from%s", most,
			s->explain ? " when the answer is to be explained" : "");
	return 0;
}

int availability_search(struct ctx *c, const struct search *s, struct found *out)
{
	struct visit v;

	memset(out, 0, sizeof(*out));
	if (check_range(c, s) < 0)
		return -1;
	if (visit_load(c, s->service_id, s->staff_id, s->branch_id, &s->add_on_ids, &v) < 0)
		return -1;
	if (visit_insist(c, &v) < 0)
		return -1;
	if (visit_read(c, &v, s->from, s->to, s->explain ? DETAIL_OWNERS : DETAIL_SPANS) < 0)
		return -1;
	out->time_zone = v.time_zone;
	visit_slots(c->mem, &v, c->now, &out->slots);
	if (s->explain)
		visit_rejections(c->mem, &v, c->now, &out->rejected);
	return 0;
}
