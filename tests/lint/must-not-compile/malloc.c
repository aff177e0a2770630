/* expect: this_function_is_banned_malloc */
#include "core/base/arena.h"

void *take(struct arena *a, size_t n);

void *take(struct arena *a, size_t n)
{
#ifdef CONTROL
	return mem_alloc(a, n);
#else
	(void)a;
	return malloc(n);
#endif
}
