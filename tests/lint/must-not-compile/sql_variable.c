/* expect: expected .* before .*sql|expected '\)' */
#include "core/sys/db.h"

int run(struct ctx *c, const char *sql);

int run(struct ctx *c, const char *sql)
{
#ifdef CONTROL
	(void)sql;
	return db_exec(c, "DELETE FROM hold WHERE id = ?", "x");
#else
	return db_exec(c, sql, "x");
#endif
}
