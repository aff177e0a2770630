#include "core/base/id.h"
#include "core/base/text.h"
#include "core/notify/manners.h"
#include "core/provider/twilio.h"
#include "core/provider/webhook.h"
#include "core/sys/form.h"
#include "core/sys/phone_number.h"
#include "core/task/task.h"

#define TWILIO "twilio"
#define TEXT_LENGTH 500
#define STATUS_SMS "sms"
#define STATUS_CHANGED "status"

/* ---- receiving ---- */

/* Each status of a message once, each message once. */
static void name_event(struct ctx *c, const char *what, const char *notification_id,
	const struct twilio_request *r, struct inbox_event *e)
{
	struct form f = {NULL, 0};
	const char *sid = NULL, *status = NULL;

	if (form_decode(c->mem, r->body, &f)) {
		sid = form_text(&f, "MessageSid");
		status = form_text(&f, "MessageStatus");
	}
	e->event = what;
	e->body = r->body;
	e->external_id = sid == NULL ? NULL : mem_printf(c->mem, "%.64s", sid);
	if (notification_id != NULL && id_valid(notification_id))
		e->external_id = notification_id;
	e->dedupe_key = sid == NULL
		? webhook_digest(c, r->body)
		: mem_printf(c->mem, "%s:%.64s:%.30s", what, sid, status == NULL ? "" : status);
}

int twilio_receive(struct ctx *c, const char *hook, const char *what, const char *notification_id,
	const struct twilio_request *r)
{
	const char *why = "there is no such address";
	struct inbox_event e = {0};
	struct webhook w;
	int rc = webhook_find(c, TWILIO, hook, &w);

	if (rc < 0)
		return -1;
	for (int i = 0; i < w.n_keys && why != NULL; i++)
		why = twilio_verify(c->mem, w.keys[i], r);
	name_event(c, what, notification_id, r, &e);
	return webhook_store(c, &w, why, &e, JOB_INBOX_TWILIO);
}

/* ---- the fate of a message of ours ---- */

static const struct {
	const char *name;
	enum notification_status status;
} STATUSES[] = {
	{"sent", NOTE_SENT},
	{"delivered", NOTE_DELIVERED},
	{"read", NOTE_DELIVERED},
	{"failed", NOTE_FAILED},
	{"canceled", NOTE_FAILED},
	{"undelivered", NOTE_UNDELIVERED},
};

static const char *error_of(struct ctx *c, const struct form *f)
{
	const char *code = form_text(f, "ErrorCode"), *message = form_text(f, "ErrorMessage");

	if (code == NULL)
		return NULL;
	return mem_printf(c->mem, "Twilio reports code %.10s%s%.300s", code,
		message == NULL ? "" : ": ", message == NULL ? "" : message);
}

/* Statuses that say nothing new (queued, sending …) and messages of others with
 * the same account are passed over. */
static int status_changed(struct ctx *c, const struct inbox_event *e, const struct form *f)
{
	const char *status = form_text(f, "MessageStatus");
	struct notification_report r = {.id = e->external_id,
		.provider = TWILIO,
		.message_id = form_text(f, "MessageSid"),
		.error = error_of(c, f)};

	for (size_t i = 0; status != NULL && i < COUNT_OF(STATUSES); i++) {
		if (strcmp(STATUSES[i].name, status) != 0)
			continue;
		r.status = STATUSES[i].status;
		/* the recipient has said STOP to this number */
		if (text_same(form_text(f, "ErrorCode"), "21610"))
			r.status = NOTE_OPTED_OUT;
		return notification_reported(c, &r) < 0 ? -1 : 0;
	}
	return 0;
}

/* ---- messages that come in ---- */

enum keyword { KEYWORD_NONE, KEYWORD_STOP, KEYWORD_START, KEYWORD_HELP };

/* As carriers read them: the whole message, in whatever case; blanks and
 * punctuation around it do not count. Twilio itself answers and blocks. */
static const struct {
	const char *word;
	enum keyword means;
} KEYWORDS[] = {
	{"STOP", KEYWORD_STOP},
	{"STOPALL", KEYWORD_STOP},
	{"STOP ALL", KEYWORD_STOP},
	{"UNSUBSCRIBE", KEYWORD_STOP},
	{"CANCEL", KEYWORD_STOP},
	{"END", KEYWORD_STOP},
	{"QUIT", KEYWORD_STOP},
	{"REVOKE", KEYWORD_STOP},
	{"OPTOUT", KEYWORD_STOP},
	{"START", KEYWORD_START},
	{"UNSTOP", KEYWORD_START},
	{"HELP", KEYWORD_HELP},
	{"INFO", KEYWORD_HELP},
};

static enum keyword keyword_of(struct ctx *c, const struct form *f)
{
	static const char AROUND[] = " \t\r\n.,;:!?\"'";
	const char *said = form_text(f, "OptOutType"), *body = form_text(f, "Body");

	if (said == NULL)
		said = body == NULL ? "" : body;
	said += strspn(said, AROUND);
	size_t n = strlen(said);
	while (n > 0 && strchr(AROUND, said[n - 1]) != NULL)
		n--;
	said = mem_text_n(c->mem, said, n);
	for (size_t i = 0; i < COUNT_OF(KEYWORDS); i++) {
		if (strcasecmp(KEYWORDS[i].word, said) == 0)
			return KEYWORDS[i].means;
	}
	return KEYWORD_NONE;
}

/* Somebody wrote: a person reads it. */
static int hand_on(struct ctx *c, const struct inbox_event *e, const char *from, const char *body)
{
	struct customer k;
	struct task t = {.dedupe_key = mem_printf(c->mem, "sms:%s", e->id), .kind = "sms"};
	int rc = customer_find_by_phone(c, from, &k);

	if (rc < 0)
		return -1;
	t.customer_id = rc > 0 ? k.id : NULL;
	t.title = mem_printf(c->mem, "SMS from %s",
		rc > 0 && k.name != NULL ? k.name : phone_international(c->mem, from));
	t.detail = utf8_cut(c->mem, body, TEXT_LENGTH);
	return task_add(c, &t) < 0 ? -1 : 0;
}

static int message_came(struct ctx *c, const struct inbox_event *e, const struct form *f)
{
	const char *written = form_text(f, "From"), *body = form_text(f, "Body");
	const char *from = written == NULL ? NULL : phone_e164(c->mem, written, NULL);

	if (from == NULL)
		return 0;
	switch (keyword_of(c, f)) {
	case KEYWORD_STOP:
		return opt_out_set(c, CHANNEL_SMS, from, true, STATUS_SMS);
	case KEYWORD_START:
		return opt_out_set(c, CHANNEL_SMS, from, false, STATUS_SMS);
	case KEYWORD_HELP:
		return 0;
	case KEYWORD_NONE:
		break;
	}
	return text_empty(body) ? 0 : hand_on(c, e, from, body);
}

int twilio_process(struct ctx *c, const char *inbox_event_id)
{
	struct inbox_event e;
	struct form f;

	if (inbox_get(c, inbox_event_id, &e) < 0)
		return -1;
	if (!form_decode(c->mem, e.body, &f))
		return err_set(c, E_BAD_REQUEST, "The form has too many parameters.");
	return strcmp(e.event, STATUS_CHANGED) == 0 ? status_changed(c, &e, &f)
						    : message_came(c, &e, &f);
}
