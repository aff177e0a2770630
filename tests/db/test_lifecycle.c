/* What becomes of an appointment: every state against every step, and what
 * each step leaves behind. */
#include "tests/db/salon.h"

#define TUESDAY "2026-12-01T10:00"

static const char *id_of(const char *service, const char *staff, const char *local)
{
	struct wish w = wish_for(service, staff, local);
	struct appointment a;

	must_take(&w, &a);
	return a.id;
}

static void put_in(const char *id, enum appointment_status status)
{
	ck_assert_int_eq(db_exec(c, "UPDATE appointment SET status = ? WHERE id = ?",
				 APPOINTMENT_STATUS[status], id),
		1);
}

static int64_t seq_of(const char *resource_id)
{
	return one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", resource_id);
}

static int64_t events_of(const char *id, const char *kind)
{
	return one_int(c, "SELECT COUNT(*) FROM event WHERE subject_id = ? AND kind = ?", id, kind);
}

/* ---- the state machine of the design, drawn a second time ---- */

enum { MOVES = APPOINTMENT_NEEDS_ATTENTION + 1 };

static bool allowed(enum appointment_status from, enum appointment_status to)
{
	static const bool MAP[MOVES][MOVES] = {
		[APPOINTMENT_SCHEDULED] = {[APPOINTMENT_CONFIRMED] = true,
			[APPOINTMENT_CANCELLED] = true,
			[APPOINTMENT_NO_SHOW] = true},
		[APPOINTMENT_CONFIRMED] = {[APPOINTMENT_IN_PROGRESS] = true,
			[APPOINTMENT_CANCELLED] = true,
			[APPOINTMENT_NO_SHOW] = true,
			[APPOINTMENT_NEEDS_ATTENTION] = true},
		[APPOINTMENT_IN_PROGRESS] = {[APPOINTMENT_COMPLETED] = true},
		[APPOINTMENT_NEEDS_ATTENTION] =
			{[APPOINTMENT_CANCELLED] = true, [APPOINTMENT_CONFIRMED] = true},
	};

	return MAP[from][to];
}

static int step(const char *id, enum appointment_status to, struct appointment *out)
{
	if (to == APPOINTMENT_CANCELLED)
		return appointment_cancel(c, id, NULL, out);
	return appointment_set_status(c, id, to, out);
}

START_TEST(every_state_against_every_step)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;

	c->now = berlin(TUESDAY);
	for (int from = 0; from < MOVES; from++) {
		for (int to = APPOINTMENT_CONFIRMED; to < MOVES; to++) {
			put_in(id, (enum appointment_status)from);
			int rc = step(id, (enum appointment_status)to, &a);

			if (allowed((enum appointment_status)from, (enum appointment_status)to)) {
				ck_assert_int_ge(rc, 0);
				ck_assert_int_eq(a.status, to);
				continue;
			}
			ck_assert_msg(rc == -1 && c->err.code == E_STATE, "%s to %s",
				APPOINTMENT_STATUS[from], APPOINTMENT_STATUS[to]);
			err_clear(c);
		}
	}
}
END_TEST

START_TEST(a_refusal_names_the_state)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;

	ck_assert_int_eq(appointment_set_status(c, id, APPOINTMENT_COMPLETED, &a), -1);
	ck_assert_str_eq(c->err.detail, "The appointment is confirmed: it cannot be completed.");
	err_clear(c);
	ck_assert_int_ge(appointment_cancel(c, id, NULL, &a), 0);
	ck_assert_int_eq(appointment_set_status(c, id, APPOINTMENT_CONFIRMED, &a), -1);
	ck_assert_str_eq(c->err.detail, "The appointment is cancelled: it cannot be confirmed.");
	err_clear(c);
	ck_assert_int_eq(appointment_set_status(c, NOBODY, APPOINTMENT_CONFIRMED, &a), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	err_clear(c);
	c->company = dental();
	ck_assert_int_eq(appointment_set_status(c, id, APPOINTMENT_CONFIRMED, &a), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

START_TEST(a_confirmation_changes_nothing_else)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;

	put_in(id, APPOINTMENT_SCHEDULED);
	ck_assert_int_ge(appointment_set_status(c, id, APPOINTMENT_CONFIRMED, &a), 0);
	ck_assert_int_eq(a.status, APPOINTMENT_CONFIRMED);
	ck_assert_int_eq(a.version, 2);
	ck_assert_int_eq(rows_of(id), 1);
}
END_TEST

/* ---- conditions of time ---- */

START_TEST(nobody_is_checked_in_the_day_before)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;

	c->now = berlin("2026-11-30T23:59");
	ck_assert_int_eq(appointment_set_status(c, id, APPOINTMENT_IN_PROGRESS, &a), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
	ck_assert_ptr_nonnull(strstr(c->err.detail, "2026-12-01"));
	err_clear(c);
	c->now = berlin("2026-12-01T00:00");
	ck_assert_int_ge(appointment_set_status(c, id, APPOINTMENT_IN_PROGRESS, &a), 0);
	ck_assert_int_eq(a.status, APPOINTMENT_IN_PROGRESS);
}
END_TEST

START_TEST(nobody_misses_what_has_not_begun)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;

	c->now = berlin("2026-12-01T09:59");
	ck_assert_int_eq(appointment_set_status(c, id, APPOINTMENT_NO_SHOW, &a), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
	err_clear(c);
	ck_assert_int_eq(rows_of(id), 1);
}
END_TEST

/* ---- consequences ---- */

START_TEST(a_no_show_frees_the_time_and_is_counted)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	int64_t before = seq_of(SALON_ANNA);
	struct appointment a;

	c->now = berlin("2026-12-01T10:10");
	ck_assert_int_ge(appointment_set_status(c, id, APPOINTMENT_NO_SHOW, &a), 0);
	ck_assert_int_eq(rows_of(id), 0);
	ck_assert_int_eq(events_of(id, "appointment.no_show"), 1);
	ck_assert_int_eq(
		one_int(c, "SELECT no_show_count FROM customer WHERE id = ?", a.customer_id), 1);
	ck_assert_int_gt(seq_of(SALON_ANNA), before);
}
END_TEST

