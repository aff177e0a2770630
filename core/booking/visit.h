/*
 * visit.h - a service as somebody can have it: its parts, who can do each,
 * and at which minutes they could begin. Search, take, obstacle and
 * alternatives all ask this one model; only core/booking includes it.
 *
 * Minutes are minutes of UTC since 1970. A team is everybody who can make one
 * choice of the service: a segment and the later ones that its staff member
 * does too. Parts of different teams lie apart in time, so each team chooses
 * for itself; only the branch is common to all.
 *
 *	visit_load -> (visit_insist) -> visit_read_hours -> visit_read_busy
 */
#ifndef FRONTDESK_VISIT_H
#define FRONTDESK_VISIT_H

#include "core/booking/booking.h"
#include "core/booking/moment.h"
#include "core/calendar/calendar.h"
#include "core/service/service.h"

#define VISIT_PARTS_MAX 8

struct person {
	const char *id;
	const char *name;
	const char *resource_id;
	const char *branch_id;
	const char *time_zone;
	int64_t position;
	size_t branch; /* number of the branch within this visit */
	struct spans hours;
	struct spans busy;
	int64_t load; /* busy minutes of the day that visit_rank() saw last */
	bool counts;  /* is in a team */
	bool locked;  /* by this transaction */
};

struct member {
	struct person *who;
	struct spans starts; /* minutes at which a visit could begin for them */
	size_t at;           /* where the last question was answered */
};

struct team {
	const char *segment_name; /* of its first part */
	size_t first_piece;
	struct part parts[VISIT_PARTS_MAX];
	size_t n_parts;
	struct member *members; /* best first once ranked */
	size_t n;
};

/* A segment of the service, and whose it is. */
struct piece {
	const char *segment_id;
	int64_t position;
	struct part part;
	size_t team;
};

struct visit {
	struct service service;
	const struct tz *tz;
	const char *time_zone;
	int64_t minutes; /* from the start to the end, as the customer sees it */
	struct piece pieces[VISIT_PARTS_MAX];
	size_t n_pieces;
	struct team teams[VISIT_PARTS_MAX];
	size_t n_teams;
	struct person *people;
	size_t n_people;
	const char *branch_id;   /* the only one that counts; NULL: any */
	const char *wished_name; /* NULL: nobody was wished */
	struct person *wished;   /* NULL also when the wished one cannot do it */
	size_t wished_team;
	struct local_day *days; /* what was read */
	size_t n_days;
};

/* Who and what; E_INVALID on service_id, staff_id, branch_id. Two queries; one
 * more when the wished one cannot do it, or nobody can. */
int visit_load(struct ctx *c, const char *service_id, const char *staff_id, const char *branch_id,
	struct visit *v) MUST_USE;

/* From now on nobody but the wished one counts in that team; nothing when
 * nobody was wished. E_INVALID on staff_id when the wished one cannot do it. */
int visit_insist(struct ctx *c, struct visit *v) MUST_USE;

/* Everybody's hours on these local days, both included. One query. */
int visit_read_hours(struct ctx *c, struct visit *v, day_t from, day_t to) MUST_USE;
/* What is taken then. See occupancy_between() for the number of queries. */
int visit_read_busy(struct ctx *c, struct visit *v) MUST_USE;
/* Adds what is taken (rows of struct taken): every member's starts are known
 * afresh. */
void visit_add_busy(struct ctx *c, struct visit *v, const struct rows *taken);

/* Orders every team by how busy each is on this day, position and id. */
void visit_rank(struct visit *v, const struct local_day *day);
/* Whether this member of this team could begin then, and the other teams have
 * somebody in the same branch. Quick when asked in ascending order. */
bool visit_can(struct visit *v, size_t team, struct member *m, int64_t start);
/* The first of every team that can, m (of that team) among them. */
void visit_choose(struct visit *v, size_t team, struct member *m, int64_t start,
	struct member *chosen[VISIT_PARTS_MAX]);
/* The best of a team that can, and so the whole visit; NULL: nobody. */
struct member *visit_best(struct visit *v, size_t team, int64_t start);

/* What piece i takes of a person's time, buffers included. */
struct span piece_span(const struct visit *v, size_t i, int64_t start);

/*
 * Why it cannot be had, as a sentence for people; NULL when it can. The limit
 * (past, notice, horizon, grid) needs no reading; what blocks it does.
 */
const char *visit_limit(struct ctx *c, const struct visit *v, int64_t start);
const char *visit_blocked(struct ctx *c, struct visit *v, int64_t start);

/* Inside notice and horizon. */
bool visit_in_time(const struct ctx *c, const struct visit *v, const struct start *s);

#endif
