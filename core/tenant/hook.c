#include "core/tenant/hook.h"
#include "core/sys/db.h"

static const struct field SECRET_FIELDS[] = {
	ID(hook_secret, id, RO | JOINED),
	INT(hook_secret, company_number, RO | JOINED | HIDDEN, 1, UINT32_MAX),
	ID(hook_secret, company_id, RO | JOINED),
	TEXT(hook_secret, provider, RO | JOINED, 20),
	BYTES(hook_secret, secret_cell, RO | JOINED, 1024),
	BYTES(hook_secret, previous_cell, RO | JOINED, 1024),
	TIME(hook_secret, previous_until, RO | JOINED | HIDDEN),
};
static const struct table HOOK_SECRET = TABLE(hook_secret, "hook_secret", SECRET_FIELDS);

int hook_find(struct ctx *c, const char *provider, const char *hook, struct hook_secret *out)
{
	return db_one(c, &HOOK_SECRET, out, "CALL sys_hook(?, ?)", provider, hook);
}

int hook_candidates(
	struct ctx *c, const char *provider, const char *e164, const char *agent, struct rows *out)
{
	return db_rows(
		c, &HOOK_SECRET, out, "CALL sys_hook_candidates(?, ?, ?)", provider, e164, agent);
}

int integration_agent(struct ctx *c, const char *provider, const char *agent, enum agent_match *out)
{
	int64_t same;
	int rc = db_int(c, &same,
		"SELECT MAX(agent = ?) FROM integration "
		"WHERE provider = ? AND is_active AND agent IS NOT NULL",
		agent, provider);

	*out = AGENT_UNKNOWN;
	if (rc > 0)
		*out = same ? AGENT_SAME : AGENT_OTHER;
	return rc < 0 ? -1 : 0;
}