START_TEST(a_completed_visit_keeps_what_has_begun)
{
	const char *id = id_of(CUT_AND_COLOUR, NULL, "2026-12-03T10:00");
	struct appointment a;

	ck_assert_int_eq(rows_of(id), 3);
	c->now = berlin("2026-12-03T10:40"); /* in the colour, before the finish */
	ck_assert_int_ge(appointment_set_status(c, id, APPOINTMENT_IN_PROGRESS, &a), 0);
	ck_assert_int_eq(rows_of(id), 3);
	ck_assert_int_ge(appointment_set_status(c, id, APPOINTMENT_COMPLETED, &a), 0);
	ck_assert_int_eq(rows_of(id), 2);
	ck_assert_int_eq(a.version, 3);
	ck_assert_int_eq(events_of(id, "appointment.completed"), 1);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ?", id), 3);
}
END_TEST

static void policy(int notice_minutes, int fee_cents)
{
	ck_assert_int_eq(db_exec(c,
				 "UPDATE service SET cancel_notice_minutes = ?, "
				 "late_fee_cents = ? WHERE id = ?",
				 notice_minutes, fee_cents, HAIRCUT),
		1);
}

static int64_t fee_at(const char *local)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;
	int64_t told;

	c->now = berlin(local);
	ck_assert_int_eq(appointment_get(c, id, &a), 0);
	ck_assert_int_eq(appointment_late_fee(c, &a, &told), 0);
	ck_assert_int_ge(appointment_cancel(c, id, NULL, &a), 0);
	ck_assert_int_eq(a.cancelled_at.ms, c->now.ms);
	ck_assert_int_eq(a.late_fee_cents, told);
	ck_assert_int_eq(appointment_get(c, id, &a), 0);
	ck_assert_int_eq(a.late_fee_cents, told);
	c->now.ms = MONDAY_0900;
	return told;
}

START_TEST(a_late_cancellation_owes_the_fee)
{
	policy(24 * 60, 1000);
	ck_assert_int_eq(fee_at("2026-11-30T10:00"), 0);
	ck_assert_int_eq(fee_at("2026-11-30T10:01"), 1000);
	ck_assert_int_eq(fee_at("2026-12-01T10:05"), 1000);
	policy(24 * 60, 0);
	ck_assert_int_eq(fee_at("2026-12-01T09:00"), 0);
	policy(0, 1000);
	ck_assert_int_eq(fee_at("2026-12-01T09:59"), 0);
}
END_TEST

START_TEST(a_cancellation_writes_what_its_rows_show)
{
	const char *id = id_of(CUT_AND_COLOUR, ANNA, "2026-12-03T10:00");
	int64_t anna = seq_of(SALON_ANNA), ben = seq_of(SALON_BEN);
	struct appointment a;

	ck_assert_int_ge(appointment_cancel(c, id, NULL, &a), 0);
	ck_assert_int_gt(seq_of(SALON_ANNA), anna);
	ck_assert_int_eq(seq_of(SALON_BEN), ben);
}
END_TEST

START_TEST(notes_are_written_and_cleared)
{
	const char *id = id_of(HAIRCUT, ANNA, TUESDAY);
	struct appointment a;
	char long_note[APPOINTMENT_NOTES_LENGTH + 2];

	ck_assert_int_ge(appointment_set_notes(c, id, "Fragile", &a), 0);
	ck_assert_str_eq(a.notes, "Fragile");
	ck_assert_int_eq(a.version, 2);
	ck_assert_int_ge(appointment_set_notes(c, id, NULL, &a), 0);
	ck_assert_int_eq(appointment_get(c, id, &a), 0);
	ck_assert_ptr_null(a.notes);
	memset(long_note, 'x', sizeof(long_note) - 1);
	long_note[sizeof(long_note) - 1] = '\0';
	ck_assert_int_eq(appointment_set_notes(c, id, long_note, &a), -1);
	ck_assert_str_eq(c->err.fields[0].field, "notes");
}
END_TEST

Suite *suite_lifecycle(void)
{
	Suite *s = suite_create("lifecycle");
	TCase *t = tcase_create("appointments");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, every_state_against_every_step);
	tcase_add_test(t, a_refusal_names_the_state);
	tcase_add_test(t, a_confirmation_changes_nothing_else);
	tcase_add_test(t, nobody_is_checked_in_the_day_before);
	tcase_add_test(t, nobody_misses_what_has_not_begun);
	tcase_add_test(t, a_no_show_frees_the_time_and_is_counted);
	tcase_add_test(t, a_completed_visit_keeps_what_has_begun);
	tcase_add_test(t, a_late_cancellation_owes_the_fee);
	tcase_add_test(t, a_cancellation_writes_what_its_rows_show);
	tcase_add_test(t, notes_are_written_and_cleared);
	suite_add_tcase(s, t);
	return s;
}
