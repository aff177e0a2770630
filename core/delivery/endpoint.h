/*
 * endpoint.h - where a company wants its events posted to (outgoing webhooks,
 * Standard Webhooks 1.0), and REST hooks of Zapier and the like, which are the
 * same with one event and no filter to change.
 *
 * The secret that signs is a sealed cell, shown when it is made and never
 * again; the one before it signs, too, for a day after a rotation. An address
 * is https, names nobody's password and is not literally a private one; what a
 * name leads to is looked at when the socket is opened (core/sys/http.h).
 * Nothing is posted to one that is not active, or that was disabled because
 * nothing reached it for days: that a person undoes.
 *
 * All that changes something needs a transaction and is audited. E_NOT_FOUND;
 * E_INVALID naming the field; E_LIMIT_REACHED; E_STATE.
 */
#ifndef FRONTDESK_ENDPOINT_H
#define FRONTDESK_ENDPOINT_H

#include "core/base/ctx.h"
#include "core/base/network.h"
#include "core/base/table.h"

#define ENDPOINTS_MAX 100 /* of a company */
#define ENDPOINT_URL_MAX 500
#define ENDPOINT_KEYS_MAX 2
#define ENDPOINT_NETWORKS_MAX 32

enum endpoint_source { ENDPOINT_OF_API, ENDPOINT_OF_ZAPIER };
/* What is posted: {"type", "timestamp", "data"}, or the data alone. */
enum endpoint_format { FORMAT_ENVELOPE, FORMAT_FLAT };

struct webhook_endpoint {
	const char *id;
	const char *url;
	const char *description;
	struct texts events; /* none: all that are offered */
	bool is_active;
	enum endpoint_source source;
	enum endpoint_format format;
	ts_t previous_until; /* the secret before this one signs, too, until then */
	ts_t disabled_at;
	const char *disabled_reason;
	ts_t created_at;
	const char *event_list; /* events, as they are stored */
	struct bytes secret_cell;
	struct bytes previous_cell;
	/* of the job that posts to it (deliver.c) */
	int64_t failures; /* in a row */
	ts_t wait_until;
	ts_t failing_since; /* nothing has reached it since the failure of then */
	ts_t warned_at;
	const char *lease_owner;
	ts_t lease_until;
	/* shown once */
	const char *secret;
};

extern const struct table WEBHOOK_ENDPOINT;
extern const struct table WEBHOOK_ENDPOINT_IN;  /* what may be given and changed */
extern const struct table NEW_WEBHOOK_ENDPOINT; /* with the secret itself */

/* Fills in what is not a column, of each row. */
void endpoint_complete(struct ctx *c, struct rows *endpoints);
int endpoint_get(struct ctx *c, const char *id, struct webhook_endpoint *out) MUST_USE;
/* Held until the end of the transaction. */
int endpoint_lock(struct ctx *c, const char *id, struct webhook_endpoint *out) MUST_USE;
/* Those that want an event of this name now. */
int endpoint_list_for(struct ctx *c, const char *event, struct rows *out) MUST_USE;
/* Active, and not disabled. */
bool endpoint_is_on(const struct webhook_endpoint *e);

int endpoint_create(
	struct ctx *c, const struct webhook_endpoint *in, struct webhook_endpoint *out) MUST_USE;
/* Takes from `in` the members that `given` names (bits of WEBHOOK_ENDPOINT_IN). */
int endpoint_change(struct ctx *c, const char *id, const struct webhook_endpoint *in,
	uint64_t given, struct webhook_endpoint *out) MUST_USE;
/* Its secrets are forgotten; what was delivered stays for its time. */
int endpoint_delete(struct ctx *c, const char *id) MUST_USE;
int endpoint_rotate_secret(struct ctx *c, const char *id, struct webhook_endpoint *out) MUST_USE;
/* After it was disabled. */
int endpoint_enable(struct ctx *c, const char *id, struct webhook_endpoint *out) MUST_USE;
/* Nothing is posted to it any more: what waited has failed, and its owners are
 * told; a REST hook that has ended is deleted. */
int endpoint_disable(
	struct ctx *c, struct webhook_endpoint *e, bool ended, const char *reason) MUST_USE;
/* Queues the job that posts what waits for it. */
int endpoint_wake(struct ctx *c, const char *id) MUST_USE;
/* Tells the owners that something could not be delivered for days, once. */
int endpoint_warn(struct ctx *c, struct webhook_endpoint *e, const char *reason) MUST_USE;

/* The keys that sign now, the newest first: their number, or -1 (E_INTERNAL:
 * the cell does not open). */
int endpoint_keys(struct ctx *c, const struct webhook_endpoint *e,
	struct bytes keys[ENDPOINT_KEYS_MAX]) MUST_USE;

/* ---- REST hooks ---- */

struct rest_hook {
	const char *id;
	const char *target_url;
	const char *event;
	enum endpoint_format format;
	ts_t created_at;
};

extern const struct table REST_HOOK;

int rest_hook_subscribe(struct ctx *c, const struct rest_hook *in, struct rest_hook *out) MUST_USE;
int rest_hook_unsubscribe(struct ctx *c, const char *id) MUST_USE;

/* ---- addresses (address.c) ---- */

/* Field errors of `field` for one that nothing can be posted to. */
int address_check(struct ctx *c, const char *field, const char *url) MUST_USE;
/* Private networks that the operator allows (conf webhooks.allow). */
size_t address_allowed(struct ctx *c, struct network all[ENDPOINT_NETWORKS_MAX]);

#endif
