#include "core/service/service.h"
#include "core/staff/name.h"
#include "core/sys/db.h"

static const struct field SEGMENT_FIELDS[] = {
	ID(service_segment, id, RO),
	ID(service_segment, service_id, RO | HIDDEN),
	INT(service_segment, position, BY, 1, 65535),
	TEXT(service_segment, name, REQ, 120),
	INT(service_segment, duration_minutes, REQ, 1, 1440),
	INT(service_segment, processing_minutes, 0, 0, 1440),
	INT(service_segment, same_staff_as, NULL0, 0, 65535),
	TEXTS(service_segment, staff_ids, RO | HIDDEN, 1000),
};
const struct table SERVICE_SEGMENT = TABLE(service_segment, "service_segment", SEGMENT_FIELDS);

static const struct field ADD_ON_FIELDS[] = {
	ID(add_on, id, RO),
	ID(add_on, service_id, RO | HIDDEN),
	TEXT(add_on, name, REQ, 120),
	INT(add_on, duration_minutes, 0, 0, 1440),
	CENTS(add_on, price_cents, 0),
	INT(add_on, position, BY, 0, 65535),
	BOOL(add_on, is_active, 0),
};
static const struct add_on ADD_ON_FRESH = {.is_active = true};
const struct table ADD_ON =
	TABLE_FRESH(add_on, "service_add_on", ADD_ON_FIELDS, SOFT, ADD_ON_FRESH);

const char *const STAFF_CHOICE[] = {"least_loaded", "longest_idle", "round_robin", "usual", NULL};

const struct service SERVICE_FRESH = {
	.grid_minutes = 15,
	.notice_minutes = 60,
	.horizon_days = 90,
	.capacity = 1,
	.is_active = true,
};

static const struct field SERVICE_FIELDS[] = {
	ID(service, id, RO),
	TEXT(service, name, REQ | BY | SEARCH, 120),
	TEXT(service, description, 0, 1000),
	INT(service, duration_minutes, RO, 1, 65535),
	CENTS(service, price_cents, REQ),
	TEXT(service, currency, RO, 3),
	INT(service, buffer_before_minutes, 0, 0, 1440),
	INT(service, buffer_after_minutes, 0, 0, 1440),
	INT(service, grid_minutes, 0, 5, 60),
	INT(service, notice_minutes, 0, 0, 525600),
	INT(service, horizon_days, 0, 1, 1000),
	INT(service, capacity, 0, 1, 100),
	ENUM(service, staff_choice, 0, enum staff_choice, STAFF_CHOICE),
	INT(service, cancel_notice_minutes, 0, 0, 525600),
	CENTS(service, late_fee_cents, 0),
	BOOL(service, is_active, FILTER),
	BOOL(service, is_composite, RO | NOCOL),
	LIST(service, segments, RO, SERVICE_SEGMENT),
	LIST(service, add_ons, RO, ADD_ON),
	TEXTS(service, staff_ids, RO, 1000),
	BOOL(service, has_needs, RO | HIDDEN | JOINED),
};
const struct table SERVICE = TABLE_FRESH(service, "service", SERVICE_FIELDS, SOFT, SERVICE_FRESH);

/* Who can do a segment. */
struct doer {
	const char *service_segment_id;
	const char *staff_id;
};
static const struct field DOER_FIELDS[] = {
	ID(doer, service_segment_id, RO),
	ID(doer, staff_id, RO),
};
static const struct table DOER = TABLE(doer, "service_staff", DOER_FIELDS);

static const struct field CREW_FIELDS[] = {
	ID(crew, segment_id, JOINED),
	TEXT(crew, segment_name, JOINED, 120),
	INT(crew, position, JOINED, 1, 65535),
	INT(crew, duration_minutes, JOINED, 1, 1440),
	INT(crew, processing_minutes, JOINED, 0, 1440),
	INT(crew, same_staff_as, JOINED, 0, 65535),
	ID(crew, staff_id, JOINED),
	TEXT(crew, staff_name, JOINED | PERSONAL, 120),
	INT(crew, staff_position, JOINED, 0, 65535),
	INT(crew, own_minutes, JOINED, 0, 1440),
	BOOL(crew, has_own_price, JOINED),
	CENTS(crew, own_price_cents, JOINED),
	TIME(crew, chosen_at, JOINED),
	ID(crew, resource_id, JOINED),
	ID(crew, branch_id, JOINED),
	TEXT(crew, time_zone, JOINED, 64),
};
const struct table CREW = TABLE(crew, "service_staff", CREW_FIELDS);

