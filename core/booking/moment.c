#include "core/booking/moment.h"

/* ---- the wished time ---- */

static enum moment of_local(const struct wish *w, const struct tz *z, struct start *out)
{
	struct tz_instants at = tz_of_wall(z, w->local_start);
	ts_t t = at.first;

	if (at.kind == TZ_SKIPPED)
		return MOMENT_SKIPPED;
	if (w->utc_offset_minutes != OFFSET_NONE) {
		if (tz_offset(z, t) != w->utc_offset_minutes)
			t = at.second;
		if (tz_offset(z, t) != w->utc_offset_minutes)
			return MOMENT_OFFSET;
	} else if (at.kind == TZ_REPEATED) {
		return MOMENT_REPEATED;
	}
	*out = (struct start){t.ms / MS_A_MINUTE, w->local_start};
	return MOMENT_OK;
}

enum moment wish_moment(const struct wish *w, const struct tz *z, struct start *out)
{
	if ((w->starts_at.ms != 0) == (w->local_start.min != 0))
		return MOMENT_NONE;
	if (w->local_start.min != 0)
		return of_local(w, z, out);
	if (w->starts_at.ms % MS_A_MINUTE != 0)
		return MOMENT_UNEVEN;
	*out = (struct start){w->starts_at.ms / MS_A_MINUTE, tz_wall(z, w->starts_at)};
	return MOMENT_OK;
}

int moment_check(struct ctx *c, enum moment m, const struct wish *w, const char *zone)
{
	const char *local = wall_text(c->mem, w->local_start);

	switch (m) {
	case MOMENT_OK:
		return 0;
	case MOMENT_NONE:
		return err_field(c, "starts_at", "is required, or else local_start; not both");
	case MOMENT_UNEVEN:
		return err_field(c, "starts_at", "must be a whole minute");
	case MOMENT_SKIPPED:
		return err_field_as(c, E_NO_SUCH_LOCAL_TIME, "local_start",
			"does not exist: the clocks of %s are put forward over %s", zone, local);
	case MOMENT_REPEATED:
		return err_field_as(c, E_AMBIGUOUS_LOCAL_TIME, "local_start",
			"is ambiguous: the clocks of %s show %s twice: give utc_offset too", zone,
			local);
	case MOMENT_OFFSET:
		return err_field(c, "utc_offset", "is not the offset of %s at %s", zone, local);
	}
	BUG("no such moment");
}

const char *moment_sentence(struct ctx *c, enum moment m, const struct wish *w, const char *zone)
{
	const char *clock = clock_text(c, w->local_start);
	const char *day = day_text(c->mem, day_of_wall(w->local_start));

	switch (m) {
	case MOMENT_OK:
		return NULL;
	case MOMENT_NONE:
		return "No time was named.";
	case MOMENT_UNEVEN:
		return "A start must be a whole minute.";
	case MOMENT_SKIPPED:
		return mem_printf(c->mem,
			"There is no %s on %s: the clocks of %s are put forward over it.", clock,
			day, zone);
	case MOMENT_REPEATED:
		return mem_printf(c->mem,
			"The clocks of %s show %s twice on %s: it is not clear which is meant.",
			zone, clock, day);
	case MOMENT_OFFSET:
		return mem_printf(c->mem, "%s on %s has another offset in %s.", clock, day, zone);
	}
	BUG("no such moment");
}
