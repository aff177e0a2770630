#include "core/understand/language.h"
#include "core/understand/said.h"

const struct language *const LANGUAGES[] = {&LANGUAGE_EN, &LANGUAGE_DE};
const size_t N_LANGUAGES = COUNT_OF(LANGUAGES);

#define WORDS_MAX 8192 /* a power of two, of which half stays empty */
#define MEANINGS_MAX 2048
#define RULES_MAX 1024
#define ARENA_MAX (4u << 20)

/* What stands in patterns in capitals: a sense with a number between lo and
 * hi (a multiple of step), and these flags. */
static const struct {
	const char *name;
	enum sym sym;
	int lo, hi, step;
	unsigned flags;
} SYMS[] = {
	{"HOUR", S_NUM, 0, 24, 1, 0},
	{"MIN", S_NUM, 1, 59, 1, 0},
	{"FIVES", S_NUM, 5, 55, 5, 0},
	{"SPOKENFIVES", S_NUM, 5, 55, 5, F_SPELLED},
	{"MIN2", S_NUM, 10, 59, 1, 0},
	{"UNIT", S_NUM, 1, 9, 1, 0},
	{"TENS", S_NUM, 20, 90, 10, 0},
	{"COUNT", S_NUM, 1, 400, 1, 0},
	{"CENT", S_NUM, 1, 99, 1, 0},
	{"YY", S_NUM, 20, 49, 1, 0},
	{"BIRTHYY", S_NUM, 50, 99, 1, 0},
	{"HUNDREDS", S_NUM, 13, 19, 1, 0},
	{"WEEKNO", S_NUM, 1, 53, 1, 0},
	{"DAYNUM", S_NUM, 1, 31, 1, 0},
	{"YEAR", S_NUM, 2020, 2099, 1, 0},
	{"BIRTHYEAR", S_NUM, 1900, 2019, 1, 0},
	{"HHMM", S_NUM, 100, 2459, 1, 0},
	{"ONE", S_ONE, 1, 1, 1, 0},
	{"DOM", S_ORD, 1, 31, 1, 0},
	{"MON", S_ORD, 1, 12, 1, 0},
	{"ORDUNIT", S_ORD, 1, 9, 1, 0},
	{"NTH", S_ORD, 1, 5, 1, 0},
	{"NUM", S_NUM, 0, INT_MAX, 1, 0},
	{"ORD", S_ORD, 0, INT_MAX, 1, 0},
	{"LEN", S_LEN, 0, 99, 1, 0},
	{"WEEKEND", S_LEN, LEN_WEEKEND, LEN_WEEKEND, 1, 0},
	{"WEEKDAY", S_WEEKDAY, 1, 7, 1, 0},
	{"MONTH", S_MONTH, 1, 12, 1, 0},
	{"DAY", S_DAY, -9, 99, 1, 0},
	{"PART", S_PART, 0, 99, 1, 0},
	{"WHICH", S_WHICH, 0, 99, 1, 0},
	{"MERIDIEM", S_MERIDIEM, 0, 1, 1, 0},
	{"FEAST", S_FEAST, 0, 999, 1, 0},
	{"DUR", S_DUR, INT_MIN, INT_MAX, 1, 0},
	{"TIME", S_TIME, INT_MIN, INT_MAX, 1, 0},
	{"CLK", S_CLK, INT_MIN, INT_MAX, 1, 0},
	{"DATE", S_DATE, INT_MIN, INT_MAX, 1, 0},
	{"PERIOD", S_PERIOD, INT_MIN, INT_MAX, 1, 0},
	{"DAYOF", S_DAYOF, INT_MIN, INT_MAX, 1, 0},
	{"WEEK", S_DATE, INT_MIN, INT_MAX, 1, F_WEEK},
	{"MONTHS", S_DATE, INT_MIN, INT_MAX, 1, F_MONTH},
	{"ONDAY", S_DATE, INT_MIN, INT_MAX, 1, F_WEEKDAY},
	{"DOMDATE", S_DATE, INT_MIN, INT_MAX, 1, F_DOM},
	{"WIN", S_WIN, INT_MIN, INT_MAX, 1, 0},
	{"FIX", S_FIX, INT_MIN, INT_MAX, 1, 0},
	{"OR", S_OR, INT_MIN, INT_MAX, 1, 0},
};

