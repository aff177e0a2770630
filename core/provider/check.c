#include "core/provider/check.h"
#include "core/base/text.h"
#include "core/live/live.h"
#include "core/outbound/outbound.h"
#include "core/provider/pagerduty.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/tenant/integration.h"

#define DEADLINE_MS 8000

/* What is asked: a list or a look that changes nothing. Twilio alone wants the
 * account in the path, and a log-in instead of a bearer token. */
static const struct question {
	const char *operation;
	const char *method;
	const char *path;
	size_t base; /* the member of struct conf */
} QUESTIONS[PROVIDER_COUNT] = {
#define BASE(member) offsetof(struct conf, member)
	[PROVIDER_RETELL] = {"agents.list", "POST", "/v2/list-agents", BASE(retell_url)},
	[PROVIDER_VAPI] = {"assistants.list", "GET", "/assistant?limit=1", BASE(vapi_url)},
	[PROVIDER_TWILIO] = {"accounts.get", "GET", "/2010-04-01/Accounts/", BASE(twilio_url)},
	[PROVIDER_CALCOM] = {"me.get", "GET", "/me", BASE(calcom_url)},
	[PROVIDER_STRIPE] = {"balance.get", "GET", "/v1/balance", BASE(stripe_url)},
	[PROVIDER_OPENAI] = {"models.list", "GET", "/models", BASE(openai_url)},
	[PROVIDER_SENDGRID] = {"scopes.list", "GET", "/v3/scopes", BASE(sendgrid_url)},
	[PROVIDER_SLACK] = {"webhook.empty", "POST", "", 0},
	[PROVIDER_TELEGRAM] = {"getMe", "GET", "/getMe", BASE(telegram_url)},
	[PROVIDER_PAGERDUTY] = {"events.resolve", "POST", "/v2/enqueue", BASE(pagerduty_url)},
#undef BASE
};

static const char *address(struct ctx *c, const struct integration *i, const char *secret)
{
	const struct question *q = &QUESTIONS[i->provider];
	const char *base = *(const char *const *)((const char *)c->conf + q->base);

	if (i->provider == PROVIDER_SLACK)
		return secret;
	if (i->provider == PROVIDER_TELEGRAM)
		return mem_printf(c->mem, "%s/bot%s%s", base, url_encode(c->mem, secret), q->path);
	if (i->provider != PROVIDER_TWILIO)
		return mem_printf(c->mem, "%s%s", base, q->path);
	return mem_printf(c->mem, "%s%s%s.json", base, q->path, url_encode(c->mem, i->account));
}

static int ask(
	struct ctx *c, const struct integration *i, const char *secret, struct http_answer *answer)
{
	const struct question *q = &QUESTIONS[i->provider];
	bool login = i->provider == PROVIDER_TWILIO, post = strcmp(q->method, "POST") == 0;
	const char *bearer = mem_printf(c->mem, "Authorization: Bearer %s", secret);
	const char *headers[] = {login ? "Accept: application/json" : bearer,
		post ? "Content-Type: application/json" : NULL, NULL};
	struct http_request r = {
		.provider = PROVIDERS[i->provider],
		.operation = q->operation,
		.method = q->method,
		.url = address(c, i, secret),
		.headers = headers,
		.basic_user = login ? i->account : NULL,
		.basic_password = login ? secret : NULL,
		.total_ms = DEADLINE_MS,
		.regardless = true,
	};

	if (post) {
		const char *body =
			i->provider == PROVIDER_PAGERDUTY ? pagerduty_nothing(c, secret) : "{}";

		r.body = (struct bytes){(const uint8_t *)body, strlen(body)};
	}
	return outbound_send(c, &r, answer);
}

/* NULL: it works. */
static const char *objection(
	struct ctx *c, const struct integration *i, const struct http_answer *a)
{
	const char *title = PROVIDER_TITLES[i->provider];

	if (a->outcome == HTTP_NOT_SENT)
		return mem_printf(c->mem, "%s could not be reached: %.200s", title, a->error);
	if (a->outcome != HTTP_ANSWERED)
		return mem_printf(c->mem, "%s did not answer: %.200s", title, a->error);
	if (a->status == 401 || a->status == 403)
		return mem_printf(c->mem,
			"%s refuses the secret (it answered %d): enter the one that %s shows.",
			title, a->status, title);
	if (a->status == 404 && i->provider == PROVIDER_TWILIO)
		return "Twilio knows no such account (it answered 404): check the account.";
	if (a->status == 429)
		return mem_printf(
			c->mem, "%s answers too many questions (429): try again later.", title);
	/* of a message without text it says just that */
	if (i->provider == PROVIDER_SLACK && a->status == 400)
		return NULL;
	if (i->provider == PROVIDER_PAGERDUTY && a->status == 400)
		return "PagerDuty does not accept the secret: enter the integration key of an "
		       "Events API v2 integration (32 characters).";
	if (a->status < 200 || a->status >= 300)
		return mem_printf(c->mem, "%s answered %d: try again later.", title, a->status);
	return NULL;
}

/* Twilio gives an account that it has closed, too. */
static const char *account_objection(struct ctx *c, const struct http_answer *a)
{
	const struct json *j;
	const char *status = NULL;

	if (json_parse(c, a->body, &j) < 0)
		err_clear(c);
	else
		status = json_text(j, "status");
	if (status == NULL)
		return "Twilio's answer cannot be read: try again later.";
	if (strcmp(status, "active") != 0)
		return mem_printf(c->mem, "Twilio says that the account is %.40s.", status);
	return NULL;
}

/* 0 and what is wrong (NULL: nothing), or -1. */
static int find_out(struct ctx *c, const struct integration *i, const char **error)
{
	struct http_answer answer;
	const char *secret;

	*error = "The integration names no account: enter it.";
	if (i->provider == PROVIDER_TWILIO && text_empty(i->account))
		return 0;
	*error = "The stored secret cannot be opened: enter it again.";
	if (integration_secret(c, i, &secret) < 0) {
		err_clear(c);
		return 0;
	}
	if (ask(c, i, secret, &answer) < 0)
		return -1;
	*error = objection(c, i, &answer);
	if (*error == NULL && i->provider == PROVIDER_TWILIO)
		*error = account_objection(c, &answer);
	return 0;
}

struct outcome {
	const char *id;
	enum provider provider;
	const char *error;
};

/* What works again is asked again, if it is the account that is in use. */
static int write_down(struct ctx *c, void *arg)
{
	const struct outcome *o = arg;
	struct integration in_use;

	if (integration_tested(c, o->id, o->error) < 0)
		return -1;
	int rc = o->error != NULL ? 0 : integration_find(c, o->provider, &in_use);
	if (rc > 0 && strcmp(in_use.id, o->id) == 0)
		rc = breaker_works(c, PROVIDERS[o->provider]);
	live_note(c, "integration.changed", o->id);
	return rc < 0 ? -1 : live_number(c);
}

int provider_check(struct ctx *c, const char *integration_id)
{
	struct outcome o = {.id = integration_id};
	struct integration i;

	if (integration_get(c, integration_id, &i) < 0)
		return err_take(c, E_NOT_FOUND) ? 0 : -1; /* deleted meanwhile */
	o.provider = i.provider;
	if (find_out(c, &i, &o.error) < 0)
		return -1;
	return in_tx(c, write_down, &o);
}
