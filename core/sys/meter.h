/*
 * meter.h - how often somebody does something, counted by all processes
 * together in a table of shared memory (a file of fixed size under
 * server.run_dir), never in the database.
 *
 * Each count is one instant, kept by the generic cell rate algorithm (ATM
 * Forum, traffic management 4.0): when all that was taken will be paid back, at
 * an even rate. So many may come at once, and then one each time one is paid
 * back. There is no lock that a killed process could leave behind: one
 * compare-and-set takes or leaves. Nothing is ever refused because the table is
 * full or cannot be opened: then it is not counted, and the log says so once.
 */
#ifndef FRONTDESK_METER_H
#define FRONTDESK_METER_H

#include "core/base/ctx.h"

enum meter_kind {
#define METER(symbol, name, times, seconds, burst) symbol,
#include "core/sys/meter.def"
#undef METER
	METER_COUNT
};

/* Where somebody stands; all zero: it is not counted. */
struct meter_state {
	int64_t burst;     /* that may come at once */
	int64_t remaining; /* of these, now */
	int64_t reset;     /* seconds until that is all of them */
	int64_t wait;      /* refused: seconds until the next is taken */
	int64_t wait_us;
	int64_t times, seconds;
};

struct meter;

/* The table of this file, made when it is missing. Never NULL. */
struct meter *meter_open(struct arena *mem, const char *path);
void meter_close(struct meter *m);

/*
 * Counts one of this kind by somebody (an id, an address). 0, or -1 with
 * E_RATE_LIMITED, of which nothing is counted. state may be NULL. Without a
 * meter in c->conf nothing is counted.
 */
int meter_take(
	struct ctx *c, enum meter_kind kind, const char *who, struct meter_state *state) MUST_USE;
/* One that was taken and does not count after all. */
void meter_give_back(struct ctx *c, enum meter_kind kind, const char *who);

/* Who an address is: of IPv6 its first 64 bits, which are one subscriber's. */
const char *meter_address(struct arena *mem, const char *address);

/* ---- for others who count in the same table: names and rates of their own ---- */

struct meter_rate {
	int64_t interval_us; /* in which one is paid back */
	int64_t burst;
};

/* Takes one: 0, or the microseconds until it can be taken. */
int64_t meter_pass(struct ctx *c, const char *name, const struct meter_rate *rate);
void meter_return(struct ctx *c, const char *name, const struct meter_rate *rate);
/* What is known to hold for so long, by all processes; 0: no longer. */
void meter_remember(struct ctx *c, const char *name, int64_t us);
bool meter_remembers(struct ctx *c, const char *name);

/* ---- for tests ---- */

/* The same with everything given; false: refused. */
bool meter_count(struct meter *m, uint64_t name, const struct meter_rate *rate, int64_t now_us,
	struct meter_state *state);

#endif