/* Filed by their first word; what begins with any word, or with a part of one,
 * by itself. */
struct phrases {
	struct phrase *p;
	uint16_t *next; /* all of these + 1 */
	uint16_t head[WORDS_MAX], loose;
};

struct ready {
	const struct language *language;
	const char *words[WORDS_MAX];
	bool filler[WORDS_MAX];
	struct ready_meaning meanings[MEANINGS_MAX];
	struct ready_rule rules[2 * RULES_MAX];
	size_t n_meanings, n_rules, n_words;
	uint16_t meaning_of[WORDS_MAX];
	/* a list a word or symbol with which a rule begins */
	uint16_t rule_of_word[WORDS_MAX], rule_of_sym[S_COUNT];
	struct phrases phrases[TOPIC_COUNT];
	int8_t stop_words[WORDS_MAX];
	struct arena *mem;
};

const struct language *language_find(const char *code)
{
	for (size_t i = 0; code != NULL && i < N_LANGUAGES; i++) {
		size_t n = strlen(LANGUAGES[i]->code);

		if (strncasecmp(LANGUAGES[i]->code, code, n) == 0 &&
			(code[n] == '\0' || code[n] == '-' || code[n] == '_'))
			return LANGUAGES[i];
	}
	return NULL;
}

/* ---- words ---- */

static size_t slot_of(const struct ready *r, const char *word)
{
	uint32_t h = 2166136261u;

	for (const char *p = word; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	size_t i = h % (WORDS_MAX - 1) + 1;
	while (r->words[i] != NULL && strcmp(r->words[i], word) != 0)
		i = i % (WORDS_MAX - 1) + 1;
	return i;
}

word_id ready_id(const struct ready *r, const char *word)
{
	size_t i = slot_of(r, word);

	return r->words[i] != NULL ? (word_id)i : 0;
}

static word_id intern(struct ready *r, const char *word)
{
	size_t i = slot_of(r, word);

	if (r->words[i] == NULL) {
		if (++r->n_words > WORDS_MAX / 2)
			BUG("%s has too many words", r->language->code);
		r->words[i] = mem_text(r->mem, word);
	}
	return (word_id)i;
}

/* ---- meanings ---- */

static void add_meaning(struct ready *r, const struct meaning *m)
{
	struct said s = said_read(r->mem, m->words);
	struct ready_meaning *k = &r->meanings[r->n_meanings];

	if (++r->n_meanings > MEANINGS_MAX || s.n == 0 || s.n > COUNT_OF(k->words))
		BUG("%s: \"%s\" does not fit", r->language->code, m->words);
	k->m = m;
	k->n = (uint8_t)s.n;
	for (size_t i = 0; i < s.n; i++)
		k->words[i] = intern(r, s.w[i].t);
	k->next = r->meaning_of[k->words[0]];
	r->meaning_of[k->words[0]] = (uint16_t)r->n_meanings;
}

/* ---- rules ---- */

static bool symbol(const char *name, struct element *e)
{
	for (size_t i = 0; i < COUNT_OF(SYMS); i++) {
		if (strcmp(SYMS[i].name, name) == 0) {
			e->kind = EL_SYM;
			e->sym = SYMS[i].sym;
			e->lo = SYMS[i].lo;
			e->hi = SYMS[i].hi;
			e->step = SYMS[i].step;
			e->flags = SYMS[i].flags;
			return true;
		}
	}
	return false;
}

/* "um|so", "[HOUR]": one element of n bytes. */
static struct element read_element(
	struct ready *r, const struct rule *rule, const char *p, size_t n)
{
	struct element e = {.kind = EL_WORD};

	if (n > 2 && p[0] == '[' && p[n - 1] == ']') {
		e.optional = true;
		p++;
		n -= 2;
	}
	const char *all = mem_text_n(r->mem, p, n);
	if (strcmp(all, "_") == 0) {
		e.kind = EL_ANY;
		return e;
	}
	if (*all >= 'A' && *all <= 'Z') {
		if (!symbol(all, &e))
			BUG("%s: there is no symbol %s", rule->pattern, all);
		return e;
	}
	while (*all != '\0') {
		size_t k = strcspn(all, "|");

		if (e.n == COUNT_OF(e.words))
			BUG("%s: too many words for one place", rule->pattern);
		e.words[e.n++] = intern(r, said_fold(r->mem, mem_text_n(r->mem, all, k)));
		all += k + (all[k] == '|');
	}
	return e;
}

static void file_under(struct ready *r, struct ready_rule k, uint16_t *list)
{
	if (r->n_rules == COUNT_OF(r->rules))
		BUG("%s has too many rules", r->language->code);
	k.next = *list;
	r->rules[r->n_rules++] = k;
	*list = (uint16_t)r->n_rules;
}

static void add_rule(struct ready *r, const struct rule *rule)
{
	struct ready_rule k = {.rule = rule};

	for (const char *p = rule->pattern; *p != '\0'; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (k.n == RULE_PARTS_MAX)
			BUG("%s: too long", rule->pattern);
		k.e[k.n++] = read_element(r, rule, p, n);
		p += n;
	}
	for (uint8_t first = 0; first < k.n; first++) {
		struct ready_rule cut = {.rule = rule, .n = (uint8_t)(k.n - first)};
		const struct element *e = &k.e[first];

		memcpy(cut.e, k.e + first, cut.n * sizeof(*e));
		cut.e[0].optional = false;
		if (e->kind == EL_SYM)
			file_under(r, cut, &r->rule_of_sym[e->sym]);
		for (uint8_t i = 0; e->kind == EL_WORD && i < e->n; i++)
			file_under(r, cut, &r->rule_of_word[e->words[i]]);
		if (!e->optional)
			break;
	}
}

/* ---- phrases ---- */

static struct phrase make_phrase(struct ready *r, const char *words)
{
	struct phrase p = {.n = 0};

	for (; *words != '\0'; words += strspn(words, " ")) {
		size_t n = strcspn(words, " ");
		const char *w = mem_text_n(r->mem, words, n);
		bool begins = n > 1 && w[n - 1] == '*';

		if (p.n == COUNT_OF(p.w))
			BUG("%s: too long", words);
		const char *folded = said_fold(r->mem, w);
		p.w[p.n++] = strcmp(w, "_") == 0 ? w
			: begins                 ? mem_printf(r->mem, "%s*", folded)
						 : folded;
		words += n;
	}
	return p;
}

static bool word_fits(const char *pattern, const char *word)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return strncmp(pattern, word, n - 1) == 0;
	return strcmp(pattern, "_") == 0 || strcmp(pattern, word) == 0;
}

