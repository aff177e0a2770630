/*
 * core/calendar against the slow model in random worlds: the same slots with
 * the same people in the same order, each with a plan that holds, and none
 * that is still offered after somebody took it.
 *
 *	FRONTDESK_SEED=S                    the same worlds again
 *	FRONTDESK_SEED=S FRONTDESK_WORLD=N  only that one
 *	LONG=1                              many more
 */
#include "tests/unit/worlds_engine.h"
#include "tests/unit/unit.h"

#define MEMORY (256u << 20)
#define CHUNK 500 /* worlds in one process */
#define CHUNKS 4
#define CHUNKS_LONG 200
#define CHUNK_TIMEOUT_S 300
#define SHOWN_WITHIN 5000 /* worlds, at most; most rules need less than ten */

static struct arena *mem;
static uint64_t seed;

static void setup(void)
{
	mem = arena_new(MEMORY);
}

static void teardown(void)
{
	arena_delete(mem);
}

/* ---- what differs ---- */

/* How the engine's world is made to differ from the model's; NULL: it is not. */
typedef void distortion(struct world *w);

static const char *slot_of_model(const struct model_slot *s)
{
	const char *out = "";

	for (int i = 0; i < s->n; i++)
		out = mem_printf(mem, "%s s%d", out, s->staff[i]);
	return out;
}

static const char *slot_of_engine(const struct slot *s)
{
	const char *out = "";

	for (size_t i = 0; i < s->staff_ids.n; i++)
		out = mem_printf(mem, "%s %s", out, s->staff_ids.p[i]);
	return s->staff_count == (int64_t)s->staff_ids.n
		? out
		: mem_printf(mem, "%s, but %" PRId64 " in all", out, s->staff_count);
}

/* NULL: they are the same. */
static const char *compare_slots(
	const struct world *w, const struct model_slot *a, size_t n, const struct rows *rows)
{
	const struct slot *b = rows->p;

	for (size_t i = 0; i < n || i < rows->n; i++) {
		int64_t x = i < n ? a[i].start : INT64_MAX;
		int64_t y = i < rows->n ? b[i].starts_at.ms / MS_A_MINUTE : INT64_MAX;
		const char *model, *engine;

		if (x != y)
			return mem_printf(mem, "%s is a slot of the %s only",
				world_minute(mem, w, x < y ? x : y), x < y ? "model" : "engine");
		if (a[i].wall != b[i].local_start.min)
			return mem_printf(
				mem, "%s has another wall clock", world_minute(mem, w, x));
		model = slot_of_model(&a[i]);
		engine = slot_of_engine(&b[i]);
		if (strcmp(model, engine) != 0)
			return mem_printf(mem, "at %s the model has%s and the engine%s",
				world_minute(mem, w, x), model, engine);
	}
	return NULL;
}

static const struct local_day *day_of_slot(const struct visit *v, const struct slot *s)
{
	for (size_t i = 0; i < v->n_days; i++) {
		if (v->hours.days[i].day.n == day_of_wall(s->local_start).n)
			return &v->hours.days[i];
	}
	BUG("a slot outside the days");
}

/* Every slot can be planned, with each of those who are offered. */
static const char *check_plans(
	const struct world *w, struct model *m, struct visit *v, const struct rows *slots)
{
	const struct slot *s = slots->p;
	const struct team *t = &v->teams[v->wished_team];
	struct plan p;
	struct model_claim claims[VISIT_CLAIMS_MAX];

	for (size_t i = 0; i < slots->n; i++) {
		int64_t start = s[i].starts_at.ms / MS_A_MINUTE, planned = 0;

		visit_rank(v, day_of_slot(v, &s[i]), start);
		for (size_t k = 0; k < t->n; k++) {
			struct member *who = t->members[k];
			const char *why;

			if (!visit_plan(v, v->wished_team, who, start, &p))
				continue;
			why = model_objection(m, start, engine_number(who->who->id), claims,
				engine_claims(&p, claims));
			if (why != NULL)
				return mem_printf(mem, "the plan for %s with %s: %s",
					world_minute(mem, w, start), who->who->id, why);
			if (planned++ == 0 &&
				(strcmp(who->who->id, s[i].staff_ids.p[0]) != 0 ||
					p.end * MS_A_MINUTE != s[i].ends_at.ms))
				return mem_printf(mem, "%s is promised with another plan",
					world_minute(mem, w, start));
		}
		if (planned == 0)
			return mem_printf(mem, "%s cannot be planned", world_minute(mem, w, start));
	}
	return NULL;
}

