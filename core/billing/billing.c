#include "core/billing/billing.h"
#include "core/audit/row.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/money.h"
#include "core/base/text.h"
#include "core/sys/db.h"

enum unit { UNIT_SECOND, UNIT_MESSAGE, UNIT_TOKEN };

static const char *const UNIT[] = {"second", "message", "token", NULL};

struct rate {
	const char *id;
	const char *provider;
	const char *kind;
	enum unit unit;
	int64_t per_units;
	int64_t microusd;
	day_t valid_from;
};

static const struct field RATE_FIELDS[] = {
	ID(rate, id, RO),
	TEXT(rate, provider, RO, 20),
	TEXT(rate, kind, RO, 20),
	ENUM(rate, unit, RO, enum unit, UNIT),
	INT(rate, per_units, RO, 1, UINT32_MAX),
	INT(rate, microusd, RO, 0, INT64_C(1000000000000)),
	DAY(rate, valid_from, RO),
};
static const struct table RATE = TABLE(rate, "rate", RATE_FIELDS);

struct exchange_rate {
	const char *id;
	const char *currency;
	day_t valid_from;
	int64_t usd_micro; /* micro-USD for one unit of the currency */
	const char *source;
};

static const struct field EXCHANGE_FIELDS[] = {
	ID(exchange_rate, id, RO),
	TEXT(exchange_rate, currency, RO, 3),
	DAY(exchange_rate, valid_from, RO),
	INT(exchange_rate, usd_micro, RO, 1, INT64_C(1000000000000)),
	TEXT(exchange_rate, source, RO, 20),
};
static const struct table EXCHANGE_RATE = TABLE(exchange_rate, "exchange_rate", EXCHANGE_FIELDS);

struct platform_cost {
	const char *id;
	const char *call_id;
	const char *kind;
	int64_t quantity;
	enum unit unit;
	int64_t microusd;
	const char *rate_id;
};

static const struct field PART_FIELDS[] = {
	ID(platform_cost, id, RO),
	ID(platform_cost, call_id, RO),
	TEXT(platform_cost, kind, RO, 20),
	INT(platform_cost, quantity, RO, 0, INT64_C(1000000000000)),
	ENUM(platform_cost, unit, RO, enum unit, UNIT),
	INT(platform_cost, microusd, RO, 0, INT64_C(1000000000000)),
	ID(platform_cost, rate_id, RO),
};
static const struct table PLATFORM_COST = TABLE(platform_cost, "platform_cost", PART_FIELDS);

/* ---- storage ---- */

/* The rate in force on a day. */
static int find_rate(
	struct ctx *c, const char *provider, const char *kind, day_t day, struct rate *out)
{
	return db_one(c, &RATE, out,
		"SELECT {cols} FROM rate WHERE provider = ? AND kind = ? AND valid_from <= ? "
		"ORDER BY valid_from DESC LIMIT 1",
		provider, kind, day);
}

static int find_exchange_rate(
	struct ctx *c, const char *currency, day_t day, struct exchange_rate *out)
{
	return db_one(c, &EXCHANGE_RATE, out,
		"SELECT {cols} FROM exchange_rate WHERE currency = ? AND valid_from <= ? "
		"ORDER BY valid_from DESC LIMIT 1",
		currency, day);
}

/* The length that the stored parts were computed from; 0 when there are none. */
static int billed_seconds(struct ctx *c, const char *call_id, int64_t *out)
{
	int rc = db_int(
		c, out, "SELECT MAX(quantity) FROM platform_cost WHERE call_id = ?", call_id);

	return rc < 0 ? -1 : 0;
}

/* A part is written anew when the call turns out to have lasted longer. */
static int put_part(struct ctx *c, const struct platform_cost *p)
{
	int rc = db_exec(c,
		"UPDATE platform_cost SET quantity = ?, microusd = ?, rate_id = ? "
		"WHERE call_id = ? AND kind = ?",
		p->quantity, p->microusd, p->rate_id, p->call_id, p->kind);

	return rc != 0 ? rc : db_insert(c, &PLATFORM_COST, p);
}

