/* What messages say: the shipped texts, their variables, how many SMS they
 * take. */
#include "core/notify/render.h"
#include "core/notify/shipped.h"
#include "core/notify/sms_text.h"
#include "core/sys/conf.h"
#include "tests/unit/unit.h"

static struct ctx *c;
static struct conf conf = {.server_templates_dir = "core/notify/templates"};

static void setup(void)
{
	c = unit_ctx();
	c->conf = &conf;
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static const char *const LANGUAGES[] = {"en", "de"};

/* A shipped text; the rule must go by that channel. */
static struct template shipped(const struct rule *r, enum channel channel, const char *language)
{
	const struct shipped *s;
	int rc = shipped_find(c, r->name, channel, language, &s);

	ck_assert_msg(rc == 1, "no %s for %s in %s", r->name, CHANNELS[channel], language);
	return (struct template){.name = r->name,
		.channel = channel,
		.language = s->language,
		.subject = s->subject,
		.body = s->body};
}

static struct rendered fill(
	const struct rule *r, enum channel channel, const char *language, const struct values *v)
{
	struct template t = shipped(r, channel, language);
	struct rendered out;

	ck_assert_msg(render(c, r, &t, language, v, &out) == 0, "%s for %s in %s: %s", r->name,
		CHANNELS[channel], language,
		c->err.n_fields > 0 ? c->err.fields[0].message : c->err.detail);
	return out;
}

static struct rendered sample(const struct rule *r, enum channel channel, const char *language)
{
	struct values v;

	values_sample(c, language, &v);
	return fill(r, channel, language, &v);
}

/* ---- shipped texts ---- */

START_TEST(every_rule_has_its_texts_in_every_language)
{
	const struct rule *r = &RULES[_i];
	struct values none = {0};

	value_number(&none, VAR_HOURS, 1);
	value_number(&none, VAR_COUNT, 1);
	for (int k = 0; k < r->n_channels * 2; k++) {
		const char *language = LANGUAGES[k % 2];
		enum channel channel = r->channels[k / 2];
		struct rendered usual = sample(r, channel, language);
		struct rendered bare = fill(r, channel, language, &none);

		ck_assert_ptr_null(strpbrk(usual.body, "{}"));
		ck_assert_ptr_null(strstr(usual.body, "none"));
		ck_assert_uint_gt(strlen(bare.body), 10);
		ck_assert_msg((usual.subject != NULL) == (channel != CHANNEL_SMS), "%s %s", r->name,
			CHANNELS[channel]);
		if (channel == CHANNEL_SMS) {
			struct sms_size size = sms_measure(usual.body);

			ck_assert_msg(size.encoding == SMS_GSM7 && size.segments <= 2,
				"%s in %s takes %d SMS: %s", r->name, language, size.segments,
				usual.body);
		}
		ck_assert((usual.html != NULL) == (channel == CHANNEL_EMAIL));
	}
}
END_TEST

START_TEST(every_shipped_text_is_of_a_rule)
{
	struct rows all;

	ck_assert_int_eq(shipped_all(c, &all), 0);
	ck_assert_uint_gt(all.n, 0);
	for (size_t i = 0; i < all.n; i++) {
		const struct shipped *s = (const struct shipped *)all.p + i;
		const struct rule *r = rule_find(s->file);

		for (int k = 0; r == NULL && k < CHANNEL_COUNT; k++) {
			size_t n = strlen(s->file), m = strlen(CHANNELS[k]);

			if (n <= m + 1 || strcmp(s->file + n - m, CHANNELS[k]) != 0)
				continue;
			r = rule_find(mem_text_n(c->mem, s->file, n - m - 1));
			ck_assert_msg(r != NULL && rule_uses(r, (enum channel)k), "%s/%s",
				s->language, s->file);
		}
		ck_assert_msg(r != NULL, "%s/%s", s->language, s->file);
	}
}
END_TEST

START_TEST(messages_tell_what_they_must)
{
	static const struct {
		enum rule_id rule;
		const char *words[4];
	} MUST[] = {
		{RULE_BOOKED, {"Anna", "2:30 PM", "Torstr", NULL}},
		{RULE_ALTERNATIVE, {"2:00 PM", "2:30 PM", "Torstr", NULL}},
		{RULE_CHANGED, {"Anna", "2:30 PM", "Torstr", NULL}},
		{RULE_CANCELLED, {"Cut & Colour", "2:30 PM", NULL}},
		{RULE_OFFERED, {"2:00 PM", "Wed, Dec 2, 9:00 AM (Ben)", NULL}},
	};

	for (size_t i = 0; i < COUNT_OF(MUST); i++) {
		const struct rule *r = &RULES[MUST[i].rule];

		for (int k = 0; k < r->n_channels; k++) {
			struct rendered text = sample(r, r->channels[k], "en");

			for (int w = 0; MUST[i].words[w] != NULL; w++)
				ck_assert_msg(strstr(text.body, MUST[i].words[w]) != NULL,
					"%s: no %s in %s", r->name, MUST[i].words[w], text.body);
		}
	}
}
END_TEST

START_TEST(html_is_escaped_text_with_links)
{
	struct values v;

	values_sample(c, "de", &v);
	v.text[VAR_CUSTOMER] = "<script>alert(\"1\")</script> & 'Co' {date}";
	struct rendered text = fill(&RULES[RULE_BOOKED], CHANNEL_EMAIL, "de", &v);
	ck_assert_ptr_null(strstr(text.html, "<script"));
	ck_assert_ptr_nonnull(strstr(text.html,
		"<p>Guten Tag &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'Co' "
		"{date},</p>"));
	ck_assert_ptr_nonnull(strstr(text.html, "<html lang=\"de\">"));
	ck_assert_ptr_nonnull(strstr(text.html, "<p>Cut &amp; Colour bei Anna<br>\nDi., 1. Dez"));
	ck_assert_ptr_nonnull(strstr(text.html,
		"<a href=\"https://book.example/m/Xk3v9QpT\">https://book.example/m/Xk3v9QpT</a>"));
}
END_TEST

/* ---- texts of a company ---- */

START_TEST(a_wrong_text_is_refused_with_its_place)
{
	static const struct {
		const char *subject, *body, *field, *says;
	} WRONG[] = {
		{"S", "Hello {nobody}", "body", "names {nobody}"},
		{"S", "Hello {customer", "body", "character"},
		{"S {date", "Hello", "subject", "character"},
		{"S", "{count, plural, one {x} other {y}}", "body", "names {count}"},
		{"S", "{date, date, long}", "body", "only number"},
		{"S", "{price, plural, one {x} other {y}}", "body", "what it is not"},
		{NULL, "Hello", "subject", "must be given"},
	};

	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		struct template t = {.channel = CHANNEL_EMAIL,
			.language = "en",
			.subject = WRONG[i].subject,
			.body = WRONG[i].body};

		ck_assert_int_eq(template_check(c, &RULES[RULE_BOOKED], &t), -1);
		ck_assert_int_eq(c->err.code, E_INVALID);
		ck_assert_int_eq(c->err.n_fields, 1);
		ck_assert_str_eq(c->err.fields[0].field, WRONG[i].field);
		ck_assert_msg(strstr(c->err.fields[0].message, WRONG[i].says) != NULL, "%s",
			c->err.fields[0].message);
		err_clear(c);
	}
}
END_TEST

