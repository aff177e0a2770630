/* Alerts about providers: by every way but the one that fails, as one incident at
 * PagerDuty, and never about themselves again and again. */
#include "core/base/id.h"
#include "core/notify/notify.h"
#include "core/outbound/breaker.h"
#include "core/provider/check.h"
#include "core/provider/messages.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/http.h"
#include "core/tenant/integration.h"
#include "core/worker/kinds.h"
#include "tests/db/calls.h"
#include "tests/unit/server.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define COUNT(condition) one_int(work, "SELECT COUNT(*) FROM notification WHERE " condition)

/* What the server does, and what it heard; shared with its process. */
static struct script {
	_Atomic int status;
	_Atomic int asked;
	char heard[8192];
} * script;

static struct conf conf;
static struct server server;

static void play(int fd)
{
	char head[200];

	memset(script->heard, 0, sizeof(script->heard));
	size_t n = hear(fd, script->heard, sizeof(script->heard), "\r\n\r\n");
	const char *length = strcasestr(script->heard, "content-length:");
	if (length != NULL && strtol(length + 15, NULL, 10) > 0)
		hear(fd, script->heard + n, sizeof(script->heard) - n, "}");
	script->asked++;
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Length: 0\r\nRetry-After: 7\r\nConnection: "
		"close\r\n\r\n",
		script->status);
	say(fd, head);
}

static void forget(void)
{
	calls_forget();
	ck_assert_int_eq(db_script(admin, "DELETE FROM frontdesk_store.provider_call"), 0);
	ck_assert_int_eq(
		db_script(admin, "DELETE FROM frontdesk_store.integration WHERE label = 'test'"),
		0);
}

static void setup(void)
{
	calls_begin();
	forget();
	script = shared_memory(sizeof(*script));
	script->status = 202;
	http_init();
	server_start(&server, play);
	conf = *work->conf;
	conf.server_sandbox = true;
	conf.limits_factor = 1000;
	conf.pagerduty_url = mem_printf(work->mem, "http://127.0.0.1:%d", server.port);
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
	return integration_create(c, arg, arg);
}

static const char *have(enum provider provider, const char *secret)
{
	struct integration i = {
		.provider = provider, .label = "test", .is_active = true, .secret = secret};

	ck_assert_msg(in_tx(web, create, &i) == 0, "%s", web->err.detail);
	return i.id;
}

static void have_pagerduty(void)
{
	(void)have(PROVIDER_PAGERDUTY, KEY);
}

static int tell(struct ctx *c, void *arg)
{
	return notify_on_event(c, arg);
}

/* An event of the present company, handed to those who are told. */
static void happens(enum event_kind kind, const char *subject_id, const char *provider)
{
	struct event e = {.id = id_new(work),
		.kind = kind,
		.subject_id = subject_id,
		.payload = mem_printf(work->mem,
			"{\"provider\":\"%s\",\"reason\":\"It answers 500.\"}", provider)};

	ck_assert_int_eq(db_insert(work, &EVENT, &e), 1);
	ck_assert_int_eq(in_tx(work, tell, &e), 0);
}

static struct notification of(const char *channel)
{
	struct notification n;

	ck_assert_int_eq(db_one(work, &NOTIFICATION, &n,
				 "SELECT {cols} FROM notification WHERE channel = ?"
				 " ORDER BY created_at DESC, id DESC LIMIT 1",
				 channel),
		1);
	return n;
}

/* ---- by which way ---- */

START_TEST(what_fails_does_not_carry_the_news)
{
	(void)have(PROVIDER_SLACK, "https://hooks.slack.example/services/1");
	have_pagerduty();
	happens(EV_INTEGRATION_FAILED, id_new(work), _i == 0 ? "slack" : "pagerduty");
	ck_assert_int_eq(COUNT("channel = 'slack'"), _i);
	ck_assert_int_eq(COUNT("channel = 'pagerduty'"), 1 - _i);
	ck_assert_int_eq(COUNT("channel = 'in_app'"), 1);
	ck_assert_int_eq(COUNT("channel = 'email'"), 1);
	/* when it works it may say so itself */
	happens(EV_INTEGRATION_RECOVERED, id_new(work), _i == 0 ? "slack" : "pagerduty");
	ck_assert_int_eq(
		COUNT("channel = 'slack' AND template = 'owner.integration_recovered'"), 1);
}
END_TEST

START_TEST(the_platforms_mail_is_the_last_way)
{
	conf.alerts_email = "alerts@frontdesk.example";
	conf.alerts_slack = _i == 0;
	work->company = 0;
	happens(EV_INTEGRATION_FAILED, id_new(work), "smtp");
	ck_assert_int_eq(COUNT("channel = 'slack'"), _i == 0);
	ck_assert_int_eq(COUNT("channel = 'email'"), _i == 1); /* it waits until it can go */
}
END_TEST

/* ---- PagerDuty ---- */

static void hears(const char *text)
{
	ck_assert_msg(strstr(script->heard, text) != NULL, "%s", script->heard);
}

