#include "core/provider/pagerduty.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/outbound/limits.h"
#include "core/provider/carrier.h"
#include "core/sys/conf.h"
#include "core/sys/json.h"

#define PAGERDUTY "pagerduty"
#define SUMMARY_LENGTH 1000
#define REQUEST_MAX (64 * 1024)

struct incident {
	const char *key; /* of the service */
	const char *dedup_key;
	const char *provider; /* that fails; NULL: it works again */
	const struct notification *text;
};

/* ---- the request ---- */

static void put_member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->p[b->n - 1] == '{' ? "" : ",", name);
	json_quote(b, value);
}

static void put_payload(struct ctx *c, struct buf *b, const struct incident *i)
{
	const struct notification *n = i->text;
	const char *summary = n->subject != NULL ? n->subject : n->body;

	buf_text_add(b, ",\"payload\":{");
	put_member(b, "summary", utf8_cut(c->mem, summary, SUMMARY_LENGTH));
	put_member(b, "source", c->conf->server_public_url);
	put_member(b, "severity", "critical");
	put_member(b, "component", i->provider);
	buf_text_add(b, ",\"custom_details\":{");
	put_member(b, "text", n->body);
	buf_text_add(b, "}}");
	put_member(b, "client", "Frontdesk");
	put_member(b, "client_url", c->conf->server_public_url);
}

static const char *request_of(struct ctx *c, const struct incident *i)
{
	struct buf b = buf_new(c->mem, REQUEST_MAX);

	buf_char(&b, '{');
	put_member(&b, "routing_key", i->key);
	put_member(&b, "event_action", i->provider != NULL ? "trigger" : "resolve");
	put_member(&b, "dedup_key", i->dedup_key);
	if (i->provider != NULL)
		put_payload(c, &b, i);
	buf_char(&b, '}');
	if (buf_full(&b))
		BUG("an incident of more than %d bytes", REQUEST_MAX);
	return buf_text(&b);
}

const char *pagerduty_nothing(struct ctx *c, const char *key)
{
	struct incident i = {.key = key, .dedup_key = "frontdesk:test"};

	return request_of(c, &i);
}

/* ---- the answer ---- */

static void read_answer(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	const struct json *j = NULL;

	if (a->status == 202)
		return;
	if (json_parse(c, a->body, &j) < 0)
		err_clear(c);
	const char *why = json_text(j, "message");
	out->fate = a->status == 429 || a->status == 408 || a->status >= 500 ? FATE_AGAIN
									     : FATE_REFUSED;
	out->retry_after = a->retry_after;
	out->error = mem_printf(c->mem, "PagerDuty answered %d: %.300s", a->status,
		why == NULL ? "(no message)" : why);
}

static int post(struct ctx *c, const char *body, struct carried *out)
{
	struct http_answer answer;
	struct http_request r = {
		.provider = PAGERDUTY,
		.operation = "events.enqueue",
		.method = "POST",
		.url = mem_printf(c->mem, "%s/v2/enqueue", c->conf->pagerduty_url),
		.headers = (const char *[]){"Content-Type: application/json", NULL},
		.body = {(const uint8_t *)body, strlen(body)},
	};

	if (outbound_send(c, &r, &answer) < 0)
		return -1;
	if (answer.outcome == HTTP_ANSWERED)
		read_answer(c, &answer, out);
	else
		carried_silent(c, "PagerDuty", &answer, out);
	return 0;
}

/* ---- which incident ---- */

/* 1, 0 there is nothing to tell any more (out says why), -1. */
static int incident_of(
	struct ctx *c, const struct notification *n, struct incident *i, struct carried *out)
{
	const struct json *j;
	struct breaker b;
	struct event e;

	if (event_get(c, n->subject_id, &e) < 0 ||
		json_parse(c, (struct bytes){(const uint8_t *)e.payload, strlen(e.payload)}, &j) <
			0)
		return -1;
	const char *provider = json_text(j, "provider");
	i->dedup_key = mem_printf(c->mem, "frontdesk:%s", e.subject_id);
	i->text = n;
	if (e.kind == EV_INTEGRATION_RECOVERED || provider == NULL)
		return 1;
	/* what was resolved meanwhile would be opened for ever */
	int rc = breaker_find(c, provider, &b);
	if (rc > 0 && b.state == BREAKER_CLOSED) {
		out->fate = FATE_REFUSED;
		out->error = "It worked again before this could be sent.";
		return 0;
	}
	i->provider = provider_title(provider);
	return rc < 0 ? -1 : 1;
}

int pagerduty_carry(struct ctx *c, const struct notification *n, struct carried *out)
{
	struct incident i = {.key = NULL};

	*out = (struct carried){.provider = PAGERDUTY};
	int rc = carried_secret(c, PROVIDER_PAGERDUTY, "alerts_pagerduty_key", &i.key, out);
	if (rc > 0)
		rc = incident_of(c, n, &i, out);
	if (rc <= 0)
		return rc;
	return post(c, request_of(c, &i), out);
}
