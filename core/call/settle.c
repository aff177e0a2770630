#include "core/call/settle.h"
#include "core/base/money.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/customer/customer.h"
#include "core/event/event.h"
#include "core/service/service.h"
#include "core/staff/staff.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/task/task.h"

#define TRIES_MAX 5  /* alternatives that are tried */
#define OFFERS_MAX 3 /* alternatives that are offered */
#define DETAILS_MAX 65535

/* A call on its way to an outcome. */
struct settling {
	struct call call;
	const struct caller_wish *said;
	struct wish wish;
	wall_t requested;
	struct appointment taken; /* id NULL: none */
	struct rows offers;       /* of struct alternative */
	enum booking_outcome outcome;
	const char *reason; /* a sentence */
	const char *task;   /* kind of the task for a person; NULL: none */
	const char *task_title;
};

/* ---- what becomes of it ---- */

static int settle_as(struct settling *s, enum booking_outcome outcome, const char *reason)
{
	s->outcome = outcome;
	s->reason = reason;
	return 0;
}

static int ask_person(struct settling *s, enum booking_outcome outcome, const char *reason,
	const char *task, const char *title)
{
	s->task = task;
	s->task_title = title;
	return settle_as(s, outcome, reason);
}

static int unclear(struct settling *s, const char *reason)
{
	return ask_person(s, OUTCOME_UNCLEAR, reason, "unclear",
		"Call back: the booking could not be understood");
}

/* ---- understanding ---- */

/* 1 understood, 0 settled as unclear, -1. */
static int understand_service(struct ctx *c, struct settling *s)
{
	struct service service;

	if (s->said->service == NULL)
		return unclear(s, "No service was named.");
	int rc = service_find_by_name(c, s->said->service, &service);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return unclear(s,
			mem_printf(c->mem, "No single service goes by the name \"%s\".",
				s->said->service));
	s->wish.service_id = service.id;
	return 1;
}

static int understand_staff(struct ctx *c, struct settling *s)
{
	struct staff staff;

	s->wish.branch_id = s->call.branch_id;
	if (s->said->staff == NULL)
		return 1;
	int rc = staff_find_by_name(c, s->said->staff, &staff);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return unclear(s,
			mem_printf(c->mem, "Nobody here is known by the name \"%s\" alone.",
				s->said->staff));
	s->wish.staff_id = staff.id;
	s->wish.branch_id = staff.branch_id;
	return 1;
}

static wall_t requested_time(const struct caller_wish *said)
{
	day_t day;
	int minute;

	if (said->appointment_date == NULL || said->appointment_time == NULL ||
		!day_parse(said->appointment_date, &day) ||
		!minute_parse(said->appointment_time, &minute))
		return (wall_t){0};
	return wall_of(day, minute);
}

static int understand_time(struct settling *s)
{
	if (s->said->appointment_date == NULL)
		return unclear(s, "No date was named.");
	if (s->said->appointment_time == NULL)
		return unclear(s, "No time of day was named.");
	if (s->requested.min == 0)
		return unclear(s, "The date or the time that was named does not exist.");
	s->wish.local_start = s->requested;
	return 1;
}

/* The caller by number; who shows none is known by name only. */
static int understand_customer(struct settling *s)
{
	s->wish.customer.id = s->call.customer_id;
	if (s->call.customer_id != NULL)
		return 1;
	if (s->said->customer_name == NULL)
		return unclear(s, "The caller gave no name and showed no number.");
	s->wish.customer.name = s->said->customer_name;
	s->wish.customer.email = s->said->email;
	s->wish.customer.language = s->call.language;
	return 1;
}

static int understand(struct ctx *c, struct settling *s)
{
	int rc;

	if (s->said->confidence < CONFIDENCE_NEEDED)
		return unclear(s,
			mem_printf(c->mem,
				"The agent was sure to %d %% only; below %d %% nothing is booked.",
				(int)(s->said->confidence / 10000),
				(int)(CONFIDENCE_NEEDED / 10000)));
	if ((rc = understand_service(c, s)) <= 0 || (rc = understand_staff(c, s)) <= 0 ||
		(rc = understand_time(s)) <= 0)
		return rc;
	s->wish.utc_offset_minutes = OFFSET_NONE;
	s->wish.source = SOURCE_PHONE;
	s->wish.call_id = s->call.id;
	s->wish.notes = s->said->notes;
	return understand_customer(s);
}

/* ---- booking ---- */

struct attempt {
	const struct wish *wish;
	struct appointment *out;
};

static int attempt(struct ctx *c, void *arg)
{
	struct attempt *a = arg;

	return booking_take(c, a->wish, a->out);
}

/* 1 taken (now, or by an earlier run of this job), 0 the time is not free. */
static int take(struct ctx *c, struct settling *s, const struct wish *w, const char **why)
{
	struct attempt a = {w, &s->taken};

	if (in_tx(c, attempt, &a) >= 0)
		return 1;
	*why = c->err.detail;
	if (c->err.code != E_DUPLICATE && c->err.code != E_SLOT_TAKEN)
		return -1;
	err_clear(c);
	return appointment_find_by_call(c, s->call.id, &s->taken);
}

