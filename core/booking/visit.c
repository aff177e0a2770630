#include "core/booking/visit.h"
#include "core/base/log.h"
#include "core/booking/occupancy.h"
#include "core/staff/staff.h"
#include "core/tenant/company.h"

/* ---- what the service is made of ---- */

/* The team of the piece at that position; a new one when there is none. */
static size_t team_for(struct visit *v, const struct crew *k, size_t piece)
{
	for (size_t i = 0; i < piece && k->same_staff_as > 0; i++) {
		if (v->pieces[i].position == k->same_staff_as)
			return v->pieces[i].team;
	}
	v->teams[v->n_teams].segment_name = k->segment_name;
	v->teams[v->n_teams].first_piece = piece;
	return v->n_teams++;
}

static void add_piece(struct visit *v, const struct crew *k)
{
	struct piece *p = &v->pieces[v->n_pieces];

	p->segment_id = k->segment_id;
	p->position = k->position;
	p->part = (struct part){v->minutes, k->duration_minutes, 0, 0};
	p->team = team_for(v, k, v->n_pieces);
	v->minutes += k->duration_minutes + k->processing_minutes;
	v->n_pieces++;
}

static int add_pieces(struct ctx *c, struct visit *v, const struct rows *crew)
{
	const struct crew *k = crew->p;

	for (size_t i = 0; i < crew->n; i++) {
		if (i > 0 && k[i].position == k[i - 1].position)
			continue;
		if (v->n_pieces == VISIT_PARTS_MAX)
			return err_field(
				c, "service_id", "has more than %d segments", VISIT_PARTS_MAX);
		add_piece(v, &k[i]);
	}
	if (v->n_pieces == 0)
		return err_field(c, "service_id", "has no segments yet");
	v->pieces[0].part.before = v->service.buffer_before_minutes;
	v->pieces[v->n_pieces - 1].part.after = v->service.buffer_after_minutes;
	for (size_t i = 0; i < v->n_pieces; i++) {
		struct part *p = &v->pieces[i].part;
		struct team *t = &v->teams[v->pieces[i].team];

		if (p->before + p->length + p->after > MINUTES_A_DAY)
			return err_field(c, "service_id", "has a segment longer than a day");
		t->parts[t->n_parts++] = *p;
	}
	return 0;
}

/* ---- who can do it ---- */

static size_t branch_number(const struct visit *v, const char *branch_id)
{
	size_t next = 0;

	for (size_t i = 0; i < v->n_people; i++) {
		if (strcmp(v->people[i].branch_id, branch_id) == 0)
			return v->people[i].branch;
		if (v->people[i].branch >= next)
			next = v->people[i].branch + 1;
	}
	return next;
}

static struct person *person_of(struct visit *v, const struct crew *k)
{
	struct person p = {.id = k->staff_id,
		.name = k->staff_name,
		.resource_id = k->resource_id,
		.branch_id = k->branch_id,
		.time_zone = k->time_zone,
		.position = k->staff_position};

	for (size_t i = 0; i < v->n_people; i++) {
		if (strcmp(v->people[i].id, k->staff_id) == 0)
			return &v->people[i];
	}
	p.branch = branch_number(v, k->branch_id);
	v->people[v->n_people] = p;
	return &v->people[v->n_people++];
}

static void add_member(struct visit *v, size_t team, const struct crew *k, const char *staff_id)
{
	struct team *t = &v->teams[team];
	struct member *m = &t->members[t->n++];

	m->who = person_of(v, k);
	if (v->wished == NULL && staff_id != NULL && strcasecmp(staff_id, k->staff_id) == 0) {
		v->wished = m->who;
		v->wished_team = team;
	}
}

static void add_members(
	struct ctx *c, struct visit *v, const struct rows *crew, const char *staff_id)
{
	const struct crew *k = crew->p;
	size_t piece = 0;

	v->people = mem_alloc(c->mem, (crew->n + 1) * sizeof(*v->people));
	for (size_t i = 0; i < v->n_teams; i++)
		v->teams[i].members = mem_alloc(c->mem, crew->n * sizeof(struct member));
	for (size_t i = 0; i < crew->n; i++) {
		while (v->pieces[piece].position != k[i].position)
			piece++;
		/* the later pieces of a team are done by whoever did its first */
		if (v->teams[v->pieces[piece].team].first_piece != piece)
			continue;
		if (k[i].staff_id == NULL)
			continue;
		if (v->branch_id != NULL && strcasecmp(v->branch_id, k[i].branch_id) != 0)
			continue;
		add_member(v, v->pieces[piece].team, &k[i], staff_id);
	}
}

/* Who is wished, and with that the branch when none was named. */
static int find_wished(
	struct ctx *c, struct visit *v, const struct rows *crew, const char *staff_id)
{
	const struct crew *k = crew->p;
	const char *branch_id = NULL;
	struct staff s;

