#include "core/base/id.h"
#include "core/base/text.h"
#include "core/notify/manners.h"
#include "core/provider/sendgrid.h"
#include "core/provider/webhook.h"
#include "core/sys/json.h"

#define SENDGRID "sendgrid"

int sendgrid_receive(struct ctx *c, const char *hook, const char *signature, const char *timestamp,
	struct bytes body)
{
	const char *why = "there is no such address";
	struct inbox_event e = {.event = "events", .body = body};
	struct webhook w;
	int rc = webhook_find(c, SENDGRID, hook, &w);

	if (rc < 0)
		return -1;
	if (rc > 0 && w.n_keys == 0)
		why = "the integration has no public key to verify it with";
	for (int i = 0; i < w.n_keys && why != NULL; i++)
		why = sendgrid_verify(c->mem, w.keys[i], signature, timestamp, body);
	e.dedupe_key = webhook_digest(c, body);
	return webhook_store(c, &w, why, &e, JOB_INBOX_SENDGRID);
}

/* ---- what an event means ---- */

static bool about_wish(const char *event)
{
	return strcmp(event, "unsubscribe") == 0 || strcmp(event, "spamreport") == 0 ||
		strcmp(event, "group_unsubscribe") == 0;
}

/* -1: it says nothing of the fate. */
static int status_of(const char *event, const struct json *j)
{
	const char *reason = json_text(j, "reason");

	if (strcmp(event, "processed") == 0)
		return NOTE_SENT;
	if (strcmp(event, "delivered") == 0 || strcmp(event, "open") == 0 ||
		strcmp(event, "click") == 0)
		return NOTE_DELIVERED;
	if (strcmp(event, "bounce") == 0)
		return text_same(json_text(j, "type"), "blocked") ? NOTE_UNDELIVERED : NOTE_BOUNCED;
	if (strcmp(event, "dropped") != 0)
		return -1;
	if (reason != NULL && strstr(reason, "Bounced") != NULL)
		return NOTE_BOUNCED;
	if (reason != NULL &&
		(strstr(reason, "Unsubscribed") != NULL || strstr(reason, "Spam Report") != NULL))
		return NOTE_OPTED_OUT;
	return NOTE_FAILED;
}

static int one_event(struct ctx *c, const struct json *j)
{
	const char *event = json_text(j, "event"), *id = json_text(j, "notification_id");
	const char *address = json_text(j, "email"), *reason = json_text(j, "reason");

	if (event == NULL)
		return 0;
	if (about_wish(event) && address != NULL)
		return opt_out_set(c, CHANNEL_EMAIL, address, true, SENDGRID);
	if (strcmp(event, "group_resubscribe") == 0 && address != NULL)
		return opt_out_set(c, CHANNEL_EMAIL, address, false, SENDGRID);
	int status = status_of(event, j);
	if (status < 0 || id == NULL || !id_valid(id))
		return 0;
	struct notification_report r = {.id = id,
		.provider = SENDGRID,
		.message_id = id,
		.status = (enum notification_status)status,
		.error = reason};
	return notification_reported(c, &r) < 0 ? -1 : 0;
}

int sendgrid_process(struct ctx *c, const char *inbox_event_id)
{
	struct inbox_event e;
	const struct json *all;

	if (inbox_get(c, inbox_event_id, &e) < 0 || json_parse(c, e.body, &all) < 0)
		return -1;
	if (!json_is_array(all))
		return err_set(c, E_BAD_REQUEST, "The body is no list of events.");
	for (const struct json *j = json_first(all); j != NULL; j = json_next(j)) {
		if (one_event(c, j) < 0)
			return -1;
	}
	return 0;
}