START_TEST(a_text_reads_in_any_language)
{
	struct template t = {.channel = CHANNEL_SMS,
		.language = "fr-CA",
		.body = "{company} : rendez-vous le {date} à {time}"};
	struct values v;
	struct rendered out;

	ck_assert_int_eq(template_check(c, &RULES[RULE_BOOKED], &t), 0);
	values_sample(c, "fr-CA", &v);
	ck_assert_int_eq(render(c, &RULES[RULE_BOOKED], &t, "fr-CA", &v, &out), 0);
	ck_assert_ptr_nonnull(strstr(out.body, "rendez-vous le mar. 1 déc."));
	ck_assert_str_eq(render_locale(&t, "fr-FR"), "fr-FR");
	ck_assert_str_eq(render_locale(&t, "frr"), "fr-CA");
	ck_assert_str_eq(render_locale(&t, NULL), "fr-CA");
	t.language = "xx-nonsense";
	ck_assert_int_eq(template_check(c, &RULES[RULE_BOOKED], &t), -1);
	ck_assert_str_eq(c->err.fields[0].field, "language");
}
END_TEST

/* ---- SMS ---- */

static void measures(const char *s, enum sms_encoding encoding, int units, int segments, int left)
{
	struct sms_size size = sms_measure(s);

	ck_assert_msg(size.encoding == encoding && size.units == units &&
			size.segments == segments && size.left == left,
		"%.40s: encoding %d, %d units, %d segments, %d left", s, size.encoding, size.units,
		size.segments, size.left);
}

