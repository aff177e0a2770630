#include "core/sys/conf.h"
#include "core/sys/meter.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SLOT_BYTES 16
#define SLOTS 65536
#define WAYS 8
#define NOW INT64_C(1000000000)

static struct ctx *c;
static struct conf conf;
static struct meter *meter;
static const char *path;
static const struct meter_rate TEN = {100000, 10}; /* ten a second, ten at once */

static void setup(void)
{
	c = unit_ctx();
	conf = (struct conf){
		.limits_factor = 1,
		.limits_user = 1200,
		.limits_user_burst = 300,
		.limits_key = 3000,
		.limits_key_burst = 600,
		.limits_hook = 1200,
		.limits_hook_burst = 3000,
		.limits_sign_ups = 5,
		.limits_password_resets = 3,
		.limits_codes = 10,
	};
	path = mem_printf(c->mem, "%s/limits", unit_dir());
	meter = meter_open(c->mem, path);
	conf.meter = meter;
	c->conf = &conf;
}

static void teardown(void)
{
	meter_close(meter);
	unit_ctx_end(c);
}

static bool count(uint64_t name, int64_t now_us)
{
	struct meter_state s;

	return meter_count(meter, name, &TEN, now_us, &s);
}

static int count_many(uint64_t name, int64_t now_us, int tries)
{
	int n = 0;

	for (int i = 0; i < tries; i++)
		n += count(name, now_us);
	return n;
}

START_TEST(so_many_at_once_and_then_one_each_interval)
{
	ck_assert_int_eq(count_many(7, NOW, 50), 10);
	ck_assert(!count(7, NOW + 99999));
	ck_assert(count(7, NOW + 100000));
	ck_assert(!count(7, NOW + 100000));
	ck_assert_int_eq(count_many(7, NOW + 450000, 50), 3);
	ck_assert_int_eq(count_many(7, NOW + 5000000, 50), 10);
	ck_assert_int_eq(count_many(8, NOW, 50), 10);
}
END_TEST

START_TEST(the_state_says_what_is_left_and_how_long_to_wait)
{
	struct meter_state s;

	memset(&s, 0, sizeof(s));
	ck_assert(meter_count(meter, 7, &TEN, NOW, &s));
	ck_assert_int_eq(s.burst, 10);
	ck_assert_int_eq(s.remaining, 9);
	ck_assert_int_eq(s.reset, 1);
	ck_assert_int_eq(s.wait, 0);
	count_many(7, NOW, 8);
	ck_assert(meter_count(meter, 7, &TEN, NOW, &s));
	ck_assert_int_eq(s.remaining, 0);
	ck_assert(!meter_count(meter, 7, &TEN, NOW, &s));
	ck_assert_int_eq(s.remaining, 0);
	ck_assert_int_eq(s.wait, 1);

	struct meter_rate slow = {INT64_C(180000000), 5}; /* five in a quarter of an hour */
	for (int i = 0; i < 5; i++)
		ck_assert(meter_count(meter, 9, &slow, NOW, &s));
	ck_assert_int_eq(s.reset, 900);
	ck_assert(!meter_count(meter, 9, &slow, NOW + 1000000, &s));
	ck_assert_int_eq(s.wait, 179);
	ck_assert_int_eq(s.reset, 899);
}
END_TEST

START_TEST(kinds_are_counted_as_the_settings_say)
{
	static const struct {
		enum meter_kind kind;
		int burst;
	} KINDS[] = {
		{METER_USER, 300},
		{METER_KEY, 600},
		{METER_HOOK, 3000},
		{METER_SIGN_UP, 5},
		{METER_RESET, 3},
		{METER_CODE, 10},
	};

	ck_assert_uint_eq(COUNT_OF(KINDS), METER_COUNT);
	for (conf.limits_factor = 1; conf.limits_factor <= 3; conf.limits_factor += 2) {
		for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
			const char *who =
				mem_printf(c->mem, "somebody-%d", (int)conf.limits_factor);
			int n = 0;

			while (n < 20000 && meter_take(c, KINDS[i].kind, who, NULL) == 0)
				n++;
			/* while they are taken, a few are paid back */
			ck_assert_int_ge(n, KINDS[i].burst * (int)conf.limits_factor);
			ck_assert_int_le(n, KINDS[i].burst * (int)conf.limits_factor + 100);
			ck_assert_int_eq(c->err.code, E_RATE_LIMITED);
			ck_assert_int_ge(c->err.retry_after, 1);
			err_clear(c);
			ck_assert_int_eq(meter_take(c, KINDS[i].kind, "somebody else", NULL), 0);
		}
	}
}
END_TEST

