/*
 * shared.h - memory that all processes of a machine share: a file of fixed size,
 * mapped. What is in it survives whoever is killed, and is zero at first.
 */
#ifndef FRONTDESK_SHARED_H
#define FRONTDESK_SHARED_H

#include "core/base/prelude.h"

/* The file, made when it is missing; munmap() ends it. NULL with errno: it cannot be
 * opened, is no plain file, or the disk has no room for it. */
void *shared_map(const char *path, size_t size);

#endif
