#include "core/sys/conf.h"
#include "core/sys/http.h"
#include "tests/unit/server.h"
#include "tests/unit/unit.h"
#include <fcntl.h>

/* What the mail server of a test does; its process inherits it. */
static struct {
	const char *rcpt;  /* answer to RCPT */
	const char *data;  /* answer to the final dot; NULL: tears the line */
	const char *hello; /* what EHLO offers beside SIZE */
	bool tear_in_data;
} script;

static struct ctx *c;
static struct conf conf;
static struct server server;

/* ---- the server's side ---- */

static void note(const char *s)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/heard", unit_dir());
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	say(fd, s);
	close(fd);
}

static bool play_data(int fd)
{
	static char message[65536];

	if (script.tear_in_data) {
		tear(fd);
		return false;
	}
	say(fd, "354 Go on\r\n");
	hear(fd, message, sizeof(message), "\r\n.\r\n");
	note(message);
	if (script.data == NULL) {
		tear(fd);
		return false;
	}
	say(fd, script.data);
	return true;
}

static void play(int fd)
{
	char line[1024];

	say(fd, "220 test ESMTP\r\n");
	while (hear(fd, line, sizeof(line), "\n") > 0) {
		note(line);
		if (text_starts(line, "EHLO"))
			say(fd, script.hello);
		else if (text_starts(line, "AUTH")) {
			say(fd, "334 \r\n");
			hear(fd, line, sizeof(line), "\n");
			note(line);
			say(fd, "235 Welcome\r\n");
		} else if (text_starts(line, "RCPT"))
			say(fd, script.rcpt);
		else if (text_starts(line, "DATA")) {
			if (!play_data(fd))
				return;
		} else if (text_starts(line, "QUIT")) {
			say(fd, "221 Bye\r\n");
			return;
		} else
			say(fd, "250 OK\r\n");
	}
}

/* ---- ours ---- */

static void setup(void)
{
	c = unit_ctx();
	script.rcpt = "250 OK\r\n";
	script.data = "250 2.0.0 Queued as 42\r\n";
	script.hello = "250-test\r\n250 SIZE 1000000\r\n";
	unit_dir();
	memset(&conf, 0, sizeof(conf));
	conf.server_sandbox = true;
	conf.smtp_user = "";
	conf.server_secrets_dir = unit_dir();
	c->conf = &conf;
}

static void teardown(void)
{
	server_stop(&server);
	unit_ctx_end(c);
}

static void start(void)
{
	server_start(&server, play);
	conf.smtp_url = mem_printf(c->mem, "smtp://127.0.0.1:%d", server.port);
}

static struct http_answer send_text(const char *from, const char *to, const char *message)
{
	struct mail m = {from, to, bytes_of(message)};
	struct http_answer a;

	mail_send(c, &m, &a);
	return a;
}

#define MESSAGE "Subject: x\r\n\r\nHello\r\n.\r\n.dot\r\n"

static struct http_answer send_one(void)
{
	return send_text("Frontdesk <no-reply@example.org>", "anna@example.com", MESSAGE);
}

