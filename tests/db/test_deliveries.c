/* Outgoing webhooks: what is made of an event, and what the job does with it, at
 * a server that is played here. */
#include "tests/db/receiver.h"

#include "core/base/id.h"

#define DAY_MS INT64_C(86400000)

/* ---- what is made ---- */

START_TEST(one_for_each_event_and_endpoint_that_wants_it)
{
	struct webhook_endpoint all = endpoint(NULL, FORMAT_ENVELOPE);
	struct webhook_endpoint some = endpoint("call.ended,customer.created", FORMAT_FLAT);
	struct webhook_endpoint other = endpoint("call.ended", FORMAT_ENVELOPE);
	struct event e = told(EV_CUSTOMER_CREATED);

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(in_tx(work, delivery_dispatch, &e), 0);
	ck_assert_int_eq(made(&all), 1);
	ck_assert_int_eq(made(&some), 1);
	ck_assert_int_eq(made(&other), 0);
	ck_assert_int_eq(jobs_of(&all), 1);
	struct delivery d = only(&all), f = only(&some);
	ck_assert_str_ne(d.id, f.id);
	ck_assert_str_eq(d.event_id, e.id);
	ck_assert(d.status == DELIVERY_PENDING && d.attempts == 0);
	ck_assert_str_eq(f.body, e.payload);
	ck_assert_str_eq(d.body,
		mem_printf(work->mem,
			"{\"type\":\"customer.created\",\"timestamp\":\"%s\",\"data\":%s}",
			ts_text(work->mem, e.created_at), e.payload));
	/* what is between the parts of this program is nobody's */
	(void)told(EV_TIME_FREED);
	ck_assert_int_eq(made(&all), 1);
	/* and what is the dentist's */
	work->company = dental();
	(void)told(EV_CUSTOMER_CREATED);
	work->company = salon();
	ck_assert_int_eq(one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.delivery"), 2);
}
END_TEST

START_TEST(nothing_is_made_for_one_that_is_off)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	change_rows("UPDATE frontdesk_store.webhook_endpoint SET is_active = 0 WHERE id =", e.id);
	(void)told(EV_CUSTOMER_CREATED);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET is_active = 1,"
		    " disabled_at = NOW() WHERE id =",
		e.id);
	(void)told(EV_CUSTOMER_CREATED);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET disabled_at = NULL,"
		    " deleted_at = NOW() WHERE id =",
		e.id);
	(void)told(EV_CUSTOMER_CREATED);
	ck_assert_int_eq(made(&e), 0);
}
END_TEST

START_TEST(there_are_so_many_and_no_more)
{
	struct webhook_endpoint e = {.is_active = true, .url = "https://example.org/"};

	for (int i = 0; i < ENDPOINTS_MAX; i++) {
		struct webhook_endpoint one = e;

		ck_assert_int_eq(in_tx(work, endpoint_made, &one), 0);
	}
	refuse(in_tx(work, endpoint_made, &e), E_LIMIT_REACHED);
}
END_TEST

/* ---- the job ---- */

START_TEST(what_is_due_is_posted_and_written_down)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	for (int i = 0; i < 12; i++)
		(void)told(EV_CUSTOMER_CREATED);
	ck_assert_int_eq(jobs_of(&e), 12);
	deliver(&e);
	ck_assert_int_eq(played->asked, 12);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM delivery WHERE status = 'delivered'"
				 " AND attempts = 1 AND response_status = 200"
				 " AND next_attempt_at IS NULL AND finished_at IS NOT NULL"),
		12);
	struct delivery d = only(&e);
	const struct delivery_attempt *a = d.log.p;
	ck_assert_uint_eq(d.log.n, 1);
	ck_assert_int_eq(a->response_status, 200);
	ck_assert_ptr_null(a->error);
	ck_assert(strstr(a->request_headers, "v1,") == NULL);
	ck_assert(text_starts(a->response_head, "HTTP/1.1 200 X\r\n"));
	ck_assert(strstr(played->heard, "webhook-signature: v1,") != NULL);
	ck_assert(strstr(played->heard, "\r\nUser-Agent: frontdesk/2\r\n") != NULL);
	e = now(&e);
	ck_assert(e.lease_owner == NULL && e.lease_until.ms == 0 && e.failures == 0);
	/* again: nothing more to do */
	deliver(&e);
	ck_assert_int_eq(played->asked, 12);
}
END_TEST

