/* Taking, refusing, cancelling and listing appointments. */
#include "core/base/id.h"
#include "tests/db/salon.h"

/* ---- taking ---- */

START_TEST(a_take_writes_everything_it_promises)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct appointment a, again;
	const struct appointment_segment *g;

	w.notes = "by the window";
	must_take(&w, &a);
	ck_assert_int_eq(a.status, APPOINTMENT_CONFIRMED);
	ck_assert_str_eq(ts_text(c->mem, a.starts_at), "2026-12-01T13:00:00Z");
	ck_assert_str_eq(ts_text(c->mem, a.ends_at), "2026-12-01T13:30:00Z");
	ck_assert_str_eq(a.staff_name, "Anna");
	ck_assert_int_eq(a.price_cents, 3500);
	ck_assert_int_eq(appointment_get(c, a.id, &again), 0);
	ck_assert_str_eq(again.service_name, "Haircut");
	ck_assert_str_eq(again.customer_name, "Kim Berger");
	ck_assert_str_eq(again.time_zone, "Europe/Berlin");
	ck_assert_str_eq(again.tz_version, tz_version());
	ck_assert_str_eq(again.notes, "by the window");
	ck_assert_str_eq(wall_text(c->mem, again.local_start), "2026-12-01T14:00");
	ck_assert_str_eq(again.branch_id, MITTE);
	ck_assert_int_eq(again.version, 1);
	ck_assert_uint_eq(again.segments.n, 1);
	g = again.segments.p;
	ck_assert_str_eq(g->staff_id, ANNA);
	ck_assert_int_eq(g->ends_at.ms, a.ends_at.ms);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ?", a.id), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM event WHERE subject_id = ? "
				 "AND kind = 'appointment.booked'",
				 a.id),
		1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ? "
				 "AND action = 'appointment.book'",
				 a.id),
		1);
	ck_assert_int_eq(
		one_int(c, "SELECT booking_seq FROM customer WHERE id = ?", a.customer_id), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM customer WHERE id = ? "
				 "AND journey = 'prospect'",
				 a.customer_id),
		1);
}
END_TEST

START_TEST(what_is_taken_is_refused_and_no_statement_failed)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct appointment a;

	must_take(&w, &a);
	w.local_start = wall("2026-12-01T14:15");
	ck_assert_int_eq(booking_take(c, &w, &a), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	ck_assert_str_eq(c->err.detail, "Anna is busy from 14:00 to 14:30.");
	err_clear(c);
	/* the transaction lives: its neighbour can still be had */
	w.local_start = wall("2026-12-01T14:30");
	must_take(&w, &a);
	w.local_start = wall("2026-12-01T17:30");
	must_take(&w, &a);
}
END_TEST

START_TEST(a_known_customer_is_named_by_id)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct appointment a, b;

	must_take(&w, &a);
	w.customer = (struct customer){.id = a.customer_id};
	w.local_start = wall("2026-12-01T15:00");
	must_take(&w, &b);
	ck_assert_str_eq(b.customer_id, a.customer_id);
	ck_assert_str_eq(b.customer_phone, "+4915112345678");
	ck_assert_int_eq(
		one_int(c, "SELECT booking_seq FROM customer WHERE id = ?", a.customer_id), 2);
}
END_TEST

static const struct {
	const char *service, *staff, *branch, *local, *field, *says;
} INVALID[] = {
	{NOBODY, NULL, NULL, "2026-12-01T14:00", "service_id", "is not known"},
	{HAIRCUT, NOBODY, NULL, "2026-12-01T14:00", "staff_id", "is not known"},
	{HAIRCUT, CLARA, NULL, "2026-12-01T14:00", "staff_id", "Clara does not do Haircut there"},
	{HAIRCUT, DORA, MITTE, "2026-12-01T14:00", "staff_id", "Dora does not do Haircut there"},
	{HAIRCUT, NULL, NOBODY, "2026-12-01T14:00", "branch_id", "is not known"},
	{CLEANING, NULL, NULL, "2026-12-01T14:00", "service_id", "is not known"},
	{HAIRCUT, DIAZ, NULL, "2026-12-01T14:00", "staff_id", "is not known"},
	{HAIRCUT, ANNA, NULL, "2027-03-28T02:30", "local_start",
		"does not exist: the clocks of Europe/Berlin are put forward over "
		"2027-03-28T02:30"},
	{HAIRCUT, ANNA, NULL, "2027-10-31T02:30", "local_start",
		"is ambiguous: the clocks of Europe/Berlin show 2027-10-31T02:30 twice: "
		"give utc_offset too"},
};

