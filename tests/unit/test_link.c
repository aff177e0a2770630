#include "core/sys/link.h"
#include "core/sys/conf.h"
#include "tests/unit/unit.h"

#define COMPANY "01900000-0000-7000-8000-5a1000000001"
#define OBJECT "0192f0c1-2b3a-7c4d-8e5f-0123456789ab"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define OTHER_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1e"
#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct ctx *c;
static struct conf conf;

static void load(const char *key)
{
	link_key_delete(conf.link_key);
	conf.link_key = link_key_load(unit_text_file("key", key));
	ck_assert_ptr_nonnull(conf.link_key);
}

static void setup(void)
{
	c = unit_ctx();
	memset(&conf, 0, sizeof(conf));
	load(KEY);
	c->conf = &conf;
}

static void teardown(void)
{
	link_key_delete(conf.link_key);
	unit_ctx_end(c);
}

static const struct link OURS = {COMPANY, OBJECT, 7};

START_TEST(says_what_it_was_made_for)
{
	const char *token = link_token(c, LINK_MANAGE, &OURS);
	struct link l;

	ck_assert_uint_eq(strlen(token), LINK_TOKEN_LENGTH);
	ck_assert(link_read(c, LINK_MANAGE, token, &l));
	ck_assert_str_eq(l.company_id, COMPANY);
	ck_assert_str_eq(l.id, OBJECT);
	ck_assert_uint_eq(l.seq, 7);
	ck_assert_str_eq(token, link_token(c, LINK_MANAGE, &OURS));
}
END_TEST

START_TEST(is_of_one_purpose)
{
	const struct link theirs = {LINK_NO_COMPANY, OBJECT, 0};
	struct link l;

	for (enum link_purpose a = LINK_MANAGE; a <= LINK_INVITE; a++) {
		const char *token = link_token(c, a, &theirs);

		for (enum link_purpose b = LINK_MANAGE; b <= LINK_INVITE; b++)
			ck_assert_msg(
				link_read(c, b, token, &l) == (a == b), "%d as %d", (int)a, (int)b);
	}
}
END_TEST

/* Each of the 64 signs in each place, which is every bit and more. */
START_TEST(no_other_sign_will_do)
{
	const char *token = link_token(c, LINK_MANAGE, &OURS);
	struct link l;

	for (size_t i = 0; i < LINK_TOKEN_LENGTH; i++) {
		for (const char *p = ALPHABET; *p != '\0'; p++) {
			struct mem_mark mark = mem_mark(c->mem);
			char *other = mem_text(c->mem, token);

			other[i] = *p;
			ck_assert_msg(link_read(c, LINK_MANAGE, other, &l) == (*p == token[i]),
				"%c at %zu", *p, i);
			mem_release(c->mem, mark);
		}
	}
}
END_TEST

START_TEST(what_is_no_token_is_none)
{
	const char *token = link_token(c, LINK_MANAGE, &OURS);
	const char *const NONE[] = {"", "x", OBJECT, mem_printf(c->mem, "%sA", token),
		mem_text_n(c->mem, token, LINK_TOKEN_LENGTH - 1),
		mem_printf(c->mem, "%.69s=", token), mem_printf(c->mem, "%.69s\xC3", token)};
	struct link l;

	for (size_t i = 0; i < COUNT_OF(NONE); i++)
		ck_assert_msg(!link_read(c, LINK_MANAGE, NONE[i], &l), "%s", NONE[i]);
}
END_TEST

START_TEST(another_key_makes_others)
{
	const char *token = link_token(c, LINK_MANAGE, &OURS);
	struct link l;

	load(OTHER_KEY);
	ck_assert(!link_read(c, LINK_MANAGE, token, &l));
	load(KEY);
	ck_assert(link_read(c, LINK_MANAGE, token, &l));
}
END_TEST

START_TEST(a_key_is_64_hex_digits_and_ours_alone)
{
	ck_assert_ptr_null(link_key_load("/nonexistent"));
	ck_assert_ptr_null(link_key_load(unit_text_file("k", "")));
	ck_assert_ptr_null(link_key_load(unit_text_file("k", KEY "00")));
	ck_assert_ptr_null(link_key_load(unit_text_file("k", "1 " KEY)));
	ck_assert_ptr_null(link_key_load(unit_file("k", KEY "\0", 65, 0600)));
	ck_assert_ptr_null(link_key_load(unit_file("k", KEY, 64, 0644)));
}
END_TEST

Suite *suite_link(void)
{
	Suite *s = suite_create("link");
	TCase *t = tcase_create("link");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, says_what_it_was_made_for);
	tcase_add_test(t, is_of_one_purpose);
	tcase_add_test(t, no_other_sign_will_do);
	tcase_add_test(t, what_is_no_token_is_none);
	tcase_add_test(t, another_key_makes_others);
	tcase_add_test(t, a_key_is_64_hex_digits_and_ours_alone);
	suite_add_tcase(s, t);
	return s;
}
