#include "core/understand/action.h"
#include "core/understand/choice.h"
#include "core/understand/number.h"

#define EDGES_A_WORD 24
#define EDGES_MORE 256
#define ROUNDS_MAX 6
#define STEPS_A_WORD 3000 /* of matching, a round */
#define SPLIT_LEAST 3     /* letters of either part of a compound */

/* ---- words ---- */

static bool means(const struct ready *l, word_id id, enum sym sym)
{
	const struct ready_meaning *m = ready_meaning(l, id);

	for (; m != NULL; m = ready_meaning_next(l, m)) {
		if (m->n == 1 && m->m->sym == sym)
			return true;
	}
	return false;
}

static void push_word(struct chart *k, const char *t, uint16_t said, const struct word *w)
{
	struct chart_word *cw = &k->w[k->n++];

	*cw = (struct chart_word){.t = t, .id = ready_id(k->l, t), .said = said, .w = w};
}

/* "donnerstagnachmittag", "januarwoche", "threeish". */
static bool push_compound(struct chart *k, const char *t, uint16_t said)
{
	size_t n = strlen(t);

	for (size_t i = SPLIT_LEAST; i + SPLIT_LEAST <= n; i++) {
		word_id a = ready_id(k->l, mem_text_n(k->mem, t, i));
		word_id b = a == 0 ? 0 : ready_id(k->l, t + i);

		if (b == 0)
			continue;
		if ((means(k->l, a, S_WEEKDAY) &&
			    (means(k->l, b, S_PART) || means(k->l, b, S_DAY))) ||
			(means(k->l, a, S_MONTH) && means(k->l, b, S_LEN)) ||
			means(k->l, a, S_NUM)) {
			push_word(k, mem_text_n(k->mem, t, i), said, NULL);
			push_word(k, mem_text(k->mem, t + i), said, NULL);
			return true;
		}
	}
	return false;
}

/* Stutter: "am am", "I I". Numbers and letters may be meant twice. */
static bool said_again(const struct chart *k, size_t i)
{
	const struct said *s = k->said;
	word_id id = ready_id(k->l, s->w[i].t);
	int v;

	return i > 0 && strlen(s->w[i].t) > 1 && !s->w[i].digits &&
		strcmp(s->w[i].t, s->w[i - 1].t) == 0 && !means(k->l, id, S_NUM) &&
		!means(k->l, id, S_ORD) && number_of(ready_language(k->l), &s->w[i], &v) < 0;
}

/* Behind an ordinal: "zum dritten mal". */
static bool counted(const struct chart *k)
{
	const struct chart_word *w = k->n == 0 ? NULL : &k->w[k->n - 1];
	int v;

	return w != NULL && w->w != NULL &&
		(means(k->l, w->id, S_ORD) || number_of(ready_language(k->l), w->w, &v) == 1);
}

static void prepare_words(struct chart *k, const bool *taken)
{
	const struct said *s = k->said;

	for (size_t i = 0; i < s->n; i++) {
		word_id id = ready_id(k->l, s->w[i].t);

		if (taken != NULL && taken[i]) {
			push_word(k, "", (uint16_t)i, NULL);
			continue;
		}
		if (ready_is_filler(k->l, id) && !counted(k))
			continue;
		if (said_again(k, i))
			continue;
		if (id != 0 || s->w[i].digits || !push_compound(k, s->w[i].t, (uint16_t)i))
			push_word(k, s->w[i].t, (uint16_t)i, &s->w[i]);
	}
}

/* ---- edges ---- */

static bool same(const struct sense *a, const struct sense *b)
{
	return a->sym == b->sym && a->len == b->len && a->v == b->v && a->n == b->n &&
		a->first.n == b->first.n && a->last.n == b->last.n && a->t1 == b->t1 &&
		a->t2 == b->t2 && a->flags == b->flags;
}

static bool add_edge(struct chart *k, const struct sense *e)
{
	for (uint32_t i = k->head[e->from]; i != 0; i = k->next[i - 1]) {
		if (same(&k->edges[i - 1], e))
			return false;
	}
	if (k->n_edges == k->cap)
		return false;
	k->edges[k->n_edges] = *e;
	k->next[k->n_edges] = k->head[e->from];
	k->head[e->from] = (uint32_t)++k->n_edges;
	return true;
}

