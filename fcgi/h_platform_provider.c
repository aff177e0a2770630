#include "fcgi/h_platform_provider.h"
#include "core/outbound/health.h"
#include "fcgi/h_platform_tenant.h"

struct provider_retry {
	const char *company_id; /* NULL: the platform's own account */
	const char *provider;
};

static const struct field FIELDS[] = {
	ID(provider_retry, company_id, 0),
	TEXT(provider_retry, provider, REQ, 20),
};
const struct table PROVIDER_RETRY = TABLE(provider_retry, "provider_retry", FIELDS);

/* ---- handlers ---- */

int h_platform_providers(struct req *r)
{
	struct rows rows;

	if (platform_providers(&r->c, platform_scope(r), &rows) < 0)
		return -1;
	return reply_rows(r, &PLATFORM_PROVIDER, &rows, NULL);
}

int h_platform_provider_retry(struct req *r)
{
	const struct provider_retry *in = r->in;

	if (platform_provider_retry(&r->c, platform_scope(r), in->company_id, in->provider) < 0)
		return -1;
	return reply_empty(r, 204);
}
