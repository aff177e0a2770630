#include "core/sys/http.h"
#include "core/base/buf.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "tests/unit/server.h"
#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct ctx *c;
static struct conf sandbox = {.server_sandbox = true};
static struct conf live = {.server_sandbox = false};
static struct server server;

/* ---- the server's side ---- */

static void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void answer(int fd, const char *head, const char *body)
{
	char line[512];

	snprintf(line, sizeof(line), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head,
		strlen(body));
	say(fd, line);
	say(fd, body);
}

static void answer_file(int fd, const char *name)
{
	char path[256], chunk[4096];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", unit_dir(), name);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	while ((n = read(file, chunk, sizeof(chunk))) > 0)
		say_bytes(fd, chunk, (size_t)n);
	close(file);
}

static void drip(int fd, const char *head)
{
	say(fd, head);
	for (int i = 0; i < 300; i++) {
		say(fd, "x");
		pause_ms(100);
	}
}

static void answer_date(int fd)
{
	char head[256], date[64];
	time_t at = time(NULL) + 120;
	struct tm tm;

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm));
	snprintf(head, sizeof(head), "503 Busy\r\nRETRY-AFTER:\t %s ", date);
	answer(fd, head, "");
}

static void answer_headers(int fd)
{
	say(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 3000; i++)
		say(fd, "X-Filler: 0123456789012345678901234567890123456789\r\n");
	say(fd, "\r\nhello");
}