static struct sense blank(size_t from, size_t len, enum sym sym)
{
	return (struct sense){.sym = sym,
		.from = (uint16_t)from,
		.len = (uint16_t)len,
		.t1 = NO_TIME,
		.t2 = NO_TIME,
		.sure = 100};
}

static void add_meanings(struct chart *k, size_t at)
{
	const struct ready_meaning *m = ready_meaning(k->l, k->w[at].id);

	for (; m != NULL; m = ready_meaning_next(k->l, m)) {
		size_t i = 0;

		while (i < m->n && at + i < k->n && k->w[at + i].id == m->words[i])
			i++;
		if (i < m->n)
			continue;
		struct sense e = blank(at, m->n, m->m->sym);
		e.v = m->m->v;
		e.flags = e.sym == S_NUM ? F_SPELLED : 0;
		if (e.sym == S_DUR) {
			e.n = e.v;
			e.v = LEN_MINUTE;
		}
		(void)add_edge(k, &e);
	}
}

static void add_marked(struct chart *k, size_t at)
{
	const struct word *w = k->w[at].w;
	struct sense e = blank(at, 1, S_TIME);
	int f[3];
	char mark;
	size_t n = number_fields(w->t, f, &mark);
	bool dotted = ready_language(k->l)->dotted_dates;
	bool ends = w->t[strlen(w->t) - 1] == '.';

	if (n == 2 && (mark == ':' || (mark == '.' && !ends && strlen(strchr(w->t, '.')) == 3)) &&
		clock_time(f[0], f[1], &e))
		(void)add_edge(k, &e);
	e = blank(at, 1, S_DATE);
	if (mark == '.' && (dotted || n == 3) &&
		date_written(k->scene, f[0], f[1], n == 3 ? f[2] : 0, &e)) {
		e.sure = n == 2 && !ends ? 75 : e.sure;
		(void)add_edge(k, &e);
	}
	bool swap = (mark == '/' && k->scene->month_first && f[0] <= 12) || (n >= 2 && f[1] > 12);
	if (mark == '/' &&
		date_written(
			k->scene, swap ? f[1] : f[0], swap ? f[0] : f[1], n == 3 ? f[2] : 0, &e))
		(void)add_edge(k, &e);
	if (mark == '-' && n == 3 && date_written(k->scene, f[2], f[1], f[0], &e))
		(void)add_edge(k, &e);
}

static void add_numbers(struct chart *k, size_t at)
{
	const struct word *w = k->w[at].w;
	struct sense e = blank(at, 1, S_NUM);

	if (w == NULL)
		return;
	if (w->digits && strpbrk(w->t, ".:/-") != NULL) {
		add_marked(k, at);
		return;
	}
	int kind = number_of(ready_language(k->l), w, &e.v);
	if (kind < 0)
		return;
	e.flags = w->digits ? 0 : F_SPELLED;
	if (kind == 1)
		e.sym = S_ORD;
	else if (e.v == 1 && !w->digits)
		e.sym = S_ONE;
	(void)add_edge(k, &e);
	if (w->dot) {
		e.sym = S_ORD;
		(void)add_edge(k, &e);
	}
}

/* ---- rules ---- */

struct match {
	struct chart *k;
	const struct ready_rule *rule;
	size_t from;
	const struct sense *parts[RULE_PARTS_MAX];
	size_t n_parts;
	int *steps;
	bool grew;
};

static bool fits(const struct element *e, const struct sense *s)
{
	return s->sym == e->sym && s->v >= e->lo && s->v <= e->hi && s->v % e->step == 0 &&
		(s->flags & e->flags) == e->flags;
}

static void reduce(struct match *m, size_t to)
{
	struct sense out = blank(m->from, to - m->from, m->rule->rule->makes);

	for (size_t i = 0; i < m->n_parts; i++)
		out.sure = m->parts[i]->sure < out.sure ? m->parts[i]->sure : out.sure;
	if (m->rule->rule->fn(m->k->scene, m->rule->rule, m->parts, m->n_parts, &out) &&
		add_edge(m->k, &out))
		m->grew = true;
}

static void match(struct match *m, size_t at_element, size_t at);

