/* Visits that repeat: looked at, booked, changed together. */
#include "core/booking/series.h"
#include "tests/db/salon.h"

/* Tuesdays at ten with Anna, from 1 December 2026 on. */
static struct series_wish tuesdays(const char *rrule)
{
	struct series_wish w = {
		.wish = wish_for(HAIRCUT, ANNA, "2026-12-01T10:00"), .rrule = rrule};

	return w;
}

static struct series_preview looked_at(const struct series_wish *w)
{
	struct series_preview p;
	int rc = series_preview(c, w, &p);

	ck_assert_msg(rc == 0, "%s %s", c->err.n_fields > 0 ? c->err.fields[0].field : "",
		c->err.n_fields > 0 ? c->err.fields[0].message : "");
	return p;
}

static const struct occurrence *nth(const struct series_preview *p, size_t i)
{
	ck_assert_uint_lt(i, p->occurrences.n);
	return &((const struct occurrence *)p->occurrences.p)[i];
}

/* "2026-12-01T10:00 free|…", or why not. */
static const char *told(const struct rows *occurrences)
{
	const struct occurrence *o = occurrences->p;
	struct buf b = buf_new(c->mem, 20000);

	for (size_t i = 0; i < occurrences->n; i++)
		buf_printf(&b, "%s%s %s", i > 0 ? "|" : "", wall_text(c->mem, o[i].local_start),
			o[i].free ? "free" : o[i].because);
	return buf_text(&b);
}

/* The dates of the rule, as agreed. */
static void agree(struct series_wish *w)
{
	struct series_preview p = looked_at(w);
	struct agreed *a = mem_alloc(c->mem, p.occurrences.n * sizeof(*a));

	for (size_t i = 0; i < p.occurrences.n; i++)
		a[i] = (struct agreed){nth(&p, i)->local_start, OFFSET_NONE, NULL};
	w->agreed = (struct rows){a, p.occurrences.n};
}

static struct booking_series booked(struct series_wish *w)
{
	struct booking_series s;

	agree(w);
	int rc = series_book(c, w, &s);
	ck_assert_msg(rc == 0, "%s", c->err.detail != NULL ? c->err.detail : "");
	return s;
}

static const char *booking_id(const struct booking_series *s, size_t i)
{
	ck_assert_uint_lt(i, s->bookings.n);
	return ((const struct appointment *)s->bookings.p)[i].id;
}

/* Their starts, those that are cancelled in brackets. */
static const char *visits_of(const char *series_id)
{
	struct booking_series s;
	struct buf b = buf_new(c->mem, 20000);

	ck_assert_int_eq(series_get(c, series_id, &s), 0);
	const struct appointment *a = s.bookings.p;

	for (size_t i = 0; i < s.bookings.n; i++) {
		bool gone = a[i].status == APPOINTMENT_CANCELLED;

		buf_printf(&b, "%s%s%s%s", i > 0 ? " " : "", gone ? "(" : "",
			wall_text(c->mem, a[i].local_start) + 5, gone ? ")" : "");
	}
	return buf_text(&b);
}

/* ---- looking ---- */

START_TEST(a_preview_tells_of_every_date)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=4");

	taken_for(HAIRCUT, ANNA, "2026-12-08T10:00");
	block(ANNA, "2026-12-22T09:00", "2026-12-22T18:00");
	struct series_preview p = looked_at(&w);
	ck_assert_str_eq(told(&p.occurrences),
		"2026-12-01T10:00 free"
		"|2026-12-08T10:00 Anna is busy from 10:00 to 10:30."
		"|2026-12-15T10:00 free"
		"|2026-12-22T10:00 Anna is busy from 09:00 to 18:00.");
	ck_assert_str_eq(p.time_zone, "Europe/Berlin");
	ck_assert(!p.more);
	ck_assert_str_eq(nth(&p, 0)->staff_id, ANNA);
	ck_assert_str_eq(ts_text(c->mem, nth(&p, 0)->starts_at), "2026-12-01T09:00:00Z");
	ck_assert_str_eq(ts_text(c->mem, nth(&p, 0)->ends_at), "2026-12-01T09:30:00Z");
	ck_assert_uint_eq(nth(&p, 0)->alternatives.n, 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM booking_series"), 0);
}
END_TEST