START_TEST(what_is_given_back_was_never_taken)
{
	struct meter_state s;

	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(meter_take(c, METER_SIGN_UP, "192.0.2.1", &s), 0);
		ck_assert_int_eq(s.remaining, 4);
		ck_assert_int_eq(s.times, 5);
		ck_assert_int_eq(s.seconds, 900);
		meter_give_back(c, METER_SIGN_UP, "192.0.2.1");
	}
	meter_give_back(c, METER_SIGN_UP, "192.0.2.2");
	ck_assert_int_eq(meter_take(c, METER_SIGN_UP, "192.0.2.2", &s), 0);
	ck_assert_int_eq(s.remaining, 4);
}
END_TEST

/* ---- several processes ---- */

/* Counts until told to stop; the end of the exit status is lost, so the number
 * goes into shared memory. */
static void count_for(int64_t until_us, const struct meter_rate *rate, volatile int64_t *taken)
{
	struct meter *own = meter_open(c->mem, path);
	struct meter_state s;
	int64_t now;

	while ((now = clock_monotonic_us()) < until_us)
		*taken += meter_count(own, 7, rate, now, &s);
	_exit(0);
}

static volatile int64_t *shared_counts(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

#define PROCESSES 4

START_TEST(four_processes_count_as_one)
{
	const struct meter_rate rate = {100, 2000}; /* 10,000 a second */
	volatile int64_t *taken = shared_counts();
	int64_t began = clock_monotonic_us(), sum = 0;
	pid_t pid[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			count_for(began + 400000, &rate, &taken[i]);
	}
	for (int i = 0; i < PROCESSES; i++)
		ck_assert_int_eq(waitpid(pid[i], NULL, 0), pid[i]);
	for (int i = 0; i < PROCESSES; i++)
		sum += taken[i];
	ck_assert_int_ge(sum, (2000 + 4000) * 95 / 100);
	ck_assert_int_le(sum, 2000 + 4000 + PROCESSES);
}
END_TEST

/* Killed at whatever instruction they are: the others go on, and what was
 * counted stays counted. */
START_TEST(who_is_killed_while_counting_holds_up_nobody)
{
	const struct meter_rate rate = {100, 2000};
	volatile int64_t *taken = shared_counts();
	int64_t began = clock_monotonic_us(), sum = 0, lost = 0;
	pid_t steady = fork();

	if (steady == 0)
		count_for(began + 600000, &rate, &taken[0]);
	for (int i = 1; clock_monotonic_us() < began + 550000; i = i % 200 + 1) {
		struct timespec t = {0, (1 + i % 7) * 300000};
		pid_t pid = fork();

		if (pid == 0)
			count_for(began + 600000, &rate, &taken[i]);
		nanosleep(&t, NULL);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		lost++; /* it may have taken one that it could not write down */
	}
	ck_assert_int_eq(waitpid(steady, NULL, 0), steady);
	for (int i = 0; i <= 200; i++)
		sum += taken[i];
	ck_assert_int_gt(taken[0], 0);
	ck_assert_int_gt(lost, 20);
	ck_assert_int_ge(sum, (2000 + 6000) * 95 / 100 - lost);
	ck_assert_int_le(sum, 2000 + 6000 + PROCESSES);

	/* and nothing of it is left when it is paid back */
	struct meter_state s;
	struct timespec t = {0, 210000000};
	nanosleep(&t, NULL);
	ck_assert(meter_count(meter, 7, &rate, clock_monotonic_us(), &s));
	ck_assert_int_eq(s.remaining, 1999);
}
END_TEST

/* ---- what goes wrong refuses nobody ---- */

START_TEST(without_a_table_all_are_let_through)
{
	const char *bad[] = {
		mem_printf(c->mem, "%s/missing/limits", unit_dir()),
		unit_dir(),
		"/dev/null",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		unit_hush();
		conf.meter = meter_open(c->mem, bad[i]);
		for (int k = 0; k < 1000; k++)
			ck_assert_int_eq(meter_take(c, METER_SIGN_UP, "192.0.2.1", NULL), 0);
		meter_give_back(c, METER_SIGN_UP, "192.0.2.1");
		const char *said = unit_said();
		ck_assert_ptr_nonnull(strstr(said, "limits"));
		ck_assert_ptr_null(strchr(strchr(said, '\n') + 1, '\n')); /* once */
		meter_close(conf.meter);
	}
	conf.meter = NULL;
	ck_assert_int_eq(meter_take(c, METER_SIGN_UP, "192.0.2.1", NULL), 0);
}
END_TEST

START_TEST(a_link_in_the_place_of_the_file_is_not_followed)
{
	const char *link = mem_printf(c->mem, "%s/link", unit_dir());
	const char *aim = unit_text_file("aim", "precious");
	struct stat st;

	ck_assert_int_eq(symlink(aim, link), 0);
	unit_hush();
	struct meter *m = meter_open(c->mem, link);
	ck_assert_ptr_nonnull(strstr(unit_said(), "limits"));
	meter_close(m);
	ck_assert_int_eq(stat(aim, &st), 0);
	ck_assert_int_eq(st.st_size, 8);
}
END_TEST

/* Names whose places are the same. */
START_TEST(a_full_place_refuses_nobody_and_says_so_once)
{
	unit_hush();
	for (uint64_t i = 0; i < WAYS; i++)
		ck_assert_int_eq(count_many(8 + i * SLOTS, NOW, 50), 10);
	ck_assert_int_eq(count_many(8 + WAYS * SLOTS, NOW, 50), 50);
	ck_assert_int_eq(count_many(8 + WAYS * SLOTS, NOW, 50), 50);
	const char *said = unit_said();
	ck_assert_ptr_nonnull(strstr(said, "the table is full"));
	ck_assert_ptr_null(strchr(strchr(said, '\n') + 1, '\n'));
	/* those in it are still counted; and who comes later finds room */
	ck_assert_int_eq(count_many(8, NOW, 50), 0);
	ck_assert_int_eq(count_many(8 + WAYS * SLOTS, NOW + 2000000, 50), 10);
}
END_TEST

START_TEST(what_another_life_of_the_machine_left_refuses_nobody)
{
	int fd = open(path, O_RDWR);
	int64_t slot[2];

	ck_assert_int_ge(fd, 0);
	ck_assert(count(8, NOW));
	/* the clock of the machine begins again with each start */
	ck_assert_int_eq(pread(fd, slot, SLOT_BYTES, 8 * SLOT_BYTES), SLOT_BYTES);
	ck_assert_int_eq(slot[0], 8);
	slot[1] = INT64_MAX;
	ck_assert_int_eq(pwrite(fd, slot, SLOT_BYTES, 8 * SLOT_BYTES), SLOT_BYTES);
	ck_assert_int_eq(count_many(8, NOW, 50), 10);
	for (int64_t i = 0; i < WAYS; i++) {
		slot[0] = 1000 + i;
		ck_assert_int_eq(pwrite(fd, slot, SLOT_BYTES, (8 + i) * SLOT_BYTES), SLOT_BYTES);
	}
	ck_assert_int_eq(count_many(8, NOW, 50), 10);
	close(fd);
}
END_TEST

START_TEST(a_file_of_another_length_is_made_long_enough)
{
	meter_close(meter);
	ck_assert_int_eq(truncate(path, 100), 0);
	conf.meter = meter = meter_open(c->mem, path);
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, SLOTS * SLOT_BYTES);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(count_many(SLOTS - 1, NOW, 50), 10);
}
END_TEST

