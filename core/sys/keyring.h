/*
 * keyring.h - secret keys that are renewed while the programs are at work.
 *
 * A file of one line a key, "ID HEX64": the last line is the newest key, with
 * which is sealed and signed; all of them open and verify. What was read is
 * kept, and the file is looked at again before the newest key is used, when an
 * id is not known, and when that was more than a few seconds ago: a stat, and
 * it is read only if it has changed. A file that can no longer be read leaves
 * the keys as they are, with a log line.
 */
#ifndef FRONTDESK_KEYRING_H
#define FRONTDESK_KEYRING_H

#include "core/base/prelude.h"

#define KEYRING_KEY_SIZE 32
#define KEYRING_MAX 64

struct keyring;

struct keyring_key {
	uint32_t id; /* 1 and up */
	uint8_t key[KEYRING_KEY_SIZE];
};

/* Reads and checks a keyring (others must not be allowed to read it). NULL and
 * a log line naming file and line when it is wrong. */
struct keyring *keyring_load(const char *path);
void keyring_delete(struct keyring *k); /* wiped; NULL is fine */

/* What these point to holds until the next question to the same keyring. */
const struct keyring_key *keyring_find(struct keyring *k, uint32_t id); /* NULL: there is none */
const struct keyring_key *keyring_newest(struct keyring *k);
/* As they were read last: the i-th, oldest first; NULL past the newest. */
const struct keyring_key *keyring_at(const struct keyring *k, size_t i);

#endif
