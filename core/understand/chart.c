#include "core/understand/chart.h"
#include "core/understand/action.h"
#include "core/understand/number.h"

#define EDGES_A_WORD 24
#define EDGES_MORE 256
#define ROUNDS_MAX 6
#define STEPS_A_WORD 3000 /* of matching, a round */
#define PIECE_WORDS 4
#define BESIDE 2      /* words */
#define DOUBTFUL 70   /* per cent */
#define SPLIT_LEAST 3 /* letters of either part of a compound */

struct chart_word {
	const char *t;
	word_id id;
	uint16_t said;
	const struct word *w; /* NULL: a part of a compound */
};

struct chart {
	struct arena *mem;
	const struct ready *l;
	const struct scene *scene;
	const struct said *said;
	struct chart_word *w;
	size_t n;
	struct sense *edges;
	uint32_t *next, *head; /* edge + 1 */
	size_t n_edges, cap;
};

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

/* ---- the choice ---- */

/* What a word more is worth; 0: such a sense is no result. */
static int worth(const struct sense *s)
{
	switch (s->sym) {
	case S_DATE:
	case S_WIN:
	case S_NOISE:
	case S_SOON:
		return 100;
	case S_NOTDATE:
		return 95;
	case S_NOTAFTER:
		return 90;
	case S_OLD:
	case S_NEW:
	case S_FIX:
		return 60;
	case S_OR:
		return s->len > 2 ? 60 : 20;
	case S_NONE:
	case S_NUM:
	case S_ORD:
	case S_ONE:
	case S_LEN:
	case S_WEEKDAY:
	case S_MONTH:
	case S_DAY:
	case S_PART:
	case S_WHICH:
	case S_MERIDIEM:
	case S_FEAST:
	case S_DUR:
	case S_PIECE:
	case S_TIME:
	case S_CLK:
	case S_PERIOD:
	case S_DAYOF:
	case S_COUNT:
		break;
	}
	return 0;
}

static int score(const struct sense *s)
{
	return worth(s) * s->len == 0 ? 0 : worth(s) * s->len - 15 + s->sure / 10;
}

/* "TEN or eleven", "the 22nd 23RD or 24th": a number that is a time or a day
 * because the one behind it is. */
static bool leads(const struct sense *s, const struct sense *next)
{
	if (next == NULL)
		return false;
	if (s->sym == S_CLK)
		return next->sym == S_WIN && (next->flags & (F_OR | F_LIST)) != 0;
	return s->sym == S_DAYOF && (s->flags & F_DOM) != 0 && next->sym == S_DATE &&
		(next->flags & F_DOM) != 0 && (next->flags & (F_OR | F_LIST)) != 0;
}

/* "Nine, ten or eleven": rather three hours than ten past nine; "the third,
 * fourth or fifth": rather three days than the third of April. */
static bool counts_on(const struct sense *s, const struct sense *next)
{
	if ((s->flags & F_LIST) == 0)
		return false;
	return s->sym == S_WIN ? next->t1 == s->t1 + 60 : next->first.n == s->first.n + 1;
}

static struct sense led(const struct sense *s)
{
	struct sense out = *s;

	out.flags |= F_LIST;
	out.sym = s->sym == S_CLK ? S_WIN : S_DATE;
	out.t2 = out.t1;
	return out;
}

static void choose(struct chart *k, struct senses *out)
{
	int *best = mem_alloc(k->mem, (k->n + 1) * sizeof(*best));
	uint32_t *by = mem_alloc(k->mem, (k->n + 1) * sizeof(*by)); /* edge + 1 */

	for (size_t at = k->n; at-- > 0;) {
		best[at] = best[at + 1];
		for (uint32_t i = k->head[at]; i != 0; i = k->next[i - 1]) {
			struct sense *s = &k->edges[i - 1];
			uint32_t next = by[at + s->len];

			if (next != 0 && leads(s, &k->edges[next - 1]))
				*s = led(s);
			int v = score(s) +
				(next != 0 && counts_on(s, &k->edges[next - 1]) ? 10 : 0);
			if (v > 0 && v + best[at + s->len] > best[at]) {
				best[at] = v + best[at + s->len];
				by[at] = i;
			}
		}
	}
	out->p = mem_alloc(k->mem, (k->n + 1) * sizeof(*out->p));
	for (size_t at = 0; at < k->n;) {
		if (by[at] == 0) {
			at++;
			continue;
		}
		out->p[out->n] = k->edges[by[at] - 1];
		at += out->p[out->n++].len;
	}
}

