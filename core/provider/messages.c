#include "core/provider/messages.h"
#include "core/base/text.h"
#include "core/notify/make.h"
#include "core/provider/carrier.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#define GIVE_WAY_MS (15 * 60 * 1000)
#define UNKNOWN_WAIT_S 20 /* until a provider's list shows what it took */

/* ---- the ways to send ---- */

static int (*const CARRIERS[CHANNEL_COUNT])(
	struct ctx *c, const struct notification *n, struct carried *out) = {
	[CHANNEL_SMS] = sms_carry,
	[CHANNEL_EMAIL] = mail_carry,
	[CHANNEL_SLACK] = slack_carry,
	[CHANNEL_TELEGRAM] = telegram_carry,
	[CHANNEL_PAGERDUTY] = pagerduty_carry,
	[CHANNEL_IN_APP] = NULL, /* it is there as soon as it is made */
};

int carried_secret(struct ctx *c, enum provider provider, const char *platform_file,
	const char **secret, struct carried *out)
{
	struct integration i;
	int rc;

	if (c->company == 0) {
		*secret = conf_secret(c->conf, c->mem, platform_file);
		rc = *secret != NULL;
	} else {
		rc = integration_find(c, provider, &i);
		if (rc > 0 && integration_secret(c, &i, secret) < 0)
			return -1;
	}
	if (rc == 0) {
		out->fate = FATE_REFUSED;
		out->error = mem_printf(c->mem, "There is no account at %s, or it is not active.",
			PROVIDERS[provider]);
	}
	return rc;
}

void carried_silent(
	struct ctx *c, const char *title, const struct http_answer *a, struct carried *out)
{
	out->retry_after = a->retry_after;
	out->fate = a->outcome == HTTP_NOT_SENT ? FATE_AGAIN : FATE_UNKNOWN;
	out->error = c->put_off_ms > 0
		? a->error
		: mem_printf(c->mem, "%s did not answer: %.300s", title, a->error);
}

/* ---- the end of an attempt ---- */

static int again(struct ctx *c, const struct notification *n, const struct carried *r)
{
	bool unknown = r->fate == FATE_UNKNOWN;
	int wait = r->retry_after;

	if (notification_again(c, n->id, r->error, unknown) < 0)
		return -1;
	if (unknown && wait < UNKNOWN_WAIT_S)
		wait = UNKNOWN_WAIT_S;
	c->err.retry_after = wait;
	return err_set(c, E_PROVIDER, "%s", r->error);
}

/* Of one that has failed for good the next channel takes its place. */
static int end(struct ctx *c, const struct notification *n, const struct carried *r)
{
	struct notification_report fate = {.id = n->id,
		.provider = r->provider,
		.message_id = r->message_id,
		.error = r->error};

	switch (r->fate) {
	case FATE_TAKEN:
		fate.status = NOTE_SENT;
		break;
	case FATE_REFUSED:
		fate.status = NOTE_FAILED;
		break;
	case FATE_OPTED_OUT:
		fate.status = NOTE_OPTED_OUT;
		break;
	case FATE_AGAIN:
	case FATE_UNKNOWN:
		return again(c, n, r);
	}
	return notification_end(c, &fate);
}

/* A customer does not wait for a provider that nobody asks, where there is another
 * way: not at all when it refuses the account, for a while when it fails. */
static int give_way(struct ctx *c, const struct notification *n, struct carried *r)
{
	int64_t since = n->send_at.ms != 0 ? n->send_at.ms : n->created_at.ms;
	struct breaker b = {.is_denied = false};

	if (c->put_off_ms == 0 || r->fate != FATE_AGAIN || r->provider == NULL ||
		n->audience != AUDIENCE_CUSTOMER || n->tried_at.ms != 0)
		return 0;
	if (breaker_find(c, r->provider, &b) < 0)
		return -1;
	if (!b.is_denied && c->now.ms - since < GIVE_WAY_MS)
		return 0;
	int rc = notify_can_fall_back(c, n);
	if (rc > 0)
		r->fate = FATE_REFUSED;
	return rc < 0 ? -1 : 0;
}

int messages_send(struct ctx *c, const char *notification_id)
{
	struct notification n;
	struct carried r = {.fate = FATE_REFUSED};

	if (notification_get(c, notification_id, &n) < 0)
		return -1;
	if (n.status != NOTE_QUEUED || CARRIERS[n.channel] == NULL)
		return 0;
	int rc = notify_pointless(c, &n, &r.error);

	if (rc < 0)
		return -1;
	if (rc > 0)
		return notification_over(c, n.id, r.error);
	if (CARRIERS[n.channel](c, &n, &r) < 0 || give_way(c, &n, &r) < 0)
		return -1;
	return end(c, &n, &r);
}
