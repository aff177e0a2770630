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
/* 1, 0, -1; without companies. */
int directory_by_email(struct ctx *c, const char *email, struct platform_user *out) MUST_USE;
/* Disabled: no log-in works, and all sessions end. Nobody disables himself
 * (E_STATE). Needs a transaction. */
int directory_disable(struct ctx *c, const char *id, bool disabled) MUST_USE;
/* No second factor any more: for who has lost app and recovery codes. Needs a
 * transaction. */
int directory_factor_off(struct ctx *c, const char *id) MUST_USE;

/* For the administrator of an installation, who hands over the link himself. */
struct new_user {
	const char *email;
	const char *name; /* NULL: the address */
	const char *locale;
	bool is_platform_admin;
};

#define NEW_USER_HOURS 24

/*
 * An account without a password, unless the address has one, and in *token a link
 * (LINK_RESET) to set it within NEW_USER_HOURS. Administration of the platform is
 * given, never taken. Needs a transaction and the link key. Field error on
 * "email"; E_STATE: that account is closed. 1 new, 0 it was there, -1.
 */
int directory_add(struct ctx *c, const struct new_user *in, const char **token) MUST_USE;

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
