/*
 * health.h - how an account at a provider does: its breaker, and what the calls of
 * the last hour and day say (provider_call). For a company its own accounts; for
 * the platform its own (breaker_state also of companies whose provider fails).
 */
#ifndef FRONTDESK_OUTBOUND_HEALTH_H
#define FRONTDESK_OUTBOUND_HEALTH_H

#include "core/outbound/breaker.h"

/* The latest 10,000 calls of a time at most. */
struct call_figures {
	int64_t calls;
	int64_t failures; /* no answer, 5xx, 429, account refused */
	int64_t p50_ms;   /* half of them took no longer */
	int64_t p95_ms;
};

struct provider_health {
	const char *provider;
	enum breaker_state state;
	ts_t since;         /* of that; zero: it has never failed */
	ts_t retry_at;      /* while it is open: the next call is let through then */
	const char *reason; /* why it opened last */
	bool is_denied;     /* the account is refused: a person must see to it */
	ts_t last_success_at;
	ts_t last_error_at;
	const char *last_error;
	struct call_figures *hour;
	struct call_figures *day;
};

extern const struct table PROVIDER_HEALTH;

/* Of ctx->company's account. One that was never asked: closed, and no calls. */
int provider_health(struct ctx *c, const char *provider, struct provider_health *out) MUST_USE;

/* ---- for the platform's administration, on the connection of fd_platform ---- */

struct platform_provider {
	const char *company_id; /* NULL: the platform's own */
	const char *company_name;
	const char *provider;
	enum breaker_state state;
	ts_t since;
	ts_t retry_at;
	const char *reason;
	bool is_denied;
	int64_t hour_calls, hour_failures, hour_p50_ms, hour_p95_ms;
	int64_t day_calls, day_failures, day_p50_ms, day_p95_ms;
};

extern const struct table PLATFORM_PROVIDER;

/* The platform's own accounts that were ever asked, and the companies' that are not
 * closed, at most 500. admin: only of his tenants' companies; NULL: all. */
int platform_providers(struct ctx *c, const char *admin, struct rows *out) MUST_USE;
/* The next call is let through; company_id NULL: the platform's account. E_NOT_FOUND
 * when it has never failed. In a transaction. */
int platform_provider_retry(
	struct ctx *c, const char *admin, const char *company_id, const char *provider) MUST_USE;

#endif
