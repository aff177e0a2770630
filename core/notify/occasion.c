#include "core/notify/occasion.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/outbound/limits.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/ics.h"
#include "core/sys/link.h"
#include "core/sys/phone_number.h"
#include "core/sys/tz.h"

#define OPTIONS_MAX 3
#define CALENDAR_MAX 16384

/* ---- looking it up ---- */

static int load_json(struct ctx *c, const char *text, const struct json **out)
{
	*out = NULL;
	if (text == NULL)
		return 0;
	return json_parse(c, (struct bytes){(const uint8_t *)text, strlen(text)}, out);
}

static int load_call(struct ctx *c, const char *id, struct occasion *o)
{
	if (call_get(c, id, &o->call) < 0)
		return -1;
	return load_json(c, o->call.booking_details, &o->details);
}

static int load_people(
	struct ctx *c, struct occasion *o, const char *customer_id, const char *branch_id)
{
	if (company_current(c, &o->company) < 0 || settings_look(c, &o->settings) < 0)
		return -1;
	if (customer_id != NULL && customer_get(c, customer_id, &o->customer) < 0)
		return -1;
	return branch_id != NULL ? branch_get(c, branch_id, &o->branch) : 0;
}

static int load_visit(struct ctx *c, const char *id, struct occasion *o)
{
	const struct appointment *a = &o->appointment;

	if (appointment_get(c, id, &o->appointment) < 0)
		return -1;
	o->service_name = a->service_name;
	o->staff_name = a->staff_name;
	o->start = a->local_start;
	if (a->call_id != NULL && load_call(c, a->call_id, o) < 0)
		return -1;
	return load_people(c, o, a->customer_id, a->branch_id);
}

static int load_offer(struct ctx *c, const char *id, struct occasion *o)
{
	struct waiting_entry *e = &o->offer;
	struct staff who = {0};

	if (waiting_get(c, id, e) < 0)
		return -1;
	if (e->offered_staff_id != NULL && staff_get(c, e->offered_staff_id, &who) < 0)
		return -1;
	o->service_name = e->service_name;
	o->staff_name = who.name;
	o->start = e->offered_local_start;
	return load_people(c, o, e->customer_id, e->offered_branch_id);
}

/* Of a company, or of the platform. */
static int load_event(struct ctx *c, const char *id, struct occasion *o)
{
	struct event e;

	if (event_get(c, id, &e) < 0 || load_json(c, e.payload, &o->payload) < 0)
		return -1;
	return c->company == 0 ? 0 : company_current(c, &o->company);
}

int occasion_load(struct ctx *c, enum about about, const char *subject_id, struct occasion *o)
{
	memset(o, 0, sizeof(*o));
	o->about = about;
	o->subject_id = subject_id;
	switch (about) {
	case ABOUT_VISIT:
		return load_visit(c, subject_id, o);
	case ABOUT_CALL:
		if (load_call(c, subject_id, o) < 0)
			return -1;
		o->service_name = json_text(o->details, "service");
		o->staff_name = json_text(o->details, "staff");
		return load_people(c, o, o->call.customer_id, o->call.branch_id);
	case ABOUT_OFFER:
		return load_offer(c, subject_id, o);
	case ABOUT_EVENT:
		return load_event(c, subject_id, o);
	case ABOUT_DAY:
		break;
	}
	BUG("a message about %d is looked up", about);
}

wall_t occasion_wished(const struct occasion *o)
{
	const char *s = json_text(o->details, "requested_local_start");
	wall_t w = {0};

	if (s != NULL && !wall_parse(s, &w))
		w.min = 0;
	return w;
}

/* ---- texts ---- */

static const char *date_text(struct ctx *c, const char *locale, enum channel channel, wall_t w)
{
	if (w.min == 0)
		return NULL;
	return locale_date(c, locale, w, channel == CHANNEL_SMS ? DATE_WEEKDAY : DATE_LONG);
}

static const char *time_text(struct ctx *c, const char *locale, wall_t w)
{
	return w.min == 0 ? NULL : locale_time(c, locale, w);
}

/* booking_details.alternatives: [{"local_start":"2026-12-01T14:30","staff_name":"Ben"}] */
static const char *options_text(
	struct ctx *c, const struct occasion *o, const char *locale, enum channel channel)
{
	struct buf b = buf_new(c->mem, 2000);
	int n = 0;

	for (const struct json *j = json_first(json_get(o->details, "alternatives"));
		j != NULL && n < OPTIONS_MAX; j = json_next(j)) {
		const char *start = json_text(j, "local_start");
		const char *staff = json_text(j, "staff_name");
		wall_t w;

		if (start == NULL || !wall_parse(start, &w))
			continue;
		if (n++ > 0)
			buf_text_add(&b, channel == CHANNEL_SMS ? "; " : "\n");
		buf_printf(&b, "%s, %s", date_text(c, locale, channel, w), time_text(c, locale, w));
		if (staff != NULL)
			buf_printf(&b, " (%.80s)", staff);
	}
	return n == 0 ? NULL : buf_text(&b);
}

static const char *place_text(struct ctx *c, const struct branch *b)
{
	if (b->name == NULL || b->address == NULL)
		return b->name;
	return mem_printf(c->mem, "%s, %s", b->name, b->address);
}

/* The branch's, else the number that was dialled. */
static const char *phone_text(struct ctx *c, const struct occasion *o)
{
	const char *number = o->branch.phone != NULL ? o->branch.phone : o->call.to_number;

	return number == NULL ? NULL : phone_international(c->mem, number);
}

