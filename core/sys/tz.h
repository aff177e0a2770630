/*
 * tz.h - IANA time zones from the system's zoneinfo (Abseil inside; TZDIR is
 * honoured). The only place that relates wall clocks and instants.
 */
#ifndef FRONTDESK_TZ_H
#define FRONTDESK_TZ_H

#include "core/base/ts.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tz;

/* A zone by its IANA name, kept for the life of the process; NULL when the
 * name is unknown. "UTC" always exists. Names are letters, digits and /_+-. */
const struct tz *tz_find(const char *name);

enum tz_kind {
	TZ_UNIQUE,   /* one instant */
	TZ_SKIPPED,  /* the clock jumped over it: no instant */
	TZ_REPEATED, /* the clock showed it twice: two instants */
};

struct tz_instants {
	enum tz_kind kind;
	ts_t first;  /* the instant; REPEATED: the earlier one; SKIPPED: the
	                   instant of the jump */
	ts_t second; /* REPEATED: the later one, else as first */
};

struct tz_instants tz_of_wall(const struct tz *z, wall_t w);
/* The wall clock there at an instant, seconds cut off. */
wall_t tz_wall(const struct tz *z, ts_t t);
/* Minutes east of UTC at an instant (seconds of old offsets are cut off). */
int tz_offset(const struct tz *z, ts_t t);

/* Version of the zone data ("2026b"), "unknown" if not to be found. */
const char *tz_version(void);

#ifdef __cplusplus
}
#endif

#endif
