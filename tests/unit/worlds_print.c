#include "core/sys/tz.h"
#include "tests/unit/worlds.h"

static const char *branch_name(struct arena *mem, int branch)
{
	return branch == ANYWHERE ? "every branch" : mem_printf(mem, "branch %d", branch);
}

static const char *wall_name(struct arena *mem, int64_t wall)
{
	return wall_text(mem, (wall_t){wall});
}

static const char *day_name(struct arena *mem, int day)
{
	return day_text(mem, (day_t){day});
}

const char *world_minute(struct arena *mem, const struct world *w, int64_t minute)
{
	ts_t t = {minute * 60000};

	return mem_printf(mem, "%s (%s there)", ts_text(mem, t),
		wall_text(mem, tz_wall(tz_find(w->zone), t)));
}

static const char *const CHOICES[] = {"least loaded", "longest idle", "round robin", "usual"};

static void print_choice(FILE *to, const struct world *w)
{
	fprintf(to, "choice: %s", CHOICES[w->choice]);
	for (int s = 0; s < w->staff && w->choice > CHOICE_LONGEST_IDLE; s++)
		fprintf(to, ", staff %d chosen at %d, visited %d times", s, w->chosen_at[s],
			w->visits[s]);
	fputc('\n', to);
}

static void print_service(FILE *to, struct arena *mem, const struct world *w)
{
	fprintf(to, "%s, %s and %d days more, seen from %s\n", w->zone, day_name(mem, w->first_day),
		w->days - 1, ts_text(mem, (ts_t){w->now_ms}));
	fprintf(to,
		"service: every %d minutes, buffers %d and %d, notice %d minutes, horizon %d"
		" days, capacity %d, add-ons %d minutes\n",
		w->grid, w->before, w->after, w->notice, w->horizon, w->capacity, w->added);
	print_choice(to, w);
	fprintf(to, "asked for: %s in %s\n",
		w->wished == NOBODY ? "anybody" : mem_printf(mem, "staff %d", w->wished),
		branch_name(mem, w->wished_branch));
	for (int i = 0; i < w->segments; i++) {
		const struct world_segment *g = &w->segment[i];

		fprintf(to, "segment %d: %d minutes, then %d of processing%s\n", i, g->minutes,
			g->processing,
			g->same_as == NOBODY
				? ""
				: mem_printf(mem, ", by whoever does segment %d", g->same_as));
	}
	for (int i = 0; i < w->skills; i++) {
		const struct world_skill *k = &w->skill[i];

		fprintf(to, "staff %d can do segment %d%s\n", k->staff, k->segment,
			k->minutes > 0 ? mem_printf(mem, " in %d minutes", k->minutes) : "");
	}
}

static void print_rooms(FILE *to, struct arena *mem, const struct world *w)
{
	for (int i = 0; i < w->rooms; i++)
		fprintf(to, "room %d in %s, %d lanes%s\n", i, branch_name(mem, w->room[i].branch),
			w->room[i].lanes, w->room[i].inactive ? ", inactive" : "");
	for (int i = 0; i < w->needs; i++)
		fprintf(to, "segment %d needs, for requirement %d, room %d\n", w->need[i].segment,
			w->need[i].requirement, w->need[i].room);
}

static void print_hours(FILE *to, struct arena *mem, const struct world *w)
{
	static const char *const WEEKDAYS[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

	for (int i = 0; i < w->hours; i++) {
		const struct world_hours *h = &w->hour[i];

		fprintf(to, "%s %s %s, %s %02d:%02d to %02d:%02d",
			h->staff == NOBODY ? branch_name(mem, h->branch)
					   : mem_printf(mem, "staff %d", h->staff),
			h->staff == NOBODY ? "is" : "works in",
			h->staff == NOBODY ? "open" : branch_name(mem, h->branch),
			h->weekday > 0 ? WEEKDAYS[h->weekday] : day_name(mem, h->day), h->from / 60,
			h->from % 60, h->to / 60, h->to % 60);
		if (h->valid_from > 0)
			fprintf(to, " from %s", day_name(mem, h->valid_from));
		if (h->valid_to > 0)
			fprintf(to, " until %s", day_name(mem, h->valid_to));
		fputc('\n', to);
	}
	for (int i = 0; i < w->offs; i++)
		fprintf(to, "staff %d is off from %s to %s\n", w->off[i].staff,
			wall_name(mem, w->off[i].from), wall_name(mem, w->off[i].to));
	for (int i = 0; i < w->closeds; i++)
		fprintf(to, "%s is closed on %s\n", branch_name(mem, w->closed[i].branch),
			day_name(mem, w->closed[i].day));
}

void world_print(FILE *to, struct arena *mem, const struct world *w)
{
	print_service(to, mem, w);
	print_rooms(to, mem, w);
	print_hours(to, mem, w);
	for (int i = 0; i < w->busies; i++) {
		const struct world_busy *b = &w->busy[i];

		fprintf(to, "%s %d, lane %d is taken%s%s from %s to %s\n",
			b->of_room ? "room" : "staff", b->who, b->lane,
			b->seat ? " by a class" : "",
			b->expired        ? " by a hold that expired"
				: b->hold ? " by a hold"
					  : "",
			world_minute(mem, w, b->from), world_minute(mem, w, b->to));
	}
}
