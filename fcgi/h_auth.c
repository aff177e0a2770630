#include "fcgi/h_auth.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/token.h"
#include "core/user/account_change.h"
#include "core/user/entry.h"
#include "core/user/signup.h"
#include "core/user/two_factor.h"
#include "fcgi/auth.h"

const char *const CLIENT[3] = {"app", "web", NULL};

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
	TEXT(login_in, totp_code, PERSONAL, CODE_MAX),
};
const struct table LOGIN_IN = TABLE(login_in, "login_request", LOGIN_IN_FIELDS);

struct signup_in {
	const char *company_name;
	const char *country;
	const char *time_zone;
	const char *currency;
	const char *locale;
	const char *name;
	const char *email;
	const char *password;
	enum client client;
};

static const struct field SIGNUP_IN_FIELDS[] = {
	TEXT(signup_in, company_name, REQ, 120),
	TEXT(signup_in, country, REQ, 2),
	TEXT(signup_in, time_zone, REQ, 64),
	TEXT(signup_in, currency, REQ, 3),
	TEXT(signup_in, locale, REQ, 16),
	TEXT(signup_in, name, REQ | PERSONAL, 120),
	TEXT(signup_in, email, REQ | PERSONAL, 254),
	TEXT(signup_in, password, REQ | PERSONAL | VERBATIM, 200),
	ENUM(signup_in, client, 0, enum client, CLIENT),
};
const struct table SIGNUP_IN = TABLE(signup_in, "signup_request", SIGNUP_IN_FIELDS);

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

struct signup_out {
	struct user_out *user;
	struct membership *company;
	const char *access_token;
	const char *token_type;
	int64_t expires_in;
	const char *refresh_token;
};

static const struct field SIGNUP_OUT_FIELDS[] = {
	OBJECT(signup_out, user, RO, struct user_out, USER_OUT),
	OBJECT(signup_out, company, RO, struct membership, MEMBERSHIP),
	TEXT(signup_out, access_token, RO, TOKEN_MAX_BYTES),
	TEXT(signup_out, token_type, RO, 10),
	INT(signup_out, expires_in, RO, 0, 86400),
	TEXT(signup_out, refresh_token, RO, 100),
};
const struct table SIGNUP_OUT = TABLE(signup_out, "signup_reply", SIGNUP_OUT_FIELDS);

struct me {
	const char *id;
	const char *email;
	const char *name;
	const char *locale;
	bool email_verified;
	bool two_factor;
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
	TEXT(me, locale, RO, 16),
	BOOL(me, email_verified, RO),
	BOOL(me, two_factor, RO),
	BOOL(me, is_platform_admin, RO),
	BOOL(me, is_tenant_admin, RO),
	LIST(me, companies, RO, MEMBERSHIP),
	LIST(me, entered, RO, COMPANY_ENTRY),
	OBJECT(me, company, RO, struct membership, MEMBERSHIP),
	TEXTS(me, permissions, RO, 64),
};
const struct table ME = TABLE(me, "me", ME_FIELDS);

static const struct field ME_EDIT_FIELDS[] = {
	TEXT(me, name, REQ | PERSONAL, 120),
	TEXT(me, locale, REQ, 16),
};
const struct table ME_EDIT = TABLE(me, "me_edit", ME_EDIT_FIELDS);

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

/* ---- what a log-in answers ---- */

struct device req_device(struct req *r, enum client client)
{
	const char *agent = req_header(r, "user-agent");

	if (agent != NULL)
		agent = utf8_valid(agent, strlen(agent)) ? utf8_cut(r->c.mem, agent, 200) : NULL;
	return (struct device){.is_web = client == CLIENT_WEB, .user_agent = agent};
}

static const char *access_token(struct req *r, const struct session *s)
{
	struct ctx *c = &r->c;
	struct token_claims claims = {.user_id = s->user_id, .session_id = s->session_id};

	claims.issued_at = c->now;
	claims.expires_at.ms = c->now.ms + TOKEN_TTL_SECONDS * INT64_C(1000);
	return token_make(c, c->conf->token_keys, &claims);
}

