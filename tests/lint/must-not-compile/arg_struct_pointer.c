/* expect: struct ctx \* */
#include "core/sys/db.h"

struct arg made(struct ctx *c, const char *id);

struct arg made(struct ctx *c, const char *id)
{
	(void)c;
#ifdef CONTROL
	return ARG(id);
#else
	(void)id;
	return ARG(c);
#endif
}