static const char *price_text(struct ctx *c, const char *locale, const struct appointment *a)
{
	money_t price = {a->price_cents, {0}};

	if (a->id == NULL || a->price_cents == 0)
		return NULL;
	snprintf(price.currency, sizeof(price.currency), "%s", a->currency);
	return locale_money(c, locale, price);
}

/* ---- links ---- */

static bool is_open(const struct appointment *a)
{
	return a->id != NULL &&
		(a->status == APPOINTMENT_SCHEDULED || a->status == APPOINTMENT_CONFIRMED ||
			a->status == APPOINTMENT_NEEDS_ATTENTION);
}

static const char *signed_link(
	struct ctx *c, const char *page, enum link_purpose purpose, const struct link *l)
{
	return mem_printf(
		c->mem, "%s/%s/%s", c->conf->server_public_url, page, link_token(c, purpose, l));
}

/* What the reader can do now: see to the visit, take the offer, or book. */
static const char *link_text(struct ctx *c, const struct occasion *o)
{
	struct link visit = {o->company.id, o->appointment.id, 0};
	struct link offer = {o->company.id, o->offer.id, (uint32_t)o->offer.offers};

	if (o->about == ABOUT_EVENT)
		return mem_printf(c->mem, "%s/operations", c->conf->server_public_url);
	if (!o->settings.public_booking || c->conf->link_key == NULL)
		return NULL;
	if (is_open(&o->appointment))
		return signed_link(c, "manage", LINK_MANAGE, &visit);
	if (o->offer.id != NULL)
		return signed_link(c, "offer", LINK_OFFER, &offer);
	return mem_printf(c->mem, "%s/book/%s", c->conf->server_public_url, o->company.slug);
}

/* ---- all of them ---- */

static const char *until_text(struct ctx *c, const struct occasion *o, const char *locale)
{
	const struct tz *z = o->offer.id == NULL ? NULL : tz_find(o->offer.time_zone);

	return z == NULL ? NULL : locale_time(c, locale, tz_wall(z, o->offer.offer_expires_at));
}

static void event_values(struct ctx *c, const struct occasion *o, struct values *v)
{
	const char *dialled = json_text(o->payload, "to_number");
	const char *caller = json_text(o->payload, "from_number");

	v->text[VAR_DIALLED] = dialled == NULL ? NULL : phone_international(c->mem, dialled);
	v->text[VAR_CALLER] = caller == NULL ? NULL : phone_international(c->mem, caller);
	v->text[VAR_PROVIDER] = provider_title(json_text(o->payload, "provider"));
	v->text[VAR_REASON] = json_text(o->payload, "reason");
	v->text[VAR_ENDPOINT] = json_text(o->payload, "url");
}

void occasion_values(struct ctx *c, const struct occasion *o, const char *locale,
	enum channel channel, struct values *v)
{
	wall_t wished = occasion_wished(o);

	memset(v, 0, sizeof(*v));
	v->text[VAR_COMPANY] = o->company.name;
	v->text[VAR_CUSTOMER] = o->customer.name;
	v->text[VAR_SERVICE] = o->service_name;
	v->text[VAR_STAFF] = o->staff_name;
	v->text[VAR_DATE] = date_text(c, locale, channel, o->start);
	v->text[VAR_TIME] = time_text(c, locale, o->start);
	v->text[VAR_WISHED_DATE] = date_text(c, locale, channel, wished);
	v->text[VAR_WISHED_TIME] = time_text(c, locale, wished);
	v->text[VAR_PLACE] = place_text(c, &o->branch);
	v->text[VAR_PHONE] = phone_text(c, o);
	v->text[VAR_OPTIONS] = options_text(c, o, locale, channel);
	v->text[VAR_PRICE] = price_text(c, locale, &o->appointment);
	v->text[VAR_LINK] = link_text(c, o);
	v->text[VAR_UNTIL] = until_text(c, o, locale);
	v->text[VAR_PLAN] = o->plan;
	value_number(v, VAR_COUNT, o->plan_visits);
	value_number(v, VAR_HOURS, o->hours);
	event_values(c, o, v);
}

const char *occasion_zone(const struct occasion *o)
{
	return o->branch.id != NULL ? o->branch.time_zone : o->company.time_zone;
}

const char *occasion_calendar(struct ctx *c, const struct occasion *o)
{
	const struct appointment *a = &o->appointment;
	struct buf out = buf_new(c->mem, CALENDAR_MAX);
	struct ics_event e = {
		.uid = a->id,
		.sequence = a->version - 1,
		.stamp = c->now,
		.starts_at = a->starts_at,
		.ends_at = a->ends_at,
		.status = a->status == APPOINTMENT_CANCELLED ? ICS_CANCELLED : ICS_CONFIRMED,
		.summary = mem_printf(c->mem, "%s, %s", a->service_name, o->company.name),
		.location = place_text(c, &o->branch),
		.organizer_name = o->company.name,
		.organizer_email = o->branch.email != NULL ? o->branch.email
							   : mail_address(c, c->conf->smtp_from),
	};

	ics_begin(&out, &(struct ics_calendar){.publish = true});
	ics_add(&out, &e);
	ics_end(&out);
	if (buf_full(&out))
		BUG("an event of more than %d bytes", CALENDAR_MAX);
	return buf_text(&out);
}
