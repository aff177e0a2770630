/* Whether an account at a provider works, asked of a provider that is played
 * here: what is asked, what its answers mean, and what is written down. */
#include "core/provider/check.h"
#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "core/tenant/integration.h"
#include "tests/db/calls.h"
#include "tests/unit/server.h"

#define SECRET "secret-of-the-test"

/* What the provider says, and what it heard; shared with its process. */
static struct script {
	char answer[1024]; /* "": it tears the line */
	char heard[4096];
	int asked;
} * script;

static struct conf conf;
static struct server server;

static void play(int fd)
{
	hear(fd, script->heard, sizeof(script->heard), "\r\n\r\n");
	script->asked++;
	if (*script->answer == '\0')
		tear(fd);
	else
		say(fd, script->answer);
}

static void will_answer(int status, const char *body)
{
	snprintf(script->answer, sizeof(script->answer),
		"HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
		strlen(body), body);
}

static void forget(void)
{
	ck_assert_int_eq(
		db_script(admin, "DELETE FROM frontdesk_store.integration WHERE label = 'test'"),
		0);
	ck_assert_int_eq(db_script(admin, "DELETE FROM frontdesk_store.provider_call"), 0);
}

static void setup(void)
{
	const char *base;

	calls_begin();
	forget();
	script = shared_memory(sizeof(*script));
	http_init();
	server_start(&server, play);
	conf = *work->conf;
	conf.server_sandbox = true;
	base = mem_printf(work->mem, "http://127.0.0.1:%d", server.port);
	conf.retell_url = conf.vapi_url = conf.twilio_url = conf.calcom_url = conf.stripe_url =
		conf.openai_url = conf.sendgrid_url = base;
	work->conf = &conf;
	web->company = salon();
	web->actor = ACTOR_SYSTEM;
}

static void teardown(void)
{
	web->company = 0;
	server_stop(&server);
	forget();
	calls_end();
}

static int create(struct ctx *c, void *arg)
{
	struct integration *i = arg;

	return integration_create(c, i, i);
}

static const char *have(enum provider provider)
{
	struct integration i = {
		.provider = provider, .label = "test", .account = "AC01", .secret = SECRET};

	ck_assert_int_eq(in_tx(web, create, &i), 0);
	return i.id;
}

/* The integration after the job has run. */
static struct integration checked(const char *id)
{
	struct integration i;

	ck_assert_int_eq(provider_check(work, id), 0);
	ck_assert_int_eq(integration_get(work, id, &i), 0);
	ck_assert_int_ge(i.last_test_at.ms, work->now.ms);
	ck_assert(i.last_test_ok == (i.last_test_error == NULL));
	return i;
}

static void fails(const char *id, const char *sentence)
{
	struct integration i = checked(id);

	ck_assert_msg(!i.last_test_ok && strstr(i.last_test_error, sentence) != NULL, "%s",
		i.last_test_error);
	ck_assert_ptr_null(strstr(i.last_test_error, SECRET));
}

#define BEARER "Authorization: Bearer " SECRET "\r\n"

static const struct {
	enum provider provider;
	const char *line;
	const char *login;
	const char *operation;
} ASKED[] = {
	{PROVIDER_RETELL, "POST /v2/list-agents HTTP/1.1\r\n", BEARER, "agents.list"},
	{PROVIDER_VAPI, "GET /assistant?limit=1 HTTP/1.1\r\n", BEARER, "assistants.list"},
	{PROVIDER_TWILIO, "GET /2010-04-01/Accounts/AC01.json HTTP/1.1\r\n",
		"Authorization: Basic QUMwMTpzZWNyZXQtb2YtdGhlLXRlc3Q=\r\n", "accounts.get"},
	{PROVIDER_CALCOM, "GET /me HTTP/1.1\r\n", BEARER, "me.get"},
	{PROVIDER_STRIPE, "GET /v1/balance HTTP/1.1\r\n", BEARER, "balance.get"},
	{PROVIDER_OPENAI, "GET /models HTTP/1.1\r\n", BEARER, "models.list"},
	{PROVIDER_SENDGRID, "GET /v3/scopes HTTP/1.1\r\n", BEARER, "scopes.list"},
};

START_TEST(each_provider_is_asked_in_its_way)
{
	const char *id = have(ASKED[_i].provider);

	will_answer(200, "{\"status\":\"active\"}");
	ck_assert_msg(checked(id).last_test_ok, "%s", checked(id).last_test_error);
	ck_assert_msg(text_starts(script->heard, ASKED[_i].line), "%s", script->heard);
	ck_assert_msg(strstr(script->heard, ASKED[_i].login) != NULL, "%s", script->heard);
	ck_assert_int_eq(
		one_int(work,
			"SELECT COUNT(*) FROM provider_call WHERE provider = ?"
			" AND operation = ? AND outcome = 'answered' AND http_status = 200",
			PROVIDERS[ASKED[_i].provider], ASKED[_i].operation),
		1);
	will_answer(401, "{}");
	fails(id, "refuses the secret (it answered 401)");
}
END_TEST

