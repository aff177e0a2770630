#include "tests/db/waiting.h"
#include "core/booking/hold.h"
#include "core/worker/kinds.h"

#define JOBS_MAX 200

struct ctx *root;

void waiting_forget(void)
{
	static const char *const TABLES[] = {"waiting_list_entry", "notification", "occupancy",
		"hold", "appointment_segment", "appointment", "job", "event", "audit_entry",
		"customer"};

	for (size_t i = 0; i < COUNT_OF(TABLES); i++)
		ck_assert_int_eq(db_script(root,
					 mem_printf(root->mem, "DELETE FROM frontdesk_store.`%s`",
						 TABLES[i])),
			0);
	ck_assert_int_ge(
		db_exec(root, "UPDATE frontdesk_store.service SET notice_minutes = 60"), 0);
}

void waiting_begin(void)
{
	root = db_ctx_admin();
	waiting_forget();
	c = db_ctx("fd_worker");
	c->actor = ACTOR_JOB;
	c->company = salon();
	c->now.ms = MONDAY_0900;
}

void waiting_finish(void)
{
	waiting_forget();
	db_ctx_end(c);
	db_ctx_end(root);
}

/* ---- what people do ---- */

struct act {
	struct wish wish;
	struct appointment made;
	struct waiting_entry entry;
	struct customer who;
	const char *id;
	int (*on_entry)(struct ctx *c, const char *id, struct waiting_entry *out);
};

void well(int rc)
{
	ck_assert_msg(rc >= 0, "%s: %s (%s %s)", err_wire(c->err.code),
		c->err.detail ? c->err.detail : "", c->err.n_fields ? c->err.fields[0].field : "",
		c->err.n_fields ? c->err.fields[0].message : "");
}

static int do_take(struct ctx *k, void *arg)
{
	struct act *a = arg;

	return booking_take(k, &a->wish, &a->made);
}

static int do_cancel(struct ctx *k, void *arg)
{
	struct act *a = arg;

	return appointment_cancel(k, a->id, NULL, &a->made);
}

static int do_move(struct ctx *k, void *arg)
{
	struct act *a = arg;

	return booking_reschedule(k, a->id, &a->wish, &a->made);
}

static int do_hold(struct ctx *k, void *arg)
{
	struct act *a = arg;
	struct hold h;
	int rc = hold_make(k, &a->wish, HOLD_SECONDS_USUAL, &h);

	a->id = h.id;
	return rc;
}

static int do_release(struct ctx *k, void *arg)
{
	return hold_release(k, ((struct act *)arg)->id);
}

static int do_add(struct ctx *k, void *arg)
{
	struct act *a = arg;

	return waiting_add(k, &a->entry, &a->who, &a->entry);
}

static int do_change(struct ctx *k, void *arg)
{
	struct act *a = arg;
	struct waiting_entry was;

	if (waiting_lock(k, a->entry.id, &was) < 0)
		return -1;
	return waiting_change(k, &was, &a->entry, &a->entry);
}

static int do_remove(struct ctx *k, void *arg)
{
	return waiting_cancel(k, ((struct act *)arg)->id);
}

static int do_on_entry(struct ctx *k, void *arg)
{
	struct act *a = arg;

	return a->on_entry(k, a->id, &a->entry);
}

static int take(const char *service, const char *staff, const char *local, struct act *a)
{
	*a = (struct act){.wish = wish_for(service, staff, local)};
	return in_tx(c, do_take, a);
}

int try_to_book(const char *service, const char *staff, const char *local)
{
	struct act a;

	return take(service, staff, local, &a);
}

const char *booked(const char *service, const char *staff, const char *local)
{
	struct act a;

	well(take(service, staff, local, &a));
	return a.made.id;
}

void cancelled(const char *appointment_id)
{
	struct act a = {.id = appointment_id};

	well(in_tx(c, do_cancel, &a));
}

void moved(const char *appointment_id, const char *local)
{
	struct act a = {.id = appointment_id, .wish = wish_for(NULL, NULL, local)};

	well(in_tx(c, do_move, &a));
}

