/* expect: this_function_is_banned_free */
#ifdef CONTROL
#define BANNED_ALLOW_ALLOC /* the way for wrappers of foreign libraries */
#endif
#include "core/base/prelude.h"

void give_back(void *p);

void give_back(void *p)
{
	free(p);
}
