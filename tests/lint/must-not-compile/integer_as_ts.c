/* expect: incompatible type */
#include "core/base/ts.h"

const char *shown(struct arena *mem, int64_t ms);

const char *shown(struct arena *mem, int64_t ms)
{
#ifdef CONTROL
	ts_t t = {ms};

	return ts_text(mem, t);
#else
	return ts_text(mem, ms);
#endif
}
