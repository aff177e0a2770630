/*
 * wire.h - prepared HTTP/1.1 requests from a file, and answers as they come.
 */
#ifndef FRONTDESK_BENCH_WIRE_H
#define FRONTDESK_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct request {
	const char *p;
	size_t n;
};

/* Whole requests, each after a line with its length in bytes. At most max;
 * how many, or -1 after a sentence on stderr. */
long requests_read(const char *path, long max, struct request **out);

#define ANSWER_HEAD_MAX 16384
#define ANSWER_STATUS_MAX 600

struct answer {
	int status;
	bool closes; /* the server ends the connection after it */
	bool in_body;
	size_t body_left;
	size_t head_n;
	char head[ANSWER_HEAD_MAX + 1];
};

/* Answers whose length is not told (chunked, or until the connection closes)
 * are refused. */
void answer_begin(struct answer *a);
/* 1 the answer is complete, 0 more is to come, -1 this is none. */
int answer_feed(struct answer *a, const char *p, size_t n);

#endif
