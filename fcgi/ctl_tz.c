#include "fcgi/ctl.h"
#include "core/booking/rezone.h"
#include "core/schema/admin.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"
#include "core/task/task.h"
#include "core/tenant/companies.h"

const char CTL_TZ_AUDIT_USAGE[] =
	"usage: frontdeskctl [-c FILE] tz-audit [--fix]\n"
	"\n"
	"Lists the visits to come that no longer begin when the clock on the wall says\n"
	"so, because the time zone data have changed since they were booked: run it after\n"
	"every update of the package tzdata. Their local time is kept and their instants\n"
	"are derived anew, if --fix is given. A visit whose new time is taken, or does not\n"
	"exist any more, stays where it is, becomes needs_attention and gets a task.\n"
	"\n"
	"Exit 0 when nothing is wrong (any more), else 1.\n";

struct tz_audit {
	struct ctl *t;
	bool fix;
	int64_t found;
	int64_t left; /* not put right */
	const struct drift *drift;
};

/* ---- what is said ---- */

static void say(struct tz_audit *u, const struct some_company *co, const char *what)
{
	struct arena *mem = u->t->c.mem;
	const struct drift *d = u->drift;

	printf("%s %s %s %s, %s: begins %s by %s", co->slug, d->id, wall_text(mem, d->local_start),
		d->time_zone, d->service_name, ts_text(mem, d->starts_at), d->tz_version);
	if (d->kind == DRIFT_MOVES)
		printf(", %s by %s", ts_text(mem, d->moves_to), tz_version());
	printf(": %s\n", what);
}

static const char *wrong(const struct drift *d)
{
	static const char *const WRONG[] = {
		[DRIFT_MOVES] = "moves",
		[DRIFT_NO_SUCH_TIME] = "the clocks jump over that time",
		[DRIFT_NO_SUCH_ZONE] = "there is no such zone; is the package tzdata whole?",
	};

	return WRONG[d->kind];
}

/* ---- putting right: each a transaction ---- */

static int move(struct ctx *c, void *arg)
{
	return rezone_move(c, ((const struct tz_audit *)arg)->drift);
}

static int set_apart(struct ctx *c, void *arg)
{
	const struct drift *d = ((const struct tz_audit *)arg)->drift;
	struct task task = {
		.dedupe_key = mem_printf(c->mem, "tz-audit:%s:%s", d->id, tz_version()),
		.kind = "time_zone_changed",
		.title = "An appointment must be moved: its time zone changed",
		.detail = mem_printf(c->mem,
			"%s at %s (%s): the clocks of that zone have been changed since it was "
			"booked, and %s. Agree on another time with the customer.",
			d->service_name, wall_text(c->mem, d->local_start), d->time_zone,
			d->kind == DRIFT_MOVES ? "something else is taken at that time now"
					       : wrong(d)),
		.customer_id = d->customer_id,
		.appointment_id = d->id,
	};

	return rezone_set_apart(c, d) < 0 || task_add(c, &task) < 0 ? -1 : 0;
}

/* A zone that is not there is most likely a machine without zone data: that is
 * no business of the company's people. */
static int give_to_people(struct tz_audit *u, const struct some_company *co, const char *why)
{
	u->left++;
	if (u->drift->kind != DRIFT_NO_SUCH_ZONE && in_tx(&u->t->c, set_apart, u) < 0 &&
		!err_take(&u->t->c, E_STATE))
		return -1;
	say(u, co, why);
	return 0;
}

/* 1 put right, 0 its time is taken (yet), -1. */
static int try_move(struct tz_audit *u, const struct some_company *co)
{
	struct ctx *c = &u->t->c;

	if (in_tx(c, move, u) == 0) {
		say(u, co, "moved");
		return 1;
	}
	if (err_take(c, E_SLOT_TAKEN))
		return 0;
	if (!err_take(c, E_STATE))
		return -1;
	say(u, co, "changed by somebody meanwhile");
	return 1;
}

/* What is in the way may be another visit that moves, too: again, as long as
 * something does. */
static int fix_all(struct tz_audit *u, const struct some_company *co, struct rows *rows)
{
	struct drift *d = rows->p;
	bool *done = mem_alloc(u->t->c.mem, rows->n * sizeof(*done));
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < rows->n; i++) {
			u->drift = &d[i];
			if (done[i] || d[i].kind != DRIFT_MOVES)
				continue;
			int rc = try_move(u, co);
			if (rc < 0)
				return -1;
			done[i] = rc == 1;
			more = more || rc == 1;
		}
	}
	for (size_t i = 0; i < rows->n; i++) {
		u->drift = &d[i];
		if (!done[i] &&
			give_to_people(u, co,
				d[i].kind == DRIFT_MOVES ? "something else is taken at that time"
							 : wrong(&d[i])) < 0)
			return -1;
	}
	return 0;
}

/* ---- all companies ---- */

static int look_at(struct tz_audit *u, const struct some_company *co)
{
	struct ctx *c = &u->t->c;
	struct rows rows;

	if (rezone_find(c, &rows) < 0)
		return -1;
	u->found += (int64_t)rows.n;
	if (u->fix)
		return fix_all(u, co, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		u->drift = (const struct drift *)rows.p + i;
		say(u, co, wrong(u->drift));
	}
	u->left += (int64_t)rows.n;
	return 0;
}

static int look_at_all(struct tz_audit *u)
{
	struct ctx *c = &u->t->c;
	struct companies walk = {.at = 0};
	struct some_company co;
	int rc;

	while ((rc = companies_next(c, &walk, &co)) > 0) {
		struct mem_mark mark = mem_mark(c->mem);

		if (look_at(u, &co) < 0)
			return -1;
		mem_release(c->mem, mark);
	}
	return rc;
}

int ctl_tz_audit(struct ctl *t)
{
	struct tz_audit u = {.t = t};

	for (int i = 1; i < t->argc; i++) {
		if (strcmp(t->argv[i], "--fix") != 0)
			return ctl_misused(t, "tz-audit takes no \"%s\"", t->argv[i]);
		u.fix = true;
	}
	t->c.db = account_db(&t->c, "fd_worker");
	if (t->c.db == NULL || look_at_all(&u) < 0)
		return ctl_failed(t, NULL);
	if (u.found == 0)
		printf("time zone data %s: every visit begins when it should\n", tz_version());
	else
		printf("time zone data %s: %" PRId64 " visits were wrong, %" PRId64 " are\n",
			tz_version(), u.found, u.left);
	return u.left == 0 ? CTL_OK : CTL_FAILED;
}
