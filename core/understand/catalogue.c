/* Services and staff of the company, by names that are only nearly right. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/understand/hear.h"

#define ALIKE 78     /* two words that are meant to be the same */
#define LEAST 55     /* per cent, to be mentioned */
#define APART 12     /* that the second must be behind the first */
#define WORD_LEAST 4 /* letters, to be compared with mistakes */
#define CONCEPTS_MAX 12
#define THINGS_MAX 500

/* ---- two words ---- */

/* Letters that must be put in, left out, changed or swapped (Damerau). */
static int distance(const char *a, const char *b)
{
	int before[SAID_WORD_MAX + 1] = {0}, last[SAID_WORD_MAX + 1], now[SAID_WORD_MAX + 1];
	int n = (int)strnlen(b, SAID_WORD_MAX), m = (int)strnlen(a, SAID_WORD_MAX);

	for (int k = 0; k <= n; k++)
		last[k] = k;
	for (int i = 1; i <= m; i++) {
		now[0] = i;
		for (int k = 1; k <= n; k++) {
			int d = last[k - 1] + (a[i - 1] != b[k - 1]);

			d = last[k] + 1 < d ? last[k] + 1 : d;
			d = now[k - 1] + 1 < d ? now[k - 1] + 1 : d;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
				before[k - 2] + 1 < d)
				d = before[k - 2] + 1;
			now[k] = d;
		}
		memcpy(before, last, sizeof(before));
		memcpy(last, now, sizeof(last));
	}
	return last[n];
}

int words_alike(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), longer = m > n ? m : n;

	if (longer == 0 || longer > SAID_WORD_MAX)
		return 0;
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): it is not 0 */
	return 100 - (int)(100 * (size_t)distance(a, b) / longer);
}

/* The same stem: "färben", "Färbung". */
static bool same_stem(const char *a, const char *b)
{
	size_t n = 0, m = strlen(a), k = strlen(b);

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n >= 5 && m - n <= 3 && k - n <= 3;
}

/* How well a word that was said stands for one of a name, per cent. */
static int word_for(const char *said, const char *named)
{
	size_t m = strlen(said), n = strlen(named);

	if (strcmp(said, named) == 0)
		return 100;
	if (m < WORD_LEAST || n < WORD_LEAST)
		return 0;
	if (same_stem(said, named))
		return 92;
	if (n >= 5 && strstr(said, named) != NULL)
		return 88; /* "Haarschnitt" in "Herrenhaarschnitt" */
	if (m >= 6 && strstr(named, said) != NULL)
		return 82;
	/* so different in length that they cannot be alike */
	if (m * 100 < n * ALIKE || n * 100 < m * ALIKE)
		return 0;
	if (said[0] != named[0])
		return 0; /* billing is no filling */
	int alike = words_alike(said, named);
	return alike >= ALIKE ? alike - 5 : 0;
}

/* ---- concepts ---- */

struct concepts {
	const char *name[CONCEPTS_MAX];
	size_t from[CONCEPTS_MAX], words[CONCEPTS_MAX];
	size_t n;
};

static bool blocked(const bool *not_wanted, size_t at, size_t n)
{
	for (size_t i = at; not_wanted != NULL && i < at + n; i++) {
		if (not_wanted[i])
			return true;
	}
	return false;
}

/* "Bart schneiden" is not also "schneiden". */
static void drop_parts(struct concepts *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->n; i++) {
		bool part = false;

		for (size_t j = 0; j < k->n && !part; j++)
			part = k->words[j] > k->words[i] && k->from[j] <= k->from[i] &&
				k->from[i] + k->words[i] <= k->from[j] + k->words[j];
		k->name[kept] = k->name[i];
		k->from[kept] = k->from[i];
		k->words[kept] = k->words[i];
		kept += !part;
	}
	k->n = kept;
}

/* Of all languages: a German may call a Haircut a Haarschnitt. */
static void find_concepts(const struct said *s, const bool *not_wanted, struct concepts *out)
{
	out->n = 0;
	for (size_t k = 0; k < N_LANGUAGES; k++) {
		const struct ready *r = language_ready(LANGUAGES[k]);

		for (size_t at = 0; at < s->n; at++) {
			struct walk w = walk_at(r, TOPIC_CONCEPT, s, at);
			size_t i, n;

			while (out->n < CONCEPTS_MAX && walk_next(&w, &i, &n)) {
				if (blocked(not_wanted, at, n))
					continue;
				out->from[out->n] = at;
				out->words[out->n] = n;
				out->name[out->n++] = LANGUAGES[k]->concepts[i].name;
			}
		}
	}
	drop_parts(out);
}

