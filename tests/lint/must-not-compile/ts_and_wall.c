/* expect: incompatible type */
#include "core/base/ts.h"

struct civil there(wall_t w);

struct civil there(wall_t w)
{
#ifdef CONTROL
	return civil_of_wall(w);
#else
	return civil_of_ts(w);
#endif
}
