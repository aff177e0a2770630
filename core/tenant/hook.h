/*
 * hook.h - the incoming addresses of integrations, and whose agent is whose.
 */
#ifndef FRONTDESK_HOOK_H
#define FRONTDESK_HOOK_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum agent_match {
	AGENT_UNKNOWN, /* none was given, or the company names none */
	AGENT_SAME,    /* the one that an active integration names */
	AGENT_OTHER,
};

/* Whether an agent at a provider is this company's. 0, or -1. */
int integration_agent(
	struct ctx *c, const char *provider, const char *agent, enum agent_match *out) MUST_USE;

/* The secrets behind an incoming address, of whatever company: sealed cells. */
struct hook_secret {
	const char *id; /* of the integration */
	int64_t company_number;
	const char *company_id;
	const char *provider;
	struct bytes secret_cell;
	struct bytes signing_cell;
	struct bytes previous_cell;
	ts_t previous_until;
};

/* The active integration with this hook: 1, 0, -1. Outside companies. */
int hook_find(
	struct ctx *c, const char *provider, const char *hook, struct hook_secret *out) MUST_USE;
/* Those that may have signed a body with this number or agent (at most 8). */
int hook_candidates(struct ctx *c, const char *provider, const char *e164, const char *agent,
	struct rows *out) MUST_USE;

/* What webhooks to this address may be signed with: where the provider signs
 * with a secret of its own that, else the API key; and for a while after a
 * change the one before. How many, or -1 with E_INTERNAL: the present one does
 * not open. */
#define HOOK_KEYS_MAX 2
int hook_keys(
	struct ctx *c, const struct hook_secret *s, struct bytes keys[HOOK_KEYS_MAX]) MUST_USE;

#endif
