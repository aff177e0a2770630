#include "core/base/text.h"
#include "core/privacy/export.h"
#include "core/sys/locale.h"
#include "core/sys/tz.h"
#include "core/tenant/company.h"

/* What the page shows: kinds, fields and values, by their names; a field that
 * is not here is not shown (it is in the JSON). */
struct word {
	const char *name;
	const char *en;
	const char *de;
};

/* clang-format off */
static const struct word KINDS[] = {
	{"customer", "About you", "Über Sie"},
	{"bookings", "Appointments", "Termine"},
	{"add-ons", "What was added to appointments", "Zusätze zu Terminen"},
	{"series", "Repeating appointments", "Wiederkehrende Termine"},
	{"waiting-list", "Waiting list", "Warteliste"},
	{"calls", "Calls", "Anrufe"},
	{"messages", "Messages", "Nachrichten"},
	{"consents", "Consents", "Einwilligungen"},
	{"tasks", "Notes for our staff", "Notizen für unsere Mitarbeiter"},
};

static const struct word FIELD_WORDS[] = {
	{"name", "Name", "Name"},
	{"phone", "Telephone", "Telefon"},
	{"email", "E-mail", "E-Mail"},
	{"language", "Language", "Sprache"},
	{"journey", "Stage", "Stufe"},
	{"no_show_count", "Missed appointments", "Versäumte Termine"},
	{"created_at", "Stored on", "Gespeichert am"},
	{"local_start", "When", "Wann"},
	{"service_name", "Service", "Leistung"},
	{"staff_name", "With", "Bei"},
	{"status", "Status", "Status"},
	{"price_cents", "Price", "Preis"},
	{"late_fee_cents", "Fee for cancelling late", "Gebühr für späte Absage"},
	{"source", "Source", "Herkunft"},
	{"notes", "Notes", "Notizen"},
	{"cancel_reason", "Reason for cancelling", "Grund der Absage"},
	{"cancelled_at", "Cancelled on", "Abgesagt am"},
	{"from_day", "From", "Von"},
	{"to_day", "To", "Bis"},
	{"rrule", "Rule", "Regel"},
	{"direction", "Direction", "Richtung"},
	{"from_number", "From number", "Von Nummer"},
	{"to_number", "To number", "An Nummer"},
	{"started_at", "Begun", "Beginn"},
	{"duration_seconds", "Seconds", "Sekunden"},
	{"summary", "Summary", "Zusammenfassung"},
	{"sentiment", "Mood", "Stimmung"},
	{"transcript", "Transcript", "Mitschrift"},
	{"recording_url", "Recording", "Aufnahme"},
	{"channel", "Channel", "Weg"},
	{"recipient", "To", "An"},
	{"subject", "Subject", "Betreff"},
	{"body", "Text", "Text"},
	{"sent_at", "Sent", "Gesendet"},
	{"state", "Consent", "Einwilligung"},
	{"said_at", "Said on", "Erklärt am"},
	{"title", "Title", "Titel"},
	{"detail", "Detail", "Einzelheiten"},
};

static const struct word VALUES[] = {
	{"scheduled", "to be confirmed", "noch zu bestätigen"},
	{"confirmed", "confirmed", "bestätigt"},
	{"in_progress", "in progress", "läuft"},
	{"completed", "completed", "abgeschlossen"},
	{"cancelled", "cancelled", "abgesagt"},
	{"no_show", "missed", "versäumt"},
	{"needs_attention", "being clarified", "in Klärung"},
	{"given", "given", "erteilt"},
	{"withdrawn", "withdrawn", "widerrufen"},
	{"inbound", "you called", "Sie haben angerufen"},
	{"outbound", "we called", "wir haben angerufen"},
	{"sent", "sent", "gesendet"},
	{"delivered", "delivered", "zugestellt"},
	{"failed", "failed", "nicht gelungen"},
	{"opted_out", "not sent: you do not wish it", "nicht gesendet: Sie wünschen es nicht"},
	{"phone", "telephone", "Telefon"},
	{"web", "web page", "Webseite"},
	{"lead", "interested", "Interessent"},
	{"prospect", "has booked", "hat gebucht"},
	{"customer", "customer", "Kunde"},
	{"regular", "regular customer", "Stammkunde"},
	{"waiting", "waiting", "wartet"},
	{"booked", "booked", "gebucht"},
	{"expired", "expired", "abgelaufen"},
	{"open", "open", "offen"},
	{"done", "done", "erledigt"},
};
/* clang-format on */

struct page {
	struct ctx *c;
	struct buf *out;
	bool german;
	const struct tz *zone; /* the company's */
};

static const char *word_of(
	const struct page *p, const struct word *words, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i].name, name) == 0)
			return p->german ? words[i].de : words[i].en;
	}
	return NULL;
}

