#include "core/service/edit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/service/plan.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

static const struct field NEW_SEGMENT_FIELDS[] = {
	TEXT(service_segment, name, REQ, 120),
	INT(service_segment, duration_minutes, REQ, 1, 1440),
	INT(service_segment, processing_minutes, 0, 0, 1440),
	INT(service_segment, same_staff_as, NULL0, 0, SEGMENTS_MAX),
};
static const struct table NEW_SEGMENT = TABLE(service_segment, "new_segment", NEW_SEGMENT_FIELDS);

static const struct field NEW_FIELDS[] = {
	TEXT(service, name, REQ, 120),
	TEXT(service, description, 0, 1000),
	INT(service, duration_minutes, NULL0, 1, 1440),
	CENTS(service, price_cents, REQ),
	TEXT(service, currency, 0, 3),
	INT(service, buffer_before_minutes, 0, 0, 1440),
	INT(service, buffer_after_minutes, 0, 0, 1440),
	INT(service, grid_minutes, 0, 5, 60),
	INT(service, notice_minutes, 0, 0, 525600),
	INT(service, horizon_days, 0, 1, 1000),
	INT(service, capacity, 0, 1, 100),
	ENUM(service, staff_choice, 0, enum staff_choice, STAFF_CHOICE),
	INT(service, cancel_notice_minutes, 0, 0, 525600),
	CENTS(service, late_fee_cents, 0),
	BOOL(service, is_active, 0),
	LIST(service, segments, 0, NEW_SEGMENT),
};
const struct table SERVICE_NEW = TABLE_FRESH(service, "new_service", NEW_FIELDS, 0, SERVICE_FRESH);

/* ---- storage ---- */

int service_lock(struct ctx *c, const char *id, struct service *out)
{
	return db_must(c, db_find_locked(c, &SERVICE, id, out), "service", id);
}

static int visits_to_come(struct ctx *c, const char *id)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM appointment WHERE service_id = ? AND ends_at > ? AND status IN "
		"('scheduled', 'confirmed', 'in_progress', 'needs_attention') LIMIT 1",
		id, c->now);
}

/* ---- rules ---- */

static bool is_currency(const char *s)
{
	return strlen(s) == 3 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static int choose_currency(struct ctx *c, struct service *s)
{
	struct company co;

	if (s->currency != NULL && !is_currency(s->currency))
		return err_field(c, "currency", "must be a currency like EUR");
	if (s->currency != NULL)
		return 0;
	if (company_current(c, &co) < 0)
		return -1;
	s->currency = co.currency;
	return 0;
}

/* Of a new service: those that were given, else one that lasts as long as it. */
static int first_plan(struct ctx *c, const struct service *s, struct plan *p)
{
	const struct service_segment *g = s->segments.p;

	if (s->segments.p == NULL && s->duration_minutes == 0)
		return err_field(c, "duration_minutes", "is required, unless segments are given");
	if (s->segments.p != NULL && s->duration_minutes != 0)
		return err_field(c, "duration_minutes",
			"is the sum of the segments: leave it out, or leave them out");
	if (s->segments.p != NULL && (s->segments.n < 1 || s->segments.n > SEGMENTS_MAX))
		return err_field(c, "segments", "must have 1 to %d entries", SEGMENTS_MAX);
	p->n = 0;
	for (size_t i = 0; g != NULL && i < s->segments.n; i++)
		p->g[p->n++] = g[i];
	if (p->n == 0)
		p->g[p->n++] = (struct service_segment){
			.name = s->name, .duration_minutes = s->duration_minutes};
	for (size_t i = 0; i < p->n; i++) {
		p->g[i].position = (int64_t)i + 1;
		if (p->g[i].same_staff_as > (int64_t)i)
			return err_field(c, mem_printf(c->mem, "segments.%zu.same_staff_as", i),
				"must be the position of an earlier segment");
	}
	return 0;
}

int service_create(struct ctx *c, const struct service *in, struct service *out)
{
	struct plan p;

	*out = *in;
	if (choose_currency(c, out) < 0 || first_plan(c, out, &p) < 0)
		return -1;
	if (plan_check(c, out, &p, NULL) < 0)
		return -1;
	out->duration_minutes = plan_minutes(&p);
	if (row_create(c, &SERVICE, out) < 0)
		return -1;
	for (size_t i = 0; i < p.n; i++) {
		p.g[i].id = id_new(c);
		p.g[i].service_id = out->id;
		if (db_insert(c, &SERVICE_SEGMENT, &p.g[i]) < 0)
			return -1;
	}
	return service_get(c, out->id, out);
}

int service_change(struct ctx *c, const char *id, const struct service *in, uint64_t given,
	struct service *out)
{
	struct service was;
	struct plan p;

	if (service_lock(c, id, &was) < 0 || plan_read(c, was.id, &p) < 0)
		return -1;
	*out = was;
	table_merge(&SERVICE, out, in, given);
	if (plan_check(c, out, &p, NULL) < 0 || row_change(c, &SERVICE, &was, out) < 0)
		return -1;
	return service_get(c, was.id, out);
}

int service_delete(struct ctx *c, const char *id)
{
	struct service s;
	int rc;

	if (service_lock(c, id, &s) < 0)
		return -1;
	rc = visits_to_come(c, s.id);
	if (rc < 0)
		return -1;
	if (rc > 0)
		return err_set(c, E_STATE,
			"Visits of this service are still to come: cancel them first, or set "
			"is_active to false so that no more are booked.");
	return row_delete(c, &SERVICE, s.id);
}
