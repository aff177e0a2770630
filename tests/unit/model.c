#include "tests/unit/model_maps.h"

#define MARGIN (2 * MINUTES_A_DAY) /* around the range: zones, buffers, skipped days */

/* Seats of a class that lasts exactly so long: how many are taken, and which
 * is the lowest free one. Other rows in that time: -1. */
static int seats(const struct world *w, int staff, int64_t from, int64_t to, int *lowest)
{
	bool taken[WORLD_ROWS_MAX + 1] = {false};
	int n = 0;

	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		if (b->of_room || b->who != staff || b->expired || b->from >= to || b->to <= from)
			continue;
		if (!b->seat || b->from != from || b->to != to)
			return -1;
		taken[b->lane] = true;
		n++;
	}
	for (*lowest = 0; taken[*lowest];)
		++*lowest;
	return n;
}

/* ---- a visit ---- */

static int team_of(const struct world *w, int segment)
{
	int as = w->segment[segment].same_as;

	return as == NOBODY ? segment : team_of(w, as);
}

static const struct world_skill *skill_of(const struct world *w, int segment, int staff)
{
	for (int i = 0; i < w->skills; i++) {
		if (w->skill[i].segment == segment && w->skill[i].staff == staff)
			return &w->skill[i];
	}
	return NULL;
}

/* Able to make this choice. */
static bool is_able(const struct world *w, int team, int staff)
{
	return skill_of(w, team, staff) != NULL;
}

int model_offered_team(const struct world *w)
{
	for (int i = 0; w->wished != NOBODY && i < w->segments; i++) {
		if (team_of(w, i) == i && is_able(w, i, w->wished))
			return i;
	}
	return w->wished == NOBODY ? 0 : NOBODY;
}

struct attempt {
	int branch;
	int chosen[WORLD_SEGMENTS_MAX]; /* by team */
	int64_t end;
};

/* A segment that one person does from a given minute on. */
struct stretch {
	int segment, staff;
	int64_t hands, done, next; /* begins, hands off, next segment */
	int64_t from, hands_to;    /* of the person, buffers included */
	int64_t room_to;           /* of the rooms; they begin with the person */
};

static struct stretch stretch_of(const struct world *w, int segment, int staff, int64_t at)
{
	const struct world_segment *g = &w->segment[segment];
	const struct world_skill *k = skill_of(w, segment, staff);
	int own = k != NULL ? k->minutes : 0;
	bool last = segment == w->segments - 1;
	struct stretch s = {.segment = segment, .staff = staff, .hands = at};

	s.done = at + (own > 0 ? own : g->minutes) + (last ? w->added : 0);
	s.next = s.done + g->processing;
	s.from = at - (segment == 0 ? w->before : 0);
	s.hands_to = s.done + (last ? w->after : 0);
	s.room_to = s.next + (last ? w->after : 0);
	return s;
}

static bool is_needed(const struct world *w, int segment, int requirement)
{
	for (int i = 0; i < w->needs; i++) {
		if (w->need[i].segment == segment && w->need[i].requirement == requirement)
			return true;
	}
	return false;
}

static bool is_lane_free(const struct model *m, int room, int lane, const struct stretch *s)
{
	return is_all(m, m->lane[room][lane], 0, s->from, s->room_to);
}

/* Every way to give this requirement a lane, and then the next ones. */
static bool find_rooms(const struct model *m, int branch, const struct stretch *s, int requirement)
{
	const struct world *w = m->w;
	bool found = false;

	if (requirement == WORLD_REQUIREMENTS_MAX)
		return true;
	if (!is_needed(w, s->segment, requirement))
		return find_rooms(m, branch, s, requirement + 1);
	for (int i = 0; i < w->needs && !found; i++) {
		const struct world_need *d = &w->need[i];

		if (d->segment != s->segment || d->requirement != requirement ||
			w->room[d->room].branch != branch || w->room[d->room].inactive)
			continue;
		for (int l = 0; l < w->room[d->room].lanes && !found; l++) {
			if (!is_lane_free(m, d->room, l, s))
				continue;
			mark(m, m->lane[d->room][l], s->from, s->room_to);
			found = find_rooms(m, branch, s, requirement + 1);
			memset(m->lane[d->room][l] + (s->from - m->from), 0,
				(size_t)(s->room_to - s->from));
		}
	}
	return found;
}