/* What is offered is what booking_alternatives() would offer. */
START_TEST(what_is_not_free_has_alternatives)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=3");
	struct wish one = wish_for(HAIRCUT, ANNA, "2026-12-08T10:00");
	struct rows alone;

	taken_for(HAIRCUT, ANNA, "2026-12-08T10:00");
	struct series_preview p = looked_at(&w);
	ck_assert_int_eq(booking_alternatives(c, &one, SERIES_ALTERNATIVES, &alone), 0);
	const struct alternative *a = nth(&p, 1)->alternatives.p, *b = alone.p;

	ck_assert_uint_eq(nth(&p, 1)->alternatives.n, SERIES_ALTERNATIVES);
	for (size_t i = 0; i < alone.n; i++) {
		ck_assert_int_eq(a[i].starts_at.ms, b[i].starts_at.ms);
		ck_assert_str_eq(a[i].staff_id, b[i].staff_id);
		ck_assert_str_eq(a[i].because, b[i].because);
	}
}
END_TEST

/* Nor does one offer what another date of the series takes. */
START_TEST(alternatives_keep_off_the_other_dates)
{
	struct series_wish w = tuesdays("FREQ=DAILY;COUNT=3");

	block(ANNA, "2026-12-01T09:00", "2026-12-01T18:00");
	w.wish.staff_id = ANNA;
	struct series_preview p = looked_at(&w);
	ck_assert(!nth(&p, 0)->free && nth(&p, 1)->free);
	const struct alternative *a = nth(&p, 0)->alternatives.p;

	for (size_t i = 0; i < nth(&p, 0)->alternatives.n; i++)
		ck_assert_int_ne(a[i].starts_at.ms, nth(&p, 1)->starts_at.ms);
}
END_TEST

START_TEST(a_series_keeps_its_wall_clock)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=26");
	struct series_preview p = looked_at(&w);

	/* from 28 March on Berlin is two hours ahead; beyond the horizon, too */
	ck_assert_str_eq(wall_text(c->mem, nth(&p, 16)->local_start), "2027-03-23T10:00");
	ck_assert_str_eq(ts_text(c->mem, nth(&p, 16)->starts_at), "2027-03-23T09:00:00Z");
	ck_assert_str_eq(wall_text(c->mem, nth(&p, 17)->local_start), "2027-03-30T10:00");
	ck_assert_str_eq(ts_text(c->mem, nth(&p, 17)->starts_at), "2027-03-30T08:00:00Z");
	for (size_t i = 0; i < p.occurrences.n; i++)
		ck_assert_msg(nth(&p, i)->free, "%s", told(&p.occurrences));
}
END_TEST

static void works_at_night(void)
{
	ck_assert_int_ge(db_exec(c,
				 "UPDATE working_hours SET start_minute = 0, end_minute = 540 "
				 "WHERE staff_id = ?",
				 ANNA),
		1);
	ck_assert_int_ge(
		db_exec(c,
			"UPDATE working_hours SET weekday = 7 WHERE staff_id = ? AND weekday = 6",
			ANNA),
		1);
}

START_TEST(a_time_that_does_not_exist_is_not_free)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=3");

	works_at_night();
	w.wish.local_start = wall("2027-03-21T02:30");
	struct series_preview p = looked_at(&w);
	ck_assert_str_eq(told(&p.occurrences),
		"2027-03-21T02:30 free"
		"|2027-03-28T02:30 There is no 02:30 on 2027-03-28: the clocks of Europe/Berlin "
		"are put forward over it."
		"|2027-04-04T02:30 free");
	ck_assert_int_eq(nth(&p, 1)->starts_at.ms, 0);
	ck_assert_uint_gt(nth(&p, 1)->alternatives.n, 0);
}
END_TEST

START_TEST(of_a_time_that_comes_twice_the_first_is_meant)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=2");

	works_at_night();
	w.wish.local_start = wall("2027-10-24T02:30");
	struct series_preview p = looked_at(&w);
	ck_assert(nth(&p, 1)->free);
	ck_assert_str_eq(ts_text(c->mem, nth(&p, 1)->starts_at), "2027-10-31T00:30:00Z");
	struct booking_series s = booked(&w);
	const struct appointment *a = s.bookings.p;

	ck_assert_str_eq(ts_text(c->mem, a[1].starts_at), "2027-10-31T00:30:00Z");
}
END_TEST

