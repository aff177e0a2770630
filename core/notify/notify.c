#include "core/notify/notify.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/call/call.h"
#include "core/customer/consent.h"
#include "core/notify/templates.h"
#include "core/queue/queue.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/ics.h"
#include "core/sys/json.h"
#include "core/sys/phone_number.h"
#include "core/tenant/company.h"

#define OPTIONS_MAX 3
#define ERROR_LENGTH 500
#define CALENDAR_MAX 16384
#define UNDECIDED_MS 300000 /* longer than a call takes to be decided */

static const char *const CHANNELS[] = {"sms", "email", NULL};
static const char *const STATUS[] = {
	[NOTE_QUEUED] = "queued",
	[NOTE_SENT] = "sent",
	[NOTE_DELIVERED] = "delivered",
	[NOTE_FAILED] = "failed",
	[NOTE_UNDELIVERED] = "undelivered",
	[NOTE_BOUNCED] = "bounced",
	[NOTE_OPTED_OUT] = "opted_out",
	NULL,
};

static const struct field FIELDS[] = {
	ID(notification, id, RO),
	TEXT(notification, dedupe_key, RO | HIDDEN, 120),
	ENUM(notification, channel, RO | FILTER, enum channel, CHANNELS),
	TEXT(notification, template, RO, 60),
	TEXT(notification, language, RO | HIDDEN, 16),
	TEXT(notification, recipient, RO | PERSONAL, 254),
	TEXT(notification, subject, RO | PERSONAL, 300),
	TEXT(notification, body, RO | PERSONAL, 20000),
	TEXT(notification, body_html, RO | HIDDEN | PERSONAL, 300000),
	TEXT(notification, calendar, RO | HIDDEN | PERSONAL, 20000),
	ENUM(notification, status, RO | FILTER, enum notification_status, STATUS),
	TEXT(notification, provider, RO, 20),
	TEXT(notification, provider_message_id, RO, 128),
	TEXT(notification, error, RO | PERSONAL, 500),
	ID(notification, appointment_id, RO | FILTER),
	ID(notification, call_id, RO | FILTER),
	ID(notification, customer_id, RO | FILTER),
	TIME(notification, created_at, RO | SORT),
	TIME(notification, tried_at, RO | HIDDEN),
	TIME(notification, sent_at, RO),
};
const struct table NOTIFICATION = TABLE(notification, "notification", FIELDS);

/* ---- storage ---- */

int notification_get(struct ctx *c, const char *id, struct notification *out)
{
	return db_must(c,
		db_one(c, &NOTIFICATION, out, "SELECT {cols} FROM notification WHERE id = ?", id),
		"notification", id);
}

int notification_list(struct ctx *c, const struct notification_filter *f, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT {cols} FROM notification");
	if (f->call_id != NULL)
		query_where(&q, "call_id = ?", f->call_id);
	if (f->appointment_id != NULL)
		query_where(&q, "appointment_id = ?", f->appointment_id);
	if (f->before_id != NULL)
		query_where(&q, "created_at <= ? AND (created_at < ? OR id < ?)", f->before,
			f->before, f->before_id);
	query_add(&q, " ORDER BY created_at DESC, id DESC LIMIT ?", f->limit);
	return query_rows(&q, &NOTIFICATION, out);
}

int notification_trying(struct ctx *c, const char *id)
{
	int rc = db_exec(c,
		"UPDATE notification SET tried_at = NOW(3) WHERE id = ? AND status = 'queued'", id);

	return db_must(c, rc, "notification", id);
}

/* What a provider said may be cut inside of a character, or be no text. */
static const char *error_text(struct ctx *c, const char *error)
{
	return error == NULL ? NULL : utf8_cut(c->mem, utf8_mend(c->mem, error), ERROR_LENGTH);
}

int notification_again(struct ctx *c, const char *id, const char *error, bool unknown)
{
	return db_exec(c,
		       "UPDATE notification SET error = ?, tried_at = IF(?, tried_at, NULL)"
		       " WHERE id = ? AND status = 'queued'",
		       error_text(c, error), unknown, id) < 0
		? -1
		: 0;
}

int notification_ended(struct ctx *c, const char *id, const struct notification *fate)
{
	return db_exec(c,
		       "UPDATE notification SET status = ?, provider = ?, provider_message_id = ?,"
		       " error = ?, sent_at = IF(?, NOW(3), NULL), tried_at = NULL"
		       " WHERE id = ? AND status = 'queued'",
		       STATUS[fate->status], fate->provider, fate->provider_message_id,
		       error_text(c, fate->error), fate->status == NOTE_SENT, id) < 0
		? -1
		: 0;
}

int notification_has_other(
	struct ctx *c, const char *id, const char *provider, const char *message_id)
{
	int64_t there;

