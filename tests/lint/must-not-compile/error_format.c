/* expect: format */
#include "core/base/err.h"

int refuse(struct ctx *c, const char *id);

int refuse(struct ctx *c, const char *id)
{
#ifdef CONTROL
	return err_set(c, E_NOT_FOUND, "%s", id);
#else
	return err_set(c, E_NOT_FOUND, id);
#endif
}
