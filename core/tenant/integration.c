#include "core/tenant/integration.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

#define SECRET_MIN 8 /* of which the last four are shown */
#define SECRET_MAX 512
#define CELL_MAX 1024
#define HOOK_BYTES 24
#define PREVIOUS_MS INT64_C(86400000)
#define ERROR_MAX 300

const char *const PROVIDERS[] = {"retell", "vapi", "twilio", "calcom", "stripe", "openai",
	"sendgrid", "slack", "telegram", "pagerduty", NULL};
const char *const PROVIDER_TITLES[] = {"Retell", "Vapi", "Twilio", "Cal.com", "Stripe", "OpenAI",
	"SendGrid", "Slack", "Telegram", "PagerDuty", NULL};

const enum signing SIGNING[] = {
	[PROVIDER_RETELL] = SIGNED_WITH_SECRET,
	[PROVIDER_VAPI] = SIGNED_WITH_ITS_OWN,
	[PROVIDER_TWILIO] = SIGNED_WITH_SECRET,
	[PROVIDER_CALCOM] = SIGNED_WITH_ITS_OWN,
	[PROVIDER_STRIPE] = SIGNED_WITH_ITS_OWN,
	[PROVIDER_OPENAI] = SIGNED_NEVER,
	[PROVIDER_SENDGRID] = SIGNED_WITH_ITS_OWN,
	[PROVIDER_SLACK] = SIGNED_NEVER,
	[PROVIDER_TELEGRAM] = SIGNED_NEVER,
	[PROVIDER_PAGERDUTY] = SIGNED_NEVER,
};

static const struct field FIELDS[] = {
	ID(integration, id, RO),
	ENUM(integration, provider, RO | FILTER, enum provider, PROVIDERS),
	TEXT(integration, label, 0, 80),
	TEXT(integration, account, 0, 128),
	TEXT(integration, agent, 0, 128),
	TEXT(integration, from_number, 0, 20),
	BOOL(integration, is_active, FILTER),
	TEXT(integration, hook, RO, 64),
	TEXT(integration, webhook_url, RO | NOCOL, 400),
	TEXT(integration, secret_last_four, RO, 4),
	TEXT(integration, signing_secret_last_four, RO, 4),
	TIME(integration, previous_until, RO),
	TIME(integration, last_test_at, RO),
	BOOL(integration, last_test_ok, RO),
	TEXT(integration, last_test_error, RO, ERROR_MAX),
	ENUM(integration, breaker, RO | NOCOL, enum breaker_state, BREAKER_STATE),
	TIME(integration, breaker_since, RO | NOCOL),
	TEXT(integration, breaker_reason, RO | NOCOL, 300),
	TIME(integration, created_at, RO | BY),
	BYTES(integration, secret_cell, RO, CELL_MAX),
	BYTES(integration, signing_cell, RO, CELL_MAX),
	BYTES(integration, previous_cell, RO, CELL_MAX),
};
const struct table INTEGRATION = TABLE(integration, "integration", FIELDS);

static const struct integration FRESH = {.is_active = true};

static const struct field NEW_FIELDS[] = {
	ENUM(integration, provider, REQ, enum provider, PROVIDERS),
	TEXT(integration, label, 0, 80),
	TEXT(integration, account, 0, 128),
	TEXT(integration, agent, 0, 128),
	TEXT(integration, from_number, 0, 40),
	BOOL(integration, is_active, 0),
	TEXT(integration, secret, REQ | PERSONAL, SECRET_MAX),
	TEXT(integration, signing_secret, PERSONAL, SECRET_MAX),
};
const struct table INTEGRATION_NEW =
	TABLE_FRESH(integration, "integration_new", NEW_FIELDS, 0, FRESH);

