#include "core/user/signup.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/sys/db.h"
#include "core/sys/password.h"
#include "core/tenant/company.h"
#include "core/tenant/company_create.h"
#include "core/user/account_mail.h"
#include "core/user/password_rules.h"

struct signing_up {
	const struct signup *in;
	struct account account;
	struct bytes account_hash;
	bool known;
	struct session *out;
};

/* All that is wrong at once. */
static int check(struct ctx *c, const struct signup *in, const char **email)
{
	const char *own[] = {in->name, in->email, in->company_name, NULL};
	struct company co = {
		.country = in->country,
		.time_zone = in->time_zone,
		.currency = in->currency,
		.locale = in->locale,
	};
	int rc = company_check(c, &co);

	if (account_email(c, "email", email) < 0)
		rc = -1;
	if (password_rules(c, "password", in->password, own) < 0)
		rc = -1;
	return rc;
}

static int look(struct ctx *c, void *arg)
{
	const struct signing_up *s = arg;

	return failures_check(c, s->account_hash);
}

/* The company, and him in it. */
static int found(struct ctx *c, struct signing_up *s)
{
	const struct signup *in = s->in;
	struct company_new co = {
		.name = in->company_name,
		.country = in->country,
		.time_zone = in->time_zone,
		.currency = in->currency,
		.locale = in->locale,
	};
	struct some_company made;
	int64_t changed;

	if (company_create(c, &co, &made) < 0)
		return -1;
	c->company = (uint32_t)made.company_number;
	int rc = db_int(
		c, &changed, "CALL sys_membership_add(?, ?)", s->account.id, ROLES[ROLE_OWNER]);
	c->company = 0;
	return rc;
}

static int store(struct ctx *c, void *arg)
{
	struct signing_up *s = arg;
	struct account *a = &s->account;
	int64_t is_new;

	a->id = id_new(c);
	c->actor = ACTOR_USER;
	c->actor_id = a->id;
	if (db_int(c, &is_new, "CALL sys_user_add(?, ?, ?, ?, ?, FALSE)", a->id, a->email, a->name,
		    a->locale, a->password_hash) < 0)
		return -1;
	s->known = is_new == 0;
	if (s->known)
		return 0;
	if (audit_add(c, "user.create", "user", a->id, NULL) < 0 || found(c, s) < 0 ||
		account_mail_add(c, MAIL_VERIFY, a->email, NULL) < 0)
		return -1;
	return session_start(c, a, &s->in->device, s->out);
}

static int refuse(struct ctx *c, void *arg)
{
	const struct signing_up *s = arg;

	c->actor = ACTOR_NONE;
	c->actor_id = NULL;
	if (failure_add(c, s->account_hash, false) < 0 ||
		account_mail_add(c, MAIL_EXISTS, s->account.email, NULL) < 0)
		return -1;
	return audit_add(c, "user.refuse", "user", NULL, NULL);
}

int signup(struct ctx *c, const struct signup *in, struct session *out)
{
	struct signing_up s = {.in = in, .out = out};

	s.account = (struct account){.email = in->email, .name = in->name, .locale = in->locale};
	if (check(c, in, &s.account.email) < 0)
		return -1;
	s.account_hash = failure_account(c, s.account.email);
	if (in_tx(c, look, &s) < 0)
		return -1;
	s.account.password_hash = password_hash(c, in->password);
	if (in_tx(c, store, &s) < 0)
		return -1;
	if (!s.known)
		return 0;
	if (in_tx(c, refuse, &s) < 0)
		return -1;
	return err_field(c, "email",
		"cannot be used to sign up: if it is yours, log in, or ask "
		"for a new password");
}
