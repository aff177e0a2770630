#include "core/audit/row.h"
#include "core/service/edit.h"
#include "core/service/plan.h"
#include "core/sys/db.h"

#define ASIDE 1000 /* above all positions: out of the way of the new ones */
#define CHANGING "position,name,duration_minutes,processing_minutes,same_staff_as"

/* ---- storage ---- */

/* Locked: a visit that is just being booked holds the segments it has. */
int plan_read(struct ctx *c, const char *service_id, struct plan *out)
{
	struct rows rows;

	if (db_rows(c, &SERVICE_SEGMENT, &rows,
		    "SELECT {cols} FROM service_segment WHERE service_id = ? ORDER BY position "
		    "FOR UPDATE",
		    service_id) < 0)
		return -1;
	if (rows.n > SEGMENTS_MAX)
		BUG("a service has %zu segments", rows.n);
	memset(out, 0, sizeof(*out));
	for (; out->n < rows.n; out->n++)
		out->g[out->n] = ((struct service_segment *)rows.p)[out->n];
	return 0;
}

/* All of them as they are now, but the one that has no id yet; their sum is
 * the service's. */
static int plan_write(struct ctx *c, const char *service_id, const struct plan *p)
{
	if (db_exec(c, "UPDATE service_segment SET position = position + ? WHERE service_id = ?",
		    ASIDE, service_id) < 0)
		return -1;
	for (size_t i = 0; i < p->n; i++) {
		const struct service_segment *g = &p->g[i];

		if (g->id != NULL && db_update(c, &SERVICE_SEGMENT, g, CHANGING, g->id) < 0)
			return -1;
	}
	return db_exec(c, "UPDATE service SET duration_minutes = ? WHERE id = ?", plan_minutes(p),
		service_id);
}

/* ---- rules ---- */

int64_t plan_minutes(const struct plan *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n; i++)
		sum += p->g[i].duration_minutes + p->g[i].processing_minutes;
	return sum;
}

int plan_check(struct ctx *c, const struct service *s, const struct plan *p, const char *duration)
{
	const struct service_segment *last = &p->g[p->n - 1];
	int64_t first_lasts = s->buffer_before_minutes + p->g[0].duration_minutes;
	int64_t last_lasts = last->duration_minutes + s->buffer_after_minutes;

	if (s->capacity > 1 && p->n > 1)
		return err_field(c, "capacity",
			"must be 1 for a service of several segments: a class has one");
	if (p->n == 1)
		last_lasts = first_lasts + s->buffer_after_minutes;
	if (first_lasts > MINUTES_A_DAY)
		return err_field(c, duration ? duration : "buffer_before_minutes",
			"must leave the first segment within a day, with its buffers");
	if (last_lasts > MINUTES_A_DAY)
		return err_field(c, duration ? duration : "buffer_after_minutes",
			"must leave the last segment within a day, with its buffers");
	return 0;
}

size_t plan_find(const struct plan *p, const char *id)
{
	size_t i = 0;

	while (i < p->n && strcasecmp(p->g[i].id, id) != 0)
		i++;
	return i;
}

static void plan_insert(struct plan *p, size_t at, const struct service_segment *g)
{
	memmove(&p->g[at + 1], &p->g[at], (p->n - at) * sizeof(p->g[0]));
	p->g[at] = *g;
	p->n++;
}

static void plan_remove(struct plan *p, size_t at)
{
	p->n--;
	memmove(&p->g[at], &p->g[at + 1], (p->n - at) * sizeof(p->g[0]));
}

/* Numbers the segments anew; who named another one's position names its new
 * one, but `said` has been given the new one already. */
static void plan_number(struct plan *p, size_t said)
{
	for (size_t i = 0; i < p->n; i++) {
		struct service_segment *g = &p->g[i];

		for (size_t k = 0; i != said && g->same_staff_as > 0 && k < p->n; k++) {
			if (p->g[k].position == g->same_staff_as) {
				g->same_staff_as = (int64_t)k + 1;
				break;
			}
		}
	}
	for (size_t i = 0; i < p->n; i++)
		p->g[i].position = (int64_t)i + 1;
}

/* Whether each is done by the staff member of an earlier one, if of another's;
 * `at` is the one that somebody changes. */
static int plan_check_order(struct ctx *c, const struct plan *p, size_t at, bool moved)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->g[i].same_staff_as < p->g[i].position)
			continue;
		if (i == at && !moved)
			return err_field(
				c, "same_staff_as", "must be the position of an earlier segment");
		return err_field(c, "position",
			"would put %s before the segment whose staff member it has", p->g[i].name);
	}
	return 0;
}

