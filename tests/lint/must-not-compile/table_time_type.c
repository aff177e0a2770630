/* expect: _Generic|generic */
#include "core/base/table.h"

struct thing {
	ts_t made_at;
	wall_t starts;
};

#ifdef CONTROL
static const struct field FIELDS[] = {TIME(thing, made_at, RO), WALL(thing, starts, REQ)};
#else
static const struct field FIELDS[] = {TIME(thing, made_at, RO), TIME(thing, starts, REQ)};
#endif
extern const struct table THING;
const struct table THING = TABLE(thing, "thing", FIELDS);
