#include "core/booking/series.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/booking/occupancy.h"
#include "core/booking/wish.h"
#include "core/sys/db.h"
#include "core/sys/ical.h"

#define ALTERNATIVE_DAYS 3 /* after the last date, for booking_alternatives() */

/* clang-format off */
#define ROW_FIELDS \
	ID(booking_series, id, RO), \
	ID(booking_series, customer_id, RO | FILTER), \
	ID(booking_series, service_id, RO | FILTER), \
	ID(booking_series, staff_id, RO | FILTER), \
	ID(booking_series, branch_id, RO | FILTER), \
	TEXT(booking_series, rrule, RO, ICAL_RRULE_LENGTH), \
	WALL(booking_series, local_start, RO), \
	TEXT(booking_series, time_zone, RO, 64), \
	TEXT(booking_series, notes, RO | PERSONAL, APPOINTMENT_NOTES_LENGTH), \
	TIME(booking_series, created_at, RO | BY)
/* clang-format on */

static const struct field FIELDS[] = {ROW_FIELDS};
const struct table BOOKING_SERIES = TABLE(booking_series, "booking_series", FIELDS);

static const struct field WHOLE_FIELDS[] = {
	ROW_FIELDS,
	LIST(booking_series, bookings, RO, APPOINTMENT),
};
const struct table BOOKING_SERIES_WHOLE =
	TABLE(booking_series, "booking_series_whole", WHOLE_FIELDS);

static const struct field OCCURRENCE_FIELDS[] = {
	WALL(occurrence, local_start, RO | NOCOL),
	TIME(occurrence, starts_at, RO | NOCOL),
	TIME(occurrence, ends_at, RO | NOCOL),
	ID(occurrence, staff_id, RO | NOCOL),
	BOOL(occurrence, free, RO | NOCOL),
	TEXT(occurrence, because, RO | NOCOL | PERSONAL, 300),
	LIST(occurrence, alternatives, RO, ALTERNATIVE),
};
const struct table OCCURRENCE = TABLE(occurrence, "occurrence", OCCURRENCE_FIELDS);

/* ---- storage ---- */

int series_get(struct ctx *c, const char *id, struct booking_series *out)
{
	struct appointment_filter f = {.series_id = id, .status = -1, .limit = SERIES_VISITS_MAX};
	int rc = db_one(
		c, &BOOKING_SERIES, out, "SELECT {cols} FROM booking_series WHERE id = ?", id);

	if (db_must(c, rc, "series", id) < 0)
		return -1;
	return appointment_list(c, &f, &out->bookings) < 0 ? -1 : 0;
}

/* ---- the dates of a rule ---- */

static int read_dates(struct ctx *c, const struct series_wish *w, const struct visit *v,
	struct series_preview *out)
{
	wall_t start = w->wish.local_start, now = tz_wall(v->tz, c->now);
	struct rrule_window window = {
		.from = start,
		.to = wall_of((day_t){day_of_wall(now).n + SERIES_DAYS + 1}, 0),
		.max = SERIES_VISITS_MAX,
	};
	struct rrule rule;
	struct walls dates;

	if (start.min == 0)
		return err_field(c, "local_start", "is required");
	if (start.min > window.to.min)
		return err_field(c, "local_start", "is more than %d days ahead", SERIES_DAYS);
	if (w->rrule == NULL)
		return err_field(c, "rrule", "is required");
	if (ical_rrule_read(c, "rrule", w->rrule, v->tz, &rule) < 0 ||
		ical_rrule_expand(c, "rrule", &rule, start, window, &dates) < 0)
		return -1;
	if (dates.n == 0)
		return err_field(c, "rrule", "has no date within %d days", SERIES_DAYS);
	if (dates.p[0].min != start.min)
		return err_field(c, "local_start", "is no date of the rule: its first is %s",
			wall_text(c->mem, dates.p[0]));
	struct agreed *a = mem_alloc(c->mem, dates.n * sizeof(*a));

	for (size_t i = 0; i < dates.n; i++)
		a[i] = (struct agreed){dates.p[i], OFFSET_NONE, NULL};
	out->more = dates.more;
	out->occurrences = (struct rows){a, dates.n};
	return 0;
}

/* The wish for one date. */
static struct wish wish_of(const struct series_wish *w, const struct agreed *a, const struct tz *z)
{
	struct wish one = w->wish;
	struct tz_instants at = tz_of_wall(z, a->local_start);

	one.starts_at.ms = 0;
	one.local_start = a->local_start;
	one.utc_offset_minutes = a->utc_offset_minutes;
	if (at.kind == TZ_REPEATED && one.utc_offset_minutes == OFFSET_NONE)
		one.utc_offset_minutes = tz_offset(z, at.first);
	if (a->staff_id != NULL)
		one.staff_id = a->staff_id;
	return one;
}

