#include "core/base/text.h"
#include "core/notify/render.h"
#include "core/notify/shipped.h"
#include "core/notify/sms_text.h"
#include "core/sys/json.h"
#include "fcgi/h_notification.h"

#define DATA_MAX 16000

/* ---- tables ---- */

struct template_query {
	const char *name;
	const char *language;
};

static const struct field QUERY_FIELDS[] = {
	TEXT(template_query, name, 0, 60),
	TEXT(template_query, language, 0, LANGUAGE_TAG_MAX),
};
const struct table TEMPLATE_QUERY = TABLE(template_query, "template_query", QUERY_FIELDS);

struct preview_in {
	const char *name;
	enum channel channel;
	const char *language;
	const char *subject; /* with body NULL: the text in force */
	const char *body;
	const char *data; /* {"customer":"Jo","count":2}; NULL: usual values */
};

static const struct field PREVIEW_IN_FIELDS[] = {
	TEXT(preview_in, name, REQ, 60),
	ENUM(preview_in, channel, REQ, enum channel, CHANNELS),
	TEXT(preview_in, language, REQ, LANGUAGE_TAG_MAX),
	TEXT(preview_in, subject, 0, 500),
	TEXT(preview_in, body, 0, 8000),
	JSON(preview_in, data, PERSONAL, DATA_MAX),
};
const struct table PREVIEW_IN = TABLE(preview_in, "preview_in", PREVIEW_IN_FIELDS);

static const char *const ENCODINGS[] = {"", "gsm7", "ucs2", NULL};
enum encoding_shown { ENCODING_NONE };

struct preview {
	const char *language; /* of the text */
	const char *subject;
	const char *body;
	const char *html;
	enum encoding_shown encoding; /* of an SMS: 1 + enum sms_encoding */
	int64_t characters;           /* as the encoding counts them */
	int64_t characters_left;
	int64_t segments;
};

static const struct field PREVIEW_FIELDS[] = {
	TEXT(preview, language, RO, LANGUAGE_TAG_MAX),
	TEXT(preview, subject, RO, 300),
	TEXT(preview, body, RO, 20000),
	TEXT(preview, html, RO, 300000),
	ENUM(preview, encoding, RO | NULL0, enum encoding_shown, ENCODINGS),
	INT(preview, characters, RO, 0, 20000),
	INT(preview, characters_left, RO, 0, 160),
	INT(preview, segments, RO | NULL0, 0, 100),
};
const struct table PREVIEW = TABLE(preview, "preview", PREVIEW_FIELDS);

/* ---- texts ---- */

int h_templates(struct req *r)
{
	const struct template_query *q = r->query;
	struct rows rows;

	if (template_list(&r->c, &rows) < 0)
		return -1;
	struct template *p = rows.p;
	size_t n = 0;
	for (size_t i = 0; i < rows.n; i++) {
		if ((q->name == NULL || strcmp(q->name, p[i].name) == 0) &&
			(q->language == NULL || strcasecmp(q->language, p[i].language) == 0))
			p[n++] = p[i];
	}
	rows.n = n;
	return reply_rows(r, &TEMPLATE, &rows, NULL);
}

/* The text that the path names. */
static int place(struct req *r, const struct rule **rule, struct template *t)
{
	memset(t, 0, sizeof(*t));
	if (template_place(&r->c, r->ids[0], r->ids[1], rule, &t->channel) < 0)
		return -1;
	t->name = (*rule)->name;
	t->language = r->ids[2];
	if (!text_is_language(t->language) || strlen(t->language) > LANGUAGE_TAG_MAX ||
		!locale_valid(t->language))
		return err_set(&r->c, E_NOT_FOUND, "There is no such language.");
	return 0;
}

int h_template(struct req *r)
{
	const struct rule *rule;
	struct template t;

	if (place(r, &rule, &t) < 0 || template_for(&r->c, rule, t.channel, t.language, &t) < 0)
		return -1;
	return reply(r, 200, &TEMPLATE, &t);
}

int h_template_set(struct req *r)
{
	const struct template *in = r->in;
	const struct rule *rule;
	struct template t;

	if (place(r, &rule, &t) < 0)
		return -1;
	t.subject = in->subject;
	t.body = in->body;
	if (template_set(&r->c, rule, &t) < 0)
		return -1;
	return reply(r, 200, &TEMPLATE, &t);
}

int h_template_reset(struct req *r)
{
	const struct rule *rule;
	struct template t;

	if (place(r, &rule, &t) < 0 || template_reset(&r->c, &t) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- preview ---- */

/* {"customer":"Jo","count":2} in place of usual values; the rest is not known. */
static int read_data(struct req *r, const struct rule *rule, const char *data, struct values *v)
{
	struct ctx *c = &r->c;
	const struct json *all;

	memset(v, 0, sizeof(*v));
	if (json_parse(c, (struct bytes){(const uint8_t *)data, strlen(data)}, &all) < 0)
		return -1;
	for (const struct json *j = json_first(all); j != NULL; j = json_next(j)) {
		int var = names_find(VARS, json_key(j));
		const char *field = mem_printf(c->mem, "data.%.60s", json_key(j));
		int64_t number;

		if (var < 0 || (rule->vars & UINT64_C(1) << var) == 0)
			(void)err_field(c, field, "is no variable of this template");
		else if (json_number(j, &number))
			value_number(v, (enum var)var, number);
		else if (json_string(j) != NULL)
			v->text[var] = json_string(j);
		else
			(void)err_field(c, field, "must be text or a whole number");
	}
	return c->err.code == E_OK ? 0 : -1;
}

static int read_text(struct req *r, const struct rule **rule, struct template *t)
{
	const struct preview_in *in = r->in;
	struct ctx *c = &r->c;

	*rule = rule_find(in->name);
	if (*rule == NULL)
		return err_field(c, "name", "is no template");
	if (!rule_uses(*rule, in->channel))
		return err_field(c, "channel", "is none that this template goes by");
	if (!locale_valid(in->language))
		return err_field(c, "language", "must be a language tag, as de or pt-BR");
	if (in->body == NULL)
		return template_for(c, *rule, in->channel, in->language, t);
	*t = (struct template){.name = in->name,
		.channel = in->channel,
		.language = in->language,
		.subject = in->subject,
		.body = in->body};
	return template_check(c, *rule, t);
}

static void measure(struct preview *p, enum channel channel)
{
	if (channel != CHANNEL_SMS) {
		p->characters = (int64_t)utf8_length(p->body);
		return;
	}
	struct sms_size size = sms_measure(p->body);

	p->encoding = (enum encoding_shown)(1 + (int)size.encoding);
	p->characters = size.units;
	p->characters_left = size.left;
	p->segments = size.segments;
}

int h_template_preview(struct req *r)
{
	const struct preview_in *in = r->in;
	const struct rule *rule;
	struct rendered text;
	struct template t;
	struct values v;

	if (read_text(r, &rule, &t) < 0)
		return -1;
	const char *locale = render_locale(&t, in->language);
	if (in->data == NULL)
		values_sample(&r->c, locale, &v);
	else if (read_data(r, rule, in->data, &v) < 0)
		return -1;
	if (render(&r->c, rule, &t, locale, &v, &text) < 0)
		return -1;
	struct preview out = {.language = t.language,
		.subject = text.subject,
		.body = text.body,
		.html = text.html};
	measure(&out, t.channel);
	return reply(r, 200, &PREVIEW, &out);
}
