#include "core/user/account_change.h"
#include "core/audit/audit.h"
#include "core/sys/db.h"
#include "core/sys/locale.h"
#include "core/sys/password.h"
#include "core/user/account_mail.h"
#include "core/user/password_rules.h"

/* What a step needs: one transaction each, passwords are hashed in between. */
struct change {
	enum account_mail_kind kind;
	const char *mail_id; /* whose link came */
	struct mail_link link;
	bool is_void; /* that link */
	const char *email;
	const char *session_id;
	const char *hash;
	struct account account;
	struct rows companies;
};

/* Whoever has the link is the account's owner. */
static void act_as(struct ctx *c, const char *user_id)
{
	c->actor = ACTOR_USER;
	c->actor_id = user_id;
}

/* ---- letters that anybody may ask for ---- */

static int ask(struct ctx *c, void *arg)
{
	const struct change *x = arg;

	if (account_mail_add(c, x->kind, x->email, NULL) < 0)
		return -1;
	return audit_add(c, x->kind == MAIL_RESET ? "password.forget" : "email.verify_again",
		"user", NULL, NULL);
}

static int ask_for(struct ctx *c, enum account_mail_kind kind, const char *email)
{
	struct change x = {.kind = kind, .email = email};

	return account_email(c, "email", &x.email) < 0 ? -1 : in_tx(c, ask, &x);
}

int password_forgot(struct ctx *c, const char *email)
{
	return ask_for(c, MAIL_RESET, email);
}

int email_verify_again(struct ctx *c, const char *email)
{
	return ask_for(c, MAIL_VERIFY, email);
}

/* ---- links ---- */

static int void_link(struct ctx *c)
{
	return err_field(c, "token", "holds no more: ask for another letter");
}

/* 1, 0 (the link is void, which is written down), -1. */
static int follow(struct ctx *c, struct change *x, bool use)
{
	int rc = account_mail_link(c, x->kind, x->mail_id, use, &x->link);

	x->is_void = rc == 0;
	if (rc == 0)
		return audit_add(c, "link.refuse", "account_mail", x->mail_id, NULL);
	if (rc > 0)
		act_as(c, x->link.id);
	return rc;
}

/* A step that begins with follow(). */
static int by_link(
	struct ctx *c, struct change *x, const char *token, int (*step)(struct ctx *c, void *arg))
{
	x->mail_id = account_mail_id(c, x->kind, token);
	if (x->mail_id == NULL)
		return void_link(c);
	if (in_tx(c, step, x) < 0)
		return -1;
	return x->is_void ? void_link(c) : 0;
}

/* ---- the address ---- */

static int verify(struct ctx *c, void *arg)
{
	struct change *x = arg;
	int rc = follow(c, x, true);

	if (rc <= 0)
		return rc;
	if (db_exec(c, "CALL sys_email_verified(?)", x->link.id) < 0)
		return -1;
	return audit_add(c, "email.verify", "user", x->link.id, NULL);
}

int email_verify(struct ctx *c, const char *token)
{
	struct change x = {.kind = MAIL_VERIFY};

	return by_link(c, &x, token, verify);
}

static int announce_email(struct ctx *c, void *arg)
{
	const struct change *x = arg;

	if (account_mail_add(c, MAIL_EMAIL_NEW, x->email, x->account.id) < 0 ||
		account_notice(c, MAIL_EMAIL_OLD, &x->account) < 0)
		return -1;
	return audit_add(c, "email.change", "user", x->account.id, NULL);
}

int email_change(struct ctx *c, const struct proof *p, const char *email)
{
	struct change x = {.email = email};

	if (account_email(c, "email", &x.email) < 0 ||
		account_prove(c, p->user_id, p->password, &x.account) < 0)
		return -1;
	return in_tx(c, announce_email, &x);
}

