/*
 * moment.h - the time that somebody wished, in the zone of the visit. Only
 * core/booking includes it.
 */
#ifndef FRONTDESK_MOMENT_H
#define FRONTDESK_MOMENT_H

#include "core/booking/booking.h"
#include "core/calendar/local.h"

enum moment {
	MOMENT_OK,
	MOMENT_NONE,     /* neither or both given */
	MOMENT_UNEVEN,   /* not a whole minute */
	MOMENT_SKIPPED,  /* the clock jumped over it */
	MOMENT_REPEATED, /* twice, and not said which */
	MOMENT_OFFSET,   /* not the offset of that time */
};

/* When the wish would start, in the zone of the visit. */
enum moment wish_moment(const struct wish *w, const struct tz *z, struct start *out);
/* A field error (-1) for every moment but MOMENT_OK (0). */
int moment_check(struct ctx *c, enum moment m, const struct wish *w, const char *zone) MUST_USE;
/* The same as a sentence for people; NULL for MOMENT_OK. */
const char *moment_sentence(struct ctx *c, enum moment m, const struct wish *w, const char *zone);

#endif