const char *held(const char *service, const char *staff, const char *local)
{
	struct act a = {.wish = wish_for(service, staff, local)};

	well(in_tx(c, do_hold, &a));
	return a.id;
}

void released(const char *hold_id)
{
	struct act a = {.id = hold_id};

	ck_assert_int_eq(in_tx(c, do_release, &a), 1);
}

struct waiting_entry wish_on(
	const char *service, const char *staff, const char *on, int from, int to)
{
	struct waiting_entry e = {
		.service_id = service,
		.staff_id = staff,
		.from_day = day(on),
		.to_day = day(on),
		.start_minute = from,
		.end_minute = to,
	};

	return e;
}

int add_entry(struct waiting_entry *e)
{
	struct act a = {.entry = *e, .who = {.name = "Robin Wait"}};
	int rc = in_tx(c, do_add, &a);

	*e = a.entry;
	return rc;
}

int change_entry(struct waiting_entry *e)
{
	struct act a = {.entry = *e};
	int rc = in_tx(c, do_change, &a);

	*e = a.entry;
	return rc;
}

int remove_entry(const char *id)
{
	struct act a = {.id = id};

	return in_tx(c, do_remove, &a);
}

const char *waits(struct waiting_entry e)
{
	static int minutes;

	well(add_entry(&e));
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.waiting_list_entry SET created_at = "
				 "TIMESTAMP('2026-11-01') + INTERVAL ? MINUTE WHERE id = ?",
				 ++minutes, e.id),
		1);
	return e.id;
}

const char *waits_for_two(void)
{
	return waits(wish_on(HAIRCUT, ANNA, TUESDAY, TWO, TWO + 30));
}

int on_entry(const char *id, int (*fn)(struct ctx *c, const char *id, struct waiting_entry *out),
	struct waiting_entry *out)
{
	struct act a = {.id = id, .on_entry = fn};
	int rc = in_tx(c, do_on_entry, &a);

	*out = a.entry;
	return rc;
}

int end_entry(struct ctx *k, const char *id, struct waiting_entry *out)
{
	return waiting_end(k, id) < 0 ? -1 : waiting_get(k, id, out);
}

void was_refused(int rc, enum err_code code)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_str_eq(err_wire(c->err.code), err_wire(code));
	err_clear(c);
}

/* ---- what the worker does ---- */

static int run_job(struct ctx *k, void *arg)
{
	const struct job *j = arg;
	int kind = job_kind_find(j->kind);

	return JOB_WORK[kind].run(k, j->ref_id);
}

int run_jobs(const char *kinds)
{
	struct rows rows;
	int done = 0;

	for (;;) {
		ck_assert_int_ge(
			db_rows(root, &JOB, &rows,
				"SELECT {cols} FROM frontdesk_store.job WHERE state = 'queued' "
				"AND run_at <= ? AND FIND_IN_SET(kind, CONCAT('event.dispatch,', "
				"?)) "
				"ORDER BY run_at, id",
				c->now, kinds),
			0);
		for (size_t i = 0; i < rows.n; i++) {
			struct job *j = (struct job *)rows.p + i;

			well(JOB_WORK[job_kind_find(j->kind)].mode == JOB_TX_WRITE
					? in_tx(c, run_job, j)
					: run_job(c, j));
			ck_assert_int_eq(db_exec(root,
						 "UPDATE frontdesk_store.job SET state = 'done' "
						 "WHERE id = ?",
						 j->id),
				1);
			ck_assert_int_lt(++done, JOBS_MAX);
		}
		if (rows.n == 0)
			return done;
	}
}

void freed(const char *appointment_id)
{
	cancelled(appointment_id);
	run_jobs(OFFERS);
}

void minutes_pass(int minutes)
{
	c->now.ms += minutes * INT64_C(60000);
	run_jobs(ALL);
}

struct waiting_entry entry(const char *id)
{
	struct waiting_entry e;

	well(waiting_get(c, id, &e));
	return e;
}

int64_t holds(void)
{
	return one_int(c, "SELECT COUNT(*) FROM hold");
}

int64_t offers(void)
{
	return one_int(c, "SELECT COUNT(*) FROM event WHERE kind = 'waiting_list.offered'");
}
