#include "tests/bench/wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- requests ---- */

static char *map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *p = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		*size = (size_t)st.st_size;
		p = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	if (p != MAP_FAILED)
		return p;
	fprintf(stderr, "%s cannot be read, or is empty\n", path);
	return NULL;
}

long requests_read(const char *path, long max, struct request **out)
{
	size_t size;
	char *p = map_file(path, &size), *end = p + size;
	long count = 0;

	*out = calloc((size_t)max, sizeof(**out));
	if (p == NULL || *out == NULL)
		return -1;
	while (p < end && count < max) {
		char *line;
		unsigned long n = strtoul(p, &line, 10);

		if (line == p || *line != '\n' || n > (size_t)(end - line - 1)) {
			fprintf(stderr, "%s is not framed: LENGTH, newline, request\n", path);
			return -1;
		}
		(*out)[count++] = (struct request){line + 1, n};
		p = line + 1 + n;
	}
	return count;
}

/* ---- answers ---- */

void answer_begin(struct answer *a)
{
	a->status = 0;
	a->in_body = a->closes = false;
	a->body_left = a->head_n = 0;
}

static const char *header_value(const char *head, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(head, "\r\n"); p != NULL; p = strstr(p + 2, "\r\n")) {
		if (strncasecmp(p + 2, name, n) == 0 && p[2 + n] == ':')
			return p + 3 + n + strspn(p + 3 + n, " ");
	}
	return NULL;
}

static bool head_read(struct answer *a)
{
	const char *length, *connection;

	if (strncmp(a->head, "HTTP/1.1 ", 9) != 0)
		return false;
	a->status = (int)strtol(a->head + 9, NULL, 10);
	if (a->status < 200 || a->status >= ANSWER_STATUS_MAX)
		return false;
	length = header_value(a->head, "Content-Length");
	connection = header_value(a->head, "Connection");
	a->closes = connection != NULL && strncasecmp(connection, "close", 5) == 0;
	a->body_left = length != NULL ? strtoul(length, NULL, 10) : 0;
	a->in_body = true;
	if (length != NULL || a->status == 204 || a->status == 304)
		return true;
	fprintf(stderr, "the length of this answer is not told:\n%s", a->head);
	return false;
}

int answer_feed(struct answer *a, const char *p, size_t n)
{
	while (n > 0 && !a->in_body) {
		if (a->head_n == ANSWER_HEAD_MAX)
			return -1;
		a->head[a->head_n++] = *p++;
		a->head[a->head_n] = '\0';
		n--;
		if (a->head_n >= 4 && memcmp(a->head + a->head_n - 4, "\r\n\r\n", 4) == 0 &&
			!head_read(a))
			return -1;
	}
	if (n > a->body_left)
		return -1;
	a->body_left -= n;
	return a->in_body && a->body_left == 0;
}
