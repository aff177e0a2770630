/* The breaker: a provider that fails is left alone, all workers know it, one call
 * finds out whether it works again, and people are told once of each change. */
#include "core/base/id.h"
#include "core/event/event.h"
#include "core/outbound/limits.h"
#include "core/outbound/outbound.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/meter.h"
#include "core/tenant/integration.h"
#include "tests/db/support.h"
#include "tests/unit/server.h"

#define RIVALS 16

/* What the server does, and what it saw; shared with its process. */
static struct script {
	_Atomic int status; /* 0: it tears the line */
	_Atomic int asked;
	_Atomic int pause_ms;
	_Atomic int retry_after;
} * script;

static struct ctx *c; /* of the worker, in the salon */
static struct ctx *root;
static struct conf conf;
static struct server server;

static void play(int fd)
{
	char head[256], heard[4096];

	hear(fd, heard, sizeof(heard), "\r\n\r\n");
	script->asked++;
	usleep((unsigned)script->pause_ms * 1000);
	if (script->status == 0) {
		tear(fd);
		return;
	}
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Length: 0\r\nRetry-After: %d\r\nConnection: "
		"close\r\n\r\n",
		script->status, script->retry_after);
	say(fd, head);
}

static void clean(void)
{
	static const char *const TABLES[] = {"breaker", "provider_call", "job", "event"};

	for (size_t i = 0; i < COUNT_OF(TABLES); i++)
		ck_assert_int_eq(
			db_script(root,
				mem_printf(root->mem, "DELETE FROM frontdesk_store.%s", TABLES[i])),
			0);
}

static struct ctx *asker(void)
{
	struct ctx *k = db_ctx("fd_worker");

	k->company = salon();
	k->conf = &conf;
	return k;
}

static void setup(void)
{
	root = db_ctx_admin();
	clean();
	script = shared_memory(sizeof(*script));
	script->status = 200;
	http_init();
	server_start(&server, play);
	conf = *root->conf;
	conf.server_sandbox = true;
	conf.limits_factor = 1000;
	conf.meter =
		meter_open(root->mem, mem_printf(root->mem, "%s/breaker", conf.server_run_dir));
	c = asker();
}

static void teardown(void)
{
	server_stop(&server);
	unlink(mem_printf(c->mem, "%s/breaker", conf.server_run_dir));
	clean();
	db_ctx_end(c);
	db_ctx_end(root);
}

static struct http_answer ask_as(struct ctx *k, const char *provider)
{
	struct http_answer a;
	struct http_request r = {
		.provider = provider,
		.operation = "test",
		.method = "GET",
		.url = mem_printf(k->mem, "http://127.0.0.1:%d/", server.port),
	};

	ck_assert_msg(outbound_send(k, &r, &a) == 0, "%s", k->err.detail);
	return a;
}

static struct http_answer ask(void)
{
	return ask_as(c, "twilio");
}

static void ask_often(int n)
{
	for (int i = 0; i < n; i++)
		(void)ask();
}

static struct breaker row(void)
{
	struct breaker b = {.state = BREAKER_CLOSED};

	ck_assert_int_ge(breaker_find(c, "twilio", &b), 0);
	return b;
}

static void is(enum breaker_state state)
{
	ck_assert_str_eq(BREAKER_STATE[row().state], BREAKER_STATE[state]);
}

static int64_t events(const char *kind)
{
	int64_t n =
		one_int(root, "SELECT COUNT(*) FROM frontdesk_store.event WHERE kind = ?", kind);

	/* each with the job that hands it out */
	ck_assert_int_eq(n,
		one_int(root,
			"SELECT COUNT(*) FROM frontdesk_store.event e JOIN frontdesk_store.job j ON"
			" j.ref_id = e.id AND j.kind = 'event.dispatch' WHERE e.kind = ?",
			kind));
	return n;
}

static void its_pause_is_over(void)
{
	ck_assert_int_eq(db_exec(root, "UPDATE frontdesk_store.breaker SET retry_at = NOW(3)"), 1);
}

static void opens(void)
{
	script->status = 500;
	ask_often(5);
	is(BREAKER_OPEN);
}

