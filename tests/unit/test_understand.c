/*
 * The corpora in tests/unit/understand, a line a case. What must be asked
 * about may be missed now and then; what is sure must never be wrong.
 */
#include "core/understand/reading.h"
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
	mem = arena_new(512u << 20);
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

static struct listener read_anchor(char *line)
{
	char zone[64], language[16], region[8], day[16], clock[16];
	struct listener l = {.language = NULL};
	wall_t w;

	ck_assert_msg(
		sscanf(line, "@ %15s %15s %63s %15s %7s", day, clock, zone, language, region) == 5,
		"%s", line);
	ck_assert_msg(wall_parse(mem_printf(mem, "%sT%s", day, clock), &w), "%s", line);
	l.zone = tz_find(zone);
	ck_assert_msg(l.zone != NULL, "%s", zone);
	l.language = mem_text(mem, language);
	l.region = mem_text(mem, region);
	l.at = tz_of_wall(l.zone, w).first;
	return l;
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
	printf("%s %s: %s, not %s\n", sure && strcmp(got, "none") != 0 ? "WRONG" : "missed", said,
		got, meant);
}

static struct tally read_when(const char *name)
{
	FILE *f = corpus(name);
	struct listener l = {.language = NULL};
	struct tally t = {0};
	char line[LINE];

