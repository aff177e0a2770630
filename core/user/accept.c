/* invitation_accept(): who accepts is logged in, has an account, or makes one. */
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/locale.h"
#include "core/sys/password.h"
#include "core/user/account.h"
#include "core/user/invitation.h"
#include "core/user/password_rules.h"
#include "core/user/people.h"

struct accepting {
	const struct acceptance *in;
	struct invited invited;
	struct account account;
	bool is_new; /* the account */
	bool gone;   /* the invitation, meanwhile */
	struct session *out;
};

/* The company's part, in it: the invitation is used up, he belongs to it. */
static int join(struct ctx *c, struct accepting *a)
{
	const struct invited *i = &a->invited;
	int64_t changed;
	int rc = db_exec(c, "DELETE FROM invitation WHERE id = ?", i->id);

	a->gone = rc == 0;
	if (rc <= 0)
		return rc;
	if (db_int(c, &changed, "CALL sys_membership_add(?, ?)", a->account.id, ROLES[i->role]) < 0)
		return -1;
	return audit_add(c, "invitation.accept", "invitation", i->id, NULL);
}

static int join_there(struct ctx *c, struct accepting *a)
{
	c->company = (uint32_t)a->invited.company_number;
	c->company_id = a->invited.company_id;
	int rc = join(c, a);
	c->company = 0;
	c->company_id = NULL;
	return rc;
}

/* Whoever has the link reads the mail of that address. */
static int accept(struct ctx *c, void *arg)
{
	struct accepting *a = arg;
	const struct account *who = &a->account;
	int64_t is_new;

	if (a->is_new) {
		if (db_int(c, &is_new, "CALL sys_user_add(?, ?, ?, ?, ?, TRUE)", who->id,
			    who->email, who->name, who->locale, who->password_hash) < 0)
			return -1;
		if (is_new == 0)
			return err_set(
				c, E_STATE, "This address has an account meanwhile: log in.");
		if (audit_add(c, "user.create", "user", who->id, NULL) < 0)
			return -1;
	} else if (db_exec(c, "CALL sys_email_verified(?)", who->id) < 0) {
		return -1;
	}
	if (join_there(c, a) < 0)
		return -1;
	if (a->gone)
		return err_set(
			c, E_NOT_FOUND, "This invitation holds no more: ask for another one.");
	if (a->in->user_id == NULL && a->is_new)
		return session_start(c, who, &a->in->device, a->out);
	return membership_list(c, who->id, &a->out->companies);
}

/* ---- who it is ---- */

static int somebody_new(struct ctx *c, struct accepting *a)
{
	const struct acceptance *in = a->in;
	const char *own[] = {in->name, a->invited.email, a->invited.company_name, NULL};

	if (text_empty(in->name))
		err_field(c, "name", "is required");
	if (text_empty(in->password))
		err_field(c, "password", "is required");
	if (in->locale != NULL && !locale_valid(in->locale))
		err_field(c, "locale", "is not a language like de or en-GB");
	if (c->err.code != E_OK || password_rules(c, "password", in->password, own) < 0)
		return -1;
	a->is_new = true;
	a->account = (struct account){
		.id = id_new(c),
		.email = a->invited.email,
		.name = in->name,
		.locale = in->locale != NULL ? in->locale : "en",
		.password_hash = password_hash(c, in->password),
	};
	c->actor = ACTOR_USER;
	c->actor_id = a->account.id;
	return 0;
}

/* What is read first: the invitation, and who is logged in. */
static int look(struct ctx *c, void *arg)
{
	struct accepting *a = arg;

	if (invitation_read(c, a->in->token, &a->invited) < 0)
		return -1;
	if (a->in->user_id == NULL)
		return 0;
	int rc = account_find(c, a->in->user_id, &a->account);
	return rc == 0 ? err_set(c, E_UNAUTHENTICATED, NULL) : rc;
}

static int somebody_logged_in(struct ctx *c, struct accepting *a)
{
	if (!text_same(a->account.email, a->invited.email))
		return err_set(c, E_FORBIDDEN,
			"This invitation is for another address: log out, and open it again.");
	*a->out = (struct session){
		.user_id = a->account.id, .email = a->account.email, .name = a->account.name};
	return 0;
}

/* The log-in is one of its own: the invitation is accepted after it. */
static int somebody_known(struct ctx *c, struct accepting *a)
{
	const struct acceptance *in = a->in;
	struct login l = {
		.email = a->invited.email,
		.password = in->password,
		.totp_code = in->totp_code,
		.device = in->device,
	};

	if (text_empty(in->password))
		return err_field(c, "password", "is required");
	if (login(c, &l, a->out) < 0)
		return -1;
	a->account = (struct account){.id = a->out->user_id};
	return 0;
}

static int identify(struct ctx *c, struct accepting *a)
{
	if (a->in->user_id != NULL)
		return somebody_logged_in(c, a);
	return a->invited.account_exists ? somebody_known(c, a) : somebody_new(c, a);
}

int invitation_accept(struct ctx *c, const struct acceptance *in, struct session *out)
{
	struct accepting a = {.in = in, .out = out};

	if (in_tx(c, look, &a) < 0 || identify(c, &a) < 0)
		return -1;
	return in_tx(c, accept, &a);
}
