#include "core/notify/template.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/notify/render.h"
#include "core/notify/shipped.h"
#include "core/notify/sms_text.h"
#include "core/sys/db.h"

#define SUBJECT_MAX 500
#define BODY_MAX 8000
#define FALLBACK "en"

static const struct field FIELDS[] = {
	ID(template, id, RO | HIDDEN),
	TEXT(template, name, RO | ASCII, 60),
	ENUM(template, channel, RO, enum channel, CHANNELS),
	TEXT(template, language, RO | ASCII, LANGUAGE_TAG_MAX),
	ENUM(template, audience, RO | NOCOL, enum audience, AUDIENCES),
	BOOL(template, is_own, RO | NOCOL),
	TEXT(template, subject, RO, SUBJECT_MAX),
	TEXT(template, body, RO, BODY_MAX),
	TEXTS(template, variables, RO, 60),
};
const struct table TEMPLATE = TABLE(template, "template", FIELDS);

static const struct field IN_FIELDS[] = {
	TEXT(template, subject, 0, SUBJECT_MAX),
	TEXT(template, body, REQ, BODY_MAX),
};
const struct table TEMPLATE_IN = TABLE(template, "template_in", IN_FIELDS);

/* ---- storage ---- */

static int load_own(struct ctx *c, const char *name, struct rows *out)
{
	return db_rows(c, &TEMPLATE, out,
		"SELECT {cols} FROM template WHERE name = COALESCE(?, name)"
		" ORDER BY name, channel, language",
		name);
}

static int store(struct ctx *c, struct template *t)
{
	int rc = db_exec(c,
		"UPDATE template SET subject = ?, body = ?"
		" WHERE name = ? AND channel = ? AND language = ?",
		t->subject, t->body, t->name, CHANNELS[t->channel], t->language);

	if (rc != 0)
		return rc;
	t->id = id_new(c);
	return db_insert(c, &TEMPLATE, t);
}

/* ---- texts that are in force ---- */

static struct texts variables_of(struct ctx *c, const struct rule *r)
{
	struct texts out = {mem_alloc(c->mem, VAR_COUNT_OF_ALL * sizeof(char *)), 0};

	for (size_t i = 0; i < VAR_COUNT_OF_ALL; i++) {
		if (r->vars & UINT64_C(1) << i)
			out.p[out.n++] = VARS[i];
	}
	return out;
}

static void complete(struct ctx *c, const struct rule *r, struct template *t)
{
	t->name = r->name;
	t->audience = r->audience;
	t->variables = variables_of(c, r);
}

static const struct template *find_own(
	const struct rows *own, const char *name, enum channel channel, const char *language)
{
	const struct template *p = own->p;

	for (size_t i = 0; i < own->n; i++) {
		if (p[i].channel == channel && strcmp(p[i].name, name) == 0 &&
			strcasecmp(p[i].language, language) == 0)
			return &p[i];
	}
	return NULL;
}

/* In exactly that language. 1, 0, -1. */
static int in_force(struct ctx *c, const struct rule *r, const struct rows *own,
	const char *language, struct template *t)
{
	const struct template *mine = find_own(own, r->name, t->channel, language);
	const struct shipped *s;

	if (mine != NULL) {
		*t = *mine;
		t->is_own = true;
		complete(c, r, t);
		return 1;
	}
	int rc = shipped_find(c, r->name, t->channel, language, &s);
	if (rc <= 0)
		return rc;
	*t = (struct template){.channel = t->channel,
		.language = s->language,
		.subject = s->subject,
		.body = s->body};
	complete(c, r, t);
	return 1;
}

int template_get(struct ctx *c, struct template *t)
{
	struct rows own;

	if (load_own(c, t->name, &own) < 0)
		return -1;
	int rc = in_force(c, rule_find(t->name), &own, t->language, t);
	return db_must(c, rc, "template in this language", NULL);
}

/* "de-AT", "de", "en": each the company's own text first, and English only
 * when there is nothing else. */
int template_for(struct ctx *c, const struct rule *r, enum channel channel, const char *tag,
	struct template *out)
{
	const char *base = tag == NULL ? FALLBACK : mem_text_n(c->mem, tag, strcspn(tag, "-"));
	const char *const tags[] = {tag == NULL ? FALLBACK : tag, base, FALLBACK};
	struct rows own;