static const struct field EDIT_FIELDS[] = {
	TEXT(integration, label, 0, 80),
	TEXT(integration, account, 0, 128),
	TEXT(integration, agent, 0, 128),
	TEXT(integration, from_number, 0, 40),
	BOOL(integration, is_active, 0),
	TEXT(integration, secret, REQ | PERSONAL, SECRET_MAX),
	TEXT(integration, signing_secret, PERSONAL, SECRET_MAX),
};
const struct table INTEGRATION_EDIT =
	TABLE_FRESH(integration, "integration_edit", EDIT_FIELDS, 0, FRESH);

/* ---- storage ---- */

void integration_complete(struct ctx *c, struct rows *integrations)
{
	struct integration *i = integrations->p;

	for (size_t n = 0; n < integrations->n; n++) {
		if (SIGNING[i[n].provider] != SIGNED_NEVER)
			i[n].webhook_url = mem_printf(c->mem, "%s/webhooks/%s/%s",
				c->conf->server_public_url, PROVIDERS[i[n].provider], i[n].hook);
	}
}

int integration_look(struct ctx *c, struct rows *integrations)
{
	struct integration *i = integrations->p;
	struct rows breakers;

	if (breaker_list(c, &breakers) < 0)
		return -1;
	for (size_t n = 0; n < integrations->n; n++) {
		for (size_t k = 0; k < breakers.n && i[n].is_active; k++) {
			const struct breaker *b = (const struct breaker *)breakers.p + k;

			if (strcmp(b->provider, PROVIDERS[i[n].provider]) != 0)
				continue;
			i[n].breaker = b->state;
			i[n].breaker_since = b->since;
			i[n].breaker_reason = b->state == BREAKER_CLOSED ? NULL : b->reason;
		}
	}
	return 0;
}

int integration_get(struct ctx *c, const char *id, struct integration *out)
{
	struct rows one = {out, 1};
	int rc = db_in_tx(c) ? db_find_locked(c, &INTEGRATION, id, out)
			     : db_find(c, &INTEGRATION, id, out);

	if (db_must(c, rc, "integration", id) < 0)
		return -1;
	integration_complete(c, &one);
	return 0;
}

int integration_find(struct ctx *c, enum provider provider, struct integration *out)
{
	return db_one(c, &INTEGRATION, out,
		"SELECT {cols} FROM integration WHERE provider = ? AND is_active"
		" ORDER BY created_at, id LIMIT 1",
		PROVIDERS[provider]);
}

static int test_waiting(struct ctx *c, const char *id, struct job *out)
{
	return db_one(c, &JOB, out,
		"SELECT {cols} FROM job WHERE ref_id = ? AND kind = ?"
		" AND state IN ('queued', 'running') LIMIT 1",
		id, JOB_RULES[JOB_INTEGRATION_TEST].name);
}

/* ---- secrets ---- */

static struct cell_place place(struct ctx *c, const struct integration *i, const char *column)
{
	return (struct cell_place){"integration", column, c->company, i->id};
}

static int seal(struct ctx *c, const struct integration *i, const char *column, const char *secret,
	struct bytes *cell)
{
	struct bytes plain = {(const uint8_t *)secret, strlen(secret)};

	return cell_seal(c, c->conf->keyring, place(c, i, column), plain, cell);
}

static int open_text(struct ctx *c, const struct integration *i, const char *column,
	struct bytes cell, const char **secret)
{
	struct bytes plain;

	if (cell_open(c, c->conf->keyring, place(c, i, column), cell, &plain) < 0)
		return -1;
	*secret = mem_text_n(c->mem, (const char *)plain.p, plain.n);
	return 0;
}

int integration_secret(struct ctx *c, const struct integration *i, const char **secret)
{
	return open_text(c, i, "secret_cell", i->secret_cell, secret);
}

static const char *last_four(const char *secret)
{
	return secret + strlen(secret) - 4;
}

/* The cell that verifies webhooks is given up: its secret holds on for a day.
 * One that does not open verifies nothing. */
