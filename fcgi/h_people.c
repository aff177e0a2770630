#include "fcgi/h_people.h"
#include "core/user/invitation.h"
#include "core/user/people.h"
#include "core/user/two_factor.h"
#include "fcgi/auth.h"
#include "fcgi/crud.h"
#include "fcgi/h_auth.h"

struct accept_in {
	const char *token;
	const char *name;
	const char *password;
	const char *totp_code;
	const char *locale;
	enum client client;
};

static const struct field ACCEPT_FIELDS[] = {
	TEXT(accept_in, token, REQ, 100),
	TEXT(accept_in, name, PERSONAL, 120),
	TEXT(accept_in, password, PERSONAL | VERBATIM, 200),
	TEXT(accept_in, totp_code, PERSONAL, CODE_MAX),
	TEXT(accept_in, locale, 0, 16),
	ENUM(accept_in, client, 0, enum client, CLIENT),
};
const struct table ACCEPT_IN = TABLE(accept_in, "invitation_accept_request", ACCEPT_FIELDS);

/* ---- people ---- */

int h_colleague_update(struct req *r)
{
	struct colleague was, now;

	if (crud_change(r, &was, &now) < 0 ||
		colleague_change_role(&r->c, r->who.role, was.id, now.role, &now) < 0)
		return -1;
	return reply(r, 200, &COLLEAGUE, &now);
}

int h_colleague_delete(struct req *r)
{
	if (colleague_remove(&r->c, r->who.role, r->ids[0]) < 0)
		return -1;
	return reply_empty(r, 204);
}

/* ---- invitations ---- */

/* Letters to strangers go out for people whose own address is known to be right. */
static int check_proven(struct req *r)
{
	if (r->who.user_id == NULL || r->who.email_verified)
		return 0;
	return err_set(&r->c, E_STATE, "Confirm your own e-mail address first.");
}

int h_invitation_create(struct req *r)
{
	struct invitation *in = r->in;

	if (check_proven(r) < 0 || invitation_create(&r->c, r->who.role, in) < 0)
		return -1;
	return crud_created(r, in);
}

int h_invitation_resend(struct req *r)
{
	struct invitation i;

	if (check_proven(r) < 0 || invitation_resend(&r->c, r->who.role, r->ids[0], &i) < 0)
		return -1;
	return reply(r, 200, &INVITATION, &i);
}

/* ---- by link ---- */

int h_invitation(struct req *r)
{
	struct invited i;

	if (invitation_read(&r->c, r->ids[0], &i) < 0)
		return -1;
	return reply(r, 200, &INVITED, &i);
}

/* Who is logged in accepts as himself. */
int h_invitation_accept(struct req *r)
{
	const struct accept_in *in = r->in;
	struct acceptance a = {
		.token = in->token,
		.name = in->name,
		.password = in->password,
		.totp_code = in->totp_code,
		.locale = in->locale,
		.device = req_device(r, in->client),
	};
	struct session s;

	if (req_header(r, "authorization") != NULL) {
		if (auth_identify(r) < 0)
			return -1;
		a.user_id = r->who.user_id;
		if (a.user_id == NULL)
			return err_set(&r->c, E_FORBIDDEN, NULL);
	}
	if (invitation_accept(&r->c, &a, &s) < 0)
		return -1;
	auth_forget();
	if (s.session_id == NULL)
		s.session_id = r->session_id;
	return reply_session(r, &s);
}
