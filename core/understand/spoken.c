/* Telephone numbers and e-mail addresses, as they are said. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/phone_number.h"
#include "core/understand/hear.h"
#include "core/understand/number.h"

#define DIGITS_LEAST 7
#define DIGITS_MOST 18
#define CUE_BEFORE 8 /* words between "my number" and its digits */
#define EMAIL_WORDS 12

/* ---- digits ---- */

struct digits {
	struct buf b;
	size_t from, n; /* words */
	size_t tokens;
};

static bool plain_digits(const struct word *w)
{
	return w->digits && strpbrk(w->t, ".:/-") == NULL;
}

/* "zwei", "zero", "oh"; a number of one word up to 999. An article is no one. */
static bool small_number(struct hearing *h, size_t at, int *v)
{
	const struct word *w = &h->said->w[at];
	const struct ready_meaning *m = ready_meaning(h->ready, ready_id(h->ready, w->t));
	const char *digit = NULL;

	if (ready_cue_at(h->ready, CUE_DIGIT, h->said, at, &digit) == 1) {
		*v = digit[0] - '0';
		return true;
	}
	for (; m != NULL; m = ready_meaning_next(h->ready, m)) {
		if (m->n == 1 && m->m->sym == S_NUM) {
			*v = m->m->v;
			return *v != 1 && *v < 100;
		}
	}
	return !w->digits && number_of(ready_language(h->ready), w, v) == 0 && *v != 1 && *v < 1000;
}

/* twenty three: 23, as one */
static size_t spoken_number(struct hearing *h, size_t at, int *v)
{
	int unit;

	if (!small_number(h, at, v))
		return 0;
	if (*v >= 20 && *v < 100 && *v % 10 == 0 && at + 1 < h->said->n &&
		ready_language(h->ready)->glue == NULL && small_number(h, at + 1, &unit) &&
		unit > 0 && unit < 10) {
		*v += unit;
		return 2;
	}
	return 1;
}

/* The digits that begin at a word; how many words, 0: none. */
static size_t one_piece(struct hearing *h, size_t at, struct buf *b, int times)
{
	const struct word *w = &h->said->w[at];
	int v;

	if (plain_digits(w)) {
		for (int i = 0; i < times; i++)
			buf_text_add(b, w->t);
		return 1;
	}
	size_t n = spoken_number(h, at, &v);
	if (n == 0 || (times > 1 && v > 9))
		return 0;
	for (int i = 0; i < times; i++)
		buf_int(b, v);
	return n;
}

static size_t piece(struct hearing *h, size_t at, struct buf *b)
{
	static const struct {
		enum cue_kind cue;
		int times;
	} REPEATS[] = {{CUE_DOUBLE, 2}, {CUE_TRIPLE, 3}};

	for (size_t i = 0; i < COUNT_OF(REPEATS); i++) {
		size_t n = ready_cue_at(h->ready, REPEATS[i].cue, h->said, at, NULL);

		if (n > 0 && at + n < h->said->n) {
			size_t more = one_piece(h, at + n, b, REPEATS[i].times);

			return more > 0 ? n + more : 0;
		}
	}
	size_t n = one_piece(h, at, b, 1);
	/* "eight hundred" */
	if (n > 0 && at + n < h->said->n &&
		ready_cue_at(h->ready, CUE_HUNDRED, h->said, at + n, NULL) > 0) {
		buf_text_add(b, "00");
		n++;
	}
	return n;
}

static bool between_digits(struct hearing *h, size_t at)
{
	const char *t = h->said->w[at].t;

	return strcmp(t, "-") == 0 || ready_is_filler(h->ready, ready_id(h->ready, t)) ||
		ready_cue_at(h->ready, CUE_DASH, h->said, at, NULL) == 1 ||
		ready_cue_at(h->ready, CUE_THEN, h->said, at, NULL) == 1;
}

static struct digits read_run(struct hearing *h, size_t at)
{
	struct digits d = {.b = buf_new(h->mem, 64), .from = at};
	size_t plus = ready_cue_at(h->ready, CUE_PLUS, h->said, at, NULL);

	if (plus > 0) {
		buf_char(&d.b, '+');
		at += plus;
	}
	for (size_t n; at < h->said->n && !h->taken[at] && d.b.n < DIGITS_MOST; at += n) {
		n = piece(h, at, &d.b);
		d.tokens += n > 0;
		if (n == 0 && d.tokens > 0 && at + 1 < h->said->n && between_digits(h, at))
			n = 1;
		else if (n == 0)
			break;
		else
			d.n = at + n - d.from;
	}
	return d;
}

static bool cue_before(struct hearing *h, enum cue_kind kind, size_t at, size_t most)
{
	for (size_t back = 1; back <= most && back <= at; back++) {
		if (ready_cue_at(h->ready, kind, h->said, at - back, NULL) > 0)
			return true;
	}
	return false;
}

static void take(struct hearing *h, size_t from, size_t n)
{
	for (size_t i = from; i < from + n && i < h->said->n; i++)
		h->taken[i] = true;
}

static void try_number(struct hearing *h, struct digits *d, struct found *out)
{
	const char *text = buf_text(&d->b);
	const char *e164 =
		strlen(text) <= PHONE_MAX ? phone_e164(h->mem, text, h->l->region) : NULL;
	bool cue = cue_before(h, CUE_PHONE, d->from, CUE_BEFORE);

	if (e164 == NULL && !cue && d->tokens < DIGITS_LEAST - 1)
		return;
	take(h, d->from, d->n);
	if (e164 == NULL) {
		if (out->value == NULL)
			*out = found_make(h, text, d->from, d->n, 30);
		return;
	}
	int sure = !phone_probably_valid(e164)            ? 60
		: cue || text[0] == '0' || text[0] == '+' ? 95
							  : 88;
	/* the last number that was said is the one that holds */
	if (out->value == NULL || sure * 10000 >= out->confidence)
		*out = found_make(h, e164, d->from, d->n, sure);
}

