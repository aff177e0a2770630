/*
 * rings.h - the files of keyrings (core/sys/keyring.h), changed as whoever owns
 * them: whole, by a new file in place of the old one, and by one at a time.
 */
#ifndef FRONTDESK_RINGS_H
#define FRONTDESK_RINGS_H

#include "core/base/ctx.h"

/* A new random key, the newest, under the next number; of the others so many
 * of the newest stay (0: all). E_INTERNAL with a sentence. */
int ring_add(struct ctx *c, const char *path, size_t keep, uint32_t *id) MUST_USE;
/* Without this key. E_STATE with a sentence: it is the newest, or not there. */
int ring_drop(struct ctx *c, const char *path, uint32_t id) MUST_USE;

#endif
