/*
 * integration.h - the company's accounts at providers, with their secrets.
 *
 * Secrets are written, never read: they are sealed cells, of which the last
 * four signs are shown. A provider's webhooks are signed with its API key, or
 * with a secret of their own, or there are none. Whichever it is: when it is
 * replaced, the previous one verifies for 24 hours more. The hook, a random
 * text in the address that webhooks come to, never changes.
 *
 * All that changes something needs a transaction and is audited. E_NOT_FOUND;
 * E_INVALID naming the field.
 */
#ifndef FRONTDESK_INTEGRATION_H
#define FRONTDESK_INTEGRATION_H

#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/outbound/breaker.h"

enum provider {
	PROVIDER_RETELL,
	PROVIDER_VAPI,
	PROVIDER_TWILIO,
	PROVIDER_CALCOM,
	PROVIDER_STRIPE,
	PROVIDER_OPENAI,
	PROVIDER_SENDGRID,
	PROVIDER_SLACK,     /* its secret is the address of an incoming webhook */
	PROVIDER_TELEGRAM,  /* the token of a bot; its account is a chat's id */
	PROVIDER_PAGERDUTY, /* the integration key of a service (Events API v2) */
	PROVIDER_COUNT
};

extern const char *const PROVIDERS[PROVIDER_COUNT + 1];       /* as in addresses */
extern const char *const PROVIDER_TITLES[PROVIDER_COUNT + 1]; /* for people */

/* What a provider's webhooks are signed with. */
enum signing {
	SIGNED_NEVER, /* there are no webhooks */
	SIGNED_WITH_SECRET,
	SIGNED_WITH_ITS_OWN, /* signing_secret */
};

extern const enum signing SIGNING[PROVIDER_COUNT];

struct integration {
	const char *id;
	enum provider provider;
	const char *label;
	const char *account;     /* the account's id there */
	const char *agent;       /* whose calls are this company's */
	const char *from_number; /* what its messages come from, E.164 */
	bool is_active;
	const char *hook;
	const char *webhook_url; /* NULL: it sends none */
	const char *secret_last_four;
	const char *signing_secret_last_four;
	ts_t previous_until; /* the previous secret verifies webhooks until then */
	ts_t last_test_at;
	bool last_test_ok;
	const char *last_test_error;
	enum breaker_state breaker; /* how it does: integration_look() */
	ts_t breaker_since;
	const char *breaker_reason;
	ts_t created_at;
	struct bytes secret_cell;
	struct bytes signing_cell;
	struct bytes previous_cell;
	/* as they are given */
	const char *secret;
	const char *signing_secret;
};

extern const struct table INTEGRATION;
extern const struct table INTEGRATION_NEW;  /* what a new one is made of */
extern const struct table INTEGRATION_EDIT; /* what may change */

/* Fills in what is not a column, of each row. */
void integration_complete(struct ctx *c, struct rows *integrations);
/* How each does, of those in use. */
int integration_look(struct ctx *c, struct rows *integrations) MUST_USE;
int integration_get(struct ctx *c, const char *id, struct integration *out) MUST_USE;
/* The oldest active one of that provider: 1, 0, -1. */
int integration_find(struct ctx *c, enum provider provider, struct integration *out) MUST_USE;
/* Its secret as text. E_INTERNAL when the cell does not open. */
int integration_secret(struct ctx *c, const struct integration *i, const char **secret) MUST_USE;

int integration_create(
	struct ctx *c, const struct integration *in, struct integration *out) MUST_USE;
/* Takes from `in` the members that `given` names (bits of INTEGRATION_EDIT). */
int integration_change(struct ctx *c, const char *id, const struct integration *in, uint64_t given,
	struct integration *out) MUST_USE;
int integration_delete(struct ctx *c, const char *id) MUST_USE;

/* ---- asking the provider whether it works ---- */

/* Queues the job integration.test, unless one is waiting already. */
int integration_test(struct ctx *c, const char *id, const char **job_id) MUST_USE;
/* What came of it; error: a sentence, NULL when it works. Needs a transaction. */
int integration_tested(struct ctx *c, const char *id, const char *error) MUST_USE;

#endif
