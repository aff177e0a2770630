#include "core/user/people.h"
#include "core/audit/audit.h"
#include "core/sys/db.h"

/* Numbered like ROLES; those of administrators are not given in a company. */
const char *const ROLES_GIVEN[9] = {
	"", "", "", "owner", "manager", "staff", "accountant", "read_only", NULL};

static const struct field FIELDS[] = {
	ID(colleague, id, RO),
	TEXT(colleague, email, RO | PERSONAL | SEARCH, 254),
	TEXT(colleague, name, RO | PERSONAL | SEARCH | BY, 120),
	TEXT(colleague, locale, RO | HIDDEN, 16),
	ENUM(colleague, role, REQ | FILTER, enum role, ROLES_GIVEN),
	BOOL(colleague, two_factor, RO),
	BOOL(colleague, is_active, RO),
	TIME(colleague, created_at, RO | SORT),
};
const struct table COLLEAGUE = TABLE(colleague, "membership", FIELDS);

static const struct field EDIT_FIELDS[] = {
	ENUM(colleague, role, REQ, enum role, ROLES_GIVEN),
};
const struct table COLLEAGUE_EDIT = TABLE(colleague, "membership_edit", EDIT_FIELDS);

/* ---- storage ---- */

/* Holds the rows of all owners, so that of two who go at once one is left. */
static int other_owners(struct ctx *c, const char *id, struct rows *out)
{
	return db_rows(c, &COLLEAGUE, out,
		"SELECT {cols} FROM membership WHERE role = 'owner' AND id <> ? AND is_active"
		" ORDER BY id FOR UPDATE",
		id);
}

/* ---- rules ---- */

static bool outranks(enum role a, enum role b)
{
	return a < b;
}

int role_check(struct ctx *c, enum role mine, enum role role)
{
	if (mine == ROLE_NONE || outranks(role, mine))
		return err_set(c, E_FORBIDDEN, "Your role does not allow this: it is below \"%s\".",
			ROLES[role]);
	return 0;
}

/* Somebody whose role changes or ends. */
static int take(struct ctx *c, enum role mine, const char *id, struct colleague *out)
{
	if (db_must(c, db_find_locked(c, &COLLEAGUE, id, out), "person", id) < 0)
		return -1;
	return role_check(c, mine, out->role);
}

static int leave_an_owner(struct ctx *c, const struct colleague *p)
{
	struct rows others;

	if (p->role != ROLE_OWNER)
		return 0;
	if (other_owners(c, p->id, &others) < 0)
		return -1;
	return others.n > 0
		? 0
		: err_set(c, E_STATE, "A company keeps one owner: make somebody else one first.");
}

int colleague_change_role(
	struct ctx *c, enum role mine, const char *id, enum role role, struct colleague *out)
{
	if (take(c, mine, id, out) < 0)
		return -1;
	if (out->role == role)
		return 0;
	if (role_check(c, mine, role) < 0 || leave_an_owner(c, out) < 0)
		return -1;
	out->role = role;
	if (db_exec(c, "CALL sys_membership_role(?, ?)", id, ROLES[role]) < 0)
		return -1;
	return audit_add(c, "membership.update", "membership", id, "role");
}

int colleague_remove(struct ctx *c, enum role mine, const char *id)
{
	struct colleague p;

	if (take(c, mine, id, &p) < 0 || leave_an_owner(c, &p) < 0)
		return -1;
	if (db_exec(c, "CALL sys_membership_remove(?)", id) < 0)
		return -1;
	return audit_add(c, "membership.remove", "membership", id, NULL);
}
