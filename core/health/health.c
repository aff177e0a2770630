#include "core/health/health.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#include <sys/statvfs.h>

#define PARTS_MAX 40
#define BUDGET_US 3000000 /* after that nothing more is asked */
#define SLOW_US 100000
#define LATE_MS 60000
#define VERY_LATE_MS 600000
#define WORKER_LATE_S 60
#define WORKER_LOST_S 300
#define CLOCK_MS 1000
#define CLOCK_WRONG_MS 30000
#define DISK_LOW_PERCENT 10
#define DISK_FULL_PERCENT 3

static const char *const STATUS[] = {"ok", "warning", "failing", NULL};

static const struct field PART_FIELDS[] = {
	TEXT(health_part, name, RO, 60),
	ENUM(health_part, status, RO, enum health_status, STATUS),
	TEXT(health_part, message, RO, 500),
};
static const struct table HEALTH_PART = TABLE(health_part, "health_part", PART_FIELDS);

static const struct field REPORT_FIELDS[] = {
	ENUM(health_report, status, RO, enum health_status, STATUS),
	LIST(health_report, parts, RO, HEALTH_PART),
};
const struct table HEALTH_REPORT = TABLE(health_report, "health_report", REPORT_FIELDS);

static const struct field QUEUE_FIELDS[] = {
	TIME(queue_state, now, RO),
	INT(queue_state, due, RO, 0, INT64_MAX),
	INT(queue_state, waiting, RO, 0, INT64_MAX),
	INT(queue_state, running, RO, 0, INT64_MAX),
	INT(queue_state, dead, RO, 0, INT64_MAX),
	INT(queue_state, dead_today, RO, 0, INT64_MAX),
	INT(queue_state, oldest_ms, RO, 0, INT64_MAX),
	INT(queue_state, seen_s, RO, 0, INT64_MAX),
	BOOL(queue_state, was_seen, RO),
	TEXT(queue_state, data_dir, RO, 4096),
};
static const struct table QUEUE_STATE = TABLE(queue_state, "queue_state", QUEUE_FIELDS);

struct provider_state {
	const char *provider;
	int64_t calls;
	int64_t failed;
	int64_t open; /* breakers (core/outbound/breaker.h), also half open */
};

static const struct field PROVIDER_FIELDS[] = {
	TEXT(provider_state, provider, RO, 20),
	INT(provider_state, calls, RO, 0, INT64_MAX),
	INT(provider_state, failed, RO, 0, INT64_MAX),
	INT(provider_state, open, RO, 0, INT64_MAX),
};
static const struct table PROVIDER_STATE = TABLE(provider_state, "provider_state", PROVIDER_FIELDS);

/* ---- storage: through the doors ---- */

int queue_state_get(struct ctx *c, struct queue_state *out)
{
	return db_one(c, &QUEUE_STATE, out, "CALL sys_health()") == 1 ? 0 : -1;
}

static int provider_states(struct ctx *c, struct rows *out)
{
	return db_rows(c, &PROVIDER_STATE, out, "CALL sys_health_providers()");
}

/* ---- parts ---- */

struct looking {
	struct ctx *c;
	int64_t began_us;
	struct health_report *out;
};

static void say(struct looking *l, const char *name, enum health_status status, const char *message)
{
	struct health_report *r = l->out;
	struct health_part *parts = r->parts.p;

	if (r->parts.n == PARTS_MAX)
		return;
	parts[r->parts.n++] = (struct health_part){name, status, message};
	if (status > r->status)
		r->status = status;
}

#define SAY(l, name, status, ...) say((l), (name), (status), mem_printf((l)->c->mem, __VA_ARGS__))

static enum health_status grade(int64_t value, int64_t warning, int64_t failing)
{
	return value >= failing ? HEALTH_FAILING : value >= warning ? HEALTH_WARNING : HEALTH_OK;
}

/* False: it does not answer, and there is no use in asking more. */
static bool look_at_database(struct looking *l)
{
	struct ctx *c = l->c;
	int64_t one, us;

	if (db_connect(c) == 0) {
		us = clock_monotonic_us();
		if (db_int(c, &one, "SELECT 1") >= 0) {
			us = clock_monotonic_us() - us;
			SAY(l, "database", grade(us, SLOW_US, BUDGET_US),
				"It answers within %" PRId64 ".%03d ms.", us / 1000,
				(int)(us % 1000));
			return true;
		}
	}
	err_clear(c);
	say(l, "database", HEALTH_FAILING,
		"It does not answer: nothing can be stored, and providers have to send again.");
	return false;
}