static bool can_do(const struct model *m, int branch, const struct stretch *s)
{
	int sitting, lowest;

	if (!is_all(m, m->works[s->staff][branch], 1, s->hands, s->done))
		return false;
	if (m->w->capacity > 1) {
		sitting = seats(m->w, s->staff, s->from, s->hands_to, &lowest);
		if (sitting != 0)
			return sitting > 0 && sitting < m->w->capacity;
	}
	return is_all(m, m->busy[s->staff], 0, s->from, s->hands_to) && find_rooms(m, branch, s, 0);
}

/* Every choice for this segment, and then for the later ones. */
static bool find_people(const struct model *m, struct attempt *a, int segment, int64_t at)
{
	const struct world *w = m->w;
	int team, only;

	if (segment == w->segments) {
		a->end = at;
		return true;
	}
	team = team_of(w, segment);
	only = a->chosen[team];
	for (int s = 0; s < w->staff; s++) {
		if ((only != NOBODY && s != only) || !is_able(w, team, s))
			continue;
		struct stretch t = stretch_of(w, segment, s, at);
		if (!can_do(m, a->branch, &t))
			continue;
		a->chosen[team] = s;
		if (find_people(m, a, segment + 1, t.next))
			return true;
		a->chosen[team] = only;
	}
	return false;
}

static bool can_begin(const struct model *m, int64_t at, int team, int staff)
{
	for (int b = 0; b < m->w->branches; b++) {
		struct attempt a = {.branch = b};

		if (m->w->wished_branch != ANYWHERE && m->w->wished_branch != b)
			continue;
		for (int i = 0; i < WORLD_SEGMENTS_MAX; i++)
			a.chosen[i] = NOBODY;
		a.chosen[team] = staff;
		if (is_able(m->w, team, staff) && find_people(m, &a, 0, at))
			return true;
	}
	return false;
}

/* ---- slots ---- */

/* How good a choice somebody is: the smaller, the better. */
struct rank {
	bool opens; /* another class, where one has begun that can be joined */
	int64_t key, load;
	int staff;
};

static int64_t busy_minutes(const struct model *m, size_t at, int staff)
{
	size_t end = end_of(m, day_at(m, at));
	int64_t n = 0;

	for (size_t i = begin_of(m, day_at(m, at)); i < end; i++)
		n += m->busy[staff][i];
	return n;
}

/* When the last that was taken before ended that day; else when that began. */
static int64_t idle_since(const struct model *m, size_t at, int staff)
{
	const uint8_t *busy = m->busy[staff];
	size_t begin = begin_of(m, day_at(m, at));

	for (size_t i = at; i > begin; i--) {
		if (busy[i - 1] && !busy[i])
			return (int64_t)i;
	}
	return (int64_t)begin;
}

static bool is_joined(const struct model *m, int64_t at, int staff)
{
	struct stretch s = stretch_of(m->w, 0, staff, at);
	int lowest;

	return m->w->capacity > 1 && seats(m->w, staff, s.from, s.hands_to, &lowest) > 0;
}

static struct rank rank_of(const struct model *m, size_t i, int staff)
{
	const struct world *w = m->w;
	struct rank r = {.staff = staff, .load = busy_minutes(m, i, staff)};

	r.opens = !is_joined(m, m->from + (int64_t)i, staff);
	if (w->choice == CHOICE_LONGEST_IDLE)
		r.key = idle_since(m, i, staff);
	else if (w->choice == CHOICE_ROUND_ROBIN)
		r.key = w->chosen_at[staff];
	else if (w->choice == CHOICE_USUAL)
		r.key = -w->visits[staff];
	return r;
}

