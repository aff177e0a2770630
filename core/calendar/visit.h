/*
 * visit.h - a service as somebody can have it: its pieces, who can do each,
 * what they need beside staff, and at which minutes it could begin. Search,
 * take, refusal and alternatives all ask this one model. Pure: no database
 * (core/booking/load.h fills it), no clock but the instant that is given.
 *
 * Minutes are minutes of UTC since 1970. A piece is a segment. A team is
 * everybody who can make one choice of the service: a segment and the later
 * ones that its staff member does too. One choice is made per team, and all
 * are of one branch. Pieces follow each other: hands on, then processing, in
 * which only the customer and the resources are bound. How long hands are on
 * may differ by person, so that later pieces move.
 *
 * In a class (capacity above one) the customers of one start share the staff
 * member: the first sits in lane 0 and holds what the class needs, the others
 * sit in the lanes above.
 *
 *	visit_days -> visit_rules -> visit_taken -> visit_rank -> visit_plan
 */
#ifndef FRONTDESK_VISIT_H
#define FRONTDESK_VISIT_H

#include "core/calendar/hours.h"
#include "core/service/service.h"

struct known;

#define VISIT_PIECES_MAX 8
#define VISIT_NEEDS_MAX 4
#define VISIT_CLAIMS_MAX (VISIT_PIECES_MAX * (1 + VISIT_NEEDS_MAX))

/* What is taken of a resource: a row of occupancy. */
struct taken {
	const char *resource_id;
	int64_t lane;
	ts_t starts_at;
	ts_t ends_at;
	const char *class_of;       /* a seat in a class of this service */
	const char *appointment_id; /* whose it is; only read where it is asked for */
	const char *hold_id;
	ts_t expires_at; /* of a hold */
};

#define SEATS_MAX 128

/* A class that has begun to fill. */
struct seats {
	struct span span; /* as taken, buffers included */
	int64_t sitting;
	uint64_t lanes[SEATS_MAX / 64]; /* a bit for each that is taken */
};

/* A staff member in one branch. */
struct person {
	const char *id;
	const char *name;
	const char *resource_id;
	const char *branch_id;
	const char *time_zone;
	int64_t position;
	ts_t chosen_at; /* when last chosen among several; 0 never */
	int64_t visits; /* how often the customer had them */
	size_t branch;  /* number of the branch within this visit */
	struct spans hours;
	struct spans busy;
	struct seats *classes; /* of this service, by start */
	size_t n_classes;
	size_t number;    /* the same for one staff member in several branches */
	int64_t order[3]; /* what visit_rank() orders by */
	bool locked;      /* by this transaction */
};

/* A room or a device, with what is taken of each of its lanes. */
struct room {
	const char *id;
	const char *name;
	const char *branch_id;
	size_t branch;
	int64_t capacity;
	struct spans *lanes;
	bool locked;
};

/* One of these. */
struct need {
	int64_t requirement;
	struct room **rooms;
	size_t n;
};

/* A segment of the service. */
struct piece {
	const char *segment_id;
	const char *name;
	int64_t position;
	int64_t minutes; /* hands on with add-ons, unless the person has an own duration */
	int64_t processing;
	int64_t before; /* buffers */
	int64_t after;
	size_t team;
	size_t of_team; /* number within the team */
	struct need needs[VISIT_NEEDS_MAX];
	size_t n_needs;
};

struct member {
	struct person *who;
	int64_t minutes[VISIT_PIECES_MAX];   /* hands on with add-ons, of the team's pieces */
	struct spans fits[VISIT_PIECES_MAX]; /* minutes at which each could begin */
	size_t at[VISIT_PIECES_MAX];         /* where the last question was answered */
	int64_t price_cents;                 /* of the service with this person */
};

struct team {
	const char *name; /* of its first segment */
	size_t first_piece;
	size_t n_pieces;
	struct member **members; /* best first once ranked */
	size_t n;
};

