/*
 * reading.h - what a caller wants in the end, from all that was said.
 *
 * The latest word counts. A "yes" takes over what the agent offered just
 * before; a day alone keeps the time that was wanted, and a time alone the day.
 * At most READING_TURNS turns and READING_BYTES of text are looked at, from the
 * first on.
 */
#ifndef FRONTDESK_READING_H
#define FRONTDESK_READING_H

#include "core/understand/understand.h"

#define READING_TURNS 200
#define READING_BYTES (64 * 1024)

enum speaker { SPEAKER_CALLER, SPEAKER_AGENT };

struct turn {
	enum speaker speaker;
	const char *text;
	ts_t at; /* 0: the listener's instant */
};

struct reading_result {
	const char *language; /* of most that the caller said; NULL: unknown */
	int64_t language_confidence;
	const char *switched_to; /* that the caller spoke at the end; NULL: the same */
	size_t switched_at;      /* the turn from which on */
	struct found_intent intent;
	struct when when; /* the wish */
	bool has_old;     /* an appointment there is, to be moved or cancelled */
	struct when_option old;
	struct found service, staff, name, phone, email;
	bool any_staff;
	bool accepts_alternatives;
	int64_t confidence; /* that this can be carried out as it stands */
};

void reading_of(struct arena *mem, const struct listener *l, const struct turn *turns, size_t n,
	struct reading_result *out);

#endif