static bool was_not_asked(const struct http_answer *a)
{
	return a->outcome == HTTP_NOT_SENT && c->put_off_ms > 0;
}

/* ---- opening ---- */

START_TEST(one_that_fails_is_left_alone)
{
	opens();
	int asked = script->asked;
	struct http_answer a = ask();

	ck_assert(was_not_asked(&a));
	ck_assert_int_eq(script->asked, asked);
	ck_assert_int_ge(a.retry_after, 25);
	ck_assert_int_le(a.retry_after, 30);
	ck_assert_msg(strstr(a.error, "Twilio answers 500") != NULL, "%s", a.error);
	ck_assert_int_eq(events("integration.failed"), 1);
	/* what was not asked is no call */
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM provider_call"), 5);
}
END_TEST

/* The control: where no breaker stays open, every call goes out. */
START_TEST(without_its_row_all_go_out)
{
	script->status = 500;
	for (int i = 0; i < 12; i++) {
		struct http_answer a = ask();

		ck_assert(!was_not_asked(&a));
		ck_assert_int_ge(db_exec(root, "DELETE FROM frontdesk_store.breaker"), 0);
	}
	ck_assert_int_eq(script->asked, 12);
}
END_TEST

START_TEST(others_are_not_concerned)
{
	opens();
	struct http_answer a = ask_as(c, "stripe");

	ck_assert(!was_not_asked(&a)); /* another provider */
	c->company = dental();
	a = ask();
	ck_assert(!was_not_asked(&a)); /* another's account */
	c->company = 0;
	a = ask();
	ck_assert(!was_not_asked(&a)); /* the platform's */
}
END_TEST

static const struct {
	int status;
	bool opens;
} ANSWERS[] = {{0, true}, {408, true}, {429, true}, {500, true}, {503, true}, {400, false},
	{404, false}, {409, false}, {422, false}, {302, false}};

START_TEST(what_counts_as_failing)
{
	script->status = ANSWERS[_i].status;
	ask_often(10);
	is(ANSWERS[_i].opens ? BREAKER_OPEN : BREAKER_CLOSED);
	ck_assert_int_eq(script->asked, ANSWERS[_i].opens ? 5 : 10);
}
END_TEST

START_TEST(a_refused_account_is_told_at_once)
{
	script->status = _i == 0 ? 401 : 403;
	ask_often(1);
	is(BREAKER_OPEN);
	ck_assert(row().is_denied);
	ck_assert_msg(strstr(row().reason, "refuses the account") != NULL, "%s", row().reason);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_gt(row().wait_ms, 590000); /* it will not mend itself */
}
END_TEST

START_TEST(half_of_ten_is_enough_and_less_is_not)
{
	for (int i = 0; i < 10; i++) {
		script->status = i % 3 == 0 ? 500 : 200;
		ask_often(1);
	}
	is(BREAKER_CLOSED); /* four of ten */
	script->status = 500;
	ask_often(2);
	is(BREAKER_OPEN);
}
END_TEST

START_TEST(retry_after_is_obeyed_by_all)
{
	script->status = 429;
	script->retry_after = 1200;
	ask_often(5);
	ck_assert_int_gt(row().wait_ms, 1190000);
}
END_TEST

static void fail_at_once(int i, void *shared)
{
	struct ctx *k = asker();

	(void)i;
	(void)shared;
	for (int n = 0; n < 5; n++)
		(void)ask_as(k, "twilio");
	db_ctx_end(k);
}

START_TEST(rivals_open_it_once)
{
	script->status = 500;
	run_rivals(RIVALS, fail_at_once, NULL);
	is(BREAKER_OPEN);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(row().trips, 1);
}
END_TEST

/* ---- half open ---- */

