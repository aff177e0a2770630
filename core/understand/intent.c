/* What a caller wants: words speak for it, a "not" before them against it. */
#include "core/understand/hear.h"

#define LEAST 30     /* per cent, to be mentioned */
#define NOT_BEFORE 5 /* words that a "not" reaches forward */
#define NOT_BEHIND 3 /* and back, where it may stand last */

struct tally {
	int sure[INTENT_COUNT]; /* per cent */
	size_t from[INTENT_COUNT], n[INTENT_COUNT];
	int strongest[INTENT_COUNT];
};

static bool cue_at(struct hearing *h, enum cue_kind kind, size_t at)
{
	return ready_cue_at(h->ready, kind, h->said, at, NULL) > 0;
}

static bool has_negation(struct hearing *h, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		if (cue_at(h, CUE_NEGATION, i))
			return true;
	}
	return false;
}

static bool negated_before(struct hearing *h, size_t from)
{
	const char *value = NULL;

	for (size_t back = 1; back <= NOT_BEFORE && back <= from; back++) {
		size_t at = from - back;

		if (h->said->w[at].stop)
			return false;
		if (ready_cue_at(h->ready, CUE_NEGATION, h->said, at, &value) > 0)
			return value == NULL || back == 1; /* "no" only what is next */
		if (cue_at(h, CUE_CLAUSE, at))
			return false;
	}
	return false;
}

static bool negated_behind(struct hearing *h, size_t behind)
{
	for (size_t i = 0; i < NOT_BEHIND && behind + i < h->said->n; i++) {
		if (behind + i > 0 && h->said->w[behind + i - 1].stop)
			return false;
		if (cue_at(h, CUE_NEGATION, behind + i))
			return true;
	}
	return false;
}

static bool negated(struct hearing *h, enum intent intent, size_t from, size_t n)
{
	if (intent == INTENT_NO || intent == INTENT_OTHER || has_negation(h, from, n))
		return false;
	if (intent == INTENT_YES)
		return negated_behind(h, from + n) ||
			(from > 0 && cue_at(h, CUE_NEGATION, from - 1));
	/* "brauche ich nicht mehr" */
	if (intent == INTENT_BOOK && from + n + 1 < h->said->n && cue_at(h, CUE_CLAUSE, from + n) &&
		cue_at(h, CUE_NEGATION, from + n + 1))
		return true;
	return negated_before(h, from);
}

static void weigh(struct hearing *h, struct tally *t, enum intent intent)
{
	const struct language *l = ready_language(h->ready);

	for (size_t at = 0; at < h->said->n;) {
		struct walk w = walk_at(h->ready, TOPIC_EVIDENCE, h->said, at);
		size_t longest = 0, i, n;
		int weight = 0;

		while (walk_next(&w, &i, &n)) {
			const struct evidence *e = &l->evidence[i];

			if (e->intent == intent &&
				(n > longest || (n == longest && e->weight > weight))) {
				longest = n;
				weight = e->weight;
			}
		}
		if (longest > 0 && !negated(h, intent, at, longest)) {
			t->sure[intent] = 100 - (100 - t->sure[intent]) * (100 - weight) / 100;
			if (weight > t->strongest[intent]) {
				t->strongest[intent] = weight;
				t->from[intent] = at;
				t->n[intent] = longest;
			}
		}
		at += longest > 0 ? longest : 1;
	}
}

static void scale(struct tally *t, enum intent intent, int per_cent)
{
	t->sure[intent] = t->sure[intent] * per_cent / 100;
}

static int most_of(const struct tally *t, enum intent from, enum intent to)
{
	int most = 0;

	for (int i = (int)from; i <= (int)to; i++)
		most = t->sure[i] > most ? t->sure[i] : most;
	return most;
}

static void raise(struct tally *t, enum intent intent, int to)
{
	t->sure[intent] = t->sure[intent] < to ? to : t->sure[intent];
}

/* Words of one intent also stand in sentences of another. */
static void compare(struct tally *t, const struct understood *u)
{
	if (u->when.n_was > 0 && u->when.n == 0)
		scale(t, INTENT_BOOK, 40);
	if (t->sure[INTENT_CANCEL] >= 60 || t->sure[INTENT_MOVE] >= 60)
		scale(t, INTENT_BOOK, t->strongest[INTENT_BOOK] > 76 ? 80 : 35);
	if (t->sure[INTENT_MOVE] >= 75)
		scale(t, INTENT_CANCEL, 70);
	if (most_of(t, INTENT_HOURS, INTENT_MESSAGE) >= 75)
		scale(t, INTENT_BOOK, 70);
	if (u->email.value != NULL)
		scale(t, INTENT_ADDRESS, 30);
	if (u->phone.value != NULL || u->staff.confidence >= UNDERSTOOD_SURE)
		scale(t, INTENT_PERSON, 90);
	/* "I need a …": and it is something that one books, or a day */
	bool something = u->service.confidence >= UNDERSTOOD_SURE || u->when.n > 0;
	if (something && t->sure[INTENT_BOOK] >= 30 &&
		most_of(t, INTENT_CANCEL, INTENT_MESSAGE) < 50)
		raise(t, INTENT_BOOK, 82);
	int actions = most_of(t, INTENT_BOOK, INTENT_MESSAGE);
	if (actions < 50 && (u->service.value != NULL || u->when.n > 0))
		raise(t, INTENT_BOOK,
			u->service.value != NULL && u->when.n > 0 ? 75
				: u->service.value != NULL        ? 65
								  : 50);
	if (actions >= 60) {
		scale(t, INTENT_YES, 75);
		scale(t, INTENT_NO, 75);
		scale(t, INTENT_OTHER, 60);
	}
	if (t->sure[INTENT_YES] >= 60 && t->sure[INTENT_NO] >= 60) {
		/* "nein, passt nicht": the one has words of the other in it */
		int gap = t->sure[INTENT_YES] - t->sure[INTENT_NO];

		scale(t, gap > 0 ? INTENT_NO : INTENT_YES, 70);
		scale(t, gap > 0 ? INTENT_YES : INTENT_NO, gap < 10 && gap > -10 ? 75 : 85);
	}
}

void hear_intents(struct hearing *h, struct understood *u)
{
	struct tally t = {{0}, {0}, {0}, {0}};

	for (int i = 0; i < INTENT_COUNT; i++)
		weigh(h, &t, (enum intent)i);
	compare(&t, u);
	for (;;) {
		int best = -1;

		for (int i = 0; i < INTENT_COUNT; i++) {
			if (t.sure[i] >= LEAST && (best < 0 || t.sure[i] > t.sure[best]))
				best = i;
		}
		if (best < 0)
			break;
		int sure = t.sure[best] > 98 ? 98 : t.sure[best];
		u->intents[u->n_intents++] = (struct found_intent){.intent = (enum intent)best,
			.words = said_span(h->mem, h->said, t.from[best], t.n[best]),
			.confidence = sure * INT64_C(10000)};
		t.sure[best] = 0;
	}
	if (u->n_intents == 0)
		u->intents[u->n_intents++] = (struct found_intent){
			.intent = INTENT_OTHER, .words = "", .confidence = 500000};
}
