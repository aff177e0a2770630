/* Telegram: a bot's sendMessage. The token stands in the address, which is never
 * logged. There is no idempotency: what may have been sent is sent again. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/outbound/outbound.h"
#include "core/provider/carrier.h"
#include "core/sys/conf.h"
#include "core/sys/json.h"

#define TEXT_LENGTH 2000 /* 4,096 UTF-16 units, of which a character may take two */
#define REQUEST_MAX (64 * 1024)

static const char *request_of(struct ctx *c, const struct notification *n)
{
	struct buf b = buf_new(c->mem, REQUEST_MAX);
	const char *text = n->body;

	if (n->subject != NULL)
		text = mem_printf(c->mem, "%s\n\n%s", n->subject, text);
	buf_text_add(&b, "{\"chat_id\":");
	json_quote(&b, n->recipient);
	buf_text_add(&b, ",\"text\":");
	json_quote(&b, utf8_cut(c->mem, text, TEXT_LENGTH));
	buf_text_add(&b, ",\"link_preview_options\":{\"is_disabled\":true}}");
	return buf_text(&b);
}

/* {"ok":false,"error_code":429,"description":"…","parameters":{"retry_after":5}} */
static void read_answer(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	const struct json *j = NULL;
	const char *description;
	int64_t id, wait = 0;

	if (json_parse(c, a->body, &j) < 0)
		err_clear(c);
	if (a->status == 200) {
		if (json_int(json_get(j, "result"), "message_id", &id))
			out->message_id = mem_printf(c->mem, "%" PRId64, id);
		return;
	}
	description = json_text(j, "description");
	out->retry_after = a->retry_after;
	if (json_int(json_get(j, "parameters"), "retry_after", &wait) && wait > 0 && wait <= 3600)
		out->retry_after = (int)wait;
	out->fate = a->status == 429 || a->status >= 500 ? FATE_AGAIN : FATE_REFUSED;
	out->error = mem_printf(c->mem, "Telegram answered %d: %.200s", a->status,
		description == NULL ? "(no message)" : description);
}

int telegram_carry(struct ctx *c, const struct notification *n, struct carried *out)
{
	struct http_answer answer;
	const char *token, *body = request_of(c, n);

	*out = (struct carried){.provider = "telegram"};
	int rc = carried_secret(c, PROVIDER_TELEGRAM, "alerts_telegram_token", &token, out);
	if (rc <= 0)
		return rc;
	struct http_request r = {
		.provider = "telegram",
		.operation = "sendMessage",
		.method = "POST",
		.url = mem_printf(c->mem, "%s/bot%s/sendMessage", c->conf->telegram_url,
			url_encode(c->mem, token)),
		.headers = (const char *[]){"Content-Type: application/json", NULL},
		.body = {(const uint8_t *)body, strlen(body)},
	};
	if (outbound_send(c, &r, &answer) < 0)
		return -1;
	if (answer.outcome == HTTP_ANSWERED)
		read_answer(c, &answer, out);
	else
		carried_silent(c, "Telegram", &answer, out);
	return 0;
}
