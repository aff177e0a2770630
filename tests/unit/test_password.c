#include "core/sys/password.h"
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

START_TEST(a_password_opens_its_hash_only)
{
	const char *one = password_hash(c, "correct horse");
	const char *two = password_hash(c, "correct horse");

	ck_assert(text_starts(one, "$2b$12$"));
	ck_assert_uint_eq(strlen(one), 60);
	ck_assert_str_ne(one, two);
	ck_assert(password_check(c, "correct horse", one));
	ck_assert(!password_check(c, "correct horsf", one));
	ck_assert(!password_check(c, "", one));
	ck_assert(!password_is_old(one));
}
END_TEST

/* Openwall's vectors for bcrypt, cost 5. */
START_TEST(known_hashes_are_taken)
{
	static const char *const HASH =
		"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

	ck_assert(password_check(c, "U*U", HASH));
	ck_assert(!password_check(c, "U*V", HASH));
	ck_assert(password_is_old(HASH));
}
END_TEST

START_TEST(every_byte_counts)
{
	char longest[80];

	memset(longest, 'x', sizeof(longest));
	longest[PASSWORD_MAX_BYTES] = '\0';
	const char *hash = password_hash(c, longest);
	ck_assert(password_check(c, longest, hash));
	longest[PASSWORD_MAX_BYTES] = 'x'; /* bcrypt alone would not see this one */
	longest[PASSWORD_MAX_BYTES + 1] = '\0';
	ck_assert(!password_check(c, longest, hash));
	longest[PASSWORD_MAX_BYTES - 1] = '\0';
	ck_assert(!password_check(c, longest, hash));
}
END_TEST

START_TEST(hashes_are_counted_and_their_cost_is_ours)
{
	(void)password_hashes();
	password_cheap(4);
	const char *hash = password_hash(c, "correct horse");
	ck_assert(text_starts(hash, "$2b$04$"));
	ck_assert(!password_is_old(hash));
	ck_assert(!password_check(c, "correct horse", NULL));
	ck_assert_int_eq(password_hashes(), 2);
	ck_assert_int_eq(password_hashes(), 0);
	password_cheap(0);
	ck_assert(password_is_old(hash));
	ck_assert(password_check(c, "correct horse", hash));
}
END_TEST

static const char *const NO_HASHES[] = {NULL, "", "*0", "*1", "*",
	"$2b$12$EQrk1VMRXQOUCW0p/ccJ0OnPSnQWZBBM0nslITLcztYYmHu1X1H3",
	"$2b$99$EQrk1VMRXQOUCW0p/ccJ0OnPSnQWZBBM0nslITLcztYYmHu1X1H32",
	"$2b$1x$EQrk1VMRXQOUCW0p/ccJ0OnPSnQWZBBM0nslITLcztYYmHu1X1H32",
	"$1$abcdefgh$0123456789012345678901",
	"$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7", "plain text"};

START_TEST(what_is_no_hash_never_matches)
{
	ck_assert(!password_check(c, "correct horse", NO_HASHES[_i]));
	ck_assert(NO_HASHES[_i] == NULL || !password_check(c, NO_HASHES[_i], NO_HASHES[_i]));
	ck_assert(password_is_old(NO_HASHES[_i]));
}
END_TEST

/* Processor time: the machine may be busy with others. */
static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t check_us(const char *hash)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t from = cpu_us();

		ck_assert(!password_check(c, "wrong password", hash));
		int64_t us = cpu_us() - from;
		best = us < best ? us : best;
	}
	return best;
}

/* The time does not tell whether an account exists. */
START_TEST(an_unknown_account_takes_as_long)
{
	const char *hash = password_hash(c, "correct horse");
	int64_t known = check_us(hash);
	int64_t unknown = check_us(NULL);
	ck_assert_msg(unknown > known / 2 && unknown < known * 2, "%" PRId64 " and %" PRId64, known,
		unknown);
}
END_TEST

Suite *suite_password(void)
{
	Suite *s = suite_create("password");
	TCase *t = tcase_create("password");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_password_opens_its_hash_only);
	tcase_add_test(t, known_hashes_are_taken);
	tcase_add_test(t, every_byte_counts);
	tcase_add_test(t, hashes_are_counted_and_their_cost_is_ours);
	tcase_add_loop_test(t, what_is_no_hash_never_matches, 0, COUNT_OF(NO_HASHES));
	tcase_add_test(t, an_unknown_account_takes_as_long);
	suite_add_tcase(s, t);
	return s;
}
