/*
 * webhook.h - what receiving a provider's webhook has in common: whose address
 * it came to, and storing what has been verified.
 */
#ifndef FRONTDESK_WEBHOOK_H
#define FRONTDESK_WEBHOOK_H

#include "core/inbox/inbox.h"
#include "core/tenant/hook.h"

struct webhook {
	const char *provider;
	struct hook_secret owner;
	struct bytes keys[HOOK_KEYS_MAX]; /* any of which may have signed it */
	int n_keys;
};

/* The integration behind an address: 1, 0 there is none, -1. */
int webhook_find(
	struct ctx *c, const char *provider, const char *hook, struct webhook *out) MUST_USE;
/* why: NULL, or why it is refused (E_BAD_SIGNATURE, and a line in the log). Counts
 * it, and stores the event with its job: 1 new, 0 stored before, -1. */
int webhook_store(struct ctx *c, const struct webhook *w, const char *why, struct inbox_event *e,
	enum job_kind kind) MUST_USE;
/* A dedupe key from bytes that have none. */
const char *webhook_digest(struct ctx *c, struct bytes body);

#endif
