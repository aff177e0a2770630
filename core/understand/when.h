/*
 * when.h - what an utterance says about days and times.
 *
 * Nothing is looked up: opening hours and free slots are others' business. A
 * number that may be meant twelve hours later is settled by the hours between
 * which business is done; what could well be meant otherwise has a confidence
 * below 800,000 and must be asked about. Past days are no wish.
 */
#ifndef FRONTDESK_WHEN_H
#define FRONTDESK_WHEN_H

#include "core/understand/language.h"
#include "core/understand/said.h"

#define WHEN_OPTIONS_MAX 8

struct when_option {
	day_t first, last;  /* the days it may be, one when they are equal; first.n
	                    * 0: no day was said; last.n DAY_OPEN: or later */
	int from, to;       /* minutes of the day; NO_TIME: open; equal: at that time */
	bool weekday;       /* only the day of the week was said: it may be another of them */
	bool about;         /* only roughly at that time */
	enum tz_kind kind;  /* of one day at one time: whether the clock shows it */
	int64_t confidence; /* millionths */
	const char *words;  /* that say it, as they stand in the utterance */
};

struct when {
	struct when_option options[WHEN_OPTIONS_MAX]; /* one of these is wanted */
	size_t n;
	struct when_option nots[WHEN_OPTIONS_MAX]; /* days that are not */
	size_t n_nots;
	struct when_option was[WHEN_OPTIONS_MAX]; /* when an appointment is already */
	size_t n_was;
	bool soonest;
	bool bare;          /* only a number was said: a time, if one was asked for */
	bool fixes;         /* says that it corrects what was said before */
	int64_t confidence; /* of the least sure option; 0 when there is none */
};

/* The hours between which a business takes people, when it has not said. */
#define WHEN_OPENS (8 * 60)
#define WHEN_CLOSES (20 * 60)

/* scene.now and scene.today of scene.at in scene.zone. */
struct scene scene_at(const struct tz *zone, ts_t at, const char *region);

void when_read(struct arena *mem, const struct language *l, const struct scene *scene,
	const struct said *said, const bool *taken, struct when *out);

/* "2026-12-03 14:30 | 2026-12-04 09:00-12:00 not 2026-12-07", "none": the
 * form of tests/unit/understand/when_en.txt, with "? " in front when a
 * confidence is below 0.8. */
const char *when_text(struct arena *mem, const struct when *w);

#endif