	return db_int(c, &there,
		"SELECT 1 FROM notification WHERE provider = ? AND provider_message_id = ?"
		" AND id <> ? LIMIT 1",
		provider, message_id, id);
}

/* ---- what a message is about ---- */

struct occasion {
	struct company company;
	struct branch branch;
	struct customer customer;
	struct appointment appointment; /* id NULL: none */
	struct call call;               /* id NULL: none */
	const struct json *details;     /* booking_details of the call, or NULL */
	const char *tag;                /* the reader's language */
};

static int occasion_call(struct ctx *c, struct occasion *o, const char *call_id)
{
	const char *details;

	if (call_get(c, call_id, &o->call) < 0)
		return -1;
	details = o->call.booking_details;
	if (details == NULL)
		return 0;
	return json_parse(
		c, (struct bytes){(const uint8_t *)details, strlen(details)}, &o->details);
}

static int occasion_people(
	struct ctx *c, struct occasion *o, const char *customer_id, const char *branch_id)
{
	if (company_current(c, &o->company) < 0)
		return -1;
	if (customer_get(c, customer_id, &o->customer) < 0)
		return -1;
	if (branch_id != NULL && branch_get(c, branch_id, &o->branch) < 0)
		return -1;
	o->tag = o->customer.language != NULL ? o->customer.language
		: o->call.language != NULL    ? o->call.language
					      : o->company.locale;
	return 0;
}

static int occasion_appointment(struct ctx *c, struct occasion *o, const char *id)
{
	const struct appointment *a = &o->appointment;

	memset(o, 0, sizeof(*o));
	if (appointment_get(c, id, &o->appointment) < 0)
		return -1;
	if (a->call_id != NULL && occasion_call(c, o, a->call_id) < 0)
		return -1;
	return occasion_people(c, o, a->customer_id, a->branch_id);
}

static wall_t wished(const struct occasion *o)
{
	const char *s = json_text(o->details, "requested_local_start");
	wall_t w = {0};

	if (s != NULL && !wall_parse(s, &w))
		w.min = 0;
	return w;
}

/* ---- texts ---- */

/* The language that the texts will be in, with the reader's country when it
 * names one: "de-AT" writes dates as in Austria. */
static const char *date_locale(const struct occasion *o, const struct template *t)
{
	bool same = strncasecmp(o->tag, t->language, strlen(t->language)) == 0;

	return same && locale_valid(o->tag) ? o->tag : t->language;
}

static const char *date_text(struct ctx *c, const struct template *t, const struct occasion *o,
	enum channel channel, wall_t w)
{
	if (w.min == 0)
		return NULL;
	return locale_date(
		c, date_locale(o, t), w, channel == CHANNEL_SMS ? DATE_WEEKDAY : DATE_LONG);
}

static const char *time_text(
	struct ctx *c, const struct template *t, const struct occasion *o, wall_t w)
{
	return w.min == 0 ? NULL : locale_time(c, date_locale(o, t), w);
}

/* booking_details.alternatives: [{"local_start":"2026-12-01T14:30","staff_name":"Ben"}] */
static const char *options_text(
	struct ctx *c, const struct template *t, const struct occasion *o, enum channel channel)
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
		buf_printf(&b, "%s, %s", date_text(c, t, o, channel, w), time_text(c, t, o, w));
		if (staff != NULL)
			buf_printf(&b, " (%s)", staff);
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

static int render(
	struct ctx *c, const struct template *t, const struct occasion *o, struct notification *n)
{
	const struct appointment *a = &o->appointment;
	bool booked = a->id != NULL;
	const char *values[] = {
		o->company.name,
		o->customer.name,
		booked ? a->service_name : json_text(o->details, "service"),
		booked ? a->staff_name : json_text(o->details, "staff"),
		date_text(c, t, o, n->channel, a->local_start),
		time_text(c, t, o, a->local_start),
		date_text(c, t, o, n->channel, wished(o)),
		time_text(c, t, o, wished(o)),
		place_text(c, &o->branch),
		phone_text(c, o),
		options_text(c, t, o, n->channel),
	};
	struct message_arg args[COUNT_OF(values)];

	for (size_t i = 0; i < COUNT_OF(values); i++)
		args[i] = (struct message_arg){
			TEMPLATE_ARGS[i], values[i] != NULL ? values[i] : "none", 0};
	return template_render(c, t, args, COUNT_OF(values), n);
}

/* The UID is the appointment's for ever: the next mail changes the event. */
static const char *calendar_of(struct ctx *c, const struct occasion *o)
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

/* ---- rules ---- */

/* Who does not want to be reached this way is not: the message is kept, so that
 * people see it was not sent. */
