/* expect: this_function_is_banned_strcpy */
#include "core/base/prelude.h"

void put(char *out, size_t n, const char *s);

void put(char *out, size_t n, const char *s)
{
#ifdef CONTROL
	snprintf(out, n, "%s", s);
#else
	(void)n;
	strcpy(out, s);
#endif
}
