/*
 * understand.h - what a caller means, found out with word lists and rules: no
 * model, no network, no database; the same words mean the same every time.
 *
 * Everything found has a confidence in millionths and the words it came from.
 * Below UNDERSTOOD_SURE it is a guess that must be confirmed; what was not
 * understood is absent, never made up. Text is cut at SAID_BYTES_MAX bytes.
 * Results live in the arena, or point into the listener's own catalogue.
 */
#ifndef FRONTDESK_UNDERSTAND_H
#define FRONTDESK_UNDERSTAND_H

#include "core/understand/when.h"

#define UNDERSTOOD_SURE INT64_C(800000)

/* A service or a member of staff, and what else it is called. */
struct known_thing {
	const char *id;
	const char *name;
	const char *const *synonyms; /* NULL-terminated; NULL: none */
};

/* What is known before a word is said. */
struct listener {
	const char *language; /* NULL: found out */
	const char *region;   /* "DE": numbers, 12/3; NULL: none */
	const struct tz *zone;
	ts_t at;
	int opens, closes; /* minutes of the day; both 0: 8 to 20 */
	const struct known_thing *services;
	size_t n_services;
	const struct known_thing *staff;
	size_t n_staff;
	bool asked_name; /* the caller was just asked for it: the answer may be bare */
};

/* value NULL: nothing was found. */
struct found {
	const char *value; /* an id of the catalogue; a name; a number as E.164 */
	const char *rival; /* the other that it may be as well, NULL: none */
	const char *words;
	int64_t confidence;
};

struct found_intent {
	enum intent intent;
	const char *words;
	int64_t confidence;
};

struct understood {
	const char *language; /* "de"; NULL: it could be any */
	int64_t language_confidence;
	struct found_intent intents[INTENT_COUNT]; /* the likeliest first */
	size_t n_intents;
	struct when when;
	struct found service, staff, name, phone, email;
	bool any_staff; /* says that it does not matter who */
	bool any_time;  /* says that other times do as well */
	bool same_time; /* wants it at the time of the appointment that there is */
	int chosen;     /* of several offers: 1 the first, 2, -1 the last; 0: not said */
	unsigned asks;  /* what an agent asks for: a bit an enum asked */
};

enum asked { ASKED_NAME = 1, ASKED_PHONE = 2, ASKED_EMAIL = 4, ASKED_STAFF = 8, ASKED_TIME = 16 };

extern const char *const INTENT_NAMES[]; /* of enum intent; NULL at the end */

/* An utterance. The listener's zone and instant must be given. */
void understand(
	struct arena *mem, const struct listener *l, const char *text, struct understood *out);
/* The confidence of one intent; 0 when it was not found. */
int64_t understood_intent(const struct understood *u, enum intent intent);

#endif
