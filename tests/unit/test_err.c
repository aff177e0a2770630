#include "core/base/err.h"
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

START_TEST(the_first_reason_stays)
{
	ck_assert_int_eq(err_set(c, E_SLOT_TAKEN, "staff %d", 7), -1);
	ck_assert_int_eq(err_set(c, E_INTERNAL, "later"), -1);
	ck_assert_int_eq(err_field(c, "x", "later"), -1);
	ck_assert_int_eq(c->err.code, E_SLOT_TAKEN);
	ck_assert_str_eq(c->err.detail, "staff 7");
	ck_assert_int_eq(c->err.n_fields, 0);
}
END_TEST

START_TEST(a_taken_error_is_forgotten)
{
	err_set(c, E_DUPLICATE, "%s", "");
	ck_assert(!err_take(c, E_NOT_FOUND));
	ck_assert_int_eq(c->err.code, E_DUPLICATE);
	ck_assert(err_take(c, E_DUPLICATE));
	ck_assert_int_eq(c->err.code, E_OK);
	ck_assert(!err_take(c, E_DUPLICATE));
}
END_TEST

START_TEST(field_errors_gather_up_to_the_limit)
{
	char name[32];

	for (int i = 0; i < ERR_FIELDS_MAX + 5; i++) {
		snprintf(name, sizeof(name), "field_%d", i);
		ck_assert_int_eq(err_field(c, name, "is %s", "wrong"), -1);
	}
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_int_eq(c->err.n_fields, ERR_FIELDS_MAX);
	ck_assert_str_eq(c->err.fields[1].field, "field_1");
	ck_assert_str_eq(c->err.fields[31].message, "is wrong");
}
END_TEST

START_TEST(a_long_detail_is_cut)
{
	char longer[2000];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(c, E_INVALID, "%s", longer);
	ck_assert_uint_eq(strlen(c->err.detail), 511);
	err_clear(c);
	memcpy(longer + 510, "\xC3\xA4", 2); /* not inside of a character */
	err_set(c, E_INVALID, "%s", longer);
	ck_assert_str_eq(c->err.detail + 510, "\xEF\xBF\xBD");
}
END_TEST

START_TEST(every_error_has_a_status_a_code_and_a_sentence)
{
	for (int i = 1; i < E_COUNT; i++) {
		ck_assert_int_ge(err_status(i), 400);
		ck_assert_int_le(err_status(i), 599);
		ck_assert_str_ne(err_wire(i), "");
		ck_assert_str_ne(err_sentence(i), "");
		for (int j = 1; j < i; j++)
			ck_assert_str_ne(err_wire(i), err_wire(j));
	}
}
END_TEST

Suite *suite_err(void)
{
	Suite *s = suite_create("err");
	TCase *t = tcase_create("err");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_first_reason_stays);
	tcase_add_test(t, a_taken_error_is_forgotten);
	tcase_add_test(t, field_errors_gather_up_to_the_limit);
	tcase_add_test(t, a_long_detail_is_cut);
	tcase_add_test(t, every_error_has_a_status_a_code_and_a_sentence);
	suite_add_tcase(s, t);
	return s;
}
