#include "core/sys/zip.h"
#include "tests/unit/unit.h"

#include <zip.h>

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static void expect_entry(zip_t *z, const char *name, struct bytes content)
{
	zip_file_t *f = zip_fopen(z, name, 0);
	char *p = mem_alloc(c->mem, content.n + 2);

	ck_assert_msg(f != NULL, "%s is not in it", name);
	ck_assert_int_eq(zip_fread(f, p, content.n + 1), (zip_int64_t)content.n);
	ck_assert_mem_eq(p, content.p, content.n);
	zip_fclose(f);
}

START_TEST(what_was_put_in_comes_out)
{
	struct zip_file *z = zip_begin(c);
	char *much = mem_alloc(c->mem, 1000001);
	struct bytes out;
	zip_error_t e;

	memset(much, 'x', 1000000);
	c->now.ms = INT64_C(1800000000000);
	ck_assert_int_eq(zip_put(c, z, "a.json", bytes_of("[]")), 0);
	ck_assert_int_eq(zip_put(c, z, "über.txt", bytes_of(much)), 0);
	ck_assert_int_eq(zip_put(c, z, "empty", bytes_of("")), 0);
	ck_assert_int_eq(zip_finish(c, z, &out), 0);
	ck_assert_uint_lt(out.n, 10000);
	zip_error_init(&e);
	zip_t *r =
		zip_open_from_source(zip_source_buffer_create(out.p, out.n, 0, &e), ZIP_RDONLY, &e);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(zip_get_num_entries(r, 0), 3);
	expect_entry(r, "a.json", bytes_of("[]"));
	expect_entry(r, "über.txt", bytes_of(much));
	expect_entry(r, "empty", bytes_of(""));
	zip_discard(r);
}
END_TEST

START_TEST(a_name_stands_once_and_what_is_left_open_goes_with_the_arena)
{
	struct zip_file *z = zip_begin(c);

	ck_assert_int_eq(zip_put(c, z, "a", bytes_of("1")), 0);
	ck_assert_int_eq(zip_put(c, z, "a", bytes_of("2")), -1);
	ck_assert_int_eq(c->err.code, E_INTERNAL);
	err_clear(c);
}
END_TEST

Suite *suite_zip(void)
{
	Suite *s = suite_create("zip");
	TCase *t = tcase_create("zip");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_was_put_in_comes_out);
	tcase_add_test(t, a_name_stands_once_and_what_is_left_open_goes_with_the_arena);
	suite_add_tcase(s, t);
	return s;
}
