/* What callers say: an utterance, and a call a line a turn. */
#include "core/understand/reading.h"
#include "tests/fuzz/fuzz.h"

static const char *const NAMES[] = {"Strähnchen", "Haare", NULL};
static const struct known_thing SERVICES[] = {
	{"a", "Haarschnitt Damen", NAMES},
	{"b", "Men's Haircut", NULL},
	{"c", "Zahnreinigung", NULL},
};
static const struct known_thing STAFF[] = {
	{"x", "Dr. Maria Diaz", NULL}, {"y", "Anna Weber", NULL}};

static struct listener listener(struct ctx *c, struct bytes *in)
{
	static const char *const LANGUAGE[] = {NULL, "de", "en", "xx"};
	static const char *const REGION[] = {"DE", "US", NULL, "GB"};
	static const char *const ZONE[] = {
		"Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"};
	uint8_t which = fuzz_byte(in);

	return (struct listener){.language = LANGUAGE[which & 3],
		.region = REGION[which >> 2 & 3],
		.zone = tz_find(ZONE[which >> 4 & 3]),
		.at = {c->now.ms + fuzz_byte(in) * INT64_C(86400000) * 5},
		.services = SERVICES,
		.n_services = COUNT_OF(SERVICES),
		.staff = STAFF,
		.n_staff = COUNT_OF(STAFF)};
}

static void check_confidence(int64_t confidence, const char *words)
{
	if (confidence < 0 || confidence > 1000000)
		BUG("so sure: %" PRId64, confidence);
	if (words != NULL && !utf8_valid(words, strlen(words)))
		BUG("words that are no text");
}

static void check_option(const struct listener *l, const struct when_option *o)
{
	check_confidence(o->confidence, o->words);
	if (o->from < NO_TIME || o->from > 1440 || o->to < NO_TIME || o->to > 1440)
		BUG("from %d to %d", o->from, o->to);
	if (o->first.n == 0)
		return;
	if (o->last.n < o->first.n)
		BUG("ends before it begins");
	if (o->confidence >= UNDERSTOOD_SURE && o->first.n < day_of_wall(tz_wall(l->zone, l->at)).n)
		BUG("a day that is over");
}

static void check_when(struct ctx *c, const struct listener *l, const struct when *w)
{
	if (w->n > WHEN_OPTIONS_MAX || w->n_nots > WHEN_OPTIONS_MAX || w->n_was > WHEN_OPTIONS_MAX)
		BUG("too many options");
	for (size_t i = 0; i < w->n; i++)
		check_option(l, &w->options[i]);
	(void)when_text(c->mem, w);
}

static void check_found(const struct found *f)
{
	check_confidence(f->confidence, f->words);
	if (f->value != NULL && (*f->value == '\0' || !utf8_valid(f->value, strlen(f->value))))
		BUG("found nothing");
}

void fuzz_utterance(struct ctx *c, struct bytes in)
{
	struct listener l = listener(c, &in);
	struct understood u;

	understand(c->mem, &l, fuzz_text(c, in), &u);
	check_when(c, &l, &u.when);
	const struct found *found[] = {&u.service, &u.staff, &u.name, &u.phone, &u.email};
	for (size_t i = 0; i < COUNT_OF(found); i++)
		check_found(found[i]);
	for (size_t i = 0; i < u.n_intents; i++)
		check_confidence(u.intents[i].confidence, u.intents[i].words);
}

/* A turn begins with an "A" when the agent says it. */
void fuzz_transcript(struct ctx *c, struct bytes in)
{
	struct turn *turns = mem_alloc(c->mem, (READING_TURNS + 10) * sizeof(*turns));
	struct listener l = listener(c, &in);
	struct reading_result r;
	size_t n = 0;

	while (in.n > 0 && n < READING_TURNS + 10) {
		bool agent = fuzz_byte(&in) == 'A';

		turns[n++] = (struct turn){.speaker = agent ? SPEAKER_AGENT : SPEAKER_CALLER,
			.text = fuzz_line(c, &in)};
	}
	reading_of(c->mem, &l, turns, n, &r);
	check_when(c, &l, &r.when);
	check_confidence(r.confidence, r.intent.words);
}
