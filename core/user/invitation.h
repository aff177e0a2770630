/*
 * invitation.h - asking somebody by e-mail to come into a company.
 *
 * The letter carries a link (LINK_INVITE over the company's and the
 * invitation's id): whoever has it reads the mail of that address, which is
 * all the proof that a new account needs. An invitation is there until it is
 * accepted, revoked, or INVITATION_DAYS old; sending it again renews it.
 */
#ifndef FRONTDESK_INVITATION_H
#define FRONTDESK_INVITATION_H

#include "core/user/session.h"
#include "core/user/user.h"

#define INVITATION_DAYS 7
#define INVITATIONS_MAX 200 /* open ones of a company */

struct invitation {
	const char *id;
	const char *email;
	enum role role;
	const char *locale; /* of the letter; NULL: the company's */
	const char *invited_by;
	ts_t created_at;
	ts_t sent_at; /* zero: not yet */
	ts_t expires_at;
};

extern const struct table INVITATION;

/* mine: the role of who asks. Need a transaction. Field errors; E_FORBIDDEN
 * (above the own role), E_DUPLICATE (is invited, or belongs to the company),
 * E_LIMIT_REACHED. */
int invitation_create(struct ctx *c, enum role mine, struct invitation *in) MUST_USE;
/* The letter once more. E_NOT_FOUND, E_FORBIDDEN, E_RATE_LIMITED (within a minute). */
int invitation_resend(
	struct ctx *c, enum role mine, const char *id, struct invitation *out) MUST_USE;
/* For the worker: that it was sent. */
int invitation_sent(struct ctx *c, const char *id) MUST_USE;

/* What the link shows to whoever has it. */
struct invited {
	const char *id;
	int64_t company_number;
	const char *company_id;
	const char *company_name;
	const char *slug;
	const char *email;
	enum role role;
	const char *invited_by_name; /* NULL: not a person */
	bool account_exists;
	ts_t expires_at;
};

extern const struct table INVITED;

/* E_NOT_FOUND: the link is none, or holds no more. Outside companies. */
int invitation_read(struct ctx *c, const char *token, struct invited *out) MUST_USE;

/* Who accepts it: user_id, somebody who is logged in; else somebody with a
 * password, of his account or for a new one. */
struct acceptance {
	const char *token;
	const char *user_id;
	const char *name; /* of a new account */
	const char *password;
	const char *totp_code;
	const char *locale;
	struct device device;
};

/*
 * Outside transactions. Afterwards he belongs to the company (with the role that
 * he had, if he did already), and out is his session: a new one, or, when he was
 * logged in, none (session_id NULL). E_NOT_FOUND; E_FORBIDDEN: logged in as
 * somebody else; what login() says of a wrong password; field errors.
 */
int invitation_accept(struct ctx *c, const struct acceptance *a, struct session *out) MUST_USE;

#endif
