#include "core/notify/reader.h"
#include "core/base/text.h"
#include "core/customer/consent.h"
#include "core/notify/manners.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/tenant/integration.h"
#include "core/user/people.h"

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

/* That one first and, if it can be had, no other at once. */
static void prefer(struct reader *p, enum channel channel)
{
	if (p->address[channel] == NULL)
		return;
	for (int i = 1; i < CHANNEL_COUNT; i++) {
		if (p->order[i] != channel)
			continue;
		p->order[i] = p->order[0];
		p->order[0] = channel;
	}
	p->at_once = 1;
}

/* NULL when that address has opted out of it, or the customer does not want it. */
static int allow(struct ctx *c, enum channel channel, const char *address, struct reader *p)
{
	enum consent_channel asks = channel == CHANNEL_SMS ? CONSENT_SMS : CONSENT_EMAIL;
	int rc = address == NULL ? 1 : opted_out(c, channel, address);

	if (rc == 0)
		rc = consent_is_withdrawn(c, p->customer_id, asks);
	if (rc == 0)
		p->address[channel] = address;
	return rc < 0 ? -1 : 0;
}

static int customer_reader(
	struct ctx *c, const struct rule *r, const struct occasion *o, struct reader *p)
{
	if (o->customer.id == NULL)
		return 0;
	*p = (struct reader){.tag = language_of(o), .customer_id = o->customer.id};
	order_of(r, p);
	if (allow(c, CHANNEL_SMS, o->customer.phone, p) < 0 ||
		allow(c, CHANNEL_EMAIL, o->customer.email, p) < 0)
		return -1;
	if (o->customer.preferred_channel == PREFERS_SMS)
		prefer(p, CHANNEL_SMS);
	if (o->customer.preferred_channel == PREFERS_EMAIL)
		prefer(p, CHANNEL_EMAIL);
	return 1;
}

/* ---- the people of a company ---- */

static int people_here(struct ctx *c, struct rows *out)
{
	return db_rows(c, &COLLEAGUE, out,
		"SELECT {cols} FROM membership WHERE is_active ORDER BY id LIMIT 200");
}

static struct reader person_reader(const struct rule *r, const struct colleague *who)
{
	struct reader p = {.key = who->id, .tag = who->locale, .user_id = who->id};

	p.address[CHANNEL_IN_APP] = who->id;
	p.address[CHANNEL_EMAIL] = who->email;
	order_of(r, &p);
	return p;
}

/* Of an account at a provider there is one, whoever owns the company. */
static int account_address(
	struct ctx *c, enum provider provider, enum channel channel, struct reader *p)
{
	struct integration i;
	int rc = integration_find(c, provider, &i);

	if (rc > 0)
		p->address[channel] = i.account != NULL ? i.account : PROVIDERS[provider];
	return rc < 0 ? -1 : 0;
}

static int owner_readers(
	struct ctx *c, const struct rule *r, const struct occasion *o, struct reader *p)
{
	struct rows people;
	int n = 0;

	p[n] = (struct reader){.key = "company", .tag = o->company.locale};
	order_of(r, &p[n]);
	if (account_address(c, PROVIDER_SLACK, CHANNEL_SLACK, &p[n]) < 0 ||
		account_address(c, PROVIDER_TELEGRAM, CHANNEL_TELEGRAM, &p[n]) < 0 ||
		account_address(c, PROVIDER_PAGERDUTY, CHANNEL_PAGERDUTY, &p[n]) < 0 ||
		people_here(c, &people) < 0)
		return -1;
	n++;
	for (size_t i = 0; i < people.n && n < READERS_MAX; i++) {
		const struct colleague *who = (const struct colleague *)people.p + i;

		if (who->role == ROLE_OWNER)
			p[n++] = person_reader(r, who);
	}
	return n;
}

/* ---- staff members ---- */

