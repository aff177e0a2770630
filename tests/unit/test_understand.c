/*
 * The corpora in tests/unit/understand, a line a case. What must be asked
 * about may be missed now and then; what is sure must never be wrong.
 */
#include "core/understand/when.h"
#include "tests/unit/unit.h"

#define FOLDER "tests/unit/understand/"
#define LINE 1024
#define EXACT_LEAST 97 /* per cent */

struct tally {
	int all, exact, low, wrong;
};

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(64u << 20);
}

static void teardown(void)
{
	arena_delete(mem);
}

/* What stands before and behind the last " = ". */
static char *split(char *line)
{
	char *at = NULL;

	for (char *p = strstr(line, " = "); p != NULL; p = strstr(p + 1, " = "))
		at = p;
	ck_assert_msg(at != NULL, "no \" = \": %s", line);
	*at = '\0';
	return at + 3;
}

static bool next_line(FILE *f, char *line)
{
	while (fgets(line, LINE, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			return true;
	}
	return false;
}

static FILE *corpus(const char *name)
{
	const char *path = mem_printf(mem, "%s%s", FOLDER, name);
	FILE *f = fopen(path, "r");

	ck_assert_msg(f != NULL, "%s: %s (tests run in the folder of the Makefile)", path,
		strerror(errno));
	return f;
}

/* ---- days and times ---- */

struct anchor {
	const struct language *l;
	struct scene scene;
};

static struct anchor read_anchor(char *line)
{
	char zone[64], language[16], region[8], day[16], clock[16];
	struct anchor a;
	wall_t w;

	ck_assert_msg(sscanf(line, "@ %15s %15s %63s %15s %7s", day, clock, zone, language, region) == 5,
		"%s", line);
	ck_assert_msg(wall_parse(mem_printf(mem, "%sT%s", day, clock), &w), "%s", line);
	const struct tz *z = tz_find(zone);
	ck_assert_msg(z != NULL, "%s", zone);
	a.l = language_find(language);
	ck_assert_msg(a.l != NULL, "%s", language);
	a.scene = scene_at(z, tz_of_wall(z, w).first, region);
	return a;
}

static void count(struct tally *t, const char *said, const char *meant, const char *got, bool sure)
{
	t->all++;
	if (strcmp(meant, got) == 0) {
		t->exact++;
		return;
	}
	const char *m = text_starts(meant, "? ") ? meant + 2 : meant;
	const char *g = text_starts(got, "? ") ? got + 2 : got;
	if (!sure || strcmp(got, "none") == 0)
		t->low++;
	else if (strcmp(m, g) != 0 || m != meant)
		t->wrong++;
	printf("%s %s: %s, not %s\n", sure && strcmp(got, "none") != 0 ? "WRONG" : "missed", said, got, meant);
}

static struct tally read_when(const char *name)
{
	FILE *f = corpus(name);
	struct anchor a = {.l = NULL};
	struct tally t = {0};
	char line[LINE];

	while (next_line(f, line)) {
		if (line[0] == '@') {
			a = read_anchor(line);
			continue;
		}
		const char *meant = split(line);
		struct said said = said_read(mem, line);
		struct when w;

		when_read(mem, a.l, &a.scene, &said, NULL, &w);
		count(&t, line, meant, when_text(mem, &w), w.confidence >= 800000);
	}
	fclose(f);
	return t;
}

static void check(const char *what, struct tally t, int least)
{
	printf("understand: %s: %d of %d exact, %d missed with low confidence, %d WRONG\n", what,
		t.exact, t.all, t.low, t.wrong);
	ck_assert_int_ge(t.all, least);
	ck_assert_int_eq(t.wrong, 0);
	ck_assert_int_ge(t.exact * 100, t.all * EXACT_LEAST);
}

START_TEST(german_days_and_times)
{
	check("German days and times", read_when("when_de.txt"), 200);
}
END_TEST

START_TEST(english_days_and_times)
{
	check("English days and times", read_when("when_en.txt"), 200);
}
END_TEST

Suite *suite_understand(void)
{
	Suite *s = suite_create("understand");
	TCase *t = tcase_create("understand");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, german_days_and_times);
	tcase_add_test(t, english_days_and_times);
	suite_add_tcase(s, t);
	return s;
}
