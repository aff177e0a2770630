#include "core/understand/understand.h"
#include "core/understand/hear.h"

const char *const INTENT_NAMES[] = {"book", "cancel", "move", "hours", "price", "address", "person",
	"message", "yes", "no", "other", NULL};
static_assert(COUNT_OF(INTENT_NAMES) == INTENT_COUNT + 1, "an intent has no name");

/* ---- language ---- */

const char *hear_language(const struct said *s, int64_t *confidence)
{
	int best = 0, second = 0, total = 0;
	const char *code = NULL;

	for (size_t i = 0; i < N_LANGUAGES; i++) {
		const struct ready *r = language_ready(LANGUAGES[i]);
		int sum = 0;

		for (size_t k = 0; k < s->n; k++)
			sum += ready_stop_word(r, s->w[k].t);
		total += sum;
		if (sum > best) {
			second = best;
			best = sum;
			code = LANGUAGES[i]->code;
		} else if (sum > second) {
			second = sum;
		}
	}
	*confidence = 0;
	if (best == second)
		return NULL;
	/* one word tells less than three */
	*confidence = INT64_C(1000000) * (best - second) / total * (best < 6 ? 85 : 98) / 100;
	return code;
}

/* ---- everything ---- */

struct found found_make(struct hearing *h, const char *value, size_t from, size_t n, int sure)
{
	return (struct found){.value = value,
		.words = said_span(h->mem, h->said, from, n),
		.confidence = sure * INT64_C(10000)};
}

bool hear_cue(struct hearing *h, enum cue_kind kind)
{
	for (size_t i = 0; i < h->said->n; i++) {
		if (ready_cue_at(h->ready, kind, h->said, i, NULL) > 0)
			return true;
	}
	return false;
}

static struct scene scene_of(const struct listener *l)
{
	struct scene s = scene_at(l->zone, l->at, l->region);

	if (l->opens != 0 || l->closes != 0) {
		s.opens = l->opens;
		s.closes = l->closes;
	}
	return s;
}

/* In the language that was given, else the one that was heard, else the first. */
static const struct language *choose_language(const struct listener *l, const struct understood *u)
{
	const struct language *k = language_find(l->language);

	if (k == NULL)
		k = language_find(u->language);
	return k == NULL ? LANGUAGES[0] : k;
}

static void hear_all(struct hearing *h, struct understood *out)
{
	const struct language *k = choose_language(h->l, out);
	struct scene scene = scene_of(h->l);

	h->ready = language_ready(k);
	h->taken = mem_alloc(h->mem, (h->said->n + 1) * sizeof(*h->taken));
	hear_email(h, &out->email);
	hear_phone(h, &out->phone);
	hear_name(h, &out->name);
	when_read(h->mem, k, &scene, h->said, h->taken, &out->when);
	hear_staff(h, &out->staff);
	hear_service(h, &out->service);
	out->any_staff = hear_cue(h, CUE_ANY_STAFF);
	out->any_time = hear_cue(h, CUE_ANY_TIME);
	out->same_time = hear_cue(h, CUE_SAME_TIME);
	out->chosen = hear_cue(h, CUE_FIRST_ONE) ? 1
		: hear_cue(h, CUE_SECOND_ONE)    ? 2
		: hear_cue(h, CUE_LAST_ONE)      ? -1
						 : 0;
	out->asks = (hear_cue(h, CUE_ASK_NAME) ? ASKED_NAME : 0) |
		(hear_cue(h, CUE_ASK_PHONE) ? ASKED_PHONE : 0) |
		(hear_cue(h, CUE_ASK_EMAIL) ? ASKED_EMAIL : 0) |
		(hear_cue(h, CUE_ASK_STAFF) ? ASKED_STAFF : 0) |
		(hear_cue(h, CUE_ASK_TIME) ? ASKED_TIME : 0);
	hear_intents(h, out);
}

void understand(
	struct arena *mem, const struct listener *l, const char *text, struct understood *out)
{
	struct said said = said_read(mem, text);
	struct hearing h = {.mem = mem, .l = l, .said = &said, .wants_name = l->asked_name};

	memset(out, 0, sizeof(*out));
	out->language = hear_language(&said, &out->language_confidence);
	hear_all(&h, out);
}

int64_t understood_intent(const struct understood *u, enum intent intent)
{
	for (size_t i = 0; i < u->n_intents; i++) {
		if (u->intents[i].intent == intent)
			return u->intents[i].confidence;
	}
	return 0;
}