	for (size_t i = 0; i < crew->n && branch_id == NULL; i++) {
		if (k[i].staff_id == NULL || strcasecmp(k[i].staff_id, staff_id) != 0)
			continue;
		v->wished_name = k[i].staff_name;
		branch_id = k[i].branch_id;
	}
	if (branch_id == NULL) {
		if (staff_get(c, staff_id, &s) < 0)
			return err_take(c, E_NOT_FOUND) ? err_field(c, "staff_id", "is not known")
							: -1;
		v->wished_name = s.name;
		branch_id = s.branch_id;
	}
	if (v->branch_id == NULL)
		v->branch_id = branch_id;
	return 0;
}

/* The zone where nobody can do it: of the branch, else the company's. */
static int empty_zone(struct ctx *c, struct visit *v)
{
	struct branch b;
	struct company co;

	if (v->branch_id == NULL) {
		if (company_current(c, &co) < 0)
			return -1;
		v->time_zone = co.time_zone;
		return 0;
	}
	if (branch_get(c, v->branch_id, &b) < 0)
		return err_take(c, E_NOT_FOUND) ? err_field(c, "branch_id", "is not known") : -1;
	v->time_zone = b.time_zone;
	return 0;
}

static int find_zone(struct ctx *c, struct visit *v)
{
	for (size_t i = 0; i < v->n_people; i++) {
		const char *zone = v->people[i].time_zone;

		if (v->time_zone != NULL && strcmp(v->time_zone, zone) != 0)
			return err_field(c, "branch_id",
				"is needed: the branches that offer this lie in several time "
				"zones");
		v->time_zone = zone;
	}
	if (v->time_zone == NULL && empty_zone(c, v) < 0)
		return -1;
	v->tz = tz_find(v->time_zone);
	if (v->tz != NULL)
		return 0;
	log_line("booking", "unknown_zone", v->time_zone, "request", c->request_id, NULL);
	return err_set(c, E_INTERNAL, NULL);
}

int visit_load(struct ctx *c, const char *service_id, const char *staff_id, const char *branch_id,
	struct visit *v)
{
	struct rows crew;
	int rc;

	memset(v, 0, sizeof(*v));
	v->branch_id = branch_id;
	if (service_id == NULL)
		return err_field(c, "service_id", "is required");
	rc = service_find(c, service_id, &v->service);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_field(c, "service_id", "is not known");
	if (!v->service.is_active)
		return err_field(c, "service_id", "is not offered any more");
	if (service_crew(c, service_id, &crew) < 0 || add_pieces(c, v, &crew) < 0)
		return -1;
	if (staff_id != NULL && find_wished(c, v, &crew, staff_id) < 0)
		return -1;
	add_members(c, v, &crew, staff_id);
	return find_zone(c, v);
}

int visit_insist(struct ctx *c, struct visit *v)
{
	struct team *t = &v->teams[v->wished_team];

	if (v->wished_name == NULL)
		return 0;
	if (v->wished == NULL)
		return err_field(
			c, "staff_id", "%s does not do %s there", v->wished_name, v->service.name);
	for (size_t i = 0; i < t->n; i++) {
		if (t->members[i].who == v->wished)
			t->members[0] = t->members[i];
	}
	t->n = 1;
	return 0;
}

/* ---- when they work ---- */

static bool is_day(const struct local_day *d, const struct working_hours *h)
{
	return day_weekday(d->day) == h->weekday;
}

/* All spans of a person's rows on the days, and on the one after them: a
 * visit may run past midnight. */
static struct spans hours_of(
	struct ctx *c, const struct visit *v, const struct working_hours *h, size_t n)
{
	struct span *p = mem_alloc(c->mem, ((v->n_days + 1) * n + 1) * sizeof(*p));
	size_t k = 0;

	for (size_t d = 0; d <= v->n_days; d++) {
		for (size_t i = 0; i < n; i++) {
			if (is_day(&v->days[d], &h[i]))
				p[k++] = local_span(
					v->tz, &v->days[d], h[i].start_minute, h[i].end_minute);
		}
	}
	return spans_normal(c->mem, p, k);
}

/* The only person who counts, after visit_insist(); NULL: several do. */
static const char *only_one(const struct visit *v)
{
	return v->n_teams == 1 && v->teams[0].n == 1 ? v->teams[0].members[0].who->id : NULL;
}

int visit_read_hours(struct ctx *c, struct visit *v, day_t from, day_t to)
{
	struct rows rows;
	const struct working_hours *h;

	v->n_days = (size_t)(to.n - from.n + 1);
	v->days = mem_alloc(c->mem, (v->n_days + 1) * sizeof(*v->days));
	for (size_t i = 0; i <= v->n_days; i++)
		v->days[i] = local_day(v->tz, (day_t){from.n + (int32_t)i});
	if (service_hours(c, v->service.id, only_one(v), &rows) < 0)
		return -1;
	h = rows.p;
	for (size_t i = 0, n; i < rows.n; i += n) {
		for (n = 1; i + n < rows.n && strcmp(h[i].staff_id, h[i + n].staff_id) == 0;)
			n++;
		for (size_t k = 0; k < v->n_people; k++) {
			if (strcmp(v->people[k].id, h[i].staff_id) == 0)
				v->people[k].hours = hours_of(c, v, &h[i], n);
		}
	}
	return 0;
}