/* A browser's goes into a cookie and nowhere else. */
static const char *refresh_token(struct req *r, const struct session *s)
{
	if (!s->is_web)
		return s->refresh_token;
	r->cookie = cookie_set(r, s->refresh_token, SESSION_DAYS * 86400);
	return NULL;
}

int reply_session(struct req *r, const struct session *s)
{
	struct user_out user = {s->user_id, s->email, s->name};
	struct login_out out = {.access_token = access_token(r, s),
		.token_type = "Bearer",
		.expires_in = TOKEN_TTL_SECONDS,
		.refresh_token = refresh_token(r, s),
		.user = &user,
		.companies = s->companies};

	return reply(r, 200, &LOGIN_OUT, &out);
}

/* ---- handlers ---- */

int h_signup(struct req *r)
{
	const struct signup_in *in = r->in;
	struct signup s = {
		.company_name = in->company_name,
		.country = in->country,
		.time_zone = in->time_zone,
		.currency = in->currency,
		.locale = in->locale,
		.name = in->name,
		.email = in->email,
		.password = in->password,
		.device = req_device(r, in->client),
	};
	struct session made;

	if (signup(&r->c, &s, &made) < 0)
		return -1;
	struct user_out user = {made.user_id, made.email, made.name};
	struct signup_out out = {.user = &user,
		.company = made.companies.p,
		.access_token = access_token(r, &made),
		.token_type = "Bearer",
		.expires_in = TOKEN_TTL_SECONDS,
		.refresh_token = refresh_token(r, &made)};
	r->location = "/api/v2/companies/current";
	return reply(r, 201, &SIGNUP_OUT, &out);
}

int h_login(struct req *r)
{
	const struct login_in *in = r->in;
	struct login l = {
		.email = in->email,
		.password = in->password,
		.totp_code = in->totp_code,
		.device = req_device(r, in->client),
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
	struct device device = req_device(r, CLIENT_APP);
	struct session s;

	if (token == NULL) {
		token = cookie_get(r);
		if (token == NULL)
			return err_set(&r->c, E_UNAUTHENTICATED, NULL);
		if (check_own_page(r) < 0)
			return -1;
	}
	if (session_refresh(&r->c, token, &device, &s) < 0)
		return -1;
	return reply_session(r, &s);
}

int h_logout(struct req *r)
{
	/* it may have ended while it was remembered here */
	if (session_end(&r->c, r->who.user_id, r->session_id) < 0 && !err_take(&r->c, E_NOT_FOUND))
		return -1;
	auth_forget();
	r->cookie = cookie_set(r, "", 0);
	return reply_empty(r, 204);
}

/* ---- oneself ---- */

int h_me(struct req *r)
{
	const struct identity *who = &r->who;
	struct me out = {
		.id = who->user_id,
		.email = who->email,
		.name = who->name,
		.locale = who->locale,
		.email_verified = who->email_verified,
		.two_factor = who->two_factor,
		.is_platform_admin = who->is_platform_admin,
		.is_tenant_admin = who->is_tenant_admin,
	};
	bool admin = out.is_platform_admin || out.is_tenant_admin;
	struct membership here = {
		who->company_number, who->company_id, who->company_name, who->slug, who->role};
	bool one = who->company_number != 0 &&
		(who->memberships == 1 || req_header(r, "x-company-id") != NULL);

	if (membership_list(&r->c, who->user_id, &out.companies) < 0)
		return -1;
	if (admin && entry_list(&r->c, r->session_id, &out.entered) < 0)
		return -1;
	if (one) {
		out.company = &here;
		out.permissions = permission_names(&r->c, role_permissions(who->role));
	}
	return reply(r, 200, &ME, &out);
}

int h_me_update(struct req *r)
{
	struct me now = {.name = r->who.name, .locale = r->who.locale};

	table_merge(&ME_EDIT, &now, r->in, r->given);
	if (profile_change(&r->c, r->who.user_id, now.name, now.locale) < 0)
		return -1;
	auth_forget();
	r->who.name = now.name;
	r->who.locale = now.locale;
	return h_me(r);
}
