#include "core/base/id.h"
#include "tests/unit/unit.h"

START_TEST(new_ids_are_version_7_of_now_and_differ)
{
	struct ctx *c = unit_ctx();
	char before[40] = "";

	for (int i = 0; i < 1000; i++) {
		int64_t from = ts_now().ms;
		const char *id = id_new(c);
		int64_t to = ts_now().ms;
		uint8_t b[6];
		char head[13];
		int64_t ms = 0;

		ck_assert(id_valid(id));
		ck_assert_int_eq(id[14], '7');
		ck_assert_ptr_nonnull(strchr("89ab", id[19]));
		ck_assert_str_ne(id, before);
		snprintf(before, sizeof(before), "%s", id);
		snprintf(head, sizeof(head), "%.8s%.4s", id, id + 9);
		ck_assert(hex_decode(head, b, 6));
		for (int k = 0; k < 6; k++)
			ms = ms << 8 | b[k];
		ck_assert(ms >= from && ms <= to);
	}
	unit_ctx_end(c);
}
END_TEST

static const struct {
	const char *s;
	bool ok;
} IDS[] = {
	{"0192f0c1-2b3a-7c4d-8e5f-0123456789ab", true},
	{"0192F0C1-2B3A-7C4D-8E5F-0123456789AB", true},
	{"00000000-0000-4000-8000-000000000000", true},
	{"", false},
	{"0192f0c1", false},
	{"0192f0c1-2b3a-7c4d-8e5f-0123456789a", false},
	{"0192f0c1-2b3a-7c4d-8e5f-0123456789abc", false},
	{"0192f0c12b3a7c4d8e5f0123456789ab", false},
	{"0192f0c1-2b3a-7c4d-8e5f-0123456789ag", false},
	{"0192f0c1_2b3a-7c4d-8e5f-0123456789ab", false},
	{"{192f0c1-2b3a-7c4d-8e5f-0123456789a}", false},
	{"0192f0c1-2b3a-7c4d-8e5f-0123456789a\n", false},
};

START_TEST(ids_are_read_strictly)
{
	for (size_t i = 0; i < COUNT_OF(IDS); i++) {
		ck_assert_msg(id_valid(IDS[i].s) == IDS[i].ok, "%s", IDS[i].s);
	}
}
END_TEST

START_TEST(random_numbers_stay_below_and_reach_all)
{
	int seen[7] = {0};

	for (int i = 0; i < 7000; i++) {
		uint32_t v = random_below(7);

		ck_assert_uint_lt(v, 7);
		seen[v]++;
	}
	for (int i = 0; i < 7; i++) /* 1,000 each; 10 sigma are 293 */
		ck_assert(seen[i] > 700 && seen[i] < 1300);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(random_below(1), 0);
}
END_TEST

START_TEST(an_id_tells_when_it_was_made)
{
	struct ctx *c = unit_ctx();

	int64_t before = ts_now().ms, made = id_time(id_new(c)).ms;

	ck_assert_int_ge(made, before);
	ck_assert_int_le(made, ts_now().ms);
	ck_assert_int_eq(
		id_time("01900000-0000-7000-8000-5a1000000001").ms, INT64_C(0x019000000000));
	ck_assert_int_eq(id_time("").ms, 0);
	unit_ctx_end(c);
}
END_TEST

Suite *suite_id(void)
{
	Suite *s = suite_create("id");
	TCase *t = tcase_create("id");

	tcase_add_test(t, new_ids_are_version_7_of_now_and_differ);
	tcase_add_test(t, ids_are_read_strictly);
	tcase_add_test(t, random_numbers_stay_below_and_reach_all);
	tcase_add_test(t, an_id_tells_when_it_was_made);
	suite_add_tcase(s, t);
	return s;
}
