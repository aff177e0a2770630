/* expect: expected .* before .*filter|expected '\)' */
#include "core/sys/db.h"

void run(struct query *q, const char *filter);

void run(struct query *q, const char *filter)
{
#ifdef CONTROL
	(void)filter;
	query_where(q, "status = ?", "open");
#else
	query_where(q, filter, "open");
#endif
}
