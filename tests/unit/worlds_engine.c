#include "tests/unit/worlds_engine.h"

#define SERVICE_ID "service"

static const char *id_of(struct arena *mem, char kind, int number)
{
	return mem_printf(mem, "%c%d", kind, number);
}

int engine_number(const char *id)
{
	return id[1] - '0';
}

/* ---- the service ---- */

static void load_service(const struct world *w, struct visit *v)
{
	static const enum staff_choice CHOICE[] = {
		[CHOICE_LEAST_LOADED] = STAFF_CHOICE_LEAST_LOADED,
		[CHOICE_LONGEST_IDLE] = STAFF_CHOICE_LONGEST_IDLE,
		[CHOICE_ROUND_ROBIN] = STAFF_CHOICE_ROUND_ROBIN,
		[CHOICE_USUAL] = STAFF_CHOICE_USUAL,
	};

	v->service = (struct service){.id = SERVICE_ID,
		.buffer_before_minutes = w->before,
		.buffer_after_minutes = w->after,
		.grid_minutes = w->grid,
		.notice_minutes = w->notice,
		.horizon_days = w->horizon,
		.capacity = w->capacity,
		.staff_choice = CHOICE[w->choice]};
	v->time_zone = w->zone;
	v->tz = tz_find(w->zone);
	v->added_minutes = w->added;
	v->n_branches = (size_t)w->branches;
}

static void load_pieces(const struct world *w, struct visit *v)
{
	v->n_pieces = (size_t)w->segments;
	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct world_segment *g = &w->segment[i];
		struct piece *p = &v->pieces[i];

		p->position = (int64_t)i + 1;
		p->minutes = g->minutes + (i == v->n_pieces - 1 ? w->added : 0);
		p->processing = g->processing;
		p->team = g->same_as == NOBODY ? v->n_teams : v->pieces[g->same_as].team;
		if (g->same_as == NOBODY)
			v->teams[v->n_teams++].first_piece = i;
		p->of_team = v->teams[p->team].n_pieces++;
	}
	v->pieces[0].before = w->before;
	v->pieces[v->n_pieces - 1].after = w->after;
}

/* ---- people ---- */

static void load_people(struct arena *mem, const struct world *w, struct visit *v)
{
	v->people = mem_alloc(mem, (size_t)(w->staff * w->branches) * sizeof(*v->people));
	for (int s = 0; s < w->staff; s++) {
		for (int b = 0; b < w->branches; b++) {
			struct person *p = &v->people[v->n_people++];

			p->id = p->name = p->resource_id = id_of(mem, 's', s);
			p->branch_id = id_of(mem, 'b', b);
			p->time_zone = w->zone;
			p->position = s;
			p->chosen_at.ms = w->chosen_at[s];
			p->visits = w->visits[s];
			p->branch = (size_t)b;
			p->number = (size_t)s;
		}
	}
}

static const struct world_skill *skill_of(const struct world *w, size_t segment, int staff)
{
	for (int i = 0; i < w->skills; i++) {
		if (w->skill[i].segment == (int)segment && w->skill[i].staff == staff)
			return &w->skill[i];
	}
	return NULL;
}

static bool counts(
	const struct world *w, const struct visit *v, size_t team, const struct person *p)
{
	int staff = engine_number(p->id);

	if (w->wished_branch != ANYWHERE && w->wished_branch != (int)p->branch)
		return false;
	if (v->wished_id != NULL && team == v->wished_team && staff != w->wished)
		return false;
	return skill_of(w, v->teams[team].first_piece, staff) != NULL;
}

static struct member *new_member(struct arena *mem, const struct world *w, const struct visit *v,
	size_t team, struct person *p)
{
	struct member *m = mem_alloc(mem, sizeof(*m));

	m->who = p;
	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *g = &v->pieces[i];
		const struct world_skill *k = skill_of(w, i, engine_number(p->id));

		if (g->team != team)
			continue;
		m->minutes[g->of_team] = g->minutes;
		if (k != NULL && k->minutes > 0)
			m->minutes[g->of_team] = k->minutes + (i == v->n_pieces - 1 ? w->added : 0);
	}
	return m;
}

static void load_wish(struct arena *mem, const struct world *w, struct visit *v)
{
	int segment = model_offered_team(w);

	if (w->wished == NOBODY)
		return;
	v->wished_id = v->wished_name = id_of(mem, 's', w->wished);
	v->wished_team = v->pieces[segment].team;
}

static void load_teams(struct arena *mem, const struct world *w, struct visit *v)
{
	for (size_t t = 0; t < v->n_teams; t++) {
		v->teams[t].members = mem_alloc(mem, (v->n_people + 1) * sizeof(struct member *));
		for (size_t i = 0; i < v->n_people; i++) {
			struct person *p = &v->people[i];

			if (counts(w, v, t, p))
				v->teams[t].members[v->teams[t].n++] = new_member(mem, w, v, t, p);
		}
	}
}

/* ---- rooms ---- */