/* ---- whether they can be had ---- */

/* Dates of one staff member's, as the database has them. */
struct look {
	struct series_wish w;
	const struct agreed *agreed;
	struct occurrence *found;
	size_t n;
	const char *staff_id; /* only the dates with this wish */
	struct visit v;
};

static bool is_of(const struct look *k, size_t i)
{
	const char *a = k->agreed[i].staff_id != NULL ? k->agreed[i].staff_id : k->w.wish.staff_id;

	return a == k->staff_id ||
		(a != NULL && k->staff_id != NULL && strcasecmp(a, k->staff_id) == 0);
}

/* The visit with all that is to be known of its days. */
static int read_days(struct ctx *c, struct look *k, const struct wish *w, int days_after)
{
	day_t from = {INT32_MAX}, to = {INT32_MIN};

	for (size_t i = 0; i < k->n; i++) {
		day_t d = day_of_wall(k->agreed[i].local_start);

		if (is_of(k, i) && d.n < from.n)
			from = d;
		if (is_of(k, i) && d.n > to.n)
			to = d;
	}
	to.n += days_after;
	if (visit_read(c, &k->v, from, to, DETAIL_SPANS) < 0)
		return -1;
	return wish_customer_known(c, &k->v, w);
}

/* From now on the customer is busy then: visits of a series do not overlap. */
static void occupy(struct ctx *c, struct visit *v, int64_t from, int64_t to)
{
	size_t n = v->customer.n;
	struct span *p = mem_alloc(c->mem, (n + 1) * sizeof(*p));

	if (n > 0)
		memcpy(p, v->customer.p, n * sizeof(*p));
	p[n] = (struct span){from, to};
	v->customer = spans_normal(c->mem, p, n + 1);
}

static const struct local_day *day_in(const struct visit *v, wall_t w)
{
	return &v->hours.days[day_of_wall(w).n - v->hours.days[0].day.n];
}

static void judge(struct ctx *c, struct look *k, size_t i)
{
	struct occurrence *o = &k->found[i];
	struct visit *v = &k->v;
	struct wish w = wish_of(&k->w, &k->agreed[i], v->tz);
	struct start at = {0, w.local_start};
	struct plan plan;

	o->because = moment_sentence(c, wish_moment(&w, v->tz, &at), &w, v->time_zone);
	if (o->because != NULL)
		return;
	o->starts_at = minute_ts(at.minute);
	o->because = visit_limit(c, v, at.minute);
	if (o->because != NULL)
		return;
	visit_rank(v, day_in(v, at.local), at.minute);
	if (!visit_best(v, at.minute, &plan)) {
		o->because = visit_blocked(c, v, at.minute);
		return;
	}
	o->free = true;
	o->ends_at = minute_ts(plan.end);
	o->staff_id = plan.who[0]->who->id;
	occupy(c, v, at.minute, plan.end);
}

/* All dates of one staff member. */
static int judge_all(struct ctx *c, struct look *k)
{
	struct wish w = k->w.wish;

	w.staff_id = k->staff_id;
	if (wish_load(c, &w, &k->v) < 0 || visit_insist(c, &k->v) < 0 || read_days(c, k, &w, 0) < 0)
		return -1;
	for (size_t i = 0; i < k->n; i++) {
		if (is_of(k, i))
			judge(c, k, i);
	}
	return 0;
}

/* What else there is for those that are not free. */
static int offer_all(struct ctx *c, struct look *k)
{
	struct wish w = k->w.wish;
	bool all_free = true;

	for (size_t i = 0; i < k->n; i++)
		all_free = all_free && (!is_of(k, i) || k->found[i].free);
	if (all_free)
		return 0;
	w.staff_id = k->staff_id;
	if (wish_load(c, &w, &k->v) < 0 || read_days(c, k, &w, ALTERNATIVE_DAYS) < 0)
		return -1;
	for (size_t i = 0; i < k->n; i++) {
		if (k->found[i].free)
			occupy(c, &k->v, k->found[i].starts_at.ms / MS_A_MINUTE,
				k->found[i].ends_at.ms / MS_A_MINUTE);
	}
	for (size_t i = 0; i < k->n; i++) {
		struct start at = {k->found[i].starts_at.ms / MS_A_MINUTE, k->found[i].local_start};

		if (is_of(k, i) && !k->found[i].free)
			visit_alternatives(
				c, &k->v, &at, SERIES_ALTERNATIVES, &k->found[i].alternatives);
	}
	return 0;
}

