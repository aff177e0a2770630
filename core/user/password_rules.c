#include "core/user/password_rules.h"
#include "core/base/text.h"
#include "core/sys/password.h"

#define OWN_MAX 64   /* words */
#define WORD_MIN 3   /* shorter ones are in everything */
#define RUN_MIN 4    /* keys, letters or digits in a row */
#define NUMBER_MAX 8 /* digits that are one thought: a date, a code */
#define PIECES_MAX 3 /* no more of these … */
#define OTHERS_MAX 3 /* … and no more of anything else: easy to guess */

static const char *const COMMON[] = {
#define X(word) word,
#include "core/user/common_passwords.def"
#undef X
};

/* What hands run along: rows of keys in some countries, columns, the alphabet. */
static const char *const RUNS[] = {
	"abcdefghijklmnopqrstuvwxyz",
	"01234567890",
	"qwertyuiop",
	"asdfghjkl",
	"zxcvbnm",
	"qwertzuiop",
	"yxcvbnm",
	"azertyuiop",
	"qsdfghjklm",
	"wxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm",
	"qazwsxedcrfvtgbyhnujm",
	"1q2w3e4r5t6y7u8i9o0p",
	"q1w2e3r4t5y6u7i8o9p0",
	"147258369",
	"159357",
	"789456123",
	"13579",
	"24680",
	"!@#$%^&*()",
	"!\"#$%&/()=",
};

/* The letters that a digit or sign stands for; NULL: none. */
static const char *looks_like(char c)
{
	switch (c) {
	case '0':
		return "o";
	case '1':
	case '!':
	case '|':
		return "il";
	case '3':
		return "e";
	case '4':
	case '@':
		return "a";
	case '5':
	case '$':
		return "s";
	case '6':
	case '9':
		return "g";
	case '7':
	case '+':
		return "t";
	case '8':
		return "b";
	default:
		return NULL;
	}
}

/* How much of s this word is, letter by letter: 0, or its length. */
static size_t word_at(const char *s, const char *word)
{
	size_t n = 0;

	for (; word[n] != '\0'; n++) {
		const char *others = looks_like(s[n]);

		if (s[n] != word[n] &&
			(s[n] == '\0' || others == NULL || strchr(others, word[n]) == NULL))
			return 0;
	}
	return n;
}

/* ---- pieces that begin at s: their longest length, 0: none ---- */

static size_t longest_word(const char *s, const char *const *words, size_t count)
{
	size_t best = 0;

	for (size_t i = 0; i < count; i++) {
		size_t n = word_at(s, words[i]);

		best = n > best ? n : best;
	}
	return best;
}

/* Along the row in one direction, from wherever s begins in it. */
static size_t run_along(const char *s, const char *row, int step)
{
	const char *at = strchr(row, *s), *end = row + strlen(row);
	size_t n = 0;

	if (*s == '\0' || at == NULL)
		return 0;
	while (at >= row && at < end && s[n] == *at) {
		n++;
		at += step;
	}
	return n;
}

static size_t longest_run(const char *s)
{
	size_t best = strspn(s, (const char[]){*s, '\0'});

	if (best < WORD_MIN)
		best = 0;
	for (size_t i = 0; i < COUNT_OF(RUNS); i++) {
		for (int step = -1; step <= 1; step += 2) {
			size_t n = run_along(s, RUNS[i], step);

			best = n >= RUN_MIN && n > best ? n : best;
		}
	}
	return best;
}

/* Digits, also with signs between them: 31.12.1999. */
static size_t number_at(const char *s)
{
	size_t n = 0, last = 0;

	for (int digits = 0; digits < NUMBER_MAX; last = ++n, digits++) {
		n += digits > 0 ? strspn(s + n, " .,:/-") : 0;
		if (s[n] < '0' || s[n] > '9')
			break;
	}
	return last;
}

/* ---- the fewest guesses ---- */

/* What a password is, told from its end: characters of its own, pieces. */
struct cost {
	size_t others;
	size_t pieces;
	bool own; /* one of them is the person's own word */
};

struct look {
	const char *s;
	const char *const *own;
	size_t n_own;
	struct cost *rest; /* from each place to the end */
};

static bool cheaper(struct cost a, struct cost b)
{
	return a.others < b.others || (a.others == b.others && a.pieces < b.pieces);
}

static void try_piece(const struct look *l, size_t i, size_t n, bool own)
{
	if (n == 0)
		return;
	struct cost c = l->rest[i + n];

	c.pieces++;
	c.own = c.own || own;
	if (cheaper(c, l->rest[i]))
		l->rest[i] = c;
}

/* Signs between pieces are free, bytes within a character count with its first. */
static void look_at(const struct look *l, size_t i)
{
	const char *s = l->s + i;
	bool letter = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
	bool begins = ((uint8_t)*s & 0xC0) == 0xC0;

	l->rest[i] = l->rest[i + 1];
	l->rest[i].others += letter || begins;
	try_piece(l, i, longest_word(s, l->own, l->n_own), true);
	try_piece(l, i, longest_word(s, COMMON, COUNT_OF(COMMON)), false);
	try_piece(l, i, longest_run(s), false);
	try_piece(l, i, number_at(s), false);
}

/* "abcabcab": after how many bytes it is the same again; its length: never. */
static size_t period(const char *s, size_t n)
{
	size_t p = 1;

	while (p < n && memcmp(s, s + p, n - p) != 0)
		p++;
	return 2 * p <= n ? p : n;
}

/* ---- the person's own words ---- */

static size_t own_words(struct ctx *c, const char *const *own, const char **words)
{
	size_t count = 0;

	for (; *own != NULL; own++) {
		const char *s = text_lower(c->mem, *own);

		while (*s != '\0') {
			size_t n = strcspn(s, " \t.,;:@_+-/'\"&()");

			if (n >= WORD_MIN && count < OWN_MAX)
				words[count++] = mem_text_n(c->mem, s, n);
			s += n;
			s += strspn(s, " \t.,;:@_+-/'\"&()");
		}
	}
	return count;
}

static struct cost cost_of(struct ctx *c, const char *password, const char *const *own)
{
	const char **words = mem_alloc(c->mem, OWN_MAX * sizeof(*words));
	struct look l = {.own = words, .n_own = own_words(c, own, words)};
	const char *s = text_lower(c->mem, password);
	size_t n = period(s, strlen(s));

	l.s = mem_text_n(c->mem, s, n);
	l.rest = mem_alloc(c->mem, (n + 1) * sizeof(*l.rest));
	for (size_t i = n; i-- > 0;)
		look_at(&l, i);
	return l.rest[0];
}

int password_rules(struct ctx *c, const char *field, const char *password, const char *const *own)
{
	if (!utf8_valid(password, strlen(password)))
		return err_field(c, field, "must be UTF-8 text");
	if (utf8_length(password) < PASSWORD_MIN_CHARACTERS)
		return err_field(
			c, field, "must have at least %d characters", PASSWORD_MIN_CHARACTERS);
	if (strlen(password) > PASSWORD_MAX_BYTES)
		return err_field(c, field,
			"must not have more than %d bytes (a letter with an accent counts twice)",
			PASSWORD_MAX_BYTES);
	struct cost cost = cost_of(c, password, own);
	if (cost.others > OTHERS_MAX || cost.pieces > PIECES_MAX)
		return 0;
	return err_field(c, field,
		cost.own ? "is too easy to guess: it is little more than your own name, address or "
			   "company; choose several words that have nothing to do with you"
			 : "is too easy to guess: it is little more than a common password, a "
			   "number or "
			   "a row of keys; choose several words that have nothing to do with each "
			   "other");
}
