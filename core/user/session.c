#include "core/user/session.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/link.h"
#include "core/user/account.h"

#define FAMILY_BYTES 16
#define FAMILY_LENGTH 22 /* of those in base64url */
#define REFRESH_BYTES 32

struct refreshed {
	int64_t outcome;
	const char *session_id;
	const char *client;
	const char *id;
	const char *email;
	const char *name;
};

static const struct field REFRESHED_FIELDS[] = {
	INT(refreshed, outcome, RO, 1, 2),
	ID(refreshed, session_id, RO),
	TEXT(refreshed, client, RO, 3),
	ID(refreshed, id, RO),
	TEXT(refreshed, email, RO | PERSONAL, 254),
	TEXT(refreshed, name, RO | PERSONAL, 120),
};
static const struct table REFRESHED = TABLE(refreshed, "refreshed", REFRESHED_FIELDS);

static const struct field ROW_FIELDS[] = {
	ID(session_row, id, RO),
	TEXT(session_row, client, RO, 3),
	TEXT(session_row, user_agent, RO, 200),
	TEXT(session_row, remote_address, RO | PERSONAL, 45),
	TIME(session_row, created_at, RO),
	TIME(session_row, refreshed_at, RO),
	TIME(session_row, expires_at, RO),
	BOOL(session_row, current, RO | NOCOL),
};
const struct table SESSION_ROW = TABLE(session_row, "session", ROW_FIELDS);

/* ---- refresh tokens ---- */

static struct bytes text_sha256(struct ctx *c, const char *s)
{
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);

	sha256((struct bytes){(const uint8_t *)s, strlen(s)}, hash);
	return (struct bytes){hash, SHA256_SIZE};
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

static const char *first_token(struct ctx *c)
{
	return mem_printf(
		c->mem, "%s%s", random_text(c, FAMILY_BYTES), random_text(c, REFRESH_BYTES));
}

static const char *successor_of(struct ctx *c, const char *token)
{
	uint8_t mac[SHA256_SIZE];

	link_mac(c, "frontdesk session: the token that follows a refresh token", token, mac);
	return mem_printf(c->mem, "%s%s", family_of(c, token),
		base64url_encode(c->mem, (struct bytes){mac, sizeof(mac)}));
}

static ts_t expiry(const struct ctx *c)
{
	return (ts_t){c->now.ms + SESSION_DAYS * INT64_C(86400000)};
}

/* ---- starting ---- */

int session_start(
	struct ctx *c, const struct account *a, const struct device *d, struct session *out)
{
	*out = (struct session){.session_id = id_new(c),
		.refresh_token = first_token(c),
		.is_web = d->is_web,
		.user_id = a->id,
		.email = a->email,
		.name = a->name};
	if (db_exec(c, "CALL sys_session_add(?, ?, ?, ?, ?, ?, ?, ?)", out->session_id, a->id,
		    d->is_web ? "web" : "app", text_sha256(c, family_of(c, out->refresh_token)),
		    text_sha256(c, out->refresh_token), c->remote_address, d->user_agent,
		    expiry(c)) < 0)
		return -1;
	if (membership_list(c, a->id, &out->companies) < 0)
		return -1;
	return account_audit(c, "session.start", a->id, &out->companies);
}

/* ---- refreshing ---- */

struct refreshing {
	const char *spent;
	const char *next;
	const struct device *device;
	struct refreshed found;
	struct rows companies;
};

/* The token is spent only together with all that its answer needs. */
static int renew(struct ctx *c, void *arg)
{
	struct refreshing *a = arg;
	int rc = db_one(c, &REFRESHED, &a->found, "CALL sys_session_refresh(?, ?, ?, ?, ?, ?)",
		text_sha256(c, family_of(c, a->spent)), text_sha256(c, a->spent),
		text_sha256(c, a->next), expiry(c), c->remote_address, a->device->user_agent);

	if (rc <= 0)
		return rc;
	if (a->found.outcome == 2)
		return audit_add(c, "session.reuse", "session", a->found.session_id, NULL);
	return membership_list(c, a->found.id, &a->companies);
}

int session_refresh(
	struct ctx *c, const char *refresh_token, const struct device *d, struct session *out)
{
	struct refreshing a = {
		.spent = refresh_token, .next = successor_of(c, refresh_token), .device = d};
	const struct refreshed *r = &a.found;

	if (in_tx(c, renew, &a) < 0)
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

/* ---- what its owner sees, and ends ---- */

int session_list(struct ctx *c, const char *user_id, const char *current, struct rows *out)
{
	if (db_rows(c, &SESSION_ROW, out, "CALL sys_sessions(?)", user_id) < 0)
		return -1;
	struct session_row *s = out->p;
	for (size_t i = 0; i < out->n; i++)
		s[i].current = text_same(s[i].id, current);
	return 0;
}

int session_end(struct ctx *c, const char *user_id, const char *session_id)
{
	int64_t revoked;

	if (db_int(c, &revoked, "CALL sys_session_revoke(?, ?)", user_id, session_id) < 0 ||
		db_must(c, revoked > 0, "session", session_id) < 0)
		return -1;
	return audit_add(c, "session.end", "session", session_id, NULL);
}

int sessions_end(struct ctx *c, const char *user_id, const char *but)
{
	if (db_exec(c, "CALL sys_sessions_revoke(?, ?)", user_id, but) < 0)
		return -1;
	return audit_add(c, "session.end_all", "user", user_id, NULL);
}
