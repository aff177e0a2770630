#include "core/delivery/events.h"
#include "core/base/buf.h"
#include "core/booking/booking.h"
#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/customer/customer.h"
#include "core/sys/json.h"

#define EXAMPLE_MAX 8000
#define AN_ID "01900000-0000-7000-8000-00000000000"
#define BOOKED_MS INT64_C(1796119200000) /* 2026-12-01T10:00:00Z */
#define HALF_AN_HOUR_MS INT64_C(1800000)

/* ---- examples: rows as the tables of their kinds show them ---- */

static const struct appointment VISIT = {
	.id = AN_ID "1",
	.status = APPOINTMENT_CONFIRMED,
	.service_id = AN_ID "2",
	.service_name = "Haircut",
	.staff_id = AN_ID "3",
	.staff_name = "Anna",
	.branch_id = AN_ID "4",
	.customer_id = AN_ID "5",
	.customer_name = "Jo Field",
	.customer_phone = "+4915112345678",
	.starts_at = {BOOKED_MS},
	.ends_at = {BOOKED_MS + HALF_AN_HOUR_MS},
	.local_start = {BOOKED_MS / 60000 + 60},
	.time_zone = "Europe/Berlin",
	.price_cents = 3500,
	.currency = "EUR",
	.source = SOURCE_PHONE,
	.call_id = AN_ID "6",
	.version = 1,
	.created_at = {BOOKED_MS - 7 * INT64_C(86400000)},
};

static const struct customer PERSON = {
	.id = AN_ID "5",
	.name = "Jo Field",
	.phone = "+4915112345678",
	.email = "jo@example.com",
	.language = "de",
	.journey = PROSPECT,
	.created_at = {BOOKED_MS - 7 * INT64_C(86400000)},
};

static const struct call CALL_OF_PERSON = {
	.id = AN_ID "6",
	.provider = "retell",
	.provider_call_id = "call_example",
	.direction = CALL_INBOUND,
	.from_number = "+4915112345678",
	.to_number = "+493023125001",
	.branch_id = AN_ID "4",
	.branch_name = "Mitte",
	.phone_number_id = AN_ID "7",
	.customer_id = AN_ID "5",
	.customer_name = "Jo Field",
	.started_at = {BOOKED_MS - 7 * INT64_C(86400000) - 120000},
	.created_at = {BOOKED_MS - 7 * INT64_C(86400000) - 120000},
};

static const struct unassigned_call NOBODYS = {
	.id = AN_ID "8",
	.provider = "retell",
	.provider_call_id = "call_example",
	.from_number = "+4915112345678",
	.to_number = "+493023125099",
	.reason = "The number +493023125099 is none of this company's.",
	.received_at = {BOOKED_MS},
};

static void visit(struct buf *b, enum event_kind kind)
{
	struct appointment a = VISIT;

	if (kind == EV_APPOINTMENT_CANCELLED) {
		a.status = APPOINTMENT_CANCELLED;
		a.cancelled_at.ms = BOOKED_MS - 86400000;
		a.cancel_reason = "ill";
	}
	if (kind == EV_APPOINTMENT_COMPLETED)
		a.status = APPOINTMENT_COMPLETED;
	if (kind == EV_APPOINTMENT_NO_SHOW)
		a.status = APPOINTMENT_NO_SHOW;
	if (kind != EV_APPOINTMENT_BOOKED)
		a.version = 2;
	json_row(b, &APPOINTMENT, &a);
	if (kind != EV_APPOINTMENT_RESCHEDULED)
		return;
	b->n--; /* the brace that closes it */
	buf_text_add(b,
		",\"old_starts_at\":\"2026-11-30T10:00:00Z\",\"old_ends_at\":"
		"\"2026-11-30T10:30:00Z\",\"old_local_start\":\"2026-11-30T11:00\","
		"\"old_staff_id\":\"" AN_ID "3\",\"old_branch_id\":\"" AN_ID "4\"}");
}

