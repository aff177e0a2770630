#include "tests/unit/worlds.h"
#include "core/sys/tz.h"

#define MADE_BUSY_MAX 44 /* which leaves room for a visit */

/* Days on which clocks are put forward or back, or a day is left out; and
 * places where nothing happens. */
static const struct {
	const char *zone;
	int year, month, day;
} NIGHTS[] = {
	{"Europe/Berlin", 2026, 3, 29},
	{"Europe/Berlin", 2026, 10, 25},
	{"America/New_York", 2026, 3, 8},
	{"America/New_York", 2026, 11, 1},
	{"Australia/Lord_Howe", 2026, 4, 5},
	{"Australia/Lord_Howe", 2026, 10, 4},
	{"Africa/Casablanca", 2026, 2, 15},
	{"Africa/Casablanca", 2026, 3, 22},
	{"Pacific/Apia", 2011, 9, 24},
	{"Pacific/Apia", 2011, 12, 30},
	{"Pacific/Apia", 2012, 4, 1},
	{"America/Havana", 2026, 3, 8},
	{"America/Havana", 2026, 11, 1},
	{"Africa/Cairo", 2026, 4, 24},
	{"Africa/Cairo", 2026, 10, 29},
	{"Pacific/Chatham", 2026, 4, 5},
	{"Asia/Kathmandu", 2026, 6, 1},
	{"America/Phoenix", 2026, 12, 28},
	{"UTC", 2028, 2, 28},
};

/* ---- chance ---- */

static uint64_t state;

/* splitmix64: good also from seeds that lie side by side. */
static uint64_t next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int below(int n)
{
	return (int)(next() % (uint64_t)n);
}

static int between(int from, int to)
{
	return from + below(to - from + 1);
}

static bool chance(int percent)
{
	return below(100) < percent;
}

/* Mostly multiples of five. */
static int minutes_between(int from, int to)
{
	int n = between(from, to);

	return chance(80) && n / 5 * 5 >= from ? n / 5 * 5 : n;
}

/* ---- what a service is ---- */

static void make_frame(struct world *w)
{
	static const int GRIDS[] = {5, 10, 15, 15, 20, 30, 30, 45, 60, 7};
	int night = below((int)COUNT_OF(NIGHTS));
	int day = day_of(NIGHTS[night].year, NIGHTS[night].month, NIGHTS[night].day).n;
	int64_t ahead;

	w->zone = NIGHTS[night].zone;
	w->days = chance(10) ? between(4, 9) : between(1, 3);
	w->first_day = day - below(w->days + 1);
	w->grid = GRIDS[below((int)COUNT_OF(GRIDS))];
	w->before = chance(30) ? minutes_between(1, 40) : 0;
	w->after = chance(30) ? minutes_between(1, 40) : 0;
	w->added = chance(25) ? minutes_between(5, 45) : 0;
	w->notice = chance(50) ? 60 : minutes_between(0, 3000);
	w->horizon = chance(70) ? 90 : below(8);
	ahead = chance(50) ? between(2, 6) * MINUTES_A_DAY : between(-1, 3) * MINUTES_A_DAY;
	w->now_ms = ((int64_t)w->first_day * MINUTES_A_DAY - ahead + below(MINUTES_A_DAY)) * 60000;
	w->now_ms += chance(50) ? below(60000) : 0;
	w->choice = (enum world_choice)below(CHOICE_USUAL + 1);
	w->branches = between(1, WORLD_BRANCHES_MAX);
	w->staff = between(1, WORLD_STAFF_MAX);
	for (int s = 0; s < w->staff; s++) {
		w->chosen_at[s] = below(3);
		w->visits[s] = below(3);
	}
	w->segments = chance(50) ? 1 : between(2, WORLD_SEGMENTS_MAX);
	w->capacity = w->segments == 1 && chance(35) ? between(2, 5) : 1;
}

static void make_segments(struct world *w)
{
	for (int i = 0; i < w->segments; i++) {
		struct world_segment *g = &w->segment[i];

		g->minutes = minutes_between(1, 90);
		g->processing = chance(40) ? minutes_between(1, 90) : 0;
		if (chance(3))
			g->processing = minutes_between(600, 1500);
		g->same_as = i > 0 && chance(35) ? below(i) : NOBODY;
		for (int s = 0; s < w->staff; s++) {
			if (!chance(65))
				continue;
			w->skill[w->skills++] = (struct world_skill){
				i, s, chance(25) ? minutes_between(1, 120) : 0};
		}
	}
}

