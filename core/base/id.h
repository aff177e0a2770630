/*
 * id.h - identifiers: UUID version 7 (RFC 9562 section 5.7), made by us.
 * The first 48 bits are the time, so that new rows lie together in an index.
 */
#ifndef FRONTDESK_ID_H
#define FRONTDESK_ID_H

#include "core/base/ctx.h"

#define ID_LENGTH 36

const char *id_new(struct ctx *c);
/* Lower or upper case, with hyphens, nothing else. Any UUID version. */
bool id_valid(const char *s);
/* When an id of ours (UUID version 7) was made; zero: it is no id. */
ts_t id_time(const char *id);

/* n bytes from the kernel; BUG if it gives none. */
void random_bytes(void *p, size_t n);
/* 0 .. n-1, without bias. */
uint32_t random_below(uint32_t n);

#endif
