#include "core/booking/affected.h"
#include "core/audit/row.h"
#include "core/booking/known.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"
#include "core/task/task.h"

/* ---- storage ---- */

/* A part of a live appointment that has not ended. */
struct upcoming {
	const char *appointment_id;
	const char *time_zone;
	ts_t starts_at;
	ts_t ends_at;
};

static const struct field FIELDS[] = {
	ID(upcoming, appointment_id, 0),
	TEXT(upcoming, time_zone, 0, 64),
	TIME(upcoming, starts_at, 0),
	TIME(upcoming, ends_at, 0),
};
static const struct table UPCOMING = TABLE(upcoming, "upcoming", FIELDS);

/* By appointment. What is taken says what is live: it is little, and has a key. */
static int upcoming_of_staff(struct ctx *c, const char *staff_id, struct rows *out)
{
	return db_rows(c, &UPCOMING, out,
		"SELECT DISTINCT g.appointment_id, a.time_zone, g.starts_at, g.ends_at"
		" FROM staff s JOIN occupancy o ON o.resource_id = s.resource_id"
		" AND o.ends_at > ? AND o.appointment_id IS NOT NULL"
		" JOIN appointment a ON a.id = o.appointment_id"
		" JOIN appointment_segment g ON g.appointment_id = a.id"
		" AND g.staff_id = s.id AND g.ends_at > ?"
		" WHERE s.id = ? ORDER BY g.appointment_id",
		c->now, c->now, staff_id);
}

/* What a branch still has, as words; NULL: nothing. */
static int contents_of_branch(struct ctx *c, const char *id, const char **what)
{
	static const char *const KINDS[] = {
		"staff", "rooms or devices", "phone numbers", "appointments to come"};
	int64_t first;

	int rc = db_int(c, &first,
		"SELECT CASE"
		" WHEN EXISTS (SELECT 1 FROM staff WHERE branch_id = ? AND deleted_at IS NULL)"
		" THEN 1 WHEN EXISTS (SELECT 1 FROM resource WHERE branch_id = ?"
		" AND deleted_at IS NULL) THEN 2"
		" WHEN EXISTS (SELECT 1 FROM phone_number WHERE branch_id = ?"
		" AND deleted_at IS NULL) THEN 3"
		" WHEN EXISTS (SELECT 1 FROM appointment WHERE branch_id = ? AND ends_at > ?"
		" AND status IN ('scheduled','confirmed','in_progress','needs_attention')) THEN 4"
		" END",
		id, id, id, id, c->now);
	*what = rc > 0 ? KINDS[first - 1] : NULL;
	return rc;
}

static int delete_hours(struct ctx *c, const char *branch_id)
{
	return db_exec(c, "DELETE FROM working_hours WHERE branch_id = ?", branch_id);
}

/* ---- rules ---- */

int branch_remove(struct ctx *c, const struct branch *b)
{
	const char *what;

	if (known_hold(c) < 0)
		return -1;
	int rc = contents_of_branch(c, b->id, &what);

	if (rc < 0)
		return -1;
	if (rc > 0)
		return err_set(
			c, E_STATE, "%s still has %s: move or remove them first.", b->name, what);
	if (row_delete(c, &BRANCH, b->id) < 0)
		return -1;
	return delete_hours(c, b->id) < 0 ? -1 : 0;
}

/* How many appointments, of which [from, to) holds a part; zero: always. */
static int64_t count(const struct rows *upcoming, wall_t from, wall_t to)
{
	const struct upcoming *u = upcoming->p;
	const char *last = "";
	int64_t n = 0;

	for (size_t i = 0; i < upcoming->n; i++) {
		const struct tz *z = tz_find(u[i].time_zone);

		if (z == NULL)
			BUG("an appointment in the unknown zone %s", u[i].time_zone);
		if (to.min != 0 &&
			(u[i].starts_at.ms >= tz_of_wall(z, to).first.ms ||
				u[i].ends_at.ms <= tz_of_wall(z, from).first.ms))
			continue;
		n += strcmp(last, u[i].appointment_id) != 0;
		last = u[i].appointment_id;
	}
	return n;
}

int staff_remove(struct ctx *c, const struct staff *s)
{
	struct rows upcoming;

	if (known_hold(c) < 0 || upcoming_of_staff(c, s->id, &upcoming) < 0)
		return -1;
	int64_t n = count(&upcoming, (wall_t){0}, (wall_t){0});
	if (n > 0)
		return err_set(c, E_STATE,
			"%s has %" PRId64 " appointments to come: move or cancel them first, "
			"or set is_active to false so that no more are made.",
			s->name, n);
	return staff_delete(c, s);
}

int time_off_count(struct ctx *c, struct time_off *p, size_t n)
{
	struct rows upcoming;

	if (n == 0)
		return 0;
	if (upcoming_of_staff(c, p[0].staff_id, &upcoming) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		p[i].appointments = count(&upcoming, p[i].local_start, p[i].local_end);
	return 0;
}

/* One task for each stretch: another one when it is moved. */
static int ask_a_person(struct ctx *c, const struct time_off *t)
{
	const char *from = wall_text(c->mem, t->local_start), *to = wall_text(c->mem, t->local_end);
	struct staff s;

	if (staff_get(c, t->staff_id, &s) < 0)
		return -1;
	struct task task = {
		.dedupe_key = mem_printf(c->mem, "time_off:%s:%s:%s", t->id, from, to),
		.kind = "time_off",
		.title = mem_printf(c->mem, "%s is away, but has %" PRId64 " appointment%s then",
			s.name, t->appointments, t->appointments == 1 ? "" : "s"),
		.detail = mem_printf(c->mem,
			"From %s to %s, local time. Move these appointments, or give them to "
			"somebody else.",
			from, to),
	};
	return task_add(c, &task) < 0 ? -1 : 0;
}

int time_off_take(struct ctx *c, const struct time_off *was, struct time_off *now)
{
	int rc = was == NULL ? time_off_create(c, now) : time_off_change(c, was, now);

	if (rc < 0 || time_off_count(c, now, 1) < 0)
		return -1;
	if (now->appointments == 0 || (was != NULL && rc == 0))
		return 0;
	return ask_a_person(c, now);
}
