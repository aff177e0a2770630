/* expect: unused.result|ignoring return value */
#include "core/sys/db.h"

int forget(struct ctx *c, const char *id);

int forget(struct ctx *c, const char *id)
{
#ifdef CONTROL
	return db_exec(c, "DELETE FROM hold WHERE id = ?", id);
#else
	db_exec(c, "DELETE FROM hold WHERE id = ?", id);
	return 0;
#endif
}