static void load_rooms(struct arena *mem, const struct world *w, struct visit *v)
{
	v->n_rooms = (size_t)w->rooms;
	v->rooms = mem_alloc(mem, (v->n_rooms + 1) * sizeof(*v->rooms));
	for (int i = 0; i < w->rooms; i++) {
		struct room *r = &v->rooms[i];

		r->id = r->name = id_of(mem, 'r', i);
		r->branch = (size_t)w->room[i].branch;
		r->branch_id = id_of(mem, 'b', w->room[i].branch);
		r->capacity = w->room[i].lanes;
		r->lanes = mem_alloc(mem, (size_t)r->capacity * sizeof(*r->lanes));
	}
}

static struct need *need_of(struct arena *mem, struct piece *p, int64_t requirement)
{
	for (size_t i = 0; i < p->n_needs; i++) {
		if (p->needs[i].requirement == requirement)
			return &p->needs[i];
	}
	struct need *n = &p->needs[p->n_needs++];

	n->requirement = requirement;
	n->rooms = mem_alloc(mem, WORLD_ROWS_MAX * sizeof(*n->rooms));
	return n;
}

/* By requirement, as the database gives them. */
static void load_needs(struct arena *mem, const struct world *w, struct visit *v)
{
	for (int q = 0; q < WORLD_REQUIREMENTS_MAX; q++) {
		for (int i = 0; i < w->needs; i++) {
			const struct world_need *d = &w->need[i];

			if (d->requirement != q)
				continue;
			struct need *n = need_of(mem, &v->pieces[d->segment], q);
			if (!w->room[d->room].inactive)
				n->rooms[n->n++] = &v->rooms[d->room];
		}
	}
}

/* ---- rules and what is taken ---- */

static const char *branch_id(struct arena *mem, int branch)
{
	return branch == ANYWHERE ? NULL : id_of(mem, 'b', branch);
}

static struct rows rules_of(struct arena *mem, const struct world *w)
{
	size_t max = (size_t)(w->hours + w->offs + w->closeds);
	struct hours_rule *all = mem_alloc(mem, (max + 1) * sizeof(*all)), *r = all;

	for (int i = 0; i < w->hours; i++) {
		const struct world_hours *h = &w->hour[i];

		*r++ = (struct hours_rule){.kind = RULE_HOURS,
			.staff_id = h->staff == NOBODY ? NULL : id_of(mem, 's', h->staff),
			.branch_id = branch_id(mem, h->branch),
			.weekday = h->weekday,
			.day = {h->weekday == 0 ? h->day : 0},
			.valid_from = {h->valid_from},
			.valid_to = {h->valid_to},
			.start_minute = h->from,
			.end_minute = h->to};
	}
	for (int i = 0; i < w->offs; i++)
		*r++ = (struct hours_rule){.kind = RULE_TIME_OFF,
			.staff_id = id_of(mem, 's', w->off[i].staff),
			.local_start = {w->off[i].from},
			.local_end = {w->off[i].to}};
	for (int i = 0; i < w->closeds; i++)
		*r++ = (struct hours_rule){.kind = RULE_CLOSED_DAY,
			.branch_id = branch_id(mem, w->closed[i].branch),
			.day = {w->closed[i].day}};
	return (struct rows){all, max};
}

static int by_resource(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;
	int order = strcmp(x->resource_id, y->resource_id);

	if (order != 0)
		return order;
	return (x->starts_at.ms > y->starts_at.ms) - (x->starts_at.ms < y->starts_at.ms);
}

static struct rows taken_of(struct arena *mem, const struct world *w)
{
	struct taken *all = mem_alloc(mem, (size_t)(w->busies + 1) * sizeof(*all));
	size_t n = 0;

	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		if (!b->expired) /* those are not read */
			all[n++] = (struct taken){
				.resource_id = id_of(mem, b->of_room ? 'r' : 's', b->who),
				.lane = b->lane,
				.starts_at = minute_ts(b->from),
				.ends_at = minute_ts(b->to),
				.class_of = b->seat ? SERVICE_ID : NULL};
	}
	qsort(all, n, sizeof(*all), by_resource);
	return (struct rows){all, n};
}

void engine_load(struct arena *mem, const struct world *w, struct visit *v)
{
	struct rows rules = rules_of(mem, w), taken = taken_of(mem, w);

	memset(v, 0, sizeof(*v));
	load_service(w, v);
	load_pieces(w, v);
	load_wish(mem, w, v);
	load_people(mem, w, v);
	load_teams(mem, w, v);
	load_rooms(mem, w, v);
	load_needs(mem, w, v);
	visit_days(mem, v, (day_t){w->first_day}, (day_t){w->first_day + w->days - 1});
	visit_rules(mem, v, &rules);
	visit_taken(mem, v, &taken);
}

void engine_slots(struct arena *mem, const struct world *w, struct visit *v, struct rows *out)
{
	engine_load(mem, w, v);
	visit_slots(mem, v, (ts_t){w->now_ms}, out);
}

size_t engine_claims(const struct plan *p, struct model_claim out[VISIT_CLAIMS_MAX])
{
	for (size_t i = 0; i < p->n_claims; i++) {
		const struct claim *c = &p->claims[i];

		out[i] = (struct model_claim){.of_room = c->resource_id[0] == 'r',
			.who = engine_number(c->resource_id),
			.lane = (int)c->lane,
			.from = c->span.from,
			.to = c->span.to,
			.seat = c->seat};
	}
	return p->n_claims;
}