static void play(int fd)
{
	static char in[65536];
	static char big[3 * 1024 * 1024];
	const char *to = in;

	hear(fd, in, sizeof(in), "\r\n\r\n");
	to += strcspn(in, " ") + 1;
	if (text_starts(to, "/echo")) {
		const char *n = strstr(in, "Content-Length: ");
		size_t at = strlen(in);
		size_t left = n != NULL ? strtoul(n + 16, NULL, 10) : 0;

		while (left-- > 0 && at < sizeof(in) - 1 && read(fd, in + at, 1) == 1)
			in[++at] = '\0';
		answer(fd, "201 Made", in);
	} else if (text_starts(to, "/redirect"))
		answer(fd, "302 There\r\nLocation: /echo", "moved");
	else if (text_starts(to, "/big")) {
		memset(big, 'x', sizeof(big));
		say(fd, "HTTP/1.1 200 OK\r\n\r\n");
		say_bytes(fd, big, sizeof(big));
	} else if (text_starts(to, "/gz/"))
		answer_file(fd, to[4] == 's' ? "small.gz" : "bomb.gz");
	else if (text_starts(to, "/stall"))
		pause_ms(30000);
	else if (text_starts(to, "/drip"))
		drip(fd, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n");
	else if (text_starts(to, "/late")) {
		pause_ms(2600);
		answer(fd, "200 OK", "thought about it");
	} else if (text_starts(to, "/header-drip"))
		drip(fd, "HTTP/1.1 200 OK\r\nX-Slow: ");
	else if (text_starts(to, "/headers"))
		answer_headers(fd);
	else if (text_starts(to, "/cut"))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
	else if (text_starts(to, "/old"))
		say(fd, "hello, this is no HTTP\r\n");
	else if (text_starts(to, "/429"))
		answer(fd, "429 Slow down\r\nRetry-After: 7", "");
	else if (text_starts(to, "/reset-in"))
		answer(fd, "429 Slow down\r\nX-RateLimit-Reset-Default: 42", "");
	else if (text_starts(to, "/reset-fine"))
		answer(fd, "200 OK\r\nX-RateLimit-Reset: 42", "");
	else if (text_starts(to, "/reset-at")) {
		char head[80];

		snprintf(head, sizeof(head), "429 Slow down\r\nx-ratelimit-reset: %" PRId64,
			ts_now().ms / 1000 + 60);
		answer(fd, head, "");
	} else if (text_starts(to, "/864000"))
		answer(fd, "429 Slow down\r\nretry-after:864000", "");
	else if (text_starts(to, "/soon"))
		answer(fd, "429 Slow down\r\nRetry-After: later", "");
	else if (text_starts(to, "/503"))
		answer_date(fd);
	else if (text_starts(to, "/tear"))
		tear(fd);
	else if (!text_starts(to, "/close"))
		answer(fd, "200 OK", "hello");
}

/* ---- ours ---- */

static void setup(void)
{
	c = unit_ctx();
	c->conf = &sandbox;
	unit_dir();
	server_start(&server, play);
}

static void setup_silent(void)
{
	c = unit_ctx();
	c->conf = &live;
	server_listen(&server);
}

static void teardown(void)
{
	server_stop(&server);
	unit_ctx_end(c);
}

static struct http_request request(const char *path)
{
	struct http_request r = {.provider = "test", .operation = "get", .method = "GET"};

	r.url = mem_printf(c->mem, "http://127.0.0.1:%d%s", server.port, path);
	return r;
}

static struct http_answer sent(const struct http_request *r)
{
	struct http_answer a;

	http_send(c, r, &a);
	ck_assert_int_eq(c->err.code, E_OK);
	ck_assert((a.outcome == HTTP_ANSWERED) == (a.error == NULL));
	ck_assert((a.outcome == HTTP_ANSWERED) == (a.status > 0));
	return a;
}

static struct http_answer got(const char *path)
{
	struct http_request r = request(path);

	return sent(&r);
}

static const char *body(const struct http_answer *a)
{
	ck_assert_uint_eq(a->body.p[a->body.n], 0);
	return (const char *)a->body.p;
}

START_TEST(an_answer_comes_back)
{
	struct http_answer a = got("/hello");

	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(body(&a), "hello");
	ck_assert_uint_eq(a.body.n, 5);
	ck_assert_int_eq(a.retry_after, 0);
}
END_TEST

START_TEST(a_request_is_sent_as_told)
{
	static const char *const HEADERS[] = {"Content-Type: application/json", "X-One: 1", NULL};
	struct http_request r = request("/echo?a=b");

	r.method = "PATCH";
	r.headers = HEADERS;
	r.basic_user = "AC1";
	r.basic_password = "secret";
	r.body = bytes_of("{\"a\":1}");
	struct http_answer a = sent(&r);
	ck_assert_int_eq(a.status, 201);
	ck_assert(text_starts(body(&a), "PATCH /echo?a=b HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(body(&a), "\r\nUser-Agent: frontdesk/2\r\n"));
	ck_assert_ptr_nonnull(strstr(body(&a), "\r\nContent-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(body(&a), "\r\nX-One: 1\r\n"));
	ck_assert_ptr_nonnull(strstr(body(&a), "\r\nAuthorization: Basic QUMxOnNlY3JldA==\r\n"));
	ck_assert_ptr_nonnull(strstr(body(&a), "\r\nAccept-Encoding: gzip\r\n"));
	ck_assert_ptr_null(strstr(body(&a), "Expect:"));
	ck_assert_ptr_null(strstr(body(&a), "Cookie:"));
	ck_assert_str_eq(strstr(body(&a), "\r\n\r\n") + 4, "{\"a\":1}");
}
END_TEST

START_TEST(methods_without_a_body)
{
	static const char *const METHODS[] = {"GET", "POST", "DELETE", "PUT"};

	for (size_t i = 0; i < COUNT_OF(METHODS); i++) {
		struct http_request r = request("/echo");

		r.method = METHODS[i];
		struct http_answer a = sent(&r);
		ck_assert_int_eq(a.status, 201);
		ck_assert(text_starts(body(&a), METHODS[i]));
		ck_assert_str_eq(strstr(body(&a), "\r\n\r\n"), "\r\n\r\n");
	}
}
END_TEST

START_TEST(a_redirect_is_an_answer)
{
	struct http_answer a = got("/redirect");

	ck_assert_int_eq(a.status, 302);
	ck_assert_str_eq(body(&a), "moved");
}
END_TEST

START_TEST(retry_after_is_read)
{
	ck_assert_int_eq(got("/429").retry_after, 7);
	ck_assert_int_eq(got("/864000").retry_after, 86400); /* cut to a day */
	ck_assert_int_eq(got("/soon").retry_after, 0);
	/* others say when their window begins anew */
	ck_assert_int_eq(got("/reset-in").retry_after, 42);
	ck_assert_int_eq(got("/reset-fine").retry_after, 0);
	ck_assert_int_ge(got("/reset-at").retry_after, 57);
	ck_assert_int_le(got("/reset-at").retry_after, 60);
	int seconds = got("/503").retry_after;
	ck_assert_msg(seconds >= 117 && seconds <= 121, "%d", seconds);
}
END_TEST

START_TEST(answers_have_a_cap)
{
	struct http_request r = request("/big");
	struct http_answer a = sent(&r);

	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_str_eq(a.error, "The answer is too large.");
	ck_assert_uint_le(arena_used(c->mem), 4 * 1024 * 1024);
	r.answer_max = 4 * 1024 * 1024;
	a = sent(&r);
	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_uint_eq(a.body.n, 3 * 1024 * 1024);
	r = request("/hello");
	r.answer_max = 5;
	ck_assert_int_eq(sent(&r).outcome, HTTP_ANSWERED);
	r.answer_max = 4;
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
	a = got("/headers");
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_str_eq(a.error, "The headers of the answer are too large.");
}
END_TEST

static void shell(const char *command)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* 200 MB of zeros in 200 kB: cut at the cap, counted after decoding. */
START_TEST(a_gzip_bomb_is_cut)
{
	shell(mem_printf(c->mem,
		"cd %s && printf hello | gzip > small.gz && "
		"head -c 200000000 /dev/zero | gzip -1 > bomb.gz",
		unit_dir()));
	struct http_answer a = got("/gz/small");
	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(body(&a), "hello");
	a = got("/gz/bomb");
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_str_eq(a.error, "The answer is too large.");
	ck_assert_uint_le(arena_used(c->mem), 4 * 1024 * 1024);
}
END_TEST

static const struct {
	const char *path;
	int total_ms;
	int at_least, at_most;
} SLOW[] = {
	{"/stall", 700, 690, 3000}, {"/header-drip", 700, 690, 3000},
	{"/drip", 700, 690, 3000},    /* by the total deadline */
	{"/drip", 20000, 1900, 6000}, /* as too slow */
};

START_TEST(a_slow_server_is_left)
{
	struct http_request r = request(SLOW[_i].path);

	r.total_ms = SLOW[_i].total_ms;
	int64_t from = clock_monotonic_us();
	struct http_answer a = sent(&r);
	int64_t ms = (clock_monotonic_us() - from) / 1000;
	ck_assert_int_eq(a.outcome, HTTP_UNKNOWN);
	ck_assert_msg(ms >= SLOW[_i].at_least && ms <= SLOW[_i].at_most, "%" PRId64 " ms", ms);
	ck_assert(a.ms >= SLOW[_i].at_least && a.ms <= SLOW[_i].at_most);
}
END_TEST

START_TEST(a_server_may_think_first)
{
	struct http_answer a = got("/late");

	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(body(&a), "thought about it");
}
END_TEST

START_TEST(what_was_sent_whole_may_have_arrived)
{
	ck_assert_int_eq(got("/close").outcome, HTTP_UNKNOWN);
	ck_assert_int_eq(got("/tear").outcome, HTTP_UNKNOWN);
	ck_assert_int_eq(got("/cut").outcome, HTTP_UNKNOWN);
	ck_assert_int_eq(got("/old").outcome, HTTP_UNKNOWN);
	struct http_request r = request("/tear");
	r.method = "POST";
	r.body = bytes_of("To=%2B4930");
	ck_assert_int_eq(sent(&r).outcome, HTTP_UNKNOWN);
}
END_TEST

/* More than the kernel's buffers take: the server tears the line after the
 * headers. */
START_TEST(what_was_sent_in_part_has_not_arrived)
{
	size_t n = 16 * 1024 * 1024;
	char *p = mem_alloc(c->mem, n);
	struct http_request r = request("/tear");

	r.method = "POST";
	r.body.p = memset(p, 'x', n);
	r.body.n = n;
	ck_assert_int_eq(sent(&r).outcome, HTTP_NOT_SENT);
}
END_TEST

START_TEST(what_did_not_connect_has_not_arrived)
{
	struct server gone;

	server_listen(&gone);
	server_stop(&gone);
	struct http_request r = request("/hello");
	r.url = mem_printf(c->mem, "http://127.0.0.1:%d/", gone.port);
	ck_assert_int_eq(sent(&r).outcome, HTTP_NOT_SENT);
	r.url = "https://no-such-host.invalid/";
	ck_assert_int_eq(sent(&r).outcome, HTTP_NOT_SENT);
	/* no TLS at the other side */
	r.url = mem_printf(c->mem, "https://127.0.0.1:%d/", server.port);
	ck_assert_int_eq(sent(&r).outcome, HTTP_NOT_SENT);
}
END_TEST

/* A full queue: the kernel drops the SYN and nobody ever answers. */
START_TEST(connecting_has_a_deadline)
{
	struct server full;
	int held[4];

	server_listen(&full);
	ck_assert_int_eq(listen(full.listener, 0), 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)full.port)};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < COUNT_OF(held); i++) {
		held[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(held[i], (const void *)&at, sizeof(at)) < 0)
			ck_assert_int_eq(errno, EINPROGRESS);
	}
	struct http_request r = request("/hello");
	r.url = mem_printf(c->mem, "http://127.0.0.1:%d/", full.port);
	r.total_ms = 10000;
	struct http_answer a = sent(&r);
	ck_assert_int_eq(a.outcome, HTTP_NOT_SENT);
	ck_assert_msg(a.ms >= 1900 && a.ms <= 4000, "%d ms", a.ms);
	for (size_t i = 0; i < COUNT_OF(held); i++)
		close(held[i]);
	server_stop(&full);
}
END_TEST

#define NOT_PUBLIC "The address is not a public one."

/* # is a port at which somebody listens; error NULL: any. */
static const struct {
	const char *url;
	const char *error;
} CLOSED[] = {
	{"https://127.0.0.1:#/", NOT_PUBLIC},
	{"https://127.0.0.1/", NOT_PUBLIC},
	{"https://localhost:#/", NOT_PUBLIC},
	{"https://127.1:#/", NOT_PUBLIC},
	{"https://2130706433:#/", NOT_PUBLIC},
	{"https://0x7f.1:#/", NOT_PUBLIC},
	{"https://017700000001:#/", NOT_PUBLIC},
	{"https://0:#/", NOT_PUBLIC},
	{"https://[::1]:#/", NOT_PUBLIC},
	{"https://[::ffff:127.0.0.1]:#/", NOT_PUBLIC},
	{"https://[::127.0.0.1]:#/", NOT_PUBLIC},
	{"https://10.0.0.1:#/", NOT_PUBLIC},
	{"https://169.254.169.254:#/latest/meta-data", NOT_PUBLIC},
	{"https://[fd00:ec2::254]:#/", NOT_PUBLIC},
	{"https://93.184.216.34:#/", "The port is not 443."},
	{"https://user:pw@127.0.0.1:#/", NULL},
	{"https://127.0.0.1%2f@[::1]:#/", NULL},
	{"http://127.0.0.1:#/", NULL},
	{"http://93.184.216.34:#/", NULL},
	{"file:///etc/passwd?#", NULL},
	{"gopher://127.0.0.1:#/_x", NULL},
	{"ftp://127.0.0.1:#/", NULL},
	{"dict://127.0.0.1:#/", NULL},
	{"smtp://127.0.0.1:#/", NULL},
	{"127.0.0.1:#", NULL},
	{"https://127.0.0.1:#/a b", NULL},
	{"https://127.0.0.1:#/\r\nX: y", NULL},
	{"", NULL},
};

START_TEST(only_public_addresses_are_reached)
{
	struct http_request r = request("/");
	struct buf url = buf_new(c->mem, 300);

	for (const char *s = CLOSED[_i].url; *s != '\0'; s++) {
		if (*s == '#')
			buf_int(&url, server.port);
		else
			buf_char(&url, *s);
	}
	r.url = buf_text(&url);
	struct http_answer a = sent(&r);
	ck_assert_msg(a.outcome == HTTP_REFUSED, "%s: %d %s", r.url, a.outcome, a.error);
	if (CLOSED[_i].error != NULL)
		ck_assert_str_eq(a.error, CLOSED[_i].error);
	ck_assert(!server_knocked(&server));
}
END_TEST

/* In the sandbox, where the proxy's address would be allowed. */
START_TEST(a_proxy_of_the_environment_is_not_asked)
{
	struct http_request r = request("/");

	c->conf = &sandbox;
	ck_assert_int_eq(
		putenv(mem_printf(c->mem, "https_proxy=http://127.0.0.1:%d", server.port)), 0);
	ck_assert_int_eq(
		putenv(mem_printf(c->mem, "ALL_PROXY=http://127.0.0.1:%d", server.port)), 0);
	r.url = "https://no-such-host.invalid/";
	ck_assert_int_ne(sent(&r).outcome, HTTP_ANSWERED);
	ck_assert(!server_knocked(&server));
}
END_TEST

START_TEST(plain_http_leaves_this_machine_in_no_case)
{
	struct http_request r = request("/");

	c->conf = &sandbox;
	r.url = "http://93.184.216.34/";
	struct http_answer a = sent(&r);
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_str_eq(a.error, "Plain http goes to this machine only.");
	r.url = "http://10.0.0.1/";
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
}
END_TEST

START_TEST(headers_and_addresses_cannot_be_broken)
{
	static const char *const HEADERS[] = {"Authorization: Bearer a\r\nX-Admin: 1", NULL};
	char *url = mem_alloc(c->mem, 10001);
	struct http_request r = request("/");

	c->conf = &sandbox;
	r.headers = HEADERS;
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
	r.headers = NULL;
	memset(url, 'a', 10000);
	r.url = url;
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
	ck_assert(!server_knocked(&server));
}
END_TEST

START_TEST(sending_in_a_transaction_is_a_bug)
{
	struct db_address nowhere = {.socket = "/nonexistent", .user = "x", .schema = "x"};
	struct http_request r = request("/");
	struct http_answer a;

	unit_hush();
	c->db = db_new(&nowhere);
	db_begin(c);
	http_send(c, &r, &a);
	ck_abort_msg("it was sent");
}
END_TEST

START_TEST(forms_are_encoded)
{
	static const char *const PAIRS[] = {
		"To", "+49 30", "Body", "a&b=\xC3\xA4/~", "Empty", "", "None", NULL, NULL};

	ck_assert_str_eq(
		form_encode(c, PAIRS), "To=%2B49%2030&Body=a%26b%3D%C3%A4%2F~&Empty=&None=");
	ck_assert_str_eq(form_encode(c, (const char *const[]){NULL}), "");
	ck_assert_str_eq(url_encode(c->mem, "A-z_0.9~ %"), "A-z_0.9~%20%25");
}
END_TEST

Suite *suite_http(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("http");
	TCase *u = tcase_create("closed");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_answer_comes_back);
	tcase_add_test(t, a_request_is_sent_as_told);
	tcase_add_test(t, methods_without_a_body);
	tcase_add_test(t, a_redirect_is_an_answer);
	tcase_add_test(t, retry_after_is_read);
	tcase_add_test(t, answers_have_a_cap);
	tcase_add_test(t, a_gzip_bomb_is_cut);
	tcase_add_loop_test(t, a_slow_server_is_left, 0, COUNT_OF(SLOW));
	tcase_add_test(t, a_server_may_think_first);
	tcase_add_test(t, what_was_sent_whole_may_have_arrived);
	tcase_add_test(t, what_was_sent_in_part_has_not_arrived);
	tcase_add_test(t, what_did_not_connect_has_not_arrived);
	tcase_add_test(t, connecting_has_a_deadline);
	suite_add_tcase(s, t);
	tcase_set_timeout(u, 15);
	tcase_add_checked_fixture(u, setup_silent, teardown);
	tcase_add_loop_test(u, only_public_addresses_are_reached, 0, COUNT_OF(CLOSED));
	tcase_add_test(u, a_proxy_of_the_environment_is_not_asked);
	tcase_add_test(u, plain_http_leaves_this_machine_in_no_case);
	tcase_add_test(u, headers_and_addresses_cannot_be_broken);
	tcase_add_test_raise_signal(u, sending_in_a_transaction_is_a_bug, SIGABRT);
	tcase_add_test(u, forms_are_encoded);
	suite_add_tcase(s, u);
	return s;
}
