#include "core/base/secret.h"
#include "core/base/log.h"
#include <fcntl.h>
#include <sys/stat.h>

static ssize_t wrong(const char *path, const char *why)
{
	log_line("secret_file", "file", path, "error", why, NULL);
	return -1;
}

static const char *objection(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a file";
	if ((st->st_mode & (S_IRWXO | S_IWGRP)) != 0)
		return "is open to others: chmod 600";
	if (st->st_size == 0)
		return "is empty";
	if (st->st_size > SECRET_MAX_BYTES)
		return "is larger than 64 KiB";
	return NULL;
}

/* One byte more than allowed is asked for: a file that grew is noticed. */
static ssize_t read_all(int fd, char *out)
{
	size_t n = 0;

	while (n <= SECRET_MAX_BYTES) {
		ssize_t got = read(fd, out + n, SECRET_MAX_BYTES + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return n <= SECRET_MAX_BYTES ? (ssize_t)n : -1;
}

ssize_t secret_read(const char *path, char *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return wrong(path, strerror(errno));
	const char *why = fstat(fd, &st) < 0 ? strerror(errno) : objection(&st);
	ssize_t n = why == NULL ? read_all(fd, out) : -1;
	close(fd);
	if (n > 0 && out[n - 1] == '\n')
		n--;
	if (n <= 0)
		return wrong(path, why != NULL ? why : n == 0 ? "is empty" : "cannot be read");
	out[n] = '\0';
	return n;
}