static void make_rooms(struct world *w)
{
	w->rooms = chance(50) ? between(1, WORLD_ROOMS_MAX) : 0;
	for (int r = 0; r < w->rooms; r++) {
		w->room[r].branch = below(w->branches);
		w->room[r].lanes = chance(60) ? 1 : between(2, WORLD_LANES_MAX);
		w->room[r].inactive = chance(10);
	}
	for (int i = 0; i < w->segments; i++) {
		for (int q = 0; q < WORLD_REQUIREMENTS_MAX; q++) {
			if (!chance(q == 0 ? 50 : 25))
				continue;
			for (int r = 0; r < w->rooms; r++) {
				if (chance(60))
					w->need[w->needs++] = (struct world_need){i, q, r};
			}
		}
	}
}

/* ---- when they work ---- */

static void add_hours(struct world *w, struct world_hours h)
{
	if (w->hours < WORLD_HOURS_MAX)
		w->hour[w->hours++] = h;
}

/* A stretch of a day: all of it, the night, a working day's half, anything. */
static void random_stretch(struct world_hours *h)
{
	int kind = below(10);

	h->from = 0;
	h->to = MINUTES_A_DAY;
	if (kind < 2)
		return;
	if (kind < 5) { /* where clocks are changed */
		h->from = chance(60) ? 0 : 5 * below(48);
		h->to = h->from + 5 * between(1, 60);
	} else if (kind < 7) {
		h->from = chance(50) ? 540 : 840;
		h->to = h->from + 240;
	} else {
		h->from = minutes_between(0, 1380);
		h->to = chance(20) ? MINUTES_A_DAY : minutes_between(h->from + 1, MINUTES_A_DAY);
	}
	if (h->to > MINUTES_A_DAY)
		h->to = MINUTES_A_DAY;
}

static void make_week(struct world *w, int staff, int branch)
{
	int days = w->days + 2 < 7 ? w->days + 2 : 7;
	struct world_hours same = {.staff = staff, .branch = branch};
	bool every = chance(50);

	random_stretch(&same);
	for (int d = 0; d < days; d++) {
		int rows = chance(85) ? between(1, 2) : 0;

		for (int i = 0; i < rows; i++) {
			struct world_hours h = same;

			h.weekday = day_weekday((day_t){w->first_day + d});
			if (!every || i > 0)
				random_stretch(&h);
			h.valid_from = chance(8) ? w->first_day + below(w->days + 1) : 0;
			h.valid_to = chance(8) ? w->first_day + below(w->days + 1) : 0;
			if (h.valid_from > 0 && h.valid_to > 0 && h.valid_from > h.valid_to)
				h.valid_to = 0;
			add_hours(w, h);
		}
	}
}

static void make_dated(struct world *w, int staff, int branch)
{
	struct world_hours h = {.staff = staff, .branch = branch};

	h.day = w->first_day + below(w->days + 1);
	if (chance(75))
		random_stretch(&h);
	add_hours(w, h);
}

static void make_past(struct world *w, int branch)
{
	struct world_hours h = {.staff = NOBODY, .branch = branch};
	int day = w->first_day - 100;

	random_stretch(&h);
	h.weekday = chance(50) ? day_weekday((day_t){day}) : 0;
	h.day = h.weekday == 0 ? day : 0;
	h.valid_to = h.weekday > 0 ? day : 0;
	add_hours(w, h);
}

static void make_hours(struct world *w)
{
	for (int s = 0; s < w->staff; s++) {
		int home = below(w->branches);

		make_week(w, s, home);
		if (w->branches > 1 && chance(35))
			make_week(w, s, 1 - home);
		if (chance(25))
			make_dated(w, s, below(w->branches));
	}
	for (int b = 0; b < w->branches; b++) {
		if (chance(30))
			make_week(w, NOBODY, b);
		if (chance(15))
			make_dated(w, NOBODY, b);
		if (chance(8)) /* of long ago, but opening hours even so */
			make_past(w, b);
	}
}

