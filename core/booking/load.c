#include "core/booking/load.h"
#include "core/base/log.h"
#include "core/booking/known.h"
#include "core/booking/occupancy.h"
#include "core/booking/remembered.h"
#include "core/booking/rules.h"
#include "core/staff/staff.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

/* ---- what is read only once while it stays the same ---- */

static int read_service(struct ctx *c, struct known *k, const char *id, struct service *out)
{
	struct rows rows;
	int rc;

	if (known_find(k, KNOWN_SERVICE, id, &rows)) {
		*out = *(const struct service *)rows.p;
		return 1;
	}
	rc = service_find(c, id, out);
	if (rc == 1)
		known_learn(k, KNOWN_SERVICE, id, &SERVICE, &(struct rows){out, 1});
	return rc;
}

/* Whose turn it is changes with each booking. */
static int read_crew(struct ctx *c, struct visit *v, struct rows *out)
{
	bool by_turns = v->service.staff_choice == STAFF_CHOICE_ROUND_ROBIN;

	if (!by_turns && known_find(v->known, KNOWN_CREW, v->service.id, out))
		return 0;
	if (service_crew(c, v->service.id, out) < 0)
		return -1;
	if (!by_turns)
		known_learn(v->known, KNOWN_CREW, v->service.id, &CREW, out);
	return 0;
}

static int read_add_ons(struct ctx *c, struct visit *v, struct rows *out)
{
	if (known_find(v->known, KNOWN_ADD_ONS, v->service.id, out))
		return 0;
	if (service_add_ons(c, v->service.id, out) < 0)
		return -1;
	known_learn(v->known, KNOWN_ADD_ONS, v->service.id, &ADD_ON, out);
	return 0;
}

static int read_needs(struct ctx *c, struct visit *v, struct rows *out)
{
	if (known_find(v->known, KNOWN_NEEDS, v->service.id, out))
		return 0;
	if (service_needs(c, v->service.id, out) < 0)
		return -1;
	known_learn(v->known, KNOWN_NEEDS, v->service.id, &SERVICE_NEED, out);
	return 0;
}

int visit_company(struct ctx *c, struct visit *v, struct company *out)
{
	struct rows rows;

	if (known_find(v->known, KNOWN_COMPANY, NULL, &rows)) {
		*out = *(const struct company *)rows.p;
		return 0;
	}
	if (company_current(c, out) < 0)
		return -1;
	known_learn(v->known, KNOWN_COMPANY, NULL, &COMPANY, &(struct rows){out, 1});
	return known_keep(v->known);
}

/* ---- what the service is made of ---- */

/* The team of the piece at that position; a new one when there is none. */
static size_t team_for(struct visit *v, const struct crew *k, size_t piece)
{
	for (size_t i = 0; i < piece && k->same_staff_as > 0; i++) {
		if (v->pieces[i].position == k->same_staff_as)
			return v->pieces[i].team;
	}
	v->teams[v->n_teams].name = k->segment_name;
	v->teams[v->n_teams].first_piece = piece;
	return v->n_teams++;
}

static void add_piece(struct visit *v, const struct crew *k)
{
	struct piece *p = &v->pieces[v->n_pieces];

	p->segment_id = k->segment_id;
	p->name = k->segment_name;
	p->position = k->position;
	p->minutes = k->duration_minutes;
	p->processing = k->processing_minutes;
	p->team = team_for(v, k, v->n_pieces);
	p->of_team = v->teams[p->team].n_pieces++;
	v->n_pieces++;
}

static int add_pieces(struct ctx *c, struct visit *v, const struct rows *crew)
{
	const struct crew *k = crew->p;

	for (size_t i = 0; i < crew->n; i++) {
		if (i > 0 && k[i].position == k[i - 1].position)
			continue;
		if (v->n_pieces == VISIT_PIECES_MAX)
			return err_field(
				c, "service_id", "has more than %d segments", VISIT_PIECES_MAX);
		add_piece(v, &k[i]);
	}
	if (v->n_pieces == 0)
		return err_field(c, "service_id", "has no segments yet");
	v->pieces[0].before = v->service.buffer_before_minutes;
	v->pieces[v->n_pieces - 1].after = v->service.buffer_after_minutes;
	return 0;
}

static const struct add_on *find_add_on(const struct rows *all, const char *id)
{
	const struct add_on *a = all->p;

	for (size_t i = 0; i < all->n; i++) {
		if (strcasecmp(a[i].id, id) == 0)
			return &a[i];
	}
	return NULL;
}