static int staff_of(struct ctx *c, const struct occasion *o, struct rows *out)
{
	if (o->staff_id != NULL)
		return db_rows(c, &STAFF, out,
			"SELECT {cols} FROM staff WHERE id = ? AND deleted_at IS NULL",
			o->staff_id);
	return db_rows(c, &STAFF, out,
		"SELECT DISTINCT {cols:s} FROM staff s JOIN appointment_segment g"
		" ON g.staff_id = s.id WHERE g.appointment_id = ? AND s.deleted_at IS NULL"
		" ORDER BY s.id",
		o->appointment.id);
}

/* An account is a staff member's when it has his address. */
static void staff_account(const struct rows *people, struct reader *p)
{
	for (size_t i = 0; i < people->n; i++) {
		const struct colleague *who = (const struct colleague *)people->p + i;

		if (strcasecmp(who->email, p->address[CHANNEL_EMAIL]) != 0)
			continue;
		p->user_id = who->id;
		p->tag = who->locale;
		p->address[CHANNEL_IN_APP] = who->id;
	}
}

static int staff_readers(
	struct ctx *c, const struct rule *r, const struct occasion *o, struct reader *p)
{
	struct rows staff, people = {NULL, 0};
	int n = 0;

	if (staff_of(c, o, &staff) < 0)
		return -1;
	for (size_t i = 0; i < staff.n && n < READERS_MAX; i++) {
		const struct staff *who = (const struct staff *)staff.p + i;

		if (who->email == NULL)
			continue;
		if (people.p == NULL && people_here(c, &people) < 0)
			return -1;
		p[n] = (struct reader){.key = who->id, .tag = o->company.locale};
		p[n].address[CHANNEL_EMAIL] = who->email;
		order_of(r, &p[n]);
		staff_account(&people, &p[n++]);
	}
	return n;
}

/* ---- the platform ---- */

static int platform_reader(struct ctx *c, const struct rule *r, struct reader *p)
{
	const struct conf *conf = c->conf;

	*p = (struct reader){.tag = "en"};
	p->address[CHANNEL_EMAIL] = text_empty(conf->alerts_email) ? NULL : conf->alerts_email;
	p->address[CHANNEL_SLACK] = conf->alerts_slack ? "slack" : NULL;
	p->address[CHANNEL_TELEGRAM] =
		text_empty(conf->alerts_telegram_chat) ? NULL : conf->alerts_telegram_chat;
	p->address[CHANNEL_PAGERDUTY] = conf->alerts_pagerduty ? "pagerduty" : NULL;
	order_of(r, p);
	return 1;
}

/* ---- what fails does not carry the news of it, where there is another way ---- */

static bool carries(const char *provider, enum channel channel)
{
	if (channel == CHANNEL_EMAIL)
		return strcmp(provider, "smtp") == 0;
	return strcmp(provider, CHANNELS[channel]) == 0;
}

static bool is_reached(const struct reader *p, int n, const char *but)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < CHANNEL_COUNT; k++) {
			if (p[i].address[k] != NULL && !carries(but, (enum channel)k))
				return true;
		}
	}
	return false;
}

static void avoid(const struct occasion *o, struct reader *p, int n)
{
	const char *failing = json_text(o->payload, "provider");

	if (failing == NULL || !is_reached(p, n, failing))
		return;
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < CHANNEL_COUNT; k++) {
			if (carries(failing, (enum channel)k))
				p[i].address[k] = NULL;
		}
	}
}

/* ---- all ---- */

int readers_of(struct ctx *c, const struct rule *r, const struct occasion *o, struct rows *out)
{
	struct reader *p = mem_alloc(c->mem, READERS_MAX * sizeof(*p));
	int n = 0;

	switch (r->audience) {
	case AUDIENCE_CUSTOMER:
		n = customer_reader(c, r, o, p);
		break;
	case AUDIENCE_STAFF:
		n = staff_readers(c, r, o, p);
		break;
	case AUDIENCE_OWNER:
		n = owner_readers(c, r, o, p);
		break;
	case AUDIENCE_PLATFORM:
		n = platform_reader(c, r, p);
		break;
	}
	if (r->event == EV_INTEGRATION_FAILED)
		avoid(o, p, n);
	*out = (struct rows){p, n < 0 ? 0 : (size_t)n};
	return n < 0 ? -1 : 0;
}