START_TEST(one_job_at_a_time_posts_to_an_endpoint)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	(void)told(EV_CUSTOMER_CREATED);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET lease_owner = UUID(),"
		    " lease_until = NOW(3) + INTERVAL 60 SECOND WHERE id =",
		e.id);
	change_rows("DELETE FROM frontdesk_store.job WHERE ref_id =", e.id);
	deliver(&e);
	deliver(&e);
	ck_assert_int_eq(played->asked, 0);
	ck_assert_ptr_nonnull(now(&e).lease_owner);
	/* somebody looks again, should that one be dead */
	ck_assert_int_eq(jobs_of(&e), 1);
	/* its own lease, of an attempt that died, is no obstacle */
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET lease_owner = '" SALON_ANNA
		    "' WHERE id =",
		e.id);
	deliver(&e);
	ck_assert_int_eq(played->asked, 1);
	/* nor is it left behind when nothing is due any more */
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET lease_owner = '" SALON_ANNA
		    "', lease_until = NOW(3) + INTERVAL 60 SECOND WHERE id =",
		e.id);
	deliver(&e);
	ck_assert_ptr_null(now(&e).lease_owner);
	/* nor is one that has run out */
	(void)told(EV_CUSTOMER_CREATED);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET lease_owner = UUID(),"
		    " lease_until = NOW(3) - INTERVAL 1 SECOND WHERE id =",
		e.id);
	deliver(&e);
	ck_assert_int_eq(played->asked, 2);
}
END_TEST

/* Endpoints that hang leave half of the workers to others. */
START_TEST(half_of_the_workers_are_at_this)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);
	int64_t got;

	conf.worker_processes = 4;
	(void)told(EV_CUSTOMER_CREATED);
	for (int i = 1; i <= 2; i++) {
		const char *name = mem_printf(admin->mem, "frontdesk.webhook.%d", i);

		ck_assert_int_eq(db_int(admin, &got, "SELECT GET_LOCK(?, 0)", name), 1);
		ck_assert_int_eq(got, 1);
	}
	change_rows("DELETE FROM frontdesk_store.job WHERE ref_id =", e.id);
	deliver(&e);
	ck_assert_int_eq(played->asked, 0);
	ck_assert_int_eq(jobs_of(&e), 1); /* in a second */
	ck_assert_int_eq(db_int(admin, &got, "SELECT RELEASE_ALL_LOCKS()"), 1);
	deliver(&e);
	ck_assert_int_eq(played->asked, 1);
	/* and it gives its own back */
	ck_assert_int_eq(one_int(admin, "SELECT IS_FREE_LOCK('frontdesk.webhook.1')"), 1);
}
END_TEST

START_TEST(one_that_fails_is_spared)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	played->status = 503;
	for (int i = 0; i < 7; i++)
		(void)told(EV_CUSTOMER_CREATED);
	change_rows("DELETE FROM frontdesk_store.job WHERE ref_id =", e.id);
	deliver(&e);
	ck_assert_int_eq(played->asked, 5);
	struct webhook_endpoint after = now(&e);
	ck_assert_int_eq(after.failures, 1);
	ck_assert_int_ne(after.failing_since.ms, 0);
	ck_assert(after.wait_until.ms > work->now.ms + 4000 &&
		after.wait_until.ms < work->now.ms + 7000);
	ck_assert_int_eq(one_int(work, "SELECT COUNT(*) FROM delivery WHERE attempts = 0"), 2);
	/* a job comes back for it, however often it is looked at meanwhile */
	for (int i = 0; i < 3; i++) {
		work->now = ts_now();
		ck_assert_int_eq(delivery_run(work, e.id), 0);
	}
	ck_assert_int_eq(played->asked, 5);
	ck_assert_int_eq(jobs_of(&e), 1);
	/* then one by one, and longer and longer apart */
	deliver(&e);
	ck_assert_int_eq(played->asked, 6);
	ck_assert_int_eq(now(&e).failures, 2);
	played->status = 200;
	deliver(&e);
	after = now(&e);
	ck_assert(after.failures == 0 && after.failing_since.ms == 0 && after.wait_until.ms == 0);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM delivery WHERE status = 'delivered'"), 7);
}
END_TEST

