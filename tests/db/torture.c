#include "tests/db/torture.h"
#include "fcgi/auth.h"
#include "fcgi/serve.h"

static void forget(void)
{
	calls_forget();
	change("DELETE FROM idempotency");
	change("DELETE FROM session");
	change("DELETE FROM login_failure");
	change("DELETE FROM visitor_booking");
	change("DELETE FROM user WHERE id = '" VISIT "'");
	change("DELETE g FROM service_segment g JOIN service s ON s.company_id = g.company_id"
	       " AND s.id = g.service_id WHERE s.name = 'Torture'");
	change("DELETE FROM service WHERE name = 'Torture'");
	change("DELETE FROM staff WHERE name = 'Torture'");
	change("DELETE FROM resource WHERE name = 'Torture'");
	change("DELETE FROM phone_number WHERE label = 'Torture'");
	change("DELETE FROM working_hours WHERE branch_id = '" MITTE "' AND staff_id IS NULL");
	change("DELETE FROM api_key WHERE name = 'Torture'");
	change("UPDATE api_key SET last_used_at = NOW(3)"); /* nothing to write down */
	change("DELETE FROM time_off");
	change("DELETE FROM closed_day");
	change("DELETE FROM task WHERE kind = 'time_off'");
}

void torture_begin(void)
{
	calls_begin();
	survey_begin();
	forget();
	hush();
}

void torture_end(void)
{
	db_fail_at(0, 0, 0);
	forget();
	survey_end();
	calls_end();
}

/* ---- requests, as the server hands them over ---- */

int ask(const struct question *q)
{
	static const struct pair HEADERS[] = {
		{"authorization", "Bearer fdk_test_demoSalon000000000000000000000006vg4hR"},
		{"content-type", "application/json"},
		{"idempotency-key", "torture"},
	};
	struct mem_mark mark = mem_mark(web->mem);
	struct req r = {.c = *web, .method = "POST", .path = q->path, .headers = HEADERS};

	if (q->method != NULL)
		r.method = q->method;

	r.n_headers = COUNT_OF(HEADERS);
	r.body = (struct bytes){(const uint8_t *)q->body, strlen(q->body)};
	r.c.now = ts_now();
	r.c.remote_address = "127.0.0.1";
	r.c.request_id = "torture";
	auth_forget();
	serve(&r);
	db_idle(web->db);
	mem_release(web->mem, mark);
	return r.status;
}

static void prepare(const struct question *q)
{
	forget();
	if (q->before != NULL)
		q->before();
}

/* With a failure that is ours at each statement in turn: 500 and no change. */
static int each_statement_is_fatal(const struct question *q)
{
	prepare(q);
	const char *before = survey_content(admin->mem);

	for (int n = 1; n < STATEMENTS_MAX; n++) {
		db_fail_at(n, 1, FATAL);
		int status = ask(q);

		if (db_fail_at(0, 0, 0) == 0) {
			ck_assert_int_eq(status, q->status);
			ck_assert_str_ne(survey_content(admin->mem), before);
			return n - 1;
		}
		ck_assert_msg(status == 500, "statement %d: %d", n, status);
		ck_assert_msg(strcmp(survey_content(admin->mem), before) == 0,
			"statement %d left\n%s", n, survey_content(admin->mem));
	}
	ck_abort_msg("more than %d statements", STATEMENTS_MAX);
}

/* With a failure that passes: the same rows as without one. */
static void each_statement_fails_once(const struct question *q, unsigned code)
{
	prepare(q);
	ck_assert_int_eq(ask(q), q->status);
	const char *wanted = survey_counts(admin->mem);
	int uncertain = 0;

	for (int n = 1; n < STATEMENTS_MAX; n++) {
		prepare(q);
		const char *before = code == LOST ? survey_counts(admin->mem) : "";
		db_fail_at(n, 1, code);
		int status = ask(q);
		bool refused = status == 503 && code == LOST;

		uncertain += refused;
		ck_assert_msg(status == q->status || refused, "statement %d: %d", n, status);
		ck_assert_msg(strcmp(survey_counts(admin->mem), refused ? before : wanted) == 0,
			"statement %d left\n%s", n, survey_counts(admin->mem));
		if (db_fail_at(0, 0, 0) > 0)
			continue;
		ck_assert_int_eq(uncertain, code == LOST ? q->commits : 0);
		return;
	}
	ck_abort_msg("more than %d statements", STATEMENTS_MAX);
}

/* With one that does not pass: 503 and no change. */
static void each_statement_fails_for_long(const struct question *q)
{
	prepare(q);
	const char *before = survey_content(admin->mem);

	for (int n = 1; n < STATEMENTS_MAX; n++) {
		db_fail_at(n, ALWAYS, DEADLOCK);
		int status = ask(q);

		if (db_fail_at(0, 0, 0) == 0)
			return;
		ck_assert_msg(status == 503, "statement %d: %d", n, status);
		ck_assert_msg(strcmp(survey_content(admin->mem), before) == 0,
			"statement %d left\n%s", n, survey_content(admin->mem));
	}
	ck_abort_msg("more than %d statements", STATEMENTS_MAX);
}

void torture(const struct question *q, int statements)
{
	int n = each_statement_is_fatal(q);

	ck_assert_msg(n >= statements, "only %d statements were tried", n);
	each_statement_fails_once(q, DEADLOCK);
	each_statement_fails_once(q, LOST);
	each_statement_fails_for_long(q);
}
