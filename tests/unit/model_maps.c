#include "tests/unit/model_maps.h"

#define QUARTER 15 /* minutes: no clock is put forward in between */

/* ---- minutes ---- */

ts_t minute_instant(int64_t minute)
{
	return (ts_t){minute * 60000};
}

static bool is_in(const struct model *m, int64_t minute)
{
	return minute >= m->from && minute < m->from + (int64_t)m->n;
}

void mark(const struct model *m, uint8_t *map, int64_t from, int64_t to)
{
	for (int64_t t = from; t < to; t++) {
		if (is_in(m, t))
			map[t - m->from] = 1;
	}
}

bool is_all(const struct model *m, const uint8_t *map, int value, int64_t from, int64_t to)
{
	if (!is_in(m, from) || !is_in(m, to))
		BUG("a visit outside the maps");
	return memchr(map + (from - m->from), !value, (size_t)(to - from)) == NULL;
}

int64_t day_at(const struct model *m, size_t i)
{
	return m->wall[i] / MINUTES_A_DAY;
}

int minute_at(const struct model *m, size_t i)
{
	return (int)(m->wall[i] % MINUTES_A_DAY);
}

size_t begin_of(const struct model *m, int64_t day)
{
	return day < m->day_0 ? 0 : day > day_at(m, m->n - 1) ? m->n : m->begins[day - m->day_0];
}

size_t end_of(const struct model *m, int64_t day)
{
	return day < m->day_0 ? 0 : day > day_at(m, m->n - 1) ? m->n : m->ends[day - m->day_0];
}

/*
 * A stretch of wall clock, as one stretch of time: from the first minute that
 * shows something in it to the last one. Where the clock is put back in the
 * middle of it, it is not interrupted.
 */
static void mark_wall(const struct model *m, uint8_t *map, int64_t from, int64_t to)
{
	size_t first = m->n, end = 0;
	size_t i = begin_of(m, from / MINUTES_A_DAY), n = end_of(m, to / MINUTES_A_DAY);

	for (; i < n; i++) {
		if (m->wall[i] < from || m->wall[i] >= to)
			continue;
		first = first == m->n ? i : first;
		end = i + 1;
	}
	for (i = first; i < end; i++)
		map[i] = 1;
}

static uint8_t *new_map(struct arena *mem, const struct model *m)
{
	return mem_alloc(mem, m->n);
}

/* ---- hours ---- */

/* Of a staff member, or of a branch: its own rows (NOBODY). */
static bool is_of(const struct world_hours *h, int staff, int branch)
{
	return h->staff == staff && (staff != NOBODY || h->branch == branch);
}

static bool is_dated(const struct world *w, int staff, int branch, int day)
{
	for (int i = 0; i < w->hours; i++) {
		const struct world_hours *h = &w->hour[i];

		if (is_of(h, staff, branch) && h->weekday == 0 && h->day == day)
			return true;
	}
	return false;
}

static bool is_valid(const struct world_hours *h, int day)
{
	return h->weekday == day_weekday((day_t){day}) &&
		(h->valid_from == 0 || h->valid_from <= day) &&
		(h->valid_to == 0 || day <= h->valid_to);
}

/* The rows of one staff member in one branch, or of the branch. */
static void mark_hours(const struct model *m, uint8_t *map, int staff, int branch)
{
	int last = (int)day_at(m, m->n - 1);

	for (int day = (int)day_at(m, 0); day <= last; day++) {
		bool dated = is_dated(m->w, staff, branch, day);

		for (int i = 0; i < m->w->hours; i++) {
			const struct world_hours *h = &m->w->hour[i];
			int64_t midnight = (int64_t)day * MINUTES_A_DAY;

			if (!is_of(h, staff, branch) || h->branch != branch)
				continue;
			if (dated ? h->weekday == 0 && h->day == day : is_valid(h, day))
				mark_wall(m, map, midnight + h->from, midnight + h->to);
		}
	}
}

static bool has_opening_hours(const struct world *w, int branch)
{
	for (int i = 0; i < w->hours; i++) {
		if (is_of(&w->hour[i], NOBODY, branch))
			return true;
	}
	return false;
}

static void remove_opening(struct model *m, uint8_t *works, int branch)
{
	if (!has_opening_hours(m->w, branch))
		return;
	memset(m->scratch, 0, m->n);
	mark_hours(m, m->scratch, NOBODY, branch);
	for (size_t i = 0; i < m->n; i++)
		works[i] &= m->scratch[i];
}

static void remove_closed(struct model *m, uint8_t *works, int branch)
{
	for (int k = 0; k < m->w->closeds; k++) {
		const struct world_closed *c = &m->w->closed[k];

		if (c->branch != ANYWHERE && c->branch != branch)
			continue;
		for (size_t i = 0; i < m->n; i++) {
			if (day_at(m, i) == c->day)
				works[i] = 0;
		}
	}
}

static void remove_off(struct model *m, uint8_t *works, int staff)
{
	for (int k = 0; k < m->w->offs; k++) {
		const struct world_off *o = &m->w->off[k];

		if (o->staff != staff)
			continue;
		memset(m->scratch, 0, m->n);
		mark_wall(m, m->scratch, o->from, o->to);
		for (size_t i = 0; i < m->n; i++)
			works[i] &= !m->scratch[i];
	}
}

static void fill_hours(struct arena *mem, struct model *m)
{
	for (int s = 0; s < m->w->staff; s++) {
		for (int b = 0; b < m->w->branches; b++) {
			uint8_t *works = m->works[s][b] = new_map(mem, m);

			mark_hours(m, works, s, b);
			remove_opening(m, works, b);
			remove_closed(m, works, b);
			remove_off(m, works, s);
		}
	}
}

/* ---- what is taken ---- */

static void fill_busy(struct arena *mem, struct model *m)
{
	const struct world *w = m->w;

	for (int s = 0; s < w->staff; s++)
		m->busy[s] = new_map(mem, m);
	for (int r = 0; r < w->rooms; r++) {
		for (int l = 0; l < w->room[r].lanes; l++)
			m->lane[r][l] = new_map(mem, m);
	}
	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		if (!b->expired)
			mark(m, b->of_room ? m->lane[b->who][b->lane] : m->busy[b->who], b->from,
				b->to);
	}
}

/* ---- the clock ---- */

static void fill_wall(struct arena *mem, struct model *m)
{
	int offset = 0;

	m->wall = mem_alloc(mem, m->n * sizeof(*m->wall));
	for (size_t i = 0; i < m->n; i++) {
		int64_t minute = m->from + (int64_t)i;

		if (i % QUARTER == 0)
			offset = tz_offset(m->tz, minute_instant(minute));
		m->wall[i] = minute + offset;
	}
	m->day_0 = day_at(m, 0);
	size_t days = (size_t)(day_at(m, m->n - 1) - m->day_0 + 1);
	m->begins = mem_alloc(mem, days * sizeof(*m->begins));
	m->ends = mem_alloc(mem, days * sizeof(*m->ends));
	for (size_t i = m->n; i-- > 0;)
		m->begins[day_at(m, i) - m->day_0] = i;
	for (size_t i = 0; i < m->n; i++)
		m->ends[day_at(m, i) - m->day_0] = i + 1;
	for (size_t i = 1; i < days; i++) { /* a day that the calendar skipped */
		if (m->ends[i] == 0)
			m->begins[i] = m->ends[i] = m->ends[i - 1];
	}
}

void maps_fill(struct arena *mem, struct model *m)
{
	m->scratch = new_map(mem, m);
	fill_wall(mem, m);
	fill_hours(mem, m);
	fill_busy(mem, m);
}
