#include "fcgi/h_service.h"
#include "core/service/edit.h"
#include "core/service/part.h"
#include "core/service/room.h"
#include "fcgi/crud.h"

/* ---- services ---- */

int h_services(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0 || crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	if (service_complete(&r->c, &rows) < 0)
		return -1;
	return reply_rows(r, &SERVICE, &rows, next);
}

int h_service(struct req *r)
{
	struct service s;

	if (service_get(&r->c, r->ids[0], &s) < 0)
		return -1;
	return reply(r, 200, &SERVICE, &s);
}

int h_service_create(struct req *r)
{
	struct service s;

	if (service_create(&r->c, r->in, &s) < 0)
		return -1;
	return crud_created(r, &s);
}

int h_service_update(struct req *r)
{
	struct service s;

	if (service_change(&r->c, r->ids[0], r->in, r->given, &s) < 0)
		return -1;
	return reply(r, 200, &SERVICE, &s);
}

int h_service_delete(struct req *r)
{
	if (service_delete(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- segments ---- */

int h_segment_create(struct req *r)
{
	struct service_segment *in = r->in, g;

	in->service_id = r->ids[0];
	if (segment_create(&r->c, in, &g) < 0)
		return -1;
	return crud_created(r, &g);
}

int h_segment_update(struct req *r)
{
	struct service_segment *in = r->in, g;

	in->service_id = r->ids[0];
	in->id = r->ids[1];
	if (segment_change(&r->c, in, r->given, &g) < 0)
		return -1;
	return reply(r, 200, &SERVICE_SEGMENT, &g);
}

int h_segment_delete(struct req *r)
{
	if (segment_delete(&r->c, r->ids[0], r->ids[1]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- who can do it ---- */

int h_service_staff_list(struct req *r)
{
	struct rows rows;

	if (service_staff_list(&r->c, r->ids[0], &rows) < 0)
		return -1;
	return reply_rows(r, &SERVICE_STAFF, &rows, NULL);
}

int h_service_staff(struct req *r)
{
	struct service_staff s;

	if (service_staff_get(&r->c, r->ids[0], r->ids[1], &s) < 0)
		return -1;
	return reply(r, 200, &SERVICE_STAFF, &s);
}

int h_service_staff_create(struct req *r)
{
	struct service_staff *in = r->in, s;

	in->service_id = r->ids[0];
	if (service_staff_create(&r->c, in, &s) < 0)
		return -1;
	return crud_created(r, &s);
}

int h_service_staff_update(struct req *r)
{
	struct service_staff *in = r->in, s;

	in->service_id = r->ids[0];
	in->id = r->ids[1];
	if (service_staff_change(&r->c, in, r->given, &s) < 0)
		return -1;
	return reply(r, 200, &SERVICE_STAFF, &s);
}

int h_service_staff_delete(struct req *r)
{
	if (service_staff_delete(&r->c, r->ids[0], r->ids[1]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- the rooms and devices that it takes ---- */

int h_service_resource_list(struct req *r)
{
	struct rows rows;

	if (service_resource_list(&r->c, r->ids[0], &rows) < 0)
		return -1;
	return reply_rows(r, &SERVICE_RESOURCE, &rows, NULL);
}

int h_service_resource(struct req *r)
{
	struct service_resource s;

	if (service_resource_get(&r->c, r->ids[0], r->ids[1], &s) < 0)
		return -1;
	return reply(r, 200, &SERVICE_RESOURCE, &s);
}

int h_service_resource_create(struct req *r)
{
	struct service_resource *in = r->in, s;

	in->service_id = r->ids[0];
	if (service_resource_create(&r->c, in, &s) < 0)
		return -1;
	return crud_created(r, &s);
}

int h_service_resource_delete(struct req *r)
{
	if (service_resource_delete(&r->c, r->ids[0], r->ids[1]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- rooms and devices ---- */

int h_rooms(struct req *r)
{
	const char *next;
	struct list l;
	struct query q;
	struct rows rows;

	if (crud_query(r, &l, &q) < 0)
		return -1;
	query_where(&q, "kind <> 'staff'");
	if (crud_rows(r, &l, &q, &rows, &next) < 0)
		return -1;
	return reply_rows(r, &RESOURCE, &rows, next);
}

int h_room(struct req *r)
{
	struct resource found;
	int rc = room_find(&r->c, r->ids[0], &found);

	if (db_must(&r->c, rc, "room or device", r->ids[0]) < 0)
		return -1;
	return reply(r, 200, &RESOURCE, &found);
}

int h_room_create(struct req *r)
{
	struct resource *in = r->in;

	if (room_create(&r->c, in) < 0)
		return -1;
	return crud_created(r, in);
}

int h_room_update(struct req *r)
{
	struct resource changed;

	if (room_change(&r->c, r->ids[0], r->in, r->given, &changed) < 0)
		return -1;
	return reply(r, 200, &RESOURCE, &changed);
}

int h_room_delete(struct req *r)
{
	if (room_delete(&r->c, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}
