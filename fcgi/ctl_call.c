#include "fcgi/ctl.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "core/sys/json.h"

#define CALL_TAKES_MS 60000

const char CTL_SIMULATE_CALL_USAGE[] =
	"usage: frontdeskctl [-c FILE] simulate-call [SCRIPT]\n"
	"\n"
	"Lets the sandbox (sandbox.url) play a phone call: it sends the signed webhooks\n"
	"that Retell would send, and this prints the call's id and how each delivery was\n"
	"answered. SCRIPT is a conversation under tests/sandbox/scripts (book-haircut).\n"
	"Exit 1 when a delivery failed.\n";

static void print_deliveries(const struct json *answer)
{
	const struct json *list = json_get(answer, "deliveries");

	for (const struct json *d = json_first(list); d != NULL; d = json_next(d)) {
		int64_t status = 0, attempts = 0;
		const char *error = json_text(d, "error");

		json_int(d, "status", &status);
		json_int(d, "attempts", &attempts);
		printf("%-16s %" PRId64 " after %" PRId64 " attempt%s%s%s\n", json_text(d, "event"),
			status, attempts, attempts == 1 ? "" : "s", error != NULL ? ": " : "",
			error != NULL ? error : "");
	}
}

static int print_answer(struct ctl *t, const struct http_answer *a)
{
	const struct json *j = NULL;

	if (json_parse(&t->c, a->body, &j) < 0 || json_text(j, "call_id") == NULL) {
		const char *message = json_text(j, "message");

		return ctl_failed(t, "the sandbox answered %d: %s", a->status,
			message != NULL ? message : "not what a sandbox says");
	}
	printf("call %s\n", json_text(j, "call_id"));
	print_deliveries(j);
	if (a->status == 201)
		return CTL_OK;
	return ctl_failed(t, "%s", json_text(j, "message"));
}

int ctl_simulate_call(struct ctl *t)
{
	static const char *const HEADERS[] = {"Content-Type: application/json", NULL};
	const char *url = t->conf->sandbox_url;
	struct buf body = buf_new(t->c.mem, 4096);
	struct http_answer a;

	if (t->argc > 2)
		return ctl_misused(t, "name one script");
	if (text_empty(url))
		return ctl_failed(t, "no sandbox is configured: set sandbox.url, or use make run");
	buf_text_add(&body, "{\"script\":");
	json_quote(&body, t->argc > 1 ? t->argv[1] : "book-haircut");
	buf_char(&body, '}');
	const struct http_request r = {
		.provider = "sandbox",
		.operation = "calls.create",
		.method = "POST",
		.url = mem_printf(t->c.mem, "%s/calls", url),
		.headers = HEADERS,
		.body = {(const uint8_t *)buf_text(&body), body.n},
		.total_ms = CALL_TAKES_MS,
	};
	http_send(&t->c, &r, &a);
	if (a.outcome != HTTP_ANSWERED)
		return ctl_failed(t, "the sandbox at %s does not answer: %s", url, a.error);
	return print_answer(t, &a);
}