/* Every date, staff member by staff member. */
static int look_at(struct ctx *c, struct look *k)
{
	k->w.wish.series_id = ""; /* it has no id yet */
	k->found = mem_alloc(c->mem, (k->n + 1) * sizeof(*k->found));
	for (size_t i = 0; i < k->n; i++)
		k->found[i].local_start = k->agreed[i].local_start;
	for (size_t i = 0; i < k->n; i++) {
		bool before = false;

		k->staff_id =
			k->agreed[i].staff_id != NULL ? k->agreed[i].staff_id : k->w.wish.staff_id;
		for (size_t d = 0; d < i && !before; d++)
			before = is_of(k, d);
		if (!before && (judge_all(c, k) < 0 || offer_all(c, k) < 0))
			return -1;
	}
	return 0;
}

int series_preview(struct ctx *c, const struct series_wish *w, struct series_preview *out)
{
	struct look k = {.w = *w};

	memset(out, 0, sizeof(*out));
	if (visit_load(c, w->wish.service_id, w->wish.staff_id, w->wish.branch_id,
		    &w->wish.add_on_ids, &k.v) < 0)
		return -1;
	out->time_zone = k.v.time_zone;
	if (read_dates(c, w, &k.v, out) < 0)
		return -1;
	k.agreed = out->occurrences.p;
	k.n = out->occurrences.n;
	if (look_at(c, &k) < 0)
		return -1;
	out->occurrences.p = k.found;
	return 0;
}

int series_conflicts(struct ctx *c, const struct series_wish *w, struct rows *out)
{
	struct look k = {.w = *w, .agreed = w->agreed.p, .n = w->agreed.n};
	size_t n = 0;

	if (look_at(c, &k) < 0)
		return -1;
	for (size_t i = 0; i < k.n; i++) {
		if (!k.found[i].free)
			k.found[n++] = k.found[i];
	}
	*out = (struct rows){k.found, n};
	return 0;
}

/* ---- booking ---- */

static int check_agreed(struct ctx *c, const struct series_wish *w)
{
	const struct agreed *a = w->agreed.p;
	struct rrule rule;

	if (w->agreed.n == 0 || w->agreed.n > SERIES_VISITS_MAX)
		return err_field(c, "occurrences", "must be 1 to %d", SERIES_VISITS_MAX);
	for (size_t i = 0; i < w->agreed.n; i++) {
		if (a[i].local_start.min == 0)
			err_field(c, mem_printf(c->mem, "occurrences.%zu.local_start", i),
				"is required");
	}
	if (c->err.code != E_OK)
		return -1;
	if (w->wish.local_start.min == 0)
		return err_field(c, "local_start", "is required");
	if (w->rrule == NULL)
		return err_field(c, "rrule", "is required");
	return ical_rrule_read(c, "rrule", w->rrule, NULL, &rule);
}

/* Everybody who may be needed waits for nobody but us: two series at once
 * would else wait for each other. */
static int lock_all(struct ctx *c, const struct series_wish *w, struct visit *v)
{
	struct wish any = w->wish;
	struct texts ids;
	struct rows taken;

	if (wish_load(c, &any, v) < 0)
		return -1;
	ids = (struct texts){mem_alloc(c->mem, (v->n_people + v->n_rooms + 1) * sizeof(char *)), 0};
	for (size_t i = 0; i < v->n_people; i++)
		ids.p[ids.n++] = v->people[i].resource_id;
	for (size_t i = 0; i < v->n_rooms; i++)
		ids.p[ids.n++] = v->rooms[i].id;
	return ids.n == 0 ? 0 : occupancy_lock(c, &ids, c->now, c->now, &taken);
}

/* Says which date went wrong. */
static int name_date(struct ctx *c, wall_t local)
{
	struct err *e = &c->err;

	if (e->code == E_SLOT_TAKEN && e->detail != NULL)
		e->detail = mem_printf(c->mem, "%s: %s", wall_text(c->mem, local), e->detail);
	return -1;
}

static int name_occurrence(struct ctx *c, size_t i, wall_t local)
{
	struct field_error *f = c->err.fields;

	for (int k = 0; k < c->err.n_fields; k++) {
		if (strcmp(f[k].field, "local_start") == 0 || strcmp(f[k].field, "utc_offset") == 0)
			f[k].field = mem_printf(c->mem, "occurrences.%zu.%s", i, f[k].field);
	}
	return name_date(c, local);
}

static int insert_series(struct ctx *c, const struct series_wish *w, const char *time_zone,
	struct booking_series *out)
{
	struct customer k;

	if (booking_customer(c, &w->wish, &k) < 0)
		return -1;
	*out = (struct booking_series){
		.id = id_new(c),
		.customer_id = k.id,
		.service_id = w->wish.service_id,
		.staff_id = w->wish.staff_id,
		.branch_id = w->wish.branch_id,
		.rrule = w->rrule,
		.local_start = w->wish.local_start,
		.time_zone = time_zone,
		.notes = w->wish.notes,
		.created_at = c->now,
	};
	return db_insert(c, &BOOKING_SERIES, out);
}

