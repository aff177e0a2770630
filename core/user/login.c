#include "core/user/user.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/password.h"

#define ACCOUNT_FAILURES_MAX 5  /* per address and account in 15 minutes */
#define ADDRESS_FAILURES_MAX 50 /* per address in 15 minutes */
#define FAMILY_BYTES 16
#define FAMILY_LENGTH 22 /* of those in base64url */
#define REFRESH_BYTES 32

struct account {
	const char *id;
	const char *email;
	const char *name;
	const char *password_hash;
	bool is_platform_admin;
};

static const struct field ACCOUNT_FIELDS[] = {
	ID(account, id, RO),
	TEXT(account, email, RO | PERSONAL, 254),
	TEXT(account, name, RO | PERSONAL, 120),
	TEXT(account, password_hash, HIDDEN, 100),
	BOOL(account, is_platform_admin, RO),
};
static const struct table ACCOUNT = TABLE(account, "account", ACCOUNT_FIELDS);

struct failures {
	int64_t account_failures;
	int64_t address_failures;
};

static const struct field FAILURES_FIELDS[] = {
	INT(failures, account_failures, RO, 0, INT64_MAX),
	INT(failures, address_failures, RO, 0, INT64_MAX),
};
static const struct table FAILURES = TABLE(failures, "failures", FAILURES_FIELDS);

struct refreshed {
	int64_t outcome;
	const char *session_id;
	const char *client;
	const char *id;
	const char *email;
	const char *name;
	bool is_platform_admin;
};

static const struct field REFRESHED_FIELDS[] = {
	INT(refreshed, outcome, RO, 1, 2),
	ID(refreshed, session_id, RO),
	TEXT(refreshed, client, RO, 3),
	ID(refreshed, id, RO),
	TEXT(refreshed, email, RO | PERSONAL, 254),
	TEXT(refreshed, name, RO | PERSONAL, 120),
	BOOL(refreshed, is_platform_admin, RO),
};
static const struct table REFRESHED = TABLE(refreshed, "refreshed", REFRESHED_FIELDS);

/* ---- rules ---- */

static struct bytes text_sha256(struct ctx *c, const char *s)
{
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);
	struct bytes in = {(const uint8_t *)s, strlen(s)};
	struct bytes out = {hash, SHA256_SIZE};

	sha256(in, hash);
	return out;
}

static int check_failures(struct ctx *c, struct bytes account, const char *address)
{
	struct failures f;
	int64_t factor = c->conf->limits_factor;

	if (db_one(c, &FAILURES, &f, "CALL sys_login_failures(?, ?)", account, address) < 0)
		return -1;
	if (f.account_failures < ACCOUNT_FAILURES_MAX * factor &&
		f.address_failures < ADDRESS_FAILURES_MAX * factor)
		return 0;
	c->err.retry_after = 15 * 60;
	return err_set(c, E_RATE_LIMITED, "Too many failed log-ins: wait 15 minutes.");
}

static ts_t session_expiry(const struct ctx *c)
{
	ts_t t = {c->now.ms + SESSION_DAYS * INT64_C(86400000)};

	return t;
}

static const char *random_text(struct ctx *c, size_t n)
{
	uint8_t raw[REFRESH_BYTES];

	random_bytes(raw, n);
	return base64url_encode(c->mem, (struct bytes){raw, n});
}

/* A refresh token begins with what all tokens of its session begin with: so a
 * spent one is recognised however long ago it was spent. */
static const char *family_of(struct ctx *c, const char *token)
{
	return mem_text_n(c->mem, token, strnlen(token, FAMILY_LENGTH));
}

static const char *new_refresh_token(struct ctx *c, const char *family)
{
	return mem_printf(c->mem, "%s%s", family, random_text(c, REFRESH_BYTES));
}

/* ---- log-in: steps, each a transaction of its own ---- */

struct attempt {
	const struct login *in;
	const char *email;
	struct bytes account_hash;
	const char *address;
	struct account account;
	bool known;
	struct session *out;
};

static int attempt_look(struct ctx *c, void *arg)
{
	struct attempt *a = arg;

	if (check_failures(c, a->account_hash, a->address) < 0)
		return -1;
	int rc = db_one(c, &ACCOUNT, &a->account, "CALL sys_login(?)", a->email);
	a->known = rc == 1;
	return rc;
}

