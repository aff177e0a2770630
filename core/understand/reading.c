#include "core/understand/reading.h"

#define LIKELY 600000
#define ACCEPTED 920000
#define SWITCH_WORDS 3 /* of another language, to be more than a loan */

struct state {
	struct arena *mem;
	struct listener l;
	struct reading_result *out;
	struct understood agent; /* what was said just before */
	bool has_agent;
	bool unanswered; /* its offer */
	size_t words[8]; /* that the caller said, a language each */
	const char *last_language;
};

/* ---- days and times ---- */

static bool has_day(const struct when_option *o)
{
	return o->first.n != 0;
}

static bool has_time(const struct when_option *o)
{
	return o->from != NO_TIME || o->to != NO_TIME;
}

static bool is_one_day(const struct when_option *o)
{
	return has_day(o) && o->first.n == o->last.n;
}

static bool is_exact(const struct when_option *o)
{
	return is_one_day(o) && o->from != NO_TIME && o->from == o->to;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void set_one(struct state *s, struct when_option o, int64_t confidence)
{
	struct when *w = &s->out->when;

	memset(w, 0, sizeof(*w));
	o.confidence = confidence;
	w->options[0] = o;
	w->n = 1;
	w->confidence = confidence;
}

/* "Thursday" is that of which one speaks. */
static bool same_day(const struct when_option *o, const struct when_option *of)
{
	return o->first.n == of->first.n ||
		(o->weekday && day_weekday(o->first) == day_weekday(of->first));
}

/* The offer that the caller's words pick; NULL: none. */
static const struct when_option *picked(const struct state *s, const struct when_option *o)
{
	const struct when *offer = &s->agent.when;
	const struct when_option *found = NULL;

	for (size_t i = 0; s->has_agent && i < offer->n; i++) {
		const struct when_option *k = &offer->options[i];
		bool day = !has_day(o) || (is_one_day(o) && is_one_day(k) && same_day(o, k));
		bool time = !has_time(o) ||
			(o->from == o->to && k->from == k->to && o->from == k->from);

		if (!is_exact(k) || !day || !time)
			continue;
		if (found != NULL)
			return NULL;
		found = k;
	}
	return found;
}

/* The only day of an offer, or of what is wished so far. */
static const struct when_option *known_day(const struct state *s)
{
	const struct when *offer = &s->agent.when, *wish = &s->out->when;

	if (s->has_agent && offer->n > 0 && is_one_day(&offer->options[0])) {
		for (size_t i = 1; i < offer->n; i++) {
			if (offer->options[i].first.n != offer->options[0].first.n)
				return NULL;
		}
		return &offer->options[0];
	}
	return wish->n == 1 && has_day(&wish->options[0]) ? &wish->options[0] : NULL;
}

/* What a part of a wish means, after what was said before. */
static void complete(const struct state *s, struct when_option *o)
{
	const struct when *wish = &s->out->when;
	const struct when_option *day;

	if (!has_day(o) && (day = known_day(s)) != NULL) {
		o->first = day->first;
		o->last = day->last;
		o->confidence = lesser(o->confidence, 900000);
	} else if (is_one_day(o) && o->weekday) {
		for (size_t i = 0; i < wish->n; i++) {
			if (is_one_day(&wish->options[i]) && same_day(o, &wish->options[i]))
				o->first = o->last = wish->options[i].first;
		}
	}
	if (has_day(o) && !has_time(o) && wish->n == 1 && has_time(&wish->options[0])) {
		o->from = wish->options[0].from;
		o->to = wish->options[0].to;
		o->about = wish->options[0].about;
		o->confidence = lesser(o->confidence, lesser(wish->options[0].confidence, 880000));
	}
	if (is_exact(o) && o->kind == TZ_UNIQUE) {
		o->kind = tz_of_wall(s->l.zone, wall_of(o->first, o->from)).kind;
		if (o->kind != TZ_UNIQUE)
			o->confidence = lesser(o->confidence, LIKELY);
	}
}

static void wish(struct state *s, const struct understood *u)
{
	struct when now = u->when;
	const struct when_option *offered = now.n == 1 ? picked(s, &now.options[0]) : NULL;

	if (offered != NULL) {
		set_one(s, *offered, ACCEPTED);
		return;
	}
	now.confidence = 1000000;
	for (size_t i = 0; i < now.n; i++) {
		if (now.bare)
			now.options[i].confidence =
				s->has_agent && (s->agent.asks & ASKED_TIME) != 0 ? 850000 : LIKELY;
		if (u->same_time && !has_time(&now.options[i]) && s->out->has_old) {
			now.options[i].from = s->out->old.from;
			now.options[i].to = s->out->old.to;
		}
		complete(s, &now.options[i]);
		now.confidence = lesser(now.confidence, now.options[i].confidence);
	}
	s->out->when = now;
}

static void accept(struct state *s, const struct understood *u)
{
	const struct when *offer = &s->agent.when;
	size_t i = u->chosen > 0 ? (size_t)u->chosen - 1 : u->chosen < 0 ? offer->n - 1 : 0;

	if (i >= offer->n)
		return;
	struct when_option o = offer->options[i];
	bool clear = offer->n == 1 || u->chosen != 0;
	complete(s, &o);
	set_one(s, o, clear ? lesser(ACCEPTED, o.confidence < LIKELY ? LIKELY : ACCEPTED) : LIKELY);
	if (s->out->staff.value == NULL || s->agent.staff.value != NULL) {
		if (s->agent.staff.value != NULL) {
			s->out->staff = s->agent.staff;
			s->out->staff.confidence = ACCEPTED;
		}
	}
	if (s->out->intent.confidence < LIKELY || s->out->intent.intent == INTENT_BOOK)
		s->out->intent = (struct found_intent){INTENT_BOOK, o.words, ACCEPTED};
}

/* "No" to what was read back: it is not what it seemed. */
static void refuse(struct state *s)
{
	struct when *w = &s->out->when;

	for (size_t i = 0; i < w->n && s->agent.when.n > 0; i++) {
		if (picked(s, &w->options[i]) != NULL) {
			w->options[i].confidence = lesser(w->options[i].confidence, 500000);
			w->confidence = lesser(w->confidence, 500000);
		}
	}
}

static void hear_when(struct state *s, const struct understood *u)
{
	int64_t yes = understood_intent(u, INTENT_YES), no = understood_intent(u, INTENT_NO);
	bool offered = s->has_agent && s->agent.when.n > 0, says = u->when.n > 0;
	bool chooses = u->chosen != 0 && (s->agent.when.n > 1 || !says);
	bool agrees = !says && u->when.n_nots == 0 && yes >= LIKELY && yes > no;

	if (offered && (chooses || agrees))
		accept(s, u);
	else if (says)
		wish(s, u);
	else if (offered && no >= LIKELY)
		refuse(s);
	if (u->when.soonest && s->out->when.n == 0)
		s->out->when.soonest = true;
	if (u->when.n_was > 0) {
		s->out->has_old = true;
		s->out->old = u->when.was[u->when.n_was - 1];
	}
}

/* ---- the rest ---- */

static bool is_action(enum intent i)
{
	return i == INTENT_BOOK || i == INTENT_CANCEL || i == INTENT_MOVE || i == INTENT_PERSON ||
		i == INTENT_MESSAGE;
}

/* What is to be done stands until something else is to be done; a question
 * stands until then. To name an appointment is not to want one. */
static void hear_intent(struct state *s, const struct understood *u)
{
	struct found_intent *now = &s->out->intent;

	for (size_t i = 0; i < u->n_intents; i++) {
		const struct found_intent *k = &u->intents[i];

		if (k->intent >= INTENT_YES || k->confidence < 500000)
			continue;
		bool stronger = now->confidence == 0 || !is_action(now->intent);
		if (is_action(k->intent) && !stronger)
			stronger = k->intent == now->intent ? k->confidence > now->confidence
				: k->intent == INTENT_BOOK  ? k->confidence >= 850000
							    : k->confidence >= 700000;
		if (!is_action(k->intent) && is_action(now->intent) && now->confidence >= LIKELY)
			stronger = false;
		if (stronger)
			*now = *k;
		return;
	}
}

static void hear_found(struct found *kept, const struct found *f)
{
	if (f->value == NULL || (f->confidence < LIKELY && kept->value != NULL))
		return;
	if (kept->value == NULL || strcmp(kept->value, f->value) != 0 ||
		f->confidence > kept->confidence)
		*kept = *f;
}

/* What the agent reads back and the caller says yes to is sure. */
static void confirm(struct found *kept, const struct found *read_back, bool yes)
{
	if (kept->value == NULL || read_back->value == NULL ||
		strcmp(kept->value, read_back->value) != 0)
		return;
	kept->confidence = yes ? 970000 : lesser(kept->confidence, 500000);
}

static void hear_things(struct state *s, const struct understood *u)
{
	int64_t yes = understood_intent(u, INTENT_YES), no = understood_intent(u, INTENT_NO);
	struct reading_result *out = s->out;

	if (s->has_agent && (yes >= LIKELY || no >= LIKELY)) {
		confirm(&out->phone, &s->agent.phone, yes > no);
		confirm(&out->email, &s->agent.email, yes > no);
		confirm(&out->service, &s->agent.service, yes > no);
	}
	hear_found(&out->service, &u->service);
	hear_found(&out->staff, &u->staff);
	hear_found(&out->phone, &u->phone);
	hear_found(&out->email, &u->email);
	/* a better spelling of the name, or the name that was asked for */
	if (u->name.confidence >= out->name.confidence ||
		(s->has_agent && (s->agent.asks & ASKED_NAME) != 0 && u->name.confidence >= LIKELY))
		hear_found(&out->name, &u->name);
	if (u->any_staff)
		out->staff = (struct found){.value = NULL};
	out->any_staff = u->any_staff || (out->any_staff && u->staff.value == NULL);
	out->accepts_alternatives = out->accepts_alternatives || u->any_time;
}

static void hear_language_of(
	struct state *s, const struct understood *u, const char *text, size_t turn)
{
	struct said said = said_read(s->mem, text);

	for (size_t i = 0; u->language != NULL && i < N_LANGUAGES; i++) {
		if (strcmp(LANGUAGES[i]->code, u->language) != 0)
			continue;
		s->words[i] += said.n;
		if (s->last_language != u->language && said.n >= SWITCH_WORDS &&
			u->language_confidence >= 500000) {
			s->last_language = u->language;
			s->out->switched_at = turn;
		}
	}
}

/* "At twelve it would go" is of the day that is spoken of; and an offer stands
 * until it is answered. */
static void hear_agent(struct state *s, const struct understood *u)
{
	struct when offer = s->agent.when;

	s->has_agent = false;
	s->agent = *u;
	for (size_t i = 0; i < u->when.n; i++) {
		if (!has_day(&u->when.options[i]))
			complete(s, &s->agent.when.options[i]);
	}
	if (u->when.n == 0 && s->unanswered)
		s->agent.when = offer;
	s->has_agent = true;
	s->unanswered = s->agent.when.n > 0;
}

static void hear_turn(struct state *s, const struct turn *t, size_t i)
{
	struct understood u;

	s->l.asked_name =
		t->speaker == SPEAKER_CALLER && s->has_agent && (s->agent.asks & ASKED_NAME) != 0;
	if (t->at.ms != 0)
		s->l.at = t->at;
	understand(s->mem, &s->l, t->text, &u);
	if (t->speaker == SPEAKER_AGENT) {
		hear_agent(s, &u);
		return;
	}
	hear_language_of(s, &u, t->text, i);
	hear_intent(s, &u);
	hear_when(s, &u);
	hear_things(s, &u);
	s->has_agent = false;
	s->unanswered = s->unanswered && u.when.n == 0 && u.when.n_nots == 0 &&
		understood_intent(&u, INTENT_YES) < LIKELY &&
		understood_intent(&u, INTENT_NO) < LIKELY;
}

/* ---- in the end ---- */

static void conclude_language(struct state *s)
{
	size_t best = 0, all = 0;

	for (size_t i = 0; i < N_LANGUAGES; i++) {
		all += s->words[i];
		if (s->words[i] > best) {
			best = s->words[i];
			s->out->language = LANGUAGES[i]->code;
			s->out->language_confidence = (int64_t)best;
		}
	}
	s->out->language_confidence = all == 0 ? 0 : INT64_C(980000) * (int64_t)best / (int64_t)all;
	if (s->last_language != NULL && s->last_language != s->out->language)
		s->out->switched_to = s->last_language;
}

/* As sure as the least sure part that is needed. */
static int64_t conclude(const struct reading_result *r)
{
	int64_t c = r->intent.confidence;
	bool timed = r->intent.intent == INTENT_BOOK || r->intent.intent == INTENT_MOVE;
	const struct found *found[] = {&r->service, &r->staff};

	if (timed) {
		bool exact = r->when.n == 1 && is_exact(&r->when.options[0]) &&
			!r->when.options[0].about;

		c = lesser(c < 800000 && exact ? 800000 : c, exact ? r->when.confidence : 500000);
		for (size_t i = 0; i < COUNT_OF(found); i++) {
			if (found[i]->value != NULL)
				c = lesser(c, found[i]->confidence);
		}
	}
	return c;
}

void reading_of(struct arena *mem, const struct listener *l, const struct turn *turns, size_t n,
	struct reading_result *out)
{
	struct state s = {.mem = mem, .l = *l, .out = out};
	size_t bytes = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n && i < READING_TURNS; i++) {
		bytes += strnlen(turns[i].text, SAID_BYTES_MAX);
		if (bytes > READING_BYTES)
			break;
		hear_turn(&s, &turns[i], i);
	}
	conclude_language(&s);
	if (out->intent.confidence == 0)
		out->intent = (struct found_intent){INTENT_OTHER, "", 500000};
	out->confidence = conclude(out);
}