/* The visit with the first who is offered, as rows of the world. */
static void take(struct world *w, struct visit *v, const struct slot *s)
{
	struct plan p;
	struct model_claim claims[VISIT_CLAIMS_MAX];
	size_t n;

	visit_rank(v, day_of_slot(v, s), s->starts_at.ms / MS_A_MINUTE);
	if (!visit_best(v, s->starts_at.ms / MS_A_MINUTE, &p))
		BUG("what was planned cannot be planned");
	n = engine_claims(&p, claims);
	if (w->busies + (int)n > WORLD_ROWS_MAX)
		BUG("no room for a visit");
	for (size_t i = 0; i < n; i++)
		w->busy[w->busies++] = (struct world_busy){.of_room = claims[i].of_room,
			.who = claims[i].who,
			.lane = claims[i].lane,
			.from = claims[i].from,
			.to = claims[i].to,
			.seat = claims[i].seat};
}

static const char *differ_now(
	const struct world *w, distortion *distort, struct visit *v, struct rows *slots)
{
	static struct world distorted;
	struct model *m = model_new(mem, w);
	size_t n;
	const struct model_slot *s = model_slots(m, &n);
	const char *why;

	distorted = *w;
	if (distort != NULL)
		distort(&distorted);
	engine_slots(mem, &distorted, v, slots);
	why = compare_slots(w, s, n, slots);
	return why != NULL ? why : check_plans(w, m, v, slots);
}

static bool offers(const struct rows *slots, ts_t start, const char *staff_id)
{
	const struct slot *s = slots->p;

	for (size_t i = 0; i < slots->n; i++) {
		for (size_t k = 0; s[i].starts_at.ms == start.ms && k < s[i].staff_ids.n; k++) {
			if (strcmp(s[i].staff_ids.p[k], staff_id) == 0)
				return true;
		}
	}
	return false;
}

/* Takes the first slot again and again: nobody but a class has it twice. */
static const char *take_slots(const struct world *w, struct visit *v, const struct rows *before)
{
	static struct world after;
	struct rows slots = *before;

	after = *w;
	for (int i = 0; i < w->capacity && slots.n > 0; i++) {
		struct slot first = *(struct slot *)slots.p;
		int free_rows = WORLD_ROWS_MAX - after.busies;
		const char *why;

		if (free_rows < WORLD_SEGMENTS_MAX * (1 + WORLD_REQUIREMENTS_MAX))
			return NULL;
		take(&after, v, &first);
		why = differ_now(&after, NULL, v, &slots);
		if (why != NULL)
			return mem_printf(mem, "after %d were taken: %s", i + 1, why);
		/* who does a later part only may do it later, after somebody slower */
		if (w->capacity == 1 && model_offered_team(w) == 0 &&
			offers(&slots, first.starts_at, first.staff_ids.p[0]))
			return "what was taken is offered again";
	}
	return NULL;
}

/* NULL: engine and model are of one mind. */
static const char *differ(const struct world *w, distortion *distort)
{
	struct visit *v = mem_alloc(mem, sizeof(*v));
	struct rows slots;
	const char *why = differ_now(w, distort, v, &slots);

	return why != NULL || distort != NULL ? why : take_slots(w, v, &slots);
}

static bool fails(const struct world *w, void *arg)
{
	struct mem_mark before = mem_mark(mem);
	distortion *const *distort = arg;
	bool differs = differ(w, *distort) != NULL;

	mem_release(mem, before);
	return differs;
}

/* ---- worlds ---- */

static uint64_t world_seed(int number)
{
	return seed * 1000003 + (uint64_t)number;
}

static void show(struct world *w, int number, distortion *distort)
{
	world_shrink(w, fails, &distort);
	printf("\nFRONTDESK_SEED=%" PRIu64 " FRONTDESK_WORLD=%d, made smaller:\n", seed, number);
	world_print(stdout, mem, w);
	printf("=> %s\n", differ(w, distort));
	fflush(stdout);
}

static void judge(int number)
{
	static struct world w;
	struct mem_mark before = mem_mark(mem);
	distortion *none = NULL;

	world_make(&w, world_seed(number));
	if (fails(&w, &none)) {
		show(&w, number, NULL);
		ck_abort_msg("world %d differs from the model, see above", number);
	}
	mem_release(mem, before);
}

