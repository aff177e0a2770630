/*
 * secrets.h - makes the secrets that are random and ours alone: a file each,
 * mode 0600, in a folder of mode 0700. What is there already stays. In a folder
 * that lets a group through, the group may read the keyrings.
 */
#ifndef FRONTDESK_SECRETS_H
#define FRONTDESK_SECRETS_H

#include "core/base/ctx.h"

/* Every random secret that is missing; a line on out for each one made. */
int secrets_make(struct ctx *c, FILE *out) MUST_USE;

/* Writes text to a new file, whole or not at all. 1 made, 0 there already,
 * -1 with errno. */
int secret_make(const char *path, const char *text) MUST_USE;

/* A new text for a file, whole or not at all; owner and mode stay. 0, or -1
 * with errno. */
int secret_replace(const char *path, const char *text) MUST_USE;

/* The i-th of their names, NULL past the last. */
const char *secrets_name(size_t i);

#endif
