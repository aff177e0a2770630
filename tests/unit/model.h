/*
 * model.h - what can be booked, found out the slow and obvious way: a byte for
 * every minute of every person and of every lane of every room, and every
 * choice of people and rooms tried at every minute of the range.
 *
 * It shares no code with core/calendar and knows nothing of how that works;
 * only what the clock of a zone shows at an instant is asked of core/sys/tz.
 * Minutes are minutes of UTC since 1970, wall clocks those of the zone.
 */
#ifndef FRONTDESK_MODEL_H
#define FRONTDESK_MODEL_H

#include "core/base/ts.h"

#define WORLD_SEGMENTS_MAX 4
#define WORLD_BRANCHES_MAX 2
#define WORLD_STAFF_MAX 5
#define WORLD_ROOMS_MAX 4
#define WORLD_LANES_MAX 3
#define WORLD_REQUIREMENTS_MAX 2
#define WORLD_ROWS_MAX 64
#define WORLD_HOURS_MAX 160

#define NOBODY (-1)
#define ANYWHERE (-1)

struct world_segment {
	int minutes, processing;
	int same_as; /* number of an earlier segment, or NOBODY */
};

struct world_room {
	int branch, lanes;
	bool inactive; /* cannot be had; who needs it needs it even so */
};

/* Who can do a segment; 0 minutes: as long as anybody. Whoever does the first
 * of several that go together does the others, too, able or not. */
struct world_skill {
	int segment, staff, minutes;
};

/* One of the rooms that a segment can have for a requirement (0, 1). */
struct world_need {
	int segment, requirement, room;
};

/* Working hours, or with NOBODY the branch's opening hours: of a weekday
 * (1..7, perhaps from and to a day; 0: open), or (weekday 0) of one day. */
struct world_hours {
	int staff, branch, weekday, day, valid_from, valid_to;
	int from, to; /* minutes of the local day */
};

struct world_off {
	int staff;
	int64_t from, to; /* wall clock */
};

struct world_closed {
	int branch, day; /* ANYWHERE: every branch */
};

/* What is taken of a staff member or a room. */
struct world_busy {
	bool of_room;
	int who, lane;
	int64_t from, to;
	bool seat;    /* in a class of the service */
	bool hold;    /* or else an appointment */
	bool expired; /* a hold that counts no more */
};

/* Whoever is offered first: see the columns service.staff_choice of sql/. */
enum world_choice { CHOICE_LEAST_LOADED, CHOICE_LONGEST_IDLE, CHOICE_ROUND_ROBIN, CHOICE_USUAL };

struct world {
	const char *zone;
	int first_day, days; /* the range asked for, since 1970 */
	int64_t now_ms;
	int grid, before, after, notice, horizon, capacity;
	int added; /* minutes of add-ons */
	enum world_choice choice;
	int wished, wished_branch;
	int branches, staff;
	int chosen_at[WORLD_STAFF_MAX]; /* 0: never yet */
	int visits[WORLD_STAFF_MAX];    /* of this customer */
	int segments, rooms;
	struct world_segment segment[WORLD_SEGMENTS_MAX];
	struct world_room room[WORLD_ROOMS_MAX];
	int skills, needs, hours, offs, closeds, busies;
	struct world_skill skill[WORLD_ROWS_MAX];
	struct world_need need[WORLD_ROWS_MAX];
	struct world_hours hour[WORLD_HOURS_MAX];
	struct world_off off[WORLD_ROWS_MAX];
	struct world_closed closed[WORLD_ROWS_MAX];
	struct world_busy busy[WORLD_ROWS_MAX];
};

struct model_slot {
	int64_t start;
	int64_t wall;
	int staff[WORLD_STAFF_MAX]; /* who can, best first */
	int n;
};

/* The first choice (named by its first segment) that the wished one is able
 * to make; 0 when nobody is wished, NOBODY when there is none. */
int model_offered_team(const struct world *w);

struct model;

/* Looks at a world, which must not change meanwhile. */
struct model *model_new(struct arena *mem, const struct world *w);
/* The slots, ascending. */
const struct model_slot *model_slots(struct model *m, size_t *n);

/* What a visit would take, in the order of its segments: first of the staff
 * member, then of the rooms, by requirement. */
struct model_claim {
	bool of_room;
	int who, lane;
	int64_t from, to;
	bool seat;
};

/* Why these claims are not a whole visit that begins then, with that staff
 * member as the one who was offered; NULL: they are. */
const char *model_objection(
	struct model *m, int64_t start, int staff, const struct model_claim *claims, size_t n);

#endif