START_TEST(visits_of_a_series_do_not_overlap)
{
	struct series_wish w = tuesdays("FREQ=DAILY;BYHOUR=10;BYMINUTE=0,15;COUNT=2");

	w.wish.staff_id = NULL;
	struct series_preview p = looked_at(&w);
	ck_assert_str_eq(told(&p.occurrences),
		"2026-12-01T10:00 free|2026-12-01T10:15 The customer has another appointment from "
		"10:00 to 10:30.");
}
END_TEST

START_TEST(other_visits_of_the_customer_count)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=2");
	struct wish other = wish_for(BEARD, BEN, "2026-12-08T10:15");
	struct appointment a;

	must_take(&other, &a);
	struct series_preview p = looked_at(&w);
	ck_assert_str_eq(told(&p.occurrences),
		"2026-12-01T10:00 free|2026-12-08T10:00 The customer has another appointment from "
		"10:15 to 10:30.");
}
END_TEST

START_TEST(a_series_ends_after_a_year_or_52)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY");
	struct series_preview p = looked_at(&w);

	ck_assert_uint_eq(p.occurrences.n, 52);
	ck_assert(p.more);
	w.rrule = "FREQ=MONTHLY;BYDAY=1TU";
	p = looked_at(&w);
	ck_assert_uint_eq(p.occurrences.n, 12);
	ck_assert(!p.more);
	ck_assert_str_eq(wall_text(c->mem, nth(&p, 11)->local_start), "2027-11-02T10:00");
}
END_TEST

/* However many dates, and however many of them are taken. */
START_TEST(a_preview_asks_the_same_number_of_questions)
{
	struct series_wish few = tuesdays("FREQ=WEEKLY;COUNT=2"), many = tuesdays("FREQ=WEEKLY");
	unsigned before, asked;

	block(ANNA, "2026-12-08T09:00", "2026-12-08T18:00");
	block(ANNA, "2027-01-05T09:00", "2027-01-05T18:00");
	block(ANNA, "2027-08-03T09:00", "2027-08-03T18:00");
	before = c->db_calls;
	looked_at(&few);
	asked = c->db_calls - before;
	ck_assert_uint_le(asked, 16);
	before = c->db_calls;
	looked_at(&many);
	ck_assert_uint_le(c->db_calls - before, asked);
}
END_TEST

static const struct {
	const char *rrule, *service, *staff, *local, *field;
} WRONG[] = {
	{NULL, HAIRCUT, ANNA, "2026-12-01T10:00", "rrule"},
	{"WEEKLY", HAIRCUT, ANNA, "2026-12-01T10:00", "rrule"},
	{"FREQ=SECONDLY", HAIRCUT, ANNA, "2026-12-01T10:00", "rrule"},
	{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", HAIRCUT, ANNA, "2026-12-01T10:00", "rrule"},
	{"FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", HAIRCUT, ANNA, "2026-12-01T10:00", "rrule"},
	{"FREQ=WEEKLY;BYDAY=WE", HAIRCUT, ANNA, "2026-12-01T10:00", "local_start"},
	{"FREQ=WEEKLY", HAIRCUT, ANNA, NULL, "local_start"},
	{"FREQ=WEEKLY", HAIRCUT, ANNA, "2029-12-01T10:00", "local_start"},
	{"FREQ=WEEKLY", NOBODY, ANNA, "2026-12-01T10:00", "service_id"},
	{"FREQ=WEEKLY", HAIRCUT, NOBODY, "2026-12-01T10:00", "staff_id"},
	{"FREQ=WEEKLY", HAIRCUT, CLARA, "2026-12-01T10:00", "staff_id"},
	{"FREQ=WEEKLY", CLEANING, NULL, "2026-12-01T10:00", "service_id"},
};

START_TEST(a_field_error_names_its_field)
{
	struct series_wish w = {.rrule = WRONG[_i].rrule};
	struct series_preview p;

	w.wish = wish_for(WRONG[_i].service, WRONG[_i].staff, "2026-12-01T10:00");
	w.wish.local_start = WRONG[_i].local != NULL ? wall(WRONG[_i].local) : (wall_t){0};
	ck_assert_int_eq(series_preview(c, &w, &p), -1);
	ck_assert_int_eq(err_status(c->err.code), 422);
	ck_assert_str_eq(c->err.fields[0].field, WRONG[_i].field);
}
END_TEST

/* ---- booking ---- */

START_TEST(a_series_is_booked)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=20");
	struct appointment_filter f = {.status = -1, .limit = 100};
	struct rows rows;

	w.wish.notes = "the usual";
	struct booking_series s = booked(&w), again;

	ck_assert_uint_eq(s.bookings.n, 20);
	ck_assert_int_eq(series_get(c, s.id, &again), 0);
	ck_assert_str_eq(again.rrule, "FREQ=WEEKLY;COUNT=20");
	ck_assert_str_eq(again.time_zone, "Europe/Berlin");
	ck_assert_str_eq(again.customer_id, s.customer_id);
	ck_assert_uint_eq(again.bookings.n, 20);
	f.series_id = s.id;
	ck_assert_int_eq(appointment_list(c, &f, &rows), 20);
	const struct appointment *a = rows.p;

	for (size_t i = 0; i < rows.n; i++) {
		ck_assert_str_eq(a[i].series_id, s.id);
		ck_assert_str_eq(a[i].customer_name, "Kim Berger");
		ck_assert_str_eq(a[i].notes, "the usual");
		ck_assert_int_eq(wall_minute(a[i].local_start), 600);
		ck_assert_int_eq(
			one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ?",
				a[i].id),
			1);
	}
	/* the last is beyond the horizon of single visits */
	ck_assert_str_eq(wall_text(c->mem, a[19].local_start), "2027-04-13T10:00");
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM customer WHERE name = 'Kim Berger'"), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE action = 'series.book' "
				 "AND subject_id = ?",
				 s.id),
		1);
}
END_TEST

