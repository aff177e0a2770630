#include "core/booking/wish.h"

#define DAYS_LOOKED_AT 4 /* the wished one and three more */

static const struct field FIELDS[] = {
	TIME(alternative, starts_at, RO | NOCOL),
	TIME(alternative, ends_at, RO | NOCOL),
	WALL(alternative, local_start, RO | NOCOL),
	ID(alternative, staff_id, RO | NOCOL),
	TEXT(alternative, staff_name, RO | NOCOL | PERSONAL, 120),
	INT(alternative, rank, RO | NOCOL, 1, 4),
	TEXT(alternative, because, RO | NOCOL | PERSONAL, 300),
};
const struct table ALTERNATIVE = TABLE(alternative, "alternative", FIELDS);

/* A time that can be had, and how far it is from the wish. */
struct candidate {
	struct start at;
	int64_t end;
	const struct person *who;
	int64_t days;    /* after the wished day */
	int64_t minutes; /* later than the wished time of day, or earlier */
	int64_t rank;
	bool other; /* not the wished staff member */
};

static int64_t rank_of(const struct candidate *k)
{
	if (k->days == 0)
		return 1;
	if (k->days == 1)
		return k->minutes == 0 ? 2 : 3;
	return 4;
}

static int by_wish(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int64_t far_x = llabs(x->minutes), far_y = llabs(y->minutes);

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->other != y->other)
		return x->other ? 1 : -1;
	if (x->days != y->days)
		return x->days < y->days ? -1 : 1;
	if (far_x != far_y)
		return far_x < far_y ? -1 : 1;
	return (x->at.minute > y->at.minute) - (x->at.minute < y->at.minute);
}

static const char *because(struct ctx *c, const struct candidate *k)
{
	const char *day = k->days == 0 ? "same day"
		: k->days == 1         ? "next day"
				       : mem_printf(c->mem, "%" PRId64 " days later", k->days);
	const char *time = "same time";
	const char *with = "";

	if (k->minutes != 0)
		time = mem_printf(c->mem, "%s %s", minutes_text(c, llabs(k->minutes)),
			k->minutes > 0 ? "later" : "earlier");
	if (k->other)
		with = mem_printf(c->mem, ", with %s", k->who->name);
	return mem_printf(c->mem, "%s, %s%s", day, time, with);
}

/* Who would do it then: the wished one if possible, else the best other. */
static bool who_can(struct visit *v, int64_t start, struct plan *plan, struct candidate *k)
{
	struct team *t = &v->teams[v->wished_team];

	for (size_t i = 0; i < t->n && v->wished_id != NULL; i++) {
		struct member *m = t->members[i];

		if (strcmp(m->who->id, v->wished_id) != 0 ||
			!visit_plan(v, v->wished_team, m, start, plan))
			continue;
		k->who = m->who;
		k->end = plan->end;
		return true;
	}
	if (!visit_best(v, start, plan))
		return false;
	k->who = plan->who[v->teams[v->wished_team].first_piece]->who;
	k->end = plan->end;
	return true;
}

/* The starts of one day that can be had; how many. The wish itself is no
 * alternative to it. */
static size_t candidates_of(struct ctx *c, struct visit *v, const struct local_day *day,
	const struct start *wish, struct candidate *out)
{
	struct start grid[STARTS_MAX];
	size_t n = local_grid(v->tz, day, v->service.grid_minutes, grid), found = 0;

	for (size_t i = 0; i < n; i++) {
		struct candidate k = {.at = grid[i]};
		struct plan plan;

		if (!visit_in_time(v, c->now, &grid[i]))
			continue;
		visit_rank(v, day, grid[i].minute);
		if (!who_can(v, grid[i].minute, &plan, &k))
			continue;
		k.other = v->wished_name != NULL &&
			(v->wished_id == NULL || strcmp(k.who->id, v->wished_id) != 0);
		k.days = day->day.n - day_of_wall(wish->local).n;
		k.minutes = wall_minute(grid[i].local) - wall_minute(wish->local);
		k.rank = rank_of(&k);
		if (k.at.minute != wish->minute || k.other)
			out[found++] = k;
	}
	return found;
}

static struct alternative as_alternative(struct ctx *c, const struct candidate *k)
{
	struct alternative a = {
		.starts_at = minute_ts(k->at.minute),
		.ends_at = minute_ts(k->end),
		.local_start = k->at.local,
		.staff_id = k->who->id,
		.staff_name = k->who->name,
		.rank = k->rank,
		.because = because(c, k),
	};

	return a;
}

void visit_alternatives(
	struct ctx *c, struct visit *v, const struct start *wish, int max, struct rows *out)
{
	struct candidate *all = mem_alloc(c->mem, DAYS_LOOKED_AT * STARTS_MAX * sizeof(*all));
	int32_t first = day_of_wall(wish->local).n;
	struct alternative *list;
	size_t n = 0;

	for (size_t d = 0; d < v->n_days; d++) {
		const struct local_day *day = &v->hours.days[d];

		if (day->day.n >= first && day->day.n < first + DAYS_LOOKED_AT)
			n += candidates_of(c, v, day, wish, all + n);
	}
	qsort(all, n, sizeof(*all), by_wish);
	if (n > (size_t)max)
		n = (size_t)max;
	list = mem_alloc(c->mem, (n + 1) * sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = as_alternative(c, &all[i]);
	*out = (struct rows){list, n};
}

int booking_alternatives(struct ctx *c, const struct wish *wished, int max, struct rows *out)
{
	struct wish whole, *w = &whole;
	struct hold hold;
	struct visit v;
	struct start wish = {0, {0}};

	*out = (struct rows){NULL, 0};
	if (wish_complete(c, wished, w, &hold) < 0 || wish_load(c, w, &v) < 0)
		return -1;
	wish.local = w->local_start;
	enum moment m = wish_moment(w, v.tz, &wish);
	if (m == MOMENT_NONE || m == MOMENT_UNEVEN)
		return moment_check(c, m, w, v.time_zone);
	day_t first = day_of_wall(wish.local), last = {first.n + DAYS_LOOKED_AT - 1};
	if (visit_read(c, &v, first, last, DETAIL_SPANS) < 0 || wish_customer_known(c, &v, w) < 0)
		return -1;
	visit_alternatives(c, &v, &wish, max, out);
	return 0;
}
