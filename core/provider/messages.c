#include "core/provider/messages.h"
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/notify/notify.h"
#include "core/provider/post.h"
#include "core/provider/twilio.h"
#include "core/tenant/company.h"
#include "core/tenant/tenant.h"
#include "core/tenant/integration.h"

#define UNKNOWN_WAIT_S 20 /* until a provider's list shows what it took */

/* ---- the three ends of an attempt ---- */

static int sent(
	struct ctx *c, const struct notification *n, const char *provider, const char *message_id)
{
	struct notification fate = {
		.status = NOTE_SENT, .provider = provider, .provider_message_id = message_id};

	return notification_ended(c, n->id, &fate);
}

static int refused(struct ctx *c, const struct notification *n, const char *provider,
	enum notification_status status, const char *error)
{
	struct notification fate = {.status = status, .provider = provider, .error = error};

	return notification_ended(c, n->id, &fate);
}

static int again(struct ctx *c, const struct notification *n, const char *error, int retry_after,
	bool unknown)
{
	if (notification_again(c, n->id, error, unknown) < 0)
		return -1;
	if (unknown && retry_after < UNKNOWN_WAIT_S)
		retry_after = UNKNOWN_WAIT_S;
	c->err.retry_after = retry_after;
	return err_set(c, E_PROVIDER, "%s", error);
}

/* ---- SMS ---- */

static int sms_end(struct ctx *c, const struct notification *n, const struct sms_answer *a)
{
	switch (a->fate) {
	case SMS_TAKEN:
		return sent(c, n, "twilio", a->sid);
	case SMS_REFUSED:
		return refused(c, n, "twilio", NOTE_FAILED, a->error);
	case SMS_OPTED_OUT:
		return refused(c, n, "twilio", NOTE_OPTED_OUT, a->error);
	case SMS_AGAIN:
	case SMS_UNKNOWN:
		return again(c, n, a->error, a->retry_after, a->fate == SMS_UNKNOWN);
	}
	BUG("a message with the fate %d", a->fate);
}

/* Whether an earlier attempt got through after all: a message with the same
 * text that is none of our others. 1 (stored as sent), 0, -1. */
static int sms_was_taken(
	struct ctx *c, const struct notification *n, const struct twilio_account *account)
{
	struct sms_answer answer;
	struct rows recent;
	int rc = twilio_recent(c, account, n->recipient, &recent, &answer);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return again(c, n, answer.error, answer.retry_after, true);
	for (size_t i = 0; i < recent.n; i++) {
		const struct sms *m = (const struct sms *)recent.p + i;

		if (strcmp(m->body, n->body) != 0)
			continue;
		int other = notification_has_other(c, n->id, "twilio", m->sid);
		if (other < 0)
			return -1;
		if (other == 0)
			return sent(c, n, "twilio", m->sid) < 0 ? -1 : 1;
	}
	return 0;
}

static int send_sms(struct ctx *c, const struct notification *n)
{
	struct integration i;
	struct twilio_account account;
	struct sms_answer answer;
	int rc = integration_find(c, PROVIDER_TWILIO, &i);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return refused(c, n, NULL, NOTE_FAILED, "No SMS provider is configured.");
	if (text_empty(i.account) || text_empty(i.from_number))
		return refused(c, n, "twilio", NOTE_FAILED,
			"The Twilio integration names no account or no sending number.");
	account = (struct twilio_account){.sid = i.account, .from = i.from_number};
	if (integration_secret(c, &i, &account.token) < 0)
		return -1;
	rc = n->tried_at.ms != 0 ? sms_was_taken(c, n, &account) : 0;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	/* a worker that died may have left a request behind that is still on its
	 * way: the list does not show it yet */
	if (n->tried_at.ms != 0 && c->now.ms - n->tried_at.ms < UNKNOWN_WAIT_S * 1000)
		return again(c, n, "An earlier attempt may still be on its way.", 0, true);
	/* from here on a crash leaves tried_at behind, and the list is asked */
	if (notification_trying(c, n->id) < 0)
		return -1;
	if (twilio_send(c, &account, n->recipient, n->body, &answer) < 0)
		return -1;
	return sms_end(c, n, &answer);
}

/* ---- e-mail ---- */

static int mail_end(struct ctx *c, const struct notification *n, const struct post *p)
{
	switch (p->fate) {
	case POST_SENT:
		return sent(c, n, "smtp", n->id);
	case POST_REFUSED:
		return refused(c, n, "smtp", NOTE_FAILED, p->error);
	case POST_AGAIN:
		return again(c, n, p->error, p->retry_after, false);
	}
	BUG("a letter with the fate %d", p->fate);
}

/* Answers go to the branch, where somebody reads them. */
static int reply_address(struct ctx *c, const struct notification *n, const char **address)
{
	struct appointment a;
	struct branch b;

	*address = NULL;
	if (n->appointment_id == NULL)
		return 0;
	if (appointment_get(c, n->appointment_id, &a) < 0)
		return -1;
	if (branch_get(c, a.branch_id, &b) < 0)
		return -1;
	*address = b.email;
	return 0;
}

static int send_mail(struct ctx *c, const struct notification *n)
{
	struct company company;
	struct tenant brand;
	struct post post;
	struct letter letter = {
		.id = n->id,
		.to = n->recipient,
		.language = n->language,
		.subject = n->subject,
		.text = n->body,
		.html = n->body_html,
		.calendar = n->calendar,
		.date = n->created_at,
	};

	if (company_current(c, &company) < 0 || brand_current(c, &brand) < 0 ||
		reply_address(c, n, &letter.reply_to) < 0)
		return -1;
	letter.from_name = company.name;
	letter.from = brand.email_from; /* bounces still come to us */
	return post_letter(c, &letter, &post) < 0 ? -1 : mail_end(c, n, &post);
}

int messages_send(struct ctx *c, const char *notification_id)
{
	struct notification n;

	if (notification_get(c, notification_id, &n) < 0)
		return -1;
	if (n.status != NOTE_QUEUED)
		return 0;
	switch (n.channel) {
	case CHANNEL_SMS:
		return send_sms(c, &n);
	case CHANNEL_EMAIL:
		return send_mail(c, &n);
	case CHANNEL_SLACK:
	case CHANNEL_TELEGRAM:
	case CHANNEL_IN_APP:
	case CHANNEL_COUNT:
		break;
	}
	BUG("a notification by channel %d", n.channel);
}
