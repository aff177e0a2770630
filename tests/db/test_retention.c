/* What is kept no longer than the company says: counted, taken away in batches,
 * told in the audit; what is younger, and what is for ever, stays. */
#include "core/privacy/retention.h"
#include "core/customer/customer.h"
#include "tests/db/calls.h"

#define DAYS 100

static const char *call_id;

static void set_days(int days)
{
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.company_settings SET "
				 "retention_transcripts_days = ?,"
				 " retention_recordings_days = ?, retention_inbox_days = ?,"
				 " retention_notifications_days = ?, retention_calls_days = ?,"
				 " retention_inactive_customers_days = ? WHERE company_id = ?",
				 days, days, days, days, days, days, salon()),
		1);
}

/* A call of January, and all that came of it, as old as it. */
static void setup(void)
{
	calls_begin();
	hush();
	call_id = new_call_id();
	happen("call_started", call_id, started(""));
	happen("call_analyzed", call_id,
		mem_printf(web->mem, "%s,\"recording_url\":\"https://x.example/r\"",
			analyzed("\"customer_name\":\"Rita\"")));
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.inbox_event SET received_at = "
				 "NOW(3) - INTERVAL 200 DAY"),
		2);
	ck_assert_int_ge(db_exec(admin,
				 "UPDATE frontdesk_store.customer SET created_at = NOW(3) - "
				 "INTERVAL 200 DAY "
				 "WHERE company_id = ?",
				 salon()),
		1);
	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.inbox_replay (company_id, id,"
			" inbox_event_id, open, diff, created_at) VALUES (?, UUID(), UUID(),"
			" NULL, '{}', NOW(3) - INTERVAL 200 DAY)",
			salon()),
		1);
	set_days(DAYS);
}

static void teardown(void)
{
	ck_assert_int_ge(
		db_exec(admin,
			"UPDATE frontdesk_store.company_settings SET "
			"retention_transcripts_days = DEFAULT, retention_recordings_days = "
			"DEFAULT, retention_inbox_days = DEFAULT, "
			"retention_notifications_days = DEFAULT, retention_calls_days = "
			"DEFAULT, retention_inactive_customers_days = DEFAULT"),
		1);
	calls_end();
}

static int64_t of(const struct rows *rows, const char *kind)
{
	const struct retention *r = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		if (strcmp(r[i].kind, kind) == 0)
			return r[i].n;
	}
	ck_abort_msg("no kind %s", kind);
}

static struct rows report(void)
{
	struct rows rows;

	ck_assert_int_ge(retention_report(work, &rows), 7);
	return rows;
}

static struct rows run(void)
{
	struct rows rows;

	ck_assert_int_eq(retention_run(work, INT64_MAX, &rows), 0);
	return rows;
}

START_TEST(what_would_go_is_counted_and_stays)
{
	struct rows rows = report();

	ck_assert_int_eq(of(&rows, "transcripts"), 1);
	ck_assert_int_eq(of(&rows, "recordings"), 1);
	ck_assert_int_eq(of(&rows, "calls"), 1);
	ck_assert_int_ge(of(&rows, "inbox"), 3);
	ck_assert_int_eq(of(&rows, "inactive_customers"), 1);
	ck_assert_int_eq(of(&rows, "audit"), 0);
	ck_assert_ptr_nonnull(call_of(call_id).transcript);
}
END_TEST

START_TEST(what_is_old_goes_and_what_it_cost_stays)
{
	struct call before = call_of(call_id);
	struct rows rows = run();

	ck_assert_int_eq(of(&rows, "transcripts"), 1);
	ck_assert_int_eq(of(&rows, "inactive_customers"), 1);
	struct call after = call_of(call_id);

	ck_assert_ptr_null(after.transcript);
	ck_assert_ptr_null(after.recording_url);
	ck_assert_ptr_null(after.from_number);
	ck_assert_int_eq(after.started_at.ms, before.started_at.ms);
	ck_assert_int_eq(after.customer_cents, before.customer_cents);
	ck_assert_int_eq(one_int(admin,
				 "SELECT COUNT(*) FROM frontdesk_store.inbox_event "
				 "WHERE body <> ''"),
		0);
	ck_assert_int_eq(salon_rows("inbox_replay"), 0);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM customer WHERE erased_at IS NOT NULL"), 1);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM audit_entry WHERE action = "
				 "'retention.run' AND note LIKE '%transcripts 1%'"),
		1);
	rows = report();
	for (size_t i = 0; i < rows.n; i++)
		ck_assert_int_eq(((const struct retention *)rows.p)[i].n, 0);
}
END_TEST

START_TEST(what_is_younger_stays)
{
	set_days(3000);
	struct rows rows = run();

	for (size_t i = 0; i < rows.n; i++)
		ck_assert_int_eq(((const struct retention *)rows.p)[i].n, 0);
	ck_assert_ptr_nonnull(call_of(call_id).transcript);
}
END_TEST

START_TEST(nothing_goes_of_what_is_kept_for_ever)
{
	set_days(0);
	struct rows rows = run();

	ck_assert_int_eq(of(&rows, "transcripts"), 0);
	ck_assert_int_eq(((const struct retention *)rows.p)->before.ms, 0);
	ck_assert_ptr_nonnull(call_of(call_id).transcript);
}
END_TEST

/* In batches; what does not fit into the time is gone on with. */
START_TEST(a_run_that_is_out_of_time_says_so)
{
	struct rows rows;

	ck_assert_int_eq(retention_run(work, 0, &rows), 1);
	ck_assert_ptr_nonnull(call_of(call_id).transcript);
	ck_assert_int_eq(retention_work(work, NULL), 0);
	ck_assert_ptr_null(call_of(call_id).transcript);
}
END_TEST

START_TEST(every_company_has_its_job_once_a_day)
{
	struct ctx *none = db_ctx("fd_worker");

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(retention_begin(none, NULL), 0);
	ck_assert_int_eq(
		one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.job WHERE kind = 'retention'"),
		one_int(admin,
			"SELECT COUNT(*) FROM frontdesk_store.company WHERE status <> 'closed'"));
	ck_assert_int_ge(
		db_exec(admin, "DELETE FROM frontdesk_store.job WHERE kind = 'retention'"), 2);
	db_ctx_end(none);
}
END_TEST

Suite *suite_retention(void);
Suite *suite_retention(void)
{
	Suite *s = suite_create("retention");
	TCase *t = tcase_create("retention");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_would_go_is_counted_and_stays);
	tcase_add_test(t, what_is_old_goes_and_what_it_cost_stays);
	tcase_add_test(t, what_is_younger_stays);
	tcase_add_test(t, nothing_goes_of_what_is_kept_for_ever);
	tcase_add_test(t, a_run_that_is_out_of_time_says_so);
	tcase_add_test(t, every_company_has_its_job_once_a_day);
	suite_add_tcase(s, t);
	return s;
}