	while (next_line(f, line)) {
		if (line[0] == '@') {
			l = read_anchor(line);
			continue;
		}
		const char *meant = split(line);
		struct understood u;

		understand(mem, &l, line, &u);
		count(&t, line, meant, when_text(mem, &u.when),
			u.when.confidence >= UNDERSTOOD_SURE);
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

/* ---- what callers mean ---- */

static const char *const HIGHLIGHTS[] = {"Strähnchen", NULL};
static const struct known_thing SALON_SERVICES[] = {
	{"cut_women", "Haarschnitt Damen", NULL},
	{"cut_men", "Haarschnitt Herren", NULL},
	{"cut_kids", "Kinderhaarschnitt", NULL},
	{"color", "Färben", NULL},
	{"highlights", "Strähnen", HIGHLIGHTS},
	{"beard", "Bart trimmen", NULL},
	{"updo", "Hochsteckfrisur", NULL},
};
static const struct known_thing SALON_STAFF[] = {
	{"anna", "Anna Weber", NULL},
	{"lukas", "Lukas Brandt", NULL},
	{"sophie", "Sophie Klein", NULL},
};
static const struct known_thing DENTAL_SERVICES[] = {
	{"cleaning", "Dental Cleaning", NULL},
	{"checkup", "Check-up", NULL},
	{"filling", "Filling", NULL},
	{"whitening", "Teeth Whitening", NULL},
	{"rootcanal", "Root Canal", NULL},
	{"emergency", "Emergency Visit", NULL},
};
static const struct known_thing DENTAL_STAFF[] = {
	{"diaz", "Dr. Maria Diaz", NULL},
	{"lee", "Dr. Kevin Lee", NULL},
	{"emily", "Emily Carter", NULL},
};

static struct listener company_of(const char *name)
{
	bool salon = strcmp(name, "salon") == 0;

	return (struct listener){
		.zone = tz_find(salon ? "Europe/Berlin" : "America/New_York"),
		.at = {INT64_C(1796119200000)},
		.services = salon ? SALON_SERVICES : DENTAL_SERVICES,
		.n_services = salon ? COUNT_OF(SALON_SERVICES) : COUNT_OF(DENTAL_SERVICES),
		.staff = salon ? SALON_STAFF : DENTAL_STAFF,
		.n_staff = salon ? COUNT_OF(SALON_STAFF) : COUNT_OF(DENTAL_STAFF),
	};
}

/* One form for utterances and transcripts. */
struct meant {
	struct found_intent intent;
	const struct found *found[5];
	bool anyone, flexible;
	const char *language;
};

static const char *const FOUND[] = {"service", "staff", "name", "phone", "email"};

struct verdict {
	bool exact, wrong;
	const char *why;
};

static void fault(struct verdict *v, bool wrong, const char *why)
{
	v->exact = false;
	v->wrong = v->wrong || wrong;
	v->why = mem_printf(mem, "%s%s%s", v->why, *v->why == '\0' ? "" : ", ", why);
}

static const char *question(const char **p)
{
	bool asks = text_starts(*p, "? ");

	*p += asks ? 2 : 0;
	return asks ? "? " : "";
}

static void check_found(
	struct verdict *v, const char *name, const struct found *f, const char *want)
{
	bool sure = f->confidence >= UNDERSTOOD_SURE;

	if (want == NULL) {
		if (sure)
			fault(v, true, mem_printf(mem, "%s %s", name, f->value));
		return;
	}
	bool asks = *question(&want) != '\0';
	bool same = f->value != NULL && strcmp(f->value, want) == 0;
	if ((!asks && !(same && sure)) || (asks && sure))
		fault(v, sure && !same,
			mem_printf(mem, "%s %s%s", name, sure ? "" : "? ",
				f->value == NULL ? "none" : f->value));
}

static void check_intent(struct verdict *v, const struct found_intent *k, const char *want)
{
	bool asks = *question(&want) != '\0', sure = k->confidence >= UNDERSTOOD_SURE;
	bool same = strcmp(INTENT_NAMES[k->intent], want) == 0;

	if (!same || (!asks && !sure))
		fault(v, sure && !same,
			mem_printf(mem, "%s%s", sure ? "" : "? ", INTENT_NAMES[k->intent]));
}

static bool is_intent(const char *word)
{
	(void)question(&word);
	for (int i = 0; INTENT_NAMES[i] != NULL; i++) {
		if (strcmp(INTENT_NAMES[i], word) == 0)
			return true;
	}
	return false;
}

/* The parts of "book; service x; …" that all kinds of cases share; the others
 * are left to rest. */
static struct verdict check_meant(const struct meant *m, char *want, const char **rest, int *n_rest)
{
	const char *values[5] = {NULL};
	bool anyone = false, flexible = false;
	struct verdict v = {.exact = true, .why = ""};

	for (char *p = strtok_r(want, ";", &want); p != NULL; p = strtok_r(NULL, ";", &want)) {
		const char *w = text_trim(mem, p);
		bool known = false;

		for (size_t i = 0; i < COUNT_OF(FOUND); i++) {
			size_t n = strlen(FOUND[i]);

			if (text_starts(w, FOUND[i]) && w[n] == ' ') {
				values[i] = w + n + 1;
				known = true;
			}
		}
		if (is_intent(w))
			check_intent(&v, &m->intent, w);
		else if (strcmp(w, "anyone") == 0)
			anyone = true;
		else if (strcmp(w, "flexible") == 0)
			flexible = true;
		else if (text_starts(w, "speaks ") && !text_same(m->language, w + 7))
			fault(&v, true, mem_printf(mem, "speaks %s", m->language));
		else if (!known && !text_starts(w, "speaks "))
			rest[(*n_rest)++] = w;
	}
	for (size_t i = 0; i < COUNT_OF(FOUND); i++)
		check_found(&v, FOUND[i], m->found[i], values[i]);
	if (m->anyone != anyone)
		fault(&v, false, "anyone");
	if (m->flexible != flexible)
		fault(&v, false, "flexible");
	return v;
}

static void add(struct tally *t, const char *what, const struct verdict *v)
{
	t->all++;
	t->exact += v->exact;
	t->wrong += v->wrong;
	t->low += !v->exact && !v->wrong;
	if (!v->exact)
		printf("%s %s: %s\n", v->wrong ? "WRONG" : "missed", what, v->why);
}

static struct tally read_utterances(const char *name)
{
	FILE *f = corpus(name);
	struct listener l = {.language = NULL};
	struct tally t = {0};
	char line[LINE], company[16], language[8], region[8];

	while (next_line(f, line)) {
		if (line[0] == '@') {
			ck_assert_int_eq(
				sscanf(line, "@ %15s %7s %7s", company, language, region), 3);
			l = company_of(company);
			l.language = mem_text(mem, language);
			l.region = mem_text(mem, region);
			continue;
		}
		char *meant = split(line);
		const char *rest[16];
		int n_rest = 0;
		struct understood u;

		understand(mem, &l, line, &u);
		struct meant m = {u.intents[0], {&u.service, &u.staff, &u.name, &u.phone, &u.email},
			u.any_staff, u.any_time, u.language};
		struct verdict v = check_meant(&m, meant, rest, &n_rest);
		ck_assert_msg(n_rest == 0, "%s: what is \"%s\"?", line, rest[0]);
		add(&t, line, &v);
	}
	fclose(f);
	return t;
}

/* ---- calls ---- */

static struct listener read_call(const char *line)
{
	char company[16], language[8], region[8], zone[64], day[16], clock[16];
	wall_t w;

	ck_assert_msg(sscanf(line, "@ %15s %7s %7s %63s %15s %15s", company, language, region, zone,
			      day, clock) == 6,
		"%s", line);
	struct listener l = company_of(company);
	l.language = strcmp(language, "-") == 0 ? NULL : mem_text(mem, language);
	l.region = mem_text(mem, region);
	l.zone = tz_find(zone);
	ck_assert_msg(wall_parse(mem_printf(mem, "%sT%s", day, clock), &w), "%s", line);
	l.at = tz_of_wall(l.zone, w).first;
	return l;
}

static void check_rest(struct verdict *v, const struct reading_result *r, const char *w)
{
	const char *got;

	if (text_starts(w, "when ")) {
		got = when_text(mem, &r->when);
		if (strcmp(got, w + 5) != 0)
			fault(v, r->confidence >= UNDERSTOOD_SURE, mem_printf(mem, "when %s", got));
	} else if (text_starts(w, "was ")) {
		struct when old = {.options = {r->old}, .n = r->has_old, .confidence = 1000000};

		got = when_text(mem, &old);
		if (strcmp(got, w + 4) != 0)
			fault(v, false, mem_printf(mem, "was %s", got));
	} else if (text_starts(w, "switched ")) {
		if (!text_same(r->switched_to, w + 9))
			fault(v, false, mem_printf(mem, "switched to %s", r->switched_to));
	} else if (strcmp(w, "sure") == 0) {
		if (r->confidence < UNDERSTOOD_SURE)
			fault(v, false, mem_printf(mem, "%" PRId64, r->confidence));
	} else if (strcmp(w, "unsure") == 0) {
		if (r->confidence >= UNDERSTOOD_SURE)
			fault(v, true, mem_printf(mem, "%" PRId64, r->confidence));
	} else {
		ck_abort_msg("what is \"%s\"?", w);
	}
}

static struct verdict check_call(
	const struct listener *l, const struct turn *turns, size_t n, char *want)
{
	const char *rest[16];
	int n_rest = 0;
	struct reading_result r;

	reading_of(mem, l, turns, n, &r);
	struct meant m = {r.intent, {&r.service, &r.staff, &r.name, &r.phone, &r.email},
		r.any_staff, r.accepts_alternatives, r.language};
	struct verdict v = check_meant(&m, want, rest, &n_rest);
	for (int i = 0; i < n_rest; i++)
		check_rest(&v, &r, rest[i]);
	return v;
}

static struct tally read_transcripts(const char *name)
{
	FILE *f = corpus(name);
	struct turn turns[READING_TURNS];
	struct listener l = {.language = NULL};
	struct tally t = {0};
	const char *call = "";
	char line[LINE];
	size_t n = 0;

	while (next_line(f, line)) {
		if (text_starts(line, "== ")) {
			call = mem_text(mem, line + 3);
			n = 0;
		} else if (line[0] == '@') {
			l = read_call(line);
		} else if (text_starts(line, "= ")) {
			struct verdict v = check_call(&l, turns, n, line + 2);

			add(&t, call, &v);
		} else {
			ck_assert_msg(line[1] == ':' && n < COUNT_OF(turns), "%s", line);
			turns[n++] = (struct turn){
				.speaker = line[0] == 'A' ? SPEAKER_AGENT : SPEAKER_CALLER,
				.text = mem_text(mem, line + 3)};
		}
	}
	fclose(f);
	return t;
}

START_TEST(what_callers_mean)
{
	check("utterances", read_utterances("utterances.txt"), 150);
}
END_TEST

START_TEST(whole_calls)
{
	check("calls", read_transcripts("transcripts.txt"), 20);
}
END_TEST

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

/* ---- what is promised beside ---- */

START_TEST(the_words_are_those_that_say_it)
{
	struct listener l = company_of("salon");
	struct understood u;

	l.language = "de";
	understand(mem, &l, "Ja, also am Donnerstag um halb drei bei der Änna, bitte.", &u);
	ck_assert_str_eq(u.when.options[0].words, "am Donnerstag um halb drei");
	ck_assert_str_eq(u.staff.value, "anna");
	ck_assert_str_eq(u.staff.words, "Änna");
	ck_assert_int_eq(u.when.options[0].from, 14 * 60 + 30);
}
END_TEST

START_TEST(business_hours_tell_seven_from_nineteen)
{
	struct listener l = company_of("salon");
	struct understood u;

	l.language = "en";
	l.opens = 6 * 60;
	l.closes = 14 * 60;
	understand(mem, &l, "at seven thirty", &u);
	ck_assert_int_eq(u.when.options[0].from, 7 * 60 + 30);
	ck_assert_int_ge(u.when.confidence, UNDERSTOOD_SURE);
	l.opens = 16 * 60;
	l.closes = 23 * 60;
	understand(mem, &l, "at seven thirty", &u);
	ck_assert_int_eq(u.when.options[0].from, 19 * 60 + 30);
	ck_assert_int_ge(u.when.confidence, UNDERSTOOD_SURE);
}
END_TEST

START_TEST(the_language_is_found_out)
{
	static const struct {
		const char *said, *language;
	} SAID[] = {{"ich hätte gern einen termin", "de"}, {"i would like an appointment", "en"},
		{"halb drei", "de"}, {"yes please", "en"}, {"", NULL}, {"okay", NULL},
		{"maria", NULL}, {"je voudrais un rendez-vous", NULL}};

	for (size_t i = 0; i < COUNT_OF(SAID); i++) {
		struct listener l = company_of("salon");
		struct understood u;

		understand(mem, &l, SAID[i].said, &u);
		bool sure = u.language_confidence >= 500000;
		ck_assert_msg(text_same(sure ? u.language : NULL, SAID[i].language), "%s: %s",
			SAID[i].said, u.language);
	}
}
END_TEST

START_TEST(a_switch_of_language_is_told)
{
	static const struct turn TURNS[] = {
		{SPEAKER_CALLER, "guten tag ich hätte gern einen termin bei ihnen nächste woche",
			{0}},
		{SPEAKER_AGENT, "Gern.", {0}},
		{SPEAKER_CALLER, "sorry can we do this in english", {0}},
	};
	struct listener l = company_of("salon");
	struct reading_result r;

	reading_of(mem, &l, TURNS, COUNT_OF(TURNS), &r);
	ck_assert_str_eq(r.language, "de");
	ck_assert_str_eq(r.switched_to, "en");
	ck_assert_uint_eq(r.switched_at, 2);
}
END_TEST

/* What is beyond the limits is not looked at; broken text is mended. */
START_TEST(input_is_bounded)
{
	static char text[3 * SAID_BYTES_MAX];
	static struct turn turns[READING_TURNS + 50];
	struct listener l = company_of("salon");
	struct reading_result r;
	struct understood u;

	for (size_t i = 0; i + 6 < sizeof(text); i += 5)
		memcpy(text + i, "viel ", 5);
	memcpy(text + sizeof(text) - 40, "morgen um drei", 14);
	understand(mem, &l, text, &u);
	ck_assert_uint_eq(u.when.n, 0);
	for (size_t i = 0; i < COUNT_OF(turns); i++)
		turns[i] = (struct turn){.speaker = SPEAKER_CALLER, .text = "hm"};
	turns[READING_TURNS].text = "morgen um drei";
	reading_of(mem, &l, turns, COUNT_OF(turns), &r);
	ck_assert_uint_eq(r.when.n, 0);
	understand(mem, &l, "morgen um drei \xff\xc3", &u);
	ck_assert_uint_eq(u.when.n, 1);
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
	tcase_add_test(t, what_callers_mean);
	tcase_add_test(t, whole_calls);
	tcase_add_test(t, the_words_are_those_that_say_it);
	tcase_add_test(t, business_hours_tell_seven_from_nineteen);
	tcase_add_test(t, the_language_is_found_out);
	tcase_add_test(t, a_switch_of_language_is_told);
	tcase_add_test(t, input_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
