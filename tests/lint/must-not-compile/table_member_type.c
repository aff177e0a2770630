/* expect: _Generic|generic */
#include "core/base/table.h"

struct thing {
	const char *name;
	int count;
};

#ifdef CONTROL
static const struct field FIELDS[] = {TEXT(thing, name, REQ, 80)};
#else
static const struct field FIELDS[] = {TEXT(thing, name, REQ, 80), INT(thing, count, 0, 0, 9)};
#endif
extern const struct table THING;
const struct table THING = TABLE(thing, "thing", FIELDS);
