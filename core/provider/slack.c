/* Slack: an incoming webhook, whose address is the secret. It knows no
 * idempotency and gives no id: a message whose outcome is not known is sent
 * again, which costs a reader a second look. */
#include "core/provider/slack.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/outbound/outbound.h"
#include "core/provider/carrier.h"
#include "core/sys/crypto.h"
#include "core/sys/json.h"

#define TEXT_LENGTH 3900
#define REQUEST_MAX (64 * 1024)
#define TOLERANCE_S 300

/* "&", "<" and ">" mean something there; the rest of mrkdwn is harmless. */
static const char *escaped(struct ctx *c, const char *s)
{
	struct buf b = buf_new(c->mem, REQUEST_MAX);

	for (; *s != '\0'; s++) {
		if (*s == '&')
			buf_text_add(&b, "&amp;");
		else if (*s == '<')
			buf_text_add(&b, "&lt;");
		else if (*s == '>')
			buf_text_add(&b, "&gt;");
		else
			buf_char(&b, *s);
	}
	return buf_text(&b);
}

static const char *request_of(struct ctx *c, const struct notification *n)
{
	struct buf b = buf_new(c->mem, REQUEST_MAX);
	const char *body = escaped(c, utf8_cut(c->mem, n->body, TEXT_LENGTH));

	buf_text_add(&b, "{\"text\":");
	if (n->subject != NULL)
		body = mem_printf(c->mem, "*%s*\n%s", escaped(c, n->subject), body);
	json_quote(&b, body);
	buf_text_add(&b, ",\"unfurl_links\":false}");
	return buf_text(&b);
}

/* Errors are plain text: "no_service", "invalid_payload". */
static void read_answer(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	if (a->status == 200)
		return;
	out->fate = a->status == 429 || a->status >= 500 ? FATE_AGAIN : FATE_REFUSED;
	out->retry_after = a->retry_after;
	out->error = mem_printf(c->mem, "Slack answered %d: %.100s", a->status,
		utf8_mend(c->mem, mem_text_n(c->mem, (const char *)a->body.p, a->body.n)));
}

int slack_carry(struct ctx *c, const struct notification *n, struct carried *out)
{
	struct http_answer answer;
	const char *url, *body = request_of(c, n);

	*out = (struct carried){.provider = "slack"};
	int rc = carried_secret(c, PROVIDER_SLACK, "alerts_slack_url", &url, out);
	if (rc <= 0)
		return rc;
	struct http_request r = {
		.provider = "slack",
		.operation = "webhook.post",
		.method = "POST",
		.url = url,
		.headers = (const char *[]){"Content-Type: application/json", NULL},
		.body = {(const uint8_t *)body, strlen(body)},
	};
	if (outbound_send(c, &r, &answer) < 0)
		return -1;
	if (answer.outcome == HTTP_ANSWERED)
		read_answer(c, &answer, out);
	else
		carried_silent(c, "Slack", &answer, out);
	return 0;
}

/* ---- what comes from there ---- */

const char *slack_verify(struct arena *mem, struct bytes key, const char *timestamp,
	const char *signature, struct bytes body, ts_t now)
{
	uint8_t given[SHA256_SIZE], wanted[SHA256_SIZE];
	int64_t s;

	if (key.n == 0)
		return "there is no key to verify with";
	if (!text_int(timestamp, 0, INT64_MAX / 1000, &s))
		return "its timestamp is not a number";
	if (s < now.ms / 1000 - TOLERANCE_S || s > now.ms / 1000 + TOLERANCE_S)
		return "its timestamp is more than five minutes away from now";
	if (!text_starts(signature, "v0="))
		return "its version is not v0";
	if (strlen(signature) != 3 + 2 * SHA256_SIZE ||
		!hex_decode(signature + 3, given, SHA256_SIZE))
		return "its digest is not 64 hex digits";
	const char *head = mem_printf(mem, "v0:%s:", timestamp);
	hmac_sha256(key, (struct bytes){(const uint8_t *)head, strlen(head)}, body, wanted);
	if (!secret_same(
		    (struct bytes){given, sizeof(given)}, (struct bytes){wanted, sizeof(wanted)}))
		return "the digest is that of another key or body";
	return NULL;
}
