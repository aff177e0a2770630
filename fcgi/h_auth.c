#include "fcgi/h_auth.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/token.h"
#include "core/user/entry.h"
#include "core/user/user.h"
#include "fcgi/auth.h"

enum client { CLIENT_APP, CLIENT_WEB };
static const char *const CLIENT[] = {"app", "web", NULL};

struct login_in {
	const char *email;
	const char *password;
	enum client client;
	const char *totp_code;
};

static const struct field LOGIN_IN_FIELDS[] = {
	TEXT(login_in, email, REQ | PERSONAL, 254),
	TEXT(login_in, password, REQ | PERSONAL | VERBATIM, 200),
	ENUM(login_in, client, 0, enum client, CLIENT),
	TEXT(login_in, totp_code, 0, 10),
};
const struct table LOGIN_IN = TABLE(login_in, "login_request", LOGIN_IN_FIELDS);

struct refresh_in {
	const char *refresh_token;
};

static const struct field REFRESH_IN_FIELDS[] = {
	TEXT(refresh_in, refresh_token, 0, 100),
};
const struct table REFRESH_IN = TABLE(refresh_in, "refresh_request", REFRESH_IN_FIELDS);

struct user_out {
	const char *id;
	const char *email;
	const char *name;
};

static const struct field USER_OUT_FIELDS[] = {
	ID(user_out, id, RO),
	TEXT(user_out, email, RO | PERSONAL, 254),
	TEXT(user_out, name, RO | PERSONAL, 120),
};
static const struct table USER_OUT = TABLE(user_out, "user", USER_OUT_FIELDS);

struct login_out {
	const char *access_token;
	const char *token_type;
	int64_t expires_in;
	const char *refresh_token;
	struct user_out *user;
	struct rows companies;
};

static const struct field LOGIN_OUT_FIELDS[] = {
	TEXT(login_out, access_token, RO, TOKEN_MAX_BYTES),
	TEXT(login_out, token_type, RO, 10),
	INT(login_out, expires_in, RO, 0, 86400),
	TEXT(login_out, refresh_token, RO, 100),
	OBJECT(login_out, user, RO, struct user_out, USER_OUT),
	LIST(login_out, companies, RO, MEMBERSHIP),
};
const struct table LOGIN_OUT = TABLE(login_out, "login_reply", LOGIN_OUT_FIELDS);

struct me {
	const char *id;
	const char *email;
	const char *name;
	bool is_platform_admin;
	bool is_tenant_admin;
	struct rows companies;
	struct rows entered;
	struct membership *company;
	struct texts permissions;
};

static const struct field ME_FIELDS[] = {
	ID(me, id, RO),
	TEXT(me, email, RO | PERSONAL, 254),
	TEXT(me, name, RO | PERSONAL, 120),
	BOOL(me, is_platform_admin, RO),
	BOOL(me, is_tenant_admin, RO),
	LIST(me, companies, RO, MEMBERSHIP),
	LIST(me, entered, RO, COMPANY_ENTRY),
	OBJECT(me, company, RO, struct membership, MEMBERSHIP),
	TEXTS(me, permissions, RO, 64),
};
const struct table ME = TABLE(me, "me", ME_FIELDS);

/* ---- the refresh cookie of browsers ---- */

static const char *cookie_name(const struct req *r)
{
	/* __Host- needs TLS; the sandbox serves plain http on localhost */
	return r->c.conf->server_sandbox ? "fd_refresh" : "__Host-fd_refresh";
}

static const char *cookie_set(struct req *r, const char *value, int max_age)
{
	return mem_printf(r->c.mem, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s",
		cookie_name(r), value, max_age, r->c.conf->server_sandbox ? "" : "; Secure");
}

static const char *cookie_get(struct req *r)
{
	const char *p = req_header(r, "cookie");
	const char *name = cookie_name(r);
	size_t n = strlen(name);

	while (p != NULL && *p != '\0') {
		p += strspn(p, "; ");
		size_t len = strcspn(p, ";");

		if (len > n && strncmp(p, name, n) == 0 && p[n] == '=')
			return mem_text_n(r->c.mem, p + n + 1, len - n - 1);
		p += len;
	}
	return NULL;
}

