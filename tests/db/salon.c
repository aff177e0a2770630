#include "tests/db/salon.h"
#include "core/base/id.h"
#include "core/booking/occupancy.h"
#include "core/staff/staff.h"

struct ctx *c;

void salon_setup(void)
{
	c = db_ctx("fd_web");
	c->company = salon();
	c->now.ms = MONDAY_0900;
	db_begin(c);
}

void salon_teardown(void)
{
	db_ctx_end(c);
}

wall_t wall(const char *s)
{
	wall_t w = {0};

	ck_assert_msg(wall_parse(s, &w), "%s", s);
	return w;
}

day_t day(const char *s)
{
	day_t d = {0};

	ck_assert_msg(day_parse(s, &d), "%s", s);
	return d;
}

ts_t berlin(const char *local)
{
	return tz_of_wall(tz_find("Europe/Berlin"), wall(local)).first;
}

struct wish wish_for(const char *service, const char *staff, const char *local)
{
	struct wish w = {
		.service_id = service,
		.staff_id = staff,
		.local_start = wall(local),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.name = "Kim Berger", .phone = "+4915112345678"},
		.source = SOURCE_API,
	};

	return w;
}

void must_take(const struct wish *w, struct appointment *out)
{
	int rc = booking_take(c, w, out);

	ck_assert_msg(rc >= 0, "%s: %s (%s %s)", err_wire(c->err.code),
		c->err.detail ? c->err.detail : "", c->err.n_fields ? c->err.fields[0].field : "",
		c->err.n_fields ? c->err.fields[0].message : "");
}

void taken_for(const char *service, const char *staff, const char *local)
{
	struct wish w = wish_for(service, staff, local);
	struct appointment a;

	w.customer = (struct customer){.name = "Somebody else"};
	must_take(&w, &a);
}

void block(const char *staff_id, const char *from, const char *to)
{
	struct staff s;
	struct occupancy o = {
		.kind = OCCUPANCY_BLOCK, .starts_at = berlin(from), .ends_at = berlin(to)};

	ck_assert_int_eq(staff_get(c, staff_id, &s), 0);
	o.resource_id = s.resource_id;
	ck_assert_int_eq(occupancy_add(c, &o), 1);
}

const char *obstacle(const struct wish *w)
{
	const char *why;

	ck_assert_int_eq(booking_obstacle(c, w, &why), 0);
	return why;
}

void expect_field(const struct wish *w, const char *field)
{
	struct appointment a;

	ck_assert_int_eq(booking_take(c, w, &a), -1);
	ck_assert_int_eq(err_status(c->err.code), 422);
	ck_assert_str_eq(c->err.fields[0].field, field);
	err_clear(c);
}

int find_slots(const struct search *s, struct rows *slots, const char **zone)
{
	struct found f;
	int rc = availability_search(c, s, &f);

	*slots = f.slots;
	*zone = f.time_zone;
	return rc;
}

void keep(const char *from, const char *to, ts_t expires_at)
{
	struct occupancy o = {.kind = OCCUPANCY_HOLD,
		.hold_id = id_new(c),
		.resource_id = SALON_ANNA,
		.starts_at = berlin(from),
		.ends_at = berlin(to),
		.expires_at = expires_at};

	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO hold (id, branch_id, service_id, staff_id, "
				 "starts_at, ends_at, "
				 "local_start, time_zone, expires_at) "
				 "VALUES (?, ?, ?, ?, ?, ?, ?, 'Europe/Berlin', ?)",
				 o.hold_id, MITTE, HAIRCUT, ANNA, o.starts_at, o.ends_at,
				 wall(from), expires_at),
		1);
	ck_assert_int_eq(occupancy_add(c, &o), 1);
}

struct counted {
	int64_t n;
};

static const struct field COUNTED_FIELDS[] = {
	INT(counted, n, JOINED, 0, INT64_MAX),
};
static const struct table COUNTED = TABLE(counted, "counted", COUNTED_FIELDS);

