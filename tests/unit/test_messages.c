/* What goes to customers: templates, invitations, letters. */
#include "core/base/buf.h"
#include "core/notify/templates.h"
#include "core/provider/mail.h"
#include "core/sys/crypto.h"
#include "core/sys/locale.h"
#include "tests/unit/unit.h"

#define SMS_SEPTETS_MAX 306 /* two segments */

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

/* ---- templates ---- */

static const char *const NAMES[] = {TEMPLATE_BOOKED, TEMPLATE_ALTERNATIVE, TEMPLATE_CHANGED,
	TEMPLATE_CANCELLED, TEMPLATE_OFFERED};
static const char *const LANGUAGES[] = {"en", "de"};

/* As the demo company has them, in TEMPLATE_ARGS' order. */
static const char *const USUAL[] = {
	"Salon Morgenrot",
	"Jo Field",
	"Cut & Colour",
	"Anna",
	"Tue, Dec 1",
	"2:30 PM",
	"Tue, Dec 1",
	"2:00 PM",
	"Mitte, Torstraße 12, 10119 Berlin",
	"+49 30 23125001",
	"Tue, Dec 1, 2:30 PM (Anna); Wed, Dec 2, 2:00 PM (Anna); Wed, Dec 2, 4:30 PM (Anna)",
};

static int render(const struct template *t, enum channel channel, const char *const values[],
	struct notification *n)
{
	struct message_arg args[COUNT_OF(USUAL)];

	for (size_t i = 0; i < COUNT_OF(USUAL); i++)
		args[i] = (struct message_arg){TEMPLATE_ARGS[i], values[i], 0};
	memset(n, 0, sizeof(*n));
	n->channel = channel;
	return template_render(c, t, args, COUNT_OF(args), n);
}

START_TEST(args_are_as_many_as_values)
{
	ck_assert_ptr_null(TEMPLATE_ARGS[COUNT_OF(USUAL)]);
	ck_assert_ptr_nonnull(TEMPLATE_ARGS[COUNT_OF(USUAL) - 1]);
}
END_TEST

START_TEST(every_message_exists_in_every_language)
{
	for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
		for (size_t k = 0; k < COUNT_OF(LANGUAGES); k++) {
			const struct template *t = template_find(NAMES[i], LANGUAGES[k]);

			ck_assert_str_eq(t->name, NAMES[i]);
			ck_assert_str_eq(t->language, LANGUAGES[k]);
		}
	}
	ck_assert_uint_eq(TEMPLATES_COUNT, COUNT_OF(NAMES) * COUNT_OF(LANGUAGES));
}
END_TEST

START_TEST(languages_are_found_by_tag)
{
	ck_assert_str_eq(template_find(TEMPLATE_BOOKED, "de-AT")->language, "de");
	ck_assert_str_eq(template_find(TEMPLATE_BOOKED, "DE")->language, "de");
	ck_assert_str_eq(template_find(TEMPLATE_BOOKED, "den")->language, "en");
	ck_assert_str_eq(template_find(TEMPLATE_BOOKED, "fr")->language, "en");
	ck_assert_str_eq(template_find(TEMPLATE_BOOKED, NULL)->language, "en");
}
END_TEST