START_TEST(a_field_error_names_its_field)
{
	struct wish w = wish_for(INVALID[_i].service, INVALID[_i].staff, INVALID[_i].local);
	struct appointment a;

	w.branch_id = INVALID[_i].branch;
	ck_assert_int_eq(booking_take(c, &w, &a), -1);
	ck_assert_int_eq(err_status(c->err.code), 422);
	ck_assert_int_eq(c->err.n_fields, 1);
	ck_assert_str_eq(c->err.fields[0].field, INVALID[_i].field);
	ck_assert_str_eq(c->err.fields[0].message, INVALID[_i].says);
}
END_TEST

START_TEST(a_wish_needs_a_time_and_somebody)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");

	w.starts_at = berlin("2026-12-01T14:00");
	expect_field(&w, "starts_at");
	w.local_start.min = 0;
	w.starts_at.ms += 1000;
	expect_field(&w, "starts_at");
	w.starts_at.ms = 0;
	expect_field(&w, "starts_at");
	w.starts_at = berlin("2026-12-01T14:00");
	w.customer = (struct customer){.email = "kim@example.org"};
	expect_field(&w, "customer");
	w.customer = (struct customer){.id = NOBODY};
	expect_field(&w, "customer_id");
	w.customer = (struct customer){.name = "Kim", .phone = "12"};
	expect_field(&w, "customer.phone");
}
END_TEST

START_TEST(a_company_may_want_to_confirm_first)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct ctx *admin = db_ctx_admin();
	struct appointment a;

	ck_assert_int_eq(db_script(admin,
				 "UPDATE frontdesk_store.company_settings"
				 " SET requires_confirmation = 1 WHERE id = '" SALON_ID "'"),
		0);
	int rc = booking_take(c, &w, &a);
	db_rollback(c); /* it refers to the company's row */
	ck_assert_int_eq(db_script(admin,
				 "UPDATE frontdesk_store.company_settings"
				 " SET requires_confirmation = 0 WHERE id = '" SALON_ID "'"),
		0);
	db_ctx_end(admin);
	ck_assert_int_ge(rc, 0);
	ck_assert_int_eq(a.status, APPOINTMENT_SCHEDULED);
}
END_TEST

START_TEST(a_call_has_one_appointment)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct appointment a, found;

	w.call_id = id_new(c);
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO `call` (id, provider, provider_call_id) "
				 "VALUES (?, 'retell', 'x')",
				 w.call_id),
		1);
	ck_assert_int_eq(appointment_find_by_call(c, w.call_id, &found), 0);
	must_take(&w, &a);
	ck_assert_int_eq(appointment_find_by_call(c, w.call_id, &found), 1);
	ck_assert_str_eq(found.id, a.id);
	ck_assert_uint_eq(found.segments.n, 1);
	w.local_start = wall("2026-12-01T15:00");
	ck_assert_int_eq(booking_take(c, &w, &a), -1);
	ck_assert_int_eq(c->err.code, E_DUPLICATE);
}
END_TEST

/* ---- why not ---- */