START_TEST(an_incident_is_opened_and_resolved)
{
	const char *account = id_new(work);

	have_pagerduty();
	happens(EV_INTEGRATION_FAILED, account, "twilio");
	ck_assert_int_eq(messages_send(work, of("pagerduty").id), 0);
	ck_assert_int_eq(of("pagerduty").status, NOTE_SENT);
	hears("POST /v2/enqueue HTTP/1.1\r\n");
	hears("\"routing_key\":\"" KEY "\",\"event_action\":\"trigger\"");
	hears(mem_printf(work->mem, "\"dedup_key\":\"frontdesk:%s\"", account));
	hears("\"severity\":\"critical\",\"component\":\"Twilio\"");
	happens(EV_INTEGRATION_RECOVERED, account, "twilio");
	ck_assert_int_eq(messages_send(work, of("pagerduty").id), 0);
	hears("\"event_action\":\"resolve\"");
	hears(mem_printf(work->mem, "\"dedup_key\":\"frontdesk:%s\"", account));
	ck_assert_ptr_null(strstr(script->heard, "payload"));
}
END_TEST

START_TEST(what_is_over_is_no_incident)
{
	const char *account = id_new(work);

	have_pagerduty();
	happens(EV_INTEGRATION_FAILED, account, "twilio");
	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.breaker (company_id, id, provider, state, "
			"since) VALUES (?, ?, 'twilio', 'closed', NOW(3))",
			salon(), account),
		1);
	ck_assert_int_eq(messages_send(work, of("pagerduty").id), 0);
	ck_assert_int_eq(of("pagerduty").status, NOTE_FAILED);
	ck_assert_int_eq(script->asked, 0);
}
END_TEST

static const struct {
	int status;
	enum notification_status status_after;
} ANSWERS[] = {{202, NOTE_SENT}, {400, NOTE_FAILED}, {429, NOTE_QUEUED}, {500, NOTE_QUEUED},
	{503, NOTE_QUEUED}};

START_TEST(pagerdutys_answers_are_understood)
{
	bool again = ANSWERS[_i].status_after == NOTE_QUEUED;

	have_pagerduty();
	script->status = ANSWERS[_i].status;
	happens(EV_INTEGRATION_FAILED, id_new(work), "twilio");
	ck_assert_int_eq(messages_send(work, of("pagerduty").id), again ? -1 : 0);
	ck_assert_int_eq(work->err.retry_after, again ? 7 : 0);
	err_clear(work);
	ck_assert_int_eq(of("pagerduty").status, ANSWERS[_i].status_after);
}
END_TEST

START_TEST(a_key_is_tried_without_an_incident)
{
	const char *id = have(PROVIDER_PAGERDUTY, KEY);
	struct integration i;

	script->status = _i == 0 ? 202 : 400;
	ck_assert_int_eq(provider_check(work, id), 0);
	ck_assert_int_eq(integration_get(work, id, &i), 0);
	ck_assert(i.last_test_ok == (_i == 0));
	hears("\"event_action\":\"resolve\",\"dedup_key\":\"frontdesk:test\"");
}
END_TEST

/* ---- no loops ---- */

/* All that waits is tried, whatever it is, in as many rounds as a day may have. */
static void round_of_work(void)
{
	struct rows jobs;

	ck_assert_int_ge(db_exec(admin, "UPDATE frontdesk_store.breaker SET retry_at = NOW(3)"), 0);
	ck_assert_int_ge(
		job_list(work, &(struct job_filter){.state = "queued", .limit = 100}, &jobs), 0);
	for (size_t i = 0; i < jobs.n; i++) {
		const struct job *j = (const struct job *)jobs.p + i;
		int kind = job_kind_find(j->kind);
		struct event e;

		if (kind == JOB_NOTIFICATION_SEND)
			ck_assert_int_le(messages_send(work, j->ref_id), 0);
		else if (kind == JOB_EVENT_DISPATCH && event_get(work, j->ref_id, &e) == 0) {
			ck_assert_int_eq(in_tx(work, tell, &e), 0);
			ck_assert_int_eq(
				db_exec(work, "UPDATE job SET state = 'done' WHERE id = ?", j->id),
				1);
		}
		err_clear(work);
	}
}

START_TEST(alerts_that_fail_do_not_alert_for_ever)
{
	have_pagerduty();
	(void)have(PROVIDER_SLACK, mem_printf(work->mem, "%s/services/1", conf.pagerduty_url));
	script->status = 500;
	happens(EV_INTEGRATION_FAILED, id_new(work), "twilio");
	for (int i = 0; i < 30; i++)
		round_of_work();
	/* each of the two that carry alerts failed once */
	ck_assert_int_eq(one_int(admin,
				 "SELECT COUNT(*) FROM frontdesk_store.breaker"
				 " WHERE state = 'open' AND provider <> 'smtp'"),
		2);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM event WHERE kind ="
				 " 'integration.failed' AND payload NOT LIKE '%smtp%'"),
		3);
	ck_assert_int_eq(COUNT("channel = 'pagerduty' AND template = 'owner.integration_failed'"),
		2); /* of Twilio, and of Slack; not of itself */
}
END_TEST

Suite *suite_alerts(void)
{
	Suite *s = suite_create("alerts");
	TCase *t = tcase_create("alerts");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_fails_does_not_carry_the_news, 0, 2);
	tcase_add_loop_test(t, the_platforms_mail_is_the_last_way, 0, 2);
	tcase_add_test(t, an_incident_is_opened_and_resolved);
	tcase_add_test(t, what_is_over_is_no_incident);
	tcase_add_loop_test(t, pagerdutys_answers_are_understood, 0, (int)COUNT_OF(ANSWERS));
	tcase_add_loop_test(t, a_key_is_tried_without_an_incident, 0, 2);
	tcase_add_test(t, alerts_that_fail_do_not_alert_for_ever);
	suite_add_tcase(s, t);
	return s;
}