static bool is_better(const struct rank *a, const struct rank *b)
{
	if (a->opens != b->opens)
		return b->opens;
	if (a->key != b->key)
		return a->key < b->key;
	return a->load != b->load ? a->load < b->load : a->staff < b->staff;
}

static void try_minute(struct model *m, size_t i, int team)
{
	struct model_slot *s = &m->slots[m->n_slots];
	struct rank ranks[WORLD_STAFF_MAX];
	int64_t at = m->from + (int64_t)i;

	*s = (struct model_slot){.start = at, .wall = m->wall[i]};
	for (int p = 0; p < m->w->staff; p++) {
		if (m->w->wished != NOBODY && m->w->wished != p)
			continue;
		if (!can_begin(m, at, team, p))
			continue;
		struct rank r = rank_of(m, i, p);
		int k = s->n++;
		for (; k > 0 && is_better(&r, &ranks[k - 1]); k--)
			ranks[k] = ranks[k - 1];
		ranks[k] = r;
	}
	for (int k = 0; k < s->n; k++)
		s->staff[k] = ranks[k].staff;
	if (s->n > 0)
		m->n_slots++;
}

static bool is_in_time(const struct model *m, size_t i)
{
	ts_t now = {m->w->now_ms}, earliest = minute_instant(m->from + (int64_t)i - m->w->notice);
	int64_t today = (now.ms / 60000 + tz_offset(m->tz, now)) / MINUTES_A_DAY;

	return earliest.ms >= now.ms && day_at(m, i) <= today + m->w->horizon;
}

static void find_slots(struct model *m)
{
	int team = model_offered_team(m->w);

	for (size_t i = 0; i < m->n; i++) {
		int64_t day = day_at(m, i);

		if (day < m->w->first_day || day >= m->w->first_day + m->w->days)
			continue;
		if (minute_at(m, i) % m->w->grid == 0 && is_in_time(m, i))
			try_minute(m, i, team);
	}
}

/* ---- a visit that somebody else planned ---- */

static bool is_same(const struct model_claim *c, const struct stretch *s, int64_t to)
{
	return c->from == s->from && c->to == to;
}

static bool is_room_for(const struct world *w, int branch, int segment, int requirement, int room)
{
	for (int i = 0; i < w->needs; i++) {
		const struct world_need *d = &w->need[i];

		if (d->segment == segment && d->requirement == requirement && d->room == room)
			return w->room[room].branch == branch && !w->room[room].inactive;
	}
	return false;
}

static const char *object_to_person(
	const struct model *m, int branch, const struct stretch *s, const struct model_claim *c)
{
	int lane = 0, sitting = 0;

	if (c->of_room || !is_same(c, s, s->hands_to))
		return "the staff member's time is another";
	if (!is_all(m, m->works[s->staff][branch], 1, s->hands, s->done))
		return "the staff member does not work then";
	if (m->w->capacity > 1)
		sitting = seats(m->w, s->staff, s->from, s->hands_to, &lane);
	if (sitting < 0 || sitting >= m->w->capacity)
		return "there is no seat";
	if (sitting == 0 && !is_all(m, m->busy[s->staff], 0, s->from, s->hands_to))
		return "the staff member is busy";
	if (c->lane != lane || c->seat != (m->w->capacity > 1))
		return "the seat is another";
	return NULL;
}

static const char *object_to_room(const struct model *m, int branch, int requirement,
	const struct stretch *s, const struct model_claim *c)
{
	if (!c->of_room || !is_same(c, s, s->room_to))
		return "the room's time is another";
	if (!is_room_for(m->w, branch, s->segment, requirement, c->who))
		return "the room is a wrong one";
	if (c->lane >= m->w->room[c->who].lanes || !is_lane_free(m, c->who, c->lane, s))
		return "the room is busy";
	return NULL;
}

