#include "core/notify/templates.h"
#include "core/base/buf.h"
#include "core/base/text.h"

#define SMS_MAX 1600
#define SUBJECT_MAX 300
#define HTML_MAX (256 * 1024)

const char *const TEMPLATE_ARGS[] = {
	"company",
	"customer",
	"service",
	"staff",
	"date",
	"time",
	"wished_date",
	"wished_time",
	"place",
	"phone",
	"options",
	NULL,
};

const struct template TEMPLATES[] = {
	{TEMPLATE_BOOKED, "en",
		"{company}: {service} with {staff} is booked for {date}, {time}. {place}."
		"{phone, select, none {} other { Changes: {phone}}}",
		"Your appointment on {date} at {time}",
		"{customer, select, none {Hello,} other {Hello {customer},}}\n\n"
		"your appointment is booked:\n\n"
		"{service} with {staff}\n{date}, {time}\n{place}\n\n"
		"{phone, select, none {} other {To change or cancel it, call {phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_BOOKED, "de",
		"{company}: {service} bei {staff} ist gebucht: {date}, {time} Uhr. {place}."
		"{phone, select, none {} other { Änderungen: {phone}}}",
		"Ihr Termin am {date} um {time} Uhr",
		"{customer, select, none {Guten Tag,} other {Guten Tag {customer},}}\n\n"
		"Ihr Termin ist gebucht:\n\n"
		"{service} bei {staff}\n{date}, {time} Uhr\n{place}\n\n"
		"{phone, select, none {} other {Zum Verschieben oder Absagen rufen Sie uns an: "
		"{phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_ALTERNATIVE, "en",
		"{company}: {wished_date}, {wished_time} was taken, so as you agreed we booked "
		"{service} with {staff} for {date}, {time}. {place}."
		"{phone, select, none {} other { Changes: {phone}}}",
		"Your appointment on {date} at {time} (another time than you wished)",
		"{customer, select, none {Hello,} other {Hello {customer},}}\n\n"
		"the time you wished, {wished_date}, {wished_time}, was taken. As you agreed on "
		"the phone, we booked the nearest free time:\n\n"
		"{service} with {staff}\n{date}, {time}\n{place}\n\n"
		"{phone, select, none {} other {If that does not suit you, call {phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_ALTERNATIVE, "de",
		"{company}: {wished_date}, {wished_time} Uhr war belegt. Wie besprochen gebucht: "
		"{service} bei {staff} am {date}, {time} Uhr. {place}."
		"{phone, select, none {} other { Änderungen: {phone}}}",
		"Ihr Termin am {date} um {time} Uhr (anders als gewünscht)",
		"{customer, select, none {Guten Tag,} other {Guten Tag {customer},}}\n\n"
		"Ihr Wunschtermin {wished_date}, {wished_time} Uhr war belegt. Wie am Telefon "
		"besprochen haben wir den nächsten freien Termin gebucht:\n\n"
		"{service} bei {staff}\n{date}, {time} Uhr\n{place}\n\n"
		"{phone, select, none {} other {Falls er nicht passt, rufen Sie uns an: "
		"{phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_CHANGED, "en",
		"{company}: New time for {service} with {staff}: {date}, {time}. {place}."
		"{phone, select, none {} other { Changes: {phone}}}",
		"Your appointment is now on {date} at {time}",
		"{customer, select, none {Hello,} other {Hello {customer},}}\n\n"
		"your appointment has been moved. It is now:\n\n"
		"{service} with {staff}\n{date}, {time}\n{place}\n\n"
		"{phone, select, none {} other {To change or cancel it, call {phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_CHANGED, "de",
		"{company}: Neuer Termin für {service} bei {staff}: {date}, {time} Uhr. {place}."
		"{phone, select, none {} other { Änderungen: {phone}}}",
		"Ihr Termin ist jetzt am {date} um {time} Uhr",
		"{customer, select, none {Guten Tag,} other {Guten Tag {customer},}}\n\n"
		"Ihr Termin ist verschoben. Er ist jetzt:\n\n"
		"{service} bei {staff}\n{date}, {time} Uhr\n{place}\n\n"
		"{phone, select, none {} other {Zum Verschieben oder Absagen rufen Sie uns an: "
		"{phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_CANCELLED, "en",
		"{company}: {service} on {date}, {time} is cancelled."
		"{phone, select, none {} other { For a new appointment call {phone}.}}",
		"Your appointment on {date} at {time} is cancelled",
		"{customer, select, none {Hello,} other {Hello {customer},}}\n\n"
		"this appointment is cancelled:\n\n"
		"{service} with {staff}\n{date}, {time}\n{place}\n\n"
		"{phone, select, none {} other {For a new appointment call {phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_CANCELLED, "de",
		"{company}: {service} am {date}, {time} Uhr ist abgesagt."
		"{phone, select, none {} other { Neuer Termin: {phone}}}",
		"Ihr Termin am {date} um {time} Uhr ist abgesagt",
		"{customer, select, none {Guten Tag,} other {Guten Tag {customer},}}\n\n"
		"dieser Termin ist abgesagt:\n\n"
		"{service} bei {staff}\n{date}, {time} Uhr\n{place}\n\n"
		"{phone, select, none {} other {Für einen neuen Termin rufen Sie uns an: "
		"{phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_OFFERED, "en",
		"{company}: Sorry, {wished_date}, {wished_time} is taken. "
		"Free{service, select, none {} other { for {service}}}: {options}.{phone, select, "
		"none {} other { To book, call {phone}}}",
		"Free times{service, select, none {} other { for {service}}}",
		"{customer, select, none {Hello,} other {Hello {customer},}}\n\n"
		"the time you wished, {wished_date}, {wished_time}, is taken. "
		"These times are free at the moment:\n\n"
		"{options}\n\n"
		"{phone, select, none {} other {To book one, call {phone}.\n\n}}"
		"{company}\n"},
	{TEMPLATE_OFFERED, "de",
		"{company}: {wished_date}, {wished_time} Uhr ist leider belegt. "
		"Frei{service, select, none {} other { für {service}}}: {options}.{phone, select, "
		"none {} other { Zum Buchen: {phone}}}",
		"Freie Termine{service, select, none {} other { für {service}}}",
		"{customer, select, none {Guten Tag,} other {Guten Tag {customer},}}\n\n"
		"Ihr Wunschtermin {wished_date}, {wished_time} Uhr ist leider "
		"belegt. Zurzeit sind diese Termine frei:\n\n"
		"{options}\n\n"
		"{phone, select, none {} other {Zum Buchen rufen Sie uns an: {phone}.\n\n}}"
		"{company}\n"},
};
const size_t TEMPLATES_COUNT = COUNT_OF(TEMPLATES);

