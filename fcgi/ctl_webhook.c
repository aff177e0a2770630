#include "fcgi/ctl.h"
#include "core/base/text.h"
#include "core/provider/retell.h"
#include "core/provider/sendgrid.h"
#include "core/provider/slack.h"
#include "core/provider/twilio.h"

#include <getopt.h>

#define BODY_MAX (8u << 20)
#define HEADERS_MAX 64

const char CTL_VERIFY_WEBHOOK_USAGE[] =
	"usage: frontdeskctl verify-webhook PROVIDER --secret S [OPTION]... < body\n"
	"\n"
	"Checks a webhook with the code that serves requests: prints \"valid\" (exit 0) or\n"
	"\"invalid: why\" (exit 1). PROVIDER is retell, twilio,\n"
	"sendgrid-events or slack.\n"
	"\n"
	"  --secret S              the key that signs\n"
	"  --header 'Name: value'  a header of the request; may be given again\n"
	"  --now-ms N              the time it arrived, milliseconds since 1970\n"
	"  --url U                 the address it was sent to\n"
	"  --method M              its method (POST)\n"
	"  --scheme S              how it is signed; else the strictest that fits\n"
	"  --plan JSON             what the provider's account allows\n";

struct header {
	const char *name;
	const char *value;
};

/* A webhook as it came. Each provider uses what its signature covers. */
struct delivery {
	struct arena *mem;
	const char *secret;
	const char *url;
	const char *method;
	const char *scheme;
	const char *plan;
	ts_t now;
	struct header headers[HEADERS_MAX];
	int n_headers;
	struct bytes body;
};

/* The only header of that name; NULL and *why when there is none or two. */
static const char *only_header(const struct delivery *d, const char *name, const char **why)
{
	const char *found = NULL;

	for (int i = 0; i < d->n_headers; i++) {
		if (strcasecmp(d->headers[i].name, name) != 0)
			continue;
		if (found != NULL) {
			*why = "the signature's header is given twice";
			return NULL;
		}
		found = d->headers[i].value;
	}
	if (found == NULL)
		*why = "the signature's header is missing";
	return found;
}

static const char *verify_twilio(const struct delivery *d)
{
	const char *why = NULL;
	struct twilio_request r = {
		.method = d->method,
		.url = d->url,
		.signature = only_header(d, "X-Twilio-Signature", &why),
		.body = d->body,
	};

	for (int i = 0; i < d->n_headers; i++) {
		if (strcasecmp(d->headers[i].name, "Content-Type") == 0)
			r.type = d->headers[i].value;
	}
	if (d->url == NULL)
		return "the signature covers the address: give it with --url";
	if (r.signature == NULL)
		return why;
	return twilio_verify(
		d->mem, (struct bytes){(const uint8_t *)d->secret, strlen(d->secret)}, &r);
}

static const char *verify_sendgrid(const struct delivery *d)
{
	const char *why = NULL;
	const char *signature = only_header(d, "X-Twilio-Email-Event-Webhook-Signature", &why);
	const char *timestamp = only_header(d, "X-Twilio-Email-Event-Webhook-Timestamp", &why);
	struct bytes key = {(const uint8_t *)d->secret, strlen(d->secret)};

	return signature == NULL || timestamp == NULL
		? why
		: sendgrid_verify(d->mem, key, signature, timestamp, d->body);
}

static const char *verify_slack(const struct delivery *d)
{
	const char *why = NULL;
	const char *signature = only_header(d, "X-Slack-Signature", &why);
	const char *timestamp = only_header(d, "X-Slack-Request-Timestamp", &why);
	struct bytes key = {(const uint8_t *)d->secret, strlen(d->secret)};

	return signature == NULL || timestamp == NULL
		? why
		: slack_verify(d->mem, key, timestamp, signature, d->body, d->now);
}

static const char *verify_retell(const struct delivery *d)
{
	const char *why = NULL;
	const char *signature = only_header(d, "X-Retell-Signature", &why);
	struct bytes key = {(const uint8_t *)d->secret, strlen(d->secret)};

	return signature == NULL ? why : retell_verify(key, signature, d->body, d->now);
}