/* The wished ones stay in the service. */
static int add_add_ons(struct ctx *c, struct visit *v, const struct texts *ids)
{
	struct rows all;
	struct add_on *mine;
	size_t n = 0;

	if (ids == NULL || ids->n == 0)
		return 0;
	if (read_add_ons(c, v, &all) < 0)
		return -1;
	mine = mem_alloc(c->mem, ids->n * sizeof(*mine));
	for (size_t i = 0; i < ids->n; i++) {
		const struct add_on *a = find_add_on(&all, ids->p[i]);

		if (a == NULL)
			return err_field(c, "add_on_ids", "%s is no add-on of %s", ids->p[i],
				v->service.name);
		for (size_t k = 0; k < n; k++) {
			if (strcmp(mine[k].id, a->id) == 0)
				return err_field(c, "add_on_ids", "%s is in it twice", a->name);
		}
		mine[n++] = *a;
		v->pieces[v->n_pieces - 1].minutes += a->duration_minutes;
		v->added_minutes += a->duration_minutes;
		v->added_cents += a->price_cents;
	}
	v->service.add_ons = (struct rows){mine, n};
	return 0;
}

static int check_lengths(struct ctx *c, const struct visit *v)
{
	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];

		if (p->before + p->minutes + p->processing + p->after > MINUTES_A_DAY)
			return err_field(c, "service_id", "has a segment longer than a day");
	}
	return 0;
}

/* ---- who can do it ---- */

static size_t branch_number(struct visit *v, const char *branch_id)
{
	for (size_t i = 0; i < v->n_people; i++) {
		if (strcmp(v->people[i].branch_id, branch_id) == 0)
			return v->people[i].branch;
	}
	for (size_t i = 0; i < v->n_rooms; i++) {
		if (strcmp(v->rooms[i].branch_id, branch_id) == 0)
			return v->rooms[i].branch;
	}
	return v->n_branches++;
}

/* The staff member in that branch. */
static struct person *person_of(struct visit *v, const struct crew *k)
{
	struct person p = {.id = k->staff_id,
		.name = k->staff_name,
		.resource_id = k->resource_id,
		.branch_id = k->branch_id,
		.time_zone = k->time_zone,
		.position = k->staff_position,
		.chosen_at = k->chosen_at,
		.number = v->n_people};

	for (size_t i = 0; i < v->n_people; i++) {
		if (strcmp(v->people[i].id, k->staff_id) != 0)
			continue;
		if (strcmp(v->people[i].branch_id, k->branch_id) == 0)
			return &v->people[i];
		p.number = v->people[i].number;
	}
	p.branch = branch_number(v, k->branch_id);
	v->people[v->n_people] = p;
	return &v->people[v->n_people++];
}

static int64_t minutes_of(const struct visit *v, size_t piece, const struct crew *k)
{
	int64_t added = piece == v->n_pieces - 1 ? v->added_minutes : 0;

	return k->own_minutes > 0 ? k->own_minutes + added : v->pieces[piece].minutes;
}

static struct member *new_member(struct ctx *c, struct visit *v, size_t team, const struct crew *k)
{
	struct team *t = &v->teams[team];
	struct member *m = mem_alloc(c->mem, sizeof(*m));

	m->who = person_of(v, k);
	m->price_cents = k->has_own_price ? k->own_price_cents : v->service.price_cents;
	for (size_t i = 0; i < v->n_pieces; i++) {
		if (v->pieces[i].team == team)
			m->minutes[v->pieces[i].of_team] = v->pieces[i].minutes;
	}
	t->members[t->n++] = m;
	return m;
}

/* How long a later piece takes whoever does it; qualified or not, it is done
 * by whoever did the first of the team. */
static void set_own_minutes(struct visit *v, size_t piece, const struct crew *k)
{
	struct team *t = &v->teams[v->pieces[piece].team];

	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->members[i]->who->id, k->staff_id) == 0)
			t->members[i]->minutes[v->pieces[piece].of_team] = minutes_of(v, piece, k);
	}
}

static bool is_wished_branch(
	const struct crew *k, size_t n, const char *staff_id, const char *branch_id)
{
	for (size_t i = 0; i < n; i++) {
		if (k[i].staff_id != NULL && strcasecmp(k[i].staff_id, staff_id) == 0 &&
			strcmp(k[i].branch_id, branch_id) == 0)
			return true;
	}
	return false;
}

static void add_members(
	struct ctx *c, struct visit *v, const struct rows *crew, const char *staff_id)
{
	const struct crew *k = crew->p;
	size_t piece = 0;

	v->people = mem_alloc(c->mem, (crew->n + 1) * sizeof(*v->people));
	for (size_t i = 0; i < v->n_teams; i++)
		v->teams[i].members = mem_alloc(c->mem, (crew->n + 1) * sizeof(void *));
	for (size_t i = 0; i < crew->n; i++) {
		while (v->pieces[piece].position != k[i].position)
			piece++;
		size_t team = v->pieces[piece].team;

		if (k[i].staff_id == NULL)
			continue;
		if (v->branch_id != NULL && strcasecmp(v->branch_id, k[i].branch_id) != 0)
			continue;
		if (v->wished_branches && !is_wished_branch(k, crew->n, staff_id, k[i].branch_id))
			continue;
		if (v->teams[team].first_piece == piece) {
			struct member *m = new_member(c, v, team, &k[i]);

			if (v->wished_id == NULL && staff_id != NULL &&
				strcasecmp(staff_id, m->who->id) == 0) {
				v->wished_id = m->who->id;
				v->wished_team = team;
			}
		}
		set_own_minutes(v, piece, &k[i]);
	}
}

