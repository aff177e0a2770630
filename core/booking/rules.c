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

static void add_hours(struct query *q, const char *service_id, const char *staff_id)
{
	query_start(q, q->c,
		"SELECT 'hours' AS kind, w.id, w.branch_id, w.staff_id, w.weekday, w.day, "
		"w.valid_from, w.valid_to, w.start_minute, w.end_minute, "
		"NULL AS local_start, NULL AS local_end FROM working_hours w WHERE ");
	if (staff_id != NULL)
		query_add(q, "(w.staff_id IS NULL OR w.staff_id = ?)", staff_id);
	else
		query_add(q, "(w.staff_id IS NULL OR w.staff_id IN " DOERS ")", service_id);
}

int rules_of_service(struct ctx *c, const char *service_id, const char *staff_id, day_t from,
	day_t to, struct rows *out)
{
	wall_t begins = wall_of(from, 0), ends = wall_of((day_t){to.n + 1}, 0);
	struct query q = {.c = c};

	add_hours(&q, service_id, staff_id);
	/* opening hours of other days say that a branch has some */
	query_add(&q,
		" AND (w.staff_id IS NULL OR ((w.day IS NULL OR w.day BETWEEN ? AND ?) "
		"AND (w.valid_from IS NULL OR w.valid_from <= ?) "
		"AND (w.valid_to IS NULL OR w.valid_to >= ?))) "
		"UNION ALL SELECT 'closed_day', d.id, d.branch_id, NULL, NULL, d.day, NULL, NULL, "
		"NULL, NULL, NULL, NULL FROM closed_day d WHERE d.day BETWEEN ? AND ? "
		"UNION ALL SELECT 'time_off', o.id, NULL, o.staff_id, NULL, NULL, NULL, NULL, "
		"NULL, NULL, o.local_start, o.local_end FROM time_off o "
		"WHERE o.local_end > ? AND o.local_start < ? AND o.staff_id ",
		from, to, to, from, from, to, begins, ends);
	if (staff_id != NULL)
		query_add(&q, "= ?", staff_id);
	else
		query_add(&q, "IN " DOERS, service_id);
	return query_rows(&q, &RULE, out);
}