static const char *sentence_of(struct ctx *c)
{
	struct buf b = buf_new(c->mem, 1000);

	for (int i = 0; i < c->err.n_fields; i++)
		buf_printf(&b, "%s%s %s.", i > 0 ? " " : "", c->err.fields[i].field,
			c->err.fields[i].message);
	return c->err.n_fields > 0      ? buf_text(&b)
		: c->err.detail != NULL ? c->err.detail
					: err_sentence(c->err.code);
}

/* At the wished time, and with the wished person in one of its parts. */
static bool taken_as_wished(const struct settling *s)
{
	const struct appointment_segment *g = s->taken.segments.p;

	if (s->taken.local_start.min != s->requested.min)
		return false;
	for (size_t i = 0; i < s->taken.segments.n && s->wish.staff_id != NULL; i++) {
		if (strcmp(g[i].staff_id, s->wish.staff_id) == 0)
			return true;
	}
	return s->wish.staff_id == NULL;
}

static int settle_taken(struct settling *s, const char *why_another)
{
	s->task = NULL;
	if (taken_as_wished(s))
		return settle_as(s, OUTCOME_BOOKED, "The time that was asked for was free.");
	return settle_as(s, OUTCOME_ALTERNATIVE_BOOKED, why_another);
}

/* Alternatives one by one, each in a transaction of its own. */
static int try_alternatives(
	struct ctx *c, struct settling *s, const struct rows *found, const char *why)
{
	const char *taken_why;

	for (size_t i = 0; i < found->n; i++) {
		const struct alternative *a = (const struct alternative *)found->p + i;
		struct wish w = s->wish;

		w.starts_at = a->starts_at;
		w.local_start = (wall_t){0};
		w.staff_id = a->staff_id;
		int rc = take(c, s, &w, &taken_why);
		if (rc < 0)
			return -1;
		if (rc > 0) {
			settle_taken(s,
				mem_printf(c->mem, "%s Booked instead: %s, with %s.", why,
					a->because, a->staff_name));
			return 1;
		}
	}
	return 0;
}

static int offer(struct ctx *c, struct settling *s, const char *why)
{
	if (booking_alternatives(c, &s->wish, OFFERS_MAX, &s->offers) < 0)
		return -1;
	if (s->offers.n > 0)
		return settle_as(s, OUTCOME_OFFERED, why);
	return ask_person(s, OUTCOME_FAILED,
		mem_printf(c->mem, "%s Nothing else is free within three days.", why), "failed",
		"Call back: the wished time is not free, and none near it");
}

static int book_other(struct ctx *c, struct settling *s, const char *why)
{
	struct rows found;
	int rc;

	if (!s->said->accepts_alternatives)
		return offer(c, s, why);
	if (booking_alternatives(c, &s->wish, TRIES_MAX, &found) < 0)
		return -1;
	rc = try_alternatives(c, s, &found, why);
	return rc != 0 ? rc : offer(c, s, why);
}

/* A wish that can never be had as it is: the sentence for it, if there is one. */
static int impossible(struct ctx *c, struct settling *s)
{
	const char *problem = sentence_of(c), *why = NULL;

	err_clear(c);
	if (booking_obstacle(c, &s->wish, &why) < 0) {
		if (err_status(c->err.code) != 422)
			return -1;
		err_clear(c);
	}
	return unclear(s, why == NULL ? problem : why);
}

static int book(struct ctx *c, struct settling *s)
{
	const char *why = NULL, *obstacle = NULL;
	int rc = take(c, s, &s->wish, &why);

	if (rc < 0)
		return err_status(c->err.code) == 422 ? impossible(c, s) : -1;
	if (rc > 0)
		return settle_taken(s, NULL);
	if (booking_obstacle(c, &s->wish, &obstacle) < 0)
		return -1;
	if (obstacle == NULL)
		obstacle = why != NULL ? why : err_sentence(E_SLOT_TAKEN);
	return book_other(c, s, obstacle);
}

/* ---- deciding ---- */

static int decide_other(struct settling *s)
{
	const char *intent = s->said->intent;

	if (intent == NULL && (s->said->service != NULL || s->said->appointment_date != NULL))
		return unclear(s, "The agent did not say what the caller wanted.");
	if (intent == NULL)
		return settle_as(s, OUTCOME_NONE, "No appointment was asked for.");
	if (strcmp(intent, "cancel") == 0)
		return ask_person(s, OUTCOME_NONE, "The caller wants to cancel an appointment.",
			"cancel", "Cancel an appointment");
	if (strcmp(intent, "move") == 0)
		return ask_person(s, OUTCOME_NONE, "The caller wants to move an appointment.",
			"move", "Move an appointment");
	if (strcmp(intent, "person") == 0)
		return ask_person(s, OUTCOME_NONE, "The caller asked for a person.", "person",
			"Call back: the caller asked for a person");
	return settle_as(s, OUTCOME_NONE, "No appointment was asked for.");
}

