#include "core/sys/keyring.h"
#include "tests/unit/unit.h"

#include <time.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static const struct {
	const char *text;
	const char *said; /* NULL: good */
} KEYRINGS[] = {
	{"1 " KEY_A "\n", NULL},
	{"1 " KEY_A, NULL},
	{"7 " KEY_A "\n4294967295 " KEY_B "\n", NULL},
	{"1 " KEY_A "\n1 " KEY_B "\n", "line=2 error=\"uses a number again\""},
	{"0 " KEY_A "\n", "line=1"},
	{"4294967296 " KEY_A "\n", "line=1"},
	{"-1 " KEY_A "\n", "line=1"},
	{"one " KEY_A "\n", "line=1"},
	{"1  " KEY_A "\n", "line=1"},
	{KEY_A "\n", "line=1"},
	{"1 " KEY_A "00\n", "line=1 error=\"must end with 64 hex digits\""},
	{"1 " KEY_A "\r\n", "line=1"},
	{"1 " KEY_A "\n2 abc\n", "line=2"},
	{"1 " KEY_A "\n\n2 " KEY_B "\n", "line=2"},
	{"", "empty"},
};

START_TEST(keyrings_are_read_strictly)
{
	unit_hush();
	struct keyring *k = keyring_load(unit_text_file("keyring", KEYRINGS[_i].text));
	const char *said = unit_said();

	bool good = k != NULL;
	keyring_delete(k);
	ck_assert_msg(good == (KEYRINGS[_i].said == NULL), "%s", said);
	if (KEYRINGS[_i].said != NULL)
		ck_assert_msg(strstr(said, KEYRINGS[_i].said) != NULL, "%s", said);
	ck_assert_ptr_null(strstr(said, "0405"));
	ck_assert_ptr_null(good ? NULL : strstr(said, KEY_B));
}
END_TEST

START_TEST(a_keyring_open_to_others_or_binary_is_refused)
{
	unit_hush();
	ck_assert_ptr_null(keyring_load(unit_file("keyring", "1 " KEY_A, 66, 0644)));
	ck_assert_ptr_null(keyring_load(unit_file("keyring", "1 \0" KEY_A, 67, 0600)));
	ck_assert_ptr_null(keyring_load("/nonexistent"));
	unit_said();
}
END_TEST

/* ---- a file that changes while it is in use ---- */

static struct keyring *k;

static const char *at(const char *name)
{
	static char path[2][PATH_MAX];
	static int i;

	i = 1 - i;
	snprintf(path[i], sizeof(path[i]), "%s/%s", unit_dir(), name);
	return path[i];
}

/* How often something was found wrong. */
static int errors_in(const char *said)
{
	int n = 0;

	for (; (said = strstr(said, "error=")) != NULL; said++)
		n++;
	return n;
}

static void begin(const char *text)
{
	k = keyring_load(unit_text_file("keyring", text));
	ck_assert_ptr_nonnull(k);
}

static void write_again(const char *text)
{
	unit_text_file("keyring.new", text);
	ck_assert_int_eq(rename(at("keyring.new"), at("keyring")), 0);
}

static void teardown(void)
{
	keyring_delete(k);
	k = NULL;
}

START_TEST(the_newest_key_is_that_of_the_file)
{
	begin("1 " KEY_A);
	ck_assert_uint_eq(keyring_newest(k)->id, 1);
	write_again("1 " KEY_A "\n2 " KEY_B);
	ck_assert_uint_eq(keyring_newest(k)->id, 2);
	ck_assert_uint_eq(keyring_newest(k)->key[0], 0xFF);
	ck_assert_uint_eq(keyring_find(k, 1)->key[1], 1);
	write_again("1 " KEY_A);
	ck_assert_uint_eq(keyring_newest(k)->id, 1);
	ck_assert_ptr_null(keyring_find(k, 2));
}
END_TEST

START_TEST(an_unknown_id_is_looked_for_each_time)
{
	begin("1 " KEY_A);
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(keyring_find(k, 2));
	write_again("1 " KEY_A "\n2 " KEY_B);
	ck_assert_uint_eq(keyring_find(k, 2)->id, 2);
}
END_TEST

/* What is gone from the file is forgotten within seconds, whoever asks. */
START_TEST(a_known_id_is_looked_for_again_after_a_while)
{
	begin("1 " KEY_A "\n2 " KEY_B);
	write_again("2 " KEY_B);
	ck_assert_ptr_nonnull(keyring_find(k, 1));
	nanosleep(&(struct timespec){5, 100000000}, NULL);
	ck_assert_ptr_null(keyring_find(k, 1));
	ck_assert_ptr_nonnull(keyring_find(k, 2));
}
END_TEST

START_TEST(a_file_that_became_bad_leaves_the_keys_as_they_are)
{
	static const char *const BAD[] = {"", "2 " KEY_B "\n2 " KEY_A, "rubbish"};

	begin("1 " KEY_A);
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		write_again(BAD[i]);
		unit_hush();
		ck_assert_ptr_null(keyring_find(k, 2));
		ck_assert_uint_eq(keyring_newest(k)->id, 1);
		const char *said = unit_said();
		ck_assert_msg(errors_in(said) == 1, "once: %s", said);
	}
	unlink(at("keyring"));
	ck_assert_uint_eq(keyring_newest(k)->id, 1);
	write_again("1 " KEY_A "\n2 " KEY_B);
	ck_assert_uint_eq(keyring_newest(k)->id, 2);
}
END_TEST

START_TEST(the_keys_come_oldest_first)
{
	begin("9 " KEY_B "\n3 " KEY_A);
	ck_assert_uint_eq(keyring_at(k, 0)->id, 9);
	ck_assert_uint_eq(keyring_at(k, 1)->id, 3);
	ck_assert_ptr_null(keyring_at(k, 2));
}
END_TEST

Suite *suite_keyring(void)
{
	Suite *s = suite_create("keyring");
	TCase *t = tcase_create("keyring");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, keyrings_are_read_strictly, 0, COUNT_OF(KEYRINGS));
	tcase_add_test(t, a_keyring_open_to_others_or_binary_is_refused);
	tcase_add_test(t, the_newest_key_is_that_of_the_file);
	tcase_add_test(t, an_unknown_id_is_looked_for_each_time);
	tcase_add_test(t, a_known_id_is_looked_for_again_after_a_while);
	tcase_add_test(t, a_file_that_became_bad_leaves_the_keys_as_they_are);
	tcase_add_test(t, the_keys_come_oldest_first);
	suite_add_tcase(s, t);
	return s;
}