/* ---- when they are busy ---- */

static int64_t floor_minute(ts_t t)
{
	return t.ms / 60000;
}

static int64_t ceil_minute(ts_t t)
{
	return (t.ms + 59999) / 60000;
}

static void person_add_busy(struct ctx *c, struct person *who, const struct taken *o, size_t n)
{
	struct span *p = mem_alloc(c->mem, (who->busy.n + n) * sizeof(*p));
	size_t k = who->busy.n;

	if (k > 0)
		memcpy(p, who->busy.p, k * sizeof(*p));
	for (size_t i = 0; i < n; i++)
		p[k++] = (struct span){floor_minute(o[i].starts_at), ceil_minute(o[i].ends_at)};
	who->busy = spans_normal(c->mem, p, k);
}

static void find_starts(struct ctx *c, struct visit *v)
{
	for (size_t i = 0; i < v->n_teams; i++) {
		struct team *t = &v->teams[i];

		for (size_t k = 0; k < t->n; k++) {
			struct member *m = &t->members[k];

			m->starts = calendar_starts(
				c->mem, m->who->hours, m->who->busy, t->parts, t->n_parts);
			m->at = 0;
		}
	}
}

void visit_add_busy(struct ctx *c, struct visit *v, const struct rows *taken)
{
	const struct taken *o = taken->p;

	for (size_t i = 0, n; i < taken->n; i += n) {
		for (n = 1;
			i + n < taken->n && strcmp(o[i].resource_id, o[i + n].resource_id) == 0;)
			n++;
		for (size_t k = 0; k < v->n_people; k++) {
			if (strcmp(v->people[k].resource_id, o[i].resource_id) == 0)
				person_add_busy(c, &v->people[k], &o[i], n);
		}
	}
	find_starts(c, v);
}

int visit_read_busy(struct ctx *c, struct visit *v)
{
	struct texts ids = {mem_alloc(c->mem, (v->n_people + 1) * sizeof(char *)), 0};
	const struct local_day *first = &v->days[0], *last = &v->days[v->n_days - 1];
	struct rows taken;

	for (size_t i = 0; i < v->n_teams; i++) {
		for (size_t k = 0; k < v->teams[i].n; k++)
			v->teams[i].members[k].who->counts = true;
	}
	for (size_t i = 0; i < v->n_people; i++) {
		if (v->people[i].counts)
			ids.p[ids.n++] = v->people[i].resource_id;
	}
	if (occupancy_between(c, &ids, minute_ts(first->begins - v->service.buffer_before_minutes),
		    minute_ts(last->ends + v->minutes + v->service.buffer_after_minutes),
		    &taken) < 0)
		return -1;
	visit_add_busy(c, v, &taken);
	return 0;
}

/* ---- questions ---- */

static int by_load(const void *a, const void *b)
{
	const struct person *x = ((const struct member *)a)->who;
	const struct person *y = ((const struct member *)b)->who;

	if (x->load != y->load)
		return x->load < y->load ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return strcmp(x->id, y->id);
}

void visit_rank(struct visit *v, const struct local_day *day)
{
	struct span whole = {day->begins, day->ends};

	for (size_t i = 0; i < v->n_people; i++)
		v->people[i].load = spans_minutes(v->people[i].busy, whole);
	for (size_t i = 0; i < v->n_teams; i++)
		qsort(v->teams[i].members, v->teams[i].n, sizeof(struct member), by_load);
}

static bool member_can(struct member *m, int64_t start)
{
	const struct spans *s = &m->starts;

	if (m->at > 0 && start < s->p[m->at - 1].to)
		m->at = 0;
	while (m->at < s->n && s->p[m->at].to <= start)
		m->at++;
	return m->at < s->n && s->p[m->at].from <= start;
}

/* The first of a team who can, in that branch. */
static struct member *first_in(struct team *t, size_t branch, int64_t start)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->members[i].who->branch == branch && member_can(&t->members[i], start))
			return &t->members[i];
	}
	return NULL;
}

bool visit_can(struct visit *v, size_t team, struct member *m, int64_t start)
{
	if (!member_can(m, start))
		return false;
	for (size_t i = 0; i < v->n_teams; i++) {
		if (i != team && first_in(&v->teams[i], m->who->branch, start) == NULL)
			return false;
	}
	return true;
}

void visit_choose(struct visit *v, size_t team, struct member *m, int64_t start,
	struct member *chosen[VISIT_PARTS_MAX])
{
	for (size_t i = 0; i < v->n_teams; i++)
		chosen[i] = i == team ? m : first_in(&v->teams[i], m->who->branch, start);
}

struct member *visit_best(struct visit *v, size_t team, int64_t start)
{
	struct team *t = &v->teams[team];

	for (size_t i = 0; i < t->n; i++) {
		if (visit_can(v, team, &t->members[i], start))
			return &t->members[i];
	}
	return NULL;
}

struct span piece_span(const struct visit *v, size_t i, int64_t start)
{
	const struct part *p = &v->pieces[i].part;
	int64_t from = start + p->offset;

	return (struct span){from - p->before, from + p->length + p->after};
}