/* An earlier run booked it and came no further, or a tool did in the call. */
static int settle_booked(struct ctx *c, struct settling *s)
{
	const char *why = NULL;
	int rc = understand(c, s);

	if (rc > 0)
		rc = booking_obstacle(c, &s->wish, &why);
	if (rc < 0)
		return -1;
	return settle_taken(s,
		mem_printf(c->mem, "%s%sBooked instead: %s.", why == NULL ? "" : why,
			why == NULL ? "" : " ", wall_text(c->mem, s->taken.local_start)));
}

static int decide(struct ctx *c, struct settling *s)
{
	int rc = appointment_find_by_call(c, s->call.id, &s->taken);

	if (rc != 0)
		return rc < 0 ? -1 : settle_booked(c, s);
	if (s->said->intent == NULL || strcmp(s->said->intent, "book") != 0)
		return decide_other(s);
	rc = understand(c, s);
	return rc <= 0 ? rc : book(c, s);
}

/* ---- storing ---- */

static void put_text(struct buf *b, const char *key, const char *s)
{
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", key);
	if (s == NULL)
		buf_text_add(b, "null");
	else
		json_quote(b, s);
}

static const char *wall_or_null(struct ctx *c, wall_t w)
{
	return w.min == 0 ? NULL : wall_text(c->mem, w);
}

static void put_offers(struct ctx *c, struct buf *b, const struct rows *offers)
{
	buf_text_add(b, ",\"alternatives\":[");
	for (size_t i = 0; i < offers->n; i++) {
		const struct alternative *a = (const struct alternative *)offers->p + i;

		buf_printf(b, "%s{\"local_start\":\"%s\"", i > 0 ? "," : "",
			wall_text(c->mem, a->local_start));
		put_text(b, "staff_id", a->staff_id);
		put_text(b, "staff_name", a->staff_name);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static const char *details_of(struct ctx *c, const struct settling *s)
{
	const struct caller_wish *w = s->said;
	struct buf b = buf_new(c->mem, DETAILS_MAX);

	buf_char(&b, '{');
	put_text(&b, "intent", w->intent);
	put_text(&b, "customer_name", w->customer_name);
	put_text(&b, "service", w->service);
	put_text(&b, "staff", w->staff);
	put_text(&b, "requested_local_start", wall_or_null(c, s->requested));
	put_text(&b, "booked_local_start", wall_or_null(c, s->taken.local_start));
	buf_printf(&b, ",\"confidence\":%d.%06d,\"accepts_alternatives\":%s",
		(int)(w->confidence / MICRO), (int)(w->confidence % MICRO),
		w->accepts_alternatives ? "true" : "false");
	put_text(&b, "reason", s->reason);
	put_offers(c, &b, &s->offers);
	put_text(&b, "notes", w->notes);
	put_text(&b, "language", s->call.language);
	buf_char(&b, '}');
	if (buf_full(&b))
		BUG("booking details are larger than their column");
	return buf_text(&b);
}

static int add_task(struct ctx *c, const struct settling *s)
{
	struct task t = {
		.dedupe_key = mem_printf(c->mem, "call:%s:%s", s->call.id, s->task),
		.kind = mem_printf(c->mem, "call_%s", s->task),
		.title = s->task_title,
		.detail = s->reason,
		.call_id = s->call.id,
		.customer_id = s->call.customer_id,
	};

	return task_add(c, &t) < 0 ? -1 : 0;
}

static int store(struct ctx *c, void *arg)
{
	struct settling *s = arg;
	struct call decided = {
		.booking_outcome = s->outcome,
		.booking_details = details_of(c, s),
		.appointment_id = s->taken.id,
		.customer_id = s->taken.customer_id,
	};
	struct call told;
	int rc = call_store_outcome(c, s->call.id, &decided, &told);

	if (rc <= 0)
		return rc;
	if (s->task != NULL && add_task(c, s) < 0)
		return -1;
	told.transcript = NULL;
	return event_emit(c, EV_CALL_ANALYZED, told.id, &CALL, &told);
}

/* ---- the caller ---- */

/* What the call told about a customer who is known by number. */
static int know_customer(struct ctx *c, void *arg)
{
	struct settling *s = arg;
	struct customer facts, stored;

	if (customer_get(c, s->call.customer_id, &facts) < 0)
		return -1;
	facts.name = s->said->customer_name;
	facts.email = s->said->email;
	facts.language = s->call.language;
	return facts.phone == NULL ? 0 : customer_of(c, &facts, &stored) < 0 ? -1 : 0;
}

int call_settle(struct ctx *c, const char *call_id, const struct caller_wish *said)
{
	struct settling s = {.said = said, .requested = requested_time(said)};

	if (call_get(c, call_id, &s.call) < 0)
		return -1;
	if (s.call.booking_outcome != OUTCOME_OPEN)
		return 0;
	if (s.call.customer_id != NULL && in_tx(c, know_customer, &s) < 0)
		return -1;
	if (decide(c, &s) < 0)
		return -1;
	return in_tx(c, store, &s);
}