static int confirm(struct ctx *c, void *arg)
{
	struct change *x = arg;
	int64_t changed;
	int rc = follow(c, x, true);

	if (rc <= 0)
		return rc;
	if (db_int(c, &changed, "CALL sys_email_set(?, ?)", x->link.id, x->link.recipient) < 0)
		return -1;
	if (changed == 0)
		return err_field(c, "token", "is for an address that cannot be used any more");
	return audit_add(c, "email.confirm", "user", x->link.id, "email");
}

int email_confirm(struct ctx *c, const char *token)
{
	struct change x = {.kind = MAIL_EMAIL_NEW};

	return by_link(c, &x, token, confirm);
}

/* ---- the password ---- */

static int set_password(struct ctx *c, const struct change *x, const char *user_id)
{
	int64_t changed;

	if (db_int(c, &changed, "CALL sys_password_set(?, NULL, ?)", user_id, x->hash) < 0)
		return -1;
	if (changed == 0)
		return err_set(c, E_UNAUTHENTICATED, NULL);
	return sessions_end(c, user_id, x->session_id);
}

/* What he may not choose: his own name, his address, his companies' names. */
static int check_password(struct ctx *c, const char *field, const char *password,
	const struct account *a, const struct rows *companies)
{
	const struct membership *m = companies->p;
	const char **own = mem_alloc(c->mem, (companies->n + 3) * sizeof(*own));
	size_t n = 0;

	own[n++] = a->name;
	own[n++] = a->email;
	for (size_t i = 0; i < companies->n; i++)
		own[n++] = m[i].name;
	return password_rules(c, field, password, own);
}

static int reset_look(struct ctx *c, void *arg)
{
	struct change *x = arg;
	int rc = follow(c, x, false);

	return rc <= 0 ? rc : membership_list(c, x->link.id, &x->companies);
}

static int reset(struct ctx *c, void *arg)
{
	struct change *x = arg;
	int rc = follow(c, x, true);

	if (rc <= 0)
		return rc;
	if (set_password(c, x, x->link.id) < 0 ||
		db_exec(c, "CALL sys_email_verified(?)", x->link.id) < 0 ||
		failures_forget(c, failure_account(c, x->link.email)) < 0 ||
		account_notice(c, MAIL_PASSWORD_CHANGED, &x->account) < 0)
		return -1;
	return account_audit(c, "password.reset", x->link.id, &x->companies);
}

int password_reset(struct ctx *c, const char *token, const char *password)
{
	struct change x = {.kind = MAIL_RESET};

	if (by_link(c, &x, token, reset_look) < 0)
		return -1;
	x.account = (struct account){.id = x.link.id, .name = x.link.name, .email = x.link.email};
	if (check_password(c, "password", password, &x.account, &x.companies) < 0)
		return -1;
	x.hash = password_hash(c, password);
	return by_link(c, &x, token, reset);
}

static int change_look(struct ctx *c, void *arg)
{
	struct change *x = arg;

	return membership_list(c, x->account.id, &x->companies) < 0 ? -1 : 0;
}

static int change(struct ctx *c, void *arg)
{
	const struct change *x = arg;

	if (set_password(c, x, x->account.id) < 0 ||
		account_notice(c, MAIL_PASSWORD_CHANGED, &x->account) < 0)
		return -1;
	return account_audit(c, "password.change", x->account.id, &x->companies);
}

int password_change(struct ctx *c, const struct proof *p, const char *new_password)
{
	struct change x = {.session_id = p->session_id};

	if (account_prove(c, p->user_id, p->password, &x.account) < 0 ||
		in_tx(c, change_look, &x) < 0 ||
		check_password(c, "new_password", new_password, &x.account, &x.companies) < 0)
		return -1;
	x.hash = password_hash(c, new_password);
	return in_tx(c, change, &x);
}

/* ---- the rest ---- */

int profile_change(struct ctx *c, const char *user_id, const char *name, const char *locale)
{
	if (!locale_valid(locale))
		return err_field(c, "locale", "is not a language like de or en-GB");
	if (db_exec(c, "CALL sys_user_update(?, ?, ?)", user_id, name, locale) < 0)
		return -1;
	return audit_add(c, "user.update", "user", user_id, "name,locale");
}