static bool is_twice(const struct model_claim *claims, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct model_claim *a = &claims[i], *b = &claims[k];

			if (a->of_room == b->of_room && a->who == b->who && a->lane == b->lane &&
				a->from < b->to && b->from < a->to)
				return true;
		}
	}
	return false;
}

struct reading {
	const struct model_claim *claims;
	size_t n, at;
	int branch;
	int chosen[WORLD_SEGMENTS_MAX];
	int64_t time;
};

static const char *object_to_segment(const struct model *m, struct reading *r, int segment)
{
	const struct model_claim *c = &r->claims[r->at];
	int team = team_of(m->w, segment);
	const char *why;

	if (r->at == r->n || c->of_room || !is_able(m->w, team, c->who))
		return "a segment is done by nobody who is able to";
	if (r->chosen[team] != NOBODY && r->chosen[team] != c->who)
		return "a segment is done by another than it should be";
	r->chosen[team] = c->who;
	struct stretch s = stretch_of(m->w, segment, c->who, r->time);
	why = object_to_person(m, r->branch, &s, c);
	r->at++;
	r->time = s.next;
	if (is_joined(m, s.hands, c->who))
		return why; /* whoever sits in lane 0 has the rooms */
	for (int q = 0; q < WORLD_REQUIREMENTS_MAX && why == NULL; q++) {
		if (!is_needed(m->w, segment, q))
			continue;
		why = r->at == r->n ? "a room is missing"
				    : object_to_room(m, r->branch, q, &s, &r->claims[r->at]);
		r->at++;
	}
	return why;
}

static const char *object_in(const struct model *m, struct reading *r)
{
	for (int i = 0; i < m->w->segments; i++) {
		const char *why = object_to_segment(m, r, i);

		if (why != NULL)
			return why;
	}
	return r->at == r->n ? NULL : "it takes too much";
}

const char *model_objection(
	struct model *m, int64_t start, int staff, const struct model_claim *claims, size_t n)
{
	const char *why = "there is no branch for it";

	if (is_twice(claims, n))
		return "it takes something twice";
	for (int b = 0; b < m->w->branches; b++) {
		struct reading r = {.claims = claims, .n = n, .branch = b, .time = start};

		if (m->w->wished_branch != ANYWHERE && m->w->wished_branch != b)
			continue;
		for (int i = 0; i < WORLD_SEGMENTS_MAX; i++)
			r.chosen[i] = NOBODY;
		r.chosen[model_offered_team(m->w)] = staff;
		why = object_in(m, &r);
		if (why == NULL)
			return NULL;
	}
	return why;
}

/* ---- the whole ---- */

static int64_t longest_visit(const struct world *w)
{
	int64_t sum = w->before + w->after + w->added;

	for (int i = 0; i < w->segments; i++) {
		int most = w->segment[i].minutes;

		for (int k = 0; k < w->skills; k++) {
			if (w->skill[k].segment == i && w->skill[k].minutes > most)
				most = w->skill[k].minutes;
		}
		sum += most + w->segment[i].processing;
	}
	return sum;
}

struct model *model_new(struct arena *mem, const struct world *w)
{
	struct model *m = mem_alloc(mem, sizeof(*m));
	int64_t first = (int64_t)w->first_day * MINUTES_A_DAY;
	size_t starts = (size_t)(w->days + 2) * MINUTES_A_DAY / (size_t)w->grid + 1;

	m->w = w;
	m->tz = tz_find(w->zone);
	if (m->tz == NULL)
		BUG("no zone %s", w->zone);
	m->from = first - MARGIN;
	m->n = (size_t)((int64_t)w->days * MINUTES_A_DAY + longest_visit(w) + 2 * MARGIN);
	m->slots = mem_alloc(mem, starts * sizeof(*m->slots));
	maps_fill(mem, m);
	find_slots(m);
	return m;
}

const struct model_slot *model_slots(struct model *m, size_t *n)
{
	*n = m->n_slots;
	return m->slots;
}
