#define BANNED_ALLOW_ALLOC
#include "core/sys/keyring.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/base/ts.h"

#include <sys/stat.h>

#define LOOK_AGAIN_US 5000000

struct keyring {
	char *path;
	struct stat seen; /* the file, as it was when it was read */
	int64_t looked_us;
	size_t n;
	struct keyring_key keys[KEYRING_MAX]; /* the last one is the newest */
};

static const struct keyring_key *find(const struct keyring *k, uint32_t id)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->keys[i].id == id)
			return &k->keys[i];
	}
	return NULL;
}

/* ---- reading ---- */

/* NULL, or what is wrong with the line. */
static const char *add(struct keyring *k, char *line)
{
	char *space = strchr(line, ' ');
	int64_t id;

	if (space == NULL)
		return "is not: number of the key, space, 64 hex digits";
	*space = '\0';
	if (k->n == KEYRING_MAX)
		return "is one key too many";
	if (!text_int(line, 1, UINT32_MAX, &id))
		return "must begin with a number from 1 to 4294967295";
	if (find(k, (uint32_t)id) != NULL)
		return "uses a number again";
	if (!hex_decode(space + 1, k->keys[k->n].key, KEYRING_KEY_SIZE))
		return "must end with 64 hex digits";
	k->keys[k->n++].id = (uint32_t)id;
	return NULL;
}

static const char *parse(struct keyring *k, char *text, int *line)
{
	for (char *next = text; next != NULL; (*line)++) {
		char *s = next;

		next = strchr(s, '\n');
		if (next != NULL)
			*next++ = '\0';
		const char *why = add(k, s);
		if (why != NULL)
			return why;
	}
	return NULL;
}

/* The keys of the file at path, or false after a log line. */
static bool read_keys(struct keyring *k, const char *path)
{
	char text[SECRET_MAX_BYTES + 1], where[16];
	ssize_t n = secret_read(path, text);
	int line = 1;

	if (n < 0)
		return false;
	const char *why = "is not text";
	if (memchr(text, '\0', (size_t)n) == NULL)
		why = parse(k, text, &line);
	explicit_bzero(text, sizeof(text));
	if (why == NULL)
		return true;
	snprintf(where, sizeof(where), "%d", line);
	log_line("keyring", "file", path, "line", where, "error", why, NULL);
	return false;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The file is looked at before it is read: one that changes in between is read
 * once more than needed. */
static void look_again(struct keyring *k)
{
	struct keyring fresh = {.n = 0};
	struct stat now;

	k->looked_us = clock_monotonic_us();
	if (stat(k->path, &now) < 0 || same_file(&now, &k->seen))
		return;
	k->seen = now;
	if (read_keys(&fresh, k->path)) {
		k->n = fresh.n;
		memcpy(k->keys, fresh.keys, sizeof(k->keys));
	}
	explicit_bzero(&fresh, sizeof(fresh));
}

struct keyring *keyring_load(const char *path)
{
	struct keyring *k = calloc(1, sizeof(*k));

	if (k == NULL)
		BUG("no memory for a keyring");
	k->path = strdup(path);
	if (k->path == NULL)
		BUG("no memory for a path");
	k->looked_us = clock_monotonic_us();
	(void)stat(path, &k->seen);
	if (read_keys(k, path))
		return k;
	keyring_delete(k);
	return NULL;
}

void keyring_delete(struct keyring *k)
{
	if (k == NULL)
		return;
	free(k->path);
	explicit_bzero(k, sizeof(*k));
	free(k);
}

/* ---- asking ---- */

const struct keyring_key *keyring_find(struct keyring *k, uint32_t id)
{
	const struct keyring_key *found = find(k, id);

	if (found != NULL && clock_monotonic_us() - k->looked_us < LOOK_AGAIN_US)
		return found;
	look_again(k);
	return find(k, id);
}

const struct keyring_key *keyring_newest(struct keyring *k)
{
	look_again(k);
	return &k->keys[k->n - 1];
}

const struct keyring_key *keyring_at(const struct keyring *k, size_t i)
{
	return i < k->n ? &k->keys[i] : NULL;
}
