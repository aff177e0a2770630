/* Span arithmetic against tables and against a slow model: a bit a minute. */
#include "core/calendar/calendar.h"
#include "tests/unit/unit.h"

#define MEMORY (16u << 20)

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(MEMORY);
}

static void teardown(void)
{
	arena_delete(mem);
}

/* "9-12 13-17" as spans, in the order written, not made normal. */
static struct spans read_spans(const char *s)
{
	struct spans out = {mem_alloc(mem, (strlen(s) + 1) * sizeof(struct span)), 0};
	long from, to;
	int n;

	while (sscanf(s, " %ld-%ld%n", &from, &to, &n) == 2) {
		out.p[out.n++] = (struct span){from, to};
		s += n;
	}
	return out;
}

static const char *write_spans(struct spans s)
{
	const char *out = "";

	for (size_t i = 0; i < s.n; i++)
		out = mem_printf(mem, "%s%s%" PRId64 "-%" PRId64, out, i > 0 ? " " : "",
			s.p[i].from, s.p[i].to);
	return out;
}

static struct spans normal(const char *s)
{
	struct spans raw = read_spans(s);

	return spans_normal(mem, raw.p, raw.n);
}

static const struct {
	const char *given, *want;
} NORMAL[] = {
	{"", ""},
	{"5-9", "5-9"},
	{"5-5 9-7", ""},
	{"13-17 9-12", "9-12 13-17"},
	{"9-12 12-17", "9-17"},
	{"9-17 10-11", "9-17"},
	{"1-4 2-3 3-9 20-21", "1-9 20-21"},
};

START_TEST(normal_sorts_and_joins)
{
	ck_assert_str_eq(write_spans(normal(NORMAL[_i].given)), NORMAL[_i].want);
}
END_TEST

static const struct {
	const char *a, *b, *both, *without;
} PAIRS[] = {
	{"", "", "", ""},
	{"0-10", "", "", "0-10"},
	{"", "0-10", "", ""},
	{"0-10", "0-10", "0-10", ""},
	{"0-10", "3-5", "3-5", "0-3 5-10"},
	{"0-10", "5-20", "5-10", "0-5"},
	{"5-20", "0-10", "5-10", "10-20"},
	{"0-10", "10-20", "", "0-10"},
	{"0-4 6-10", "3-7", "3-4 6-7", "0-3 7-10"},
	{"0-10 20-30", "2-3 5-6 9-21 29-40", "2-3 5-6 9-10 20-21 29-30", "0-2 3-5 6-9 21-29"},
	{"0-30", "1-2 4-5 9-10", "1-2 4-5 9-10", "0-1 2-4 5-9 10-30"},
};

START_TEST(intersect_and_subtract)
{
	struct spans a = normal(PAIRS[_i].a), b = normal(PAIRS[_i].b);

	ck_assert_str_eq(write_spans(spans_intersect(mem, a, b)), PAIRS[_i].both);
	ck_assert_str_eq(write_spans(spans_subtract(mem, a, b)), PAIRS[_i].without);
}
END_TEST

START_TEST(questions_about_a_span)
{
	struct spans a = normal("10-20 30-40");
	struct span met;

	ck_assert(spans_contain(a, (struct span){10, 20}));
	ck_assert(spans_contain(a, (struct span){31, 32}));
	ck_assert(!spans_contain(a, (struct span){19, 31}));
	ck_assert(!spans_contain(a, (struct span){20, 21}));
	ck_assert(!spans_meet(a, (struct span){20, 30}, &met));
	ck_assert(spans_meet(a, (struct span){15, 35}, &met));
	ck_assert_int_eq(met.from, 10);
	ck_assert_int_eq(spans_minutes(a, (struct span){15, 35}), 10);
	ck_assert_int_eq(spans_minutes(a, (struct span){0, 100}), 20);
	ck_assert_int_eq(spans_minutes(a, (struct span){20, 30}), 0);
}
END_TEST

static const struct {
	const char *hours, *busy, *want;
	struct part parts[2];
	size_t n;
} STARTS[] = {
	/* half an hour in a morning */
	{"540-720", "", "540-691", {{0, 30, 0, 0}}, 1},
	/* exactly as long as it takes, and a minute too long */
	{"540-570", "", "540-541", {{0, 30, 0, 0}}, 1},
	{"540-569", "", "", {{0, 30, 0, 0}}, 1},
	/* a break is not bridged */
	{"540-555 570-600", "", "570-571", {{0, 30, 0, 0}}, 1},
	/* what is taken, neighbours allowed */
	{"540-720", "600-630", "540-571 630-691", {{0, 30, 0, 0}}, 1},
	/* buffers keep away from what is taken, not from the end of work */
	{"540-720", "600-630", "540-561 635-691", {{0, 30, 5, 10}}, 1},
	/* cut, half an hour for others, finish: free in between */
	{"540-720", "570-600", "540-541 600-631", {{0, 30, 0, 0}, {60, 30, 0, 0}}, 2},
	/* the second part alone decides */
	{"540-720", "", "540-631", {{0, 30, 0, 0}, {60, 30, 0, 0}}, 2},
	{"0-1440", "0-1440", "", {{0, 1, 0, 0}}, 1},
};

