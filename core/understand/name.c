/* The caller's name: said, spelled, or both. */
#include "core/base/buf.h"
#include "core/understand/hear.h"

#define NAME_WORDS 3
#define NAME_BYTES 80
#define LETTERS_LEAST 3 /* without "as in" */
#define SPELLED_MAX 40

struct said_name {
	size_t from, n;           /* words */
	size_t last_from, last_n; /* of the last name, when it was said apart */
	int sure;
	bool title;
};

static size_t cue(struct hearing *h, enum cue_kind kind, size_t at)
{
	return at < h->said->n ? ready_cue_at(h->ready, kind, h->said, at, NULL) : 0;
}

/* ---- spelled ---- */

/* "m", "ü" (folded "ue"), "em", "double u"; its words, 0: no letter. */
static size_t letter(struct hearing *h, size_t at, bool by_name, const char **out)
{
	size_t n;

	if (at >= h->said->n || h->said->w[at].digits)
		return 0;
	const struct word *w = &h->said->w[at];
	size_t written =
		strspn(w->t, "abcdefghijklmnopqrstuvwxyz") == strlen(w->t) ? strlen(w->t) : 0;
	bool umlaut =
		written == 2 && w->to - w->from == 2 && (uint8_t)h->said->text[w->from] >= 0xC0;
	if (written == 1 || umlaut) {
		*out = mem_text_n(h->mem, h->said->text + w->from, (size_t)(w->to - w->from));
		return 1;
	}
	n = by_name ? ready_cue_at(h->ready, CUE_LETTER, h->said, at, out) : 0;
	return n;
}

/* "m wie martha", "m as in mike", "doppel l", "l"; one letter, perhaps twice. */
static size_t spelled_letter(struct hearing *h, size_t at, bool by_name, struct buf *b, bool *as)
{
	size_t twice = cue(h, CUE_DOUBLE, at), more;
	const char *c = NULL;
	size_t n = letter(h, at + twice, by_name, &c);

	if (n == 0) /* "double u" is a letter, too */
		return 0;
	n += twice;
	buf_text_add(b, c);
	if (twice > 0)
		buf_text_add(b, c);
	more = cue(h, CUE_LETTER_AS, at + n);
	const char *next = NULL;
	if (more > 0 && at + n + more < h->said->n && letter(h, at + n + more, false, &next) == 0 &&
		((uint8_t)c[0] >= 0x80 || h->said->w[at + n + more].t[0] == (c[0] | 32))) {
		*as = true;
		return n + more + 1;
	}
	return n;
}

/* A run of letters that is a word; how many words of the utterance it takes. */
static size_t spelled_run(struct hearing *h, size_t at, char *out, bool *as)
{
	struct buf b = buf_new(h->mem, SPELLED_MAX);
	size_t i = at, letters = 0, n;

	*as = false;
	while (i < h->said->n && !h->taken[i] &&
		(n = spelled_letter(h, i, letters > 0 || i == at, &b, as)) > 0) {
		i += n;
		letters++;
		while (i + 1 < h->said->n && strcmp(h->said->w[i].t, "-") == 0)
			i++;
	}
	snprintf(out, SPELLED_MAX + 1, "%s", buf_text(&b));
	return letters >= (*as ? 2 : LETTERS_LEAST) ? i - at : 0;
}

/* As names are written: "mcDONALD" is "Mcdonald", "ü" may be a capital. */
static const char *capital(struct arena *mem, const char *s)
{
	char *t = mem_text(mem, s);
	bool first = true;

	for (char *p = t; *p != '\0'; p++) {
		uint8_t c = (uint8_t)*p;

		if (c == 0xC3 && (uint8_t)p[1] >= 0x80) { /* U+00C0 to U+00FF */
			uint8_t low = (uint8_t)p[1];

			if (low != 0x9F && low != 0x97 && low != 0xB7)
				p[1] = (char)(first ? low & ~0x20 : low | 0x20);
			p++;
		} else if (c < 0x80 && (c | 32) >= 'a' && (c | 32) <= 'z') {
			*p = (char)(first ? c & ~0x20 : c | 0x20);
		}
		first = c == '-' || c == ' ' || (c == '\'' && p - t == 1); /* O'Brien */
	}
	return t;
}

/* ---- said ---- */

static bool in_vocabulary(struct hearing *h, size_t at)
{
	const char *t = h->said->w[at].t;

	return ready_stop_word(h->ready, t) != 0 || ready_id(h->ready, t) != 0;
}

static bool ends_title(struct hearing *h, size_t at)
{
	for (size_t back = 1; back <= 2 && back <= at; back++) {
		if (cue(h, CUE_TITLE, at - back) == back)
			return true;
	}
	return false;
}

/* "Patel's": something of theirs follows. */
static bool is_possessive(struct hearing *h, size_t at)
{
	const struct word *w = &h->said->w[at];

	return w->to - w->from > 2 && memcmp(h->said->text + w->to - 2, "'s", 2) == 0;
}

