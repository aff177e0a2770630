#include "core/base/secret.h"
#include "tests/unit/unit.h"
#include <sys/stat.h>

static char out[SECRET_MAX_BYTES + 1];
static char big[SECRET_MAX_BYTES + 1];

static ssize_t read_quietly(const char *path, const char *word)
{
	unit_hush();
	ssize_t n = secret_read(path, out);
	const char *said = unit_said();

	ck_assert_msg(word == NULL || strstr(said, word) != NULL, "%s: %s", word, said);
	ck_assert(word != NULL || *said == '\0');
	return n;
}

START_TEST(a_secret_loses_its_last_newline_only)
{
	ck_assert_int_eq(read_quietly(unit_text_file("a", "s3cret\n"), NULL), 6);
	ck_assert_str_eq(out, "s3cret");
	ck_assert_int_eq(read_quietly(unit_text_file("a", " s \n\n"), NULL), 4);
	ck_assert_str_eq(out, " s \n");
	ck_assert_int_eq(read_quietly(unit_file("a", "k", 1, 0440), NULL), 1);
}
END_TEST

START_TEST(what_is_no_secret_is_refused)
{
	ck_assert_int_eq(read_quietly("/nonexistent/file", "/nonexistent/file"), -1);
	ck_assert_int_eq(read_quietly(unit_dir(), "not a file"), -1);
	ck_assert_int_eq(read_quietly("/dev/null", "not a file"), -1);
	ck_assert_int_eq(read_quietly(unit_text_file("a", ""), "empty"), -1);
	ck_assert_int_eq(read_quietly(unit_text_file("a", "\n"), "empty"), -1);
	ck_assert_int_eq(read_quietly(unit_file("a", "key", 3, 0604), "chmod 600"), -1);
	ck_assert_int_eq(read_quietly(unit_file("a", "key", 3, 0602), "chmod 600"), -1);
	ck_assert_int_eq(read_quietly(unit_file("a", "key", 3, 0620), "chmod 600"), -1);
}
END_TEST

START_TEST(the_size_has_a_limit)
{
	memset(big, 'x', sizeof(big));
	ck_assert_int_eq(
		read_quietly(unit_file("a", big, SECRET_MAX_BYTES, 0600), NULL), SECRET_MAX_BYTES);
	ck_assert_int_eq(
		read_quietly(unit_file("a", big, SECRET_MAX_BYTES + 1, 0600), "64 KiB"), -1);
}
END_TEST

Suite *suite_secret(void)
{
	Suite *s = suite_create("secret");
	TCase *t = tcase_create("secret");

	tcase_add_test(t, a_secret_loses_its_last_newline_only);
	tcase_add_test(t, what_is_no_secret_is_refused);
	tcase_add_test(t, the_size_has_a_limit);
	suite_add_tcase(s, t);
	return s;
}
