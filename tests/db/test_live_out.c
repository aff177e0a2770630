/* How live updates leave: handed to frontdesk-live without ever waiting, and
 * streams that a ticket opens once. */
#include "core/live/publish.h"
#include "core/sys/conf.h"
#include "tests/db/lives.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct ctx *c; /* of the worker's account, in the salon */
static struct ctx *root;

static void setup(void)
{
	root = db_ctx_admin();
	lives_clean(root);
	c = lives_ctx("fd_worker", salon());
}

static void teardown(void)
{
	db_ctx_end(c);
	lives_clean(root);
	db_ctx_end(root);
}

/* ---- publishing ---- */

static int listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static struct noted *noted(int64_t id)
{
	struct noted *n = mem_alloc(c->mem, sizeof(*n));

	*n = (struct noted){NULL, id, "task.changed", HAIRCUT};
	return n;
}

START_TEST(publishing_waits_for_nobody)
{
	const char *path = mem_printf(c->mem, "%s/publish-test.sock", c->conf->server_run_dir);
	struct live_line line = LIVE_LINE_NEW;
	struct conf conf = *c->conf;
	char got[4096];

	hush();
	conf.live_socket = path;
	c->conf = &conf;
	unlink(path);
	c->changed = noted(7);
	live_publish(&line, c); /* nobody is there */
	ck_assert(line.fd < 0 && line.failed && c->changed == NULL);

	int fd = listen_at(path);
	line.not_before_us = 0;
	c->changed = noted(8);
	live_publish(&line, c);
	int peer = accept(fd, NULL, NULL);
	ssize_t n = recv(peer, got, sizeof(got) - 1, 0);
	ck_assert_int_gt(n, 0);
	got[n] = '\0';
	ck_assert_ptr_nonnull(strstr(got, "POST /publish/" SALON_ID " HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(
		got, "\r\n\r\n{\"id\":8,\"kind\":\"task.changed\",\"ids\":[\"" HAIRCUT "\"]}"));

	/* nobody reads: the socket fills, and it goes on all the same */
	int64_t began = now_ms();
	for (int i = 0; i < 20000 && !line.failed; i++) {
		c->changed = noted(9);
		live_publish(&line, c);
	}
	ck_assert(line.failed);
	for (int i = 0; i < 1000; i++) {
		c->changed = noted(9);
		live_publish(&line, c);
	}
	ck_assert_int_lt(now_ms() - began, 2000);
	close(peer);
	close(fd);
	live_line_close(&line);
	unlink(path);
}
END_TEST

/* nginx forgets the request of somebody who has gone before it was answered. */
START_TEST(a_line_is_closed_when_all_is_answered_or_after_a_moment)
{
	static const char ANSWER[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
	struct live_line line = LIVE_LINE_NEW;
	int pair[2];

	for (int answers = 0; answers < 2; answers++) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		line.fd = pair[0];
		line.unanswered = 2;
		for (int i = 0; i <= answers; i++)
			ck_assert_int_gt(send(pair[1], ANSWER, sizeof(ANSWER) - 1, 0), 0);
		int64_t began = now_ms();
		live_line_close(&line);
		ck_assert_int_eq(line.fd, -1);
		if (answers == 1)
			ck_assert_int_lt(now_ms() - began, 100);
		else
			ck_assert(now_ms() - began >= 190 && now_ms() - began < 1000);
		close(pair[1]);
	}
}
END_TEST

/* ---- tickets ---- */

static int make(struct ctx *k, void *out)
{
	return live_ticket_make(k, HAIRCUT, out);
}

struct tickets {
	char ticket[LIVE_TICKET_LENGTH + 1];
	_Atomic int let_in;
};

static void use(int i, void *shared)
{
	struct tickets *t = shared;
	struct ctx *k = lives_ctx("fd_web", 0);
	struct live_pass p;

	(void)i;
	int rc = live_ticket_use(k, t->ticket, &p);
	ck_assert_int_ge(rc, 0);
	atomic_fetch_add(&t->let_in, rc);
	db_ctx_end(k);
}

START_TEST(a_ticket_opens_one_stream)
{
	struct tickets *t = shared_memory(sizeof(*t));
	struct ctx *k = lives_ctx("fd_web", salon());
	struct live_pass p;
	const char *ticket;

	ck_assert_int_eq(in_tx(k, make, &ticket), 0);
	ck_assert_int_eq((int)strlen(ticket), LIVE_TICKET_LENGTH);
	snprintf(t->ticket, sizeof(t->ticket), "%s", ticket);
	ck_assert_int_eq(one_int(root,
				 "SELECT COUNT(*) FROM frontdesk_store.live_ticket WHERE hash = "
				 "UNHEX(SHA2(?, 256))",
				 ticket),
		1);
	run_rivals(10, use, t);
	ck_assert_int_eq(t->let_in, 1);

	ck_assert_int_eq(in_tx(k, make, &ticket), 0);
	ck_assert_int_eq(db_script(root,
				 "UPDATE frontdesk_store.live_ticket SET expires_at = NOW(3) - "
				 "INTERVAL 1 SECOND"),
		0);
	ck_assert_int_eq(live_ticket_use(k, ticket, &p), 0);
	ck_assert_int_eq(one_int(c, "CALL sys_sweep(1000)"), 0);
	ck_assert_int_eq(one_int(root, "SELECT COUNT(*) FROM frontdesk_store.live_ticket"), 0);

	ck_assert_int_eq(in_tx(k, make, &ticket), 0);
	ck_assert_int_eq(live_ticket_use(k, "", &p), 0);
	ck_assert_int_eq(live_ticket_use(k, ticket, &p), 1);
	ck_assert_str_eq(p.company_id, SALON_ID);
	ck_assert_str_eq(p.session_id, HAIRCUT);
	db_ctx_end(k);
}
END_TEST

Suite *suite_live_out(void)
{
	Suite *s = suite_create("live_out");
	TCase *t = tcase_create("live_out");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, publishing_waits_for_nobody);
	tcase_add_test(t, a_line_is_closed_when_all_is_answered_or_after_a_moment);
	tcase_add_test(t, a_ticket_opens_one_stream);
	suite_add_tcase(s, t);
	return s;
}
