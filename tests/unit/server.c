#include "tests/unit/server.h"
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

void server_listen(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t size = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->pid = 0;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(s->listener, 0);
	ck_assert_int_eq(bind(s->listener, (const void *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(s->listener, 8), 0);
	ck_assert_int_eq(getsockname(s->listener, (void *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
}

void server_start(struct server *s, void (*play)(int fd))
{
	server_listen(s);
	s->pid = fork();
	ck_assert_int_ge(s->pid, 0);
	if (s->pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(60);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(s->listener, NULL, NULL);

		if (fd < 0)
			_exit(1);
		play(fd);
		close(fd);
	}
}

void server_stop(struct server *s)
{
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	close(s->listener);
}

bool server_knocked(const struct server *s)
{
	struct pollfd p = {s->listener, POLLIN, 0};

	return poll(&p, 1, 50) > 0;
}

void say_bytes(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n > 0) {
		ssize_t k = write(fd, s, n);

		if (k <= 0)
			return; /* the client left, as it may */
		s += k;
		n -= (size_t)k;
	}
}

void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text));
}

size_t hear(int fd, char *out, size_t cap, const char *end)
{
	size_t n = 0;

	out[0] = '\0';
	while (n + 1 < cap && strstr(out, end) == NULL) {
		ssize_t k = read(fd, out + n, 1);

		if (k <= 0)
			break;
		n += (size_t)k;
		out[n] = '\0';
	}
	return n;
}

void tear(int fd)
{
	struct linger now = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}
