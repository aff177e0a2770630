/* How often a provider is asked, and how many at once. */
#include "core/outbound/limits.h"
#include "core/tenant/integration.h"
#include "tests/db/asked.h"

START_TEST(each_provider_has_a_line)
{
	for (int i = 0; i < PROVIDER_COUNT; i++) {
		ck_assert_ptr_nonnull(limit_find(PROVIDERS[i]));
		ck_assert_str_eq(provider_title(PROVIDERS[i]), PROVIDER_TITLES[i]);
	}
	ck_assert_ptr_nonnull(limit_find(SMTP));
	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		ck_assert_int_gt(LIMITS[i].at_once, 0);
		ck_assert_int_gt(LIMITS[i].times, 0);
		ck_assert_int_gt(LIMITS[i].burst, 0);
	}
}
END_TEST

START_TEST(nobody_is_asked_more_often_than_it_allows)
{
	struct http_answer a;

	asked_conf.limits_factor = 1;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(asks(asked, "slack").status, 200);
	a = asks(asked, "slack");
	ck_assert(was_not_asked(&a));
	ck_assert_int_eq(a.retry_after, 1);
	ck_assert_int_eq(asked_does->asked, 3);
	/* another company's webhook is another */
	asked->company = dental();
	ck_assert_int_eq(asks(asked, "slack").status, 200);
	asked->company = salon();
	usleep(1050000);
	ck_assert_int_eq(asks(asked, "slack").status, 200);
	ck_assert_int_eq(one_int(asked, "SELECT COUNT(*) FROM provider_call"), 4);
}
END_TEST

START_TEST(machines_share_what_is_allowed)
{
	asked_conf.limits_factor = 1;
	asked_conf.worker_machines = 3;
	ck_assert_int_eq(asks(asked, "slack").status, 200);
	struct http_answer a = asks(asked, "slack");
	ck_assert(was_not_asked(&a));
	ck_assert_int_ge(a.retry_after, 2);
}
END_TEST

static void ask_slack(int i, void *shared)
{
	(void)i;
	crowd_asks(shared, "slack");
}

START_TEST(so_many_at_once_and_no_more)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));

	asked_does->pause_ms = 1000;
	run_rivals(4, ask_slack, crowd);
	ck_assert_int_eq(crowd->sent, 1);
	ck_assert_int_eq(crowd->put_off, 3);
	/* and then the place is free */
	asked_does->pause_ms = 0;
	ck_assert_int_eq(asks(asked, "slack").status, 200);
}
END_TEST

Suite *suite_outbound(void)
{
	Suite *s = suite_create("outbound");
	TCase *t = tcase_create("outbound");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, asked_begin, asked_end);
	tcase_add_test(t, each_provider_has_a_line);
	tcase_add_test(t, nobody_is_asked_more_often_than_it_allows);
	tcase_add_test(t, machines_share_what_is_allowed);
	tcase_add_test(t, so_many_at_once_and_no_more);
	suite_add_tcase(s, t);
	return s;
}
