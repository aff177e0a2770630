/*
 * said.h - an utterance as words: folded, each with its place in the text.
 *
 * Text from speech recognition has no case, marks or numbers to rely on. A
 * word is a run of letters, or a run of digits with what holds it together
 * ("14:30", "3.12.", "12/3", "2026-12-03"); "+", "@" and a dash between numbers
 * are words too. Folded is: small letters of ASCII, umlauts written out
 * ("ue"), accents dropped, apostrophes left out ("don't" is "dont").
 */
#ifndef FRONTDESK_SAID_H
#define FRONTDESK_SAID_H

#include "core/base/arena.h"

#define SAID_BYTES_MAX 4096 /* the rest of a longer utterance is not looked at */
#define SAID_WORDS_MAX 1024
#define SAID_WORD_MAX 40 /* bytes of a folded word; the rest is cut off */

struct word {
	const char *t;     /* folded */
	uint16_t from, to; /* bytes of the text */
	bool digits;       /* begins with a digit */
	bool dot;          /* "3.": digits and a full stop */
	bool stop;         /* a mark behind it ends a clause */
};

struct said {
	const char *text; /* what was looked at, NUL-terminated */
	struct word *w;
	size_t n;
};

struct said said_read(struct arena *mem, const char *text);
/* The folded form of one word or phrase, words parted by one blank. */
const char *said_fold(struct arena *mem, const char *text);
/* The text from the first of n words to the end of the last. */
const char *said_span(struct arena *mem, const struct said *s, size_t from, size_t n);

#endif
