#include "core/understand/said.h"
#include "core/base/buf.h"
#include "core/base/text.h"

/* Letters beyond ASCII, U+00C0 to U+017F, in the order of their numbers. */
static const char *const LATIN[] = {"a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e",
	"i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "oe", "", "oe", "u", "u", "u", "ue", "y",
	"th", "ss", "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",
	"i", "d", "n", "o", "o", "o", "o", "oe", "", "oe", "u", "u", "u", "ue", "y", "th", "y", "a",
	"a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d", "d", "d", "e",
	"e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g", "g", "g", "g", "g", "h",
	"h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i", "i", "i", "ij", "ij", "j", "j", "k",
	"k", "k", "l", "l", "l", "l", "l", "l", "l", "l", "l", "l", "n", "n", "n", "n", "n", "n",
	"n", "n", "n", "o", "o", "o", "o", "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s",
	"s", "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u",
	"u", "u", "u", "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z",
	"s"};
static_assert(COUNT_OF(LATIN) == 0x180 - 0xC0, "a letter is missing");

#define DIAERESIS 0x0308

struct reader {
	struct arena *mem;
	const char *s;
	size_t i, n;
	struct word *w;
	size_t n_words;
	char t[SAID_WORD_MAX + 1];
	size_t len;
};

/* The character at i; 0 at the end. The text is well formed. */
static uint32_t peek(const struct reader *r, size_t i, size_t *bytes)
{
	const uint8_t *p = (const uint8_t *)r->s + i;

	*bytes = 1;
	if (i >= r->n)
		return 0;
	if (p[0] < 0x80)
		return p[0];
	*bytes = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	uint32_t cp = p[0] & (0x7Fu >> *bytes);
	for (size_t k = 1; k < *bytes; k++)
		cp = cp << 6 | (p[k] & 0x3Fu);
	return cp;
}

static bool is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

static bool is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return (cp | 32) >= 'a' && (cp | 32) <= 'z';
	return cp >= 0xC0 && cp != 0xD7 && cp != 0xF7 && !(cp >= 0x2000 && cp < 0x2C00) &&
		!(cp >= 0x3000 && cp < 0x3040) && cp < 0xE000;
}

static bool is_apostrophe(uint32_t cp)
{
	return cp == '\'' || cp == 0x2019 || cp == 0x02BC || cp == '`' || cp == 0xB4;
}

static bool is_dash(uint32_t cp)
{
	return cp == '-' || cp == 0x2013 || cp == 0x2014;
}

static void put(struct reader *r, const char *s, size_t n)
{
	if (r->len + n <= SAID_WORD_MAX) {
		memcpy(r->t + r->len, s, n);
		r->len += n;
	}
}

static void put_letter(struct reader *r, uint32_t cp, size_t i, size_t bytes)
{
	char c = (char)(cp | 32);

	if (cp < 0x80)
		put(r, &c, 1);
	else if (cp >= 0xC0 && cp < 0x180)
		put(r, LATIN[cp - 0xC0], strlen(LATIN[cp - 0xC0]));
	else if (cp == DIAERESIS && r->len > 0 && strchr("aou", r->t[r->len - 1]) != NULL)
		put(r, "e", 1);
	else if (cp == 0x1E9E)
		put(r, "ss", 2);
	else if (!(cp >= 0x0300 && cp < 0x0370))
		put(r, r->s + i, bytes);
}

static struct word *add_word(struct reader *r, size_t from)
{
	if (r->n_words == SAID_WORDS_MAX) {
		r->i = r->n; /* what follows is not looked at */
		return NULL;
	}
	struct word *w = &r->w[r->n_words++];
	w->t = mem_text_n(r->mem, r->t, r->len);
	w->from = (uint16_t)from;
	w->to = (uint16_t)r->i;
	w->digits = is_digit((uint8_t)r->t[0]);
	return w;
}

/* "p.m.": one letter, a full stop, one letter. */
static bool goes_on_behind_dot(const struct reader *r, size_t dot)
{
	size_t bytes;
	uint32_t next = peek(r, dot + 1, &bytes);

	return r->len == 1 && is_letter(next) && !is_letter(peek(r, dot + 1 + bytes, &bytes));
}