/* Words of days and times that no reading could use; a number only where no
 * word behind it says what it counts, or takes it back. */
static bool is_weighty(const struct chart *k, const uint8_t *covered, size_t at)
{
	uint8_t next = at + 1 < k->n ? covered[at + 1] : (uint8_t)S_WIN;
	uint8_t then = at + 2 < k->n ? covered[at + 2] : (uint8_t)S_NONE;
	bool counts = next == S_NONE || next == S_FIX || (next == S_OR && then == S_NONE);

	for (uint32_t i = k->head[at]; i != 0; i = k->next[i - 1]) {
		const struct sense *s = &k->edges[i - 1];

		if (s->len != 1)
			continue;
		if (s->sym == S_LEN || s->sym == S_FEAST || s->sym == S_WEEKDAY ||
			(s->sym == S_WHICH && s->v != WHICH_THIS) ||
			(((s->sym == S_NUM && s->v > 1) || s->sym == S_ORD) && !counts))
			return true;
	}
	return false;
}

/* Within what changes a time: "close of business". */
static bool is_piece(const struct chart *k, size_t at)
{
	for (size_t back = 0; back <= at && back < PIECE_WORDS; back++) {
		for (uint32_t i = k->head[at - back]; i != 0; i = k->next[i - 1]) {
			if (k->edges[i - 1].sym == S_PIECE && k->edges[i - 1].len > back)
				return true;
		}
	}
	return false;
}

static bool is_hour(const struct chart *k, size_t at)
{
	for (uint32_t i = k->head[at]; i != 0; i = k->next[i - 1]) {
		if (k->edges[i - 1].sym == S_CLK)
			return true;
	}
	return false;
}

static bool is_number(const struct chart *k, size_t at)
{
	for (uint32_t i = k->head[at]; i != 0; i = k->next[i - 1]) {
		if (k->edges[i - 1].sym == S_NUM)
			return true;
	}
	return false;
}

/* Whether such a word is among the next few that were left over, or farther
 * away what may be an hour. */
static bool halved(const struct chart *k, const uint8_t *covered, size_t from, size_t to)
{
	int left = BESIDE;

	for (size_t i = from; i != to; i += to > from ? 1 : SIZE_MAX) {
		size_t at = to > from ? i : i - 1;

		if (covered[at] != S_NONE)
			continue;
		if (left-- > 0 ? is_piece(k, at) || is_weighty(k, covered, at)
			       : is_hour(k, at) && is_weighty(k, covered, at))
			return true;
	}
	return false;
}

/* A day or time beside such a word may be half of what was said. */
static void doubt_halves(struct chart *k, struct senses *all)
{
	uint8_t *covered = mem_alloc(k->mem, k->n + 1); /* by which symbol */
	bool excepted = false;

	for (size_t i = 0; i < all->n; i++) {
		const struct sense *s = &all->p[i];

		memset(covered + s->from, (s->flags & F_FIX) != 0 ? S_FIX : (int)s->sym, s->len);
		excepted = excepted || (s->sym == S_NOISE && s->v == 1);
	}
	for (size_t i = 0; i < all->n; i++) {
		struct sense *s = &all->p[i];
		if ((s->sym != S_DATE && s->sym != S_WIN && s->sym != S_NOTDATE) ||
			s->sure <= DOUBTFUL)
			continue;
		if (halved(k, covered, s->from, 0) || halved(k, covered, s->from + s->len, k->n))
			s->sure = DOUBTFUL;
		if (s->from > 0 && covered[s->from - 1] == S_NONE && is_number(k, s->from - 1u) &&
			is_number(k, s->from))
			s->sure = DOUBTFUL;
		if (excepted)
			s->sure = DOUBTFUL;
	}
}

static void find_bare(struct chart *k, struct senses *out)
{
	for (size_t i = 0; i < k->n_edges; i++) {
		if (k->edges[i].sym == S_CLK && k->n <= (size_t)k->edges[i].len + 2)
			out->bare = &k->edges[i];
	}
}

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
	choose(&k, &out);
	doubt_halves(&k, &out);
	find_bare(&k, &out);
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