static const char *heard(void)
{
	static char text[65536];
	char path[256];

	snprintf(path, sizeof(path), "%s/heard", unit_dir());
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(a_mail_is_handed_over)
{
	start();
	struct http_answer a = send_one();
	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_int_eq(a.status, 250);
	ck_assert_ptr_nonnull(strstr((const char *)a.body.p, "Queued as 42"));
	ck_assert_ptr_nonnull(strstr(heard(), "MAIL FROM:<no-reply@example.org>"));
	ck_assert_ptr_nonnull(strstr(heard(), "RCPT TO:<anna@example.com>\r\n"));
	/* lines that begin with a dot get another: the message does not end there */
	ck_assert_ptr_nonnull(strstr(heard(), "Hello\r\n..\r\n..dot\r\n.\r\n"));
	ck_assert_ptr_null(strstr(heard(), "AUTH"));
}
END_TEST

START_TEST(a_user_logs_in_with_the_secret)
{
	script.hello = "250-test\r\n250 AUTH PLAIN\r\n";
	start();
	conf.smtp_user = "desk";
	unit_hush();
	struct http_answer a = send_one();
	unit_said();
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_str_eq(a.error, "The secret smtp_password cannot be read.");
	unit_text_file("smtp_password", "s3cret\n");
	a = send_one();
	ck_assert_int_eq(a.status, 250);
	/* base64 of NUL desk NUL s3cret */
	ck_assert_ptr_nonnull(strstr(heard(), "AGRlc2sAczNjcmV0"));
}
END_TEST

START_TEST(a_refusal_is_an_answer)
{
	script.rcpt = "550 5.1.1 No such user\r\n";
	start();
	struct http_answer a = send_one();
	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_int_eq(a.status, 550);
	ck_assert_ptr_nonnull(strstr((const char *)a.body.p, "No such user"));
}
END_TEST

START_TEST(a_delay_is_an_answer)
{
	script.rcpt = "451 4.7.1 Greylisted\r\n";
	start();
	ck_assert_int_eq(send_one().status, 451);
}
END_TEST

START_TEST(a_refused_message_is_an_answer)
{
	script.data = "554 5.7.1 Spam\r\n";
	start();
	struct http_answer a = send_one();
	ck_assert_int_eq(a.outcome, HTTP_ANSWERED);
	ck_assert_int_eq(a.status, 554);
}
END_TEST

START_TEST(a_message_that_got_no_answer_may_have_arrived)
{
	script.data = NULL;
	start();
	ck_assert_int_eq(send_one().outcome, HTTP_UNKNOWN);
}
END_TEST

START_TEST(a_message_that_was_not_sent_has_not_arrived)
{
	script.tear_in_data = true;
	start();
	ck_assert_int_eq(send_one().outcome, HTTP_NOT_SENT);
	server_stop(&server);
	ck_assert_int_eq(send_one().outcome, HTTP_NOT_SENT);
	server_listen(&server);
}
END_TEST

/* Outside the sandbox nothing is said without TLS. */
START_TEST(a_mail_needs_tls)
{
	start();
	conf.server_sandbox = false;
	conf.smtp_user = "desk";
	unit_text_file("smtp_password", "s3cret\n");
	struct http_answer a = send_one();
	ck_assert_int_eq(a.outcome, HTTP_NOT_SENT);
	ck_assert_ptr_null(strstr(heard(), "AUTH"));
	ck_assert_ptr_null(strstr(heard(), "MAIL"));
}
END_TEST

static const struct {
	const char *from, *to, *message;
} REFUSED[] = {
	{"a@b", "", MESSAGE},
	{"a@b", "anna", MESSAGE},
	{"a@b", "@example.com", MESSAGE},
	{"a@b", "anna@", MESSAGE},
	{"a@b", "anna@example.com>\r\nRCPT TO:<eve@example.com", MESSAGE},
	{"a@b", "anna@example.com\r\nDATA", MESSAGE},
	{"a@b", "anna@example.com, eve@example.com", MESSAGE},
	{"a@b", "\"anna eve\"@example.com", MESSAGE},
	{"nobody", "anna@example.com", MESSAGE},
	{"Name <a@b", "anna@example.com", MESSAGE},
	{"Name <a@b>\r\n", "anna@example.com", MESSAGE},
	{"a@b", "anna@example.com", ""},
	{"a@b", "anna@example.com", "Subject: x\n\nhello\n"},
	{"a@b", "anna@example.com", "Subject: x\r\n\r\nhello\n.\r\nMAIL FROM:<e@e>\r\n"},
	{"a@b", "anna@example.com", "Subject: x\r\n\r\nhello\r.\r\n"},
	{"a@b", "anna@example.com", "Subject: x\r\n\r\nhello\r"},
};

START_TEST(what_could_break_the_commands_is_refused)
{
	server_listen(&server);
	conf.smtp_url = mem_printf(c->mem, "smtp://127.0.0.1:%d", server.port);
	struct http_answer a = send_text(REFUSED[_i].from, REFUSED[_i].to, REFUSED[_i].message);
	ck_assert_int_eq(a.outcome, HTTP_REFUSED);
	ck_assert_ptr_nonnull(a.error);
	ck_assert(!server_knocked(&server));
}
END_TEST

START_TEST(without_a_server_nothing_is_sent)
{
	server_listen(&server);
	conf.smtp_url = "";
	ck_assert_int_eq(send_one().outcome, HTTP_REFUSED);
	conf.smtp_url = mem_printf(c->mem, "http://127.0.0.1:%d", server.port);
	ck_assert_int_eq(send_one().outcome, HTTP_REFUSED);
	ck_assert(!server_knocked(&server));
}
END_TEST

Suite *suite_mail(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_mail_is_handed_over);
	tcase_add_test(t, a_user_logs_in_with_the_secret);
	tcase_add_test(t, a_refusal_is_an_answer);
	tcase_add_test(t, a_delay_is_an_answer);
	tcase_add_test(t, a_refused_message_is_an_answer);
	tcase_add_test(t, a_message_that_got_no_answer_may_have_arrived);
	tcase_add_test(t, a_message_that_was_not_sent_has_not_arrived);
	tcase_add_test(t, a_mail_needs_tls);
	tcase_add_loop_test(t, what_could_break_the_commands_is_refused, 0, COUNT_OF(REFUSED));
	tcase_add_test(t, without_a_server_nothing_is_sent);
	suite_add_tcase(s, t);
	return s;
}
