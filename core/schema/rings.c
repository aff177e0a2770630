#include "core/schema/rings.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/schema/secrets.h"
#include "core/sys/keyring.h"

#include <fcntl.h>
#include <sys/file.h>

/* Held while a ring is read, changed and replaced. */
static int folder_lock(struct ctx *c, const char *path)
{
	const char *folder = mem_text_n(c->mem, path, (size_t)(strrchr(path, '/') - path));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		return err_set(c, E_INTERNAL, "%s cannot be opened: %s.", folder, strerror(errno));
	return fd;
}

static struct keyring *ring_read(struct ctx *c, const char *path)
{
	struct keyring *k = keyring_load(path);

	if (k == NULL)
		err_set(c, E_INTERNAL, "%s is no keyring: see the log line above.", path);
	return k;
}

static void put_key(struct buf *b, uint32_t id, const uint8_t *key)
{
	const char *hex = hex_encode(b->mem, (struct bytes){key, KEYRING_KEY_SIZE});

	buf_printf(b, "%" PRIu32 " %s\n", id, hex);
	explicit_bzero((void *)(uintptr_t)hex, strlen(hex));
}

static int write_ring(struct ctx *c, const char *path, struct buf *text)
{
	int rc = secret_replace(path, buf_text(text));
	int saved = errno;

	explicit_bzero(text->p, text->n);
	if (rc < 0)
		return err_set(c, E_INTERNAL, "%s cannot be written: %s.", path, strerror(saved));
	return 0;
}

static int add_to(
	struct ctx *c, const struct keyring *k, const char *path, size_t keep, uint32_t *id)
{
	struct buf text = buf_new(c->mem, SECRET_MAX_BYTES);
	uint8_t key[KEYRING_KEY_SIZE];
	size_t n = 0;

	*id = 0;
	for (; keyring_at(k, n) != NULL; n++) {
		if (keyring_at(k, n)->id > *id)
			*id = keyring_at(k, n)->id;
	}
	if (*id == UINT32_MAX || (keep == 0 && n == KEYRING_MAX))
		return err_set(c, E_STATE, "%s is full: drop keys that are not needed.", path);
	(*id)++;
	for (size_t i = keep > 0 && n > keep ? n - keep : 0; i < n; i++)
		put_key(&text, keyring_at(k, i)->id, keyring_at(k, i)->key);
	random_bytes(key, sizeof(key));
	put_key(&text, *id, key);
	explicit_bzero(key, sizeof(key));
	return write_ring(c, path, &text);
}

static int drop_from(struct ctx *c, const struct keyring *k, const char *path, uint32_t id)
{
	struct buf text = buf_new(c->mem, SECRET_MAX_BYTES);
	bool found = false;

	for (size_t i = 0; keyring_at(k, i) != NULL; i++) {
		if (keyring_at(k, i)->id != id) {
			put_key(&text, keyring_at(k, i)->id, keyring_at(k, i)->key);
			continue;
		}
		found = true;
		if (keyring_at(k, i + 1) == NULL)
			return err_set(c, E_STATE, "Key %" PRIu32 " is the newest: it seals.", id);
	}
	if (!found)
		return err_set(c, E_STATE, "There is no key %" PRIu32 " in %s.", id, path);
	return write_ring(c, path, &text);
}

int ring_add(struct ctx *c, const char *path, size_t keep, uint32_t *id)
{
	int fd = folder_lock(c, path), rc = -1;
	struct keyring *k = fd < 0 ? NULL : ring_read(c, path);

	if (k != NULL)
		rc = add_to(c, k, path, keep, id);
	keyring_delete(k);
	if (fd >= 0)
		close(fd);
	return rc;
}

int ring_drop(struct ctx *c, const char *path, uint32_t id)
{
	int fd = folder_lock(c, path), rc = -1;
	struct keyring *k = fd < 0 ? NULL : ring_read(c, path);

	if (k != NULL)
		rc = drop_from(c, k, path, id);
	keyring_delete(k);
	if (fd >= 0)
		close(fd);
	return rc;
}