static void make_absences(struct world *w)
{
	int64_t first = (int64_t)w->first_day * MINUTES_A_DAY;

	while (w->offs < 4 && chance(40)) {
		struct world_off *o = &w->off[w->offs++];

		o->staff = below(w->staff);
		o->from = first + (chance(50) ? 5 * below(48) : minutes_between(0, 1439)) +
			(int64_t)between(-1, w->days) * MINUTES_A_DAY;
		o->to = o->from + (chance(70) ? minutes_between(1, 300) : between(300, 3000));
	}
	while (w->closeds < 2 && chance(12)) {
		w->closed[w->closeds] = (struct world_closed){
			between(ANYWHERE, w->branches - 1), w->first_day + below(w->days + 1)};
		if (w->closeds == 0 || w->closed[0].branch != w->closed[1].branch ||
			w->closed[0].day != w->closed[1].day)
			w->closeds++;
	}
}

/* ---- what is taken ---- */

static bool is_free(const struct world *w, const struct world_busy *n)
{
	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		if (b->of_room == n->of_room && b->who == n->who && b->from < n->to &&
			n->from < b->to && (!n->of_room || b->lane == n->lane))
			return false;
	}
	return true;
}

static void add_busy(struct world *w, struct world_busy b)
{
	if (w->busies < MADE_BUSY_MAX)
		w->busy[w->busies++] = b;
}

static void may_be_hold(struct world_busy *b)
{
	b->hold = chance(30);
	b->expired = b->hold && chance(40);
}

static int64_t random_minute(const struct world *w)
{
	return ((int64_t)w->first_day - 1) * MINUTES_A_DAY +
		minutes_between(0, (w->days + 3) * MINUTES_A_DAY);
}

static void take(struct world *w, bool of_room, int who, int lane)
{
	struct world_busy b = {.of_room = of_room, .who = who, .lane = lane};

	b.from = random_minute(w);
	b.to = b.from + (chance(85) ? minutes_between(1, 150) : minutes_between(150, 1440));
	may_be_hold(&b);
	if (is_free(w, &b))
		add_busy(w, b);
}

/* A class of the service that has begun to fill, at a start of the grid. Who
 * sits in lane 0 stays longest. */
static void make_class(struct world *w)
{
	const struct world_skill *k = &w->skill[below(w->skills)];
	const struct tz *z = tz_find(w->zone);
	struct world_busy b = {.who = k->staff, .seat = true};
	int64_t wall = ((int64_t)w->first_day + below(w->days)) * MINUTES_A_DAY +
		(int64_t)below(MINUTES_A_DAY / w->grid) * w->grid;
	int64_t at = wall - tz_offset(z, (ts_t){wall * 60000});
	int sitting = between(1, w->capacity);

	b.from = at - w->before;
	b.to = at + (k->minutes > 0 ? k->minutes : w->segment[0].minutes) + w->added + w->after;
	if (!is_free(w, &b))
		return;
	may_be_hold(&b);
	add_busy(w, b);
	for (struct world_busy other = b; --sitting > 0;) {
		other.lane += chance(20) ? 2 : 1;
		if (other.lane >= w->capacity)
			break;
		may_be_hold(&other);
		other.hold |= b.hold;
		other.expired |= b.expired;
		add_busy(w, other);
	}
}

static void make_busy(struct world *w)
{
	if (w->capacity > 1 && w->skills > 0) {
		for (int i = between(0, 6); i > 0; i--)
			make_class(w);
	}
	for (int s = 0; s < w->staff; s++) {
		for (int i = below(5); i > 0; i--)
			take(w, false, s, 0);
	}
	for (int r = 0; r < w->rooms; r++) {
		for (int i = below(7); i > 0; i--)
			take(w, true, r, below(w->room[r].lanes));
	}
}

void world_make(struct world *w, uint64_t seed)
{
	state = seed * 2 + 1;
	memset(w, 0, sizeof(*w));
	make_frame(w);
	make_segments(w);
	make_rooms(w);
	make_hours(w);
	make_absences(w);
	make_busy(w);
	w->wished_branch = chance(25) ? below(w->branches) : ANYWHERE;
	w->wished = chance(25) ? below(w->staff) : NOBODY;
	if (model_offered_team(w) == NOBODY)
		w->wished = NOBODY;
}

/* Whether somebody who stays as long sits in lane 0 of the same class. */
static bool is_led(const struct world *w, const struct world_busy *seat)
{
	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		if (b->seat && b->lane == 0 && b->who == seat->who && b->from == seat->from &&
			b->to == seat->to)
			return b->hold <= seat->hold && b->expired <= seat->expired;
	}
	return false;
}