	if (load_own(c, r->name, &own) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(tags); i++) {
		out->channel = channel;
		int rc = in_force(c, r, &own, tags[i], out);

		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
	return err_set(c, E_INTERNAL, "There is no text %s for %s in English.", r->name,
		CHANNELS[channel]);
}

/* ---- the list ---- */

static bool listed(const struct template *p, size_t n, const struct template *t)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].channel == t->channel && strcmp(p[i].name, t->name) == 0 &&
			strcasecmp(p[i].language, t->language) == 0)
			return true;
	}
	return false;
}

static int list_add(
	struct ctx *c, const struct rule *r, const struct rows *own, struct template *p, size_t n)
{
	struct rows all;

	if (shipped_all(c, &all) < 0)
		return -1;
	const struct shipped *s = all.p;
	size_t begin = n;
	for (int k = 0; k < r->n_channels; k++) {
		for (size_t i = 0; i < all.n; i++) {
			bool mine = text_same(s[i].file, r->name) ||
				text_same(s[i].file,
					mem_printf(c->mem, "%s.%s", r->name,
						CHANNELS[r->channels[k]]));

			p[n].channel = r->channels[k];
			if (mine && in_force(c, r, own, s[i].language, &p[n]) > 0 &&
				!listed(p, n, &p[n]))
				n++;
		}
	}
	return (int)(n - begin);
}

int template_list(struct ctx *c, struct rows *out)
{
	struct rows own, all;
	int rc;

	if (load_own(c, NULL, &own) < 0 || shipped_all(c, &all) < 0)
		return -1;
	struct template *p = mem_alloc(c->mem, (all.n * CHANNEL_COUNT + own.n + 1) * sizeof(*p));
	size_t n = 0;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		rc = list_add(c, &RULES[i], &own, p, n);
		if (rc < 0)
			return -1;
		n += (size_t)rc;
	}
	/* and in languages that nothing is shipped in */
	for (size_t i = 0; i < own.n; i++) {
		const struct template *t = (const struct template *)own.p + i;
		const struct rule *r = rule_find(t->name);

		if (r == NULL || listed(p, n, t))
			continue;
		p[n] = *t;
		p[n].is_own = true;
		complete(c, r, &p[n++]);
	}
	*out = (struct rows){p, n};
	return 0;
}

/* ---- changing ---- */

int template_place(struct ctx *c, const char *name, const char *channel, const struct rule **rule,
	enum channel *out)
{
	int k = names_find(CHANNELS, channel);

	*rule = rule_find(name);
	if (*rule == NULL)
		return err_set(c, E_NOT_FOUND, "There is no template %.60s.", name);
	if (k < 0 || !rule_uses(*rule, (enum channel)k))
		return err_set(c, E_NOT_FOUND, "%s does not go by a channel %.20s.", name, channel);
	*out = (enum channel)k;
	return 0;
}

int template_check(struct ctx *c, const struct rule *r, const struct template *t)
{
	struct values sample, none = {0};
	struct rendered out;

	if (!locale_valid(t->language))
		return err_field(c, "language", "must be a language tag, as de or pt-BR");
	if (t->channel == CHANNEL_EMAIL && text_empty(t->subject))
		return err_field(c, "subject", "must be given: an e-mail has one");
	values_sample(c, t->language, &sample);
	value_number(&none, VAR_HOURS, 1);
	value_number(&none, VAR_COUNT, 1);
	if (render(c, r, t, t->language, &none, &out) < 0 ||
		render(c, r, t, t->language, &sample, &out) < 0)
		return -1;
	if (t->channel == CHANNEL_SMS && utf8_length(out.body) >= SMS_LENGTH_MAX)
		return err_field(c, "body",
			"becomes %d characters or longer with usual values: an SMS may not be",
			SMS_LENGTH_MAX);
	return 0;
}

int template_set(struct ctx *c, const struct rule *r, struct template *t)
{
	if (template_check(c, r, t) < 0 || store(c, t) < 0)
		return -1;
	if (audit_note(c, "template.change", "template", NULL,
		    mem_printf(c->mem, "%s, %s, %s", t->name, CHANNELS[t->channel], t->language)) <
		0)
		return -1;
	return template_get(c, t);
}

int template_reset(struct ctx *c, const struct template *t)
{
	int rc = db_exec(c, "DELETE FROM template WHERE name = ? AND channel = ? AND language = ?",
		t->name, CHANNELS[t->channel], t->language);

	if (db_must(c, rc, "text of the company's own", NULL) < 0)
		return -1;
	return audit_note(c, "template.reset", "template", NULL,
		mem_printf(c->mem, "%s, %s, %s", t->name, CHANNELS[t->channel], t->language));
}
