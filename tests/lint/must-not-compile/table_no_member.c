/* expect: no member named */
#include "core/base/table.h"

struct thing {
	const char *name;
};

#ifdef CONTROL
static const struct field FIELDS[] = {TEXT(thing, name, REQ, 80)};
#else
static const struct field FIELDS[] = {TEXT(thing, nam, REQ, 80)};
#endif
extern const struct table THING;
const struct table THING = TABLE(thing, "thing", FIELDS);