int series_book(struct ctx *c, const struct series_wish *w, struct booking_series *out)
{
	const struct agreed *a = w->agreed.p;
	struct appointment *made = mem_alloc(c->mem, (w->agreed.n + 1) * sizeof(*made));
	struct visit v;

	if (check_agreed(c, w) < 0)
		return -1;
	if (visit_load(c, w->wish.service_id, w->wish.staff_id, w->wish.branch_id,
		    &w->wish.add_on_ids, &v) < 0)
		return -1;
	if (insert_series(c, w, v.time_zone, out) < 0 || lock_all(c, w, &v) < 0)
		return -1;
	for (size_t i = 0; i < w->agreed.n; i++) {
		struct wish one = wish_of(w, &a[i], v.tz);

		one.customer = (struct customer){.id = out->customer_id};
		one.series_id = out->id;
		if (booking_take(c, &one, &made[i]) < 0)
			return name_occurrence(c, i, a[i].local_start);
	}
	out->bookings = (struct rows){made, w->agreed.n};
	return audit_add(c, "series.book", "booking_series", out->id, NULL);
}

/* ---- changes of several ---- */

/* Those that the scope means, by start; the one that is named is among them. */
static int read_scope(
	struct ctx *c, const struct appointment *named, enum series_scope scope, struct rows *out)
{
	struct query q;

	if (named->series_id == NULL)
		return err_field(c, "scope", "must be one: the appointment is not of a series");
	query_start(&q, c, "SELECT {cols} FROM appointment");
	query_where(&q, "series_id = ?", named->series_id);
	query_where(&q,
		"(id = ? OR (starts_at > ? AND status IN ('scheduled', 'confirmed', "
		"'needs_attention')))",
		named->id, c->now);
	if (scope == SCOPE_FOLLOWING)
		query_where(&q, "starts_at >= ?", named->starts_at);
	query_add(&q, " ORDER BY starts_at LIMIT ?", SERIES_VISITS_MAX);
	return query_rows(&q, &APPOINTMENT, out) < 0 ? -1 : 0;
}

int series_cancel(struct ctx *c, const char *id, enum series_scope scope, const char *reason,
	struct appointment *out)
{
	struct appointment named, other;
	struct rows all;

	if (scope == SCOPE_ONE)
		return appointment_cancel(c, id, reason, out);
	if (appointment_get(c, id, &named) < 0 || read_scope(c, &named, scope, &all) < 0)
		return -1;
	const struct appointment *a = all.p;

	for (size_t i = 0; i < all.n; i++) {
		bool is_named = strcmp(a[i].id, named.id) == 0;

		if (appointment_cancel(c, a[i].id, reason, is_named ? out : &other) < 0)
			return -1;
	}
	return 0;
}

/* By how much the wall clock of the named one moves. */
static int read_shift(
	struct ctx *c, const struct appointment *named, const struct wish *w, int64_t *minutes)
{
	const struct tz *z = tz_find(named->time_zone);
	struct start at = {0, w->local_start};

	if (z == NULL)
		return err_set(c, E_INTERNAL, NULL);
	enum moment m = wish_moment(w, z, &at);

	if (m == MOMENT_NONE || m == MOMENT_UNEVEN)
		return moment_check(c, m, w, named->time_zone);
	*minutes = at.local.min - named->local_start.min;
	return 0;
}

static int move(struct ctx *c, const struct appointment *a, const struct wish *w, int64_t minutes,
	struct appointment *out)
{
	struct series_wish s = {.wish = *w};
	struct agreed there = {{a->local_start.min + minutes}, OFFSET_NONE, NULL};
	struct wish one = wish_of(&s, &there, tz_find(a->time_zone));

	return booking_reschedule(c, a->id, &one, out) < 0 ? name_date(c, a->local_start) : 0;
}

int series_reschedule(struct ctx *c, const char *id, enum series_scope scope, const struct wish *w,
	struct appointment *out)
{
	struct appointment named, other;
	struct rows all;
	int64_t minutes = 0;

	if (scope == SCOPE_ONE)
		return booking_reschedule(c, id, w, out);
	if (appointment_get(c, id, &named) < 0 || read_scope(c, &named, scope, &all) < 0)
		return -1;
	if (read_shift(c, &named, w, &minutes) < 0)
		return -1;
	const struct appointment *a = all.p;

	/* away from those that have not moved yet: they may be where it goes */
	for (size_t i = 0; i < all.n; i++) {
		const struct appointment *one = &a[minutes > 0 ? all.n - 1 - i : i];
		bool is_named = strcmp(one->id, named.id) == 0;

		if (move(c, one, w, minutes, is_named ? out : &other) < 0)
			return -1;
	}
	return 0;
}