static int attempt_refuse(struct ctx *c, void *arg)
{
	const struct attempt *a = arg;

	if (db_exec(c, "CALL sys_login_failed(?, ?)", a->account_hash, a->address) < 0)
		return -1;
	return audit_add(c, "session.refuse", "session", NULL, NULL);
}

static int session_start(struct ctx *c, void *arg)
{
	const struct attempt *a = arg;
	struct session *out = a->out;

	if (db_exec(c, "CALL sys_login_succeeded(?, ?)", a->account_hash, a->address) < 0)
		return -1;
	if (db_exec(c, "CALL sys_session_add(?, ?, ?, ?, ?, ?, ?, ?)", out->session_id,
		    a->account.id, out->is_web ? "web" : "app",
		    text_sha256(c, family_of(c, out->refresh_token)),
		    text_sha256(c, out->refresh_token), c->remote_address, a->in->user_agent,
		    session_expiry(c)) < 0)
		return -1;
	if (audit_add(c, "session.start", "session", out->session_id, NULL) < 0)
		return -1;
	return membership_list(c, out->user_id, &out->companies);
}

int login(struct ctx *c, const struct login *in, struct session *out)
{
	const char *email = text_lower(c->mem, in->email);
	struct attempt a = {.in = in, .email = email, .address = c->remote_address, .out = out};

	a.account_hash = text_sha256(c, email);
	if (a.address == NULL)
		a.address = "local";
	if (in_tx(c, attempt_look, &a) < 0)
		return -1;
	if (!password_check(c, in->password, a.known ? a.account.password_hash : NULL)) {
		if (in_tx(c, attempt_refuse, &a) < 0)
			return -1;
		return err_set(c, E_INVALID_CREDENTIALS, NULL);
	}
	c->actor = ACTOR_USER;
	c->actor_id = a.account.id;
	*out = (struct session){.session_id = id_new(c),
		.refresh_token = new_refresh_token(c, random_text(c, FAMILY_BYTES)),
		.is_web = in->is_web,
		.user_id = a.account.id,
		.email = a.account.email,
		.name = a.account.name};
	return in_tx(c, session_start, &a);
}

/* ---- refreshing ---- */

struct refreshing {
	const char *spent;
	const char *next;
	struct refreshed found;
	struct rows companies;
};

/* The token is spent only together with all that its answer needs. */
static int session_renew(struct ctx *c, void *arg)
{
	struct refreshing *a = arg;
	int rc = db_one(c, &REFRESHED, &a->found, "CALL sys_session_refresh(?, ?, ?, ?)",
		text_sha256(c, family_of(c, a->spent)), text_sha256(c, a->spent),
		text_sha256(c, a->next), session_expiry(c));

	if (rc <= 0)
		return rc;
	if (a->found.outcome == 2)
		return audit_add(c, "session.reuse", "session", a->found.session_id, NULL);
	return membership_list(c, a->found.id, &a->companies);
}

int session_refresh(struct ctx *c, const char *refresh_token, struct session *out)
{
	struct refreshing a = {
		.spent = refresh_token, .next = new_refresh_token(c, family_of(c, refresh_token))};
	const struct refreshed *r = &a.found;

	if (in_tx(c, session_renew, &a) < 0)
		return -1;
	if (r->session_id == NULL)
		return err_set(c, E_UNAUTHENTICATED, "Your session has ended: log in again.");
	if (r->outcome == 2)
		return err_set(c, E_UNAUTHENTICATED,
			"This session was used from two places and has been ended: log in again.");
	*out = (struct session){.session_id = r->session_id,
		.refresh_token = a.next,
		.is_web = strcmp(r->client, "web") == 0,
		.user_id = r->id,
		.email = r->email,
		.name = r->name,
		.companies = a.companies};
	return 0;
}

static int session_revoke(struct ctx *c, void *session_id)
{
	if (db_exec(c, "CALL sys_session_revoke(?)", (const char *)session_id) < 0)
		return -1;
	return audit_add(c, "session.end", "session", session_id, NULL);
}

int session_end(struct ctx *c, const char *session_id)
{
	return in_tx(c, session_revoke, mem_text(c->mem, session_id));
}