static const char *locale(const struct page *p)
{
	return p->german ? "de" : "en";
}

static const char *clock_text(struct page *p, wall_t w)
{
	return mem_printf(p->c->mem, "%s, %s", locale_date(p->c, locale(p), w, DATE_LONG),
		locale_time(p->c, locale(p), w));
}

static const char *money_text(
	struct page *p, const struct table *t, const void *row, const struct field *f)
{
	money_t m = {.minor = *(const int64_t *)((const char *)row + f->offset)};
	const struct field *currency = table_field(t, "currency");
	const char *code = currency == NULL ? NULL : field_text(p->c->mem, currency, row);

	if (code == NULL || strlen(code) >= sizeof(m.currency))
		return field_text(p->c->mem, f, row);
	memcpy(m.currency, code, strlen(code) + 1);
	return locale_money(p->c, locale(p), m);
}

/* As people write it; NULL: nothing. */
static const char *value_text(
	struct page *p, const struct table *t, const void *row, const struct field *f)
{
	const void *at = (const char *)row + f->offset;
	const char *s = field_text(p->c->mem, f, row);

	if (text_empty(s))
		return NULL;
	if (f->type == F_TIME)
		return clock_text(p, tz_wall(p->zone, *(const ts_t *)at));
	if (f->type == F_WALL)
		return clock_text(p, *(const wall_t *)at);
	if (f->type == F_DAY)
		return locale_date(p->c, locale(p), wall_of(*(const day_t *)at, 0), DATE_LONG);
	if (f->type == F_CENTS)
		return money_text(p, t, row, f);
	if (f->type != F_ENUM)
		return s;
	const char *word = word_of(p, VALUES, COUNT_OF(VALUES), s);
	return word != NULL ? word : s;
}

static void put_row(struct page *p, const struct table *t, const void *row)
{
	struct buf *b = p->out;

	buf_text_add(b, "<dl>\n");
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];
		const char *label = word_of(p, FIELD_WORDS, COUNT_OF(FIELD_WORDS), f->name);
		const char *value = label == NULL ? NULL : value_text(p, t, row, f);

		if (value == NULL)
			continue;
		buf_printf(b, "<dt>%s</dt><dd>", label);
		buf_html(b, value, strlen(value));
		buf_text_add(b, "</dd>\n");
	}
	buf_text_add(b, "</dl>\n");
}

static void put_kind(struct page *p, const struct given *g)
{
	const struct table *t = g->kind->shape;
	const char *heading = word_of(p, KINDS, COUNT_OF(KINDS), g->kind->file);

	if (heading == NULL)
		BUG("the page has no word for %s", g->kind->file);
	buf_printf(p->out, "<h2>%s</h2>\n", heading);
	if (g->rows.n == 0)
		buf_text_add(p->out, p->german ? "<p>Nichts.</p>\n" : "<p>Nothing.</p>\n");
	for (size_t i = 0; i < g->rows.n; i++)
		put_row(p, t, (const char *)g->rows.p + i * t->size);
}

static void put_head(struct page *p, const struct company *co)
{
	const char *when = clock_text(p, tz_wall(p->zone, p->c->now));
	const char *title = p->german ? "Ihre Daten bei " : "Your data at ";
	struct buf *b = p->out;

	buf_printf(b,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n<style>"
		"body{font-family:sans-serif;line-height:1.5;max-width:50em;margin:2em auto;"
		"padding:0 1em}dl{display:grid;grid-template-columns:12em 1fr;gap:.2em 1em;"
		"border-top:1px solid #ccc;padding-top:.8em}dt{color:#555}"
		"dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}</style>\n<title>%s",
		locale(p), title);
	buf_html(b, co->name, strlen(co->name));
	buf_printf(b, "</title></head>\n<body>\n<h1>%s", title);
	buf_html(b, co->name, strlen(co->name));
	buf_printf(b, "</h1>\n<p>%s %s. %s</p>\n", p->german ? "Stand:" : "As of", when,
		p->german ? "Dasselbe und mehr, für Programme lesbar, steht in den JSON-Dateien "
			    "daneben; die Termine in calendar.ics."
			  : "The same and more, for programs to read, is in the JSON files beside "
			    "this page; the appointments are in calendar.ics.");
}

int export_page(
	struct ctx *c, const char *language, const struct given *all, size_t n, struct buf *out)
{
	struct page p = {.c = c, .out = out, .german = strcmp(language, "de") == 0};
	struct company co;

	if (company_current(c, &co) < 0)
		return -1;
	p.zone = tz_find(co.time_zone);
	if (p.zone == NULL)
		BUG("the company's zone %s is unknown", co.time_zone);
	put_head(&p, &co);
	for (size_t i = 0; i < n; i++)
		put_kind(&p, &all[i]);
	buf_text_add(out, "</body>\n</html>\n");
	return 0;
}