static const struct {
	const char *service, *staff, *local, *says;
} OBSTACLES[] = {
	{HAIRCUT, ANNA, "2026-12-01T14:00", NULL},
	{HAIRCUT, ANNA, "2026-12-01T15:00", "Anna is busy from 15:00 to 16:00."},
	{HAIRCUT, ANNA, "2026-12-01T14:45", "Anna is busy from 15:00 to 16:00."},
	{HAIRCUT, ANNA, "2026-12-01T14:30", NULL},
	{HAIRCUT, ANNA, "2026-12-01T16:00", NULL},
	{HAIRCUT, ANNA, "2026-12-01T12:45", "Anna does not work at that time."},
	{HAIRCUT, ANNA, "2026-12-01T17:45", "Anna does not work at that time."},
	{HAIRCUT, ANNA, "2026-12-06T14:00", "Anna does not work on Sundays."},
	{HAIRCUT, ANNA, "2026-11-30T08:00", "That time has passed."},
	{HAIRCUT, BEN, "2026-11-30T09:45", "Haircut must be booked at least 1 hour ahead."},
	{HAIRCUT, BEN, "2026-11-30T10:00", NULL},
	{HAIRCUT, BEN, "2027-02-26T10:00", NULL},
	{HAIRCUT, BEN, "2027-03-01T10:00", "Haircut can be booked at most 90 days ahead."},
	{HAIRCUT, ANNA, "2026-12-01T14:07", "Haircut starts every 15 minutes, not at 14:07."},
	{HAIRCUT, NULL, "2026-12-01T08:00", "Nobody who does Haircut works at that time."},
	{HAIRCUT, NULL, "2026-12-02T15:00", "Everybody who does Haircut is busy at 15:00."},
	{HAIRCUT, CLARA, "2026-12-01T14:00", "Clara does not do Haircut."},
	{COLOUR, NULL, "2026-12-01T14:00", "Clara does not work on Tuesdays."},
	{CUT_AND_COLOUR, NULL, "2026-12-03T10:00", "Clara is busy from 10:30 to 10:40."},
	{CUT_AND_COLOUR, NULL, "2026-12-03T16:15", "Clara does not work at that time."},
	{HAIRCUT, ANNA, "2027-03-28T02:30",
		"There is no 02:30 on 2027-03-28: the clocks of Europe/Berlin are put forward "
		"over it."},
	{HAIRCUT, ANNA, "2027-10-31T02:30",
		"The clocks of Europe/Berlin show 02:30 twice on 2027-10-31: it is not clear "
		"which is meant."},
};

START_TEST(an_obstacle_is_a_sentence_with_names_and_times)
{
	struct wish w = wish_for(OBSTACLES[_i].service, OBSTACLES[_i].staff, OBSTACLES[_i].local);
	const char *why;

	block(ANNA, "2026-12-01T15:00", "2026-12-01T15:30");
	block(ANNA, "2026-12-01T15:30", "2026-12-01T16:00");
	block(ANNA, "2026-12-02T15:15", "2026-12-02T15:20");
	block(BEN, "2026-12-02T14:00", "2026-12-02T18:00");
	block(DORA, "2026-12-02T14:00", "2026-12-02T15:05");
	block(CLARA, "2026-12-03T10:30", "2026-12-03T10:40");
	why = obstacle(&w);
	if (OBSTACLES[_i].says == NULL)
		ck_assert_ptr_null(why);
	else
		ck_assert_str_eq(why == NULL ? "nothing" : why, OBSTACLES[_i].says);
}
END_TEST

START_TEST(buffers_keep_away_from_others_but_not_from_closing_time)
{
	struct wish w = {.service_id = CLEANING,
		.staff_id = DIAZ,
		.local_start = wall("2026-12-01T10:00"),
		.utc_offset_minutes = OFFSET_NONE,
		.customer = {.name = "Lee"}};
	struct appointment a;

	c->company = dental();
	must_take(&w, &a);
	ck_assert_str_eq(ts_text(c->mem, a.starts_at), "2026-12-01T15:00:00Z");
	ck_assert_str_eq(ts_text(c->mem, a.ends_at), "2026-12-01T15:45:00Z");
	w.local_start = wall("2026-12-01T10:45");
	ck_assert_str_eq(obstacle(&w), "Dr. Diaz is busy from 10:00 to 10:55.");
	w.local_start = wall("2026-12-01T09:15");
	ck_assert_str_eq(obstacle(&w),
		"Dr. Diaz is busy from 10:00 to 10:55, too close for what comes before or after.");
	w.local_start = wall("2026-12-01T09:00");
	ck_assert_ptr_null(obstacle(&w));
	w.local_start = wall("2026-12-01T15:15"); /* works until 16:00 */
	must_take(&w, &a);
}
END_TEST

START_TEST(a_hold_counts_until_it_expires)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-01T14:00");
	struct appointment a;

	keep("2026-12-01T14:00", "2026-12-01T14:30", (ts_t){MONDAY_0900 + 60000});
	ck_assert_str_eq(obstacle(&w), "Anna is busy from 14:00 to 14:30.");
	c->now.ms += 60000;
	ck_assert_ptr_null(obstacle(&w));
	must_take(&w, &a); /* and its row was in the way: it is gone */
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM occupancy WHERE kind = 'hold'"), 0);
}
END_TEST

/* ---- cancelling ---- */

