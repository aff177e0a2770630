#include "core/notify/reader.h"
#include "core/base/text.h"

static void order_of(const struct rule *r, struct reader *p)
{
	memcpy(p->order, r->channels, sizeof(p->order));
	p->at_once = r->at_once;
}

/* ---- customers ---- */

static const char *language_of(const struct occasion *o)
{
	if (o->customer.language != NULL)
		return o->customer.language;
	return o->call.language != NULL ? o->call.language : o->company.locale;
}

static int customer_reader(
	struct ctx *c, const struct rule *r, const struct occasion *o, struct reader *p)
{
	(void)c;
	*p = (struct reader){.tag = language_of(o), .customer_id = o->customer.id};
	p->address[CHANNEL_SMS] = o->customer.phone;
	p->address[CHANNEL_EMAIL] = o->customer.email;
	order_of(r, p);
	return o->customer.id != NULL;
}

/* ---- all ---- */

int readers_of(struct ctx *c, const struct rule *r, const struct occasion *o, struct rows *out)
{
	struct reader *p = mem_alloc(c->mem, READERS_MAX * sizeof(*p));
	int n = customer_reader(c, r, o, p);

	*out = (struct rows){p, n < 0 ? 0 : (size_t)n};
	return n < 0 ? -1 : 0;
}