size_t phrase_at(const struct phrase *p, const struct said *s, size_t at)
{
	if (p->n == 0 || at + p->n > s->n)
		return 0;
	for (uint8_t i = 0; i < p->n; i++) {
		if (!word_fits(p->w[i], s->w[at + i].t))
			return 0;
	}
	return p->n;
}

static void file_phrase(struct ready *r, struct phrases *all, size_t i, const char *words)
{
	struct phrase p = make_phrase(r, words);
	const char *first = p.n > 0 ? p.w[0] : "";
	if (*first == '\0')
		BUG("%s has a phrase without words", r->language->code);
	bool loose = strcmp(first, "_") == 0 || first[strlen(first) - 1] == '*';
	uint16_t *list = loose ? &all->loose : &all->head[intern(r, first)];

	all->p[i] = p;
	all->next[i] = *list;
	*list = (uint16_t)(i + 1);
}

static void make_room(struct ready *r, struct phrases *all, size_t n)
{
	if (n >= UINT16_MAX)
		BUG("%s has too many phrases", r->language->code);
	all->p = mem_alloc(r->mem, (n + 1) * sizeof(*all->p));
	all->next = mem_alloc(r->mem, (n + 1) * sizeof(*all->next));
}

static void add_phrases(struct ready *r)
{
	const struct language *l = r->language;

	make_room(r, &r->phrases[TOPIC_CUE], l->n_cues);
	for (size_t i = 0; i < l->n_cues; i++)
		file_phrase(r, &r->phrases[TOPIC_CUE], i, l->cues[i].words);
	make_room(r, &r->phrases[TOPIC_EVIDENCE], l->n_evidence);
	for (size_t i = 0; i < l->n_evidence; i++)
		file_phrase(r, &r->phrases[TOPIC_EVIDENCE], i, l->evidence[i].words);
	make_room(r, &r->phrases[TOPIC_CONCEPT], l->n_concepts);
	for (size_t i = 0; i < l->n_concepts; i++)
		file_phrase(r, &r->phrases[TOPIC_CONCEPT], i, l->concepts[i].words);
	for (size_t i = 0; i < l->n_stop_words; i++)
		r->stop_words[intern(r, said_fold(r->mem, l->stop_words[i].t))] =
			(int8_t)l->stop_words[i].weight;
}

