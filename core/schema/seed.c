#include "core/schema/seed.h"
#include "core/base/text.h"
#include "core/schema/script.h"
#include "core/schema/secrets.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/password.h"

#define PASSWORD "frontdesk-demo"

/* The secrets behind the rows of integration in sql/demo.sql. */
static const struct demo_secret {
	const char *id;
	const char *plain;
} SECRETS[] = {
	{"01900000-0000-7000-8000-5a1000000030", "key_demo_salon"},
	{"01900000-0000-7000-8000-de0000000030", "key_demo_dental"},
	{"01900000-0000-7000-8000-5a1000000031", "demo_twilio_token"},
	{"01900000-0000-7000-8000-de0000000031", "demo_twilio_token"},
};

struct seed_row {
	const char *id;
};

static const struct field FIELDS[] = {
	TEXT(seed_row, id, 0, 36),
};
static const struct table ROW = TABLE(seed_row, "row", FIELDS);

static int run_file(struct ctx *c)
{
	struct script s;
	struct script_statement one;
	int rc;

	if (script_read(c, c->conf->server_sql_dir, "demo.sql", &s) < 0)
		return -1;
	while ((rc = script_next(c, &s, &one)) == 1) {
		if (db_script(c, one.sql) == 0)
			continue;
		err_clear(c);
		return err_set(c, E_INTERNAL,
			"demo.sql, line %d failed (the server's words are above).", one.line);
	}
	return rc;
}

/* Users of the file have '*' for a hash, which no password matches. */
static int set_passwords(struct ctx *c)
{
	struct rows users;

	if (db_rows(c, &ROW, &users,
		    "SELECT id FROM frontdesk_store.user WHERE password_hash = '*'") < 0)
		return -1;
	const struct seed_row *u = users.p;
	for (size_t i = 0; i < users.n; i++) {
		if (db_exec(c, "UPDATE frontdesk_store.user SET password_hash = ? WHERE id = ?",
			    password_hash(c, PASSWORD), u[i].id) < 0)
			return -1;
	}
	return 0;
}

static int seal(struct ctx *c, struct keyring *ring, const struct demo_secret *s)
{
	struct bytes plain = {(const uint8_t *)s->plain, strlen(s->plain)};
	struct cell_place at = {.table = "integration", .column = "secret_cell", .row = s->id};
	struct bytes cell;
	int64_t company;
	int rc = db_int(c, &company,
		"SELECT company_id FROM frontdesk_store.integration WHERE id = ? AND secret_cell = "
		"''",
		s->id);

	if (rc <= 0)
		return rc;
	at.company = (uint32_t)company;
	if (cell_seal(c, ring, at, plain, &cell) < 0)
		return -1;
	rc = db_exec(c,
		"UPDATE frontdesk_store.integration SET secret_cell = ?, secret_last_four = ?"
		" WHERE company_id = ? AND id = ?",
		cell, s->plain + strlen(s->plain) - 4, company, s->id);
	return rc < 0 ? -1 : 0;
}

static int seal_secrets(struct ctx *c)
{
	const char *path = conf_secret_path(c->conf, c->mem, "keyring");
	struct keyring *ring = keyring_load(path);
	int rc = 0;

	if (ring == NULL)
		return err_set(
			c, E_INTERNAL, "%s cannot be read: run \"frontdeskctl secrets\".", path);
	for (size_t i = 0; i < COUNT_OF(SECRETS) && rc == 0; i++)
		rc = seal(c, ring, &SECRETS[i]);
	keyring_delete(ring);
	return rc;
}

/* The platform's own key at Retell is a secret file like any other. */
static int write_platform_key(struct ctx *c)
{
	const char *path = conf_secret_path(c->conf, c->mem, "retell_platform_key");

	if (secret_make(path, "key_demo_platform\n") < 0)
		return err_set(c, E_INTERNAL, "%s cannot be written: %s.", path, strerror(errno));
	return 0;
}

static int count_rows(struct ctx *c, int64_t *n)
{
	return db_int(c, n,
		"SELECT (SELECT COUNT(*) FROM frontdesk_store.company)"
		" + (SELECT COUNT(*) FROM frontdesk_store.user)"
		" + (SELECT COUNT(*) FROM frontdesk_store.staff)"
		" + (SELECT COUNT(*) FROM frontdesk_store.service)");
}

/* All of it or nothing: a run that was killed leaves no half of a company. */
static int insert_missing(struct ctx *c)
{
	if (db_script(c, "USE frontdesk_store") < 0 || db_script(c, "START TRANSACTION") < 0)
		return -1;
	if (run_file(c) < 0 || set_passwords(c) < 0 || seal_secrets(c) < 0)
		return -1;
	return db_script(c, "COMMIT");
}

int schema_seed(struct ctx *c, FILE *out)
{
	int64_t before, after;

	if (!c->conf->server_sandbox)
		return err_set(c, E_STATE,
			"Demo data has known passwords: it is loaded only where server.sandbox is "
			"true.");
	if (write_platform_key(c) < 0 || count_rows(c, &before) < 0 || insert_missing(c) < 0 ||
		count_rows(c, &after) < 0)
		return -1;
	fputs(after == before ? "the demo data is there already\n" : "loaded the demo data\n", out);
	return 0;
}
