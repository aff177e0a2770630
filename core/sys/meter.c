#include "core/sys/meter.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/shared.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define SLOTS (1u << 16)
#define WAYS 8 /* places that one name may take: two lines of the cache */
#define TRIES_MAX 1000
#define SECOND_US INT64_C(1000000)
/* No count reaches so far: it was left by another life of the machine. */
#define HORIZON_US (INT64_C(86400) * SECOND_US)
/* A process may look at a count so long after it looked at the clock. */
#define LATE_US (INT64_C(60) * SECOND_US)

/* A name, and until when what it took is not paid back: then the slot is free.
 * All zero is empty, so a new file needs no beginning. */
struct slot {
	_Atomic uint64_t name;
	_Atomic int64_t until_us;
};
static_assert(
	sizeof(struct slot) == 16 && ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_LONG_LOCK_FREE == 2,
	"slots are shared by processes");

struct meter {
	struct slot *slots; /* NULL: nothing is counted */
	bool said_full;
};

static const struct kind {
	const char *name;
	size_t times, burst; /* where in struct conf */
	int64_t seconds;
} KINDS[] = {
#define METER(symbol, name, times, seconds, burst) \
	[symbol] = {name, offsetof(struct conf, times), offsetof(struct conf, burst), seconds},
#include "core/sys/meter.def"
#undef METER
};

/* ---- the file ---- */

struct meter *meter_open(struct arena *mem, const char *path)
{
	struct meter *m = mem_alloc(mem, sizeof(*m));

	m->slots = shared_map(path, SLOTS * sizeof(struct slot));
	if (m->slots == NULL)
		log_line("limits", "file", path, "error", strerror(errno), "so",
			"people and keys are not counted by this process", NULL);
	return m;
}

void meter_close(struct meter *m)
{
	if (m->slots != NULL)
		munmap(m->slots, SLOTS * sizeof(struct slot));
	m->slots = NULL;
}

/* ---- counting ---- */

static bool is_over(int64_t until_us, int64_t now_us)
{
	return until_us <= now_us || until_us > now_us + HORIZON_US;
}

static struct slot *first_way(struct meter *m, uint64_t name)
{
	return &m->slots[name % SLOTS / WAYS * WAYS];
}

/* The slot of this name, else NULL. */
static struct slot *slot_named(struct meter *m, uint64_t name)
{
	struct slot *s = first_way(m, name);

	for (int i = 0; i < WAYS; i++) {
		if (atomic_load(&s[i].name) == name)
			return &s[i];
	}
	return NULL;
}

/* A slot whose time is over gets the name first. Whoever is interrupted there
 * leaves a slot that is still over; and whoever had meant the old name counts
 * one for the new. */
static struct slot *slot_claim(struct meter *m, uint64_t name, int64_t now_us)
{
	struct slot *s = first_way(m, name);

	for (int i = 0; i < WAYS; i++) {
		uint64_t old = atomic_load(&s[i].name);

		if (old == name)
			return &s[i];
		if (is_over(atomic_load(&s[i].until_us), now_us) &&
			(atomic_compare_exchange_strong(&s[i].name, &old, name) || old == name))
			return &s[i];
	}
	return NULL;
}

static bool not_counted(struct meter *m, const char *why)
{
	if (!m->said_full)
		log_line("limits", "error", why, "so", "some are not counted", NULL);
	m->said_full = true;
	return true;
}

/* What is owed at an instant, in time. */
static void describe(const struct meter_rate *rate, int64_t owed_us, struct meter_state *state)
{
	int64_t taken = (owed_us + rate->interval_us - 1) / rate->interval_us;

	state->burst = rate->burst;
	state->remaining = taken < rate->burst ? rate->burst - taken : 0;
	state->reset = (owed_us + SECOND_US - 1) / SECOND_US;
}

bool meter_count(struct meter *m, uint64_t name, const struct meter_rate *rate, int64_t now_us,
	struct meter_state *state)
{
	int64_t most_us = rate->interval_us * rate->burst;

	for (int tries = 0; tries < TRIES_MAX; tries++) {
		struct slot *s = slot_named(m, name);

		if (s == NULL)
			s = slot_claim(m, name, now_us);
		if (s == NULL)
			return not_counted(m, "the table is full");
		int64_t seen = atomic_load(&s->until_us);
		int64_t owed_us = seen - now_us;

		/* more than can be: of other settings, or of another life */
		if (owed_us < 0 || owed_us > most_us + LATE_US)
			owed_us = 0;
		if (owed_us + rate->interval_us > most_us) {
			describe(rate, owed_us, state);
			state->wait_us = owed_us + rate->interval_us - most_us;
			state->wait = (state->wait_us + SECOND_US - 1) / SECOND_US;
			return false;
		}
		owed_us += rate->interval_us;
		if (atomic_compare_exchange_strong(&s->until_us, &seen, now_us + owed_us)) {
			describe(rate, owed_us, state);
			return true;
		}
	}
	return not_counted(m, "too many come at once");
}

