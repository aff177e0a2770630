/* expect: _Generic|generic */
#include "core/base/table.h"

struct thing {
	const char *name;
};

struct other {
	const char *name;
};

static const struct field FIELDS[] = {TEXT(thing, name, REQ, 80)};
#ifdef CONTROL
static const struct thing FRESH = {"new"};
#else
static const struct other FRESH = {"new"};
#endif
extern const struct table THING;
const struct table THING = TABLE_FRESH(thing, "thing", FIELDS, 0, FRESH);