static const char *times(const char *s, int n)
{
	const char *out = "";

	for (int i = 0; i < n; i++)
		out = mem_printf(c->mem, "%s%s", out, s);
	return out;
}

START_TEST(sms_are_counted_as_carriers_do)
{
	measures("", SMS_GSM7, 0, 1, 160);
	measures("äöüß@€{", SMS_GSM7, 9, 1, 151);
	measures(times("a", 160), SMS_GSM7, 160, 1, 0);
	measures(times("a", 161), SMS_GSM7, 161, 2, 145);
	measures(times("a", 306), SMS_GSM7, 306, 2, 0);
	measures(times("a", 307), SMS_GSM7, 307, 3, 152);
	/* the escape and what it escapes stay together: the first SMS keeps one free */
	measures(mem_printf(c->mem, "%s€%s", times("a", 152), times("a", 10)), SMS_GSM7, 164, 2,
		141);
	measures("`", SMS_UCS2, 1, 1, 69);
	measures("ç", SMS_UCS2, 1, 1, 69);
	measures("\U0001F600", SMS_UCS2, 2, 1, 68);
	measures(times("я", 70), SMS_UCS2, 70, 1, 0);
	measures(times("я", 71), SMS_UCS2, 71, 2, 63);
	/* nor is a surrogate pair parted */
	measures(mem_printf(c->mem, "%s\U0001F600%s", times("я", 66), times("я", 5)), SMS_UCS2, 73,
		2, 60);
}
END_TEST

START_TEST(sms_keeps_to_the_cheap_alphabet)
{
	struct values v;

	values_sample(c, "en", &v);
	v.text[VAR_COMPANY] = "L’Atelier – „Haar“\u202F&\u00A0Co…";
	ck_assert(text_starts(fill(&RULES[RULE_BOOKED], CHANNEL_SMS, "en", &v).body,
		"L'Atelier - \"Haar\" & Co...: "));
}
END_TEST

Suite *suite_templates(void)
{
	Suite *s = suite_create("templates");
	TCase *t = tcase_create("templates");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_rule_has_its_texts_in_every_language, 0, RULE_COUNT);
	tcase_add_test(t, every_shipped_text_is_of_a_rule);
	tcase_add_test(t, messages_tell_what_they_must);
	tcase_add_test(t, html_is_escaped_text_with_links);
	tcase_add_test(t, a_wrong_text_is_refused_with_its_place);
	tcase_add_test(t, a_text_reads_in_any_language);
	tcase_add_test(t, sms_are_counted_as_carriers_do);
	tcase_add_test(t, sms_keeps_to_the_cheap_alphabet);
	suite_add_tcase(s, t);
	return s;
}
