#include "core/provider/sendgrid.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/outbound/outbound.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/json.h"

#define SENDGRID "sendgrid"
#define REQUEST_MAX (2u << 20)

/* ---- the request ---- */

static void put_member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->p[b->n - 1] == '{' ? "" : ",", name);
	json_quote(b, value);
}

static void put_address(struct buf *b, const char *name, const char *address, const char *person)
{
	buf_printf(b, ",\"%s\":{", name);
	put_member(b, "email", address);
	if (person != NULL)
		put_member(b, "name", person);
	buf_char(b, '}');
}

static void put_content(struct buf *b, const struct letter *l)
{
	buf_text_add(b, ",\"content\":[{\"type\":\"text/plain\"");
	put_member(b, "value", l->text);
	buf_text_add(b, "},{\"type\":\"text/html\"");
	put_member(b, "value", l->html);
	buf_text_add(b, "}]");
}

static void put_calendar(struct ctx *c, struct buf *b, const char *calendar)
{
	struct bytes raw = {(const uint8_t *)calendar, strlen(calendar)};

	buf_printf(b,
		",\"attachments\":[{\"content\":\"%s\",\"type\":\"text/calendar; method=PUBLISH\","
		"\"filename\":\"appointment.ics\",\"disposition\":\"attachment\"}]",
		base64_encode(c->mem, raw));
}

/* A letter about an appointment is not spied on: no links of theirs, no pixel. */
static const char *request_of(struct ctx *c, const struct letter *l)
{
	struct buf b = buf_new(c->mem, REQUEST_MAX);

	buf_text_add(&b, "{\"personalizations\":[{\"to\":[{");
	put_member(&b, "email", l->to);
	buf_text_add(&b, "}],\"custom_args\":{");
	put_member(&b, "notification_id", l->id);
	buf_text_add(&b, "}}]");
	put_address(&b, "from", l->from, l->from_name);
	if (l->reply_to != NULL)
		put_address(&b, "reply_to", l->reply_to, NULL);
	put_member(&b, "subject", l->subject);
	put_content(&b, l);
	if (l->calendar != NULL)
		put_calendar(c, &b, l->calendar);
	buf_text_add(&b,
		",\"tracking_settings\":{\"click_tracking\":{\"enable\":false},"
		"\"open_tracking\":{\"enable\":false}}}");
	if (buf_full(&b))
		BUG("a letter of more than %u bytes", REQUEST_MAX);
	return buf_text(&b);
}

/* ---- the answer ---- */

static const char *message_of(struct ctx *c, const struct http_answer *a)
{
	const struct json *j;

	if (json_parse(c, a->body, &j) < 0) {
		err_clear(c);
		return "(no message)";
	}
	const char *s = json_text(json_first(json_get(j, "errors")), "message");
	return s == NULL ? "(no message)" : s;
}

/* 401 and 403: somebody must mend the settings; it may pass. */
static void read_answer(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	if (a->status == 202 || a->status == 200)
		return;
	out->retry_after = a->retry_after;
	out->error =
		mem_printf(c->mem, "SendGrid answered %d: %.300s", a->status, message_of(c, a));
	if (a->status >= 500 || a->status == 408)
		out->fate = FATE_UNKNOWN;
	else if (a->status == 429 || a->status == 401 || a->status == 403)
		out->fate = FATE_AGAIN;
	else
		out->fate = FATE_REFUSED;
}

int sendgrid_carry(struct ctx *c, const struct integration *i, const struct letter *letter,
	struct carried *out)
{
	struct letter l = *letter;
	struct http_answer answer;
	const char *key;

	*out = (struct carried){.fate = FATE_TAKEN, .provider = SENDGRID, .message_id = l.id};
	l.from = i->account != NULL ? i->account : mail_address(c, c->conf->smtp_from);
	if (l.from == NULL || integration_secret(c, i, &key) < 0)
		return l.from == NULL
			? err_set(c, E_INTERNAL, "The SendGrid integration names no sender.")
			: -1;
	const char *body = request_of(c, &l);
	struct http_request r = {
		.provider = SENDGRID,
		.operation = "mail.send",
		.method = "POST",
		.url = mem_printf(c->mem, "%s/v3/mail/send", c->conf->sendgrid_url),
		.headers = (const char *[]){"Content-Type: application/json",
			mem_printf(c->mem, "Authorization: Bearer %s", key), NULL},
		.body = {(const uint8_t *)body, strlen(body)},
	};
	if (outbound_send(c, &r, &answer) < 0)
		return -1;
	if (answer.outcome == HTTP_ANSWERED)
		read_answer(c, &answer, out);
	else
		carried_silent(c, "SendGrid", &answer, out);
	return 0;
}

/* ---- its signature ---- */

const char *sendgrid_verify(struct arena *mem, struct bytes key, const char *signature,
	const char *timestamp, struct bytes body)
{
	struct bytes spki, der;
	const char *text = mem_text_n(mem, (const char *)key.p, key.n);

	if (signature == NULL)
		return "the signature's header is missing";
	if (timestamp == NULL)
		return "the timestamp's header is missing";
	if (!base64_decode(mem, text, &spki))
		return "the public key is not base64";
	if (!base64_decode(mem, signature, &der))
		return "the signature is not base64";
	if (!ecdsa_p256_valid(
		    spki, der, (struct bytes){(const uint8_t *)timestamp, strlen(timestamp)}, body))
		return "the signature is not of this key over timestamp and body";
	return NULL;
}
