#define BANNED_ALLOW_ALLOC
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOW_MS INT64_C(1796119200000)

struct ctx *unit_ctx(void)
{
	struct ctx *c = calloc(1, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	c->mem = arena_new(64 * 1024 * 1024);
	c->now.ms = NOW_MS;
	return c;
}

void unit_ctx_end(struct ctx *c)
{
	arena_delete(c->mem);
	free(c);
}

static char all[] = "/tmp/frontdesk-unit-XXXXXX";
static char dir[64];
static char path[256];
static char said[16384];
static int real_stderr = -1;
static FILE *hushed;

void unit_begin(void)
{
	if (mkdtemp(all) == NULL)
		BUG("no directory %s: %s", all, strerror(errno));
}

void unit_end(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", all, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

const char *unit_dir(void)
{
	if (dir[0] == '\0') {
		snprintf(dir, sizeof(dir), "%s/XXXXXX", all);
		ck_assert_ptr_nonnull(mkdtemp(dir));
	}
	return dir;
}

const char *unit_file(const char *name, const void *p, size_t n, int mode)
{
	snprintf(path, sizeof(path), "%s/%s", unit_dir(), name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, p, n), (ssize_t)n);
	ck_assert_int_eq(fchmod(fd, (mode_t)mode), 0);
	close(fd);
	return path;
}

const char *unit_text_file(const char *name, const char *text)
{
	return unit_file(name, text, strlen(text), 0600);
}

void unit_hush(void)
{
	hushed = tmpfile();
	ck_assert_ptr_nonnull(hushed);
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(hushed), STDERR_FILENO);
}

const char *unit_said(void)
{
	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(hushed);
	size_t n = fread(said, 1, sizeof(said) - 1, hushed);
	said[n] = '\0';
	fclose(hushed);
	return said;
}
