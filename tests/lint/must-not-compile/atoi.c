/* expect: this_function_is_banned_atoi */
#include "core/base/text.h"

int64_t number(const char *s);

int64_t number(const char *s)
{
#ifdef CONTROL
	int64_t v = 0;

	return text_int(s, 0, 100, &v) ? v : -1;
#else
	return atoi(s);
#endif
}
