/*
 * hear.h - the parts of understanding an utterance, one function each. They
 * share the words, the language's tables and which words are taken: a
 * telephone number is no time of day.
 */
#ifndef FRONTDESK_HEAR_H
#define FRONTDESK_HEAR_H

#include "core/understand/understand.h"

struct hearing {
	struct arena *mem;
	const struct listener *l;
	const struct ready *ready;
	const struct said *said;
	bool *taken;     /* a word each: belongs to something that was found */
	bool wants_name; /* it was just asked for */
};

/* The language whose words these are; NULL and 0 when none is likelier. */
const char *hear_language(const struct said *s, int64_t *confidence);
void hear_phone(struct hearing *h, struct found *out);
void hear_email(struct hearing *h, struct found *out);
void hear_name(struct hearing *h, struct found *out);
void hear_service(struct hearing *h, struct found *out);
void hear_staff(struct hearing *h, struct found *out);
bool hear_cue(struct hearing *h, enum cue_kind kind);
/* After everything else: it looks at what was found. */
void hear_intents(struct hearing *h, struct understood *u);

/* How alike two folded words are, per cent: 100 the same. */
int words_alike(const char *a, const char *b);
struct found found_make(struct hearing *h, const char *value, size_t from, size_t n, int sure);

#endif
