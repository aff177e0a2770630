#include "fcgi/ctl.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/understand/understand.h"

#include <getopt.h>

#define THINGS_MAX 50

const char CTL_UNDERSTAND_USAGE[] =
	"usage: frontdeskctl understand [OPTION]... TEXT...\n"
	"\n"
	"Prints what the built-in understanding makes of a caller's words, a line a\n"
	"finding: what, how sure (0 to 1), and the words it came from. What is below 0.8\n"
	"would be asked about before anything is booked.\n"
	"\n"
	"  --lang L         de or en; else it is found out\n"
	"  --zone Z         the branch's time zone (Europe/Berlin)\n"
	"  --region R       its country, for numbers and 12/3 (DE)\n"
	"  --at INSTANT     when it was said, 2026-12-01T10:00:00Z; else now\n"
	"  --opens HH:MM    from when people are taken (08:00)\n"
	"  --closes HH:MM   until when (20:00)\n"
	"  --service NAME   a service of the company; may be given again\n"
	"  --staff NAME     a member of staff; may be given again\n"
	"\n"
	"A day is 2026-12-02, first..last, or first.. (from then on), * when none was\n"
	"said; a time is 14:30, ~14:30 (about), 14:00-16:00, 17:00- or -10:00; what could\n"
	"be either is parted by |.\n";

struct asked_for {
	struct listener l;
	struct known_thing services[THINGS_MAX], staff[THINGS_MAX];
	const char *zone;
	const char *text;
};

enum { OPT_LANG = 1, OPT_ZONE, OPT_REGION, OPT_AT, OPT_OPENS, OPT_CLOSES, OPT_SERVICE, OPT_STAFF };

static const struct option OPTIONS[] = {
	{"lang", required_argument, NULL, OPT_LANG},
	{"zone", required_argument, NULL, OPT_ZONE},
	{"region", required_argument, NULL, OPT_REGION},
	{"at", required_argument, NULL, OPT_AT},
	{"opens", required_argument, NULL, OPT_OPENS},
	{"closes", required_argument, NULL, OPT_CLOSES},
	{"service", required_argument, NULL, OPT_SERVICE},
	{"staff", required_argument, NULL, OPT_STAFF},
	{NULL, 0, NULL, 0},
};

/* ---- what is asked ---- */

static int add_thing(struct ctl *t, struct known_thing *all, size_t *n, const char *name)
{
	if (*n == THINGS_MAX)
		return ctl_misused(t, "at most %d services and %d people", THINGS_MAX, THINGS_MAX);
	all[(*n)++] = (struct known_thing){.id = name, .name = name};
	return CTL_OK;
}

static int take_option(struct ctl *t, struct asked_for *a, int option)
{
	switch (option) {
	case OPT_LANG:
		a->l.language = optarg;
		return language_find(optarg) != NULL
			? CTL_OK
			: ctl_misused(t, "%s is no language of ours", optarg);
	case OPT_ZONE:
		a->zone = optarg;
		return CTL_OK;
	case OPT_REGION:
		a->l.region = optarg;
		return CTL_OK;
	case OPT_AT:
		return ts_parse(optarg, &a->l.at)
			? CTL_OK
			: ctl_misused(t, "%s is no instant like 2026-12-01T10:00:00Z", optarg);
	case OPT_OPENS:
	case OPT_CLOSES:
		return minute_parse(optarg, option == OPT_OPENS ? &a->l.opens : &a->l.closes)
			? CTL_OK
			: ctl_misused(t, "%s is no time like 08:00", optarg);
	case OPT_SERVICE:
		return add_thing(t, a->services, &a->l.n_services, optarg);
	case OPT_STAFF:
		return add_thing(t, a->staff, &a->l.n_staff, optarg);
	default:
		return ctl_misused(t, "understand takes no such option, or wants more behind it");
	}
}

static int take_text(struct ctl *t, struct asked_for *a)
{
	struct buf b = buf_new(t->c.mem, SAID_BYTES_MAX);

	for (int i = optind; i < t->argc; i++)
		buf_printf(&b, "%s%s", i > optind ? " " : "", t->argv[i]);
	if (buf_full(&b))
		return ctl_misused(t, "the text is longer than %d bytes", SAID_BYTES_MAX);
	if (text_empty(buf_text(&b)))
		return ctl_misused(t, "what was said is missing");
	a->text = buf_text(&b);
	return CTL_OK;
}

static int read_arguments(struct ctl *t, struct asked_for *a)
{
	int option, rc = CTL_OK;

	optind = 1;
	opterr = 0;
	while (rc == CTL_OK && (option = getopt_long(t->argc, t->argv, "+", OPTIONS, NULL)) != -1)
		rc = take_option(t, a, option);
	if (rc != CTL_OK)
		return rc;
	a->l.zone = tz_find(a->zone);
	if (a->l.zone == NULL)
		return ctl_misused(t, "%s is no time zone like Europe/Berlin", a->zone);
	a->l.services = a->services;
	a->l.staff = a->staff;
	return take_text(t, a);
}

/* ---- what is said ---- */

static void print_line(const char *what, const char *value, int64_t confidence, const char *words)
{
	printf("%-10s %-36s %.2f", what, value, (double)confidence / 1e6);
	if (!text_empty(words))
		printf("  \"%s\"", words);
	putchar('\n');
}

static void print_found(const char *what, const struct found *f)
{
	if (f->value == NULL)
		return;
	print_line(what, f->value, f->confidence, f->words);
	if (f->rival != NULL)
		printf("%-10s or %s\n", "", f->rival);
}

static void print_when(struct arena *mem, const struct when *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct when one = {.options = {w->options[i]}, .n = 1, .confidence = 1000000};

		print_line("when", when_text(mem, &one), w->options[i].confidence,
			w->options[i].words);
	}
	for (size_t i = 0; i < w->n_nots; i++) {
		struct when one = {.options = {w->nots[i]}, .n = 1, .confidence = 1000000};

		print_line("not", when_text(mem, &one), w->nots[i].confidence, NULL);
	}
	for (size_t i = 0; i < w->n_was; i++) {
		struct when one = {.options = {w->was[i]}, .n = 1, .confidence = 1000000};

		print_line("was", when_text(mem, &one), w->was[i].confidence, w->was[i].words);
	}
	if (w->soonest)
		print_line("when", "as soon as possible", w->confidence, NULL);
}

static void print_all(struct arena *mem, const struct understood *u)
{
	print_line("language", u->language == NULL ? "unknown" : u->language,
		u->language_confidence, NULL);
	for (size_t i = 0; i < u->n_intents; i++)
		print_line("intent", INTENT_NAMES[u->intents[i].intent], u->intents[i].confidence,
			u->intents[i].words);
	print_when(mem, &u->when);
	print_found("service", &u->service);
	print_found("staff", &u->staff);
	print_found("name", &u->name);
	print_found("phone", &u->phone);
	print_found("email", &u->email);
	if (u->any_staff)
		puts("staff      anyone");
	if (u->any_time)
		puts("when       other times do as well");
}

int ctl_understand(struct ctl *t)
{
	struct asked_for a = {
		.l = {.region = "DE", .at = t->c.now, .opens = WHEN_OPENS, .closes = WHEN_CLOSES},
		.zone = "Europe/Berlin"};
	struct understood u;
	int rc = read_arguments(t, &a);

	if (rc != CTL_OK)
		return rc;
	understand(t->c.mem, &a.l, a.text, &u);
	print_all(t->c.mem, &u);
	return CTL_OK;
}
