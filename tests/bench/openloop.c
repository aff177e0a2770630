/*
 * openloop - HTTP/1.1 requests at a constant rate, whatever the server does.
 *
 * Request i is due at start + i/rate and its latency counts from that
 * instant, also when it had to wait for a free connection: a server that
 * stalls cannot slow the questions down and so hide its stall. With rate 0
 * all are due at once: the connections ask one after the other.
 *
 * FILE holds whole requests, each after a line with its length in bytes; they
 * are sent in order, and again from the first when there are fewer than COUNT.
 */
#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define LATE_NS (10 * INT64_C(1000000000)) /* patience after the last is due */
#define CONNECTIONS_MAX 1024

struct connection {
	int fd;
	int opened; /* how often: a new descriptor may have the old number */
	bool busy;
	size_t written;
	long number; /* of the request it carries */
	struct answer answer;
};

static struct {
	int port, connections;
	long count, warm_up;
	double rate;
	struct request *requests;
	long n_requests;
	int epoll;
	int64_t start;
	long sent, answered, failed;
	long status[ANSWER_STATUS_MAX];
	int64_t *latency; /* of those after the warm-up */
	long n_latency;
} run = {.connections = 32, .count = 1000};

static void die(const char *what)
{
	fprintf(stderr, "openloop: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t due_at(long number)
{
	return run.start + (run.rate > 0 ? (int64_t)((double)number * 1e9 / run.rate) : 0);
}

/* ---- a connection ---- */

static void connection_open(struct connection *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)run.port)};
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->opened++;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		die("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
		die("epoll_ctl");
}

static void connection_reopen(struct connection *c)
{
	if (c->busy)
		run.failed++;
	close(c->fd);
	c->busy = false;
	connection_open(c);
}

static void connection_write(struct connection *c)
{
	const struct request *r = &run.requests[c->number % run.n_requests];

	while (c->written < r->n) {
		ssize_t n = write(c->fd, r->p + c->written, r->n - c->written);

		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			return; /* goes on when epoll says so */
		if (n < 0) {
			connection_reopen(c);
			return;
		}
		c->written += (size_t)n;
	}
}

static void connection_send(struct connection *c, long number)
{
	c->busy = true;
	c->number = number;
	c->written = 0;
	answer_begin(&c->answer);
	connection_write(c);
}

/* ---- answers ---- */

static void answer_done(struct connection *c)
{
	run.answered++;
	run.status[c->answer.status]++;
	if (c->number >= run.warm_up)
		run.latency[run.n_latency++] = now_ns() - due_at(c->number);
	c->busy = false;
	if (c->answer.closes)
		connection_reopen(c);
}

static void connection_read(struct connection *c)
{
	char buf[65536];

	for (;;) {
		int opened = c->opened;
		ssize_t n = read(c->fd, buf, sizeof(buf));

		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			return;
		int rc = n > 0 && c->busy ? answer_feed(&c->answer, buf, (size_t)n) : -1;
		if (rc < 0)
			connection_reopen(c);
		else if (rc == 1)
			answer_done(c);
		if (c->opened != opened)
			return;
	}
}

/* ---- the run ---- */

static void send_due(struct connection *all)
{
	for (int i = 0; i < run.connections && run.sent < run.count; i++) {
		if (due_at(run.sent) > now_ns())
			return;
		if (!all[i].busy)
			connection_send(&all[i], run.sent++);
	}
}

static void wait_for_events(bool any_free)
{
	int64_t left = any_free && run.sent < run.count ? due_at(run.sent) - now_ns() : 100000000;
	struct timespec t = {0, left < 0 ? 0 : left > 100000000 ? 100000000 : left};
	struct epoll_event e[64];
	int n = epoll_pwait2(run.epoll, e, 64, &t, NULL);

	for (int i = 0; i < n; i++) {
		struct connection *c = e[i].data.ptr;
		int opened = c->opened;

		if (e[i].events & EPOLLOUT && c->busy)
			connection_write(c);
		if (c->opened == opened && e[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
			connection_read(c);
	}
}

static void run_all(struct connection *all)
{
	int64_t give_up;

	run.start = now_ns();
	give_up = due_at(run.count) + (run.rate > 0 ? LATE_NS : 60 * LATE_NS);
	while (run.answered + run.failed < run.count && now_ns() < give_up) {
		bool any_free = false;

		send_due(all);
		for (int i = 0; i < run.connections; i++)
			any_free = any_free || !all[i].busy;
		wait_for_events(any_free);
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double percentile(double p)
{
	long i = (long)(p * (double)run.n_latency);

	if (run.n_latency == 0)
		return 0;
	return (double)run.latency[i < run.n_latency ? i : run.n_latency - 1] / 1e6;
}

static void report(double seconds)
{
	const char *comma = "";

	qsort(run.latency, (size_t)run.n_latency, sizeof(*run.latency), by_value);
	printf("{\"sent\":%ld,\"answered\":%ld,\"unanswered\":%ld,\"seconds\":%.3f,\"status\":{",
		run.sent, run.answered, run.count - run.answered, seconds);
	for (int s = 0; s < ANSWER_STATUS_MAX; s++) {
		if (run.status[s] > 0) {
			printf("%s\"%d\":%ld", comma, s, run.status[s]);
			comma = ",";
		}
	}
	printf("},\"counted\":%ld,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n",
		run.n_latency, percentile(0.50), percentile(0.90), percentile(0.99), percentile(1));
}

static long option(const char *text, long lowest, long highest)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < lowest || n > highest) {
		fprintf(stderr, "openloop: %s is no number from %ld to %ld\n", text, lowest,
			highest);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "p:r:n:w:c:")) != -1) {
		if (opt == 'p')
			run.port = (int)option(optarg, 1, 65535);
		else if (opt == 'r')
			run.rate = (double)option(optarg, 0, 1000000);
		else if (opt == 'n')
			run.count = option(optarg, 1, 10000000);
		else if (opt == 'w')
			run.warm_up = option(optarg, 0, 10000000);
		else if (opt == 'c')
			run.connections = (int)option(optarg, 1, CONNECTIONS_MAX);
		else
			argc = 0;
	}
	if (argc != optind + 1 || run.port == 0) {
		fputs("usage: openloop -p PORT [-r RATE] [-n COUNT] [-w WARM_UP] [-c CONNECTIONS] "
		      "FILE\n",
			stderr);
		return 2;
	}
	run.n_requests = requests_read(argv[optind], run.count, &run.requests);
	if (run.n_requests < 1)
		return 1;
	run.epoll = epoll_create1(0);
	run.latency = calloc((size_t)run.count, sizeof(*run.latency));
	struct connection *all = calloc((size_t)run.connections, sizeof(*all));
	if (run.epoll < 0 || run.latency == NULL || all == NULL)
		die("memory");
	for (int i = 0; i < run.connections; i++)
		connection_open(&all[i]);
	run_all(all);
	report((double)(now_ns() - run.start) / 1e9);
	return 0;
}