static void read_letters(struct reader *r)
{
	size_t from = r->i, bytes;

	for (;;) {
		uint32_t cp = peek(r, r->i, &bytes);
		size_t unused;

		if (is_letter(cp))
			put_letter(r, cp, r->i, bytes);
		else if (!(is_apostrophe(cp) && is_letter(peek(r, r->i + bytes, &unused))) &&
			!(cp == '.' && goes_on_behind_dot(r, r->i)))
			break;
		r->i += bytes;
	}
	if (r->len > 0)
		(void)add_word(r, from);
}

static bool is_iso_day(const struct reader *r)
{
	static const char SHAPE[] = "dddd-dd-dd";

	for (size_t k = 0; SHAPE[k] != '\0'; k++) {
		size_t bytes;
		uint32_t cp = peek(r, r->i + k, &bytes);

		if (SHAPE[k] == 'd' ? !is_digit(cp) : cp != '-')
			return false;
	}
	return true;
}

static void read_digits(struct reader *r)
{
	size_t from = r->i, bytes;
	bool iso = is_iso_day(r), marked = false;

	for (;; r->i++) {
		uint32_t cp = peek(r, r->i, &bytes);
		bool mark = cp == '.' || cp == ':' || cp == '/' || (iso && cp == '-');

		if (!is_digit(cp) && !(mark && is_digit(peek(r, r->i + 1, &bytes))))
			break;
		marked = marked || mark;
		char c = (char)cp;
		put(r, &c, 1);
	}
	bool dot = peek(r, r->i, &bytes) == '.';
	if (dot && marked)
		put(r, ".", 1);
	r->i += dot;
	struct word *w = add_word(r, from);
	if (w != NULL)
		w->dot = dot && !marked;
}

static void read_other(struct reader *r, uint32_t cp, size_t bytes)
{
	struct word *last = r->n_words > 0 ? &r->w[r->n_words - 1] : NULL;
	size_t from = r->i, after = 1;
	uint32_t next = peek(r, r->i + bytes, &after);

	r->i += bytes;
	if (next == ' ')
		next = peek(r, r->i + 1, &after);
	if (cp == '+' || cp == '@' ||
		(is_dash(cp) && last != NULL && last->digits && is_digit(next))) {
		char c = is_dash(cp) ? '-' : (char)cp;

		put(r, &c, 1);
		(void)add_word(r, from);
	} else if (last != NULL && cp < 0x80 && cp > 0 && strchr(".,;:?!", (int)cp) != NULL) {
		last->stop = true;
	}
}

struct said said_read(struct arena *mem, const char *text)
{
	struct reader r = {.mem = mem, .s = text};

	if (strnlen(text, SAID_BYTES_MAX + 1) > SAID_BYTES_MAX)
		r.s = mem_text_n(mem, text, SAID_BYTES_MAX);
	if (!utf8_valid(r.s, strlen(r.s)))
		r.s = utf8_mend(mem, r.s);
	r.n = strlen(r.s);
	/* mending may have made it longer */
	r.n = r.n < UINT16_MAX ? r.n : 0;
	size_t most = r.n < SAID_WORDS_MAX ? r.n : SAID_WORDS_MAX;
	r.w = mem_alloc(mem, (most + 1) * sizeof(*r.w));
	while (r.i < r.n) {
		size_t bytes;
		uint32_t cp = peek(&r, r.i, &bytes);

		r.len = 0;
		if (is_letter(cp))
			read_letters(&r);
		else if (is_digit(cp))
			read_digits(&r);
		else
			read_other(&r, cp, bytes);
	}
	return (struct said){r.s, r.w, r.n_words};
}

const char *said_fold(struct arena *mem, const char *text)
{
	struct said s = said_read(mem, text);
	struct buf b = buf_new(mem, 2 * SAID_BYTES_MAX + 2);

	for (size_t i = 0; i < s.n; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", s.w[i].t);
	return buf_text(&b);
}

const char *said_span(struct arena *mem, const struct said *s, size_t from, size_t n)
{
	if (n == 0 || from + n > s->n)
		return "";
	const struct word *a = &s->w[from], *b = &s->w[from + n - 1];
	return mem_text_n(mem, s->text + a->from, (size_t)(b->to - a->from));
}
