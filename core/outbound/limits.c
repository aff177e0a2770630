#include "core/outbound/limits.h"
#include "core/sys/conf.h"
#include "core/sys/meter.h"

#define SECOND_US INT64_C(1000000)
#define LEASE_MORE_MS 5000 /* for what comes after the call */
#define WAIT_US 300000     /* less than others would take our jobs away for */
#define SEAT_WAIT_MS 500   /* until one who asks has an answer */

const struct limit LIMITS[] = {
#define X(provider, title, at_once, times, seconds, burst, ...) \
	{provider, title, at_once, times, seconds, burst, __VA_ARGS__},
#include "core/outbound/limits.def"
#undef X
};
const size_t LIMITS_COUNT = COUNT_OF(LIMITS);

const struct limit *limit_find(const char *provider)
{
	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		if (strcmp(LIMITS[i].provider, provider) == 0)
			return &LIMITS[i];
	}
	return NULL;
}

const char *provider_title(const char *provider)
{
	const struct limit *l = provider == NULL ? NULL : limit_find(provider);

	return l == NULL ? provider : l->title;
}

/* ---- at once: each place is a count of one, paid back when its lease ends ---- */

static struct meter_rate of_seat(const struct seat *s)
{
	return (struct meter_rate){s->lease_us, 1};
}

static int64_t share(int64_t n, int64_t machines)
{
	return n > machines ? n / machines : 1;
}

static bool seat_take(struct ctx *c, const struct limit *l, const char *account, struct seat *s)
{
	struct meter_rate rate = of_seat(s);

	for (int64_t i = 0; i < share(l->at_once, c->conf->worker_machines); i++) {
		s->name = mem_printf(c->mem, "seat:%s:%s:%" PRId64, l->provider, account, i);
		if (meter_pass(c, s->name, &rate) == 0)
			return true;
	}
	s->name = NULL;
	return false;
}

void limit_end(struct ctx *c, const struct seat *seat)
{
	struct meter_rate rate = of_seat(seat);

	if (seat->name != NULL)
		meter_return(c, seat->name, &rate);
}

/* ---- how often ---- */

static int64_t time_take(struct ctx *c, const struct limit *l, const char *account)
{
	int64_t times = l->times * c->conf->limits_factor;
	struct meter_rate rate = {
		.interval_us = l->seconds * SECOND_US * c->conf->worker_machines / times,
		.burst = share(l->burst, c->conf->worker_machines) * c->conf->limits_factor,
	};
	const char *name = mem_printf(c->mem, "times:%s:%s", l->provider, account);
	int64_t waited_us = 0, wait_us;

	while ((wait_us = meter_pass(c, name, &rate)) > 0 && waited_us + wait_us <= WAIT_US) {
		nanosleep(&(struct timespec){0, (long)wait_us * 1000}, NULL);
		waited_us += wait_us;
	}
	return wait_us;
}

int limit_take(
	struct ctx *c, const struct limit *l, const char *account, int call_ms, struct seat *seat)
{
	*seat = (struct seat){NULL, (int64_t)(call_ms + LEASE_MORE_MS) * 1000};
	if (c->conf == NULL)
		return 0;
	if (!seat_take(c, l, account, seat))
		return SEAT_WAIT_MS;
	int64_t wait_us = time_take(c, l, account);
	if (wait_us == 0)
		return 0;
	limit_end(c, seat);
	return (int)(wait_us / 1000) + 1;
}
