/*
 * directory.h - people as the platform's administration finds them, and who
 * administers a tenant. On the connection of fd_platform, outside companies.
 */
#ifndef FRONTDESK_DIRECTORY_H
#define FRONTDESK_DIRECTORY_H

#include "core/tenant/tenant.h"
#include "core/user/user.h"

struct platform_user {
	const char *id;
	const char *email;
	const char *name;
	const char *locale;
	bool is_platform_admin;
	ts_t created_at;
	ts_t disabled_at;
	struct rows companies; /* struct membership, in any state; of one user only */
};

extern const struct table PLATFORM_USER;     /* in lists */
extern const struct table PLATFORM_USER_ONE; /* with companies */

/* Newest first; q: in the e-mail address. */
int directory_list(
	struct ctx *c, const char *q, const struct newest *page, struct rows *out) MUST_USE;
int directory_get(struct ctx *c, const char *id, struct platform_user *out) MUST_USE;
/* Disabled: no log-in works, and all sessions end. Nobody disables himself
 * (E_STATE). Needs a transaction. */
int directory_disable(struct ctx *c, const char *id, bool disabled) MUST_USE;

struct tenant_person {
	const char *id;
	const char *email;
	const char *name;
	ts_t created_at; /* since when */
};

extern const struct table TENANT_PERSON;

int tenant_people(struct ctx *c, const char *tenant_id, struct rows *out) MUST_USE;
/* The account with that address administers the tenant. Field errors of email;
 * E_DUPLICATE when it does already. Both need a transaction. */
int tenant_person_add(struct ctx *c, const char *tenant_id, const char *email,
	struct tenant_person *out) MUST_USE;
int tenant_person_remove(struct ctx *c, const char *tenant_id, const char *user_id) MUST_USE;

#endif
