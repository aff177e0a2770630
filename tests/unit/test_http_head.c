/* Requests of which only how the answer begins is wanted, and networks that are
 * asked although they are private. */
#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "tests/unit/server.h"
#include "tests/unit/unit.h"

static struct ctx *c;
static struct conf sandbox = {.server_sandbox = true};
static struct conf live = {.server_sandbox = false};
static struct server server;

static void drip(int fd, const char *head)
{
	struct timespec t = {0, 100000000};

	say(fd, head);
	for (int i = 0; i < 300; i++) {
		say(fd, "x");
		nanosleep(&t, NULL);
	}
}

static void play(int fd)
{
	static char in[4096], big[1 << 20];
	const char *to = in;

	hear(fd, in, sizeof(in), "\r\n\r\n");
	to += strcspn(in, " ") + 1;
	if (text_starts(to, "/hello"))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	else if (text_starts(to, "/big")) {
		memset(big, 'x', sizeof(big));
		say(fd, "HTTP/1.1 200 OK\r\n\r\n");
		for (int i = 0; i < 1000; i++)
			say_bytes(fd, big, sizeof(big));
	} else if (text_starts(to, "/drip"))
		drip(fd, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n");
	else if (text_starts(to, "/cut"))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
	else if (text_starts(to, "/redirect"))
		say(fd, "HTTP/1.1 302 There\r\nLocation: /hello\r\nContent-Length: 0\r\n\r\n");
	else if (text_starts(to, "/continue"))
		say(fd, "HTTP/1.1 103 Hints\r\n\r\n");
	else if (text_starts(to, "/header-drip"))
		drip(fd, "HTTP/1.1 200 OK\r\nX-Slow: ");
	else if (text_starts(to, "/old"))
		say(fd, "hello, this is no HTTP\r\n");
	else if (text_starts(to, "/tear"))
		tear(fd);
}

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
	return a;
}

static const char *body(const struct http_answer *a)
{
	return (const char *)a->body.p;
}

static const struct {
	const char *path;
	int status;
	const char *begins;
	size_t most;
} HEADS[] = {
	{"/hello", 200, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1000},
	{"/big", 200, "HTTP/1.1 200 OK\r\n\r\nxxxx", 1000},
	{"/big", 200, "HTTP/1.1 2", 10},
	{"/drip", 200, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\nx", 1000},
	{"/cut", 200, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", 1000},
	{"/redirect", 302, "HTTP/1.1 302 There\r\n", 1000},
};

/* The status counts, whatever becomes of what follows. */
START_TEST(how_an_answer_begins_is_enough)
{
	struct http_request r = request(HEADS[_i].path);

	r.head_only = true;
	r.answer_max = HEADS[_i].most;
	r.total_ms = 5000;
	struct http_answer a = sent(&r);
	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_int_eq(a.status, HEADS[_i].status);
	ck_assert_msg(text_starts(body(&a), HEADS[_i].begins), "%s", body(&a));
	ck_assert_uint_le(a.body.n, HEADS[_i].most);
	ck_assert_int_le(a.ms, 4000);
}
END_TEST

/* … but without all its headers it is none. */
START_TEST(an_answer_that_does_not_begin_is_none)
{
	static const char *const NONE[] = {"/continue", "/header-drip", "/old", "/tear", "/close"};

	for (size_t i = 0; i < COUNT_OF(NONE); i++) {
		struct http_request r = request(NONE[i]);

		r.head_only = true;
		r.answer_max = 1000;
		r.total_ms = 700;
		ck_assert_msg(sent(&r).outcome != HTTP_ANSWERED, "%s", NONE[i]);
	}
}
END_TEST

/* Over TLS at any port, and nowhere else. */
START_TEST(networks_that_are_allowed_are_asked)
{
	struct network allowed;
	struct http_request r = request("/");

	ck_assert(network_parse("127.0.0.0/8", &allowed));
	r.allow = &allowed;
	r.n_allow = 1;
	r.total_ms = 300;
	r.url = mem_printf(c->mem, "https://127.0.0.1:%d/", server.port);
	ck_assert_int_eq(sent(&r).outcome, HTTP_NOT_SENT);
	ck_assert(server_knocked(&server));
	r.url = mem_printf(c->mem, "http://127.0.0.1:%d/", server.port);
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
	r.url = mem_printf(c->mem, "https://[::1]:%d/", server.port);
	ck_assert_int_eq(sent(&r).outcome, HTTP_REFUSED);
	r.url = "https://10.0.0.1/";
	ck_assert_str_eq(sent(&r).error, "The address is not a public one.");
}
END_TEST

Suite *suite_http_head(void)
{
	Suite *s = suite_create("http_head");
	TCase *t = tcase_create("heads"), *u = tcase_create("networks");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, how_an_answer_begins_is_enough, 0, COUNT_OF(HEADS));
	tcase_add_test(t, an_answer_that_does_not_begin_is_none);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(u, setup_silent, teardown);
	tcase_add_test(u, networks_that_are_allowed_are_asked);
	suite_add_tcase(s, u);
	return s;
}
