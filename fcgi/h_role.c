#include "fcgi/h_role.h"

/* A right, and which role has it: a line of core/user/perms.def. */
struct role_right {
	const char *permission;
	bool platform_admin;
	bool tenant_admin;
	bool owner;
	bool manager;
	bool staff;
	bool accountant;
	bool read_only;
};

static const struct field FIELDS[] = {
	TEXT(role_right, permission, RO, 40),
	BOOL(role_right, platform_admin, RO),
	BOOL(role_right, tenant_admin, RO),
	BOOL(role_right, owner, RO),
	BOOL(role_right, manager, RO),
	BOOL(role_right, staff, RO),
	BOOL(role_right, accountant, RO),
	BOOL(role_right, read_only, RO),
};
const struct table ROLE_RIGHT = TABLE(role_right, "role_right", FIELDS);

static const struct role_right RIGHTS[] = {
#define X(symbol, name, p, t, o, m, s, a, r) {name, p, t, o, m, s, a, r},
#include "core/user/perms.def"
#undef X
};

int h_roles(struct req *r)
{
	struct rows rows = {(void *)(uintptr_t)RIGHTS, COUNT_OF(RIGHTS)};

	return reply_rows(r, &ROLE_RIGHT, &rows, NULL);
}