static struct ready *make_ready(const struct language *l)
{
	struct arena *mem = arena_new(ARENA_MAX);
	struct ready *r = mem_alloc(mem, sizeof(*r));

	r->mem = mem;
	r->language = l;
	for (size_t i = 0; i < l->n_meanings; i++)
		add_meaning(r, &l->meanings[i]);
	for (size_t i = 0; i < l->n_rules; i++)
		add_rule(r, &l->rules[i]);
	for (size_t i = 0; i < l->n_fillers; i++)
		r->filler[intern(r, said_fold(mem, l->fillers[i]))] = true;
	add_phrases(r);
	return r;
}

/* Made when first needed, kept for the life of the process. */
const struct ready *language_ready(const struct language *l)
{
	static struct ready *all[8];

	for (size_t i = 0; i < N_LANGUAGES; i++) {
		if (LANGUAGES[i] != l)
			continue;
		if (all[i] == NULL)
			all[i] = make_ready(l);
		return all[i];
	}
	BUG("a language that is not in the list");
}

/* ---- looking up ---- */

bool ready_is_filler(const struct ready *r, word_id id)
{
	return r->filler[id];
}

static const struct ready_meaning *meaning_at(const struct ready *r, uint16_t i)
{
	return i == 0 ? NULL : &r->meanings[i - 1];
}

const struct ready_meaning *ready_meaning(const struct ready *r, word_id first)
{
	return meaning_at(r, r->meaning_of[first]);
}

const struct ready_meaning *ready_meaning_next(const struct ready *r, const struct ready_meaning *m)
{
	return meaning_at(r, m->next);
}

static const struct ready_rule *rule_at(const struct ready *r, uint16_t i)
{
	return i == 0 ? NULL : &r->rules[i - 1];
}

const struct ready_rule *ready_rule_of_word(const struct ready *r, word_id first)
{
	return rule_at(r, r->rule_of_word[first]);
}

const struct ready_rule *ready_rule_of_sym(const struct ready *r, enum sym first)
{
	return rule_at(r, r->rule_of_sym[first]);
}

const struct ready_rule *ready_rule_next(const struct ready *r, const struct ready_rule *k)
{
	return rule_at(r, k->next);
}

const struct language *ready_language(const struct ready *r)
{
	return r->language;
}

struct walk walk_at(const struct ready *r, enum topic topic, const struct said *s, size_t at)
{
	const struct phrases *all = &r->phrases[topic];
	word_id id = at < s->n ? ready_id(r, s->w[at].t) : 0;

	return (struct walk){.ready = r,
		.topic = topic,
		.said = s,
		.at = at,
		.next = id == 0 ? all->loose : all->head[id],
		.loose = id == 0};
}

bool walk_next(struct walk *w, size_t *i, size_t *n)
{
	const struct phrases *all = &w->ready->phrases[w->topic];

	for (;;) {
		if (w->next == 0 && w->loose)
			return false;
		if (w->next == 0) {
			w->next = all->loose;
			w->loose = true;
			continue;
		}
		*i = w->next - 1u;
		w->next = all->next[*i];
		*n = phrase_at(&all->p[*i], w->said, w->at);
		if (*n > 0)
			return true;
	}
}

size_t ready_cue_at(const struct ready *r, enum cue_kind kind, const struct said *s, size_t at,
	const char **value)
{
	struct walk w = walk_at(r, TOPIC_CUE, s, at);
	size_t best = 0, i, n;

	while (walk_next(&w, &i, &n)) {
		const struct cue *k = &r->language->cues[i];

		if (k->kind != kind || n <= best)
			continue;
		best = n;
		if (value != NULL)
			*value = k->value;
	}
	return best;
}

int ready_stop_word(const struct ready *r, const char *word)
{
	return r->stop_words[ready_id(r, word)];
}
