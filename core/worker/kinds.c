#include "core/worker/kinds.h"
#include "core/audit/seal.h"
#include "core/booking/hold.h"
#include "core/booking/waiting_list.h"
#include "core/delivery/delivery.h"
#include "core/event/event.h"
#include "core/live/live.h"
#include "core/notify/clock.h"
#include "core/notify/notify.h"
#include "core/privacy/retention.h"
#include "core/provider/account_letter.h"
#include "core/provider/check.h"
#include "core/provider/messages.h"
#include "core/provider/retell.h"
#include "core/provider/sendgrid.h"
#include "core/provider/twilio.h"
#include "core/sys/db.h"
#include "core/sys/json.h"
#include "core/user/api_key.h"
#include "core/worker/replay.h"

#define SWEEP_ROWS 10000
#define SWEEP_US 60000000 /* half of its deadline; the rest comes next time */

static int event_dispatch(struct ctx *c, const char *event_id);
static int sweep(struct ctx *c, const char *none);
static int nothing(struct ctx *c, const char *none);

const struct job_work JOB_WORK[JOB_KIND_COUNT] = {
	[JOB_INBOX_RETELL] = {JOB_BATCHED, retell_process},
	[JOB_INBOX_TWILIO] = {JOB_TX_WRITE, twilio_process},
	[JOB_INBOX_SENDGRID] = {JOB_TX_WRITE, sendgrid_process},
	[JOB_INBOX_REPLAY] = {JOB_TX_NONE, replay_run},
	[JOB_EVENT_DISPATCH] = {JOB_TX_WRITE, event_dispatch},
	[JOB_NOTIFICATION_SEND] = {JOB_TX_NONE, messages_send},
	[JOB_REMINDER] = {JOB_TX_WRITE, reminder_run},
	[JOB_DAY_PLAN] = {JOB_TX_WRITE, day_plan_run},
	[JOB_ACCOUNT_MAIL] = {JOB_TX_NONE, account_letter_send},
	[JOB_HOLD_EXPIRE] = {JOB_TX_WRITE, hold_expire},
	[JOB_WAITING_LIST_OFFER] = {JOB_TX_NONE, waiting_offer},
	[JOB_WAITING_LIST_END] = {JOB_TX_WRITE, waiting_end},
	[JOB_AUDIT_SEAL] = {JOB_TX_NONE, audit_seal_new},
	[JOB_API_KEY_REMINDERS] = {JOB_TX_NONE, api_keys_remind},
	[JOB_INTEGRATION_TEST] = {JOB_TX_NONE, provider_check},
	[JOB_RETENTION_DAY] = {JOB_TX_NONE, retention_begin},
	[JOB_RETENTION] = {JOB_TX_NONE, retention_work},
	[JOB_SWEEP] = {JOB_TX_NONE, sweep},
	[JOB_WEBHOOK_DELIVER] = {JOB_TX_NONE, delivery_run},
	[JOB_NOOP] = {JOB_BATCHED, nothing},
};

const struct recurring RECURRING[] = {
	{JOB_AUDIT_SEAL, 10},
	{JOB_SWEEP, 3600},
	{JOB_RETENTION_DAY, 86400},
	{JOB_API_KEY_REMINDERS, 86400},
};
const size_t RECURRING_COUNT = COUNT_OF(RECURRING);

#define EV_ANY EVENT_KIND_COUNT

/* Who wants to know of an event, one line each; every one of them runs in the
 * transaction that ends the job. */
static const struct {
	enum event_kind kind;
	int (*tell)(struct ctx *c, const struct event *e);
} LISTENERS[] = {
	{EV_APPOINTMENT_BOOKED, notify_on_event},
	{EV_APPOINTMENT_RESCHEDULED, notify_on_event},
	{EV_APPOINTMENT_CANCELLED, notify_on_event},
	{EV_APPOINTMENT_NO_SHOW, notify_on_event},
	{EV_CALL_ENDED, notify_on_event},
	{EV_CALL_ANALYZED, notify_on_event},
	{EV_WAITING_LIST_OFFERED, notify_on_event},
	{EV_NUMBER_UNASSIGNED_CALL, notify_on_event},
	{EV_INTEGRATION_FAILED, notify_on_event},
	{EV_INTEGRATION_RECOVERED, notify_on_event},
	{EV_WEBHOOK_FAILING, notify_on_event},
	{EV_WEBHOOK_DISABLED, notify_on_event},
	{EV_APPOINTMENT_BOOKED, clock_on_event},
	{EV_APPOINTMENT_RESCHEDULED, clock_on_event},
	{EV_APPOINTMENT_CANCELLED, clock_on_event},
	{EV_APPOINTMENT_RESCHEDULED, waiting_on_event},
	{EV_APPOINTMENT_CANCELLED, waiting_on_event},
	{EV_TIME_FREED, waiting_on_event},
	{EV_ANY, delivery_on_event},
	{EV_ANY, live_on_event},
};

static const char *source_of(struct ctx *c, const struct event *e)
{
	const struct json *j;
	struct bytes payload = {(const uint8_t *)e->payload, strlen(e->payload)};
	const char *source = NULL;

	if (json_parse(c, payload, &j) == 0)
		source = json_text(j, "source");
	err_clear(c);
	return source != NULL ? source : "unknown";
}

static int event_dispatch(struct ctx *c, const char *event_id)
{
	struct event e;

	if (event_get(c, event_id, &e) < 0)
		return -1;
	if (e.kind == EV_APPOINTMENT_BOOKED)
		c->booked = source_of(c, &e);
	for (size_t i = 0; i < COUNT_OF(LISTENERS); i++) {
		bool heard = LISTENERS[i].kind == e.kind || LISTENERS[i].kind == EV_ANY;

		if (heard && LISTENERS[i].tell(c, &e) < 0)
			return -1;
	}
	return 0;
}

static int sweep(struct ctx *c, const char *none)
{
	int64_t until = clock_monotonic_us() + SWEEP_US, more = 1;

	(void)none;
	while (more && clock_monotonic_us() < until) {
		if (db_int(c, &more, "CALL sys_sweep(?)", SWEEP_ROWS) < 0)
			return -1;
	}
	return 0;
}

/* What the queue itself costs is measured with these. */
static int nothing(struct ctx *c, const char *none)
{
	(void)c;
	(void)none;
	return 0;
}

/* Of a message half a day: what came by then came too late. */
int job_patience_s(int kind)
{
	return kind == JOB_NOTIFICATION_SEND ? 12 * 3600 : 24 * 3600;
}

int job_kind_find(const char *name)
{
	for (int i = 0; i < JOB_KIND_COUNT; i++) {
		if (strcmp(JOB_RULES[i].name, name) == 0)
			return i;
	}
	return -1;
}
