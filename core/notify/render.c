#include "core/notify/render.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/notify/sms_text.h"

#define SUBJECT_LENGTH 300
#define BODY_LENGTH 20000
#define HTML_MAX (256 * 1024)

/* ---- values ---- */

static const char *const EXAMPLES[] = {
#define X(symbol, name, example) [symbol] = example,
#include "core/notify/vars.def"
#undef X
};

void value_number(struct values *v, enum var var, int64_t n)
{
	v->number[var] = n;
	v->numeric[var] = true;
}

static const char *moment(struct ctx *c, const char *locale, wall_t w)
{
	return mem_printf(c->mem, "%s, %s", locale_date(c, locale, w, DATE_WEEKDAY),
		locale_time(c, locale, w));
}

void values_sample(struct ctx *c, const char *locale, struct values *out)
{
	wall_t start = wall_of(day_of(2026, 12, 1), 14 * 60 + 30);
	wall_t wished = wall_of(day_of(2026, 12, 1), 14 * 60);
	wall_t later = wall_of(day_of(2026, 12, 2), 9 * 60);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < VAR_COUNT_OF_ALL; i++)
		out->text[i] = EXAMPLES[i];
	out->text[VAR_DATE] = locale_date(c, locale, start, DATE_WEEKDAY);
	out->text[VAR_TIME] = locale_time(c, locale, start);
	out->text[VAR_WISHED_DATE] = locale_date(c, locale, wished, DATE_WEEKDAY);
	out->text[VAR_WISHED_TIME] = locale_time(c, locale, wished);
	out->text[VAR_OPTIONS] = mem_printf(
		c->mem, "%s (Anna); %s (Ben)", moment(c, locale, start), moment(c, locale, later));
	out->text[VAR_PRICE] = locale_money(c, locale, (money_t){11500, "EUR"});
	out->text[VAR_PLAN] = mem_printf(c->mem, "%s Cut & Colour, Jo Field\n%s Haircut, Mia Maier",
		locale_time(c, locale, later), locale_time(c, locale, start));
	out->text[VAR_UNTIL] = locale_time(c, locale, (wall_t){start.min + 15});
	value_number(out, VAR_HOURS, 24);
	value_number(out, VAR_COUNT, 2);
}

/* ---- HTML ---- */

/* A line that is an address can be followed. */
static void put_line(struct buf *b, const char *s, size_t n)
{
	bool link = text_starts(s, "https://") || text_starts(s, "http://");

	if (link) {
		buf_text_add(b, "<a href=\"");
		buf_html(b, s, n);
		buf_text_add(b, "\">");
	}
	buf_html(b, s, n);
	buf_text_add(b, link ? "</a>" : "");
}

static void put_paragraph(struct buf *b, const char *text, size_t n)
{
	buf_text_add(b, "<p>");
	for (size_t line; n > 0; text += line, n -= line) {
		line = strcspn(text, "\n");
		if (line > n)
			line = n;
		put_line(b, text, line);
		if (line < n) {
			if (n > line + 1)
				buf_text_add(b, "<br>\n");
			line++;
		}
	}
	buf_text_add(b, "</p>\n");
}

const char *message_html(struct ctx *c, const char *language, const char *text)
{
	struct buf b = buf_new(c->mem, HTML_MAX);

	buf_printf(&b,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"></head>\n"
		"<body style=\"font-family:sans-serif;line-height:1.5\">\n",
		language);
	while (*text != '\0') {
		const char *end = strstr(text, "\n\n");
		size_t n = end == NULL ? strlen(text) : (size_t)(end - text);

		put_paragraph(&b, text, n);
		text += n;
		text += strspn(text, "\n");
	}
	buf_text_add(&b, "</body>\n</html>\n");
	if (buf_full(&b))
		BUG("a message of more than %d bytes", HTML_MAX);
	return buf_text(&b);
}

/* ---- rendering ---- */

struct args {
	struct message_arg p[VAR_COUNT_OF_ALL];
	size_t n;
};

static void args_of(const struct rule *r, const struct values *v, struct args *out)
{
	out->n = 0;
	for (size_t i = 0; i < VAR_COUNT_OF_ALL; i++) {
		const char *text = v->text[i];

		if ((r->vars & UINT64_C(1) << i) == 0)
			continue;
		if (text == NULL && !v->numeric[i])
			text = "none";
		out->p[out->n++] = (struct message_arg){VARS[i], text, v->number[i]};
	}
}

/* What locale_message() says of a text is said of its field. */
static int fill(struct ctx *c, const char *field, const char *locale, const struct args *args,
	const char **text)
{
	if (locale_message(c, locale, *text, args->p, args->n, text) == 0)
		return 0;
	if (c->err.code != E_INVALID || c->err.detail == NULL)
		return -1;
	const char *why = c->err.detail;

	err_clear(c);
	return err_field(c, field, "%s", why);
}

/* Texts of variables have line ends, and where one was left out blanks stay. */
static const char *one_line(struct ctx *c, const char *s)
{
	char *p = mem_text(c->mem, s);

	for (char *q = p; *q != '\0'; q++) {
		if ((uint8_t)*q < ' ')
			*q = ' ';
	}
	return text_trim(c->mem, p);
}

int render(struct ctx *c, const struct rule *r, const struct template *t, const char *locale,
	const struct values *v, struct rendered *out)
{
	struct args args;

	args_of(r, v, &args);
	*out = (struct rendered){.subject = t->subject, .body = t->body};
	if (out->subject != NULL && fill(c, "subject", locale, &args, &out->subject) < 0)
		return -1;
	if (fill(c, "body", locale, &args, &out->body) < 0)
		return -1;
	out->body = text_trim(c->mem, out->body);
	if (out->subject != NULL)
		out->subject = utf8_cut(c->mem, one_line(c, out->subject), SUBJECT_LENGTH);
	if (t->channel == CHANNEL_SMS)
		out->body = sms_plain(c, out->body);
	else
		out->body = utf8_cut(c->mem, out->body, BODY_LENGTH);
	if (t->channel == CHANNEL_EMAIL)
		out->html = message_html(c, t->language, out->body);
	return 0;
}

const char *render_locale(const struct template *t, const char *tag)
{
	size_t n = strcspn(t->language, "-");
	bool same = tag != NULL && strncasecmp(tag, t->language, n) == 0 &&
		(tag[n] == '\0' || tag[n] == '-');

	return same && locale_valid(tag) ? tag : t->language;
}
