/* expect: incompatible type|invalid operands|aggregate value|arithmetic type */
#include "core/base/ts.h"

bool past(ts_t t, int64_t now);

bool past(ts_t t, int64_t now)
{
#ifdef CONTROL
	return t.ms < now;
#else
	return t < now;
#endif
}
