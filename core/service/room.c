#include "core/service/room.h"
#include "core/audit/row.h"
#include "core/sys/db.h"

struct service_name {
	const char *name;
};
static const struct field SERVICE_NAME_FIELDS[] = {TEXT(service_name, name, JOINED, 120)};
static const struct table SERVICE_NAME = TABLE(service_name, "service", SERVICE_NAME_FIELDS);

/* ---- storage ---- */

int room_find(struct ctx *c, const char *id, struct resource *out)
{
	return db_one(c, &RESOURCE, out,
		"SELECT {cols} FROM resource WHERE id = ? AND kind <> 'staff' "
		"AND deleted_at IS NULL",
		id);
}

/* Whoever takes it waits until this transaction ends. */
static int lock(struct ctx *c, const char *id, struct resource *out)
{
	if (db_exec(c,
		    "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id = ? "
		    "AND kind <> 'staff' AND deleted_at IS NULL",
		    id) < 0)
		return -1;
	return db_must(c, room_find(c, id, out), "room or device", id);
}

/* The lanes from here on that are taken for a time to come: 1 when there are
 * any, 0, -1. */
static int taken_from(struct ctx *c, const char *id, int64_t lane)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM occupancy WHERE resource_id = ? AND lane >= ? AND ends_at > ? "
		"AND (expires_at IS NULL OR expires_at > ?) LIMIT 1",
		id, lane, c->now, c->now);
}

static int needed_by(struct ctx *c, const char *id, struct service_name *out)
{
	return db_one(c, &SERVICE_NAME, out,
		"SELECT s.name FROM service_resource sr "
		"JOIN service_segment g ON g.id = sr.service_segment_id "
		"JOIN service s ON s.id = g.service_id "
		"WHERE sr.resource_id = ? AND s.deleted_at IS NULL ORDER BY s.name LIMIT 1",
		id);
}

/* ---- rules ---- */

static int check_kind(struct ctx *c, const struct resource *r)
{
	if (r->kind == RESOURCE_STAFF)
		return err_field(c, "kind", "must be room or device");
	return 0;
}

int room_create(struct ctx *c, struct resource *r)
{
	return check_kind(c, r) < 0 ? -1 : row_create(c, &RESOURCE, r);
}

int room_change(struct ctx *c, const char *id, const struct resource *in, uint64_t given,
	struct resource *out)
{
	struct resource was;
	bool moves;
	int rc = 0;

	if (lock(c, id, &was) < 0)
		return -1;
	*out = was;
	table_merge(&RESOURCE, out, in, given);
	if (check_kind(c, out) < 0)
		return -1;
	moves = strcasecmp(out->branch_id, was.branch_id) != 0;
	if (moves || out->capacity < was.capacity)
		rc = taken_from(c, was.id, moves ? 0 : out->capacity);
	if (rc > 0)
		return err_set(c, E_STATE,
			moves ? "It is taken in its branch for a time to come: move those visits "
				"first."
			      : "More of it is taken for a time to come: move those visits first.");
	if (rc < 0)
		return -1;
	return row_change(c, &RESOURCE, &was, out) < 0 ? -1 : 0;
}

int room_delete(struct ctx *c, const char *id)
{
	struct resource r;
	struct service_name service;
	int rc;

	if (lock(c, id, &r) < 0)
		return -1;
	rc = taken_from(c, r.id, 0);
	if (rc > 0)
		return err_set(c, E_STATE,
			"It is taken for a time to come: move those visits first, or set "
			"is_active to false so that it is not taken again.");
	if (rc < 0)
		return -1;
	rc = needed_by(c, r.id, &service);
	if (rc > 0)
		return err_set(c, E_STATE, "%s needs it: take it away from that service first.",
			service.name);
	return rc < 0 ? -1 : row_delete(c, &RESOURCE, r.id);
}