/* ---- rules ---- */

/* The day in UTC on which it began, as well as is known. */
static day_t day_of_call(const struct call *k, int64_t seconds)
{
	ts_t at = k->started_at;

	if (at.ms == 0 && k->ended_at.ms != 0)
		at.ms = k->ended_at.ms - seconds * 1000;
	if (at.ms == 0)
		at = k->created_at;
	return (day_t){(int32_t)(at.ms / 86400000)};
}

static int add_part(
	struct ctx *c, struct call *k, const char *kind, struct platform_cost part, day_t day)
{
	struct rate rate;
	int rc = find_rate(c, k->provider, kind, day, &rate);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		log_line("billing", "call", k->id, "missing_rate", kind, NULL);
		return 0;
	}
	part.id = id_new(c);
	part.call_id = k->id;
	part.kind = kind;
	part.unit = rate.unit;
	part.microusd = money_mul_div(rate.microusd, part.quantity, rate.per_units);
	part.rate_id = rate.id;
	k->platform_microusd += part.microusd;
	k->cost_parts = mem_printf(c->mem, "%s%s%s:%lld:%s:%lld",
		k->cost_parts == NULL ? "" : k->cost_parts, k->cost_parts == NULL ? "" : "|", kind,
		(long long)part.quantity, UNIT[part.unit], (long long)part.microusd);
	return put_part(c, &part) < 0 ? -1 : 0;
}

static int convert(struct ctx *c, struct call *k, day_t day)
{
	struct exchange_rate x = {.valid_from = day, .usd_micro = MICRO, .source = "par"};

	k->exchange_rate_micro = 0;
	k->exchange_rate_on = (day_t){0};
	k->exchange_rate_source = NULL;
	if (strcmp(k->currency, "USD") != 0) {
		int rc = find_exchange_rate(c, k->currency, day, &x);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			log_line("billing", "call", k->id, "missing_exchange_rate", k->currency,
				NULL);
			return 0;
		}
	}
	k->exchange_rate_micro = x.usd_micro;
	k->exchange_rate_on = x.valid_from;
	k->exchange_rate_source = x.source;
	return 0;
}

int billing_cost_call(struct ctx *c, struct call *k)
{
	struct platform_cost part = {.quantity = call_seconds(k)};
	day_t day = day_of_call(k, part.quantity);
	struct company company;
	int64_t billed;

	if (part.quantity == 0 || k->status < CALL_COMPLETED)
		return 0;
	if (billed_seconds(c, k->id, &billed) < 0)
		return -1;
	if (billed == part.quantity && k->currency != NULL)
		return 0;
	if (company_current(c, &company) < 0)
		return -1;
	k->currency = company.currency;
	k->customer_cents = company.plan_minute_cents * ((part.quantity + 59) / 60);
	k->platform_microusd = 0;
	k->cost_parts = NULL;
	if (add_part(c, k, "voice", part, day) < 0 || add_part(c, k, "telephony", part, day) < 0 ||
		convert(c, k, day) < 0)
		return -1;
	return call_store_cost(c, k);
}

/* ---- the company's currency ---- */

int billing_company_change(struct ctx *c, const struct company *was, const struct company *now)
{
	int64_t priced = 0;

	if (company_check(c, now) < 0)
		return -1;
	if (!text_same(was->currency, now->currency) &&
		db_int(c, &priced,
			"SELECT EXISTS (SELECT 1 FROM service)"
			" OR EXISTS (SELECT 1 FROM appointment)"
			" OR EXISTS (SELECT 1 FROM `call` WHERE currency IS NOT NULL)") < 0)
		return -1;
	if (priced != 0)
		return err_set(c, E_STATE,
			"There are prices in %s already: the currency cannot change any more.",
			was->currency);
	return row_change(c, &COMPANY, was, now);
}