START_TEST(a_cancelled_time_is_free_again)
{
	struct wish w = wish_for(CUT_AND_COLOUR, NULL, "2026-12-03T10:00");
	struct appointment a, gone;

	must_take(&w, &a);
	ck_assert_ptr_nonnull(obstacle(&w));
	ck_assert_int_ge(appointment_cancel(c, a.id, "ill", &gone), 0);
	ck_assert_int_eq(gone.status, APPOINTMENT_CANCELLED);
	ck_assert_int_eq(gone.version, 2);
	ck_assert_str_eq(gone.cancel_reason, "ill");
	ck_assert_ptr_null(obstacle(&w));
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ?", a.id), 0);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM event WHERE subject_id = ? "
				 "AND kind = 'appointment.cancelled'",
				 a.id),
		1);
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &gone), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
	err_clear(c);
	ck_assert_int_eq(appointment_cancel(c, NOBODY, NULL, &gone), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	err_clear(c);
	c->company = dental();
	ck_assert_int_eq(appointment_cancel(c, a.id, NULL, &gone), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

/* ---- who does it ---- */

static void expect_staff(const char *local, const char *branch, const char *name)
{
	struct wish w = wish_for(HAIRCUT, NULL, local);
	struct appointment a;

	w.customer = (struct customer){.name = "Somebody else"};
	w.branch_id = branch;
	must_take(&w, &a);
	ck_assert_msg(
		strcmp(a.staff_name, name) == 0, "%s: %s instead of %s", local, a.staff_name, name);
}

START_TEST(any_staff_means_the_least_busy_that_day)
{
	expect_staff("2026-12-01T14:00", NULL, "Anna"); /* first by position */
	expect_staff("2026-12-01T15:00", NULL, "Ben");  /* Anna has 30 minutes */
	expect_staff("2026-12-01T15:00", NULL, "Dora"); /* the others have 30 */
	expect_staff("2026-12-01T15:00", NULL, "Anna"); /* nobody else is free */
	expect_staff("2026-12-01T16:00", MITTE, "Ben");
	expect_staff("2026-12-01T17:00", NORD, "Dora");
	expect_staff("2026-12-02T15:00", NULL, "Anna"); /* another day */
	struct wish w = wish_for(HAIRCUT, NULL, "2026-12-01T15:00");
	ck_assert_str_eq(obstacle(&w), "Everybody who does Haircut is busy at 15:00.");
}
END_TEST

/* ---- several parts ---- */

START_TEST(cut_and_colour_is_all_or_nothing)
{
	struct wish w = wish_for(CUT_AND_COLOUR, NULL, "2026-12-03T10:00");
	const struct appointment_segment *g;
	struct appointment a;

	/* Clara is free while the colour works: this is no obstacle */
	block(CLARA, "2026-12-03T11:00", "2026-12-03T11:30");
	must_take(&w, &a);
	ck_assert_uint_eq(a.segments.n, 3);
	g = a.segments.p;
	ck_assert_str_eq(g[0].staff_id, ANNA);
	ck_assert_str_eq(g[1].staff_id, CLARA);
	ck_assert_str_eq(g[2].staff_id, ANNA); /* who cut */
	ck_assert_str_eq(ts_text(c->mem, g[1].starts_at), "2026-12-03T09:30:00Z");
	ck_assert_str_eq(ts_text(c->mem, g[2].starts_at), "2026-12-03T10:30:00Z");
	ck_assert_str_eq(ts_text(c->mem, a.ends_at), "2026-12-03T11:00:00Z");
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM occupancy WHERE appointment_id = ?", a.id), 3);
	/* Anna is free between cut and finish */
	taken_for(HAIRCUT, ANNA, "2026-12-03T10:30");
	/* Ben could cut, but Clara is taken: nothing of it is */
	int64_t rows = one_int(c, "SELECT COUNT(*) FROM occupancy");
	w = wish_for(CUT_AND_COLOUR, BEN, "2026-12-03T10:00");
	ck_assert_int_eq(booking_take(c, &w, &a), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	ck_assert_str_eq(c->err.detail, "Clara is busy from 10:30 to 11:30.");
	err_clear(c);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM occupancy"), rows);
}
END_TEST

START_TEST(a_wish_binds_the_part_that_the_wished_one_can_do)
{
	struct wish w = wish_for(CUT_AND_COLOUR, CLARA, "2026-12-03T13:00");
	const struct appointment_segment *g;
	struct appointment a;
	struct rows slots;
	const char *zone;
	struct search s = {.service_id = CUT_AND_COLOUR,
		.staff_id = CLARA,
		.from = day("2026-12-03"),
		.to = day("2026-12-03")};

	must_take(&w, &a); /* Anna has her break then */
	g = a.segments.p;
	ck_assert_str_eq(a.staff_id, BEN);
	ck_assert_str_eq(g[1].staff_id, CLARA);
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	ck_assert_uint_gt(slots.n, 0);
	for (size_t i = 0; i < slots.n; i++)
		ck_assert_str_eq(((struct slot *)slots.p)[i].staff_ids.p[0], CLARA);
}
END_TEST

START_TEST(all_parts_are_in_one_branch)
{
	struct wish w = wish_for(CUT_AND_COLOUR, NULL, "2026-12-03T13:00");

	/* Dora may cut now, but Clara is elsewhere, Anna has her break, Ben is busy */
	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO service_staff (id, service_segment_id, staff_id) "
				 "VALUES (UUID(), ?, ?)",
				 CUT_SEGMENT, DORA),
		1);
	block(BEN, "2026-12-03T13:00", "2026-12-03T13:30");
	ck_assert_str_eq(
		obstacle(&w), "No branch has everybody whom Cut & Colour needs at that time.");
}
END_TEST

START_TEST(branches_in_several_zones_need_to_be_named)
{
	struct wish w = wish_for(HAIRCUT, NULL, "2026-12-01T14:00");
	struct search s = {
		.service_id = HAIRCUT, .from = day("2026-12-01"), .to = day("2026-12-01")};
	struct rows slots;
	const char *zone;

	ck_assert_int_eq(
		db_exec(c, "UPDATE branch SET time_zone = 'Europe/London' WHERE id = ?", NORD), 1);
	expect_field(&w, "branch_id");
	ck_assert_int_eq(find_slots(&s, &slots, &zone), -1);
	ck_assert_str_eq(c->err.fields[0].field, "branch_id");
	err_clear(c);
	s.branch_id = NORD;
	ck_assert_int_eq(find_slots(&s, &slots, &zone), 0);
	ck_assert_str_eq(zone, "Europe/London");
	ck_assert_str_eq(ts_text(c->mem, ((struct slot *)slots.p)->starts_at),
		"2026-12-01T10:00:00Z"); /* Dora begins at ten, her time */
}
END_TEST

/* ---- rivals, each with a connection of its own ---- */

#define RIVALS 16

struct race {
	const char *service;
	const char *staff;
	const char *local;
	int won[RIVALS];
};

static int try_take(struct ctx *mine, void *arg)
{
	struct appointment a;

	return booking_take(mine, arg, &a);
}

static void rival(int i, void *shared)
{
	struct race *r = shared;
	struct ctx *mine = db_ctx("fd_web");
	struct wish w = wish_for(r->service, r->staff, r->local);

	mine->company = salon();
	mine->now.ms = MONDAY_0900;
	w.customer.phone = mem_printf(mine->mem, "+49151000000%02d", i);
	w.customer.name = "Rival";
	int rc = in_tx(mine, try_take, &w);
	if (rc < 0 && mine->err.code != E_SLOT_TAKEN)
		_exit(1);
	r->won[i] = rc >= 0;
	db_ctx_end(mine);
}

static int winners(const char *service, const char *staff, const char *local)
{
	struct race *r = shared_memory(sizeof(*r));
	int n = 0;

	r->service = service;
	r->staff = staff;
	r->local = local;
	run_rivals(RIVALS, rival, r);
	for (int i = 0; i < RIVALS; i++)
		n += r->won[i];
	return n;
}

static void clean_up(void)
{
	static const char *const SQL[] = {
		"USE frontdesk_store",
		("DELETE o FROM occupancy o JOIN frontdesk_store.appointment a "
		 "ON a.company_id = o.company_id AND a.id = o.appointment_id "
		 "JOIN frontdesk_store.customer k ON k.company_id = a.company_id "
		 "AND k.id = a.customer_id WHERE k.name = 'Rival'"),
		("DELETE g FROM frontdesk_store.appointment_segment g "
		 "JOIN frontdesk_store.appointment a ON a.company_id = g.company_id "
		 "AND a.id = g.appointment_id JOIN frontdesk_store.customer k "
		 "ON k.company_id = a.company_id AND k.id = a.customer_id WHERE k.name = 'Rival'"),
		("DELETE j FROM frontdesk_store.job j JOIN frontdesk_store.event e ON e.id = "
		 "j.ref_id "
		 "WHERE e.payload LIKE '%Rival%'"),
		"DELETE FROM frontdesk_store.event WHERE payload LIKE '%Rival%'",
		("DELETE a FROM frontdesk_store.appointment a JOIN frontdesk_store.customer k "
		 "ON k.company_id = a.company_id AND k.id = a.customer_id WHERE k.name = 'Rival'"),
		"DELETE FROM frontdesk_store.customer WHERE name = 'Rival'",
	};
	struct ctx *admin = db_ctx_admin();

	for (size_t i = 0; i < COUNT_OF(SQL); i++)
		ck_assert_int_eq(db_script(admin, SQL[i]), 0);
	db_ctx_end(admin);
}

START_TEST(one_of_many_rivals_wins_a_slot)
{
	int one = winners(HAIRCUT, ANNA, "2027-02-02T14:00");
	int three = winners(HAIRCUT, NULL, "2027-02-03T14:00");

	clean_up();
	ck_assert_int_eq(one, 1);
	/* with any staff, as many win as there are staff: nobody gives up early */
	ck_assert_int_eq(three, 3);
}
END_TEST

/* Every second rival begins half an hour later: their parts cross. */
static void crossing_rival(int i, void *shared)
{
	struct race mine = *(struct race *)shared;

	mine.local = i % 2 == 0 ? "2027-02-04T14:00" : "2027-02-04T14:30";
	rival(i, &mine);
	((struct race *)shared)->won[i] = mine.won[i];
}

START_TEST(rivals_for_several_people_leave_no_half)
{
	struct race *r = shared_memory(sizeof(*r));
	struct ctx *admin = db_ctx_admin();
	int won = 0;

	r->service = CUT_AND_COLOUR;
	run_rivals(RIVALS, crossing_rival, r);
	for (int i = 0; i < RIVALS; i++)
		won += r->won[i];
	int64_t whole = one_int(admin,
		"SELECT COUNT(*) FROM (SELECT a.id FROM frontdesk_store.appointment a "
		"JOIN frontdesk_store.customer k ON k.company_id = a.company_id "
		"AND k.id = a.customer_id AND k.name = 'Rival' "
		"JOIN frontdesk_store.occupancy o ON o.company_id = a.company_id "
		"AND o.appointment_id = a.id GROUP BY a.id HAVING COUNT(*) = 3) whole");
	int64_t all = one_int(admin,
		"SELECT COUNT(*) FROM frontdesk_store.appointment a "
		"JOIN frontdesk_store.customer k ON k.company_id = a.company_id "
		"AND k.id = a.customer_id AND k.name = 'Rival'");
	db_ctx_end(admin);
	clean_up();
	/* Clara colours at 14:30 for one and at 15:00 for another */
	ck_assert_int_eq(won, 2);
	ck_assert_int_eq(all, won);
	ck_assert_int_eq(whole, won);
}
END_TEST

Suite *suite_booking(void)
{
	Suite *s = suite_create("booking");
	TCase *t = tcase_create("booking");
	TCase *rivals = tcase_create("rivals");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_take_writes_everything_it_promises);
	tcase_add_test(t, what_is_taken_is_refused_and_no_statement_failed);
	tcase_add_test(t, a_known_customer_is_named_by_id);
	tcase_add_loop_test(t, a_field_error_names_its_field, 0, (int)COUNT_OF(INVALID));
	tcase_add_test(t, a_wish_needs_a_time_and_somebody);
	tcase_add_test(t, a_company_may_want_to_confirm_first);
	tcase_add_test(t, a_call_has_one_appointment);
	tcase_add_loop_test(
		t, an_obstacle_is_a_sentence_with_names_and_times, 0, (int)COUNT_OF(OBSTACLES));
	tcase_add_test(t, buffers_keep_away_from_others_but_not_from_closing_time);
	tcase_add_test(t, a_hold_counts_until_it_expires);
	tcase_add_test(t, a_cancelled_time_is_free_again);
	tcase_add_test(t, any_staff_means_the_least_busy_that_day);
	tcase_add_test(t, cut_and_colour_is_all_or_nothing);
	tcase_add_test(t, a_wish_binds_the_part_that_the_wished_one_can_do);
	tcase_add_test(t, all_parts_are_in_one_branch);
	tcase_add_test(t, branches_in_several_zones_need_to_be_named);
	suite_add_tcase(s, t);
	tcase_set_timeout(rivals, 120);
	tcase_add_test(rivals, one_of_many_rivals_wins_a_slot);
	tcase_add_test(rivals, rivals_for_several_people_leave_no_half);
	suite_add_tcase(s, rivals);
	return s;
}
