#include "core/sys/metric.h"
#include "core/sys/conf.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct ctx *c;
static struct conf conf;

static void setup(void)
{
	c = unit_ctx();
	conf = (struct conf){.metrics = metrics_open(c->mem, unit_dir())};
	c->conf = &conf;
}

static void teardown(void)
{
	metrics_close(conf.metrics);
	unit_ctx_end(c);
}

static const char *text(void)
{
	struct buf b = buf_new(c->mem, 16u << 20);

	metrics_write(conf.metrics, &b);
	return buf_text(&b);
}

#define HAS(line) ck_assert_msg(strstr(text(), line "\n") != NULL, "no %s in\n%s", line, text())

START_TEST(what_is_counted_is_written)
{
	metric_count(c, METRIC_REQUESTS, "/api/v2/calls/{id}", "GET", "2xx");
	metric_count(c, METRIC_REQUESTS, "/api/v2/calls/{id}", "GET", "2xx");
	metric_count(c, METRIC_REQUESTS, "/api/v2/calls/{id}", "GET", "4xx");
	metric_time(c, METRIC_JOB_TIMES, 1000, "noop", NULL);
	metric_time(c, METRIC_JOB_TIMES, 1001, "noop", NULL);
	metric_time(c, METRIC_JOB_TIMES, 61000000, "noop", NULL);
	metric_time(c, METRIC_JOB_TIMES, -5, "noop", NULL); /* the clock went back */
	HAS("# TYPE frontdesk_requests_total counter");
	HAS("frontdesk_requests_total{route=\"/api/v2/calls/{id}\",method=\"GET\",status=\"2xx\"} "
	    "2");
	HAS("frontdesk_requests_total{route=\"/api/v2/calls/{id}\",method=\"GET\",status=\"4xx\"} "
	    "1");
	HAS("# TYPE frontdesk_job_seconds histogram");
	HAS("frontdesk_job_seconds_bucket{kind=\"noop\",le=\"0.001\"} 2");
	HAS("frontdesk_job_seconds_bucket{kind=\"noop\",le=\"0.0025\"} 3");
	HAS("frontdesk_job_seconds_bucket{kind=\"noop\",le=\"60\"} 3");
	HAS("frontdesk_job_seconds_bucket{kind=\"noop\",le=\"+Inf\"} 4");
	HAS("frontdesk_job_seconds_sum{kind=\"noop\"} 61.002001");
	HAS("frontdesk_job_seconds_count{kind=\"noop\"} 4");
	HAS("frontdesk_uncounted_total 0");
}
END_TEST

START_TEST(a_label_cannot_end_itself)
{
	metric_count(c, METRIC_BOOKINGS, "a\"} 7\n\\b", NULL, NULL);
	HAS("frontdesk_bookings_total{source=\"a_} 7__b\"} 1");
}
END_TEST

START_TEST(counts_outlive_the_process_and_are_shared)
{
	struct metrics *other = metrics_open(c->mem, unit_dir());
	struct metrics *own = conf.metrics;

	metric_count(c, METRIC_BOOKINGS, "phone", NULL, NULL);
	conf.metrics = other;
	metric_count(c, METRIC_BOOKINGS, "phone", NULL, NULL);
	HAS("frontdesk_bookings_total{source=\"phone\"} 2");
	metrics_close(other);
	conf.metrics = own;
	metric_count(c, METRIC_BOOKINGS, "phone", NULL, NULL);
	HAS("frontdesk_bookings_total{source=\"phone\"} 3");
}
END_TEST

#define RIVALS 8
#define TIMES_EACH 20000

/* All count the same new series at once, and some are killed at it. */
START_TEST(nothing_is_lost_among_processes_and_the_killed_leave_nothing_behind)
{
	pid_t pids[RIVALS], killed;
	int status;

	killed = fork();
	if (killed == 0) {
		for (;;)
			metric_count(c, METRIC_JOBS, "killed", "done", NULL);
	}
	for (int i = 0; i < RIVALS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			for (int k = 0; k < TIMES_EACH; k++)
				metric_time(c, METRIC_PROVIDER_TIMES, 1, "twilio", "ok");
			_exit(0);
		}
	}
	for (int i = 0; i < RIVALS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(kill(killed, SIGKILL), 0);
	ck_assert_int_eq(waitpid(killed, &status, 0), killed);
	HAS("frontdesk_provider_call_seconds_count{provider=\"twilio\",outcome=\"ok\"} 160000");
	metric_count(c, METRIC_JOBS, "killed", "dead", NULL);
	HAS("frontdesk_jobs_total{kind=\"killed\",outcome=\"dead\"} 1");
}
END_TEST

START_TEST(a_full_table_loses_and_says_so)
{
	for (int i = 0; i < 6000; i++)
		metric_count(c, METRIC_JOBS, mem_printf(c->mem, "kind%d", i), "done", NULL);
	metric_count(c, METRIC_JOBS, "kind0", "done", NULL);
	HAS("frontdesk_jobs_total{kind=\"kind0\",outcome=\"done\"} 2");
	ck_assert_ptr_null(strstr(text(), "frontdesk_uncounted_total 0\n"));
	char name[400];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	metric_count(c, METRIC_JOBS, name, "done", NULL);
	ck_assert_ptr_null(strstr(text(), "xxxxxxxxxx"));
}
END_TEST

START_TEST(without_a_file_nothing_is_counted_and_nothing_fails)
{
	struct ctx bare = *c;

	unit_hush();
	conf.metrics = metrics_open(c->mem, "/nowhere");
	metric_count(c, METRIC_BOOKINGS, "phone", NULL, NULL);
	ck_assert_str_eq(text(), "");
	ck_assert_ptr_nonnull(strstr(unit_said(), "/nowhere/metrics-1"));
	bare.conf = NULL;
	metric_count(&bare, METRIC_BOOKINGS, "phone", NULL, NULL);
	conf.metrics = NULL;
	metric_count(c, METRIC_BOOKINGS, "phone", NULL, NULL);
	conf.metrics = metrics_open(c->mem, unit_dir());
}
END_TEST

START_TEST(the_file_is_ours_alone_and_has_no_holes)
{
	struct stat st;

	ck_assert_int_eq(stat(mem_printf(c->mem, "%s/metrics-1", unit_dir()), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_ge(st.st_blocks * 512, st.st_size);
	ck_assert_int_lt(st.st_size, 4 << 20);
}
END_TEST

/* A request counts twice. */
START_TEST(counting_costs_nothing_worth_measuring)
{
	int64_t began = clock_monotonic_us();

	for (int i = 0; i < 100000; i++)
		metric_count(
			c, METRIC_REQUESTS, "/api/v2/services/{id}/segments/{id}", "DELETE", "2xx");
	ck_assert_int_lt(
		(clock_monotonic_us() - began) / 100, 20 * 1000); /* 20 us each, with sanitizers */
}
END_TEST

Suite *suite_metric(void)
{
	Suite *s = suite_create("metric");
	TCase *t = tcase_create("metric");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_counted_is_written);
	tcase_add_test(t, a_label_cannot_end_itself);
	tcase_add_test(t, counts_outlive_the_process_and_are_shared);
	tcase_add_test(t, nothing_is_lost_among_processes_and_the_killed_leave_nothing_behind);
	tcase_add_test(t, a_full_table_loses_and_says_so);
	tcase_add_test(t, without_a_file_nothing_is_counted_and_nothing_fails);
	tcase_add_test(t, the_file_is_ours_alone_and_has_no_holes);
	tcase_add_test(t, counting_costs_nothing_worth_measuring);
	suite_add_tcase(s, t);
	return s;
}