START_TEST(the_same_slots_as_the_model)
{
	const char *only = getenv("FRONTDESK_WORLD");

	if (only != NULL && strtol(only, NULL, 10) / CHUNK != _i)
		return;
	if (only != NULL) {
		judge((int)strtol(only, NULL, 10));
		return;
	}
	for (int i = 0; i < CHUNK; i++)
		judge(_i * CHUNK + i);
}
END_TEST

/* ---- the test itself ---- */

static void no_buffer(struct world *w)
{
	w->after = 0;
}

static void late_notice(struct world *w)
{
	w->notice++;
}

static void longer_horizon(struct world *w)
{
	w->horizon++;
}

static void another_seat(struct world *w)
{
	w->capacity += w->capacity > 1;
}

static void another_lane(struct world *w)
{
	if (w->rooms > 0 && w->room[0].lanes < WORLD_LANES_MAX)
		w->room[0].lanes++;
}

static void forgotten_absence(struct world *w)
{
	w->offs -= w->offs > 0;
}

static void forgotten_closing(struct world *w)
{
	w->closeds -= w->closeds > 0;
}

static void longer_day(struct world *w)
{
	for (int i = 0; i < w->hours; i++)
		w->hour[i].to += w->hour[i].to > 0 && w->hour[i].to < MINUTES_A_DAY;
}

static void eternal_hours(struct world *w)
{
	for (int i = 0; i < w->hours; i++)
		w->hour[i].valid_to = 0;
}

static void eternal_hold(struct world *w)
{
	for (int i = 0; i < w->busies; i++)
		w->busy[i].expired = false;
}

static void no_processing(struct world *w)
{
	w->segment[0].processing = 0;
}

static void own_pace_ignored(struct world *w)
{
	for (int i = 0; i < w->skills; i++)
		w->skill[i].minutes = 0;
}

static void anybody_finishes(struct world *w)
{
	for (int i = 0; i < w->segments; i++)
		w->segment[i].same_as = NOBODY;
}

static void one_need_only(struct world *w)
{
	for (int i = 0; i < w->needs; i++)
		w->need[i].requirement = 0;
}

static void another_choice(struct world *w)
{
	w->choice = CHOICE_LEAST_LOADED;
}

static void fixed_clock(struct world *w)
{
	if (strcmp(w->zone, "Europe/Berlin") == 0)
		w->zone = "Africa/Lagos";
}

static const struct {
	distortion *distort;
} WRONG[] = {
	{no_buffer},
	{late_notice},
	{longer_horizon},
	{another_seat},
	{another_lane},
	{forgotten_absence},
	{forgotten_closing},
	{longer_day},
	{eternal_hours},
	{eternal_hold},
	{no_processing},
	{own_pace_ignored},
	{anybody_finishes},
	{one_need_only},
	{another_choice},
	{fixed_clock},
};

/* An engine that has one rule wrong is found out. */
START_TEST(control_a_wrong_engine_is_noticed)
{
	static struct world w;
	distortion *distort = WRONG[_i].distort;
	struct mem_mark before = mem_mark(mem);
	int i = 0;

	for (; i < SHOWN_WITHIN; i++) {
		world_make(&w, world_seed(i));
		if (fails(&w, &distort))
			break;
	}
	ck_assert_msg(i < SHOWN_WITHIN, "%d worlds did not show it", SHOWN_WITHIN);
	world_shrink(&w, fails, &distort);
	ck_assert(fails(&w, &distort));
	ck_assert_msg(w.hours + w.offs + w.closeds + w.busies + w.needs + w.skills <= 12,
		"world %d has many rows even so", i);
	mem_release(mem, before);
}
END_TEST

Suite *suite_model(void)
{
	const char *given = getenv("FRONTDESK_SEED"), *is_long = getenv("LONG");
	Suite *s = suite_create("model");
	TCase *t = tcase_create("worlds");

	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	printf("model: FRONTDESK_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, the_same_slots_as_the_model, 0,
		is_long != NULL && strcmp(is_long, "1") == 0 ? CHUNKS_LONG : CHUNKS);
	tcase_add_loop_test(t, control_a_wrong_engine_is_noticed, 0, (int)COUNT_OF(WRONG));
	tcase_set_timeout(t, CHUNK_TIMEOUT_S);
	suite_add_tcase(s, t);
	return s;
}