/* Of days and times, by itself. */
static bool means_something(struct hearing *h, const char *t)
{
	const struct ready_meaning *m = ready_meaning(h->ready, ready_id(h->ready, t));

	for (; m != NULL; m = ready_meaning_next(h->ready, m)) {
		if (m->n == 1)
			return true;
	}
	return false;
}

/* Whether a word may be one of a name; strong: a name is expected there. */
static bool may_be_name(struct hearing *h, size_t at, bool strong)
{
	const struct word *w = &h->said->w[at];
	bool titled = at > 0 && strlen(w->t) >= 4 && ends_title(h, at); /* Doktor Weiß */
	const char *c = NULL;

	if (w->digits || h->taken[at] || strlen(w->t) < 2 || cue(h, CUE_NOT_NAME, at) > 0 ||
		is_possessive(h, at) || (!titled && ready_stop_word(h->ready, w->t) != 0))
		return false;
	if (!strong)
		return !in_vocabulary(h, at);
	return letter(h, at, false, &c) == 0 && !means_something(h, w->t);
}

static size_t count_name(struct hearing *h, size_t at, bool strong)
{
	size_t n = 0, parts = 0;

	while (parts < NAME_WORDS && at + n < h->said->n) {
		size_t particle = cue(h, CUE_PARTICLE, at + n);

		/* "von der Tann" */
		if (particle > 0 && at + n + particle < h->said->n &&
			may_be_name(h, at + n + particle, strong))
			n += particle;
		else if (!may_be_name(h, at + n, strong))
			break;
		n++;
		parts++;
		if (h->said->w[at + n - 1].stop)
			break;
	}
	return n;
}

static void consider(struct said_name *best, size_t from, size_t n, int sure, bool title)
{
	if (n > 0 && sure >= best->sure)
		*best = (struct said_name){.from = from, .n = n, .sure = sure, .title = title};
}

/* "name" in "last name": the longer one counts. */
static bool ends_cue(struct hearing *h, enum cue_kind kind, size_t at, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= at; back++) {
		if (cue(h, kind, at - back) >= back + n)
			return true;
	}
	return false;
}

/* The first name and the last were said apart. */
static void add_last(struct said_name *best, size_t from, size_t n)
{
	best->last_from = from;
	best->last_n = n;
}

static void after_cue(struct hearing *h, enum cue_kind kind, size_t at, struct said_name *best)
{
	const char *value = NULL;
	size_t k = ready_cue_at(h->ready, kind, h->said, at, &value);

	if (k == 0 || ends_cue(h, kind, at, k))
		return;
	size_t title = cue(h, CUE_TITLE, at + k);
	bool last = value != NULL && strcmp(value, "last") == 0;
	bool first = value != NULL && strcmp(value, "first") == 0;
	if (value != NULL && title == 0 && !last && !first)
		return; /* "for Mrs Smith", but not "for Tuesday" */
	bool strong = title > 0 || kind == CUE_NAME;
	size_t from = at + k + title, n = count_name(h, from, strong);
	int sure = title > 0 ? 92 : kind == CUE_NAME ? 90 : n > 1 ? 85 : 70;
	if (kind == CUE_NAME && title == 0 && n == 1 && in_vocabulary(h, from))
		sure = 70;
	if (first && n > 0 && best->n > 0 && best->from + best->n < from) {
		struct said_name was = *best;

		*best = (struct said_name){
			.from = from, .n = n, .sure = was.sure, .title = was.title};
		add_last(best, was.from, was.n);
		return;
	}
	if (last && n > 0 && best->n > 0 && best->from + best->n < from)
		add_last(best, from, n);
	else
		consider(best, from, n, sure - (value != NULL && !last && !first ? 15 : 0),
			title > 0);
}

static void before_cue(struct hearing *h, size_t at, struct said_name *best)
{
	size_t k = cue(h, CUE_NAME_AFTER, at), n = 0;

	if (k == 0)
		return;
	while (n < NAME_WORDS && n < at && may_be_name(h, at - n - 1, false) &&
		!(n > 0 && h->said->w[at - n - 1].stop))
		n++;
	consider(best, at - n, n, k > 1 ? 88 : n > 1 ? 82 : 65, false);
}

static struct said_name find_said(struct hearing *h)
{
	struct said_name best = {.n = 0};

	for (size_t at = 0; at < h->said->n; at++) {
		after_cue(h, CUE_NAME, at, &best);
		after_cue(h, CUE_NAME_WEAK, at, &best);
		before_cue(h, at, &best);
	}
	if (best.n == 0 && h->wants_name) {
		for (size_t at = 0; at < h->said->n; at++) {
			size_t title = cue(h, CUE_TITLE, at), n = count_name(h, at + title, true);

			if (n > best.n)
				consider(&best, at + title, n, 85, title > 0);
		}
	}
	/* "Klein, Maria Klein" */
	if (best.n == 3 && strcmp(h->said->w[best.from].t, h->said->w[best.from + 2].t) == 0) {
		h->taken[best.from++] = true;
		best.n--;
	}
	return best;
}

