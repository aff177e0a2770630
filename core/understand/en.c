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

static const char *const FILLERS[] = {"uh", "um", "uhm", "er", "erm", "hmm", "hm", "like",
	"please", "well", "maybe", "just", "you know", "ah", "oh well", "perhaps", "preferably",
	"ideally", "kind", "sort"};

const struct language LANGUAGE_EN = {
	.code = "en",
	.meanings = MEANINGS,
	.n_meanings = COUNT_OF(MEANINGS),
	.rules = RULES,
	.n_rules = COUNT_OF(RULES),
	.fillers = FILLERS,
	.n_fillers = COUNT_OF(FILLERS),
};
