/*
 * zip.h - writing ZIP files (libzip inside), in memory.
 *
 *	struct zip_file *z = zip_begin(c);
 *	if (zip_put(c, z, "calls.json", bytes) < 0 || …)
 *		return -1;
 *	return zip_finish(c, z, &out);
 */
#ifndef FRONTDESK_ZIP_H
#define FRONTDESK_ZIP_H

#include "core/base/ctx.h"

struct zip_file;

/* Given back with the arena, finished or not. */
struct zip_file *zip_begin(struct ctx *c);
/* name: UTF-8, no folder. The content must stay until the end. */
int zip_put(struct ctx *c, struct zip_file *z, const char *name, struct bytes content) MUST_USE;
/* The whole file, in the arena. Nothing can be added afterwards. */
int zip_finish(struct ctx *c, struct zip_file *z, struct bytes *out) MUST_USE;

#endif
