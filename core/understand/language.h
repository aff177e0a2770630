/*
 * language.h - what one language knows, as tables; and the tables made ready
 * to look things up in (once a process).
 *
 * A further language is a file like de.c with its .def files and a line in
 * language.c; no code.
 */
#ifndef FRONTDESK_LANGUAGE_H
#define FRONTDESK_LANGUAGE_H

#include "core/understand/said.h"
#include "core/understand/sense.h"
#include "core/understand/topics.h"

struct language {
	const char *code;
	const struct meaning *meanings;
	size_t n_meanings;
	const struct rule *rules;
	size_t n_rules;
	const char *const *fillers; /* words that say nothing */
	size_t n_fillers;
	bool dotted_dates; /* 3.12. is a day */
	const char *glue;  /* in numbers of one word: NULL, or the "und" of vierundzwanzig */
	const struct piece *pieces;
	size_t n_pieces;
	const char *const *ordinal_ends;
	size_t n_ordinal_ends;
	const struct stop_word *stop_words;
	size_t n_stop_words;
	const struct evidence *evidence;
	size_t n_evidence;
	const struct concept *concepts;
	size_t n_concepts;
	const struct cue *cues;
	size_t n_cues;
};

/* A part of a number that is written in one word. */
struct piece {
	const char *t;
	int v;
};

extern const struct language LANGUAGE_DE, LANGUAGE_EN;
extern const struct language *const LANGUAGES[];
extern const size_t N_LANGUAGES;

/* By its code ("de", "de-AT"); NULL when none of ours. */
const struct language *language_find(const char *code);

/* ---- made ready ---- */

typedef uint16_t word_id; /* 0: a word that the language's tables do not have */

enum { EL_WORD, EL_SYM, EL_ANY }; /* any: a word that the tables do not have */

struct element {
	uint8_t kind;
	bool optional;
	uint8_t n; /* words of which one fits */
	word_id words[12];
	enum sym sym;
	int lo, hi, step;
	unsigned flags; /* that it must have */
};

struct ready_rule {
	const struct rule *rule;
	struct element e[RULE_PARTS_MAX];
	uint8_t n;
	uint16_t next; /* that begins likewise, + 1 */
};

struct ready_meaning {
	const struct meaning *m;
	word_id words[8];
	uint8_t n;
	uint16_t next; /* of the same first word, + 1 */
};

/* Words in a row, folded: "term*" fits what begins so, "_" any word. */
struct phrase {
	const char *w[8];
	uint8_t n;
};

struct ready;

/* How many words it takes from there; 0: it is not there. */
size_t phrase_at(const struct phrase *p, const struct said *s, size_t at);

/* The cues, evidence or concepts of a language that are at a word. */
enum topic { TOPIC_CUE, TOPIC_EVIDENCE, TOPIC_CONCEPT, TOPIC_COUNT };

struct walk {
	const struct ready *ready;
	enum topic topic;
	const struct said *said;
	size_t at;
	uint16_t next; /* + 1 */
	bool loose;
};

struct walk walk_at(const struct ready *r, enum topic topic, const struct said *s, size_t at);
/* Its place in the language's table, and how many words it takes; false at the
 * end. */
bool walk_next(struct walk *w, size_t *i, size_t *n);
/* Whether such a cue is there, the longest; its words, 0: none. */
size_t ready_cue_at(const struct ready *r, enum cue_kind kind, const struct said *s, size_t at,
	const char **value);
/* What a word says of the language it is in: 0 nothing, else its weight. */
int ready_stop_word(const struct ready *r, const char *word);

const struct ready *language_ready(const struct language *l);
word_id ready_id(const struct ready *r, const char *word);
bool ready_is_filler(const struct ready *r, word_id id);
/* The first meaning that begins with a word; the next; NULL at the end. */
const struct ready_meaning *ready_meaning(const struct ready *r, word_id first);
const struct ready_meaning *ready_meaning_next(
	const struct ready *r, const struct ready_meaning *m);
/* The rules that may begin with a word, or with a sense; likewise. */
const struct ready_rule *ready_rule_of_word(const struct ready *r, word_id first);
const struct ready_rule *ready_rule_of_sym(const struct ready *r, enum sym first);
const struct ready_rule *ready_rule_next(const struct ready *r, const struct ready_rule *k);
const struct language *ready_language(const struct ready *r);

#endif
