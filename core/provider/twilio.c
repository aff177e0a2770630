#include "core/provider/twilio.h"
#include "core/outbound/outbound.h"
#include "core/sys/conf.h"
#include "core/sys/json.h"

/* What an error code means where its HTTP status alone does not say it. */
static const struct {
	int64_t code;
	enum fate fate;
} CODES[] = {
	{21610, FATE_OPTED_OUT}, /* unsubscribed */
	{21611, FATE_AGAIN},     /* the queue of the sending number is full */
	{20429, FATE_AGAIN},     /* too many requests */
	{20003, FATE_AGAIN},     /* log-in refused: somebody must mend the settings */
	{20404, FATE_AGAIN},     /* no such account: likewise */
};

static const char *messages_url(struct ctx *c, const struct twilio_account *a, const char *query)
{
	return mem_printf(c->mem, "%s/2010-04-01/Accounts/%s/Messages.json%s", c->conf->twilio_url,
		url_encode(c->mem, a->sid), query);
}

/* NULL when the body is not JSON; that is no error of ours. */
static const struct json *body_json(struct ctx *c, const struct http_answer *a)
{
	const struct json *j;

	if (json_parse(c, a->body, &j) == 0)
		return j;
	err_clear(c);
	return NULL;
}

/* A refusal: {"code":21211,"message":"…","status":400}. */
static void read_refusal(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	const struct json *j = body_json(c, a);
	const char *message = json_text(j, "message");
	int64_t code = 0;

	(void)json_int(j, "code", &code);
	if (a->status >= 500 || a->status == 408 || a->status < 400)
		out->fate = FATE_UNKNOWN; /* a redirect is nothing that Twilio says */
	else if (a->status == 429 || a->status == 401 || a->status == 403)
		out->fate = FATE_AGAIN;
	else
		out->fate = FATE_REFUSED;
	for (size_t i = 0; i < COUNT_OF(CODES); i++) {
		if (CODES[i].code == code && out->fate != FATE_UNKNOWN)
			out->fate = CODES[i].fate;
	}
	out->retry_after = a->retry_after;
	out->error = mem_printf(c->mem, "Twilio answered %d, code %" PRId64 ": %.300s", a->status,
		code, message != NULL ? message : "(no message)");
}

static void read_no_answer(struct ctx *c, const struct http_answer *a, struct carried *out)
{
	carried_silent(c, "Twilio", a, out);
}

int twilio_send(struct ctx *c, const struct twilio_account *a, const struct notification *n,
	const char *callback, struct carried *out)
{
	const char *form = form_encode(c,
		(const char *[]){"StatusCallback", callback, "To", n->recipient, "From", a->from,
			"Body", n->body, NULL});
	struct http_request r = {
		.provider = "twilio",
		.operation = "messages.create",
		.method = "POST",
		.url = messages_url(c, a, ""),
		.basic_user = a->sid,
		.basic_password = a->token,
		.body = {(const uint8_t *)form, strlen(form)},
	};
	struct http_answer answer;

	*out = (struct carried){.provider = "twilio"};
	if (outbound_send(c, &r, &answer) < 0)
		return -1;
	if (answer.outcome != HTTP_ANSWERED) {
		read_no_answer(c, &answer, out);
		return 0;
	}
	if (answer.status >= 300) {
		read_refusal(c, &answer, out);
		return 0;
	}
	out->message_id = json_text(body_json(c, &answer), "sid");
	out->fate = out->message_id != NULL ? FATE_TAKEN : FATE_UNKNOWN;
	if (out->message_id == NULL)
		out->error = "Twilio's answer to a new message cannot be read.";
	return 0;
}

static void read_list(struct ctx *c, const struct json *list, struct rows *out)
{
	struct sms *p = mem_alloc(c->mem, (json_count(list) + 1) * sizeof(*p));

	out->p = p;
	for (const struct json *j = json_first(list); j != NULL; j = json_next(j)) {
		p[out->n] = (struct sms){json_text(j, "sid"), json_text(j, "body")};
		if (p[out->n].sid != NULL && p[out->n].body != NULL)
			out->n++;
	}
}

int twilio_recent(struct ctx *c, const struct twilio_account *a, const char *to, struct rows *out,
	struct carried *answer)
{
	/* not by DateSent: a message that still waits at Twilio has none */
	const char *query =
		form_encode(c, (const char *[]){"To", to, "From", a->from, "PageSize", "50", NULL});
	struct http_request r = {
		.provider = "twilio",
		.operation = "messages.list",
		.method = "GET",
		.url = messages_url(c, a, mem_printf(c->mem, "?%s", query)),
		.basic_user = a->sid,
		.basic_password = a->token,
	};
	struct http_answer h;

	memset(out, 0, sizeof(*out));
	*answer = (struct carried){.provider = "twilio"};
	if (outbound_send(c, &r, &h) < 0)
		return -1;
	if (h.outcome != HTTP_ANSWERED) {
		read_no_answer(c, &h, answer);
		return 0;
	}
	const struct json *list = h.status == 200 ? json_get(body_json(c, &h), "messages") : NULL;
	if (!json_is_array(list)) {
		read_refusal(c, &h, answer);
		return 0;
	}
	read_list(c, list, out);
	return 1;
}