/* A cookie is sent by the browser whoever asks: only our own pages may use
 * it, which set a header that a foreign form cannot and come from our origin. */
static int check_own_page(struct req *r)
{
	const char *origin = req_header(r, "origin");
	const char *host = req_header(r, "host");
	const char *at = origin == NULL ? NULL : strstr(origin, "://");

	if (!text_same(req_header(r, "x-frontdesk"), "1"))
		return err_set(&r->c, E_FORBIDDEN, "The header X-Frontdesk: 1 is missing.");
	if (at == NULL || !text_same(at + 3, host))
		return err_set(&r->c, E_FORBIDDEN, "This comes from another site.");
	return 0;
}

/* ---- handlers ---- */

static int reply_session(struct req *r, const struct session *s)
{
	struct ctx *c = &r->c;
	struct token_claims claims = {.user_id = s->user_id, .session_id = s->session_id};
	struct user_out user = {s->user_id, s->email, s->name};
	struct login_out out = {
		.token_type = "Bearer", .expires_in = TOKEN_TTL_SECONDS, .companies = s->companies};

	claims.issued_at = c->now;
	claims.expires_at.ms = c->now.ms + TOKEN_TTL_SECONDS * INT64_C(1000);
	out.access_token = token_make(c, c->conf->token_keys, &claims);
	out.user = &user;
	if (s->is_web)
		r->cookie = cookie_set(r, s->refresh_token, SESSION_DAYS * 86400);
	else
		out.refresh_token = s->refresh_token;
	return reply(r, 200, &LOGIN_OUT, &out);
}

int h_login(struct req *r)
{
	const struct login_in *in = r->in;
	const char *agent = req_header(r, "user-agent");
	struct login l = {
		.email = in->email,
		.password = in->password,
		.is_web = in->client == CLIENT_WEB,
		.user_agent = agent == NULL                ? NULL
			: utf8_valid(agent, strlen(agent)) ? utf8_cut(r->c.mem, agent, 200)
							   : NULL,
	};
	struct session s;

	if (login(&r->c, &l, &s) < 0)
		return -1;
	return reply_session(r, &s);
}

int h_refresh(struct req *r)
{
	const struct refresh_in *in = r->in;
	const char *token = in->refresh_token;
	struct session s;

	if (token == NULL) {
		token = cookie_get(r);
		if (token == NULL)
			return err_set(&r->c, E_UNAUTHENTICATED, NULL);
		if (check_own_page(r) < 0)
			return -1;
	}
	if (session_refresh(&r->c, token, &s) < 0)
		return -1;
	return reply_session(r, &s);
}

int h_logout(struct req *r)
{
	if (session_end(&r->c, r->session_id) < 0)
		return -1;
	auth_forget();
	r->cookie = cookie_set(r, "", 0);
	return reply_empty(r, 204);
}

int h_me(struct req *r)
{
	struct me out = {
		.id = r->who.user_id,
		.email = r->who.email,
		.name = r->who.name,
		.is_platform_admin = r->who.is_platform_admin,
		.is_tenant_admin = r->who.is_tenant_admin,
	};
	bool admin = out.is_platform_admin || out.is_tenant_admin;
	struct membership here = {r->who.company_id, r->who.company_name, r->who.slug, r->who.role};
	bool one = r->who.company_number != 0 &&
		(r->who.memberships == 1 || req_header(r, "x-company-id") != NULL);

	if (membership_list(&r->c, r->who.user_id, &out.companies) < 0)
		return -1;
	if (admin && entry_list(&r->c, r->session_id, &out.entered) < 0)
		return -1;
	if (one) {
		out.company = &here;
		out.permissions = permission_names(&r->c, role_permissions(r->who.role));
	}
	return reply(r, 200, &ME, &out);
}