static int heed_consent(struct ctx *c, struct notification *n)
{
	static const enum consent_channel ASKS[] = {
		[CHANNEL_SMS] = CONSENT_SMS, [CHANNEL_EMAIL] = CONSENT_EMAIL};
	int rc = consent_is_withdrawn(c, n->customer_id, ASKS[n->channel]);

	if (rc <= 0)
		return rc;
	n->status = NOTE_OPTED_OUT;
	n->error = "The customer has withdrawn the consent to be reached this way.";
	return 0;
}

static int add(struct ctx *c, const struct occasion *o, const char *template, enum channel channel,
	const char *cause)
{
	const struct template *t = template_find(template, o->tag);
	struct notification n = {
		.id = id_new(c),
		.channel = channel,
		.dedupe_key = mem_printf(c->mem, "%s:%s:%s", cause, template, CHANNELS[channel]),
		.recipient = channel == CHANNEL_SMS ? o->customer.phone : o->customer.email,
		.appointment_id = o->appointment.id,
		.call_id = o->call.id,
		.customer_id = o->customer.id,
	};

	if (n.recipient == NULL)
		return 0;
	if (render(c, t, o, &n) < 0 || heed_consent(c, &n) < 0)
		return -1;
	if (channel == CHANNEL_EMAIL && o->appointment.id != NULL)
		n.calendar = calendar_of(c, o);
	int rc = db_insert_new(c, &NOTIFICATION, &n);
	if (rc <= 0 || n.status != NOTE_QUEUED)
		return rc < 0 ? -1 : 0;
	return queue_add(c, JOB_NOTIFICATION_SEND, n.id, (ts_t){0}, NULL);
}

static int add_both(
	struct ctx *c, const struct occasion *o, const char *template, const char *cause)
{
	if (add(c, o, template, CHANNEL_SMS, cause) < 0)
		return -1;
	return add(c, o, template, CHANNEL_EMAIL, cause);
}

static const char *cause_of(struct ctx *c, const struct appointment *a)
{
	return mem_printf(c->mem, "%s:%" PRId64, a->id, a->version);
}

/* The appointment is taken before its call is decided; in between nobody
 * knows yet whether it is what the caller wished. */
static int booked(struct ctx *c, const char *appointment_id)
{
	struct occasion o;
	const char *template = TEMPLATE_BOOKED;

	if (occasion_appointment(c, &o, appointment_id) < 0)
		return -1;
	if (o.appointment.status == APPOINTMENT_CANCELLED)
		return 0;
	if (o.call.id != NULL && o.call.booking_outcome == OUTCOME_OPEN &&
		c->now.ms - o.appointment.created_at.ms < UNDECIDED_MS) {
		c->err.retry_after = 1;
		return err_set(c, E_UNAVAILABLE, "The call is still being decided.");
	}
	if (o.call.booking_outcome == OUTCOME_ALTERNATIVE_BOOKED && wished(&o).min != 0)
		template = TEMPLATE_ALTERNATIVE;
	return add_both(c, &o, template, cause_of(c, &o.appointment));
}

static int moved(struct ctx *c, const char *appointment_id)
{
	struct occasion o;

	if (occasion_appointment(c, &o, appointment_id) < 0)
		return -1;
	if (o.appointment.status == APPOINTMENT_CANCELLED)
		return 0;
	return add_both(c, &o, TEMPLATE_CHANGED, cause_of(c, &o.appointment));
}

static int cancelled(struct ctx *c, const char *appointment_id)
{
	struct occasion o;

	if (occasion_appointment(c, &o, appointment_id) < 0)
		return -1;
	return add_both(c, &o, TEMPLATE_CANCELLED, cause_of(c, &o.appointment));
}

static int analyzed(struct ctx *c, const char *call_id)
{
	struct occasion o = {0};

	if (occasion_call(c, &o, call_id) < 0)
		return -1;
	if (o.call.booking_outcome != OUTCOME_OFFERED || o.call.customer_id == NULL)
		return 0;
	if (json_count(json_get(o.details, "alternatives")) == 0)
		return 0;
	if (occasion_people(c, &o, o.call.customer_id, o.call.branch_id) < 0)
		return -1;
	return add_both(c, &o, TEMPLATE_OFFERED, call_id);
}

int notify_on_event(struct ctx *c, const struct event *e)
{
	if (!db_in_tx(c))
		BUG("messages are made outside the transaction of the dispatch");
	if (e->kind == EV_APPOINTMENT_BOOKED)
		return booked(c, e->subject_id);
	if (e->kind == EV_APPOINTMENT_RESCHEDULED)
		return moved(c, e->subject_id);
	if (e->kind == EV_APPOINTMENT_CANCELLED)
		return cancelled(c, e->subject_id);
	return e->kind == EV_CALL_ANALYZED ? analyzed(c, e->subject_id) : 0;
}