/* Who is wished, and with that the branches when none was named. */
static int find_wished(
	struct ctx *c, struct visit *v, const struct rows *crew, const char *staff_id)
{
	const struct crew *k = crew->p;
	struct staff s;

	for (size_t i = 0; i < crew->n; i++) {
		if (k[i].staff_id == NULL || strcasecmp(k[i].staff_id, staff_id) != 0)
			continue;
		v->wished_name = k[i].staff_name;
		v->wished_branches = v->branch_id == NULL;
		return 0;
	}
	if (staff_get(c, staff_id, &s) < 0)
		return err_take(c, E_NOT_FOUND) ? err_field(c, "staff_id", "is not known") : -1;
	v->wished_name = s.name;
	if (v->branch_id == NULL)
		v->branch_id = s.branch_id;
	return 0;
}

/* The zone where nobody can do it: of the branch, else the company's. */
static int empty_zone(struct ctx *c, struct visit *v)
{
	struct branch b;
	struct company co;

	if (v->branch_id == NULL) {
		if (visit_company(c, v, &co) < 0)
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

/* ---- what it needs beside staff ---- */

static struct room *room_of(struct ctx *c, struct visit *v, const struct service_need *n)
{
	struct room r = {.id = n->resource_id,
		.name = n->name,
		.branch_id = n->branch_id,
		.capacity = n->capacity};

	for (size_t i = 0; i < v->n_rooms; i++) {
		if (strcmp(v->rooms[i].id, r.id) == 0)
			return &v->rooms[i];
	}
	r.branch = branch_number(v, n->branch_id);
	r.lanes = mem_alloc(c->mem, (size_t)r.capacity * sizeof(*r.lanes));
	v->rooms[v->n_rooms] = r;
	return &v->rooms[v->n_rooms++];
}

static struct need *need_of(
	struct ctx *c, struct piece *p, const struct service_need *n, size_t max)
{
	for (size_t i = 0; i < p->n_needs; i++) {
		if (p->needs[i].requirement == n->requirement)
			return &p->needs[i];
	}
	if (p->n_needs == VISIT_NEEDS_MAX)
		return NULL;
	struct need *k = &p->needs[p->n_needs++];

	k->requirement = n->requirement;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
	k->rooms = mem_alloc(c->mem, max * sizeof(*k->rooms));
	return k;
}

static int add_needs(struct ctx *c, struct visit *v)
{
	struct rows rows;

	if (!v->service.has_needs)
		return 0;
	if (read_needs(c, v, &rows) < 0)
		return -1;
	v->rooms = mem_alloc(c->mem, (rows.n + 1) * sizeof(*v->rooms));
	for (size_t i = 0; i < rows.n; i++) {
		const struct service_need *n = &((struct service_need *)rows.p)[i];

		for (size_t k = 0; k < v->n_pieces; k++) {
			if (v->pieces[k].position != n->position)
				continue;
			struct need *need = need_of(c, &v->pieces[k], n, rows.n);

			if (need == NULL)
				return err_field(c, "service_id",
					"has a segment with more than %d requirements",
					VISIT_NEEDS_MAX);
			if (n->resource_id != NULL)
				need->rooms[need->n++] = room_of(c, v, n);
		}
	}
	return 0;
}

int visit_load(struct ctx *c, const char *service_id, const char *staff_id, const char *branch_id,
	const struct texts *add_on_ids, struct visit *v)
{
	struct rows crew;
	int rc;

	memset(v, 0, sizeof(*v));
	v->branch_id = branch_id;
	if (service_id == NULL)
		return err_field(c, "service_id", "is required");
	if (known_begin(c, &v->known) < 0)
		return -1;
	rc = read_service(c, v->known, service_id, &v->service);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_field(c, "service_id", "is not known");
	if (!v->service.is_active)
		return err_field(c, "service_id", "is not offered any more");
	if (read_crew(c, v, &crew) < 0 || add_pieces(c, v, &crew) < 0)
		return -1;
	if (add_add_ons(c, v, add_on_ids) < 0 || check_lengths(c, v) < 0)
		return -1;
	if (staff_id != NULL && find_wished(c, v, &crew, staff_id) < 0)
		return -1;
	add_members(c, v, &crew, staff_id);
	return find_zone(c, v) < 0 || add_needs(c, v) < 0 ? -1 : 0;
}

int visit_insist(struct ctx *c, struct visit *v)
{
	struct team *t = &v->teams[v->wished_team];
	size_t n = 0;

	if (v->wished_name == NULL)
		return 0;
	if (v->wished_id == NULL)
		return err_field(
			c, "staff_id", "%s does not do %s there", v->wished_name, v->service.name);
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->members[i]->who->id, v->wished_id) == 0)
			t->members[n++] = t->members[i];
	}
	t->n = n;
	return 0;
}