START_TEST(what_was_agreed_need_not_be_the_rule)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=2");
	struct booking_series s;

	agree(&w);
	struct agreed *a = w.agreed.p;
	a[1].local_start = wall("2026-12-09T11:00");
	a[1].staff_id = BEN;
	ck_assert_int_eq(series_book(c, &w, &s), 0);
	ck_assert_str_eq(visits_of(s.id), "12-01T10:00 12-09T11:00");
	ck_assert_str_eq(((const struct appointment *)s.bookings.p)[1].staff_id, BEN);
}
END_TEST

START_TEST(a_date_that_is_taken_is_named)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=4");
	struct booking_series s;
	struct rows conflicts;

	agree(&w);
	taken_for(HAIRCUT, ANNA, "2026-12-08T10:00");
	taken_for(HAIRCUT, ANNA, "2026-12-22T10:15");
	ck_assert_int_eq(series_book(c, &w, &s), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	ck_assert_str_eq(c->err.detail, "2026-12-08T10:00: Anna is busy from 10:00 to 10:30.");
	err_clear(c);
	db_rollback(c);
	db_begin(c);
	taken_for(HAIRCUT, ANNA, "2026-12-08T10:00");
	taken_for(HAIRCUT, ANNA, "2026-12-22T10:15");
	ck_assert_int_eq(series_conflicts(c, &w, &conflicts), 0);
	ck_assert_str_eq(told(&conflicts),
		"2026-12-08T10:00 Anna is busy from 10:00 to 10:30."
		"|2026-12-22T10:00 Anna is busy from 10:15 to 10:45.");
	ck_assert_uint_eq(
		((const struct occurrence *)conflicts.p)[1].alternatives.n, SERIES_ALTERNATIVES);
}
END_TEST

START_TEST(agreed_dates_are_checked)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=2");
	struct booking_series s;

	ck_assert_int_eq(series_book(c, &w, &s), -1);
	ck_assert_str_eq(c->err.fields[0].field, "occurrences");
	err_clear(c);
	agree(&w);
	((struct agreed *)w.agreed.p)[1].local_start = wall("2027-03-28T02:30");
	ck_assert_int_eq(series_book(c, &w, &s), -1);
	ck_assert_int_eq(err_status(c->err.code), 422);
	ck_assert_str_eq(c->err.fields[0].field, "occurrences.1.local_start");
	err_clear(c);
	db_rollback(c);
	db_begin(c);
	((struct agreed *)w.agreed.p)[1].local_start = wall("2029-12-04T10:00");
	ck_assert_int_eq(series_book(c, &w, &s), -1);
	ck_assert_str_eq(
		c->err.detail, "2029-12-04T10:00: Haircut can be booked at most 366 days ahead.");
	err_clear(c);
	w.wish.customer = (struct customer){.id = NOBODY};
	ck_assert_int_eq(series_book(c, &w, &s), -1);
	ck_assert_str_eq(c->err.fields[0].field, "customer_id");
}
END_TEST