static const struct field NEED_FIELDS[] = {
	INT(service_need, position, JOINED, 1, 65535),
	INT(service_need, requirement, JOINED, 0, 65535),
	ID(service_need, resource_id, JOINED),
	TEXT(service_need, name, JOINED, 120),
	ID(service_need, branch_id, JOINED),
	INT(service_need, capacity, JOINED, 1, 100),
};
const struct table SERVICE_NEED = TABLE(service_need, "service_resource", NEED_FIELDS);

/* ---- storage ---- */

int service_find(struct ctx *c, const char *id, struct service *out)
{
	return db_one(c, &SERVICE, out,
		"SELECT {cols:s}, EXISTS (SELECT 1 FROM service_segment g "
		"JOIN service_resource r ON r.service_segment_id = g.id "
		"WHERE g.service_id = s.id) AS has_needs "
		"FROM service s WHERE s.id = ? AND s.deleted_at IS NULL",
		id);
}

int service_crew(struct ctx *c, const char *service_id, struct rows *out)
{
	return db_rows(c, &CREW, out,
		"SELECT g.id AS segment_id, g.name AS segment_name, g.position, "
		"g.duration_minutes, g.processing_minutes, g.same_staff_as, "
		"st.id AS staff_id, st.name AS staff_name, st.position AS staff_position, "
		"ss.duration_minutes AS own_minutes, ss.price_cents IS NOT NULL AS has_own_price, "
		"ss.price_cents AS own_price_cents, ss.chosen_at, "
		"st.resource_id, b.id AS branch_id, b.time_zone "
		"FROM service_segment g LEFT JOIN (service_staff ss "
		"JOIN staff st ON st.id = ss.staff_id AND st.is_active AND st.deleted_at IS NULL "
		"JOIN branch b ON b.deleted_at IS NULL AND (b.id = st.branch_id OR EXISTS "
		"(SELECT 1 FROM working_hours w WHERE w.staff_id = st.id AND w.branch_id = b.id))) "
		"ON ss.service_segment_id = g.id "
		"WHERE g.service_id = ? ORDER BY g.position, st.position, st.id, b.name, b.id",
		service_id);
}

int service_staff_chosen(struct ctx *c, const char *segment_id, const char *staff_id)
{
	return db_exec(c,
		"UPDATE service_staff SET chosen_at = ? WHERE service_segment_id = ? "
		"AND staff_id = ?",
		c->now, segment_id, staff_id);
}

int service_needs(struct ctx *c, const char *service_id, struct rows *out)
{
	return db_rows(c, &SERVICE_NEED, out,
		"SELECT g.position, n.requirement, r.id AS resource_id, r.name, r.branch_id, "
		"r.capacity FROM service_segment g "
		"JOIN service_resource n ON n.service_segment_id = g.id "
		"LEFT JOIN resource r "
		"ON r.id = n.resource_id AND r.is_active AND r.deleted_at IS NULL "
		"WHERE g.service_id = ? ORDER BY g.position, n.requirement, r.position, r.id",
		service_id);
}

int service_add_ons(struct ctx *c, const char *service_id, struct rows *out)
{
	return db_rows(c, &ADD_ON, out,
		"SELECT {cols} FROM service_add_on WHERE service_id = ? AND is_active "
		"AND deleted_at IS NULL ORDER BY position, name, id",
		service_id);
}

/* What belongs to services, of all of them or of one. */
struct parts {
	struct rows segments; /* by service and position */
	struct rows doers;
	struct rows add_ons; /* by service and position */
};

static int parts_of_all(struct ctx *c, struct parts *out)
{
	if (db_rows(c, &SERVICE_SEGMENT, &out->segments,
		    "SELECT {cols:g} FROM service_segment g JOIN service s ON s.id = g.service_id "
		    "WHERE s.deleted_at IS NULL ORDER BY g.service_id, g.position") < 0)
		return -1;
	if (db_rows(c, &ADD_ON, &out->add_ons,
		    "SELECT {cols} FROM service_add_on WHERE is_active AND deleted_at IS NULL "
		    "ORDER BY service_id, position, id") < 0)
		return -1;
	return db_rows(c, &DOER, &out->doers,
		"SELECT {cols:ss} FROM service_staff ss JOIN staff st ON st.id = ss.staff_id "
		"WHERE st.is_active AND st.deleted_at IS NULL ORDER BY st.position, st.name");
}

