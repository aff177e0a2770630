#include "core/outbound/health.h"
#include "core/audit/audit.h"
#include "core/outbound/limits.h"
#include "core/sys/db.h"

#define MINUTES_HOUR 60
#define MINUTES_DAY 1440

static const struct field FIGURES_FIELDS[] = {
	INT(call_figures, calls, RO, 0, INT32_MAX),
	INT(call_figures, failures, RO, 0, INT32_MAX),
	INT(call_figures, p50_ms, RO, 0, INT32_MAX),
	INT(call_figures, p95_ms, RO, 0, INT32_MAX),
};
static const struct table FIGURES = TABLE(call_figures, "call_figures", FIGURES_FIELDS);

static const struct field FIELDS[] = {
	TEXT(provider_health, provider, RO, 20),
	ENUM(provider_health, state, RO, enum breaker_state, BREAKER_STATE),
	TIME(provider_health, since, RO),
	TIME(provider_health, retry_at, RO),
	TEXT(provider_health, reason, RO, 300),
	BOOL(provider_health, is_denied, RO),
	TIME(provider_health, last_success_at, RO),
	TIME(provider_health, last_error_at, RO),
	TEXT(provider_health, last_error, RO, 300),
	OBJECT(provider_health, hour, RO, struct call_figures, FIGURES),
	OBJECT(provider_health, day, RO, struct call_figures, FIGURES),
};
const struct table PROVIDER_HEALTH = TABLE(provider_health, "provider_health", FIELDS);

static const struct field PLATFORM_FIELDS[] = {
	ID(platform_provider, company_id, RO),
	TEXT(platform_provider, company_name, RO, 120),
	TEXT(platform_provider, provider, RO, 20),
	ENUM(platform_provider, state, RO, enum breaker_state, BREAKER_STATE),
	TIME(platform_provider, since, RO),
	TIME(platform_provider, retry_at, RO),
	TEXT(platform_provider, reason, RO, 300),
	BOOL(platform_provider, is_denied, RO),
	INT(platform_provider, hour_calls, RO, 0, INT32_MAX),
	INT(platform_provider, hour_failures, RO, 0, INT32_MAX),
	INT(platform_provider, hour_p50_ms, RO, 0, INT32_MAX),
	INT(platform_provider, hour_p95_ms, RO, 0, INT32_MAX),
	INT(platform_provider, day_calls, RO, 0, INT32_MAX),
	INT(platform_provider, day_failures, RO, 0, INT32_MAX),
	INT(platform_provider, day_p50_ms, RO, 0, INT32_MAX),
	INT(platform_provider, day_p95_ms, RO, 0, INT32_MAX),
};
const struct table PLATFORM_PROVIDER =
	TABLE(platform_provider, "platform_provider", PLATFORM_FIELDS);

/* One call that was recorded. */
struct recorded {
	ts_t created_at;
	const char *error;
	int64_t http_status;
};

static const struct field RECORDED_FIELDS[] = {
	TIME(recorded, created_at, RO),
	TEXT(recorded, error, RO, 300),
	INT(recorded, http_status, RO | NULL0, 0, 999),
};
static const struct table RECORDED = TABLE(recorded, "provider_call", RECORDED_FIELDS);

/* ---- storage ---- */

static int figures(struct ctx *c, const char *provider, int64_t minutes, struct call_figures **out)
{
	*out = mem_alloc(c->mem, sizeof(**out));
	return db_one(c, &FIGURES, *out,
		"SELECT COUNT(*) AS calls,"
		" COALESCE(SUM(verdict IN ('failed', 'throttled', 'denied')), 0) AS failures,"
		" COALESCE(MAX(IF(place <= CEIL(n * 0.5), duration_ms, 0)), 0) AS p50_ms,"
		" COALESCE(MAX(IF(place <= CEIL(n * 0.95), duration_ms, 0)), 0) AS p95_ms"
		" FROM (SELECT verdict, duration_ms, COUNT(*) OVER () AS n,"
		" ROW_NUMBER() OVER (ORDER BY duration_ms) AS place"
		" FROM (SELECT verdict, duration_ms FROM provider_call WHERE provider = ?"
		" AND created_at > NOW(3) - INTERVAL ? MINUTE"
		" ORDER BY created_at DESC LIMIT 10000) latest) placed",
		provider, minutes);
}

static int last_success(struct ctx *c, const char *provider, struct recorded *out)
{
	return db_one(c, &RECORDED, out,
		"SELECT {cols} FROM provider_call WHERE provider = ?"
		" AND verdict IN ('ok', 'rejected') ORDER BY created_at DESC LIMIT 1",
		provider);
}

static int last_error(struct ctx *c, const char *provider, struct recorded *out)
{
	return db_one(c, &RECORDED, out,
		"SELECT {cols} FROM provider_call WHERE provider = ?"
		" AND verdict IN ('failed', 'throttled', 'denied')"
		" ORDER BY created_at DESC LIMIT 1",
		provider);
}

/* ---- rules ---- */

static const char *error_of(struct ctx *c, const struct recorded *r)
{
	if (r->error != NULL || r->http_status == 0)
		return r->error;
	return mem_printf(c->mem, "It answered %" PRId64 ".", r->http_status);
}

int provider_health(struct ctx *c, const char *provider, struct provider_health *out)
{
	struct breaker b = {.state = BREAKER_CLOSED};
	struct recorded success = {.error = NULL}, error = {.error = NULL};

	*out = (struct provider_health){.provider = provider};
	if (breaker_find(c, provider, &b) < 0 || last_success(c, provider, &success) < 0 ||
		last_error(c, provider, &error) < 0 ||
		figures(c, provider, MINUTES_HOUR, &out->hour) < 0 ||
		figures(c, provider, MINUTES_DAY, &out->day) < 0)
		return -1;
	out->state = b.state;
	out->since = b.since;
	out->retry_at = b.retry_at;
	out->reason = b.reason;
	out->is_denied = b.is_denied;
	out->last_success_at = success.created_at;
	out->last_error_at = error.created_at;
	out->last_error = error_of(c, &error);
	return 0;
}

/* ---- for the platform's administration ---- */

int platform_providers(struct ctx *c, const char *admin, struct rows *out)
{
	return db_rows(c, &PLATFORM_PROVIDER, out, "CALL sys_platform_providers(?)", admin);
}

int platform_provider_retry(
	struct ctx *c, const char *admin, const char *company_id, const char *provider)
{
	int64_t there;

	if (db_int(c, &there, "CALL sys_platform_provider_retry(?, ?, ?)", admin, company_id,
		    provider) < 0)
		return -1;
	if (there == 0)
		return err_set(c, E_NOT_FOUND, "There is no such account that has ever failed.");
	c->wake = true;
	return audit_note(c, "provider.retry", "company", company_id, provider_title(provider));
}
