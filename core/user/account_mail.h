/*
 * account_mail.h - letters about accounts: asked for here, written and sent by
 * the worker (core/provider/account_letter.h).
 *
 * Some carry a link (core/sys/link.h over the letter's id): it holds for a while
 * and is used once. Who asks for a letter to an address does not look whether it
 * has an account, so that nothing shows; the worker does.
 */
#ifndef FRONTDESK_ACCOUNT_MAIL_H
#define FRONTDESK_ACCOUNT_MAIL_H

#include "core/sys/link.h"
#include "core/user/account.h"

enum account_mail_kind {
	MAIL_VERIFY,           /* link: this address is yours? */
	MAIL_RESET,            /* link: a new password */
	MAIL_EMAIL_NEW,        /* link: this shall be your address */
	MAIL_EMAIL_OLD,        /* … and this no more */
	MAIL_EXISTS,           /* somebody tried to sign up with your address */
	MAIL_PASSWORD_CHANGED, /* … and sessions have ended */
	MAIL_TWO_FACTOR_ON,
	MAIL_TWO_FACTOR_OFF,
	MAIL_KIND_COUNT
};

extern const char *const MAIL_KINDS[MAIL_KIND_COUNT + 1]; /* NULL-terminated */

/* Minutes that its link holds; 0: it has none. purpose: of the link. */
int account_mail_minutes(enum account_mail_kind kind);
enum link_purpose account_mail_purpose(enum account_mail_kind kind);

/* Both in a transaction, outside companies. user_id NULL: whoever has that
 * address when the worker looks. */
int account_mail_add(struct ctx *c, enum account_mail_kind kind, const char *recipient,
	const char *user_id) MUST_USE;
/* To the address that the account has. */
int account_notice(struct ctx *c, enum account_mail_kind kind, const struct account *a) MUST_USE;

/* What a link leads to. */
struct mail_link {
	const char *id; /* of the account */
	const char *email;
	const char *name;
	const char *locale;
	const char *recipient; /* the address that the letter went to */
};

/* The letter whose link this is; NULL: it is none of ours. */
const char *account_mail_id(struct ctx *c, enum account_mail_kind kind, const char *token);
/* Where it leads: 1, 0 (used before, or too old), -1. use: and it is used, in a
 * transaction. */
int account_mail_link(struct ctx *c, enum account_mail_kind kind, const char *id, bool use,
	struct mail_link *out) MUST_USE;

#endif
