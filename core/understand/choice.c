/* The senses that leave the fewest words over, and what those that are left
 * over say of them. */
#include "core/understand/choice.h"

#define PIECE_WORDS 4
#define BESIDE 2    /* words */
#define DOUBTFUL 70 /* per cent */

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
		return next->sym == S_WIN && (next->flags & (F_OR | F_SEVERAL)) != 0;
	return s->sym == S_DAYOF && (s->flags & F_DOM) != 0 && next->sym == S_DATE &&
		(next->flags & F_DOM) != 0 && (next->flags & (F_OR | F_SEVERAL)) != 0;
}

/* "Nine, ten or eleven": rather three hours than ten past nine; "the third,
 * fourth or fifth": rather three days than the third of April. */
static bool counts_on(const struct sense *s, const struct sense *next)
{
	if ((s->flags & F_SEVERAL) == 0)
		return false;
	return s->sym == S_WIN ? next->t1 == s->t1 + 60 : next->first.n == s->first.n + 1;
}

static struct sense led(const struct sense *s)
{
	struct sense out = *s;

	out.flags |= F_SEVERAL;
	out.sym = s->sym == S_CLK ? S_WIN : S_DATE;
	out.t2 = out.t1;
	return out;
}

void chart_choose(struct chart *k, struct senses *out)
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

/* "Three ON the dot", "six WOULD be great": such a word is not what is counted. */
static bool is_no_noun(const struct chart *k, size_t at)
{
	return (k->w[at].id != 0 && ready_rule_of_word(k->l, k->w[at].id) != NULL) ||
		ready_stop_word(k->l, k->w[at].t) > 0;
}

/* Words of days and times that no reading could use; a number only where no
 * word behind it says what it counts, or takes it back. */
static bool is_weighty(const struct chart *k, const uint8_t *covered, size_t at)
{
	uint8_t next = at + 1 < k->n ? covered[at + 1] : (uint8_t)S_WIN;
	uint8_t then = at + 2 < k->n ? covered[at + 2] : (uint8_t)S_NONE;
	bool counts = (next == S_NONE && !is_no_noun(k, at + 1)) || next == S_FIX ||
		(next == S_OR && then == S_NONE);

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

/* A number before and a number behind, one of them left over: "ten NINETY five
 * Park Avenue". */
static bool runs_on(const struct chart *k, const uint8_t *covered, size_t at)
{
	return at > 0 && at < k->n && is_number(k, at - 1) && is_number(k, at) &&
		(covered[at - 1] == S_NONE || covered[at] == S_NONE);
}

/* A day or time beside such a word may be half of what was said. */
void chart_doubt(struct chart *k, struct senses *all)
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
		if (runs_on(k, covered, s->from) || runs_on(k, covered, (size_t)s->from + s->len))
			s->sure = DOUBTFUL;
		if (excepted)
			s->sure = DOUBTFUL;
	}
}

void chart_bare(struct chart *k, struct senses *out)
{
	for (size_t i = 0; i < k->n_edges; i++) {
		if (k->edges[i].sym == S_CLK && k->n <= (size_t)k->edges[i].len + 2)
			out->bare = &k->edges[i];
	}
}
