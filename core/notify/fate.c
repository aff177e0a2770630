/* What becomes of a message: its status moves forward, and when it has failed
 * for good the next channel stands in. */
#include "core/base/text.h"
#include "core/live/live.h"
#include "core/notify/make.h"
#include "core/sys/db.h"

/* 1 found, 0, -1. */
static int find(struct ctx *c, const struct notification_report *r, struct notification *out)
{
	int rc = 0;

	if (r->id != NULL)
		rc = db_find(c, &NOTIFICATION, r->id, out);
	if (rc != 0 || r->message_id == NULL)
		return rc;
	return db_one(c, &NOTIFICATION, out,
		"SELECT {cols} FROM notification WHERE provider = ? AND provider_message_id = ?",
		r->provider, r->message_id);
}

int notification_reported(struct ctx *c, const struct notification_report *r)
{
	struct notification n;
	int rc = find(c, r, &n);

	if (rc <= 0)
		return rc;
	rc = notification_move(c, n.id, r);
	if (rc > 0 && r->status >= NOTE_FAILED && notify_fallback(c, &n) < 0)
		return -1;
	return rc;
}

static int reported(struct ctx *c, void *arg)
{
	return notification_reported(c, arg) < 0 ? -1 : live_number(c);
}

int notification_end(struct ctx *c, struct notification_report *r)
{
	return db_in_tx(c) ? reported(c, r) : in_tx(c, reported, r);
}

static int is_over(struct ctx *c, void *arg)
{
	const struct notification_report *r = arg;

	return notification_move(c, r->id, r) < 0 ? -1 : live_number(c);
}

int notification_over(struct ctx *c, const char *id, const char *why)
{
	struct notification_report r = {.id = id, .status = NOTE_FAILED, .error = why};

	return in_tx(c, is_over, &r);
}

/* ---- whether it still makes sense ---- */

/* What was put off, or waited for its hour, may be about a visit that is over. */
static bool can_be_late(const struct notification *n, const struct rule *r)
{
	if (r == NULL || n->audience != AUDIENCE_CUSTOMER)
		return false;
	return r == &RULES[RULE_REMINDER] || r == &RULES[RULE_WAITING] || n->send_at.ms != 0;
}

static const char *too_late(const struct ctx *c, const struct occasion *o, const struct rule *r)
{
	const struct appointment *a = &o->appointment;

	if (o->about == ABOUT_OFFER && o->offer.offer_expires_at.ms <= c->now.ms)
		return "The offer had ended before this could be sent.";
	if (o->about != ABOUT_VISIT || r->event == EV_APPOINTMENT_CANCELLED ||
		r->event == EV_APPOINTMENT_NO_SHOW)
		return NULL;
	if (a->status == APPOINTMENT_CANCELLED)
		return "The visit was cancelled before this could be sent.";
	return a->starts_at.ms <= c->now.ms ? "The visit began before this could be sent." : NULL;
}

int notify_pointless(struct ctx *c, const struct notification *n, const char **why)
{
	const struct rule *r = rule_find(n->template);
	struct occasion o;

	*why = NULL;
	if (!can_be_late(n, r) || n->subject_id == NULL)
		return 0;
	if (occasion_load(c, r->about, n->subject_id, &o) < 0)
		return -1;
	*why = too_late(c, &o, r);
	return *why != NULL;
}
