#include "core/sys/phone_number.h"
#include "tests/unit/unit.h"

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

static const struct {
	const char *written;
	const char *region;
	const char *e164; /* NULL: none */
} NUMBERS[] = {
	{"+493023125001", NULL, "+493023125001"},
	{"+49 30 23125001", NULL, "+493023125001"},
	{"+49 (0)30 231-250 01", NULL, "+493023125001"},
	{"0049 30 23125001", "DE", "+493023125001"},
	{"030 23125001", "DE", "+493023125001"},
	{"030/231 250 01", "DE", "+493023125001"},
	{"030 23125001", NULL, NULL},
	{"030 23125001", "de", NULL},
	{"030 23125001", "XX", NULL},
	{"030 23125001", "DEU", NULL},
	{"(212) 555-0123", "US", "+12125550123"},
	{"1-212-555-0123", "US", "+12125550123"},
	{"011 49 30 23125001", "US", "+493023125001"},
	{"tel:+1-212-555-0123", NULL, "+12125550123"},
	{"+39 06 1234 5678", NULL, "+390612345678"}, /* Italy keeps its zero */
	{"\xEF\xBC\x8B\xEF\xBC\x94\xEF\xBC\x99"
	 "3023125001",
		NULL, "+493023125001"},
	{"555-0123", "US", NULL}, /* local only: nobody abroad could call it */
	{"+49 12", NULL, NULL},
	{"+4930231250012312500123125001", NULL, NULL},
	{"+999 1234567", NULL, NULL},
	/* read again it would be another number: a zero too many */
	{"0000251667075", "DE", NULL},
	{"+49000251667075", NULL, NULL},
	{"+", NULL, NULL},
	{"", "DE", NULL},
	{"anonymous", "DE", NULL},
	{"\xFF\xFE 030 23125001", "DE", NULL},
	{"+49 30 23125001 and 64 or more other characters that nobody can mean to dial", NULL,
		NULL},
};

START_TEST(numbers_become_e164)
{
	for (size_t i = 0; i < COUNT_OF(NUMBERS); i++) {
		const char *e164 = phone_e164(mem, NUMBERS[i].written, NUMBERS[i].region);

		ck_assert_msg(text_same(e164, NUMBERS[i].e164), "%s: %s", NUMBERS[i].written,
			e164 != NULL ? e164 : "none");
		/* and what came out stays itself */
		if (e164 != NULL)
			ck_assert_str_eq(phone_e164(mem, e164, NULL), e164);
	}
}
END_TEST

START_TEST(no_number_is_no_number)
{
	ck_assert_ptr_null(phone_e164(mem, NULL, "DE"));
	ck_assert(!phone_probably_valid(NULL));
	ck_assert_ptr_null(phone_region(mem, NULL));
	ck_assert_ptr_null(phone_region(mem, "12"));
}
END_TEST

START_TEST(possible_is_not_valid)
{
	ck_assert(phone_probably_valid("+493023125001"));
	ck_assert_ptr_nonnull(phone_e164(mem, "+11111111111", NULL));
	ck_assert(!phone_probably_valid("+11111111111"));
	ck_assert(!phone_probably_valid("030 23125001"));
	ck_assert(!phone_probably_valid(""));
}
END_TEST

START_TEST(numbers_are_shown_to_people)
{
	ck_assert_str_eq(phone_national(mem, "+493023125001"), "030 23125001");
	ck_assert_str_eq(phone_international(mem, "+493023125001"), "+49 30 23125001");
	ck_assert_str_eq(phone_national(mem, "+12125550123"), "(212) 555-0123");
	ck_assert_str_eq(phone_national(mem, "anonymous"), "anonymous");
	ck_assert_str_eq(phone_international(mem, ""), "");
	ck_assert_str_eq(phone_region(mem, "+493023125001"), "DE");
	ck_assert_str_eq(phone_region(mem, "+12125550123"), "US");
	ck_assert_ptr_null(phone_region(mem, "+80012345678")); /* of the whole world */
}
END_TEST

Suite *suite_phone(void)
{
	Suite *s = suite_create("phone");
	TCase *t = tcase_create("phone");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, numbers_become_e164);
	tcase_add_test(t, no_number_is_no_number);
	tcase_add_test(t, possible_is_not_valid);
	tcase_add_test(t, numbers_are_shown_to_people);
	suite_add_tcase(s, t);
	return s;
}