static int parts_of_one(struct ctx *c, const char *service_id, struct parts *out)
{
	if (db_rows(c, &SERVICE_SEGMENT, &out->segments,
		    "SELECT {cols} FROM service_segment WHERE service_id = ? ORDER BY position",
		    service_id) < 0)
		return -1;
	if (db_rows(c, &ADD_ON, &out->add_ons,
		    "SELECT {cols} FROM service_add_on WHERE service_id = ? AND is_active "
		    "AND deleted_at IS NULL ORDER BY position, id",
		    service_id) < 0)
		return -1;
	return db_rows(c, &DOER, &out->doers,
		"SELECT {cols:ss} FROM service_segment g "
		"JOIN service_staff ss ON ss.service_segment_id = g.id "
		"JOIN staff st ON st.id = ss.staff_id "
		"WHERE g.service_id = ? AND st.is_active AND st.deleted_at IS NULL "
		"ORDER BY st.position, st.name",
		service_id);
}

/* ---- putting the rows together ---- */

static struct texts doers_of(struct ctx *c, const struct rows *doers, const char *segment_id)
{
	const struct doer *d = doers->p;
	struct texts out = {mem_alloc(c->mem, (doers->n + 1) * sizeof(char *)), 0};

	for (size_t i = 0; i < doers->n; i++) {
		if (strcmp(d[i].service_segment_id, segment_id) == 0)
			out.p[out.n++] = d[i].staff_id;
	}
	return out;
}

/* The segments of a service lie together, by position; so do its add-ons. */
static void attach(struct ctx *c, struct service *s, const struct parts *parts)
{
	struct service_segment *g = parts->segments.p;
	struct add_on *a = parts->add_ons.p;

	for (size_t i = 0; i < parts->segments.n; i++) {
		if (strcmp(g[i].service_id, s->id) != 0)
			continue;
		if (s->segments.n++ == 0)
			s->segments.p = &g[i];
		g[i].staff_ids = doers_of(c, &parts->doers, g[i].id);
	}
	for (size_t i = 0; i < parts->add_ons.n; i++) {
		if (strcmp(a[i].service_id, s->id) == 0 && s->add_ons.n++ == 0)
			s->add_ons.p = &a[i];
	}
	s->is_composite = s->segments.n > 1;
	if (s->segments.n > 0)
		s->staff_ids = ((struct service_segment *)s->segments.p)->staff_ids;
}

int service_get(struct ctx *c, const char *id, struct service *out)
{
	struct parts parts;

	if (db_must(c, service_find(c, id, out), "service", id) < 0)
		return -1;
	if (parts_of_one(c, out->id, &parts) < 0)
		return -1;
	attach(c, out, &parts);
	return 0;
}

int service_complete(struct ctx *c, struct rows *services)
{
	struct parts parts;

	if (parts_of_all(c, &parts) < 0)
		return -1;
	for (size_t i = 0; i < services->n; i++)
		attach(c, &((struct service *)services->p)[i], &parts);
	return 0;
}

int service_list(struct ctx *c, struct rows *out)
{
	if (db_rows(c, &SERVICE, out,
		    "SELECT {cols} FROM service WHERE is_active AND deleted_at IS NULL "
		    "ORDER BY name, id") < 0)
		return -1;
	return service_complete(c, out) < 0 ? -1 : (int)out->n;
}

/* ---- rules ---- */

int service_find_by_name(struct ctx *c, const char *name, struct service *out)
{
	const char *said = name_key(c, name);
	int same = 0, containing = 0;
	struct rows all;

	if (*said == '\0')
		return 0;
	if (service_list(c, &all) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct service *s = &((struct service *)all.p)[i];
		const char *key = name_key(c, s->name);

		if (strcmp(key, said) == 0) {
			if (same++ == 0)
				*out = *s;
		} else if (strstr(key, said) != NULL && containing++ == 0 && same == 0) {
			*out = *s;
		}
	}
	return same > 0 ? same == 1 : containing == 1;
}