/* "+men" and its like say for whom, not what. */
static bool for_whom(const char *concept)
{
	return concept[0] == '+';
}

static size_t has_concept(const struct concepts *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++) {
		if (strcmp(k->name[i], name) == 0)
			return i + 1;
	}
	return 0;
}

/* ---- one name ---- */

struct hit {
	int score; /* per cent */
	size_t from, n;
};

static void spread(struct hit *hit, size_t at, size_t n)
{
	size_t end = hit->from + hit->n;

	if (hit->n == 0) {
		hit->from = at;
		hit->n = n;
		return;
	}
	hit->from = at < hit->from ? at : hit->from;
	end = at + n > end ? at + n : end;
	hit->n = end - hit->from;
}

static bool joined(const char *a, const char *b, const char *both)
{
	size_t n = strlen(a);

	return strncmp(a, both, n) == 0 && strcmp(b, both + n) == 0;
}

/* The best word, or two that were parted ("haar schnitt"), for one of a name. */
static int best_word(struct hearing *h, const bool *not_wanted, const char *named, struct hit *hit)
{
	const struct said *s = h->said;
	size_t where = 0, words = 1;
	int best = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (h->taken[i] || blocked(not_wanted, i, 1))
			continue;
		int v = word_for(s->w[i].t, named);
		if (v > best) {
			best = v;
			where = i;
			words = 1;
		}
		if (i + 1 < s->n && strlen(named) >= 6) {
			v = joined(s->w[i].t, s->w[i + 1].t, named) ? 97 : 0;
			if (v > best) {
				best = v;
				where = i;
				words = 2;
			}
		}
	}
	if (best > 0)
		spread(hit, where, words);
	return best;
}

static struct hit match_label(
	struct hearing *h, const bool *not_wanted, const struct concepts *said, const char *label)
{
	struct said name = said_read(h->mem, label);
	struct hit hit = {.score = 0};
	int sum = 0, all = 0;
	struct concepts meant;

	for (size_t i = 0; i < name.n; i++) {
		int weight = (int)strlen(name.w[i].t);

		if (weight < 3 && name.n > 1)
			continue;
		all += weight;
		sum += weight * best_word(h, not_wanted, name.w[i].t, &hit);
	}
	hit.score = all == 0 ? 0 : sum / all;
	find_concepts(&name, NULL, &meant);
	int by_concept = 0, whom = 0;
	for (size_t i = 0; i < meant.n; i++) {
		size_t k = has_concept(said, meant.name[i]);

		if (for_whom(meant.name[i]))
			whom = k > 0 ? 8 : whom;
		else if (k > 0 && by_concept == 0) {
			by_concept = 84;
			if (hit.score < by_concept)
				spread(&hit, said->from[k - 1], said->words[k - 1]);
		}
	}
	if (by_concept > 0 && by_concept + whom > hit.score)
		hit.score = by_concept + whom;
	/* for men, when it is for women */
	for (size_t i = 0; i < said->n; i++) {
		bool other = for_whom(said->name[i]) && has_concept(&meant, said->name[i]) == 0;

		for (size_t k = 0; other && k < meant.n; k++) {
			if (for_whom(meant.name[k]) && whom == 0) {
				hit.score -= 30;
				break;
			}
		}
	}
	return hit;
}

static void keep_best(struct hit *best, struct hit hit)
{
	if (hit.score > best->score)
		*best = hit;
}

/* ---- all of them ---- */

static bool *find_not_wanted(struct hearing *h)
{
	bool *out = mem_alloc(h->mem, (h->said->n + 1) * sizeof(*out));

	for (size_t i = 0; i < h->said->n; i++) {
		const char *value = NULL;

		size_t n = ready_cue_at(h->ready, CUE_NEGATION, h->said, i, &value);
		if (n == 0)
			continue;
		for (size_t k = i + n; k < i + n + 3 && k < h->said->n; k++) {
			if (h->said->w[k - 1].stop ||
				ready_cue_at(h->ready, CUE_CLAUSE, h->said, k, NULL) > 0)
				break;
			out[k] = true;
		}
	}
	return out;
}