START_TEST(every_text_is_filled_in)
{
	const char *none[COUNT_OF(USUAL)];
	const struct template *t = &TEMPLATES[_i];
	struct notification n;

	for (size_t i = 0; i < COUNT_OF(none); i++)
		none[i] = "none";
	ck_assert_int_eq(render(t, CHANNEL_SMS, USUAL, &n), 0);
	ck_assert_ptr_null(strpbrk(n.body, "{}"));
	ck_assert_ptr_null(n.subject);
	ck_assert_ptr_null(n.body_html);
	ck_assert_ptr_nonnull(strstr(n.body, "Salon Morgenrot"));
	ck_assert_ptr_nonnull(strstr(n.body, "+49 30 23125001"));
	ck_assert_ptr_null(strstr(n.body, "none"));
	ck_assert_int_gt(sms_septets(n.body), 0);
	ck_assert_int_le(sms_septets(n.body), SMS_SEPTETS_MAX);
	ck_assert_int_eq(render(t, CHANNEL_EMAIL, USUAL, &n), 0);
	ck_assert_ptr_null(strpbrk(n.subject, "{}\n"));
	ck_assert_ptr_null(strpbrk(n.body, "{}"));
	ck_assert_ptr_null(strstr(n.body, "none"));
	ck_assert_ptr_nonnull(strstr(n.body, "Jo Field"));
	ck_assert_ptr_nonnull(strstr(n.body_html, "+49 30 23125001"));
	/* what may be unknown leaves no gap */
	ck_assert_int_eq(render(t, CHANNEL_EMAIL, none, &n), 0);
	ck_assert_ptr_null(strstr(n.body, ", none,\n"));
	ck_assert(text_starts(n.body, "Hello,") || text_starts(n.body, "Guten Tag,"));
}
END_TEST

START_TEST(messages_tell_what_they_must)
{
	static const char *const WORDS[][5] = {
		{TEMPLATE_BOOKED, "Anna", "2:30 PM", "Torstr", NULL},
		{TEMPLATE_ALTERNATIVE, "2:00 PM", "2:30 PM", "Torstr", NULL},
		{TEMPLATE_CHANGED, "Anna", "2:30 PM", "Torstr", NULL},
		{TEMPLATE_CANCELLED, "Cut & Colour", "2:30 PM", NULL, NULL},
		{TEMPLATE_OFFERED, "2:00 PM", "Wed, Dec 2, 4:30 PM (Anna)", NULL, NULL},
	};
	struct notification n;

	for (size_t i = 0; i < COUNT_OF(WORDS) * COUNT_OF(LANGUAGES); i++) {
		const char *const *w = WORDS[i / COUNT_OF(LANGUAGES)];
		const struct template *t = template_find(w[0], LANGUAGES[i % 2]);

		for (enum channel channel = CHANNEL_SMS; channel <= CHANNEL_EMAIL; channel++) {
			ck_assert_int_eq(render(t, channel, USUAL, &n), 0);
			for (int k = 1; k < 5 && w[k] != NULL; k++)
				ck_assert_msg(strstr(n.body, w[k]) != NULL, "%s %s: no %s", t->name,
					t->language, w[k]);
		}
	}
}
END_TEST

START_TEST(html_is_escaped_text)
{
	const char *values[COUNT_OF(USUAL)];
	struct notification n;

	memcpy(values, USUAL, sizeof(values));
	values[1] = "<script>alert(\"1\")</script> & 'Co' {date}";
	ck_assert_int_eq(
		render(template_find(TEMPLATE_BOOKED, "de"), CHANNEL_EMAIL, values, &n), 0);
	ck_assert_ptr_null(strstr(n.body_html, "<script"));
	ck_assert_ptr_nonnull(strstr(n.body_html,
		"<p>Guten Tag &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'Co' "
		"{date},</p>"));
	ck_assert_ptr_nonnull(strstr(n.body_html, "<html lang=\"de\">"));
	ck_assert_ptr_nonnull(strstr(n.body_html,
		"<p>Cut &amp; Colour bei Anna<br>\nTue, Dec 1, 2:30 PM Uhr<br>\nMitte, "));
}
END_TEST

START_TEST(sms_keeps_to_the_cheap_alphabet)
{
	const char *values[COUNT_OF(USUAL)];
	struct notification n;

	memcpy(values, USUAL, sizeof(values));
	values[0] = "L’Atelier – „Haar“\u202F&\u00A0Co…";
	ck_assert_int_eq(render(template_find(TEMPLATE_BOOKED, "en"), CHANNEL_SMS, values, &n), 0);
	ck_assert(text_starts(n.body, "L'Atelier - \"Haar\" & Co...: "));
	ck_assert_int_eq(sms_septets("a"), 1);
	ck_assert_int_eq(sms_septets("äöüß@€{"), 9);
	ck_assert_int_eq(sms_septets("`"), -1);
	ck_assert_int_eq(sms_septets("ç"), -1);
	ck_assert_int_eq(sms_septets("\U0001F600"), -1);
}
END_TEST