static void match_word(struct match *m, size_t at_element, size_t at)
{
	const struct element *e = &m->rule->e[at_element];

	for (uint8_t i = 0; at < m->k->n && i < e->n; i++) {
		if (m->k->w[at].id == e->words[i] && e->words[i] != 0) {
			match(m, at_element + 1, at + 1);
			return;
		}
	}
}

static void match_sense(struct match *m, size_t at_element, size_t at)
{
	const struct element *e = &m->rule->e[at_element];

	if (at >= m->k->n)
		return;
	for (uint32_t i = m->k->head[at]; i != 0; i = m->k->next[i - 1]) {
		const struct sense *s = &m->k->edges[i - 1];

		if (!fits(e, s))
			continue;
		m->parts[m->n_parts++] = s;
		match(m, at_element + 1, at + s->len);
		m->n_parts--;
	}
}

static void match(struct match *m, size_t at_element, size_t at)
{
	if (--*m->steps < 0)
		return;
	if (at_element == m->rule->n) {
		reduce(m, at);
		return;
	}
	const struct element *e = &m->rule->e[at_element];
	if (e->optional)
		match(m, at_element + 1, at);
	if (e->kind == EL_WORD)
		match_word(m, at_element, at);
	else if (e->kind == EL_SYM)
		match_sense(m, at_element, at);
	else if (at < m->k->n && m->k->w[at].id == 0 && m->k->w[at].t[0] != '\0')
		match(m, at_element + 1, at + 1);
}

static bool try_rules(struct chart *k, const struct ready_rule *r, size_t at, int *steps)
{
	struct match m = {.k = k, .from = at, .steps = steps};

	for (; r != NULL; r = ready_rule_next(k->l, r)) {
		m.rule = r;
		match(&m, 0, at);
	}
	return m.grew;
}

static bool try_at(struct chart *k, size_t at)
{
	int steps = STEPS_A_WORD;
	bool grew =
		k->w[at].id != 0 && try_rules(k, ready_rule_of_word(k->l, k->w[at].id), at, &steps);

	for (enum sym sym = S_NONE + 1; sym < S_COUNT; sym++) {
		bool there = false;

		for (uint32_t i = k->head[at]; i != 0 && !there; i = k->next[i - 1])
			there = k->edges[i - 1].sym == sym;
		if (there && try_rules(k, ready_rule_of_sym(k->l, sym), at, &steps))
			grew = true;
	}
	return grew;
}

/* From the last word to the first: what stands behind is known already. */
static void fill(struct chart *k)
{
	bool grew = true;

	for (int round = 0; grew && round < ROUNDS_MAX; round++) {
		grew = false;
		for (size_t at = k->n; at-- > 0;)
			grew = try_at(k, at) || grew;
	}
}

/* ---- the whole ---- */

static void count_said_words(const struct chart *k, struct sense *s)
{
	uint16_t from = k->w[s->from].said, to = k->w[s->from + s->len - 1].said;

	s->from = from;
	s->len = (uint16_t)(to - from + 1);
}

struct senses chart_read(struct arena *mem, const struct ready *l, const struct scene *scene,
	const struct said *said, const bool *taken)
{
	struct chart k = {.mem = mem, .l = l, .scene = scene, .said = said};
	struct senses out = {.n = 0};

	k.w = mem_alloc(mem, (2 * said->n + 1) * sizeof(*k.w));
	prepare_words(&k, taken);
	k.cap = k.n * EDGES_A_WORD + EDGES_MORE;
	k.edges = mem_alloc(mem, k.cap * sizeof(*k.edges));
	k.next = mem_alloc(mem, k.cap * sizeof(*k.next));
	k.head = mem_alloc(mem, (k.n + 1) * sizeof(*k.head));
	for (size_t at = 0; at < k.n; at++) {
		if (k.w[at].t[0] == '\0')
			continue;
		add_meanings(&k, at);
		add_numbers(&k, at);
	}
	fill(&k);
	chart_choose(&k, &out);
	chart_doubt(&k, &out);
	chart_bare(&k, &out);
	for (size_t i = 0; i < out.n; i++)
		count_said_words(&k, &out.p[i]);
	if (out.bare != NULL) {
		struct sense *bare = mem_alloc(mem, sizeof(*bare));

		*bare = *out.bare;
		count_said_words(&k, bare);
		out.bare = bare;
	}
	return out;
}