/* What the receiver does not like about one delivery holds up no others. */
START_TEST(a_refusal_spares_nobody)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	played->status = 400;
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	ck_assert_int_eq(now(&e).wait_until.ms, 0);
	ck_assert_int_ne(now(&e).failing_since.ms, 0);
}
END_TEST

START_TEST(tries_follow_the_schedule)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	played->status = 500;
	(void)told(EV_CUSTOMER_CREATED);
	for (int64_t n = 1; delivery_delay_ms(n) > 0; n++) {
		deliver(&e);
		struct delivery d = only(&e);
		int64_t wait = d.next_attempt_at.ms - ts_now().ms;

		ck_assert_int_eq(d.attempts, n);
		ck_assert_msg(wait > delivery_delay_ms(n) - 3000 &&
				wait <= delivery_delay_ms(n) * 11 / 10 + 1000,
			"%" PRId64 " ms after %" PRId64, wait, n);
	}
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM event WHERE kind = 'webhook.failing'"), 0);
	deliver(&e);
	struct delivery d = only(&e);
	ck_assert(d.status == DELIVERY_FAILED && d.next_attempt_at.ms == 0 && d.attempts == 12);
	ck_assert_uint_eq(d.log.n, 12);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM event WHERE kind = 'webhook.failing'"), 1);
	ck_assert_int_eq(now(&e).disabled_at.ms, 0);
	/* the owners are told once */
	(void)told(EV_CUSTOMER_CREATED);
	change_rows("UPDATE frontdesk_store.delivery SET tries = 11 WHERE status = 'pending'"
		    " AND endpoint_id =",
		e.id);
	deliver(&e);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM event WHERE kind = 'webhook.failing'"), 1);
}
END_TEST

START_TEST(what_is_asked_for_is_waited_for)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	played->status = 429;
	played->retry_after = 7200;
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	int64_t wait = only(&e).next_attempt_at.ms - ts_now().ms;
	ck_assert_msg(wait > 7190000 && wait < 7930000, "%" PRId64, wait);
	wait = now(&e).wait_until.ms - ts_now().ms;
	ck_assert_msg(wait > 7190000 && wait < 7930000, "%" PRId64, wait);
}
END_TEST

START_TEST(five_days_of_failures_disable)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);

	played->status = 0;
	(void)told(EV_CUSTOMER_CREATED);
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET failing_since = NOW(3)"
		    " - INTERVAL 5 DAY WHERE id =",
		e.id);
	deliver(&e);
	struct webhook_endpoint off = now(&e);
	ck_assert_int_ne(off.disabled_at.ms, 0);
	ck_assert(text_starts(off.disabled_reason, "Nothing could be delivered for five days: "));
	ck_assert_ptr_null(off.lease_owner);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM delivery WHERE status = 'failed'"
				 " AND error = 'The endpoint was disabled.'"),
		2);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM event WHERE kind = 'webhook.disabled'"
				 " AND JSON_VALUE(payload, '$.url') LIKE 'http://127%'"),
		1);
	int asked = played->asked;
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	ck_assert_int_eq(played->asked, asked);
}
END_TEST

static int subscribe(struct ctx *c, void *arg)
{
	return rest_hook_subscribe(c, arg, arg);
}

START_TEST(a_rest_hook_that_is_gone_is_deleted_without_a_word)
{
	struct rest_hook h = {.event = "customer.created",
		.target_url = mem_printf(work->mem, "http://127.0.0.1:%d/", server.port)};
	struct webhook_endpoint e;

	ck_assert_int_eq(in_tx(work, subscribe, &h), 0);
	e.id = h.id;
	played->status = 410;
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	refuse(endpoint_get(work, h.id, &e), E_NOT_FOUND);
	ck_assert_int_eq(one_int(work,
				 "SELECT secret_cell IS NULL AND lease_owner IS NULL"
				 " FROM webhook_endpoint WHERE id = ?",
				 h.id),
		1);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM event WHERE kind LIKE 'webhook.%'"), 0);
	ck_assert_int_eq(one_int(work, "SELECT COUNT(*) FROM delivery WHERE status = 'failed'"), 1);
}
END_TEST

/* ---- addresses ---- */