/* ---- when they work, and what is taken ---- */

/* The only person who counts, after visit_insist(); NULL: several do. */
static const char *only_one(const struct visit *v)
{
	return v->n_teams == 1 && v->teams[0].n == 1 ? v->teams[0].members[0]->who->id : NULL;
}

/* The resources that count, once each. */
static struct texts resources(struct ctx *c, const struct visit *v)
{
	struct texts ids = {NULL, 0};
	size_t n = v->n_rooms + 1;

	for (size_t i = 0; i < v->n_teams; i++)
		n += v->teams[i].n;
	ids.p = mem_alloc(c->mem, n * sizeof(char *));
	for (size_t i = 0; i < v->n_teams; i++) {
		for (size_t k = 0; k < v->teams[i].n; k++) {
			const char *id = v->teams[i].members[k]->who->resource_id;

			if ((v->n_teams == 1 && v->n_branches == 1) || !texts_have(&ids, id))
				ids.p[ids.n++] = id;
		}
	}
	for (size_t i = 0; i < v->n_rooms; i++)
		ids.p[ids.n++] = v->rooms[i].id;
	return ids;
}

int visit_read(struct ctx *c, struct visit *v, day_t from, day_t to, enum detail d)
{
	const struct hours *h = &v->hours;
	struct texts ids = resources(c, v);
	struct rows rules, taken;
	int rc;
	bool lanes = v->n_rooms > 0 || v->service.capacity > 1;

	visit_days(c->mem, v, from, to);
	const struct local_day *first = &h->days[0], *last = &h->days[v->n_days - 1];

	struct rules_window w = {first->day, h->days[h->n_days - 1].day, only_one(v)};

	if (rules_of_service(c, v->known, v->service.id, &w, &rules) < 0 ||
		known_keep(v->known) < 0)
		return -1;
	visit_rules(c->mem, v, &rules);
	ts_t begin = minute_ts(first->begins - v->service.buffer_before_minutes);
	ts_t end = minute_ts(last->ends + visit_minutes(v) + v->service.buffer_after_minutes);

	if (d == DETAIL_OWNERS || v->instead_of != NULL || lanes)
		rc = occupancy_between(c, &ids, begin, end, true, &taken);
	else
		rc = occupancy_remembered(c, &ids, begin, end, &taken);
	if (rc < 0)
		return -1;
	visit_taken(c->mem, v, &taken);
	return 0;
}

/* Another visit of the customer. */
struct engagement {
	const char *id;
	ts_t starts_at;
	ts_t ends_at;
};

static const struct field ENGAGEMENT_FIELDS[] = {
	ID(engagement, id, JOINED),
	TIME(engagement, starts_at, JOINED),
	TIME(engagement, ends_at, JOINED),
};
static const struct table ENGAGEMENT = TABLE(engagement, "appointment", ENGAGEMENT_FIELDS);

int visit_read_customer(struct ctx *c, struct visit *v, const char *customer_id)
{
	const struct local_day *first = &v->hours.days[0];
	const struct local_day *last = &v->hours.days[v->hours.n_days - 1];
	struct rows rows;
	struct span *p;
	size_t n = 0;

	/* a visit lasts a few days at most: the index begins with its start */
	if (db_rows(c, &ENGAGEMENT, &rows,
		    "SELECT id, starts_at, ends_at FROM appointment WHERE customer_id = ? "
		    "AND starts_at > ? AND starts_at < ? AND ends_at > ? "
		    "AND status IN ('scheduled', 'confirmed', 'in_progress', 'needs_attention')",
		    customer_id, minute_ts(first->begins - VISIT_PIECES_MAX * MINUTES_A_DAY),
		    minute_ts(last->ends), minute_ts(first->begins)) < 0)
		return -1;
	const struct engagement *e = rows.p;

	p = mem_alloc(c->mem, (rows.n + 1) * sizeof(*p));
	for (size_t i = 0; i < rows.n; i++) {
		if (v->instead_of == NULL || strcasecmp(e[i].id, v->instead_of) != 0)
			p[n++] = (struct span){e[i].starts_at.ms / MS_A_MINUTE,
				(e[i].ends_at.ms + MS_A_MINUTE - 1) / MS_A_MINUTE};
	}
	v->customer = spans_normal(c->mem, p, n);
	return 0;
}