/* ---- letters ---- */

static struct letter usual_letter(void)
{
	return (struct letter){
		.id = "019b0000-0000-7000-8000-000000000002",
		.from_name = "Salon Morgenrot",
		.from = "no-reply@salon.example",
		.to = "jo@example.org",
		.reply_to = "mitte@salon.example",
		.language = "en",
		.subject = "Your appointment",
		.text = "Hello Jo,\n\nTorstraße = 12 \nend",
		.html = "<p>Torstraße</p>\n",
		.calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
		.date = c->now,
	};
}

static const char *build(const struct letter *l)
{
	struct bytes out;

	ck_assert_int_eq(letter_build(c, l, &out), 0);
	ck_assert_uint_eq(strlen((const char *)out.p), out.n);
	return (const char *)out.p;
}

/* Every line ends with CRLF and keeps to the length; none is bare. */
static void check_lines(const char *s)
{
	for (size_t n; *s != '\0'; s += n + 2) {
		n = strcspn(s, "\r\n");
		ck_assert_uint_le(n, 100);
		ck_assert(s[n] == '\r' && s[n + 1] == '\n');
	}
}

START_TEST(letter_has_its_parts)
{
	struct letter l = usual_letter();
	const char *s = build(&l);

	check_lines(s);
	ck_assert(text_starts(s,
		"Date: Tue, 1 Dec 2026 10:00:00 +0000\r\n"
		"From: \"Salon Morgenrot\"\r\n <no-reply@salon.example>\r\n"
		"To: <jo@example.org>\r\nReply-To: <mitte@salon.example>\r\n"
		"Subject: Your appointment\r\n"
		"Message-ID: <019b0000-0000-7000-8000-000000000002@salon.example>\r\n"));
	ck_assert_ptr_nonnull(strstr(s, "\r\nContent-Type: multipart/mixed; boundary="));
	ck_assert_ptr_nonnull(strstr(s, "\r\nContent-Type: multipart/alternative; boundary="));
	ck_assert_ptr_nonnull(
		strstr(s, "Hello Jo,\r\n\r\nTorstra=C3=9Fe =3D 12=20\r\nend\r\n--=_a_"));
	ck_assert_ptr_nonnull(strstr(s, "text/calendar; charset=utf-8; method=PUBLISH\r\n"));
	ck_assert_ptr_nonnull(strstr(s, base64_encode(c->mem, bytes_of(l.calendar))));
	ck_assert_ptr_nonnull(strstr(s, "--=_m_019b0000-0000-7000-8000-000000000002--\r\n"));
	l.calendar = NULL;
	s = build(&l);
	ck_assert_ptr_null(strstr(s, "multipart/mixed"));
	ck_assert_ptr_null(strstr(s, "text/calendar"));
}
END_TEST

START_TEST(letter_is_the_same_every_time)
{
	struct letter l = usual_letter();

	ck_assert_str_eq(build(&l), build(&l));
}
END_TEST

START_TEST(no_value_begins_a_header)
{
	static const char *const EVIL[] = {"x\r\nBcc: all@example.org", "x\nBcc: all@example.org",
		"x\rBcc: all@example.org", "\r\n\r\nBcc: all@example.org",
		"\"\r\n <x@y>\r\nBcc: a"};

	for (size_t i = 0; i < COUNT_OF(EVIL); i++) {
		struct letter l = usual_letter();

		l.subject = EVIL[i];
		l.from_name = EVIL[i];
		const char *s = build(&l);
		check_lines(s);
		ck_assert_ptr_null(strstr(s, "\nBcc:"));
		ck_assert_ptr_null(strstr(s, "\rBcc:"));
	}
}
END_TEST

