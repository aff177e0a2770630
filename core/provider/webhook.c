#include "core/provider/webhook.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include "core/sys/meter.h"

#define HOOK_MAX 64

static bool hook_plausible(const char *hook)
{
	size_t n = strspn(hook, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n <= HOOK_MAX && hook[n] == '\0';
}

int webhook_find(struct ctx *c, const char *provider, const char *hook, struct webhook *out)
{
	*out = (struct webhook){.provider = provider};
	if (!hook_plausible(hook))
		return 0;
	int rc = hook_find(c, provider, hook, &out->owner);

	if (rc <= 0)
		return rc;
	out->n_keys = hook_keys(c, &out->owner, out->keys);
	return out->n_keys < 0 ? -1 : 1;
}

int webhook_store(struct ctx *c, const struct webhook *w, const char *why, struct inbox_event *e,
	enum job_kind kind)
{
	if (why != NULL) {
		log_line("webhook", "provider", w->provider, "refused", why, "request",
			c->request_id, NULL);
		return err_set(c, E_BAD_SIGNATURE, NULL);
	}
	/* only what is proved to be theirs counts, whatever address it comes from */
	if (meter_take(c, METER_HOOK, w->owner.id, NULL) < 0)
		return -1;
	e->provider = w->provider;
	return inbox_add(c, (uint32_t)w->owner.company_number, e, kind);
}

const char *webhook_digest(struct ctx *c, struct bytes body)
{
	uint8_t d[SHA256_SIZE];

	sha256(body, d);
	return mem_printf(c->mem, "sha256:%s", hex_encode(c->mem, (struct bytes){d, sizeof(d)}));
}
