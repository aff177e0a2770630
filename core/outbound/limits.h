/*
 * limits.h - the providers that are asked, how often, and which answers mean that
 * an account is refused. A limit holds for each account (a company's, or the
 * platform's), over all processes of a machine; machines share it evenly
 * (worker.machines). limits.factor multiplies how often, not how many at once.
 */
#ifndef FRONTDESK_LIMITS_H
#define FRONTDESK_LIMITS_H

#include "core/base/ctx.h"

#define DENIED_MAX 4

struct limit {
	const char *provider;
	const char *title; /* for people */
	int64_t at_once;
	int64_t times, seconds; /* so many in so long … */
	int64_t burst;          /* … and of these at once */
	int denied[DENIED_MAX]; /* statuses; 0 behind the last */
};

extern const struct limit LIMITS[];
extern const size_t LIMITS_COUNT;

/* NULL: there is none of that name. */
const struct limit *limit_find(const char *provider);
/* How a provider is called; one that is not known by its name. */
const char *provider_title(const char *provider);

/* A place among those who ask at once. */
struct seat {
	const char *name; /* NULL: none */
	int64_t lease_us;
};

/* Takes a place for a call that ends within so long, and one of the times. 0, or the
 * milliseconds until it makes sense to ask again. account names whose it is. Waits
 * a moment where that is enough. */
int limit_take(struct ctx *c, const struct limit *l, const char *account, int call_ms,
	struct seat *seat) MUST_USE;
void limit_end(struct ctx *c, const struct seat *seat);

#endif
