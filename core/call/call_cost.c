#include "core/call/call_row.h"
#include "core/base/money.h"
#include "core/base/text.h"

static const struct field PART_FIELDS[] = {
	TEXT(cost_part, kind, RO, 20),
	INT(cost_part, quantity, RO, 0, CALL_AMOUNT_MAX),
	TEXT(cost_part, unit, RO, 10),
	INT(cost_part, microusd, RO, 0, CALL_AMOUNT_MAX),
};
const struct table COST_PART = TABLE(cost_part, "cost_part", PART_FIELDS);

static const struct field COST_FIELDS[] = {
	CENTS(call_cost, customer_cents, RO),
	TEXT(call_cost, currency, RO, 3),
	INT(call_cost, platform_microusd, RO, 0, CALL_AMOUNT_MAX),
	LIST(call_cost, parts, RO, COST_PART),
	TEXT(call_cost, exchange_rate, RO, 80),
};
const struct table CALL_COST = TABLE(call_cost, "call_cost", COST_FIELDS);

static bool part_parse(struct ctx *c, const char *s, size_t n, struct cost_part *p)
{
	char *text = mem_text_n(c->mem, s, n);
	char *quantity = strchr(text, ':');
	char *unit = quantity == NULL ? NULL : strchr(quantity + 1, ':');
	char *microusd = unit == NULL ? NULL : strchr(unit + 1, ':');

	if (microusd == NULL)
		return false;
	*quantity = *unit = *microusd = '\0';
	p->kind = text;
	p->unit = unit + 1;
	return text_int(quantity + 1, 0, CALL_AMOUNT_MAX, &p->quantity) &&
		text_int(microusd + 1, 0, CALL_AMOUNT_MAX, &p->microusd);
}

static struct rows parts_parse(struct ctx *c, const char *s)
{
	struct cost_part *parts;
	struct rows out = {NULL, 0};
	size_t n = 1;

	if (text_empty(s))
		return out;
	for (const char *p = s; *p != '\0'; p++)
		n += *p == '|';
	out.p = parts = mem_alloc(c->mem, n * sizeof(*parts));
	for (; *s != '\0'; s += strspn(s, "|")) {
		size_t len = strcspn(s, "|");

		if (!part_parse(c, s, len, &parts[out.n++]))
			BUG("cost parts cannot be read: %s", s);
		s += len;
	}
	return out;
}

static const char *rate_text(struct ctx *c, const struct call *k)
{
	const char *on = day_text(c->mem, k->exchange_rate_on);

	if (k->exchange_rate_micro == 0)
		return NULL;
	return mem_printf(c->mem, "%lld.%06lld USD per %s of %s (%s)",
		(long long)(k->exchange_rate_micro / MICRO),
		(long long)(k->exchange_rate_micro % MICRO), k->currency, on,
		k->exchange_rate_source);
}

struct call_cost *call_cost_of(struct ctx *c, const struct call *k)
{
	struct call_cost *cost = mem_alloc(c->mem, sizeof(*cost));

	cost->customer_cents = k->customer_cents;
	cost->currency = k->currency;
	cost->platform_microusd = k->platform_microusd;
	cost->parts = parts_parse(c, k->cost_parts);
	cost->exchange_rate = rate_text(c, k);
	return cost;
}
