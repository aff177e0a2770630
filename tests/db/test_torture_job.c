/* Every statement of the job behind a webhook fails once: no half of a step is
 * left, and the job that is run again ends as if nothing had failed. */
#include "tests/db/calls.h"
#include "tests/db/survey.h"
#include "core/provider/retell.h"

static void setup(void)
{
	calls_begin();
	survey_begin();
	hush();
}

static void teardown(void)
{
	db_fail_at(0, 0, 0);
	survey_end();
	calls_end();
}

/* Appointments without their time, segments or event; calls without a why. */
static int64_t halves(void)
{
	return look("SELECT (SELECT COUNT(*) FROM appointment a WHERE"
		    " NOT EXISTS (SELECT 1 FROM occupancy o WHERE o.appointment_id = a.id)"
		    " OR NOT EXISTS (SELECT 1 FROM event e WHERE e.subject_id = a.id)"
		    " OR NOT EXISTS"
		    " (SELECT 1 FROM appointment_segment s WHERE s.appointment_id = a.id))"
		    " + (SELECT COUNT(*) FROM `call`"
		    " WHERE booking_outcome IS NOT NULL AND booking_details IS NULL)");
}

static const char *call_to_settle(void)
{
	calls_forget();
	return receive("call_analyzed", new_call_id(),
		analyzed(mem_printf(web->mem,
			"\"intent\":\"book\",\"service\":\"Haircut\",\"staff\":\"Anna\","
			"\"appointment_date\":\"%s\",\"appointment_time\":\"14:00\","
			"\"customer_name\":\"Lena Hoffmann\",\"confidence\":0.95",
			bookable_day())));
}

/* With the n-th statement failing. True while there was one. */
static bool tried(int n, unsigned code, const char *wanted)
{
	const char *event = call_to_settle();

	db_fail_at(n, 1, code);
	int rc = retell_process(work, event);
	int failed = db_fail_at(0, 0, 0);

	ck_assert_msg(rc == 0 || failed == 1, "statement %d", n);
	ck_assert_msg(rc < 0 || code != FATAL || failed == 0, "statement %d hid it", n);
	ck_assert_msg(halves() == 0, "statement %d left a half", n);
	err_clear(work);
	db_idle(work->db);
	process(event);
	const char *now = survey_counts(admin->mem);
	ck_assert_msg(strcmp(now, wanted) == 0, "statement %d left\n%s", n, now);
	return failed > 0;
}

START_TEST(a_call_is_settled_whatever_fails)
{
	static const unsigned CODES[] = {FATAL, DEADLOCK, LOST};
	int n = 1;

	process(call_to_settle());
	ck_assert_int_eq(look("SELECT COUNT(*) FROM appointment"), 1);
	const char *wanted = survey_counts(admin->mem);
	while (tried(n, CODES[_i], wanted))
		n++;
	ck_assert_int_gt(n, 20);
}
END_TEST

Suite *suite_torture_job(void)
{
	Suite *s = suite_create("torture_job");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_call_is_settled_whatever_fails, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
