#include "core/booking/rules.h"
#include "core/sys/db.h"

static const char *const KIND[] = {"hours", "closed_day", "time_off", NULL};

static const struct field FIELDS[] = {
	ENUM(hours_rule, kind, JOINED, enum rule_kind, KIND),
	ID(hours_rule, id, JOINED),
	ID(hours_rule, branch_id, JOINED),
	ID(hours_rule, staff_id, JOINED),
	INT(hours_rule, weekday, JOINED, 0, 7),
	DAY(hours_rule, day, JOINED),
	DAY(hours_rule, valid_from, JOINED),
	DAY(hours_rule, valid_to, JOINED),
	INT(hours_rule, start_minute, JOINED, 0, MINUTES_A_DAY),
	INT(hours_rule, end_minute, JOINED, 0, MINUTES_A_DAY),
	WALL(hours_rule, local_start, JOINED),
	WALL(hours_rule, local_end, JOINED),
};
static const struct table RULE = TABLE(hours_rule, "working_hours", FIELDS);

#define DOERS                                                               \
	"(SELECT ss.staff_id FROM service_segment g JOIN service_staff ss " \
	"ON ss.service_segment_id = g.id WHERE g.service_id = ?)"

#define PAST_DAYS 2 /* what is older is not remembered */

/* ---- storage ---- */

/* Opening hours of other days say that a branch has some. */
static int read_rules(struct ctx *c, const char *service_id, day_t from, day_t to, struct rows *out)
{
	return db_rows(c, &RULE, out,
		"SELECT 'hours' AS kind, w.id, w.branch_id, w.staff_id, w.weekday, w.day, "
		"w.valid_from, w.valid_to, w.start_minute, w.end_minute, "
		"NULL AS local_start, NULL AS local_end FROM working_hours w "
		"WHERE w.staff_id IS NULL OR (w.staff_id IN " DOERS
		" AND (w.day IS NULL OR w.day BETWEEN ? AND ?) "
		"AND (w.valid_from IS NULL OR w.valid_from <= ?) "
		"AND (w.valid_to IS NULL OR w.valid_to >= ?)) "
		"UNION ALL SELECT 'closed_day', d.id, d.branch_id, NULL, NULL, d.day, NULL, NULL, "
		"NULL, NULL, NULL, NULL FROM closed_day d WHERE d.day BETWEEN ? AND ? "
		"UNION ALL SELECT 'time_off', o.id, NULL, o.staff_id, NULL, NULL, NULL, NULL, "
		"NULL, NULL, o.local_start, o.local_end FROM time_off o "
		"WHERE o.local_end > ? AND o.local_start < ? AND o.staff_id IN " DOERS,
		service_id, from, to, to, from, from, to, wall_of(from, 0),
		wall_of((day_t){to.n + 1}, 0), service_id);
}

/* Everything that can still matter. */
static int all_rules(
	struct ctx *c, struct known *k, const char *service_id, day_t since, struct rows *out)
{
	if (known_find(k, KNOWN_HOURS, service_id, out))
		return 0;
	if (read_rules(c, service_id, since, day_of(9998, 12, 31), out) < 0)
		return -1;
	known_learn(k, KNOWN_HOURS, service_id, &RULE, out);
	return 0;
}

/* ---- rules ---- */

static bool touches(const struct hours_rule *r, const struct rules_window *w)
{
	if (r->staff_id != NULL && w->staff_id != NULL && strcmp(r->staff_id, w->staff_id) != 0)
		return false;
	switch (r->kind) {
	case RULE_HOURS:
		return r->staff_id == NULL ||
			((r->day.n == 0 || (r->day.n >= w->from.n && r->day.n <= w->to.n)) &&
				(r->valid_from.n == 0 || r->valid_from.n <= w->to.n) &&
				(r->valid_to.n == 0 || r->valid_to.n >= w->from.n));
	case RULE_CLOSED_DAY:
		return r->day.n >= w->from.n && r->day.n <= w->to.n;
	case RULE_TIME_OFF:
		return r->local_end.min > wall_of(w->from, 0).min &&
			r->local_start.min < wall_of((day_t){w->to.n + 1}, 0).min;
	}
	BUG("a rule of kind %d", (int)r->kind);
}

static void put_together(
	struct ctx *c, const struct rows *all, const struct rules_window *w, struct rows *out)
{
	const struct hours_rule *r = all->p;
	struct hours_rule *p = mem_alloc(c->mem, (all->n + 1) * sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (touches(&r[i], w))
			p[n++] = r[i];
	}
	*out = (struct rows){p, n};
}

int rules_of_service(struct ctx *c, struct known *k, const char *service_id,
	const struct rules_window *w, struct rows *out)
{
	day_t since = {day_of_wall((wall_t){c->now.ms / MS_A_MINUTE}).n - PAST_DAYS};
	struct rows all;
	int rc = w->from.n < since.n ? read_rules(c, service_id, w->from, w->to, &all)
				     : all_rules(c, k, service_id, since, &all);

	if (rc < 0)
		return -1;
	put_together(c, &all, w, out);
	return 0;
}
