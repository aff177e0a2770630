#include "core/base/money.h"
#include "tests/unit/unit.h"
#include <signal.h>

static const struct {
	int64_t a, b, d, r;
} PRODUCTS[] = {
	{0, 5, 3, 0},
	{1, 1, 2, 1},   /* half goes away from zero */
	{-1, 1, 2, -1}, /* on both sides */
	{1, 1, 3, 0},
	{2, 1, 3, 1},
	{-2, 1, 3, -1},
	{5, 3, 2, 8},
	{-5, 3, 2, -8},
	{INT64_MAX, 3, 3, INT64_MAX},
	{INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
	{INT64_MIN, 1, 1, INT64_MIN},
	{INT64_MAX, 1, 2, INT64_C(4611686018427387904)},
};

START_TEST(products_are_exact_and_rounded_once)
{
	for (size_t i = 0; i < COUNT_OF(PRODUCTS); i++) {
		ck_assert_int_eq(
			money_mul_div(PRODUCTS[i].a, PRODUCTS[i].b, PRODUCTS[i].d), PRODUCTS[i].r);
	}
}
END_TEST

START_TEST(an_overflow_is_a_bug)
{
	unit_hush();
	money_mul_div(INT64_MAX, 2, 1);
}
END_TEST

START_TEST(a_division_by_zero_is_a_bug)
{
	unit_hush();
	money_mul_div(1, 1, 0);
}
END_TEST

static const struct {
	const char *s;
	int64_t micro; /* -1: refused */
} DECIMALS[] = {
	{"0", 0},
	{"1", 1000000},
	{"1.1000", 1100000},
	{"0.000001", 1},
	{"0.070000", 70000},
	{"999999999999.999999", INT64_C(999999999999999999)},
	{"1000000000000", -1},
	{"0000000000001", -1},
	{"0.0000001", -1},
	{"1.", -1},
	{".5", -1},
	{"", -1},
	{"-1", -1},
	{"+1", -1},
	{"1,5", -1},
	{"1e3", -1},
	{"1 ", -1},
	{"1.2.3", -1},
};

START_TEST(decimals_are_read_strictly)
{
	for (size_t i = 0; i < COUNT_OF(DECIMALS); i++) {
		int64_t micro = -7;
		bool ok = micro_parse(DECIMALS[i].s, &micro);

		ck_assert_msg(ok == (DECIMALS[i].micro >= 0), "%s", DECIMALS[i].s);
		if (ok)
			ck_assert_int_eq(micro, DECIMALS[i].micro);
	}
}
END_TEST

START_TEST(costs_become_money_of_a_currency)
{
	ck_assert_int_eq(micro_to_minor(70000, 1100000, "EUR"), 6);
	ck_assert_int_eq(micro_to_minor(70000, 1000000, "USD"), 7);
	ck_assert_int_eq(micro_to_minor(70000, 6700, "JPY"), 10);
	ck_assert_int_eq(micro_to_minor(1000000, 3250000, "KWD"), 308);
	ck_assert_int_eq(micro_to_minor(0, 1100000, "EUR"), 0);
	ck_assert_int_eq(micro_to_minor(-70000, 1100000, "EUR"), -6);
	ck_assert_int_eq(money_digits("EUR"), 2);
	ck_assert_int_eq(money_digits("JPY"), 0);
	ck_assert_int_eq(money_digits("BHD"), 3);
}
END_TEST

Suite *suite_money(void)
{
	Suite *s = suite_create("money");
	TCase *t = tcase_create("money");

	tcase_add_test(t, products_are_exact_and_rounded_once);
	tcase_add_test_raise_signal(t, an_overflow_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, a_division_by_zero_is_a_bug, SIGABRT);
	tcase_add_test(t, decimals_are_read_strictly);
	tcase_add_test(t, costs_become_money_of_a_currency);
	suite_add_tcase(s, t);
	return s;
}