START_TEST(it_closes_when_a_call_gets_through)
{
	opens();
	ck_assert_int_eq(queue_add(c, JOB_NOTIFICATION_SEND, id_new(c), (ts_t){0}, NULL), 0);
	ck_assert_int_eq(
		db_exec(root,
			"UPDATE frontdesk_store.job SET put_off_since = NOW(3), is_due = 0,"
			" run_at = NOW(3) + INTERVAL 1 HOUR WHERE kind = 'notification.send'"),
		1);
	its_pause_is_over();
	script->status = 200;
	struct http_answer a = ask();

	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	is(BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.recovered"), 1);
	ck_assert_int_eq(one_int(root,
				 "SELECT is_due FROM frontdesk_store.job WHERE kind ="
				 " 'notification.send'"),
		1);
	/* what failed before does not count any more */
	script->status = 500;
	ask_often(4);
	is(BREAKER_CLOSED);
	ask_often(1);
	is(BREAKER_OPEN);
	ck_assert_int_eq(row().trips, 2);
}
END_TEST

START_TEST(one_that_fails_again_waits_longer)
{
	static const int WAITS_S[] = {60, 120, 240, 480, 600, 600};

	opens();
	for (size_t i = 0; i < COUNT_OF(WAITS_S); i++) {
		its_pause_is_over();
		ask_often(1);
		is(BREAKER_OPEN);
		ck_assert_int_gt(row().wait_ms, WAITS_S[i] * 1000 - 2000);
		ck_assert_int_le(row().wait_ms, WAITS_S[i] * 1000);
	}
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(events("integration.recovered"), 0);
}
END_TEST

struct crowd {
	_Atomic int sent;
	_Atomic int put_off;
};

static void ask_once(int i, void *shared)
{
	struct crowd *crowd = shared;
	struct ctx *k = asker();
	struct http_answer a;

	(void)i;
	ck_assert_int_eq(db_connect(k), 0);
	a = ask_as(k, "twilio");
	if (a.outcome == HTTP_ANSWERED)
		crowd->sent++;
	else if (k->put_off_ms > 0)
		crowd->put_off++;
	db_ctx_end(k);
}

/* It takes a while to answer, and fails again or not. */
START_TEST(exactly_one_call_is_let_through)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));

	opens();
	its_pause_is_over();
	int asked = script->asked;
	script->pause_ms = 1500;
	script->status = _i == 0 ? 500 : 200;
	run_rivals(RIVALS, ask_once, crowd);
	ck_assert_int_eq(script->asked - asked, 1);
	ck_assert_int_eq(crowd->sent, 1);
	ck_assert_int_eq(crowd->put_off, RIVALS - 1);
	is(_i == 0 ? BREAKER_OPEN : BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.failed"), 1);
	ck_assert_int_eq(events("integration.recovered"), _i);
}
END_TEST

START_TEST(who_died_trying_is_followed_by_another)
{
	opens();
	ck_assert_int_eq(db_exec(root,
				 "UPDATE frontdesk_store.breaker SET state = 'half_open',"
				 " probe = UUID(), retry_at = NOW(3) + INTERVAL 9 SECOND"),
		1);
	struct http_answer a = ask();
	ck_assert(was_not_asked(&a));
	ck_assert_int_le(a.retry_after, 2);
	its_pause_is_over();
	script->status = 200;
	a = ask();
	ck_assert_int_eq(a.status, 200);
	is(BREAKER_CLOSED);
}
END_TEST

/* ---- by hand ---- */

static int works(struct ctx *k, void *provider)
{
	return breaker_works(k, provider);
}

static int retry(struct ctx *k, void *provider)
{
	return breaker_retry(k, provider);
}

START_TEST(a_person_may_try_now)
{
	char provider[] = "twilio";

	opens();
	ck_assert_int_eq(in_tx(c, retry, provider), 0);
	script->status = 500;
	ask_often(1);
	is(BREAKER_OPEN);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(in_tx(c, works, provider), 0);
	is(BREAKER_CLOSED);
	ck_assert_int_eq(events("integration.recovered"), 1);
}
END_TEST

START_TEST(asking_regardless_changes_nothing)
{
	struct http_answer a;
	struct http_request r = {.provider = "twilio",
		.operation = "test",
		.method = "GET",
		.url = mem_printf(c->mem, "http://127.0.0.1:%d/", server.port),
		.regardless = true};

	opens();
	script->status = 200;
	ck_assert_int_eq(outbound_send(c, &r, &a), 0);
	ck_assert_int_eq(a.status, 200);
	is(BREAKER_OPEN);
}
END_TEST