bool world_is_sound(const struct world *w)
{
	for (int i = 0; i < w->busies; i++) {
		if (w->busy[i].seat && !is_led(w, &w->busy[i]))
			return false;
	}
	return model_offered_team(w) != NOBODY;
}

/* ---- smaller ---- */

#define ROWS(count, rows)                                                    \
	{                                                                    \
		offsetof(struct world, count), offsetof(struct world, rows), \
			sizeof(((struct world *)0)->rows[0])                 \
	}

static const struct {
	size_t count, rows, size;
} KINDS[] = {
	ROWS(busies, busy),
	ROWS(offs, off),
	ROWS(closeds, closed),
	ROWS(hours, hour),
	ROWS(needs, need),
	ROWS(skills, skill),
};

/* What a number may be instead. */
#define PLAIN(member, value)                          \
	{                                             \
		offsetof(struct world, member), value \
	}

static const struct {
	size_t at;
	int value;
} PLAINER[] = {
	PLAIN(days, 1),
	PLAIN(before, 0),
	PLAIN(after, 0),
	PLAIN(added, 0),
	PLAIN(notice, 0),
	PLAIN(horizon, 90),
	PLAIN(wished, NOBODY),
	PLAIN(wished_branch, ANYWHERE),
	PLAIN(segments, 1),
	PLAIN(segments, 2),
	PLAIN(rooms, 0),
	PLAIN(capacity, 1),
	PLAIN(grid, 15),
	PLAIN(choice, CHOICE_LEAST_LOADED),
	PLAIN(segment[0].processing, 0),
	PLAIN(segment[1].processing, 0),
	PLAIN(segment[2].processing, 0),
	PLAIN(segment[3].processing, 0),
	PLAIN(segment[0].minutes, 30),
	PLAIN(segment[1].minutes, 30),
	PLAIN(segment[2].minutes, 30),
	PLAIN(segment[3].minutes, 30),
};

/* Rows of segments and rooms that are no more go with them. */
static void forget_rows(struct world *w)
{
	for (int i = w->skills; i-- > 0;) {
		if (w->skill[i].segment >= w->segments)
			w->skill[i] = w->skill[--w->skills];
	}
	for (int i = w->needs; i-- > 0;) {
		if (w->need[i].segment >= w->segments || w->need[i].room >= w->rooms)
			w->need[i] = w->need[--w->needs];
	}
	for (int i = w->busies; i-- > 0;) {
		if (w->busy[i].of_room && w->busy[i].who >= w->rooms)
			w->busy[i] = w->busy[--w->busies];
	}
}

struct failure {
	bool (*fails)(const struct world *w, void *arg);
	void *arg;
};

static bool keep(struct world *w, const struct world *smaller, const struct failure *f)
{
	if (!world_is_sound(smaller) || !f->fails(smaller, f->arg))
		return false;
	*w = *smaller;
	return true;
}

static bool drop_row(struct world *w, size_t kind, const struct failure *f)
{
	static struct world smaller;
	const int n = *(int *)(void *)((char *)w + KINDS[kind].count);
	size_t size = KINDS[kind].size;

	for (int i = n; i-- > 0;) {
		smaller = *w;
		char *row = (char *)&smaller + KINDS[kind].rows + (size_t)i * size;
		memmove(row, row + size, (size_t)(n - 1 - i) * size);
		*(int *)(void *)((char *)&smaller + KINDS[kind].count) = n - 1;
		if (keep(w, &smaller, f))
			return true;
	}
	return false;
}

static bool make_plainer(struct world *w, size_t i, const struct failure *f)
{
	static struct world smaller;
	int *p;

	smaller = *w;
	p = (int *)(void *)((char *)&smaller + PLAINER[i].at);
	if (*p == PLAINER[i].value || (p == &smaller.segments && *p < PLAINER[i].value))
		return false; /* plain enough */
	*p = PLAINER[i].value;
	forget_rows(&smaller);
	return keep(w, &smaller, f);
}

void world_shrink(struct world *w, bool (*fails)(const struct world *w, void *arg), void *arg)
{
	struct failure f = {fails, arg};
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
			while (drop_row(w, i, &f))
				again = true;
		}
		for (size_t i = 0; i < COUNT_OF(PLAINER); i++)
			again |= make_plainer(w, i, &f);
	}
}