static bool speaks(const struct template *t, const char *tag)
{
	size_t n = strlen(t->language);

	return strncasecmp(t->language, tag, n) == 0 && (tag[n] == '\0' || tag[n] == '-');
}

const struct template *template_find(const char *name, const char *tag)
{
	const struct template *english = NULL;

	for (size_t i = 0; i < TEMPLATES_COUNT; i++) {
		if (strcmp(TEMPLATES[i].name, name) != 0)
			continue;
		if (tag != NULL && speaks(&TEMPLATES[i], tag))
			return &TEMPLATES[i];
		if (speaks(&TEMPLATES[i], "en"))
			english = &TEMPLATES[i];
	}
	if (english == NULL)
		BUG("there is no template %s", name);
	return english;
}

/* ---- SMS ---- */

/* GSM 03.38: the characters of the basic set beyond ASCII, and those of ASCII
 * that take two septets. What is missing in it: the grave accent. */
static const char GSM_BASIC[] = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
static const char GSM_TWO[] = "^{}\\[~]|€";

/* The characters of typography, and what people type instead. */
static const char *const PLAIN[][2] = {
	{"\u00A0", " "},
	{"\u202F", " "},
	{"\u2009", " "},
	{"\u2010", "-"},
	{"\u2011", "-"},
	{"\u2013", "-"},
	{"\u2014", "-"},
	{"\u2018", "'"},
	{"\u2019", "'"},
	{"\u201A", "'"},
	{"\u201C", "\""},
	{"\u201D", "\""},
	{"\u201E", "\""},
	{"\u2026", "..."},
	{"`", "'"},
};

static size_t character_bytes(const char *s)
{
	size_t n = 1;

	while (((uint8_t)s[n] & 0xC0) == 0x80)
		n++;
	return n;
}

static bool in_set(const char *set, const char *s, size_t n)
{
	for (; *set != '\0'; set += character_bytes(set)) {
		if (character_bytes(set) == n && memcmp(set, s, n) == 0)
			return true;
	}
	return false;
}

int sms_septets(const char *s)
{
	int septets = 0;

	for (size_t n; *s != '\0'; s += n) {
		n = character_bytes(s);
		if (in_set(GSM_TWO, s, n))
			septets += 2;
		else if (in_set(GSM_BASIC, s, n) || *s == '\n' || *s == '\r' ||
			(*s >= ' ' && *s <= '~' && *s != '`'))
			septets++;
		else
			return -1;
	}
	return septets;
}

static const char *sms_plain(struct ctx *c, const char *s)
{
	struct buf b = buf_new(c->mem, strlen(s) * 3 + 1);

	while (*s != '\0') {
		size_t n = character_bytes(s), i = 0;

		while (i < COUNT_OF(PLAIN) &&
			!(strlen(PLAIN[i][0]) == n && memcmp(PLAIN[i][0], s, n) == 0))
			i++;
		if (i < COUNT_OF(PLAIN))
			buf_text_add(&b, PLAIN[i][1]);
		else
			buf_add(&b, s, n);
		s += n;
	}
	return utf8_cut(c->mem, buf_text(&b), SMS_MAX);
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

		buf_text_add(&b, "<p>");
		for (size_t line; n > 0; text += line, n -= line) {
			line = strcspn(text, "\n");
			if (line > n)
				line = n;
			put_line(&b, text, line);
			if (line < n) {
				if (n > line + 1)
					buf_text_add(&b, "<br>\n");
				line++;
			}
		}
		buf_text_add(&b, "</p>\n");
		text += strspn(text, "\n");
	}
	buf_text_add(&b, "</body>\n</html>\n");
	if (buf_full(&b))
		BUG("a message of more than %d bytes", HTML_MAX);
	return buf_text(&b);
}

/* ---- rendering ---- */

int template_render(struct ctx *c, const struct template *t, const struct message_arg *args,
	size_t n, struct notification *out)
{
	const char *text;

	out->template = t->name;
	out->language = t->language;
	if (out->channel == CHANNEL_SMS) {
		if (locale_message(c, t->language, t->sms, args, n, &text) < 0)
			return -1;
		out->body = sms_plain(c, text);
		return 0;
	}
	if (locale_message(c, t->language, t->subject, args, n, &text) < 0)
		return -1;
	out->subject = utf8_cut(c->mem, text, SUBJECT_MAX);
	if (locale_message(c, t->language, t->text, args, n, &out->body) < 0)
		return -1;
	out->body_html = message_html(c, t->language, out->body);
	return 0;
}
