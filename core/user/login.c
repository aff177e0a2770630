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

/* A step and its audit entry are one transaction. */
struct start {
	const struct account *account;
	const struct login *in;
	struct session *out;
};

static int session_start(struct ctx *c, void *arg)
{
	const struct start *s = arg;
	struct session *out = s->out;

	if (db_exec(c, "CALL sys_session_add(?, ?, ?, ?, ?, ?, ?, ?)", out->session_id,
		    s->account->id, out->is_web ? "web" : "app",
		    text_sha256(c, family_of(c, out->refresh_token)),
		    text_sha256(c, out->refresh_token), c->remote_address, s->in->user_agent,
		    session_expiry(c)) < 0)
		return -1;
	return audit_add(c, "session.start", "session", out->session_id, NULL);
}

struct refusal {
	struct bytes account;
	const char *address;
};

static int login_refuse(struct ctx *c, void *arg)
{
	const struct refusal *f = arg;

	if (db_exec(c, "CALL sys_login_failed(?, ?)", f->account, f->address) < 0)
		return -1;
	return audit_add(c, "session.refuse", "session", NULL, NULL);
}

int login(struct ctx *c, const struct login *in, struct session *out)
{
	const char *email = text_lower(c->mem, in->email);
	struct refusal f = {text_sha256(c, email), c->remote_address};
	struct account a;

	if (f.address == NULL)
		f.address = "local";
	if (check_failures(c, f.account, f.address) < 0)
		return -1;
	int found = db_one(c, &ACCOUNT, &a, "CALL sys_login(?)", email);
	if (found < 0)
		return -1;
	if (!password_check(c, in->password, found ? a.password_hash : NULL)) {
		if (in_tx(c, login_refuse, &f) < 0)
			return -1;
		return err_set(c, E_INVALID_CREDENTIALS, NULL);
	}
	if (db_exec(c, "CALL sys_login_succeeded(?, ?)", f.account, f.address) < 0)
		return -1;
	c->actor = ACTOR_USER;
	c->actor_id = a.id;
	*out = (struct session){.session_id = id_new(c),
		.refresh_token = new_refresh_token(c, random_text(c, FAMILY_BYTES)),
		.is_web = in->is_web,
		.user_id = a.id,
		.email = a.email,
		.name = a.name};
	return in_tx(c, session_start, &(struct start){&a, in, out});
}

static int reuse_record(struct ctx *c, void *session_id)
{
	return audit_add(c, "session.reuse", "session", session_id, NULL);
}

int session_refresh(struct ctx *c, const char *refresh_token, struct session *out)
{
	const char *family = family_of(c, refresh_token);
	const char *next = new_refresh_token(c, family);
	struct refreshed r;
	int rc = db_one(c, &REFRESHED, &r, "CALL sys_session_refresh(?, ?, ?, ?)",
		text_sha256(c, family), text_sha256(c, refresh_token), text_sha256(c, next),
		session_expiry(c));

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(c, E_UNAUTHENTICATED, "Your session has ended: log in again.");
	if (r.outcome == 2) {
		if (in_tx(c, reuse_record, mem_text(c->mem, r.session_id)) < 0)
			return -1;
		return err_set(c, E_UNAUTHENTICATED,
			"This session was used from two places and has been ended: log in again.");
	}
	*out = (struct session){.session_id = r.session_id,
		.refresh_token = next,
		.is_web = strcmp(r.client, "web") == 0,
		.user_id = r.id,
		.email = r.email,
		.name = r.name};
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