static int keep_previous(
	struct ctx *c, struct integration *i, const char *column, struct bytes cell)
{
	const char *secret;

	if (open_text(c, i, column, cell, &secret) < 0) {
		err_clear(c);
		return 0;
	}
	i->previous_until.ms = c->now.ms + PREVIOUS_MS;
	return seal(c, i, "previous_cell", secret, &i->previous_cell);
}

/* One of the two secrets of an integration, and where it stands. */
struct vault {
	const char *column;
	struct bytes *cell;
	const char **last_four;
	bool verifies; /* webhooks are signed with it */
};

static bool holds(
	struct ctx *c, const struct integration *i, const struct vault *v, const char *secret)
{
	const char *old;

	if (v->cell->p == NULL || secret == NULL)
		return v->cell->p == NULL && secret == NULL;
	if (open_text(c, i, v->column, *v->cell, &old) < 0) {
		err_clear(c);
		return false;
	}
	return strcmp(old, secret) == 0;
}

static int put(struct ctx *c, struct integration *i, const struct vault *v, const char *secret)
{
	if (holds(c, i, v, secret))
		return 0;
	if (secret == NULL) { /* taken away: nothing verifies any more */
		*v->cell = i->previous_cell = (struct bytes){NULL, 0};
		*v->last_four = NULL;
		i->previous_until.ms = 0;
		return 0;
	}
	if (v->verifies && v->cell->p != NULL && keep_previous(c, i, v->column, *v->cell) < 0)
		return -1;
	*v->last_four = last_four(secret);
	return seal(c, i, v->column, secret, v->cell);
}

static int put_secret(struct ctx *c, struct integration *i)
{
	struct vault v = {"secret_cell", &i->secret_cell, &i->secret_last_four,
		SIGNING[i->provider] == SIGNED_WITH_SECRET};

	return put(c, i, &v, i->secret);
}

static int put_signing_secret(struct ctx *c, struct integration *i)
{
	struct vault v = {"signing_cell", &i->signing_cell, &i->signing_secret_last_four, true};

	return put(c, i, &v, i->signing_secret);
}

/* ---- rules ---- */

/* What can stand in a header of a request. */
static bool is_plain(const char *s)
{
	while (*s > ' ' && *s < 0x7F)
		s++;
	return *s == '\0';
}

static int check_secret(struct ctx *c, const char *field, const char *secret)
{
	if (secret == NULL || (is_plain(secret) && strlen(secret) >= SECRET_MIN))
		return 0;
	return err_field(c, field,
		"must have at least %d characters, all of them ASCII and none a blank", SECRET_MIN);
}

static int check_signing(struct ctx *c, const struct integration *i)
{
	const char *title = PROVIDER_TITLES[i->provider];
	enum signing signing = SIGNING[i->provider];

	if (i->signing_secret != NULL && signing == SIGNED_NEVER)
		return err_field(c, "signing_secret", "is not needed: %s sends no webhooks", title);
	if (i->signing_secret != NULL && signing == SIGNED_WITH_SECRET)
		return err_field(c, "signing_secret",
			"is not needed: %s signs its webhooks with the secret itself", title);
	return check_secret(c, "signing_secret", i->signing_secret);
}

/* All that is wrong at once. */
static int check(struct ctx *c, struct integration *i)
{
	int rc = company_phone(c, "from_number", &i->from_number);

	if (rc < 0 && c->err.code != E_INVALID)
		return -1;
	if (i->account != NULL && !is_plain(i->account))
		rc = err_field(c, "account", "must be ASCII without blanks");
	if (i->agent != NULL && !is_plain(i->agent))
		rc = err_field(c, "agent", "must be ASCII without blanks");
	if (check_secret(c, "secret", i->secret) < 0)
		rc = -1;
	if (check_signing(c, i) < 0)
		rc = -1;
	return rc;
}

/* Cal.com posts without a signature where no secret is set: whatever came would
 * have to be believed. */