START_TEST(answers_become_sentences)
{
	const char *id = have(PROVIDER_RETELL);

	hush();
	will_answer(403, "{}");
	fails(id, "Retell refuses the secret (it answered 403): enter the one that Retell shows.");
	will_answer(429, "{}");
	fails(id, "Retell answers too many questions (429)");
	will_answer(500, SECRET);
	fails(id, "Retell answered 500: try again later.");
	will_answer(302, "");
	fails(id, "Retell answered 302");
	script->answer[0] = '\0';
	fails(id, "Retell did not answer: ");
	will_answer(200, "{}");
	ck_assert(checked(id).last_test_ok);
	server_stop(&server);
	fails(id, "Retell could not be reached: ");
	server_start(&server, play);
}
END_TEST

START_TEST(twilios_account_must_be_there_and_open)
{
	const char *id = have(PROVIDER_TWILIO);

	will_answer(200, "{\"status\":\"suspended\"}");
	fails(id, "Twilio says that the account is suspended.");
	will_answer(200, "<html>");
	fails(id, "Twilio's answer cannot be read");
	will_answer(404, "{}");
	fails(id, "Twilio knows no such account");
	ck_assert_int_eq(
		db_exec(work, "UPDATE integration SET account = NULL WHERE id = ?", id), 1);
	script->asked = 0;
	fails(id, "names no account");
	ck_assert_int_eq(script->asked, 0);
}
END_TEST

START_TEST(a_secret_that_does_not_open_is_told)
{
	const char *id = have(PROVIDER_RETELL);

	hush();
	ck_assert_int_eq(
		db_exec(work,
			"UPDATE integration SET secret_cell = REVERSE(secret_cell) WHERE id = ?",
			id),
		1);
	fails(id, "The stored secret cannot be opened: enter it again.");
	ck_assert_int_eq(script->asked, 0);
}
END_TEST

START_TEST(what_was_deleted_meanwhile_is_not_asked_for)
{
	ck_assert_int_eq(provider_check(work, "01900000-0000-7000-8000-999999999999"), 0);
	ck_assert_int_eq(script->asked, 0);
}
END_TEST

/* ---- what it means for those who wait ---- */

static const char *in_use(enum provider provider)
{
	struct integration i = {
		.provider = provider, .label = "test", .is_active = true, .secret = SECRET};

	ck_assert_int_eq(in_tx(web, create, &i), 0);
	return i.id;
}

static void is_open(enum provider provider)
{
	ck_assert_int_eq(db_script(admin, "DELETE FROM frontdesk_store.breaker"), 0);
	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.breaker (company_id, id, provider, state, "
			"since, retry_at) VALUES (?, UUID(), ?, 'open', NOW(3), NOW(3) + INTERVAL "
			"1 HOUR)",
			salon(), PROVIDERS[provider]),
		1);
}

static bool still_open(void)
{
	return one_int(admin,
		       "SELECT COUNT(*) FROM frontdesk_store.breaker WHERE state = 'open'"
		       " AND retry_at > NOW(3)") == 1;
}

static int64_t told(void)
{
	return one_int(admin,
		"SELECT COUNT(*) FROM frontdesk_store.event WHERE kind ="
		" 'integration.recovered'");
}

START_TEST(one_that_works_is_asked_again)
{
	const char *id = in_use(PROVIDER_VAPI), *second = in_use(PROVIDER_VAPI);

	is_open(PROVIDER_VAPI);
	will_answer(401, "");
	(void)checked(id);
	ck_assert(still_open());
	will_answer(200, "[]");
	(void)checked(second); /* which nobody uses */
	ck_assert(still_open());
	(void)checked(id);
	ck_assert(!still_open());
	ck_assert_int_eq(told(), 1);
}
END_TEST

static int change(struct ctx *c, void *arg)
{
	struct integration *i = arg, out;
	uint64_t given = field_bit(&INTEGRATION_EDIT,
		table_field(&INTEGRATION_EDIT, i->secret != NULL ? "secret" : "is_active"));

	return integration_change(c, i->id, i, given, &out);
}

static int remove_it(struct ctx *c, void *id)
{
	return integration_delete(c, id);
}

START_TEST(one_that_is_changed_is_tried_and_one_that_is_gone_fails_no_more)
{
	struct integration now = {.id = in_use(PROVIDER_VAPI)};
	char id[40];

	is_open(PROVIDER_VAPI);
	if (_i == 0) {
		now.secret = "another-secret";
		ck_assert_int_eq(in_tx(web, change, &now), 0);
		ck_assert_int_eq(one_int(admin,
					 "SELECT state = 'open' AND retry_at <= NOW(3) FROM"
					 " frontdesk_store.breaker"),
			1);
		return;
	}
	snprintf(id, sizeof(id), "%s", now.id);
	ck_assert_int_eq(_i == 1 ? in_tx(web, change, &now) : in_tx(web, remove_it, id), 0);
	ck_assert_int_eq(one_int(admin, "SELECT state = 'closed' FROM frontdesk_store.breaker"), 1);
	ck_assert_int_eq(told(), 0);
}
END_TEST

Suite *suite_check(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("checks");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_provider_is_asked_in_its_way, 0, (int)COUNT_OF(ASKED));
	tcase_add_test(t, answers_become_sentences);
	tcase_add_test(t, twilios_account_must_be_there_and_open);
	tcase_add_test(t, a_secret_that_does_not_open_is_told);
	tcase_add_test(t, what_was_deleted_meanwhile_is_not_asked_for);
	tcase_add_test(t, one_that_works_is_asked_again);
	tcase_add_loop_test(
		t, one_that_is_changed_is_tried_and_one_that_is_gone_fails_no_more, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
