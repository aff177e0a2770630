/* Every statement around a call to a provider fails once: opening or closing and
 * the event that tells it are both there or neither, and it is made up for. */
#include "core/outbound/outbound.h"
#include "core/sys/conf.h"
#include "tests/db/survey.h"
#include "tests/unit/server.h"

static _Atomic int *status; /* what the server answers */
static struct ctx *c;       /* of the worker, in the salon */
static struct conf conf;
static struct server server;

static void play(int fd)
{
	char head[100], heard[4096];

	hear(fd, heard, sizeof(heard), "\r\n\r\n");
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", *status);
	say(fd, head);
}

static void clean(void)
{
	change("DELETE FROM breaker");
	change("DELETE FROM provider_call");
	change("DELETE FROM job");
	change("DELETE FROM event");
}

static void setup(void)
{
	survey_begin();
	clean();
	status = shared_memory(sizeof(*status));
	http_init();
	server_start(&server, play);
	c = db_ctx("fd_worker");
	conf = *c->conf;
	conf.server_sandbox = true;
	conf.meter = NULL; /* nothing is remembered */
	c->conf = &conf;
	c->company = salon();
	hush();
}

static void teardown(void)
{
	db_fail_at(0, 0, 0);
	server_stop(&server);
	clean();
	survey_end();
	db_ctx_end(c);
}

/* 0, or -1: a statement failed. */
static int ask(void)
{
	struct http_answer a;
	struct http_request r = {
		.provider = "twilio",
		.operation = "test",
		.method = "GET",
		.url = mem_printf(c->mem, "http://127.0.0.1:%d/", server.port),
	};
	int rc = outbound_send(c, &r, &a);

	err_clear(c);
	db_idle(c->db);
	return rc;
}

static void ask_often(int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(ask(), 0);
}

static int64_t open_now(void)
{
	return look("SELECT COUNT(*) FROM breaker WHERE state <> 'closed'");
}

static int64_t told(const char *kind)
{
	int64_t n = look(mem_printf(c->mem, "SELECT COUNT(*) FROM event WHERE kind = '%s'", kind));

	ck_assert_int_eq(n,
		look(mem_printf(c->mem,
			"SELECT COUNT(*) FROM event e JOIN job j ON j.ref_id = e.id"
			" WHERE e.kind = '%s'",
			kind)));
	return n;
}

/* With the n-th statement failing. True while there was one. */
static bool opened(int n, unsigned code)
{
	clean();
	*status = 500;
	ask_often(4);
	db_fail_at(n, 1, code);
	(void)ask();
	int failed = db_fail_at(0, 0, 0);

	ck_assert_int_eq(told("integration.failed"), open_now());
	ask_often(5);
	ck_assert_int_eq(open_now(), 1);
	ck_assert_int_eq(told("integration.failed"), 1);
	return failed > 0;
}

static bool closed(int n, unsigned code)
{
	clean();
	*status = 500;
	ask_often(5);
	*status = 200;
	change("UPDATE breaker SET retry_at = NOW(3)");
	db_fail_at(n, 1, code);
	(void)ask();
	int failed = db_fail_at(0, 0, 0);

	ck_assert_int_eq(told("integration.recovered"), 1 - open_now());
	change("UPDATE breaker SET retry_at = NOW(3) WHERE state <> 'closed'");
	ask_often(1);
	ck_assert_int_eq(open_now(), 0);
	ck_assert_int_eq(told("integration.recovered"), 1);
	return failed > 0;
}

START_TEST(changes_and_their_events_are_one)
{
	static const unsigned CODES[] = {FATAL, DEADLOCK, LOST};
	bool (*tried)(int n, unsigned code) = _i < 3 ? opened : closed;
	int n = 1;

	while (tried(n, CODES[_i % 3]))
		n++;
	ck_assert_int_gt(n, 7);
}
END_TEST

Suite *suite_torture_breaker(void)
{
	Suite *s = suite_create("torture_breaker");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, changes_and_their_events_are_one, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
