#include "core/user/user.h"
#include "core/sys/db.h"

const char *const ROLES[ROLE_COUNT + 1] = {"", "platform_admin", "tenant_admin", "owner", "manager",
	"staff", "accountant", "read_only", NULL};

const char *const PERMS[] = {"",
#define X(symbol, name, p, t, o, m, s, a, r) name,
#include "core/user/perms.def"
#undef X
	NULL};

static const uint8_t ROLE_HAS[PERM_COUNT][ROLE_COUNT] = {
#define X(symbol, name, p, t, o, m, s, a, r) [symbol] = {0, p, t, o, m, s, a, r},
#include "core/user/perms.def"
#undef X
};

static const struct field IDENTITY_FIELDS[] = {
	ID(identity, user_id, RO),
	TEXT(identity, email, RO | PERSONAL, 254),
	TEXT(identity, name, RO | PERSONAL, 120),
	TEXT(identity, locale, RO, 16),
	BOOL(identity, email_verified, RO),
	BOOL(identity, two_factor, RO),
	BOOL(identity, is_platform_admin, RO),
	BOOL(identity, is_tenant_admin, RO),
	INT(identity, memberships, RO, 0, INT64_MAX),
	INT(identity, company_number, RO, 0, UINT32_MAX),
	ID(identity, company_id, RO),
	TEXT(identity, company_name, RO, 120),
	TEXT(identity, slug, RO, 63),
	ENUM(identity, company_status, RO, enum company_status, COMPANY_STATUS),
	BOOL(identity, require_totp, RO),
	ENUM(identity, role, RO | NULL0, enum role, ROLES),
};
static const struct table IDENTITY = TABLE(identity, "identity", IDENTITY_FIELDS);

static const struct field MEMBERSHIP_FIELDS[] = {
	INT(membership, company_number, RO | HIDDEN, 1, UINT32_MAX),
	ID(membership, id, RO),
	TEXT(membership, name, RO, 120),
	TEXT(membership, slug, RO, 63),
	ENUM(membership, role, RO | NULL0, enum role, ROLES),
};
const struct table MEMBERSHIP = TABLE(membership, "my_company", MEMBERSHIP_FIELDS);

/* ---- storage: through the doors ---- */

int session_find(
	struct ctx *c, const char *session_id, const char *company_id, struct identity *out)
{
	return db_one(c, &IDENTITY, out, "CALL sys_session(?, ?)", session_id, company_id);
}

int membership_list(struct ctx *c, const char *user_id, struct rows *out)
{
	return db_rows(c, &MEMBERSHIP, out, "CALL sys_memberships(?)", user_id);
}

/* ---- rules ---- */

uint64_t role_permissions(enum role role)
{
	uint64_t bits = 0;

	for (int p = 1; p < PERM_COUNT; p++) {
		if (ROLE_HAS[p][role])
			bits |= UINT64_C(1) << p;
	}
	return bits;
}

bool may(const struct ctx *c, enum perm perm)
{
	return perm == PERM_NONE || (c->permissions >> perm & 1) != 0;
}

struct texts permission_names(struct ctx *c, uint64_t permissions)
{
	struct texts t = {mem_alloc(c->mem, PERM_COUNT * sizeof(char *)), 0};

	for (int p = 1; p < PERM_COUNT; p++) {
		if (permissions >> p & 1)
			t.p[t.n++] = PERMS[p];
	}
	return t;
}

uint64_t permission_bits(const struct texts *names)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < names->n; i++) {
		int p = names_find(PERMS, names->p[i]);

		if (p > 0)
			bits |= UINT64_C(1) << p;
	}
	return bits;
}
