#include "core/schema/secrets.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What stands before the random hex digits, and how many bytes these are. With
 * a head it is a keyring. */
static const struct recipe {
	const char *name;
	const char *head;
	size_t bytes;
} RECIPES[] = {
	{"jwt_key", "1 ", 32},
	{"link_key", "", 32},
	{"keyring", "1 ", 32},
	{"db_fd_web", "", 16},
	{"db_fd_worker", "", 16},
	{"db_fd_platform", "", 16},
	{"db_fd_check", "", 16},
	{"metrics_token", "", 32},
};

const char *secrets_name(size_t i)
{
	return i < COUNT_OF(RECIPES) ? RECIPES[i].name : NULL;
}

static int write_whole(int fd, const char *text)
{
	size_t n = strlen(text), done = 0;

	while (done < n) {
		ssize_t rc = write(fd, text + done, n - done);

		if (rc < 0 && errno != EINTR)
			return -1;
		done += rc > 0 ? (size_t)rc : 0;
	}
	return fsync(fd);
}

/* A whole file beside path, of the owner and mode of `like` (NULL: ours alone),
 * whose name is put into draft[PATH_MAX]. 0, or -1 with errno. */
static int draft_make(const char *path, const char *text, const struct stat *like, char *draft)
{
	if (snprintf(draft, PATH_MAX, "%s.%ld", path, (long)getpid()) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int rc = write_whole(fd, text);
	if (rc == 0 && like != NULL)
		rc = fchown(fd, like->st_uid, like->st_gid);
	if (rc == 0 && like != NULL)
		rc = fchmod(fd, like->st_mode & 0640);
	int saved = errno;
	close(fd);
	if (rc < 0)
		unlink(draft);
	errno = saved;
	return rc;
}

/* Beside its place first, then linked there: nobody reads half of it. */
int secret_make(const char *path, const char *text)
{
	char draft[PATH_MAX];

	if (access(path, F_OK) == 0)
		return 0;
	if (draft_make(path, text, NULL, draft) < 0)
		return -1;
	int rc = link(draft, path);
	int saved = errno;
	unlink(draft);
	errno = saved;
	if (rc == 0)
		return 1;
	return saved == EEXIST ? 0 : -1;
}

int secret_replace(const char *path, const char *text)
{
	char draft[PATH_MAX];
	struct stat was;

	if (stat(path, &was) < 0 || draft_make(path, text, &was, draft) < 0)
		return -1;
	int rc = rename(draft, path);
	int saved = errno;
	if (rc < 0)
		unlink(draft);
	errno = saved;
	return rc;
}

/* Whom the folder lets through may read its keyrings: programs read them again
 * and again, where they lie. */
static int share(const char *folder, const char *path)
{
	struct stat st;

	if (stat(folder, &st) < 0)
		return -1;
	if ((st.st_mode & S_IXGRP) == 0)
		return 0;
	return chown(path, (uid_t)-1, st.st_gid) < 0 ? -1 : chmod(path, 0640);
}

static int make_one(struct ctx *c, const char *folder, const struct recipe *r, FILE *out)
{
	const char *path = mem_printf(c->mem, "%s/%s", folder, r->name);
	uint8_t raw[32];

	random_bytes(raw, r->bytes);
	int rc = secret_make(path,
		mem_printf(c->mem, "%s%s\n", r->head,
			hex_encode(c->mem, (struct bytes){raw, r->bytes})));
	explicit_bzero(raw, sizeof(raw));
	if (rc >= 0 && *r->head != '\0' && share(folder, path) < 0)
		rc = -1;
	if (rc < 0)
		return err_set(c, E_INTERNAL, "%s cannot be written: %s.", path, strerror(errno));
	if (rc > 0)
		fprintf(out, "made %s\n", path);
	return 0;
}

int secrets_make(struct ctx *c, FILE *out)
{
	const char *one = conf_secret_path(c->conf, c->mem, "keyring");
	const char *folder = mem_text_n(c->mem, one, (size_t)(strrchr(one, '/') - one));

	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_set(c, E_INTERNAL, "%s cannot be made: %s.", folder, strerror(errno));
	for (size_t i = 0; i < COUNT_OF(RECIPES); i++) {
		if (make_one(c, folder, &RECIPES[i], out) < 0)
			return -1;
	}
	return 0;
}