START_TEST(addresses_are_checked)
{
	static const char *const BAD[] = {"", "jo", "@example.org", "jo@", "a b@example.org",
		"jo@example.org\r\nBcc: x@example.org", "Jo <jo@example.org>", "jo@exämple.org",
		"jo@example.org>", "<jo@example.org", "jo@example.org\x7F"};

	for (size_t i = 0; i < COUNT_OF(BAD) * 3; i++) {
		struct letter l = usual_letter();
		struct bytes out;

		*(const char **[]){&l.from, &l.to, &l.reply_to}[i % 3] = BAD[i / 3];
		err_clear(c);
		ck_assert_msg(letter_build(c, &l, &out) < 0, "%s was taken", BAD[i / 3]);
		ck_assert_int_eq(c->err.code, E_INVALID);
	}
}
END_TEST

/* The header's encoded words, decoded and joined. */
static const char *decode_words(const char *s)
{
	struct buf b = buf_new(c->mem, 4096);
	struct bytes raw;

	while (text_starts(s, "=?UTF-8?B?")) {
		const char *end = strstr(s + 10, "?=");

		ck_assert_ptr_nonnull(end);
		ck_assert_int_le(end + 2 - s, 75);
		ck_assert(base64_decode(
			c->mem, mem_text_n(c->mem, s + 10, (size_t)(end - s - 10)), &raw));
		ck_assert(utf8_valid((const char *)raw.p, raw.n));
		buf_add(&b, raw.p, raw.n);
		s = end + 2;
		if (text_starts(s, "\r\n =?"))
			s += 3;
	}
	return buf_text(&b);
}

START_TEST(headers_are_encoded)
{
	static const char *const SUBJECTS[] = {
		"Ihr Termin für Größe",
		"ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ \U0001F600\U0001F600\U0001F600 und noch mehr",
		"plain, but so very long a subject that it does not fit into one short line",
		"=?UTF-8?B?looks encoded?=",
	};

	for (size_t i = 0; i < COUNT_OF(SUBJECTS); i++) {
		struct letter l = usual_letter();

		l.subject = SUBJECTS[i];
		l.from_name = SUBJECTS[i];
		const char *s = build(&l);
		check_lines(s);
		ck_assert_str_eq(decode_words(strstr(s, "\r\nSubject: ") + 11), SUBJECTS[i]);
	}
}
END_TEST

START_TEST(quoted_printable_keeps_long_lines)
{
	struct letter l = usual_letter();
	struct buf b = buf_new(c->mem, 8192);

	for (int i = 0; i < 100; i++)
		buf_text_add(&b, i % 7 == 0 ? "Größe " : "wörter=. ");
	l.text = buf_text(&b);
	const char *s = build(&l);
	check_lines(s);
	s = strstr(s, "\r\n\r\nGr") + 4;
	for (size_t n; s[0] != '-' || s[1] != '-'; s += n + 2) {
		n = strcspn(s, "\r");
		ck_assert_uint_le(n, 76);
		ck_assert(n == 0 || s[n - 1] != ' ');
	}
}
END_TEST

Suite *suite_messages(void)
{
	Suite *s = suite_create("messages");
	TCase *t = tcase_create("messages");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, args_are_as_many_as_values);
	tcase_add_test(t, every_message_exists_in_every_language);
	tcase_add_test(t, languages_are_found_by_tag);
	tcase_add_loop_test(t, every_text_is_filled_in, 0, (int)TEMPLATES_COUNT);
	tcase_add_test(t, messages_tell_what_they_must);
	tcase_add_test(t, html_is_escaped_text);
	tcase_add_test(t, sms_keeps_to_the_cheap_alphabet);
	tcase_add_test(t, letter_has_its_parts);
	tcase_add_test(t, letter_is_the_same_every_time);
	tcase_add_test(t, no_value_begins_a_header);
	tcase_add_test(t, addresses_are_checked);
	tcase_add_test(t, headers_are_encoded);
	tcase_add_test(t, quoted_printable_keeps_long_lines);
	suite_add_tcase(s, t);
	return s;
}
