/* Endpoints of webhooks and what is posted to them, of which every statement
 * fails once. */
#include "core/delivery/delivery.h"
#include "tests/db/receiver.h"
#include "tests/db/torture.h"

static void have_endpoint(void)
{
	change("INSERT INTO webhook_endpoint (company_id, id, url, source, secret_cell) SELECT id,"
	       " '" VISIT "', 'https://example.org/', 'zapier', REPEAT('x', 40) FROM company"
	       " WHERE slug = 'salon-morgenrot'");
}

static void have_disabled(void)
{
	have_endpoint();
	change("UPDATE webhook_endpoint SET disabled_at = NOW()");
}

static void have_delivery(void)
{
	have_endpoint();
	change("INSERT INTO delivery (company_id, id, endpoint_id, event_id, event, body, status,"
	       " created_at) SELECT company_id, id, id, UUID(), 'x', '{}', 'failed',"
	       " '2026-01-01 10:00' FROM webhook_endpoint");
}

#define ENDPOINT "/api/v2/webhook-endpoints/" VISIT

static const struct question WRITES[] = {
	{"/api/v2/webhook-endpoints", "{\"url\":\"https://example.org/\"}", 201, NULL, 0, NULL},
	{ENDPOINT, "{\"is_active\":false}", 200, have_endpoint, 0, "PATCH"},
	{ENDPOINT "/rotate-secret", "", 200, have_endpoint, 0, NULL},
	{ENDPOINT "/test", "", 202, have_endpoint, 0, NULL},
	{ENDPOINT "/enable", "", 200, have_disabled, 0, NULL},
	{ENDPOINT "/replay", "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}",
		200, have_delivery, 0, NULL},
	{"/api/v2/deliveries/" VISIT "/replay", "", 200, have_delivery, 0, NULL},
	{ENDPOINT, "", 204, have_delivery, 0, "DELETE"},
	{"/api/v2/hooks/subscribe",
		"{\"target_url\":\"https://example.org/\",\"event\":\"call.ended\"}", 201, NULL, 0,
		NULL},
	{"/api/v2/hooks/" VISIT, "", 204, have_endpoint, 0, "DELETE"},
};

START_TEST(an_endpoint)
{
	torture(&WRITES[_i], 4);
}
END_TEST

/* ---- the job: it is run again as often as it fails ---- */

/* What the end looks like: where each delivery stands, and that nothing is held. */
static const char *standing(void)
{
	return mem_printf(admin->mem, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		look("SELECT COUNT(*) FROM delivery WHERE status = 'delivered'"),
		look("SELECT COUNT(*) FROM delivery d WHERE attempts <> (SELECT COUNT(*) FROM"
		     " delivery_attempt a WHERE a.delivery_id = d.id)"),
		look("SELECT COUNT(*) FROM webhook_endpoint WHERE lease_owner IS NOT NULL"),
		look("SELECT COUNT(*) FROM delivery WHERE status = 'pending'"));
}

static bool tried(int n, unsigned code)
{
	calls_forget();
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	for (int i = 0; i < 3; i++)
		(void)told(EV_CUSTOMER_CREATED);
	work->now = ts_now();
	db_fail_at(n, 1, code);
	int rc = delivery_run(work, e.id);
	int failed = db_fail_at(0, 0, 0);

	ck_assert_msg(rc == 0 || failed == 1, "statement %d", n);
	ck_assert_msg(rc < 0 || code != FATAL || failed == 0, "statement %d hid it", n);
	err_clear(work);
	db_idle(work->db);
	/* the queue's second attempt, under the same name */
	ck_assert_int_eq(delivery_run(work, e.id), 0);
	ck_assert_msg(strcmp(standing(), "3 0 0 0") == 0, "statement %d left %s", n, standing());
	return failed > 0;
}

START_TEST(what_is_due_is_posted_whatever_fails)
{
	static const unsigned CODES[] = {FATAL, DEADLOCK, LOST};
	int n = 1;

	hush();
	survey_begin();
	while (tried(n, CODES[_i]))
		n++;
	survey_end();
	ck_assert_int_gt(n, 12);
	ck_assert_int_lt(played->asked, 3 * 2 * n); /* at least once, and not for ever */
}
END_TEST

Suite *suite_torture_webhook(void)
{
	Suite *s = suite_create("torture_webhook");
	TCase *t = tcase_create("every statement fails"), *u = tcase_create("of the job");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, torture_begin, torture_end);
	tcase_add_loop_test(t, an_endpoint, 0, (int)COUNT_OF(WRITES));
	suite_add_tcase(s, t);
	tcase_set_timeout(u, 120);
	tcase_add_checked_fixture(u, receiver_setup, receiver_teardown);
	tcase_add_loop_test(u, what_is_due_is_posted_whatever_fails, 0, 3);
	suite_add_tcase(s, u);
	return s;
}
