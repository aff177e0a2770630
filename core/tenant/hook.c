#include "core/tenant/hook.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/tenant/integration.h"

static const struct field SECRET_FIELDS[] = {
	ID(hook_secret, id, RO | JOINED),
	INT(hook_secret, company_number, RO | JOINED | HIDDEN, 1, UINT32_MAX),
	ID(hook_secret, company_id, RO | JOINED),
	TEXT(hook_secret, provider, RO | JOINED, 20),
	BYTES(hook_secret, secret_cell, RO | JOINED, 1024),
	BYTES(hook_secret, signing_cell, RO | JOINED, 1024),
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

/* ---- secrets ---- */

static int open_cell(struct ctx *c, const struct hook_secret *s, const char *column,
	struct bytes cell, struct bytes *key)
{
	struct cell_place at = {"integration", column, (uint32_t)s->company_number, s->id};

	return cell_open(c, c->conf->keyring, at, cell, key);
}

/* The present one: 1, 0 when there is none, -1. */
static int present_key(struct ctx *c, const struct hook_secret *s, struct bytes *key)
{
	int provider = names_find(PROVIDERS, s->provider);
	bool own = provider >= 0 && SIGNING[provider] == SIGNED_WITH_ITS_OWN;

	if (provider < 0 || SIGNING[provider] == SIGNED_NEVER)
		return 0;
	if (own && s->signing_cell.p == NULL)
		return 0;
	return open_cell(c, s, own ? "signing_cell" : "secret_cell",
		       own ? s->signing_cell : s->secret_cell, key) < 0
		? -1
		: 1;
}

int hook_keys(struct ctx *c, const struct hook_secret *s, struct bytes keys[HOOK_KEYS_MAX])
{
	int n = present_key(c, s, keys);

	if (n <= 0 || s->previous_cell.p == NULL || s->previous_until.ms <= c->now.ms)
		return n;
	if (open_cell(c, s, "previous_cell", s->previous_cell, &keys[n]) < 0)
		err_clear(c);
	else
		n++;
	return n;
}
