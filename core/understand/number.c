/* Numbers that are written in one word: 14, 14:30, 3.12., vierundzwanzigsten. */
#include "core/understand/number.h"
#include "core/base/text.h"

#define NUMBER_MAX 9999999

/* What may stand behind what, in a number of one word. */
enum kind { K_BEGIN, K_UNIT, K_TEEN, K_TENS, K_AND, K_HUNDRED, K_THOUSAND };

static enum kind kind_of(int v)
{
	return v == 1000   ? K_THOUSAND
		: v == 100 ? K_HUNDRED
		: v >= 20  ? K_TENS
		: v >= 10  ? K_TEEN
			   : K_UNIT;
}

static bool may_follow(enum kind before, enum kind k)
{
	static const unsigned AFTER[] = {
		[K_BEGIN] =
			1 << K_UNIT | 1 << K_TEEN | 1 << K_TENS | 1 << K_HUNDRED | 1 << K_THOUSAND,
		[K_UNIT] = 1 << K_AND | 1 << K_HUNDRED | 1 << K_THOUSAND,
		[K_TEEN] = 1 << K_HUNDRED | 1 << K_THOUSAND,
		[K_TENS] = 1 << K_THOUSAND,
		[K_AND] = 1 << K_TENS | 1 << K_UNIT | 1 << K_TEEN,
		[K_HUNDRED] =
			1 << K_AND | 1 << K_UNIT | 1 << K_TEEN | 1 << K_TENS | 1 << K_THOUSAND,
		[K_THOUSAND] =
			1 << K_AND | 1 << K_UNIT | 1 << K_TEEN | 1 << K_TENS | 1 << K_HUNDRED,
	};

	return (AFTER[before] & 1u << k) != 0;
}

/* The longest piece that t begins with; its length, 0: none. */
static size_t piece_at(const struct language *l, const char *t, size_t n, int *v)
{
	size_t best = 0;

	for (size_t i = 0; i < l->n_pieces; i++) {
		size_t k = strlen(l->pieces[i].t);

		if (k > best && k <= n && strncmp(l->pieces[i].t, t, k) == 0) {
			best = k;
			*v = l->pieces[i].v;
		}
	}
	size_t glue = strlen(l->glue);
	if (best == 0 && n > glue && strncmp(l->glue, t, glue) == 0) {
		best = glue;
		*v = 0;
	}
	return best;
}

bool number_words(const struct language *l, const char *t, size_t n, int *v)
{
	int total = 0, current = 0;
	enum kind before = K_BEGIN;

	if (l->glue == NULL)
		return false;
	while (n > 0) {
		int piece = 0;
		size_t k = piece_at(l, t, n, &piece);
		enum kind kind = k > 0 && piece == 0 ? K_AND : kind_of(piece);

		if (k == 0 || !may_follow(before, kind))
			return false;
		if (kind == K_HUNDRED) {
			current = (current > 0 ? current : 1) * 100;
		} else if (kind == K_THOUSAND) {
			total += (current > 0 ? current : 1) * 1000;
			current = 0;
		} else {
			current += piece;
		}
		before = kind;
		t += k;
		n -= k;
	}
	*v = total + current;
	return before != K_BEGIN && before != K_AND;
}

static bool ordinal_words(const struct language *l, const char *t, int *v)
{
	size_t n = strlen(t);

	for (size_t i = 0; i < l->n_ordinal_ends; i++) {
		size_t k = strlen(l->ordinal_ends[i]);

		if (n > k && strcmp(t + n - k, l->ordinal_ends[i]) == 0 &&
			number_words(l, t, n - k, v))
			return true;
	}
	return false;
}

int number_of(const struct language *l, const struct word *w, int *v)
{
	int64_t n;

	if (w->digits) {
		if (!text_int(w->t, 0, NUMBER_MAX, &n) &&
			!(w->t[0] == '0' && w->t[1] != '\0' && text_int(w->t + 1, 0, 9, &n)))
			return -1;
		*v = (int)n;
		return 0;
	}
	if (number_words(l, w->t, strlen(w->t), v))
		return 0;
	return ordinal_words(l, w->t, v) ? 1 : -1;
}

size_t number_fields(const char *t, int out[3], char *mark)
{
	size_t n = 0;

	*mark = '\0';
	while (n < 3 && *t >= '0' && *t <= '9') {
		char *end;
		long v = strtol(t, &end, 10);

		out[n++] = v <= NUMBER_MAX ? (int)v : NUMBER_MAX;
		if (*end == '\0' || (*mark == ':' && strcmp(end, ".") == 0))
			return n;
		if (*mark != '\0' && *end != *mark)
			return 0;
		*mark = *end;
		t = end + 1;
		if (*t == '\0')
			return n;
	}
	return 0;
}
