#include "core/tenant/integration.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	ID(integration, id, RO),
	TEXT(integration, provider, REQ, 20),
	TEXT(integration, account, 0, 128),
	TEXT(integration, from_number, 0, 20),
	BYTES(integration, secret_cell, 0, 1024),
};
const struct table INTEGRATION = TABLE(integration, "integration", FIELDS);

/* ---- storage ---- */

int integration_find(struct ctx *c, const char *provider, struct integration *out)
{
	return db_one(c, &INTEGRATION, out,
		"SELECT {cols} FROM integration WHERE provider = ? AND is_active"
		" ORDER BY created_at, id LIMIT 1",
		provider);
}

/* ---- rules ---- */

int integration_secret(struct ctx *c, const struct integration *i, const char **secret)
{
	struct cell_place at = {"integration", "secret_cell", c->company, i->id};
	struct bytes plain;

	if (cell_open(c, c->conf->keyring, at, i->secret_cell, &plain) < 0)
		return -1;
	*secret = mem_text_n(c->mem, (const char *)plain.p, plain.n);
	return 0;
}
