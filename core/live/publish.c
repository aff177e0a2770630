#include "core/live/publish.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/conf.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PAUSE_US 1000000
#define LAST_ANSWERS_US 200000
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

static void hang_up(struct live_line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->unanswered = 0;
	l->matched = 0;
}

/* Each has one empty line, behind its head. */
static void count_answers(struct live_line *l, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		l->matched = p[i] == "\r\n\r\n"[l->matched] ? l->matched + 1 : p[i] == '\r';
		if (l->matched == 4) {
			l->matched = 0;
			l->unanswered--;
		}
	}
}

static void read_answers(struct live_line *l)
{
	char answers[4096];
	ssize_t n;

	while ((n = recv(l->fd, answers, sizeof(answers), MSG_DONTWAIT)) > 0)
		count_answers(l, answers, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		hang_up(l);
}

void live_line_close(struct live_line *l)
{
	int64_t until = clock_monotonic_us() + LAST_ANSWERS_US, left;

	while (l->fd >= 0 && l->unanswered > 0 && (left = until - clock_monotonic_us()) > 0) {
		struct pollfd p = {.fd = l->fd, .events = POLLIN};

		if (poll(&p, 1, (int)(left / 1000) + 1) > 0)
			read_answers(l);
	}
	hang_up(l);
}

static void give_up(struct live_line *l, const char *path)
{
	if (!l->failed)
		log_line("live", "socket", path, "error", strerror(errno), NULL);
	l->failed = true;
	l->not_before_us = clock_monotonic_us() + PAUSE_US;
	hang_up(l);
}

void live_publish(struct live_line *l, struct ctx *c)
{
	const char *path = c->conf->live_socket;
	struct noted *first = c->changed;
	size_t n = 0;

	c->changed = NULL;
	for (const struct noted *k = first; k != NULL; k = k->next)
		n += k->id != 0;
	if (n == 0 || text_empty(path) || clock_monotonic_us() < l->not_before_us)
		return;
	struct buf b = buf_new(c->mem, n * REQUEST_MAX + 1);
	for (const struct noted *k = first; k != NULL; k = k->next) {
		if (k->id != 0)
			put_request(&b, c, k);
	}
	if (l->fd >= 0)
		read_answers(l);
	if (l->fd < 0)
		l->fd = connect_to(path);
	if (l->fd < 0 || send(l->fd, b.p, b.n, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)b.n) {
		give_up(l, path);
		return;
	}
	l->failed = false;
	l->unanswered += (int)n;
}
