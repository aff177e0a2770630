#include "fcgi/h_account.h"
#include "core/user/account_change.h"
#include "fcgi/auth.h"

#define TOKEN_MAX 100

struct account_in {
	const char *email;
	const char *token;
	const char *password;
	const char *new_password;
};

static const struct field EMAIL_FIELDS[] = {
	TEXT(account_in, email, REQ | PERSONAL, 254),
};
const struct table EMAIL_IN = TABLE(account_in, "email_request", EMAIL_FIELDS);

static const struct field LINK_FIELDS[] = {
	TEXT(account_in, token, REQ, TOKEN_MAX),
};
const struct table LINK_IN = TABLE(account_in, "link_request", LINK_FIELDS);

static const struct field RESET_FIELDS[] = {
	TEXT(account_in, token, REQ, TOKEN_MAX),
	TEXT(account_in, password, REQ | PERSONAL | VERBATIM, 200),
};
const struct table RESET_IN = TABLE(account_in, "password_reset_request", RESET_FIELDS);

static const struct field PASSWORD_FIELDS[] = {
	TEXT(account_in, password, REQ | PERSONAL | VERBATIM, 200),
	TEXT(account_in, new_password, REQ | PERSONAL | VERBATIM, 200),
};
const struct table PASSWORD_IN = TABLE(account_in, "password_change_request", PASSWORD_FIELDS);

static const struct field EMAIL_CHANGE_FIELDS[] = {
	TEXT(account_in, password, REQ | PERSONAL | VERBATIM, 200),
	TEXT(account_in, email, REQ | PERSONAL, 254),
};
const struct table EMAIL_CHANGE_IN = TABLE(account_in, "email_change_request", EMAIL_CHANGE_FIELDS);

/* ---- by letter ---- */

int h_verify_email(struct req *r)
{
	const struct account_in *in = r->in;

	return email_verify(&r->c, in->token) < 0 ? -1 : reply_empty(r, 204);
}

int h_verify_email_again(struct req *r)
{
	const struct account_in *in = r->in;

	return email_verify_again(&r->c, in->email) < 0 ? -1 : reply_empty(r, 202);
}

int h_password_forgot(struct req *r)
{
	const struct account_in *in = r->in;

	return password_forgot(&r->c, in->email) < 0 ? -1 : reply_empty(r, 202);
}

int h_password_reset(struct req *r)
{
	const struct account_in *in = r->in;

	if (password_reset(&r->c, in->token, in->password) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}

int h_email_confirm(struct req *r)
{
	const struct account_in *in = r->in;

	if (email_confirm(&r->c, in->token) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}

/* ---- by whoever is logged in and knows the password ---- */

int h_password_change(struct req *r)
{
	const struct account_in *in = r->in;
	struct proof p = {r->who.user_id, r->session_id, in->password};

	if (password_change(&r->c, &p, in->new_password) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}

int h_email_change(struct req *r)
{
	const struct account_in *in = r->in;
	struct proof p = {r->who.user_id, r->session_id, in->password};

	return email_change(&r->c, &p, in->email) < 0 ? -1 : reply_empty(r, 202);
}
