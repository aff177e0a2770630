/*
 * user.h - people, their log-ins, and what they may do.
 *
 * Company and role of a request are read from the database, never from a token.
 * Accounts: account.h; log-ins: session.h; the people of a company: people.h.
 */
#ifndef FRONTDESK_USER_H
#define FRONTDESK_USER_H

#include "core/base/ctx.h"
#include "core/base/network.h"
#include "core/base/table.h"
#include "core/tenant/company.h"

enum role {
	ROLE_NONE,
	ROLE_PLATFORM_ADMIN,
	ROLE_TENANT_ADMIN,
	ROLE_OWNER,
	ROLE_MANAGER,
	ROLE_STAFF,
	ROLE_ACCOUNTANT,
	ROLE_READ_ONLY,
	ROLE_COUNT
};

extern const char *const ROLES[ROLE_COUNT + 1]; /* "" platform_admin tenant_admin owner … */

enum perm {
	PERM_NONE,
#define X(symbol, name, p, t, o, m, s, a, r) symbol,
#include "core/user/perms.def"
#undef X
	PERM_COUNT
};

extern const char *const PERMS[]; /* "" and the names */

uint64_t role_permissions(enum role role);
bool may(const struct ctx *c, enum perm perm);
struct texts permission_names(struct ctx *c, uint64_t permissions);
/* The other way; a name that this version does not know is none. */
uint64_t permission_bits(const struct texts *names);

#define KEY_ADDRESSES_MAX 20

/* Who a request comes from, and the company it is for (number 0: none). */
struct identity {
	const char *user_id; /* NULL: an API key */
	const char *key_id;
	const char *email;
	const char *name;
	const char *locale;
	bool email_verified;
	bool two_factor; /* a second factor is in force */
	bool is_platform_admin;
	bool is_tenant_admin; /* of one tenant at least */
	int64_t memberships;  /* in companies that are not closed */
	int64_t company_number;
	const char *company_id;
	const char *company_name;
	const char *slug;
	enum company_status company_status;
	bool require_totp; /* of its administrators */
	enum role role;
	/* of an API key: what it may do, and from where (0 networks: anywhere) */
	uint64_t key_permissions;
	struct network key_networks[KEY_ADDRESSES_MAX];
	size_t n_key_networks;
};

/* The identity of a live session, in the company with this id, where he belongs
 * or which he has entered, or in its only company when NULL (a closed one only if
 * there are no others). 1, 0 (ended, revoked, unknown), -1. */
int session_find(struct ctx *c, const char *session_id, const char *company_id,
	struct identity *out) MUST_USE;

struct membership {
	int64_t company_number;
	const char *id; /* of the company */
	const char *name;
	const char *slug;
	enum role role;
};

extern const struct table MEMBERSHIP;

int membership_list(struct ctx *c, const char *user_id, struct rows *out) MUST_USE;

#endif
