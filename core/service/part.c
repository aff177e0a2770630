#include "core/service/part.h"
#include "core/audit/row.h"
#include "core/service/plan.h"
#include "core/service/room.h"
#include "core/staff/staff.h"
#include "core/sys/db.h"

#define CENTS_MAX INT64_C(100000000000)

static const struct field STAFF_FIELDS[] = {
	ID(service_staff, id, RO),
	ID(service_staff, service_id, JOINED | HIDDEN),
	ID(service_staff, service_segment_id, RO),
	ID(service_staff, staff_id, RO),
	TEXT(service_staff, staff_name, RO | JOINED | PERSONAL, 120),
	INT(service_staff, duration_minutes, NULL0, 1, 1440),
	INT(service_staff, price_cents, NULL0, 1, CENTS_MAX),
};
const struct table SERVICE_STAFF = TABLE(service_staff, "service_staff", STAFF_FIELDS);

static const struct field NEW_STAFF_FIELDS[] = {
	ID(service_staff, service_segment_id, 0),
	ID(service_staff, staff_id, REQ),
	INT(service_staff, duration_minutes, NULL0, 1, 1440),
	INT(service_staff, price_cents, NULL0, 1, CENTS_MAX),
};
const struct table SERVICE_STAFF_NEW = TABLE(service_staff, "new_service_staff", NEW_STAFF_FIELDS);

static const struct field RESOURCE_FIELDS[] = {
	ID(service_resource, id, RO),
	ID(service_resource, service_id, JOINED | HIDDEN),
	ID(service_resource, service_segment_id, RO),
	INT(service_resource, requirement, RO, 1, REQUIREMENTS_MAX),
	ID(service_resource, resource_id, RO),
	TEXT(service_resource, resource_name, RO | JOINED, 120),
};
const struct table SERVICE_RESOURCE = TABLE(service_resource, "service_resource", RESOURCE_FIELDS);

static const struct service_resource RESOURCE_FRESH = {.requirement = 1};
static const struct field NEW_RESOURCE_FIELDS[] = {
	ID(service_resource, service_segment_id, 0),
	INT(service_resource, requirement, 0, 1, REQUIREMENTS_MAX),
	ID(service_resource, resource_id, REQ),
};
const struct table SERVICE_RESOURCE_NEW = TABLE_FRESH(
	service_resource, "new_service_resource", NEW_RESOURCE_FIELDS, 0, RESOURCE_FRESH);

/* ---- storage ---- */

int service_staff_list(struct ctx *c, const char *service_id, struct rows *out)
{
	if (db_must(c, db_exists(c, &SERVICE, service_id), "service", service_id) < 0)
		return -1;
	return db_rows(c, &SERVICE_STAFF, out,
		"SELECT {cols:ss}, st.name AS staff_name FROM service_segment g "
		"JOIN service_staff ss ON ss.service_segment_id = g.id "
		"JOIN staff st ON st.id = ss.staff_id AND st.deleted_at IS NULL "
		"WHERE g.service_id = ? ORDER BY g.position, st.position, st.name, st.id",
		service_id);
}

int service_staff_get(
	struct ctx *c, const char *service_id, const char *id, struct service_staff *out)
{
	return db_must(c,
		db_one(c, &SERVICE_STAFF, out,
			"SELECT {cols:ss}, g.service_id, st.name AS staff_name FROM service_staff "
			"ss "
			"JOIN service_segment g ON g.id = ss.service_segment_id "
			"JOIN service s ON s.id = g.service_id AND s.deleted_at IS NULL "
			"JOIN staff st ON st.id = ss.staff_id AND st.deleted_at IS NULL "
			"WHERE ss.id = ? AND g.service_id = ?",
			id, service_id),
		"staff member of this service", id);
}

int service_resource_list(struct ctx *c, const char *service_id, struct rows *out)
{
	if (db_must(c, db_exists(c, &SERVICE, service_id), "service", service_id) < 0)
		return -1;
	return db_rows(c, &SERVICE_RESOURCE, out,
		"SELECT {cols:sr}, r.name AS resource_name FROM service_segment g "
		"JOIN service_resource sr ON sr.service_segment_id = g.id "
		"JOIN resource r ON r.id = sr.resource_id "
		"WHERE g.service_id = ? ORDER BY g.position, sr.requirement, r.position, r.name, "
		"r.id",
		service_id);
}

