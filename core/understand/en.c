/* English. */
#include "core/understand/action.h"
#include "core/understand/language.h"

static const struct meaning MEANINGS[] = {
#define W(words, sym, v) {words, S_##sym, v},
#include "core/understand/en_words.def"
#undef W
};

static const struct rule RULES[] = {
#define R(makes, pattern, action, arg) {S_##makes, pattern, act_##action, arg},
#include "core/understand/en_rules.def"
#undef R
};

#define NOTHING(...)
#define T(t, weight) {t, weight},
#define E NOTHING
#define C NOTHING
#define K NOTHING
static const struct stop_word STOP_WORDS[] = {
#include "core/understand/en_topics.def"
};
#undef T
#undef E
#define T NOTHING
#define E(intent, words, weight) {INTENT_##intent, words, weight},
static const struct evidence EVIDENCE[] = {
#include "core/understand/en_topics.def"
};
#undef E
#undef C
#define E NOTHING
#define C(cue, words, value) {CUE_##cue, words, value},
static const struct cue CUES[] = {
#include "core/understand/en_topics.def"
};
#undef C
#undef K
#define C NOTHING
#define K(name, words) {name, words},
static const struct concept CONCEPTS[] = {
#include "core/understand/en_topics.def"
};

static const char *const FILLERS[] = {"uh", "um", "uhm", "er", "erm", "hmm", "hm", "like", "please",
	"well", "maybe", "you know", "ah", "oh well", "perhaps", "preferably", "ideally", "kind",
	"sort"};

const struct language LANGUAGE_EN = {
	.code = "en",
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
};