/* Each counts what must not be. */
static const char *const WRONG[] = {
	/* a segment of a live visit without its staff member's time */
	"SELECT COUNT(*) AS n FROM appointment a "
	"JOIN appointment_segment g ON g.appointment_id = a.id "
	"JOIN staff s ON s.id = g.staff_id "
	"LEFT JOIN occupancy o ON o.appointment_id = a.id "
	"AND o.resource_id = s.resource_id "
	"AND o.starts_at <= g.starts_at AND o.ends_at >= g.ends_at "
	"WHERE a.status IN ('scheduled', 'confirmed', 'in_progress', "
	"'needs_attention') AND o.id IS NULL",
	/* time of a visit that is none any more, or of no hold */
	"SELECT COUNT(*) AS n FROM occupancy o "
	"LEFT JOIN appointment a ON a.id = o.appointment_id "
	"AND a.status NOT IN ('cancelled', 'no_show') "
	"LEFT JOIN hold h ON h.id = o.hold_id "
	"WHERE o.kind = 'appointment' AND a.id IS NULL "
	"OR o.kind = 'hold' AND (h.id IS NULL OR o.expires_at <> h.expires_at)",
	/* ... or that it does not need */
	"SELECT COUNT(*) AS n FROM occupancy o JOIN staff s ON s.resource_id = "
	"o.resource_id "
	"LEFT JOIN appointment_segment g ON g.appointment_id = o.appointment_id "
	"AND g.staff_id = s.id "
	"AND o.starts_at <= g.starts_at AND o.ends_at >= g.ends_at "
	"WHERE o.kind = 'appointment' AND g.id IS NULL",
	/* two in one lane */
	"SELECT COUNT(*) AS n FROM occupancy a JOIN occupancy b "
	"ON b.resource_id = a.resource_id AND b.id > a.id "
	"AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at "
	"WHERE a.lane = b.lane",
	/* a staff member at two things at once */
	"SELECT COUNT(*) AS n FROM occupancy a "
	"JOIN resource r ON r.id = a.resource_id AND r.kind = 'staff' "
	"JOIN occupancy b ON b.resource_id = a.resource_id AND b.id <> a.id "
	"AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at "
	"WHERE a.starts_at <> b.starts_at OR a.ends_at <> b.ends_at "
	"OR NOT (a.class_of <=> b.class_of)",
	/* a class that nobody leads to its end */
	"SELECT COUNT(*) AS n FROM occupancy a "
	"JOIN resource r ON r.id = a.resource_id AND r.kind = 'staff' "
	"LEFT JOIN occupancy b ON b.resource_id = a.resource_id AND b.lane = 0 "
	"AND b.starts_at = a.starts_at AND b.class_of = a.class_of "
	"AND (b.expires_at IS NULL OR b.expires_at >= a.expires_at) "
	"WHERE a.lane > 0 AND b.id IS NULL",
	/* a class that is led without the room it needs, or has it twice */
	"SELECT COUNT(*) AS n FROM (SELECT o.id, COUNT(DISTINCT n.requirement) AS "
	"needs, "
	"COUNT(DISTINCT x.id) AS rooms FROM occupancy o "
	"JOIN resource r ON r.id = o.resource_id AND r.kind = 'staff' "
	"JOIN service_segment g ON g.service_id = o.class_of "
	"JOIN service_resource n ON n.service_segment_id = g.id "
	"LEFT JOIN occupancy x ON x.id <> o.id AND x.resource_id = n.resource_id "
	"AND COALESCE(x.appointment_id, x.hold_id) = "
	"COALESCE(o.appointment_id, o.hold_id) "
	"GROUP BY o.id, o.lane HAVING rooms <> IF(o.lane = 0, needs, 0)) wrong",
};

void expect_consistent(struct ctx *of)
{
	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		struct query q;
		struct rows rows;

		query_start(&q, of, WRONG[i]);
		ck_assert_int_ge(query_rows(&q, &COUNTED, &rows), 0);
		ck_assert_msg(((struct counted *)rows.p)->n == 0, "%s", WRONG[i]);
	}
}

int64_t rows_of(const char *id)
{
	return one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ? OR hold_id = ?",
		id, id);
}

void expect_taken(const struct wish *w, const char *why)
{
	struct appointment a;

	ck_assert_int_eq(booking_take(c, w, &a), -1);
	ck_assert_msg(c->err.code == E_SLOT_TAKEN, "%s", err_wire(c->err.code));
	if (why != NULL)
		ck_assert_str_eq(c->err.detail, why);
	err_clear(c);
}
