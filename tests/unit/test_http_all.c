/* Many requests at once. The server takes one after the other. */
#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "tests/unit/server.h"
#include "tests/unit/unit.h"

static struct ctx *c;
static struct conf sandbox = {.server_sandbox = true};
static struct server server;

/* "POST /404 …" is answered by 404 and the line itself; /0 by nothing, /9 late. */
static void play(int fd)
{
	static char in[4096];
	char line[128], head[256];

	hear(fd, in, sizeof(in), "{}");
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(in, "\r"), in);
	int status = (int)strtol(strchr(line, '/') + 1, NULL, 10);

	if (status == 9) {
		struct timespec t = {30, 0};

		nanosleep(&t, NULL);
	}
	if (status < 100)
		return;
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d Yes\r\nRetry-After: 7\r\nContent-Length: %zu\r\n\r\n", status,
		strlen(line));
	say(fd, head);
	say(fd, line);
}

static void setup(void)
{
	c = unit_ctx();
	c->conf = &sandbox;
	unit_dir();
	server_start(&server, play);
}

static void teardown(void)
{
	server_stop(&server);
	unit_ctx_end(c);
}

static void send_all(const int *status, struct http_answer *a, size_t n)
{
	struct http_request *r = mem_alloc(c->mem, n * sizeof(*r));

	for (size_t i = 0; i < n; i++) {
		r[i].method = "POST";
		r[i].url =
			mem_printf(c->mem, "http://127.0.0.1:%d/%d?%zu", server.port, status[i], i);
		r[i].body = bytes_of("{}");
		r[i].total_ms = 3000;
	}
	http_send_all(c, r, a, n);
}

START_TEST(each_gets_its_own_answer)
{
	static const int STATUS[] = {201, 409, 200, 0, 429, 201, 302, 0};
	struct http_answer a[COUNT_OF(STATUS)];

	send_all(STATUS, a, COUNT_OF(STATUS));
	for (size_t i = 0; i < COUNT_OF(STATUS); i++) {
		ck_assert_int_eq(a[i].status, STATUS[i]);
		ck_assert_int_eq(a[i].outcome, STATUS[i] == 0 ? HTTP_UNKNOWN : HTTP_ANSWERED);
		ck_assert_int_eq(a[i].error == NULL, STATUS[i] != 0);
		if (STATUS[i] == 0)
			continue;
		ck_assert_int_eq(a[i].retry_after, 7);
		ck_assert_str_eq((const char *)a[i].body.p,
			mem_printf(c->mem, "POST /%d?%zu HTTP/1.1", STATUS[i], i));
	}
}
END_TEST

START_TEST(each_has_a_deadline)
{
	static const int STATUS[] = {9, 201};
	struct http_answer a[COUNT_OF(STATUS)];
	int64_t began = clock_monotonic_us();

	send_all(STATUS, a, COUNT_OF(STATUS));
	ck_assert_int_lt(clock_monotonic_us() - began, 5000000);
	ck_assert_int_eq(a[0].outcome, HTTP_UNKNOWN);
}
END_TEST

Suite *suite_http_all(void)
{
	Suite *s = suite_create("http_all");
	TCase *t = tcase_create("http_all");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_gets_its_own_answer);
	tcase_add_test(t, each_has_a_deadline);
	suite_add_tcase(s, t);
	return s;
}