static int check_activation(struct ctx *c, const struct integration *i)
{
	if (i->provider != PROVIDER_CALCOM || !i->is_active || i->signing_cell.p != NULL)
		return 0;
	return err_field(c, "signing_secret",
		"is required while the integration is active: give the secret of the webhook, or "
		"set is_active to false");
}

static const char *new_hook(struct ctx *c)
{
	uint8_t random[HOOK_BYTES];

	random_bytes(random, sizeof(random));
	return base64url_encode(c->mem, (struct bytes){random, sizeof(random)});
}

int integration_create(struct ctx *c, const struct integration *in, struct integration *out)
{
	struct rows one = {out, 1};

	*out = *in;
	if (check(c, out) < 0)
		return -1;
	out->id = id_new(c);
	out->hook = new_hook(c);
	out->created_at = c->now;
	if (put_secret(c, out) < 0 || put_signing_secret(c, out) < 0)
		return -1;
	if (check_activation(c, out) < 0 || db_insert(c, &INTEGRATION, out) < 0)
		return -1;
	integration_complete(c, &one);
	if (breaker_retry(c, PROVIDERS[out->provider]) < 0)
		return -1;
	return audit_add(c, "integration.create", "integration", out->id, NULL);
}

static bool is_given(uint64_t given, const char *name)
{
	return (given & field_bit(&INTEGRATION_EDIT, table_field(&INTEGRATION_EDIT, name))) != 0;
}

/* One that is not used any more does not fail any more. */
static int put_aside(struct ctx *c, enum provider provider)
{
	struct integration other;
	int rc = integration_find(c, provider, &other);

	return rc == 0 ? breaker_forget(c, PROVIDERS[provider]) : rc < 0 ? -1 : 0;
}

int integration_change(struct ctx *c, const char *id, const struct integration *in, uint64_t given,
	struct integration *out)
{
	struct integration was;

	if (integration_get(c, id, &was) < 0)
		return -1;
	*out = was;
	table_merge(&INTEGRATION_EDIT, out, in, given);
	if (check(c, out) < 0)
		return -1;
	if (is_given(given, "secret") && put_secret(c, out) < 0)
		return -1;
	if (is_given(given, "signing_secret") && put_signing_secret(c, out) < 0)
		return -1;
	if (check_activation(c, out) < 0)
		return -1;
	int rc = row_change(c, &INTEGRATION, &was, out);
	if (rc <= 0)
		return rc;
	/* what is new may work: nobody waits to find out */
	return out->is_active ? breaker_retry(c, PROVIDERS[out->provider])
			      : put_aside(c, out->provider);
}

int integration_delete(struct ctx *c, const char *id)
{
	struct integration was;

	if (integration_get(c, id, &was) < 0 || row_delete(c, &INTEGRATION, id) < 0)
		return -1;
	return put_aside(c, was.provider);
}

/* ---- whether it works ---- */

int integration_test(struct ctx *c, const char *id, const char **job_id)
{
	struct integration i;
	struct job waiting;
	int rc;

	if (integration_get(c, id, &i) < 0)
		return -1;
	rc = test_waiting(c, id, &waiting);
	if (rc < 0)
		return -1;
	*job_id = waiting.id;
	if (rc > 0)
		return 0;
	if (queue_put(c, JOB_INTEGRATION_TEST, id, job_id) < 0)
		return -1;
	return audit_add(c, "integration.test", "integration", id, NULL);
}

int integration_tested(struct ctx *c, const char *id, const char *error)
{
	const char *text = error == NULL ? NULL : utf8_cut(c->mem, error, ERROR_MAX);
	/* deleted meanwhile: nobody asks any more */
	int rc = db_exec(c,
		"UPDATE integration SET last_test_at = ?, last_test_ok = ?, last_test_error = ?"
		" WHERE id = ?",
		ts_now(), error == NULL, text, id);

	return rc < 0 ? -1 : 0;
}
