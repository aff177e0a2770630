#include "core/live/publish.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/conf.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PAUSE_US 1000000
#define MESSAGE_MAX 200
#define REQUEST_MAX (MESSAGE_MAX + 200)

static void put_request(struct buf *b, const struct ctx *c, const struct noted *k)
{
	char message[MESSAGE_MAX];
	int n = snprintf(message, sizeof(message),
		"{\"id\":%" PRId64 ",\"kind\":\"%s\",\"ids\":[\"%s\"]}", k->id, k->kind,
		k->subject_id);

	if (n >= MESSAGE_MAX)
		BUG("the change %s is longer than expected", k->kind);
	buf_printf(b,
		"POST /publish/%s HTTP/1.1\r\nHost: live\r\nContent-Type: application/json\r\n"
		"Content-Length: %d\r\n\r\n%s",
		c->company_id, n, message);
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

void live_line_close(struct live_line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* Answers are of no interest; but the end of the line is. */
static void read_answers(struct live_line *l)
{
	char answers[4096];
	ssize_t n;

	do {
		n = recv(l->fd, answers, sizeof(answers), MSG_DONTWAIT);
	} while (n > 0);
	if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		live_line_close(l);
}

static void give_up(struct live_line *l, const char *path)
{
	if (!l->failed)
		log_line("live", "socket", path, "error", strerror(errno), NULL);
	l->failed = true;
	l->not_before_us = clock_monotonic_us() + PAUSE_US;
	live_line_close(l);
}

void live_publish(struct live_line *l, struct ctx *c)
{
	const char *path = c->conf->live_socket;
	struct noted *first = c->changed;
	size_t n = 0;

	c->changed = NULL;
	if (first == NULL || text_empty(path) || clock_monotonic_us() < l->not_before_us)
		return;
	for (const struct noted *k = first; k != NULL; k = k->next)
		n++;
	struct buf b = buf_new(c->mem, n * REQUEST_MAX + 1);
	for (const struct noted *k = first; k != NULL; k = k->next) {
		if (k->id != 0)
			put_request(&b, c, k);
	}
	if (l->fd >= 0)
		read_answers(l);
	if (l->fd < 0)
		l->fd = connect_to(path);
	if (l->fd < 0 || send(l->fd, b.p, b.n, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)b.n)
		give_up(l, path);
	else
		l->failed = false;
}
