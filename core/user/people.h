/*
 * people.h - who belongs to a company, and in which role.
 *
 * Somebody's account is his own (account.h); a company sees of it what
 * colleagues know of each other, and gives and takes roles. It always has an
 * owner who can log in. Nobody gives a role above his own, or touches
 * somebody who has one.
 */
#ifndef FRONTDESK_PEOPLE_H
#define FRONTDESK_PEOPLE_H

#include "core/user/user.h"

struct colleague {
	const char *id; /* of the account */
	const char *email;
	const char *name;
	const char *locale;
	enum role role;
	bool two_factor; /* a second factor is set up */
	bool is_active;  /* false: the platform has closed the account */
	ts_t created_at; /* when he came into the company */
};

extern const struct table COLLEAGUE;
extern const struct table COLLEAGUE_EDIT; /* his role */
extern const char *const ROLES_GIVEN[9];  /* those within a company */

/* mine: the role of who asks. All need a transaction. E_NOT_FOUND; E_FORBIDDEN
 * (above the own role); E_STATE (the last owner). */
int colleague_change_role(struct ctx *c, enum role mine, const char *id, enum role role,
	struct colleague *out) MUST_USE;
int colleague_remove(struct ctx *c, enum role mine, const char *id) MUST_USE;
/* E_FORBIDDEN unless `role` may be given by who has `mine`. */
int role_check(struct ctx *c, enum role mine, enum role role) MUST_USE;

#endif
