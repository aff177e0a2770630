#include "core/calendar/local.h"

ts_t minute_ts(int64_t minute)
{
	ts_t t = {minute * MS_A_MINUTE};

	return t;
}

wall_t minute_wall(const struct tz *z, int64_t minute)
{
	return tz_wall(z, minute_ts(minute));
}

const char *clock_text(struct ctx *c, wall_t w)
{
	int m = wall_minute(w);

	return mem_printf(c->mem, "%02d:%02d", m / 60, m % 60);
}

static const char *count_text(struct ctx *c, int64_t n, const char *what)
{
	return mem_printf(c->mem, "%" PRId64 " %s%s", n, what, n == 1 ? "" : "s");
}

const char *minutes_text(struct ctx *c, int64_t minutes)
{
	if (minutes < 60)
		return count_text(c, minutes, "minute");
	if (minutes % 60 == 0)
		return count_text(c, minutes / 60, "hour");
	return mem_printf(c->mem, "%s %s", count_text(c, minutes / 60, "hour"),
		count_text(c, minutes % 60, "minute"));
}

/* ---- days ---- */

/* The first minute at which the clock shows this or later. */
static int64_t first_minute(const struct tz *z, wall_t w)
{
	return tz_of_wall(z, w).first.ms / MS_A_MINUTE;
}

struct local_day local_day(const struct tz *z, day_t day)
{
	day_t next = {day.n + 1};
	struct local_day d = {.day = day};

	d.begins = first_minute(z, wall_of(day, 0));
	d.ends = first_minute(z, wall_of(next, 0));
	d.even = d.ends - d.begins == MINUTES_A_DAY &&
		tz_offset(z, minute_ts(d.begins)) == tz_offset(z, minute_ts(d.ends - 1));
	return d;
}

int64_t wall_end(const struct tz *z, wall_t w)
{
	wall_t before = {w.min - 1};
	struct tz_instants at = tz_of_wall(z, before);

	return at.second.ms / MS_A_MINUTE + (at.kind == TZ_SKIPPED ? 0 : 1);
}

struct span local_span(const struct tz *z, const struct local_day *d, int64_t from, int64_t to)
{
	struct span s = {d->begins + from, d->begins + to};

	if (d->even)
		return s;
	s.from = first_minute(z, wall_of(d->day, (int)from));
	s.to = wall_end(z, wall_of(d->day, (int)to));
	return s;
}

static int by_minute(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	return (x->minute > y->minute) - (x->minute < y->minute);
}

static size_t uneven_grid(
	const struct tz *z, const struct local_day *d, int64_t grid, struct start *out)
{
	size_t n = 0;

	for (int64_t m = 0; m < MINUTES_A_DAY; m += grid) {
		wall_t w = wall_of(d->day, (int)m);
		struct tz_instants at = tz_of_wall(z, w);

		if (at.kind == TZ_SKIPPED)
			continue;
		out[n++] = (struct start){at.first.ms / MS_A_MINUTE, w};
		if (at.kind == TZ_REPEATED)
			out[n++] = (struct start){at.second.ms / MS_A_MINUTE, w};
	}
	qsort(out, n, sizeof(*out), by_minute);
	return n;
}

size_t local_grid(
	const struct tz *z, const struct local_day *d, int64_t grid, struct start out[STARTS_MAX])
{
	size_t n = 0;

	if (grid < GRID_MIN)
		BUG("a grid of %" PRId64 " minutes", grid);
	if (!d->even)
		return uneven_grid(z, d, grid, out);
	for (int64_t m = 0; m < MINUTES_A_DAY; m += grid)
		out[n++] = (struct start){d->begins + m, wall_of(d->day, (int)m)};
	return n;
}
