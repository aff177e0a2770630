#include "core/notify/make.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/live/live.h"
#include "core/notify/manners.h"
#include "core/notify/reader.h"
#include "core/notify/template.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"

struct making {
	const struct rule *rule;
	const struct occasion *o;
	const struct reader *to;
	const char *cause; /* with the reader's key */
};

static int write_text(
	struct ctx *c, const struct making *m, enum channel channel, struct notification *n)
{
	struct template t;
	struct values values;
	struct rendered r;

	if (template_for(c, m->rule, channel, m->to->tag, &t) < 0)
		return -1;
	const char *locale = render_locale(&t, m->to->tag);
	occasion_values(c, m->o, locale, channel, &values);
	if (render(c, m->rule, &t, locale, &values, &r) < 0)
		return -1;
	n->template = m->rule->name;
	n->language = t.language;
	n->subject = r.subject;
	n->body = r.body;
	n->body_html = r.html;
	return 0;
}

static bool has_calendar(const struct making *m, enum channel channel)
{
	return channel == CHANNEL_EMAIL && m->rule->audience == AUDIENCE_CUSTOMER &&
		m->o->appointment.id != NULL;
}

/* When it goes, or that it has gone: in the portal it is as soon as it is there. */
static int decide(struct ctx *c, const struct making *m, struct notification *n)
{
	if (n->channel == CHANNEL_IN_APP) {
		n->status = NOTE_SENT;
		n->sent_at = c->now;
	}
	if (m->rule->audience != AUDIENCE_CUSTOMER)
		return 0;
	n->send_at = quiet_until(c, m->o, n->channel);
	int rc = cap_reached(c, &m->o->settings, n->channel, n->customer_id);
	if (rc > 0) {
		n->status = NOTE_FAILED;
		n->error = mem_printf(c->mem, "The customer has had %" PRId64 " messages in a day.",
			m->o->settings.daily_message_cap);
	}
	return rc < 0 ? -1 : 0;
}

/* 1 made, 0 there already, -1. */
static int add(struct ctx *c, const struct making *m, enum channel channel)
{
	struct notification n = {
		.id = id_new(c),
		.audience = m->rule->audience,
		.channel = channel,
		.dedupe_key =
			mem_printf(c->mem, "%s:%s:%s", m->cause, m->rule->name, CHANNELS[channel]),
		.recipient = m->to->address[channel],
		.subject_id = m->o->subject_id,
		.appointment_id = m->o->appointment.id,
		.call_id = m->o->call.id,
		.customer_id = m->to->customer_id,
		.user_id = m->to->user_id,
	};

	if (write_text(c, m, channel, &n) < 0 || decide(c, m, &n) < 0)
		return -1;
	if (has_calendar(m, channel))
		n.calendar = occasion_calendar(c, m->o);
	int rc = db_insert_new(c, &NOTIFICATION, &n);
	if (rc <= 0)
		return rc;
	live_note(c, "notification.changed", n.id);
	if (n.status != NOTE_QUEUED)
		return 1;
	return queue_add(c, JOB_NOTIFICATION_SEND, n.id, n.send_at, NULL) < 0 ? -1 : 1;
}

static int make_for(struct ctx *c, const struct making *m)
{
	int n = 0;

	for (int i = 0; i < m->rule->n_channels && n < m->to->at_once; i++) {
		enum channel channel = m->to->order[i];

		if (m->to->address[channel] == NULL)
			continue;
		if (add(c, m, channel) < 0)
			return -1;
		n++;
	}
	return 0;
}

static const char *cause_for(struct ctx *c, const char *cause, const struct reader *to)
{
	return to->key == NULL ? cause : mem_printf(c->mem, "%s:%s", cause, to->key);
}

int notify_make(struct ctx *c, enum rule_id rule, const struct occasion *o, const char *cause)
{
	struct rows readers;

	if (readers_of(c, &RULES[rule], o, &readers) < 0)
		return -1;
	for (size_t i = 0; i < readers.n; i++) {
		const struct reader *to = (const struct reader *)readers.p + i;
		struct making m = {&RULES[rule], o, to, cause_for(c, cause, to)};

		if (make_for(c, &m) < 0)
			return -1;
	}
	return 0;
}

/* ---- standing in ---- */

static bool is_reader(const struct reader *p, const struct notification *n)
{
	if (!text_same(p->customer_id, n->customer_id) || !text_same(p->user_id, n->user_id))
		return false;
	return n->customer_id != NULL || n->user_id != NULL ||
		text_same(p->address[n->channel], n->recipient);
}

/* Behind the one that failed; CHANNEL_COUNT: there is none. */
static enum channel next_channel(const struct making *m, enum channel failed)
{
	bool behind = false;

	for (int i = 0; i < m->rule->n_channels; i++) {
		enum channel channel = m->to->order[i];

		if (behind && m->to->address[channel] != NULL)
			return channel;
		behind = behind || channel == failed;
	}
	return CHANNEL_COUNT;
}

/* What was said in hours then has come nearer. */
static int64_t hours_left(const struct ctx *c, const struct occasion *o)
{
	int64_t hours = (o->appointment.starts_at.ms - c->now.ms + 1800000) / 3600000;

	return hours < 1 ? 1 : hours;
}

/* Who it was for, as it is now: 1, 0 nobody any more, -1. */
static int made_again(
	struct ctx *c, const struct notification *n, struct occasion *o, struct making *m)
{
	const struct rule *r = rule_find(n->template);
	const char *end = mem_printf(c->mem, ":%s:%s", n->template, CHANNELS[n->channel]);
	size_t k = strlen(n->dedupe_key), length = strlen(end);
	struct rows readers;

	if (r == NULL || r->about == ABOUT_DAY || n->subject_id == NULL || k <= length)
		return 0;
	if (occasion_load(c, r->about, n->subject_id, o) < 0)
		return err_take(c, E_NOT_FOUND) ? 0 : -1;
	o->hours = hours_left(c, o);
	if (readers_of(c, r, o, &readers) < 0)
		return -1;
	for (size_t i = 0; i < readers.n; i++) {
		const struct reader *to = (const struct reader *)readers.p + i;

		*m = (struct making){r, o, to, mem_text_n(c->mem, n->dedupe_key, k - length)};
		if (is_reader(to, n))
			return 1;
	}
	return 0;
}

int notify_fallback(struct ctx *c, const struct notification *n)
{
	struct occasion o;
	struct making m;
	int rc = made_again(c, n, &o, &m);

	if (rc <= 0 || next_channel(&m, n->channel) == CHANNEL_COUNT)
		return rc < 0 ? -1 : 0;
	return add(c, &m, next_channel(&m, n->channel)) < 0 ? -1 : 0;
}

int notify_can_fall_back(struct ctx *c, const struct notification *n)
{
	struct occasion o;
	struct making m;
	int rc = made_again(c, n, &o, &m);

	return rc <= 0 ? rc : next_channel(&m, n->channel) != CHANNEL_COUNT;
}
