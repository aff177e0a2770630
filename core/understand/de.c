/* German. */
#include "core/understand/action.h"
#include "core/understand/language.h"

static const struct meaning MEANINGS[] = {
#define W(words, sym, v) {words, S_##sym, v},
#include "core/understand/de_words.def"
#undef W
};

static const struct rule RULES[] = {
#define R(makes, pattern, action, arg) {S_##makes, pattern, act_##action, arg},
#include "core/understand/de_rules.def"
#undef R
};

#define NOTHING(...)
#define T(t, weight) {t, weight},
#define E NOTHING
#define C NOTHING
#define K NOTHING
static const struct stop_word STOP_WORDS[] = {
#include "core/understand/de_topics.def"
};
#undef T
#undef E
#define T NOTHING
#define E(intent, words, weight) {INTENT_##intent, words, weight},
static const struct evidence EVIDENCE[] = {
#include "core/understand/de_topics.def"
};
#undef E
#undef C
#define E NOTHING
#define C(cue, words, value) {CUE_##cue, words, value},
static const struct cue CUES[] = {
#include "core/understand/de_topics.def"
};
#undef C
#undef K
#define C NOTHING
#define K(name, words) {name, words},
static const struct concept CONCEPTS[] = {
#include "core/understand/de_topics.def"
};

static const char *const FILLERS[] = {"äh", "ähm", "öh", "öhm", "hm", "hmm", "mhm", "also", "halt",
	"eben", "mal", "bitte", "gerne", "gern", "ja", "na", "naja", "tja", "vielleicht",
	"so circa", "eigentlich", "irgendwie", "sozusagen", "quasi", "ehm", "eh"};

static const struct piece PIECES[] = {
	{"ein", 1},
	{"eins", 1},
	{"zwei", 2},
	{"zwo", 2},
	{"drei", 3},
	{"vier", 4},
	{"fuenf", 5},
	{"sechs", 6},
	{"sieben", 7},
	{"acht", 8},
	{"neun", 9},
	{"zehn", 10},
	{"elf", 11},
	{"zwoelf", 12},
	{"dreizehn", 13},
	{"vierzehn", 14},
	{"fuenfzehn", 15},
	{"sechzehn", 16},
	{"siebzehn", 17},
	{"achtzehn", 18},
	{"neunzehn", 19},
	{"zwanzig", 20},
	{"dreissig", 30},
	{"dreizig", 30},
	{"vierzig", 40},
	{"fuenfzig", 50},
	{"sechzig", 60},
	{"siebzig", 70},
	{"achtzig", 80},
	{"neunzig", 90},
	{"hundert", 100},
	{"tausend", 1000},
};

static const char *const ORDINAL_ENDS[] = {
	"te", "ten", "ter", "tes", "tem", "ste", "sten", "ster", "stes", "stem"};

const struct language LANGUAGE_DE = {
	.code = "de",
	.meanings = MEANINGS,
	.n_meanings = COUNT_OF(MEANINGS),
	.rules = RULES,
	.n_rules = COUNT_OF(RULES),
	.stop_words = STOP_WORDS,
	.n_stop_words = COUNT_OF(STOP_WORDS),
	.evidence = EVIDENCE,
	.n_evidence = COUNT_OF(EVIDENCE),
	.cues = CUES,
	.n_cues = COUNT_OF(CUES),
	.concepts = CONCEPTS,
	.n_concepts = COUNT_OF(CONCEPTS),
	.fillers = FILLERS,
	.n_fillers = COUNT_OF(FILLERS),
	.dotted_dates = true,
	.glue = "und",
	.pieces = PIECES,
	.n_pieces = COUNT_OF(PIECES),
	.ordinal_ends = ORDINAL_ENDS,
	.n_ordinal_ends = COUNT_OF(ORDINAL_ENDS),
};