/* Of a particle behind the first name, which has no capital. */
static bool in_particle(struct hearing *h, size_t from, size_t i)
{
	return i > from && (cue(h, CUE_PARTICLE, i) > 0 || cue(h, CUE_PARTICLE, i - 1) == 2);
}

static const char *name_text(struct hearing *h, const struct said_name *s)
{
	struct said_name last = {.from = s->last_from, .n = s->last_n};
	struct buf b = buf_new(h->mem, NAME_BYTES);

	for (size_t i = s->from; i < s->from + s->n; i++) {
		const struct word *w = &h->said->w[i];
		bool dashed = i > s->from && h->said->text[w->from - 1] == '-';

		buf_printf(&b, "%s%s",
			i == s->from     ? ""
				: dashed ? "-"
					 : " ",
			in_particle(h, s->from, i)
				? said_span(h->mem, h->said, i, 1)
				: capital(h->mem, said_span(h->mem, h->said, i, 1)));
	}
	if (s->last_n > 0)
		buf_printf(&b, " %s", name_text(h, &last));
	return buf_text(&b);
}

/* ---- both ---- */

/* "Meyer mit e y": the spelling of one sound, of which the name has another. */
static const char *respell(struct hearing *h, const char *name, const char *letters)
{
	const struct language *l = ready_language(h->ready);
	const char *folded = said_fold(h->mem, name), *want = said_fold(h->mem, letters);

	if (strstr(folded, want) != NULL)
		return name;
	for (size_t i = 0; i < l->n_cues; i++) {
		const char *p = l->cues[i].kind == CUE_CONFUSED ? l->cues[i].value : "";
		bool same_sound = false;

		for (const char *q = p; *q != '\0'; q += strcspn(q, " "), q += strspn(q, " "))
			same_sound = same_sound ||
				(strcspn(q, " ") == strlen(want) &&
					strncmp(q, want, strlen(want)) == 0);
		for (; same_sound && *p != '\0'; p += strcspn(p, " "), p += strspn(p, " ")) {
			const char *sound = mem_text_n(h->mem, p, strcspn(p, " "));
			const char *at = NULL;

			for (const char *q = strstr(folded, sound); q != NULL;
				q = strstr(q + 1, sound))
				at = q; /* the last: it is the end that is in doubt */
			if (at != NULL)
				return capital(h->mem,
					mem_printf(h->mem, "%.*s%s%s", (int)(at - folded), folded,
						want, at + strlen(sound)));
		}
	}
	return name;
}

static const char *spelling_hint(struct hearing *h, const struct said_name *s, const char *name)
{
	size_t at = s->from + s->n, k = cue(h, CUE_SPELLED, at), n;
	struct buf b = buf_new(h->mem, 8);
	const char *c = NULL;

	for (at += k; k > 0 && (n = letter(h, at, false, &c)) > 0 && b.n < 4; at += n) {
		buf_text_add(&b, c);
		h->taken[at] = true;
	}
	return b.n == 0 ? name : respell(h, name, buf_text(&b));
}

/* What was spelled stands for the word of the name that it is most like. */
static const char *put_spelled(struct hearing *h, struct said_name *s, const char *spelled)
{
	const char *folded = said_fold(h->mem, spelled);
	struct said_name rest = *s;

	if (s->n == 0)
		return capital(h->mem, spelled);
	if (s->n > 1 && words_alike(h->said->w[s->from].t, folded) > 70 &&
		words_alike(h->said->w[s->from + s->n - 1].t, folded) < 70) {
		rest.from++;
		rest.n--;
		return mem_printf(h->mem, "%s %s", capital(h->mem, spelled), name_text(h, &rest));
	}
	if (s->n == 1)
		return words_alike(h->said->w[s->from].t, folded) >= 40
			? capital(h->mem, spelled)
			: mem_printf(h->mem, "%s %s", name_text(h, s), capital(h->mem, spelled));
	rest.n--;
	return mem_printf(h->mem, "%s %s", name_text(h, &rest), capital(h->mem, spelled));
}

void hear_name(struct hearing *h, struct found *out)
{
	char spelled[SPELLED_MAX + 1] = "";
	size_t at = 0, n = 0;
	bool as = false;

	for (; at < h->said->n && n == 0; at += n == 0)
		n = h->taken[at] ? 0 : spelled_run(h, at, spelled, &as);
	for (size_t i = at; n > 0 && i < at + n; i++)
		h->taken[i] = true;
	struct said_name s = find_said(h);
	if (s.n == 0 && n == 0)
		return;
	if (n > 0) {
		const char *value = put_spelled(h, &s, spelled);

		*out = found_make(h, value, s.n > 0 && s.from < at ? s.from : at,
			s.n > 0 && s.from < at ? at + n - s.from : n, as ? 92 : 88);
	} else {
		*out = found_make(h, spelling_hint(h, &s, name_text(h, &s)), s.from, s.n, s.sure);
	}
	for (size_t i = s.from; s.sure >= 80 && i < s.from + s.n; i++)
		h->taken[i] = true;
}
