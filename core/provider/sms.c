/* SMS: which account sends, and whether an earlier attempt got through. */
#include "core/base/text.h"
#include "core/provider/twilio.h"
#include "core/sys/conf.h"
#include "core/tenant/integration.h"

#define ON_ITS_WAY_MS 20000 /* until a provider's list shows what it took */

static void refuse(struct carried *out, const char *error)
{
	out->fate = FATE_REFUSED;
	out->error = error;
}

/* Whether an earlier attempt got through after all: a message with the same
 * text that is none of our others. 1 (out says so), 0, -1. */
static int was_taken(struct ctx *c, const struct notification *n,
	const struct twilio_account *account, struct carried *out)
{
	struct rows recent;
	int rc = twilio_recent(c, account, n->recipient, &recent, out);

	if (rc <= 0) {
		out->fate = FATE_UNKNOWN; /* as long as the list is not to be had */
		return rc < 0 ? -1 : 1;
	}
	for (size_t i = 0; i < recent.n; i++) {
		const struct sms *m = (const struct sms *)recent.p + i;

		if (strcmp(m->body, n->body) != 0)
			continue;
		int other = notification_has_other(c, n->id, "twilio", m->sid);
		if (other < 0)
			return -1;
		if (other == 0) {
			out->fate = FATE_TAKEN;
			out->message_id = m->sid;
			return 1;
		}
	}
	/* a worker that died may have left a request behind that is still on its
	 * way: the list does not show it yet */
	out->fate = FATE_UNKNOWN;
	out->error = "An earlier attempt may still be on its way.";
	return c->now.ms - n->tried_at.ms < ON_ITS_WAY_MS;
}

int sms_carry(struct ctx *c, const struct notification *n, struct carried *out)
{
	struct twilio_account account;
	struct integration i;
	int rc = integration_find(c, PROVIDER_TWILIO, &i);

	*out = (struct carried){0};
	if (rc < 0)
		return -1;
	if (rc == 0) {
		refuse(out, "No SMS provider is configured.");
		return 0;
	}
	out->provider = "twilio";
	if (text_empty(i.account) || text_empty(i.from_number)) {
		refuse(out, "The Twilio integration names no account or no sending number.");
		return 0;
	}
	account = (struct twilio_account){.sid = i.account, .from = i.from_number};
	if (integration_secret(c, &i, &account.token) < 0)
		return -1;
	rc = n->tried_at.ms != 0 ? was_taken(c, n, &account, out) : 0;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	/* from here on a crash leaves tried_at behind, and the list is asked */
	if (notification_trying(c, n->id) < 0)
		return -1;
	return twilio_send(c, &account, n,
		mem_printf(c->mem, "%s/webhooks/twilio/%s/status?n=%s", c->conf->server_public_url,
			i.hook, n->id),
		out);
}