static const struct verifier {
	const char *provider;
	const char *(*verify)(const struct delivery *d); /* NULL: valid, else why not */
} VERIFIERS[] = {
	{"retell", verify_retell},
	{"twilio", verify_twilio},
	{"sendgrid-events", verify_sendgrid},
	{"slack", verify_slack},
};

static const struct verifier *find_verifier(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(VERIFIERS); i++) {
		if (strcmp(VERIFIERS[i].provider, name) == 0)
			return &VERIFIERS[i];
	}
	return NULL;
}

static int unknown_provider(struct ctl *t, const char *name)
{
	ctl_failed(t, "no webhooks of \"%s\" are known; PROVIDER is one of:", name);
	for (size_t i = 0; i < COUNT_OF(VERIFIERS); i++)
		fprintf(stderr, "  %s\n", VERIFIERS[i].provider);
	return CTL_USAGE;
}

static bool add_header(struct ctl *t, struct delivery *d, const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon == line || d->n_headers == HEADERS_MAX)
		return false;
	d->headers[d->n_headers++] = (struct header){
		mem_text_n(t->c.mem, line, (size_t)(colon - line)), text_trim(t->c.mem, colon + 1)};
	return true;
}

static bool read_body(struct ctl *t, struct bytes *out)
{
	uint8_t *p = mem_alloc(t->c.mem, BODY_MAX + 1);

	out->p = p;
	out->n = fread(p, 1, BODY_MAX + 1, stdin);
	return ferror(stdin) == 0 && out->n <= BODY_MAX;
}

static int take_option(struct ctl *t, struct delivery *d, int option)
{
	switch (option) {
	case 's':
		d->secret = optarg;
		return CTL_OK;
	case 'u':
		d->url = optarg;
		return CTL_OK;
	case 'm':
		d->method = optarg;
		return CTL_OK;
	case 'c':
		d->scheme = optarg;
		return CTL_OK;
	case 'p':
		d->plan = optarg;
		return CTL_OK;
	case 'n':
		if (text_int(optarg, 0, INT64_MAX, &d->now.ms))
			return CTL_OK;
		return ctl_misused(t, "--now-ms takes milliseconds, not \"%s\"", optarg);
	case 'H':
		if (add_header(t, d, optarg))
			return CTL_OK;
		return ctl_misused(t, "--header takes 'Name: value', not \"%s\"", optarg);
	default:
		return ctl_misused(t, "an option is unknown or lacks its value");
	}
}

static int read_options(struct ctl *t, struct delivery *d)
{
	static const struct option OPTIONS[] = {
		{"secret", required_argument, NULL, 's'},
		{"url", required_argument, NULL, 'u'},
		{"method", required_argument, NULL, 'm'},
		{"scheme", required_argument, NULL, 'c'},
		{"plan", required_argument, NULL, 'p'},
		{"now-ms", required_argument, NULL, 'n'},
		{"header", required_argument, NULL, 'H'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(t->argc, t->argv, "", OPTIONS, NULL)) != -1) {
		int rc = take_option(t, d, option);

		if (rc != CTL_OK)
			return rc;
	}
	if (optind != t->argc - 1)
		return ctl_misused(t, "name one provider");
	if (d->secret == NULL)
		return ctl_misused(t, "--secret is missing");
	return CTL_OK;
}

int ctl_verify_webhook(struct ctl *t)
{
	struct delivery d = {.mem = t->c.mem, .now = t->c.now, .method = "POST"};
	int rc = read_options(t, &d);

	if (rc != CTL_OK)
		return rc;
	const struct verifier *v = find_verifier(t->argv[optind]);
	if (v == NULL)
		return unknown_provider(t, t->argv[optind]);
	if (!read_body(t, &d.body))
		return ctl_failed(t, "the body cannot be read, or is larger than 8 MiB");
	const char *why = v->verify(&d);
	if (why == NULL) {
		puts("valid");
		return CTL_OK;
	}
	printf("invalid: %s\n", why);
	return CTL_FAILED;
}
