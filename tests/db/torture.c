#include "tests/db/torture.h"
#include "core/sys/conf.h"
#include "core/sys/token.h"
#include "fcgi/auth.h"
#include "fcgi/database.h"
#include "fcgi/serve.h"

#define ADMIN "01900000-0000-7000-8000-000000000002" /* of sql/demo.sql */

const char *ask_as;

/* Accounts and companies, with all that hangs on them. */
static void forget_people(void)
{
	change("DELETE FROM account_mail");
	change("DELETE FROM recovery_code");
	change("DELETE FROM invitation");
	change("DELETE m FROM membership m JOIN user u ON u.id = m.user_id WHERE u.name = "
	       "'Torture'");
	change("DELETE FROM user WHERE name = 'Torture' OR id = '" VISIT "'");
	change("DELETE n FROM company_settings n JOIN company c ON c.id = n.company_id"
	       " WHERE c.name = 'Torture'");
	change("DELETE n FROM calendar_version n JOIN company c ON c.id = n.company_id"
	       " WHERE c.name = 'Torture'");
	change("DELETE FROM company WHERE name = 'Torture'");
}

static void forget(void)
{
	calls_forget();
	change("DELETE FROM idempotency");
	change("DELETE FROM session");
	change("DELETE FROM login_failure");
	change("DELETE FROM visitor_booking");
	/* first, or the salon would be one of those that are taken away */
	change("UPDATE company SET name = 'Salon Morgenrot', status = 'active' WHERE uid = "
	       "'" SALON_ID "'");
	change("DELETE FROM tenant_membership");
	forget_people();
	change("DELETE FROM tenant WHERE slug = 'torture'");
	change("UPDATE company_settings SET requires_confirmation = 0");
	change("DELETE g FROM service_segment g JOIN service s ON s.company_id = g.company_id"
	       " AND s.id = g.service_id WHERE s.name = 'Torture'");
	change("DELETE FROM service WHERE name = 'Torture'");
	change("DELETE FROM staff WHERE name = 'Torture'");
	change("DELETE FROM resource WHERE name = 'Torture'");
	change("DELETE FROM phone_number WHERE label = 'Torture'");
	change("DELETE FROM working_hours WHERE branch_id = '" MITTE "' AND staff_id IS NULL");
	change("DELETE FROM api_key WHERE name = 'Torture'");
	change("DELETE FROM integration WHERE label = 'Torture'");
	change("UPDATE api_key SET last_used_at = NOW(3)"); /* nothing to write down */
	change("DELETE FROM time_off");
	change("DELETE FROM closed_day");
	change("DELETE FROM template");
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
	ask_as = NULL;
	forget();
	survey_end();
	calls_end();
}

/* ---- requests, as the server hands them over ---- */

static bool is_platform(const struct question *q)
{
	return text_starts(q->path, "/api/v2/platform/");
}

static const char *bearer(const struct question *q)
{
	struct token_claims claims = {
		.user_id = ADMIN, .session_id = TORTURE_SESSION, .issued_at = ts_now()};

	if (ask_as != NULL)
		return ask_as;
	if (!is_platform(q))
		return "Bearer fdk_test_demoSalon000000000000000000000006vg4hR";
	claims.expires_at.ms = claims.issued_at.ms + 600000;
	return mem_printf(web->mem, "Bearer %s", token_make(web, web->conf->token_keys, &claims));
}

int ask(const struct question *q)
{
	struct mem_mark mark = mem_mark(web->mem);
	const struct pair headers[] = {
		{"content-type", "application/json"},
		{"idempotency-key", "torture"},
		{"authorization", bearer(q)},
	};
	bool nobody = *headers[2].value == '\0';
	struct req r = {.c = *web, .method = "POST", .path = q->path, .headers = headers};

	if (q->method != NULL)
		r.method = q->method;
	r.n_headers = COUNT_OF(headers) - nobody;
	r.body = (struct bytes){(const uint8_t *)q->body, strlen(q->body)};
	r.c.now = ts_now();
	r.c.remote_address = "127.0.0.1";
	r.c.request_id = "torture";
	auth_forget();
	serve(&r);
	db_idle(web->db);
	database_platform_idle();
	mem_release(web->mem, mark);
	return r.status;
}

static void log_in_administrator(void)
{
	change("INSERT INTO session (id, user_id, client, family_hash, refresh_hash, expires_at)"
	       " VALUES ('" TORTURE_SESSION "', '" ADMIN "', 'app', UNHEX(SHA2('admin', 256)),"
	       " UNHEX(SHA2('admin', 256)), NOW(3) + INTERVAL 1 DAY)");
}

static void prepare(const struct question *q)
{
	forget();
	if (is_platform(q))
		log_in_administrator();
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
