/*
 * secret.h - a secret that stands in a file.
 *
 * It is read whole and bounded, from a regular file that neither others may
 * read nor a group may write. (A group may read: systemd hands credentials
 * over through an ACL, which shows as group bits.)
 */
#ifndef FRONTDESK_SECRET_H
#define FRONTDESK_SECRET_H

#include "core/base/prelude.h"

#define SECRET_MAX_BYTES (64 * 1024)

/* The length of what was read into out[SECRET_MAX_BYTES + 1], without the
 * final newline and NUL-terminated; -1 after a log line naming the file when
 * it is missing, empty, too large, or open to others. The caller wipes out. */
ssize_t secret_read(const char *path, char *out) MUST_USE;

#endif
