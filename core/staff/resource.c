#include "core/staff/resource.h"
#include "core/tenant/company.h"

const char *const RESOURCE_KINDS[] = {"staff", "room", "device", NULL};

static const struct field FIELDS[] = {
	ID(resource, id, RO),
	REF(resource, branch_id, REQ | FILTER, BRANCH),
	ENUM(resource, kind, REQ | FILTER, enum resource_kind, RESOURCE_KINDS),
	TEXT(resource, name, REQ | SORT | SEARCH, 120),
	INT(resource, capacity, 0, 1, 100),
	INT(resource, position, BY, 0, 65535),
	BOOL(resource, is_active, FILTER),
};
static const struct resource FRESH = {.capacity = 1, .is_active = true};
const struct table RESOURCE = TABLE_FRESH(resource, "resource", FIELDS, SOFT, FRESH);
