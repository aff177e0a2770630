#include "core/provider/account_texts.h"
#include "core/notify/render.h"
#include "core/sys/locale.h"
#include "core/user/account_mail.h"
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

static size_t all_args(struct message_arg *args, const char *value)
{
	size_t n = 0;

	for (; ACCOUNT_TEXT_ARGS[n] != NULL; n++)
		args[n] = (struct message_arg){ACCOUNT_TEXT_ARGS[n],
			strcmp(ACCOUNT_TEXT_ARGS[n], "role") == 0 ? "manager" : value, 0};
	return n;
}

/* With everything, and with nothing but "none". */
START_TEST(every_letter_can_be_written)
{
	const struct account_text *t = &ACCOUNT_TEXTS[_i];
	static const char *const VALUES[] = {"Zoë {x} <b>", "none"};
	struct message_arg args[16];
	const char *text;

	for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
		size_t n = all_args(args, VALUES[i]);

		ck_assert_int_eq(locale_message(c, t->language, t->subject, args, n, &text), 0);
		ck_assert(*text != '\0' && strchr(text, '\n') == NULL);
		ck_assert_int_eq(locale_message(c, t->language, t->text, args, n, &text), 0);
		ck_assert_ptr_null(strstr(text, "{brand}"));
		ck_assert_ptr_null(strstr(text, "None"));
	}
	ck_assert_int_eq(strstr(t->text, "{link}") != NULL, t->page != NULL);
}
END_TEST

START_TEST(every_kind_has_its_letter_in_both_languages)
{
	for (int kind = 0; kind <= MAIL_KIND_COUNT; kind++) {
		const char *name = kind < MAIL_KIND_COUNT ? MAIL_KINDS[kind] : TEXT_INVITATION;

		ck_assert_str_eq(account_text_find(name, "de-AT")->language, "de");
		ck_assert_str_eq(account_text_find(name, "fr")->language, "en");
		ck_assert_str_eq(account_text_find(name, NULL)->language, "en");
		if (kind < MAIL_KIND_COUNT)
			ck_assert_int_eq(account_text_find(name, "en")->page != NULL,
				account_mail_minutes(kind) > 0);
	}
}
END_TEST

START_TEST(an_address_on_a_line_of_its_own_is_a_link)
{
	ck_assert_ptr_nonnull(strstr(
		message_html(c, "en", "Hello,\n\nhttps://x.example/a?token=1&b=\"2\"\n\nBye\n"),
		"<p><a href=\"https://x.example/a?token=1&amp;b=&quot;2&quot;\">"
		"https://x.example/a?token=1&amp;b=&quot;2&quot;</a></p>\n<p>Bye</p>"));
	ck_assert_ptr_null(
		strstr(message_html(c, "en", "see https://x.example\njavascript:1"), "<a "));
}
END_TEST

Suite *suite_account_texts(void)
{
	Suite *s = suite_create("account_texts");
	TCase *t = tcase_create("letters about accounts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_letter_can_be_written, 0, (int)ACCOUNT_TEXTS_COUNT);
	tcase_add_test(t, every_kind_has_its_letter_in_both_languages);
	tcase_add_test(t, an_address_on_a_line_of_its_own_is_a_link);
	suite_add_tcase(s, t);
	return s;
}
