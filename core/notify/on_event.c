/* Which rules an event calls for, beyond its name. */
#include "core/base/text.h"
#include "core/notify/make.h"
#include "core/sys/db.h"

#define UNDECIDED_MS 300000 /* longer than a call takes to be decided */

/* The appointment is taken before its call is decided; in between nobody
 * knows yet whether it is what the caller wished. */
static bool undecided(const struct ctx *c, const struct occasion *o)
{
	return o->about == ABOUT_VISIT && o->call.id != NULL &&
		o->call.booking_outcome == OUTCOME_OPEN &&
		c->now.ms - o->appointment.created_at.ms < UNDECIDED_MS;
}

static bool is_alternative(const struct occasion *o)
{
	return o->call.booking_outcome == OUTCOME_ALTERNATIVE_BOOKED && occasion_wished(o).min != 0;
}

static bool stands(const struct occasion *o)
{
	return o->appointment.status != APPOINTMENT_CANCELLED;
}

static bool applies(const struct ctx *c, enum rule_id rule, const struct occasion *o)
{
	switch (rule) {
	case RULE_BOOKED:
		return stands(o) && !is_alternative(o);
	case RULE_ALTERNATIVE:
		return stands(o) && is_alternative(o);
	case RULE_CHANGED:
	case RULE_STAFF_BOOKED:
	case RULE_STAFF_CHANGED:
		return stands(o);
	case RULE_OFFERED:
		return o->call.booking_outcome == OUTCOME_OFFERED &&
			json_count(json_get(o->details, "alternatives")) > 0;
	case RULE_MISSED:
		return o->call.direction == CALL_INBOUND && o->call.status == CALL_MISSED;
	case RULE_WAITING:
		return o->offer.offer_expires_at.ms > c->now.ms;
	case RULE_OWNER_UNASSIGNED:
	case RULE_OWNER_FAILED:
	case RULE_OWNER_RECOVERED:
	case RULE_OWNER_WEBHOOK_FAILING:
	case RULE_OWNER_WEBHOOK_DISABLED:
		return c->company != 0;
	case RULE_PLATFORM_UNASSIGNED:
	case RULE_PLATFORM_FAILED:
	case RULE_PLATFORM_RECOVERED:
		return c->company == 0;
	case RULE_CANCELLED:
	case RULE_NO_SHOW:
	case RULE_REMINDER:
	case RULE_STAFF_CANCELLED:
	case RULE_DAY_PLAN:
	case RULE_COUNT:
		break;
	}
	return true;
}

/* Once for each version of a visit, each offer, each other subject; of calls to
 * one number that nobody has the first of a day. */
static const char *cause_of(struct ctx *c, const struct event *e, const struct occasion *o)
{
	if (o->about == ABOUT_VISIT)
		return mem_printf(c->mem, "%s:%" PRId64, o->subject_id, o->appointment.version);
	if (o->about == ABOUT_OFFER)
		return mem_printf(c->mem, "%s:%" PRId64, o->subject_id, o->offer.offers);
	if (e->kind == EV_NUMBER_UNASSIGNED_CALL)
		return mem_printf(c->mem, "%.20s:%s", json_text(o->payload, "to_number"),
			day_text(c->mem, day_of_wall((wall_t){c->now.ms / 60000})));
	return o->subject_id;
}

/* The rules of an event are about the same: it is looked up once. */
static int look(struct ctx *c, const struct event *e, enum about about, struct occasion *o)
{
	if (occasion_load(c, about, about == ABOUT_EVENT ? e->id : e->subject_id, o) < 0)
		return -1;
	if (e->kind != EV_APPOINTMENT_BOOKED || !stands(o) || !undecided(c, o))
		return 0;
	c->err.retry_after = 1;
	return err_set(c, E_UNAVAILABLE, "The call is still being decided.");
}

int notify_on_event(struct ctx *c, const struct event *e)
{
	struct occasion o = {0};

	if (!db_in_tx(c))
		BUG("messages are made outside the transaction of the dispatch");
	for (int i = 0; i < RULE_COUNT; i++) {
		if (RULES[i].event != e->kind)
			continue;
		if (o.subject_id == NULL && look(c, e, RULES[i].about, &o) < 0)
			return -1;
		if (applies(c, (enum rule_id)i, &o) &&
			notify_make(c, (enum rule_id)i, &o, cause_of(c, e, &o)) < 0)
			return -1;
	}
	return 0;
}
