#include "core/user/account.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/password.h"

#define ACCOUNT_FAILURES_MAX 5  /* per address and account in 15 minutes */
#define ADDRESS_FAILURES_MAX 50 /* per address in 15 minutes */
#define AUDITED_COMPANIES_MAX 5

static const struct field ACCOUNT_FIELDS[] = {
	ID(account, id, RO),
	TEXT(account, email, RO | PERSONAL, 254),
	TEXT(account, name, RO | PERSONAL, 120),
	TEXT(account, locale, RO, 16),
	TEXT(account, password_hash, HIDDEN, 100),
	BOOL(account, is_platform_admin, RO),
	BOOL(account, email_verified, RO),
	BYTES(account, totp_cell, RO, 200),
	BOOL(account, two_factor, RO),
};
static const struct table ACCOUNT = TABLE(account, "account", ACCOUNT_FIELDS);

struct failures {
	int64_t account_failures;
	int64_t code_failures;
	int64_t address_failures;
};

static const struct field FAILURES_FIELDS[] = {
	INT(failures, account_failures, RO, 0, INT64_MAX),
	INT(failures, code_failures, RO, 0, INT64_MAX),
	INT(failures, address_failures, RO, 0, INT64_MAX),
};
static const struct table FAILURES = TABLE(failures, "failures", FAILURES_FIELDS);

/* ---- storage ---- */

int account_by_email(struct ctx *c, const char *email, struct account *out)
{
	return db_one(c, &ACCOUNT, out, "CALL sys_login(?)", email);
}

int account_find(struct ctx *c, const char *id, struct account *out)
{
	return db_one(c, &ACCOUNT, out, "CALL sys_account(?)", id);
}

static const char *address_of(const struct ctx *c)
{
	return c->remote_address != NULL ? c->remote_address : "local";
}

int failure_add(struct ctx *c, struct bytes account_hash, bool is_code)
{
	return db_exec(c, "CALL sys_login_failed(?, ?, ?)", account_hash, address_of(c), is_code);
}

int failures_forget(struct ctx *c, struct bytes account_hash)
{
	return db_exec(c, "CALL sys_login_succeeded(?, ?)", account_hash, address_of(c));
}

/* ---- rules ---- */

int account_email(struct ctx *c, const char *field, const char **email)
{
	const char *s = text_lower(c->mem, *email), *p = s;

	while (*p > ' ' && *p < 0x7F)
		p++;
	if (*p != '\0' || !text_is_email(s) || !text_same(mail_address(c, s), s))
		return err_field(c, field, "is not an address that mail can be sent to");
	*email = s;
	return 0;
}

struct bytes failure_account(struct ctx *c, const char *email)
{
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);

	sha256((struct bytes){(const uint8_t *)email, strlen(email)}, hash);
	return (struct bytes){hash, SHA256_SIZE};
}

int failures_check(struct ctx *c, struct bytes account_hash)
{
	struct failures f;
	int64_t factor = c->conf->limits_factor;

	if (db_one(c, &FAILURES, &f, "CALL sys_login_failures(?, ?)", account_hash, address_of(c)) <
		0)
		return -1;
	if (f.account_failures < ACCOUNT_FAILURES_MAX * factor &&
		f.code_failures < c->conf->limits_codes * factor &&
		f.address_failures < ADDRESS_FAILURES_MAX * factor)
		return 0;
	c->err.retry_after = 15 * 60;
	return err_set(c, E_RATE_LIMITED, "Too many failed log-ins: wait 15 minutes.");
}

static int audit_in(
	struct ctx *c, const char *action, const char *subject_id, const struct membership *company)
{
	uint32_t number = c->company;
	const char *id = c->company_id;

	c->company = (uint32_t)company->company_number;
	c->company_id = company->id;
	int rc = audit_add(c, action, "user", subject_id, NULL);
	c->company = number;
	c->company_id = id;
	return rc;
}

int account_audit(
	struct ctx *c, const char *action, const char *user_id, const struct rows *companies)
{
	const struct membership *m = companies->p;

	if (audit_add(c, action, "user", user_id, NULL) < 0)
		return -1;
	for (size_t i = 0; i < companies->n && companies->n <= AUDITED_COMPANIES_MAX; i++) {
		if (audit_in(c, action, user_id, &m[i]) < 0)
			return -1;
	}
	return 0;
}

/* ---- proof: steps, each a transaction of its own ---- */

struct proving {
	const char *user_id;
	struct account *out;
	struct bytes account_hash;
};

static int proof_look(struct ctx *c, void *arg)
{
	struct proving *p = arg;
	int rc = account_find(c, p->user_id, p->out);

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(c, E_UNAUTHENTICATED, NULL);
	p->account_hash = failure_account(c, p->out->email);
	return failures_check(c, p->account_hash);
}

static int proof_refuse(struct ctx *c, void *arg)
{
	const struct proving *p = arg;

	if (failure_add(c, p->account_hash, false) < 0)
		return -1;
	return audit_add(c, "password.refuse", "user", p->out->id, NULL);
}

int account_prove(struct ctx *c, const char *user_id, const char *password, struct account *out)
{
	struct proving p = {.user_id = user_id, .out = out};

	if (in_tx(c, proof_look, &p) < 0)
		return -1;
	if (password_check(c, password, out->password_hash))
		return 0;
	if (in_tx(c, proof_refuse, &p) < 0)
		return -1;
	return err_field(c, "password", "is wrong");
}
