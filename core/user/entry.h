/*
 * entry.h - an administrator of the platform or of a tenant acts inside a
 * company: only after he has said why, for an hour, with one session. The reason
 * stands in that company's audit, and what he does there under his name.
 */
#ifndef FRONTDESK_ENTRY_H
#define FRONTDESK_ENTRY_H

#include "core/tenant/portfolio.h"
#include "core/user/user.h"

#define ENTRY_MINUTES 60

struct company_entry {
	const char *id; /* the company's */
	const char *name;
	const char *slug;
	enum role role; /* ROLE_PLATFORM_ADMIN, ROLE_TENANT_ADMIN */
	ts_t expires_at;
};

extern const struct table COMPANY_ENTRY;

/* Those of a session that hold; on fd_web's connection. */
int entry_list(struct ctx *c, const char *session_id, struct rows *out) MUST_USE;

/* These on fd_platform's; both need a transaction that holds the company. A field
 * error of reason; E_STATE when the company is closed. Once more: an hour from now. */
int entry_begin(struct ctx *c, const char *session_id, const struct platform_company *co,
	const char *reason, struct company_entry *out) MUST_USE;
/* E_NOT_FOUND: it has not entered. */
int entry_end(struct ctx *c, const char *session_id, const struct platform_company *co) MUST_USE;

#endif