/* ---- kinds ---- */

#define NAMED METER_COUNT /* by others, who say what it is */

/* FNV-1a of kind and name, its bits well mixed (the end of MurmurHash3). */
static uint64_t name_of(enum meter_kind kind, const char *who)
{
	uint64_t h = (UINT64_C(14695981039346656037) ^ (uint64_t)kind) * UINT64_C(1099511628211);

	for (const char *p = who; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * UINT64_C(1099511628211);
	h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h != 0 ? h : 1;
}

static int64_t setting(const struct conf *conf, size_t at)
{
	return *(const int64_t *)(const void *)((const char *)conf + at) * conf->limits_factor;
}

static struct meter_rate rate_of(const struct conf *conf, enum meter_kind kind)
{
	const struct kind *k = &KINDS[kind];
	int64_t interval_us = k->seconds * SECOND_US / setting(conf, k->times);
	struct meter_rate rate = {interval_us > 0 ? interval_us : 1, setting(conf, k->burst)};

	return rate;
}

int meter_take(struct ctx *c, enum meter_kind kind, const char *who, struct meter_state *state)
{
	struct meter_state own;

	if (state == NULL)
		state = &own;
	memset(state, 0, sizeof(*state));
	if (c->conf->meter == NULL || c->conf->meter->slots == NULL)
		return 0;
	struct meter_rate rate = rate_of(c->conf, kind);
	bool taken =
		meter_count(c->conf->meter, name_of(kind, who), &rate, clock_monotonic_us(), state);
	state->times = setting(c->conf, KINDS[kind].times);
	state->seconds = KINDS[kind].seconds;
	if (taken)
		return 0;
	c->err.retry_after = (int)state->wait;
	return err_set(
		c, E_RATE_LIMITED, "Too many requests: try again in %" PRId64 " s.", state->wait);
}

void meter_give_back(struct ctx *c, enum meter_kind kind, const char *who)
{
	if (c->conf->meter == NULL || c->conf->meter->slots == NULL)
		return;
	struct meter_rate rate = rate_of(c->conf, kind);
	struct slot *s = slot_named(c->conf->meter, name_of(kind, who));

	if (s != NULL)
		atomic_fetch_sub(&s->until_us, rate.interval_us);
}

/* ---- names and rates of others ---- */

static struct meter *meter_of(const struct ctx *c)
{
	struct meter *m = c->conf == NULL ? NULL : c->conf->meter;

	return m == NULL || m->slots == NULL ? NULL : m;
}

int64_t meter_pass(struct ctx *c, const char *name, const struct meter_rate *rate)
{
	struct meter *m = meter_of(c);
	struct meter_state state = {0};

	if (m == NULL || meter_count(m, name_of(NAMED, name), rate, clock_monotonic_us(), &state))
		return 0;
	return state.wait_us;
}

void meter_return(struct ctx *c, const char *name, const struct meter_rate *rate)
{
	struct meter *m = meter_of(c);
	struct slot *s = m == NULL ? NULL : slot_named(m, name_of(NAMED, name));

	if (s != NULL)
		atomic_fetch_sub(&s->until_us, rate->interval_us);
}

void meter_remember(struct ctx *c, const char *name, int64_t us)
{
	struct meter *m = meter_of(c);
	int64_t now_us = clock_monotonic_us();
	struct slot *s = m == NULL ? NULL : slot_named(m, name_of(NAMED, name));

	if (m != NULL && s == NULL && us > 0)
		s = slot_claim(m, name_of(NAMED, name), now_us);
	if (s != NULL)
		atomic_store(&s->until_us, us > 0 ? now_us + us : 0);
}

bool meter_remembers(struct ctx *c, const char *name)
{
	struct meter *m = meter_of(c);
	struct slot *s = m == NULL ? NULL : slot_named(m, name_of(NAMED, name));

	return s != NULL && !is_over(atomic_load(&s->until_us), clock_monotonic_us());
}

const char *meter_address(struct arena *mem, const char *address)
{
	struct in6_addr a;
	const uint8_t *b = a.s6_addr;

	if (address == NULL)
		return "";
	if (inet_pton(AF_INET6, address, &a) != 1 || IN6_IS_ADDR_V4MAPPED(&a))
		return address;
	return mem_printf(mem, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", b[0], b[1], b[2], b[3],
		b[4], b[5], b[6], b[7]);
}
