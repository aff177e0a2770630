/*
 * auth.h - who a request comes from, and for which company.
 *
 * A verified token and what its session may do are remembered in the process
 * for at most 5 seconds, so that most requests need no look-up; a revoked
 * session or changed role counts after that time at the latest.
 */
#ifndef FRONTDESK_AUTH_H
#define FRONTDESK_AUTH_H

#include "fcgi/req.h"

#define AUTH_CACHE_SECONDS 5

/* Fills who and the context's actor. E_UNAUTHENTICATED. */
int auth_identify(struct req *r) MUST_USE;
/* Enters the company of the request. E_COMPANY_REQUIRED, E_COMPANY_FORBIDDEN,
 * E_NOT_FOUND (it is closed), E_COMPANY_SUSPENDED (it is, and this is no GET). */
int auth_company(struct req *r) MUST_USE;
/* Whether a session may watch a company now; nothing is entered. E_FORBIDDEN. */
int auth_watch(struct req *r, const char *session_id, const char *company_id) MUST_USE;
/* Whoever administers the platform or a tenant, with the rights of that.
 * E_FORBIDDEN. */
int auth_platform(struct req *r) MUST_USE;
/*
 * Enters the company that an AUTH_PUBLIC path names. E_NOT_FOUND: there is none,
 * it is not open, it takes no bookings from the public (feeds do not mind), or
 * the token is not one of ours. The actor is nobody; its id, under which an
 * Idempotency-Key counts, is the token's object, or the nil UUID.
 */
int auth_public(struct req *r) MUST_USE;
/* Forgets what is remembered: a log-out, a change of somebody's rights. */
void auth_forget(void);

#endif
