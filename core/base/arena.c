#define BANNED_ALLOW_ALLOC
#include "core/base/arena.h"

#include <malloc.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_MALLOC_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_MALLOC_EACH 1
#endif
#endif
#ifndef ONE_MALLOC_EACH
#define ONE_MALLOC_EACH 0
#endif

#define ALIGN 16
#define CHUNK (64 * 1024 - 64)
#define KEPT (2 << 20) /* free memory that malloc keeps instead of giving it back */

struct chunk {
	struct chunk *prev;
	size_t size; /* of data[] */
	size_t used;
	_Alignas(ALIGN) uint8_t data[];
};

struct deferred {
	struct deferred *prev;
	void (*fn)(void *);
	void *arg;
	size_t total; /* arena total when it was registered */
};

struct arena {
	struct chunk *top;
	struct deferred *deferred;
	size_t total; /* bytes handed out */
	size_t max;
};

struct arena *arena_new(size_t max_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		BUG("no memory for an arena");
	/* else every longer request would end in a brk() and the next in another */
	mallopt(M_TRIM_THRESHOLD, KEPT);
	a->max = max_bytes;
	return a;
}

static void chunk_push(struct arena *a, size_t need)
{
	size_t size = need;

	if (!ONE_MALLOC_EACH && size < CHUNK)
		size = CHUNK;
	struct chunk *k = calloc(1, sizeof(*k) + size);
	if (k == NULL)
		BUG("no memory for a chunk of %zu bytes", size);
	k->size = size;
	k->prev = a->top;
	a->top = k;
}

void *mem_alloc(struct arena *a, size_t n)
{
	size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);

	if (n > a->max || a->total + need > a->max)
		BUG("arena full: %zu used, %zu wanted, %zu allowed", a->total, n, a->max);
	if (ONE_MALLOC_EACH)
		need = n > 0 ? n : 1;
	if (ONE_MALLOC_EACH || a->top == NULL || a->top->size - a->top->used < need)
		chunk_push(a, need);
	void *p = a->top->data + a->top->used;
	a->top->used += need;
	a->total += need;
	return p;
}

char *mem_text_n(struct arena *a, const char *s, size_t n)
{
	char *p = mem_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *mem_text(struct arena *a, const char *s)
{
	return s == NULL ? NULL : mem_text_n(a, s, strlen(s));
}

char *mem_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("bad format: %s", fmt);
	char *p = mem_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

struct mem_mark mem_mark(const struct arena *a)
{
	struct mem_mark m = {a->top, a->top ? a->top->used : 0, a->total};

	return m;
}

static void run_deferred(struct arena *a, size_t down_to)
{
	while (a->deferred != NULL && a->deferred->total > down_to) {
		struct deferred *d = a->deferred;

		a->deferred = d->prev;
		d->fn(d->arg);
	}
}

void mem_release(struct arena *a, struct mem_mark m)
{
	run_deferred(a, m.total);
	while (a->top != NULL && a->top != m.chunk) {
		struct chunk *prev = a->top->prev;

		free(a->top);
		a->top = prev;
	}
	if (a->top != NULL) {
		memset(a->top->data + m.used, 0, a->top->used - m.used);
		a->top->used = m.used;
	}
	a->total = m.total;
}

void arena_reset(struct arena *a)
{
	struct chunk *first = a->top;

	run_deferred(a, 0);
	while (first != NULL && first->prev != NULL)
		first = first->prev;
	/* keep one ordinary chunk for the next request; a big one goes back */
	if (first != NULL && (ONE_MALLOC_EACH || first->size > CHUNK))
		first = NULL;
	struct mem_mark m = {first, 0, 0};
	mem_release(a, m);
}

void arena_delete(struct arena *a)
{
	struct mem_mark m = {NULL, 0, 0};

	if (a == NULL)
		return;
	mem_release(a, m);
	free(a);
}

size_t arena_used(const struct arena *a)
{
	return a->total;
}

void mem_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = mem_alloc(a, sizeof(*d));

	d->fn = fn;
	d->arg = arg;
	d->total = a->total;
	d->prev = a->deferred;
	a->deferred = d;
}