START_TEST(what_a_name_leads_to_is_looked_at_when_it_is_asked)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);
	static const char *const URLS[] = {"https://localhost/", "https://127.0.0.1/",
		"https://2130706433/", "https://0x7f.1/", "https://[::1]/"};

	conf.server_sandbox = false;
	(void)told(EV_CUSTOMER_CREATED);
	for (size_t i = 0; i < COUNT_OF(URLS); i++) {
		change_rows(mem_printf(admin->mem,
				    "UPDATE frontdesk_store.webhook_endpoint SET url = '%s'"
				    " WHERE id =",
				    URLS[i]),
			e.id);
		deliver(&e);
		ck_assert_str_eq(only(&e).error, "The address is not a public one.");
	}
	/* … and with a network that the operator allows, it is asked */
	conf.webhooks_allow = "127.0.0.0/8";
	change_rows(mem_printf(admin->mem,
			    "UPDATE frontdesk_store.webhook_endpoint SET url ="
			    " 'https://127.0.0.1:%d/' WHERE id =",
			    server.port),
		e.id);
	deliver(&e);
	ck_assert_str_ne(only(&e).error, "The address is not a public one.");
	ck_assert_int_eq(only(&e).attempts, (int)COUNT_OF(URLS) + 1);
}
END_TEST

/* ---- secrets ---- */

static int rotate(struct ctx *c, void *arg)
{
	struct webhook_endpoint *e = arg, out;

	return endpoint_rotate_secret(c, e->id, &out);
}

START_TEST(the_secret_before_signs_for_a_day)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE), got;
	struct bytes first[ENDPOINT_KEYS_MAX], keys[ENDPOINT_KEYS_MAX];

	got = now(&e);
	ck_assert_int_eq(endpoint_keys(work, &got, first), 1);
	ck_assert_uint_eq(first[0].n, 32);
	work->now = ts_now();
	ck_assert_int_eq(in_tx(work, rotate, &e), 0);
	got = now(&e);
	ck_assert_int_eq(got.previous_until.ms, work->now.ms + DAY_MS);
	ck_assert_int_eq(endpoint_keys(work, &got, keys), 2);
	ck_assert(memcmp(keys[1].p, first[0].p, 32) == 0);
	ck_assert(memcmp(keys[0].p, first[0].p, 32) != 0);
	work->now.ms += DAY_MS - 1;
	ck_assert_int_eq(endpoint_keys(work, &got, keys), 2);
	work->now.ms += 1;
	ck_assert_int_eq(endpoint_keys(work, &got, keys), 1);
	/* one that does not open can be replaced */
	hush();
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET secret_cell ="
		    " REVERSE(secret_cell) WHERE id =",
		e.id);
	got = now(&e);
	refuse(endpoint_keys(work, &got, keys), E_INTERNAL);
	ck_assert_int_eq(in_tx(work, rotate, &e), 0);
	got = now(&e);
	ck_assert_int_ge(endpoint_keys(work, &got, keys), 1);
}
END_TEST

Suite *suite_deliveries(void)
{
	Suite *s = suite_create("deliveries");
	TCase *t = tcase_create("deliveries");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, receiver_setup, receiver_teardown);
	tcase_add_test(t, one_for_each_event_and_endpoint_that_wants_it);
	tcase_add_test(t, nothing_is_made_for_one_that_is_off);
	tcase_add_test(t, there_are_so_many_and_no_more);
	tcase_add_test(t, what_is_due_is_posted_and_written_down);
	tcase_add_test(t, one_job_at_a_time_posts_to_an_endpoint);
	tcase_add_test(t, half_of_the_workers_are_at_this);
	tcase_add_test(t, one_that_fails_is_spared);
	tcase_add_test(t, a_refusal_spares_nobody);
	tcase_add_test(t, tries_follow_the_schedule);
	tcase_add_test(t, what_is_asked_for_is_waited_for);
	tcase_add_test(t, five_days_of_failures_disable);
	tcase_add_test(t, a_rest_hook_that_is_gone_is_deleted_without_a_word);
	tcase_add_test(t, what_a_name_leads_to_is_looked_at_when_it_is_asked);
	tcase_add_test(t, the_secret_before_signs_for_a_day);
	suite_add_tcase(s, t);
	return s;
}