void hear_service(struct hearing *h, struct found *out)
{
	const bool *not_wanted = find_not_wanted(h);
	struct hit best = {.score = 0}, second = {.score = 0};
	size_t which = 0, rival = 0;
	struct concepts said;

	find_concepts(h->said, not_wanted, &said);
	for (size_t i = 0; i < h->l->n_services && i < THINGS_MAX; i++) {
		const struct known_thing *t = &h->l->services[i];
		struct mem_mark mark = mem_mark(h->mem);
		struct hit hit = match_label(h, not_wanted, &said, t->name);

		for (size_t k = 0; t->synonyms != NULL && t->synonyms[k] != NULL; k++)
			keep_best(&hit, match_label(h, not_wanted, &said, t->synonyms[k]));
		mem_release(h->mem, mark);
		if (hit.score > best.score) {
			second = best;
			rival = which;
			best = hit;
			which = i;
		} else if (hit.score > second.score) {
			second = hit;
			rival = i;
		}
	}
	if (best.score < LEAST)
		return;
	bool apart = best.score - second.score >= APART ||
		(best.score == 100 && second.score < 100) ||
		(best.score >= 92 && second.score < 86);
	int sure = !apart          ? 60
		: best.score >= 80 ? (best.score > 96 ? 96 : best.score + 4)
				   : best.score;
	if (apart && best.score < 80 && second.score < 30)
		sure = 82; /* only a part of its name, but nothing else is like it */
	*out = found_make(h, h->l->services[which].id, best.from, best.n, sure);
	out->rival = apart ? NULL : h->l->services[rival].id;
}

/* ---- staff ---- */

static bool staff_cue_before(struct hearing *h, size_t at)
{
	for (size_t back = 1; back <= 3 && back <= at; back++) {
		if (ready_cue_at(h->ready, CUE_STAFF, h->said, at - back, NULL) == back)
			return true;
	}
	return false;
}

static int name_alike(const char *said, const char *name)
{
	size_t n = strlen(name);
	size_t m = strlen(said);

	if (m + 3 < n || n + 3 < m)
		return 0;
	if (said[0] != name[0])
		return 0;
	int v = words_alike(said, name);
	if (v < 100 && strncmp(said, name, n) == 0 && strcmp(said + n, "s") == 0)
		return 96; /* Annas, Anna's */
	if (n < 3 || (v < 100 && n < WORD_LEAST && v < 66))
		return 0;
	return v;
}

static struct hit match_staff(struct hearing *h, const bool *not_wanted, const char *label)
{
	struct said name = said_read(h->mem, label);
	struct hit best = {.score = 0};
	int parts = 0;

	for (size_t k = 0; k < name.n; k++) {
		struct hit hit = {.score = 0};

		if (ready_cue_at(h->ready, CUE_TITLE, &name, k, NULL) > 0)
			continue;
		for (size_t i = 0; i < h->said->n; i++) {
			int v = h->taken[i] || blocked(not_wanted, i, 1)
				? 0
				: name_alike(h->said->w[i].t, name.w[k].t);
			bool known = ready_stop_word(h->ready, h->said->w[i].t) != 0;
			bool expected = staff_cue_before(h, i);

			if (v < (expected ? 66 : 78) || (known && v < 100))
				continue;
			v = v >= 96        ? (expected                       ? 95
							     : h->wants_name ? 60
									     : 84)
				: expected ? (v >= 75 ? 84 : 70)
					   : 62;
			if (v > hit.score)
				hit = (struct hit){v, i, 1};
		}
		parts += hit.score > 0;
		keep_best(&best, hit);
	}
	if (parts > 1)
		best.score += 3;
	return best;
}

void hear_staff(struct hearing *h, struct found *out)
{
	const bool *not_wanted = find_not_wanted(h);
	struct hit best = {.score = 0}, second = {.score = 0};
	size_t which = 0, rival = 0;

	for (size_t i = 0; i < h->l->n_staff && i < THINGS_MAX; i++) {
		const struct known_thing *t = &h->l->staff[i];
		struct mem_mark mark = mem_mark(h->mem);
		struct hit hit = match_staff(h, not_wanted, t->name);

		for (size_t k = 0; t->synonyms != NULL && t->synonyms[k] != NULL; k++)
			keep_best(&hit, match_staff(h, not_wanted, t->synonyms[k]));
		mem_release(h->mem, mark);
		if (hit.score > best.score) {
			second = best;
			rival = which;
			best = hit;
			which = i;
		} else if (hit.score > second.score) {
			second = hit;
			rival = i;
		}
	}
	if (best.score == 0)
		return;
	bool apart = best.score > second.score;
	*out = found_make(h, h->l->staff[which].id, best.from, best.n, apart ? best.score : 60);
	out->rival = apart ? NULL : h->l->staff[rival].id;
}