static void look_at_queue(struct looking *l, const struct queue_state *q)
{
	enum health_status late = grade(q->oldest_ms, LATE_MS, VERY_LATE_MS);

	SAY(l, "queue", late,
		"%" PRId64 " jobs are due, the oldest since %" PRId64 " s; %" PRId64
		" wait for their time, %" PRId64 " are being done.",
		q->due, q->oldest_ms / 1000, q->waiting, q->running);
	SAY(l, "dead letters", q->dead_today > 0 ? HEALTH_WARNING : HEALTH_OK,
		"%" PRId64 " jobs were given up, %" PRId64 " of them within a day.%s", q->dead,
		q->dead_today, q->dead > 0 ? " They can be looked at and tried again." : "");
}

static void look_at_worker(struct looking *l, const struct queue_state *q)
{
	if (!q->was_seen)
		say(l, "worker", HEALTH_FAILING,
			"No worker has done anything within the hour: is frontdesk-worker "
			"running?");
	else
		SAY(l, "worker", grade(q->seen_s, WORKER_LATE_S, WORKER_LOST_S),
			"It last did what comes every ten seconds %" PRId64 " s ago.", q->seen_s);
}

/* Both instants of ours lie around the one of the database. */
static void look_at_clock(struct looking *l, const struct queue_state *q, ts_t before, ts_t after)
{
	int64_t off = 0;

	if (q->now.ms < before.ms)
		off = before.ms - q->now.ms;
	if (q->now.ms > after.ms)
		off = q->now.ms - after.ms;
	SAY(l, "clock", grade(off, CLOCK_MS, CLOCK_WRONG_MS),
		"This machine and the database differ by %" PRId64 " ms%s", off,
		off < CLOCK_MS ? "." : ": signatures and tokens depend on the time.");
}

static void look_at_disk(struct looking *l, const char *name, const char *path)
{
	struct statvfs st;

	if (statvfs(path, &st) < 0 || st.f_blocks == 0) {
		SAY(l, name, HEALTH_WARNING, "%s cannot be looked at: %s.", path, strerror(errno));
		return;
	}
	int64_t percent = (int64_t)(st.f_bavail * 100 / st.f_blocks);
	int64_t mib = (int64_t)(st.f_bavail * (st.f_frsize / 512) / 2048);

	SAY(l, name,
		percent < DISK_FULL_PERCENT          ? HEALTH_FAILING
			: percent < DISK_LOW_PERCENT ? HEALTH_WARNING
						     : HEALTH_OK,
		"%" PRId64 " %% (%" PRId64 " MiB) are free where %s lies.", percent, mib, path);
}

/* One company's account that fails is no failure of ours. */
static void look_at_providers(struct looking *l)
{
	struct rows found;

	if (provider_states(l->c, &found) < 0) {
		err_clear(l->c);
		say(l, "providers", HEALTH_WARNING, "They could not be looked at.");
		return;
	}
	const struct provider_state *p = found.p;

	for (size_t i = 0; i < found.n; i++)
		SAY(l, mem_printf(l->c->mem, "provider %s", p[i].provider),
			p[i].open > 0 || 2 * p[i].failed > p[i].calls ? HEALTH_WARNING : HEALTH_OK,
			"%" PRId64 " calls within ten minutes, %" PRId64 " of them failed; %" PRId64
			" accounts are not asked.",
			p[i].calls, p[i].failed, p[i].open);
}

static bool has_time(struct looking *l)
{
	if (clock_monotonic_us() - l->began_us < BUDGET_US)
		return true;
	say(l, "database", HEALTH_FAILING, "It is too slow: what else there is was not asked for.");
	return false;
}

static void look_inside(struct looking *l)
{
	struct queue_state q;
	ts_t before = ts_now();

	if (queue_state_get(l->c, &q) < 0) {
		err_clear(l->c);
		say(l, "queue", HEALTH_FAILING, "It could not be looked at.");
		return;
	}
	look_at_clock(l, &q, before, ts_now());
	look_at_queue(l, &q);
	look_at_worker(l, &q);
	if (!text_empty(l->c->conf->database_socket) && q.data_dir != NULL)
		look_at_disk(l, "disk of the database", q.data_dir);
	if (has_time(l))
		look_at_providers(l);
}

void health_look(struct ctx *c, struct health_report *out)
{
	struct looking l = {c, clock_monotonic_us(), out};

	*out = (struct health_report){
		HEALTH_OK, {mem_alloc(c->mem, PARTS_MAX * sizeof(struct health_part)), 0}};
	if (look_at_database(&l) && has_time(&l))
		look_inside(&l);
	look_at_disk(&l, "disk of the sockets", c->conf->server_run_dir);
}
