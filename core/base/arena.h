/*
 * arena.h - the memory of one request or job.
 *
 * Everything a request needs is taken from one arena and given back at once
 * by arena_reset(); domain code never frees. Memory is zeroed. An arena has a
 * maximum: asking for more is a BUG, because every input was bounded before.
 * Under AddressSanitizer each piece is a malloc of its own, so that an
 * overflow between neighbours is seen.
 */
#ifndef FRONTDESK_ARENA_H
#define FRONTDESK_ARENA_H

#include "core/base/prelude.h"

#ifdef __cplusplus
extern "C" {
#endif

struct arena;

/* A place to go back to: all that was taken since is given back. */
struct mem_mark {
	void *chunk;
	size_t used;
	size_t total;
};

struct arena *arena_new(size_t max_bytes);
void arena_reset(struct arena *a); /* runs deferred calls, keeps a chunk */
void arena_delete(struct arena *a);
size_t arena_used(const struct arena *a);

/* Zeroed, aligned for any type, never NULL. */
void *mem_alloc(struct arena *a, size_t n) MUST_USE;
char *mem_text(struct arena *a, const char *s); /* NULL stays NULL */
char *mem_text_n(struct arena *a, const char *s, size_t n);
char *mem_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#ifndef __cplusplus /* there the struct's name would hide the function's */
struct mem_mark mem_mark(const struct arena *a);
void mem_release(struct arena *a, struct mem_mark m);
#endif

/* Call fn(arg) at the next arena_reset() or mem_release() past this point. */
void mem_defer(struct arena *a, void (*fn)(void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
