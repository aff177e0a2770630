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