struct visit {
	struct service service;
	const struct tz *tz;
	const char *time_zone;
	struct piece pieces[VISIT_PIECES_MAX];
	size_t n_pieces;
	struct team teams[VISIT_PIECES_MAX];
	size_t n_teams;
	struct person *people;
	size_t n_people;
	struct room *rooms;
	size_t n_rooms;
	int64_t added_minutes; /* of add-ons */
	int64_t added_cents;
	const char *branch_id;   /* the only one that counts; NULL: any */
	bool wished_branches;    /* those in which the wished one works */
	const char *wished_name; /* NULL: nobody was wished */
	const char *wished_id;   /* NULL also when the wished one cannot do it */
	size_t wished_team;      /* whose choice is offered */
	struct known *known;     /* what core/booking/load.c has read it by */
	struct hours hours;      /* the days that matter, and their rules */
	size_t n_days;           /* the first of them: those that are looked at */
	size_t n_branches;
	struct rows taken;      /* what visit_taken() was given, for explaining */
	const char *instead_of; /* appointment or hold whose rows do not count */
	struct spans customer;  /* other visits of the customer */
};

/* Part of a plan: this resource, this long, buffers included. */
struct claim {
	const char *resource_id;
	int64_t lane;
	struct span span;
	bool seat; /* in a class */
};

/* A visit with everything decided. */
struct plan {
	int64_t start; /* as the customer sees it */
	int64_t end;
	struct member *who[VISIT_PIECES_MAX];
	struct span hands_on[VISIT_PIECES_MAX];
	struct claim claims[VISIT_CLAIMS_MAX];
	size_t n_claims;
	struct room *rooms[VISIT_CLAIMS_MAX]; /* of the claims; NULL: a person's */
	int64_t price_cents;
};

/* The longest that it may last, from start to end. */
int64_t visit_minutes(const struct visit *v);
/* The local days to look at, both included; tz must be known. */
void visit_days(struct arena *mem, struct visit *v, day_t from, day_t to);
/* Everybody's hours: rows of struct hours_rule. */
void visit_rules(struct arena *mem, struct visit *v, const struct rows *rules);
/* What is taken: rows of struct taken, all there is to know of those days. */
void visit_taken(struct arena *mem, struct visit *v, const struct rows *taken);
/* The same for these resources only, of which no more is to be known: what
 * was known of them before is forgotten. */
void visit_taken_again(struct arena *mem, struct visit *v, const struct texts *resource_ids,
	const struct rows *taken);

/* Orders every team as the service chooses, for a start on this day. */
void visit_rank(struct visit *v, const struct local_day *day, int64_t start);
/* Whether this member could begin this piece then, seen alone. */
bool visit_fits(struct visit *v, size_t piece, struct member *m, int64_t begin);
/* Whether the visit could begin then with this member of this team. Quick
 * when asked in ascending order. */
bool visit_can(struct visit *v, size_t team, struct member *m, int64_t start);
/* The same with every decision; false: it cannot. */
bool visit_plan(struct visit *v, size_t team, struct member *m, int64_t start, struct plan *out);
/* The plan with the best of the wished team who can. */
bool visit_best(struct visit *v, int64_t start, struct plan *out);
/* A lane of the room that is free then; -1: none is. */
int64_t room_lane(const struct room *r, struct span s);

bool visit_too_soon(const struct visit *v, ts_t now, int64_t start);
bool visit_too_far(const struct visit *v, ts_t now, wall_t local);
/* Neither: inside notice and horizon of the service, seen at an instant. */
bool visit_in_time(const struct visit *v, ts_t now, const struct start *s);

struct slot {
	ts_t starts_at;
	ts_t ends_at; /* with the first of staff_ids */
	wall_t local_start;
	struct texts staff_ids; /* at most 5, best first: who to wish for */
	int64_t staff_count;
};

/* Every start on the days that are looked at, ascending: of struct slot. */
void visit_slots(struct arena *mem, struct visit *v, ts_t now, struct rows *out);

enum rejection_rule {
	REJECTED_NOTICE,
	REJECTED_HORIZON,
	REJECTED_CLOSED_DAY,
	REJECTED_TIME_OFF,
	REJECTED_WORKING_HOURS,
	REJECTED_BUSY,
	REJECTED_HOLD,
	REJECTED_BUFFER,
	REJECTED_CAPACITY,
	REJECTED_NOT_QUALIFIED,
};

/* Why a start is none: for a staff member, or for all (staff_id NULL). */
struct rejection {
	wall_t local_start;
	const char *staff_id;
	enum rejection_rule rule;
	const char *ref; /* id of what is in the way; NULL: nothing has one */
};

/* The first rule that kills each start of the grid, for each of the wished team
 * who cannot: of struct rejection. */
void visit_rejections(struct arena *mem, struct visit *v, ts_t now, struct rows *out);

#endif
