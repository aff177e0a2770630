/* Letters as mail servers take them. */
#include "core/base/buf.h"
#include "core/provider/mail.h"
#include "core/sys/crypto.h"
#include "tests/unit/unit.h"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

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
	tcase_add_test(t, letter_has_its_parts);
	tcase_add_test(t, letter_is_the_same_every_time);
	tcase_add_test(t, no_value_begins_a_header);
	tcase_add_test(t, addresses_are_checked);
	tcase_add_test(t, headers_are_encoded);
	tcase_add_test(t, quoted_printable_keeps_long_lines);
	suite_add_tcase(s, t);
	return s;
}