/* The place of a wished position among n segments; 0: at the end. */
static int place_of(struct ctx *c, int64_t position, size_t n, size_t *out)
{
	*out = position == 0 ? n - 1 : (size_t)position - 1;
	if (*out < n)
		return 0;
	return err_field(c, "position", "must be between 1 and %zu", n);
}

static int settle(struct ctx *c, const struct service *s, const struct plan *p)
{
	if (plan_check(c, s, p, "duration_minutes") < 0)
		return -1;
	return plan_write(c, s->id, p) < 0 ? -1 : 0;
}

int segment_create(struct ctx *c, const struct service_segment *in, struct service_segment *out)
{
	struct service s;
	struct plan p;
	size_t at;

	if (service_lock(c, in->service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	if (s.capacity > 1)
		return err_set(c, E_STATE, "A class has one segment: set its capacity to 1 first.");
	if (p.n == SEGMENTS_MAX)
		return err_set(c, E_STATE, "A service has at most %d segments.", SEGMENTS_MAX);
	if (place_of(c, in->position, p.n + 1, &at) < 0)
		return -1;
	*out = *in;
	out->id = NULL;
	out->service_id = s.id;
	out->position = 0; /* nobody's yet */
	plan_insert(&p, at, out);
	plan_number(&p, at);
	*out = p.g[at];
	if (plan_check_order(c, &p, at, false) < 0 || settle(c, &s, &p) < 0)
		return -1;
	return row_create(c, &SERVICE_SEGMENT, out);
}

int segment_change(struct ctx *c, const struct service_segment *in, uint64_t given,
	struct service_segment *out)
{
	uint64_t position = field_bit(&SERVICE_SEGMENT, table_field(&SERVICE_SEGMENT, "position"));
	uint64_t same = field_bit(&SERVICE_SEGMENT, table_field(&SERVICE_SEGMENT, "same_staff_as"));
	struct service s;
	struct plan p;
	size_t was, at;

	if (service_lock(c, in->service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	was = at = plan_find(&p, in->id);
	if (db_must(c, was < p.n, "segment", in->id) < 0)
		return -1;
	if ((given & position) != 0 && place_of(c, in->position, p.n, &at) < 0)
		return -1;
	struct service_segment before = p.g[was], after = before;

	table_merge(&SERVICE_SEGMENT, &after, in, given & ~position);
	plan_remove(&p, was);
	plan_insert(&p, at, &after);
	plan_number(&p, (given & same) != 0 ? at : p.n);
	*out = p.g[at];
	if (plan_check_order(c, &p, at, at != was && (given & same) == 0) < 0)
		return -1;
	if (table_diff(&SERVICE_SEGMENT, &before, out) == 0)
		return 0;
	if (settle(c, &s, &p) < 0 || row_change(c, &SERVICE_SEGMENT, &before, out) < 0)
		return -1;
	return 0;
}

/* Whether something stands against taking this one away. */
static int deletable(struct ctx *c, const struct plan *p, size_t at)
{
	int64_t one;
	int rc;

	if (p->n == 1)
		return err_set(c, E_STATE, "A service has at least one segment.");
	for (size_t i = 0; i < p->n; i++) {
		if (p->g[i].same_staff_as == p->g[at].position)
			return err_set(c, E_STATE,
				"%s is done by the same staff member: change its same_staff_as "
				"first.",
				p->g[i].name);
	}
	rc = db_int(c, &one,
		"SELECT 1 FROM appointment_segment WHERE service_segment_id = ? LIMIT 1",
		p->g[at].id);
	if (rc > 0)
		return err_set(c, E_STATE,
			"Appointments have this segment: make a new service without it instead.");
	return rc;
}

int segment_delete(struct ctx *c, const char *service_id, const char *id)
{
	struct service s;
	struct plan p;
	size_t at;

	if (service_lock(c, service_id, &s) < 0 || plan_read(c, s.id, &p) < 0)
		return -1;
	at = plan_find(&p, id);
	if (db_must(c, at < p.n, "segment", id) < 0 || deletable(c, &p, at) < 0)
		return -1;
	id = p.g[at].id;
	plan_remove(&p, at);
	plan_number(&p, p.n);
	if (db_exec(c, "DELETE FROM service_staff WHERE service_segment_id = ?", id) < 0 ||
		db_exec(c, "DELETE FROM service_resource WHERE service_segment_id = ?", id) < 0 ||
		row_delete(c, &SERVICE_SEGMENT, id) < 0)
		return -1;
	return settle(c, &s, &p);
}
