#include "core/user/account_mail.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"

const char *const MAIL_KINDS[MAIL_KIND_COUNT + 1] = {
	[MAIL_VERIFY] = "verify",
	[MAIL_RESET] = "reset",
	[MAIL_EMAIL_NEW] = "email_new",
	[MAIL_EMAIL_OLD] = "email_old",
	[MAIL_EXISTS] = "exists",
	[MAIL_PASSWORD_CHANGED] = "password_changed",
	[MAIL_TWO_FACTOR_ON] = "two_factor_on",
	[MAIL_TWO_FACTOR_OFF] = "two_factor_off",
	NULL,
};

static const struct field LINK_FIELDS[] = {
	ID(mail_link, id, RO),
	TEXT(mail_link, email, RO | PERSONAL, 254),
	TEXT(mail_link, name, RO | PERSONAL, 120),
	TEXT(mail_link, locale, RO, 16),
	TEXT(mail_link, recipient, RO | PERSONAL, 254),
};
static const struct table MAIL_LINK = TABLE(mail_link, "mail_link", LINK_FIELDS);

int account_mail_minutes(enum account_mail_kind kind)
{
	switch (kind) {
	case MAIL_VERIFY:
		return 3 * 24 * 60;
	case MAIL_RESET:
		return 30;
	case MAIL_EMAIL_NEW:
		return 24 * 60;
	case MAIL_EMAIL_OLD:
	case MAIL_EXISTS:
	case MAIL_PASSWORD_CHANGED:
	case MAIL_TWO_FACTOR_ON:
	case MAIL_TWO_FACTOR_OFF:
	case MAIL_KIND_COUNT:
		break;
	}
	return 0;
}

enum link_purpose account_mail_purpose(enum account_mail_kind kind)
{
	if (account_mail_minutes(kind) == 0)
		BUG("a letter of kind %d has no link", kind);
	if (kind == MAIL_VERIFY)
		return LINK_VERIFY;
	return kind == MAIL_RESET ? LINK_RESET : LINK_EMAIL;
}

int account_mail_add(
	struct ctx *c, enum account_mail_kind kind, const char *recipient, const char *user_id)
{
	const char *id = id_new(c);
	int minutes = account_mail_minutes(kind);
	struct arg holds = minutes > 0 ? arg_int(minutes) : (struct arg){ARG_NULL, {.i = 0}};

	if (c->company != 0)
		BUG("letters about accounts are of no company");
	if (db_exec(c, "CALL sys_account_mail_add(?, ?, ?, ?, ?)", id, MAIL_KINDS[kind], recipient,
		    user_id, holds) < 0)
		return -1;
	return queue_add(c, JOB_ACCOUNT_MAIL, id, (ts_t){0}, NULL);
}

int account_notice(struct ctx *c, enum account_mail_kind kind, const struct account *a)
{
	return account_mail_add(c, kind, a->email, a->id);
}

const char *account_mail_id(struct ctx *c, enum account_mail_kind kind, const char *token)
{
	struct link l;

	if (!link_read(c, account_mail_purpose(kind), token, &l) ||
		!text_same(l.company_id, LINK_NO_COMPANY))
		return NULL;
	return l.id;
}

int account_mail_link(
	struct ctx *c, enum account_mail_kind kind, const char *id, bool use, struct mail_link *out)
{
	return db_one(c, &MAIL_LINK, out, "CALL sys_account_mail_link(?, ?, ?)", id,
		MAIL_KINDS[kind], use);
}