START_TEST(of_ipv6_the_first_half_counts)
{
	static const char *const SAME[] = {
		"2001:db8:1:2::", "2001:db8:1:2::1", "2001:0DB8:1:2:ffff:ffff:ffff:ffff"};

	for (size_t i = 0; i < COUNT_OF(SAME); i++)
		ck_assert_str_eq(meter_address(c->mem, SAME[i]), "2001:0db8:0001:0002::/64");
	ck_assert_str_eq(meter_address(c->mem, "2001:db8:1:3::1"), "2001:0db8:0001:0003::/64");
	ck_assert_str_eq(meter_address(c->mem, "192.0.2.1"), "192.0.2.1");
	ck_assert_str_eq(meter_address(c->mem, "::ffff:192.0.2.1"), "::ffff:192.0.2.1");
	ck_assert_str_eq(meter_address(c->mem, "unix:"), "unix:");
	ck_assert_str_eq(meter_address(c->mem, NULL), "");
}
END_TEST

Suite *suite_meter(void)
{
	Suite *s = suite_create("meter");
	TCase *t = tcase_create("counting");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, so_many_at_once_and_then_one_each_interval);
	tcase_add_test(t, the_state_says_what_is_left_and_how_long_to_wait);
	tcase_add_test(t, kinds_are_counted_as_the_settings_say);
	tcase_add_test(t, what_is_given_back_was_never_taken);
	tcase_add_test(t, four_processes_count_as_one);
	tcase_add_test(t, who_is_killed_while_counting_holds_up_nobody);
	tcase_add_test(t, without_a_table_all_are_let_through);
	tcase_add_test(t, a_link_in_the_place_of_the_file_is_not_followed);
	tcase_add_test(t, a_full_place_refuses_nobody_and_says_so_once);
	tcase_add_test(t, what_another_life_of_the_machine_left_refuses_nobody);
	tcase_add_test(t, a_file_of_another_length_is_made_long_enough);
	tcase_add_test(t, of_ipv6_the_first_half_counts);
	suite_add_tcase(s, t);
	return s;
}