/* ---- what it costs ---- */

START_TEST(one_that_works_costs_a_read_a_second)
{
	ask_often(1);
	unsigned before = c->db_calls;
	ask_often(1);
	ck_assert_uint_eq(c->db_calls - before, 1); /* the record of the call */
	/* another process of the machine knows it, too */
	struct ctx *k = asker();
	(void)ask_as(k, "twilio");
	ck_assert_uint_eq(k->db_calls, 1);
	db_ctx_end(k);
	usleep(1100000);
	before = c->db_calls;
	ask_often(1);
	ck_assert_uint_eq(c->db_calls - before, 2);
}
END_TEST

/* ---- limits ---- */

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

	conf.limits_factor = 1;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ask_as(c, "slack").status, 200);
	a = ask_as(c, "slack");
	ck_assert(was_not_asked(&a));
	ck_assert_int_eq(a.retry_after, 1);
	ck_assert_int_eq(script->asked, 3);
	/* another company's webhook is another */
	c->company = dental();
	ck_assert_int_eq(ask_as(c, "slack").status, 200);
	c->company = salon();
	usleep(1050000);
	ck_assert_int_eq(ask_as(c, "slack").status, 200);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM provider_call"), 4);
}
END_TEST

START_TEST(machines_share_what_is_allowed)
{
	conf.limits_factor = 1;
	conf.worker_machines = 3;
	ck_assert_int_eq(ask_as(c, "slack").status, 200);
	struct http_answer a = ask_as(c, "slack");
	ck_assert(was_not_asked(&a));
	ck_assert_int_ge(a.retry_after, 2);
}
END_TEST

static void ask_slack(int i, void *shared)
{
	struct crowd *crowd = shared;
	struct ctx *k = asker();
	struct http_answer a = ask_as(k, "slack");

	(void)i;
	if (a.outcome == HTTP_ANSWERED)
		crowd->sent++;
	else if (k->put_off_ms > 0)
		crowd->put_off++;
	db_ctx_end(k);
}

START_TEST(so_many_at_once_and_no_more)
{
	struct crowd *crowd = shared_memory(sizeof(*crowd));

	script->pause_ms = 1000;
	run_rivals(4, ask_slack, crowd);
	ck_assert_int_eq(crowd->sent, 1);
	ck_assert_int_eq(crowd->put_off, 3);
	/* and then the place is free */
	script->pause_ms = 0;
	ck_assert_int_eq(ask_as(c, "slack").status, 200);
}
END_TEST

Suite *suite_breaker(void)
{
	Suite *s = suite_create("breaker");
	TCase *t = tcase_create("breaker");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_that_fails_is_left_alone);
	tcase_add_test(t, without_its_row_all_go_out);
	tcase_add_test(t, others_are_not_concerned);
	tcase_add_loop_test(t, what_counts_as_failing, 0, (int)COUNT_OF(ANSWERS));
	tcase_add_loop_test(t, a_refused_account_is_told_at_once, 0, 2);
	tcase_add_test(t, half_of_ten_is_enough_and_less_is_not);
	tcase_add_test(t, retry_after_is_obeyed_by_all);
	tcase_add_test(t, rivals_open_it_once);
	tcase_add_test(t, it_closes_when_a_call_gets_through);
	tcase_add_test(t, one_that_fails_again_waits_longer);
	tcase_add_loop_test(t, exactly_one_call_is_let_through, 0, 2);
	tcase_add_test(t, who_died_trying_is_followed_by_another);
	tcase_add_test(t, a_person_may_try_now);
	tcase_add_test(t, asking_regardless_changes_nothing);
	tcase_add_test(t, one_that_works_costs_a_read_a_second);
	tcase_add_test(t, each_provider_has_a_line);
	tcase_add_test(t, nobody_is_asked_more_often_than_it_allows);
	tcase_add_test(t, machines_share_what_is_allowed);
	tcase_add_test(t, so_many_at_once_and_no_more);
	suite_add_tcase(s, t);
	return s;
}