START_TEST(starts)
{
	struct spans s = calendar_starts(mem, normal(STARTS[_i].hours), normal(STARTS[_i].busy),
		STARTS[_i].parts, STARTS[_i].n);

	ck_assert_str_eq(write_spans(s), STARTS[_i].want);
}
END_TEST

/* ---- random worlds ---- */

#define WORLD 400 /* minutes */
#define MARGIN 200
#define WORLDS 2000

static uint64_t state;

/* xorshift64: the same worlds from the same seed everywhere. */
static int64_t below(int64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int64_t)(state % (uint64_t)n);
}

struct world {
	struct spans hours, busy;
	struct part parts[4];
	size_t n;
	bool works[WORLD + 2 * MARGIN], taken[WORLD + 2 * MARGIN];
};

static struct spans random_spans(bool *minute)
{
	struct span raw[12];
	size_t n = (size_t)below(12);

	for (size_t i = 0; i < n; i++) {
		raw[i].from = below(WORLD);
		raw[i].to = raw[i].from + below(90);
		if (raw[i].to > WORLD)
			raw[i].to = WORLD;
		for (int64_t m = raw[i].from; m < raw[i].to; m++)
			minute[m + MARGIN] = true;
	}
	return spans_normal(mem, raw, n);
}

static void make_world(struct world *w)
{
	int64_t at = 0;

	memset(w, 0, sizeof(*w));
	w->hours = random_spans(w->works);
	w->busy = random_spans(w->taken);
	w->n = 1 + (size_t)below(4);
	for (size_t i = 0; i < w->n; i++) {
		w->parts[i].offset = at;
		w->parts[i].length = 1 + below(20);
		w->parts[i].before = below(3) == 0 ? below(10) : 0;
		w->parts[i].after = below(3) == 0 ? below(10) : 0;
		at += w->parts[i].length + below(20);
	}
}

static bool model_can_start(const struct world *w, int64_t start)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct part *p = &w->parts[i];
		int64_t from = start + p->offset, to = from + p->length;

		for (int64_t m = from; m < to; m++) {
			if (!w->works[m + MARGIN])
				return false;
		}
		for (int64_t m = from - p->before; m < to + p->after; m++) {
			if (w->taken[m + MARGIN])
				return false;
		}
	}
	return true;
}

static bool has(struct spans s, int64_t m)
{
	return spans_contain(s, (struct span){m, m + 1});
}

static void assert_normal(struct spans s)
{
	for (size_t i = 0; i < s.n; i++) {
		ck_assert(s.p[i].from < s.p[i].to);
		ck_assert(i == 0 || s.p[i - 1].to < s.p[i].from);
	}
}

static void compare(const struct world *w, int number)
{
	struct spans s = calendar_starts(mem, w->hours, w->busy, w->parts, w->n);
	struct spans both = spans_intersect(mem, w->hours, w->busy);
	struct spans rest = spans_subtract(mem, w->hours, w->busy);

	assert_normal(s);
	assert_normal(both);
	assert_normal(rest);
	for (int64_t m = -20; m < WORLD; m++) {
		bool works = w->works[m + MARGIN], taken = w->taken[m + MARGIN];

		if (has(both, m) != (works && taken) || has(rest, m) != (works && !taken) ||
			has(s, m) != model_can_start(w, m))
			ck_abort_msg(
				"world %d differs from the model at minute %d", number, (int)m);
	}
}

START_TEST(random_worlds_agree_with_a_bit_a_minute)
{
	const char *given = getenv("FRONTDESK_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	struct world *w = mem_alloc(mem, sizeof(*w));
	struct mem_mark before = mem_mark(mem);

	printf("calendar: FRONTDESK_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	state = seed * 2 + 1;
	for (int i = 0; i < WORLDS; i++) {
		make_world(w);
		compare(w, i);
		mem_release(mem, before);
	}
}
END_TEST

Suite *suite_calendar(void)
{
	Suite *s = suite_create("calendar");
	TCase *t = tcase_create("spans");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, normal_sorts_and_joins, 0, (int)COUNT_OF(NORMAL));
	tcase_add_loop_test(t, intersect_and_subtract, 0, (int)COUNT_OF(PAIRS));
	tcase_add_test(t, questions_about_a_span);
	tcase_add_loop_test(t, starts, 0, (int)COUNT_OF(STARTS));
	tcase_add_test(t, random_worlds_agree_with_a_bit_a_minute);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}