int service_resource_get(
	struct ctx *c, const char *service_id, const char *id, struct service_resource *out)
{
	return db_must(c,
		db_one(c, &SERVICE_RESOURCE, out,
			"SELECT {cols:sr}, g.service_id, r.name AS resource_name "
			"FROM service_resource sr "
			"JOIN service_segment g ON g.id = sr.service_segment_id "
			"JOIN service s ON s.id = g.service_id AND s.deleted_at IS NULL "
			"JOIN resource r ON r.id = sr.resource_id "
			"WHERE sr.id = ? AND g.service_id = ?",
			id, service_id),
		"resource of this service", id);
}

static int staff_there(struct ctx *c, const char *segment_id, const char *staff_id)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM service_staff WHERE service_segment_id = ? AND staff_id = ?",
		segment_id, staff_id);
}

static int resource_there(struct ctx *c, const struct service_resource *r)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM service_resource WHERE service_segment_id = ? AND requirement = ? "
		"AND resource_id = ?",
		r->service_segment_id, r->requirement, r->resource_id);
}

/* ---- rules ---- */

/* The segment that is meant: the one named, else the only one. */
static int segment_meant(struct ctx *c, const struct plan *p, const char *id, size_t *out)
{
	if (id == NULL && p->n > 1)
		return err_field(
			c, "service_segment_id", "is required: the service has several segments");
	*out = id == NULL ? 0 : plan_find(p, id);
	if (*out < p->n)
		return 0;
	return err_field(c, "service_segment_id", "is no segment of this service");
}

static int check_price(struct ctx *c, const struct service_staff *s, size_t segment)
{
	if (s->price_cents == 0 || segment == 0)
		return 0;
	return err_field(c, "price_cents", "is said at the first segment of the service");
}

int service_staff_create(struct ctx *c, const struct service_staff *in, struct service_staff *out)
{
	struct service s;
	struct plan p;
	size_t at;
	int rc;

	if (service_lock(c, in->service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	*out = *in;
	if (segment_meant(c, &p, in->service_segment_id, &at) < 0)
		return -1;
	if (check_price(c, in, at) < 0)
		return -1;
	out->service_segment_id = p.g[at].id;
	rc = db_exists(c, &STAFF, in->staff_id);
	if (rc == 0)
		return err_field(c, "staff_id", "There is no such staff member.");
	if (rc > 0)
		rc = staff_there(c, out->service_segment_id, in->staff_id);
	if (rc > 0)
		return err_field_as(c, E_DUPLICATE, "staff_id", "can do this segment already");
	if (rc < 0 || row_create(c, &SERVICE_STAFF, out) < 0)
		return -1;
	return service_staff_get(c, s.id, out->id, out);
}

int service_staff_change(
	struct ctx *c, const struct service_staff *in, uint64_t given, struct service_staff *out)
{
	struct service s;
	struct service_staff was;
	struct plan p;

	if (service_lock(c, in->service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	if (service_staff_get(c, s.id, in->id, &was) < 0)
		return -1;
	*out = was;
	table_merge(&SERVICE_STAFF, out, in, given);
	if (check_price(c, out, plan_find(&p, was.service_segment_id)) < 0)
		return -1;
	return row_change(c, &SERVICE_STAFF, &was, out) < 0 ? -1 : 0;
}

int service_staff_delete(struct ctx *c, const char *service_id, const char *id)
{
	struct service s;
	struct service_staff row;

	if (service_lock(c, service_id, &s) < 0 || service_staff_get(c, s.id, id, &row) < 0)
		return -1;
	return row_delete(c, &SERVICE_STAFF, row.id);
}

int service_resource_create(
	struct ctx *c, const struct service_resource *in, struct service_resource *out)
{
	struct resource room;
	struct service s;
	struct plan p;
	size_t at;
	int rc;

	if (service_lock(c, in->service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	*out = *in;
	if (segment_meant(c, &p, in->service_segment_id, &at) < 0)
		return -1;
	rc = room_find(c, in->resource_id, &room);
	if (rc == 0)
		return err_field(c, "resource_id", "There is no such room or device.");
	if (rc < 0)
		return -1;
	out->service_segment_id = p.g[at].id;
	rc = resource_there(c, out);
	if (rc > 0)
		return err_field_as(c, E_DUPLICATE, "resource_id", "is there already");
	if (rc < 0 || row_create(c, &SERVICE_RESOURCE, out) < 0)
		return -1;
	return service_resource_get(c, s.id, out->id, out);
}

int service_resource_delete(struct ctx *c, const char *service_id, const char *id)
{
	struct service s;
	struct service_resource row;

	if (service_lock(c, service_id, &s) < 0 || service_resource_get(c, s.id, id, &row) < 0)
		return -1;
	return row_delete(c, &SERVICE_RESOURCE, row.id);
}