/* Two at once do not wait for each other: whoever comes first locks all. */
START_TEST(everybody_who_may_be_needed_is_locked_first)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=1");
	int64_t before;

	w.wish.staff_id = NULL;
	w.wish.branch_id = MITTE;
	before = one_int(c, "SELECT SUM(booking_seq) FROM resource WHERE id IN (?, ?)", SALON_ANNA,
		SALON_BEN);
	booked(&w);
	/* both once for the series, one of them again for the visit */
	ck_assert_int_eq(one_int(c, "SELECT SUM(booking_seq) FROM resource WHERE id IN (?, ?)",
				 SALON_ANNA, SALON_BEN),
		before + 3);
}
END_TEST

/* ---- changing several ---- */

static const struct {
	enum series_scope scope;
	const char *left;
} CANCELLED[] = {
	{SCOPE_ONE, "12-01T10:00 12-08T10:00 (12-15T10:00) 12-22T10:00"},
	{SCOPE_FOLLOWING, "12-01T10:00 12-08T10:00 (12-15T10:00) (12-22T10:00)"},
	{SCOPE_ALL, "12-01T10:00 (12-08T10:00) (12-15T10:00) (12-22T10:00)"},
};

START_TEST(several_are_cancelled)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=4");
	struct booking_series s = booked(&w);
	struct appointment a;

	c->now = berlin("2026-12-02T09:00"); /* the first is over */
	ck_assert_int_eq(
		series_cancel(c, booking_id(&s, 2), CANCELLED[_i].scope, "moved away", &a), 0);
	ck_assert_str_eq(a.id, booking_id(&s, 2));
	ck_assert_int_eq(a.status, APPOINTMENT_CANCELLED);
	ck_assert_str_eq(a.cancel_reason, "moved away");
	ck_assert_str_eq(visits_of(s.id), CANCELLED[_i].left);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM occupancy o JOIN appointment a "
				 "ON a.id = o.appointment_id WHERE a.series_id = ?",
				 s.id),
		3 - _i);
}
END_TEST

static struct wish to(const char *local)
{
	struct wish w = {.local_start = wall(local), .utc_offset_minutes = OFFSET_NONE};

	return w;
}

static const struct {
	enum series_scope scope;
	const char *to;
	const char *left;
} MOVED[] = {
	{SCOPE_ONE, "2026-12-16T11:00", "12-01T10:00 12-08T10:00 12-16T11:00 12-22T10:00"},
	{SCOPE_FOLLOWING, "2026-12-16T11:00", "12-01T10:00 12-08T10:00 12-16T11:00 12-23T11:00"},
	{SCOPE_ALL, "2026-12-16T11:00", "12-01T10:00 12-09T11:00 12-16T11:00 12-23T11:00"},
	/* onto what others of the series have: later, and earlier */
	{SCOPE_FOLLOWING, "2026-12-22T10:00", "12-01T10:00 12-08T10:00 12-22T10:00 12-29T10:00"},
	{SCOPE_ALL, "2026-12-22T10:00", "12-01T10:00 12-15T10:00 12-22T10:00 12-29T10:00"},
	{SCOPE_ALL, "2026-12-15T10:15", "12-01T10:00 12-08T10:15 12-15T10:15 12-22T10:15"},
	{SCOPE_ALL, "2026-12-15T09:45", "12-01T10:00 12-08T09:45 12-15T09:45 12-22T09:45"},
	{SCOPE_FOLLOWING, "2026-12-10T10:00", "12-01T10:00 12-08T10:00 12-10T10:00 12-17T10:00"},
};

START_TEST(several_are_moved_by_as_much_wall_clock)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=4");
	struct booking_series s = booked(&w);
	struct wish there = to(MOVED[_i].to);
	struct appointment a;

	c->now = berlin("2026-12-02T09:00");
	int rc = series_reschedule(c, booking_id(&s, 2), MOVED[_i].scope, &there, &a);
	ck_assert_msg(rc == 0, "%s", c->err.detail);
	ck_assert_str_eq(a.id, booking_id(&s, 2));
	ck_assert_str_eq(wall_text(c->mem, a.local_start), MOVED[_i].to);
	ck_assert_str_eq(visits_of(s.id), MOVED[_i].left);
}
END_TEST

