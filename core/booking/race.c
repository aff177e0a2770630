#include "core/booking/race.h"
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "core/service/service.h"
#include "core/sys/db.h"

#define DAYS_AHEAD 30
#define DAYS 360
#define LOCK "frontdesk_race"

struct visit_id {
	const char *id;
};

static const struct field VISIT_ID_FIELDS[] = {
	ID(visit_id, id, JOINED),
};
static const struct table VISIT_ID = TABLE(visit_id, "appointment", VISIT_ID_FIELDS);

#define LIVE_AT                                 \
	"FROM appointment WHERE starts_at = ? " \
	"AND status IN ('scheduled', 'confirmed', 'needs_attention')"

/* ---- storage ---- */

int race_begin(struct ctx *c)
{
	int64_t ours = 0;
	int rc = db_int(c, &ours, "SELECT GET_LOCK('" LOCK "', 0)");

	return rc < 0 ? -1 : ours == 1;
}

void race_end(struct ctx *c)
{
	struct err kept = c->err;
	int64_t ended;

	/* a connection that is lost has lost its lock, too */
	(void)!db_int(c, &ended, "SELECT RELEASE_LOCK('" LOCK "')");
	c->err = kept;
}

int race_look(struct ctx *c, const struct race *k, struct race_count *out)
{
	if (db_int(c, &out->visits, "SELECT COUNT(*) " LIVE_AT, k->starts_at) < 0)
		return -1;
	return db_int(c, &out->overlapping,
		       "SELECT COUNT(*) FROM occupancy a JOIN occupancy b "
		       "ON b.resource_id = a.resource_id AND b.lane = a.lane AND b.id > a.id "
		       "AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at "
		       "WHERE a.starts_at < ? AND a.ends_at > ?",
		       k->ends_at, k->starts_at) < 0
		? -1
		: 0;
}

/* ---- rules ---- */

static int pick_of(struct ctx *c, const struct search *s, struct race *out)
{
	struct found found;

	if (availability_search(c, s, &found) < 0)
		return -1;
	if (found.slots.n == 0)
		return err_set(c, E_STATE, "There is no free slot left to race for.");
	const struct slot *k =
		(const struct slot *)found.slots.p + random_below((uint32_t)found.slots.n);

	*out = (struct race){
		s->service_id, k->staff_ids.p[0], k->starts_at, k->ends_at, k->local_start};
	return 0;
}

int race_pick(struct ctx *c, struct race *out)
{
	struct rows services;
	struct search s = {0};

	if (service_list(c, &services) < 0)
		return -1;
	if (services.n == 0)
		return err_set(c, E_STATE, "The race track is not there: load the demo data.");
	s.service_id = ((const struct service *)services.p)->id;
	s.from.n =
		day_of_wall((wall_t){c->now.ms / 60000}).n + DAYS_AHEAD + (int)random_below(DAYS);
	s.to = s.from;
	return pick_of(c, &s, out);
}

static int clear(struct ctx *c, void *arg)
{
	const struct race *k = arg;
	struct appointment a;
	struct rows rows;

	if (db_rows(c, &VISIT_ID, &rows, "SELECT id " LIVE_AT, k->starts_at) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		if (appointment_cancel(c, ((const struct visit_id *)rows.p)[i].id, NULL, &a) < 0)
			return -1;
	}
	return 0;
}

int race_clear(struct ctx *c, const struct race *k)
{
	struct race copy = *k;

	return in_tx(c, clear, &copy);
}
