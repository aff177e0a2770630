#include "core/user/account.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/password.h"
#include "core/user/two_factor.h"

/* Steps, each a transaction of its own: a password takes too long for one. */
struct attempt {
	const struct login *in;
	const char *email;
	struct bytes account_hash;
	struct account account;
	bool known;
	const char *new_hash; /* NULL: the old one is good */
	bool wrong_code;
	struct session *out;
};

static int look(struct ctx *c, void *arg)
{
	struct attempt *a = arg;

	if (failures_check(c, a->account_hash) < 0)
		return -1;
	int rc = account_by_email(c, a->email, &a->account);
	a->known = rc == 1;
	return rc;
}

static int refuse(struct ctx *c, void *arg)
{
	const struct attempt *a = arg;

	if (failure_add(c, a->account_hash, a->wrong_code) < 0)
		return -1;
	return audit_add(
		c, a->wrong_code ? "code.refuse" : "session.refuse", "session", NULL, NULL);
}

/* 1 the session is there, 0 the code is wrong, -1. */
static int enter(struct ctx *c, void *arg)
{
	struct attempt *a = arg;
	const struct account *who = &a->account;
	int rc = who->two_factor ? two_factor_use(c, who, a->in->totp_code) : 1;

	a->wrong_code = rc == 0;
	if (rc <= 0)
		return rc;
	if (failures_forget(c, a->account_hash) < 0)
		return -1;
	if (a->new_hash != NULL &&
		db_exec(c, "CALL sys_password_set(?, ?, ?)", who->id, who->password_hash,
			a->new_hash) < 0)
		return -1;
	return session_start(c, who, &a->in->device, a->out);
}

static int refused(struct ctx *c, struct attempt *a)
{
	if (in_tx(c, refuse, a) < 0)
		return -1;
	if (a->wrong_code)
		return err_set(c, E_INVALID_CREDENTIALS,
			"This code is wrong, or was used before: wait for the next one.");
	return err_set(c, E_INVALID_CREDENTIALS, NULL);
}

int login(struct ctx *c, const struct login *in, struct session *out)
{
	struct attempt a = {.in = in, .email = text_lower(c->mem, in->email), .out = out};

	a.account_hash = failure_account(c, a.email);
	if (in_tx(c, look, &a) < 0)
		return -1;
	if (!password_check(c, in->password, a.known ? a.account.password_hash : NULL))
		return refused(c, &a);
	if (a.account.two_factor && text_empty(in->totp_code))
		return err_set(c, E_TOTP_REQUIRED, NULL);
	c->actor = ACTOR_USER;
	c->actor_id = a.account.id;
	if (password_is_old(a.account.password_hash))
		a.new_hash = password_hash(c, in->password);
	if (in_tx(c, enter, &a) < 0)
		return -1;
	return a.wrong_code ? refused(c, &a) : 0;
}