START_TEST(a_move_goes_over_a_change_of_the_clocks)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=20");
	struct booking_series s = booked(&w);
	struct wish there = {.starts_at = berlin("2026-12-02T11:00")};
	struct appointment a;

	ck_assert_int_eq(series_reschedule(c, booking_id(&s, 0), SCOPE_ALL, &there, &a), 0);
	ck_assert_int_eq(appointment_get(c, booking_id(&s, 19), &a), 0);
	ck_assert_str_eq(wall_text(c->mem, a.local_start), "2027-04-14T11:00");
	ck_assert_str_eq(ts_text(c->mem, a.starts_at), "2027-04-14T09:00:00Z");
}
END_TEST

START_TEST(several_go_to_somebody_else)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=3");
	struct booking_series s = booked(&w);
	struct wish there = to("2026-12-08T10:00");
	struct appointment a;

	there.staff_id = BEN;
	ck_assert_int_eq(series_reschedule(c, booking_id(&s, 1), SCOPE_FOLLOWING, &there, &a), 0);
	ck_assert_str_eq(a.staff_name, "Ben");
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM appointment WHERE series_id = ? "
				 "AND staff_id = ?",
				 s.id, BEN),
		2);
}
END_TEST

START_TEST(a_move_that_cannot_be_names_the_date)
{
	struct series_wish w = tuesdays("FREQ=WEEKLY;COUNT=3");
	struct booking_series s = booked(&w);
	struct wish there = to("2026-12-01T11:00");
	struct appointment a;

	taken_for(HAIRCUT, ANNA, "2026-12-08T11:00");
	ck_assert_int_eq(series_reschedule(c, booking_id(&s, 0), SCOPE_ALL, &there, &a), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	ck_assert_str_eq(c->err.detail, "2026-12-08T10:00: Anna is busy from 11:00 to 11:30.");
}
END_TEST

START_TEST(a_single_visit_has_no_scope)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T10:00"), there = to("2026-12-02T10:00");
	struct appointment a, b;

	must_take(&w, &a);
	ck_assert_int_eq(series_cancel(c, a.id, SCOPE_ALL, NULL, &b), -1);
	ck_assert_str_eq(c->err.fields[0].field, "scope");
	err_clear(c);
	ck_assert_int_eq(series_reschedule(c, a.id, SCOPE_FOLLOWING, &there, &b), -1);
	ck_assert_str_eq(c->err.fields[0].field, "scope");
	err_clear(c);
	ck_assert_int_eq(series_reschedule(c, a.id, SCOPE_ONE, &there, &b), 0);
	ck_assert_int_eq(series_cancel(c, a.id, SCOPE_ONE, NULL, &b), 0);
	ck_assert_int_eq(series_cancel(c, NOBODY, SCOPE_ALL, NULL, &b), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

Suite *suite_series(void)
{
	Suite *s = suite_create("series");
	TCase *t = tcase_create("series");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, a_preview_tells_of_every_date);
	tcase_add_test(t, what_is_not_free_has_alternatives);
	tcase_add_test(t, alternatives_keep_off_the_other_dates);
	tcase_add_test(t, a_series_keeps_its_wall_clock);
	tcase_add_test(t, a_time_that_does_not_exist_is_not_free);
	tcase_add_test(t, of_a_time_that_comes_twice_the_first_is_meant);
	tcase_add_test(t, visits_of_a_series_do_not_overlap);
	tcase_add_test(t, other_visits_of_the_customer_count);
	tcase_add_test(t, a_series_ends_after_a_year_or_52);
	tcase_add_test(t, a_preview_asks_the_same_number_of_questions);
	tcase_add_loop_test(t, a_field_error_names_its_field, 0, COUNT_OF(WRONG));
	tcase_add_test(t, a_series_is_booked);
	tcase_add_test(t, what_was_agreed_need_not_be_the_rule);
	tcase_add_test(t, a_date_that_is_taken_is_named);
	tcase_add_test(t, agreed_dates_are_checked);
	tcase_add_test(t, everybody_who_may_be_needed_is_locked_first);
	tcase_add_loop_test(t, several_are_cancelled, 0, COUNT_OF(CANCELLED));
	tcase_add_loop_test(t, several_are_moved_by_as_much_wall_clock, 0, COUNT_OF(MOVED));
	tcase_add_test(t, a_move_goes_over_a_change_of_the_clocks);
	tcase_add_test(t, several_go_to_somebody_else);
	tcase_add_test(t, a_move_that_cannot_be_names_the_date);
	tcase_add_test(t, a_single_visit_has_no_scope);
	suite_add_tcase(s, t);
	return s;
}