void hear_phone(struct hearing *h, struct found *out)
{
	for (size_t at = 0; at < h->said->n;) {
		struct digits d = {.n = 0};

		if (!h->taken[at])
			d = read_run(h, at);
		if (d.b.n >= DIGITS_LEAST)
			try_number(h, &d, out);
		at += d.n > 0 ? d.n : 1;
	}
}

/* ---- addresses ---- */

static size_t connector(struct hearing *h, size_t at, const char **mark)
{
	static const struct {
		enum cue_kind cue;
		const char *mark;
	} MARKS[] = {{CUE_DOT, "."}, {CUE_DASH, "-"}, {CUE_UNDERSCORE, "_"}};

	for (size_t i = 0; i < COUNT_OF(MARKS); i++) {
		size_t n = ready_cue_at(h->ready, MARKS[i].cue, h->said, at, NULL);

		if (n > 0) {
			*mark = MARKS[i].mark;
			return n;
		}
	}
	return 0;
}

/* A full stop, dash or underscore that is written between two words. */
static const char *written_between(struct hearing *h, size_t before)
{
	const struct word *a = &h->said->w[before], *b = a + 1;

	if (before + 1 >= h->said->n || b->from != a->to + 1)
		return b->from == a->to ? "" : NULL;
	switch (h->said->text[a->to]) {
	case '.':
		return ".";
	case '-':
		return "-";
	case '_':
		return "_";
	default:
		return NULL;
	}
}

/* In small letters of ASCII, numbers in digits. */
static void put_part(struct hearing *h, struct buf *b, size_t at)
{
	int v;

	if (strlen(h->said->w[at].t) > 1 && !h->said->w[at].digits && small_number(h, at, &v))
		buf_int(b, v);
	else
		buf_text_add(b, h->said->w[at].t);
}

/* How many words from there on are the domain; 0: it is none. */
static size_t domain(struct hearing *h, size_t at, struct buf *b)
{
	size_t i = at;
	bool dotted = false;

	while (i < h->said->n && i < at + EMAIL_WORDS) {
		const char *mark = NULL;
		size_t n;

		put_part(h, b, i);
		i++;
		if (i < h->said->n && (mark = written_between(h, i - 1)) != NULL) {
			buf_text_add(b, mark);
			dotted = dotted || *mark == '.';
			continue;
		}
		n = i < h->said->n ? connector(h, i, &mark) : 0;
		if (n == 0 || i + n >= h->said->n)
			break;
		buf_text_add(b, mark);
		dotted = dotted || *mark == '.';
		i += n;
	}
	return dotted ? i - at : 0;
}

static bool joins_without_mark(struct hearing *h, size_t at)
{
	int v;

	return strlen(h->said->w[at].t) == 1 || h->said->w[at].digits || small_number(h, at, &v);
}

/* The first word of what stands before the "at". */
static size_t local_begins(struct hearing *h, size_t at)
{
	size_t from = at - 1;
	const char *mark;

	while (from > 0 && at - from < EMAIL_WORDS) {
		bool loose = joins_without_mark(h, from - 1) && at - from < 6;
		bool word = joins_without_mark(h, from) && !cue_before(h, CUE_EMAIL, from, 1) &&
			at - from < 4;

		bool written = written_between(h, from - 1) != NULL;

		if (!written && from >= 2 && connector(h, from - 1, &mark) == 1)
			from -= 2;
		else if (!written && from >= 3 && connector(h, from - 2, &mark) == 2)
			from -= 3;
		else if (written || loose || word)
			from--;
		else
			break;
	}
	return from;
}

static void local(struct hearing *h, size_t from, size_t at, struct buf *b)
{
	for (size_t i = from; i < at;) {
		const char *mark = NULL;
		size_t n = i > from ? connector(h, i, &mark) : 0;

		if (n > 0 && i + n < at) {
			buf_text_add(b, mark);
			i += n;
			continue;
		}
		put_part(h, b, i);
		mark = i + 1 < at ? written_between(h, i) : NULL;
		buf_text_add(b, mark != NULL ? mark : "");
		i++;
	}
}

static bool try_address(struct hearing *h, size_t at, struct found *out)
{
	size_t n = ready_cue_at(h->ready, CUE_AT, h->said, at, NULL);
	struct buf b = buf_new(h->mem, 254), d = buf_new(h->mem, 200);

	if (n == 0 || at == 0 || at + n >= h->said->n)
		return false;
	size_t right = domain(h, at + n, &d);
	if (right == 0)
		return false;
	size_t from = local_begins(h, at);
	local(h, from, at, &b);
	bool written = strcmp(h->said->w[at].t, "@") == 0;
	bool certain = written || cue_before(h, CUE_EMAIL, from, 2) || from == 0;
	buf_char(&b, '@');
	buf_text_add(&b, buf_text(&d));
	if (buf_full(&b) || buf_full(&d) || !text_is_email(buf_text(&b)))
		return false;
	take(h, from, at + n + right - from);
	*out = found_make(h, buf_text(&b), from, at + n + right - from, certain ? 90 : 70);
	return true;
}

void hear_email(struct hearing *h, struct found *out)
{
	for (size_t at = 0; at < h->said->n; at++)
		(void)(!h->taken[at] && try_address(h, at, out));
}