static void phone_call(struct buf *b, enum event_kind kind)
{
	struct call k = CALL_OF_PERSON;

	k.status = CALL_ONGOING;
	if (kind != EV_CALL_STARTED) {
		k.status = CALL_COMPLETED;
		k.ended_at.ms = k.started_at.ms + 118000;
		k.duration_seconds = 118;
		k.disconnection_reason = "user_hangup";
	}
	if (kind == EV_CALL_ANALYZED) {
		k.status = CALL_ANALYZED;
		k.summary = "Jo wants a haircut with Anna on Tuesday at eleven.";
		k.sentiment = "positive";
		k.language = "de";
		k.appointment_made = true;
		k.appointment_id = AN_ID "1";
		k.booking_outcome = OUTCOME_BOOKED;
	}
	json_row(b, &CALL, &k);
}

static void customer(struct buf *b, enum event_kind kind)
{
	(void)kind;
	json_row(b, &CUSTOMER, &PERSON);
}

static void unassigned(struct buf *b, enum event_kind kind)
{
	(void)kind;
	json_row(b, &UNASSIGNED_CALL, &NOBODYS);
}

static void integration(struct buf *b, enum event_kind kind)
{
	(void)kind;
	buf_text_add(b,
		"{\"id\":\"" AN_ID "9\",\"provider\":\"twilio\","
		"\"reason\":\"Twilio did not answer.\"}");
}

/* ---- THE table of what is offered ---- */

static void (*const EXAMPLES[EVENT_KIND_COUNT])(struct buf *b, enum event_kind kind) = {
	[EV_CALL_STARTED] = phone_call,
	[EV_CALL_ENDED] = phone_call,
	[EV_CALL_ANALYZED] = phone_call,
	[EV_APPOINTMENT_BOOKED] = visit,
	[EV_APPOINTMENT_RESCHEDULED] = visit,
	[EV_APPOINTMENT_CANCELLED] = visit,
	[EV_APPOINTMENT_COMPLETED] = visit,
	[EV_APPOINTMENT_NO_SHOW] = visit,
	[EV_CUSTOMER_CREATED] = customer,
	[EV_CUSTOMER_UPDATED] = customer,
	[EV_NUMBER_UNASSIGNED_CALL] = unassigned,
	[EV_INTEGRATION_FAILED] = integration,
	[EV_INTEGRATION_RECOVERED] = integration,
};

bool event_is_public(enum event_kind kind)
{
	return EXAMPLES[kind] != NULL;
}

struct texts public_events(struct ctx *c)
{
	struct texts t = {mem_alloc(c->mem, EVENT_KIND_COUNT * sizeof(char *)), 0};

	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		if (event_is_public((enum event_kind)i))
			t.p[t.n++] = EVENT_NAMES[i];
	}
	return t;
}

const char *event_example(struct ctx *c, enum event_kind kind)
{
	struct buf b = buf_new(c->mem, EXAMPLE_MAX);

	EXAMPLES[kind](&b, kind);
	return buf_text(&b);
}

/* ---- what is posted ---- */

static const char *body_with(
	struct ctx *c, const struct told *t, const char *data, enum endpoint_format format)
{
	struct buf b = buf_new(c->mem, DELIVERY_BODY_MAX);

	if (format == FORMAT_FLAT)
		buf_text_add(&b, data);
	else
		buf_printf(&b, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":%s}", t->event,
			ts_text(c->mem, t->at), data);
	return buf_full(&b) ? NULL : buf_text(&b);
}

const char *event_body(struct ctx *c, const struct told *t, enum endpoint_format format)
{
	const char *body = body_with(c, t, t->data, format);

	if (body != NULL)
		return body;
	return body_with(c, t,
		mem_printf(c->mem, "{\"id\":\"%s\",\"truncated\":true}", t->subject_id), format);
}
