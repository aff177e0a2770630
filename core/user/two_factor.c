#include "core/user/two_factor.h"
#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/qr.h"
#include "core/sys/totp.h"
#include "core/user/account_mail.h"

#define ISSUER "Frontdesk"
#define RECOVERY_BYTES 10 /* 16 characters of base32 */
#define RECOVERY_LENGTH 16

static const struct field SETUP_FIELDS[] = {
	TEXT(two_factor_setup, secret, RO | PERSONAL, 64),
	TEXT(two_factor_setup, otpauth_url, RO | PERSONAL, 1000),
	TEXT(two_factor_setup, qr_svg, RO | PERSONAL, 600000),
};
const struct table TWO_FACTOR_SETUP = TABLE(two_factor_setup, "two_factor_setup", SETUP_FIELDS);

/* ---- the secret ---- */

static struct cell_place place(const char *user_id)
{
	return (struct cell_place){"user", "totp_cell", 0, user_id};
}

/* The same secret as long as the cell is the same. 1, 0 (wrong, or used), -1. */
static int use_code_of(struct ctx *c, const struct account *a, const char *code)
{
	struct bytes secret;
	int64_t changed;

	if (cell_open(c, c->conf->keyring, place(a->id), a->totp_cell, &secret) < 0)
		return -1;
	int64_t step = totp_step(secret, code, c->now);
	if (step == 0)
		return 0;
	if (db_int(c, &changed, "CALL sys_totp_step(?, ?, ?)", a->id, a->totp_cell, step) < 0)
		return -1;
	return changed > 0;
}

/* A cell that was sealed anew meanwhile (keys rotate) is another one, too. */
static int use_app_code(struct ctx *c, const struct account *a, const char *code)
{
	struct account now;
	int rc = use_code_of(c, a, code);

	if (rc != 0)
		return rc;
	rc = account_find(c, a->id, &now);
	if (rc <= 0 || now.totp_cell.p == NULL || secret_same(now.totp_cell, a->totp_cell))
		return rc < 0 ? -1 : 0;
	return use_code_of(c, &now, code);
}

/* ---- recovery codes ---- */

/* Capitals without what people write between them. */
static const char *recovery_plain(struct ctx *c, const char *code)
{
	char *out = mem_text(c->mem, code), *p = out;

	for (; *code != '\0'; code++) {
		if (*code >= 'a' && *code <= 'z')
			*p++ = (char)(*code - ('a' - 'A'));
		else if (*code != ' ' && *code != '-')
			*p++ = *code;
	}
	*p = '\0';
	return out;
}

static void recovery_hash(const char *plain, uint8_t out[SHA256_SIZE])
{
	sha256((struct bytes){(const uint8_t *)plain, strlen(plain)}, out);
}

static const char *recovery_new(struct ctx *c, uint8_t hash[SHA256_SIZE])
{
	uint8_t raw[RECOVERY_BYTES];

	random_bytes(raw, sizeof(raw));
	const char *s = base32_encode(c->mem, (struct bytes){raw, sizeof(raw)});

	explicit_bzero(raw, sizeof(raw));
	recovery_hash(s, hash);
	return mem_printf(c->mem, "%.4s-%.4s-%.4s-%.4s", s, s + 4, s + 8, s + 12);
}

static int use_recovery_code(struct ctx *c, const struct account *a, const char *plain)
{
	uint8_t raw[SHA256_SIZE];
	struct bytes hash = {raw, sizeof(raw)};
	int64_t used;

	recovery_hash(plain, raw);
	if (db_int(c, &used, "CALL sys_recovery_code_use(?, ?)", a->id, hash) < 0)
		return -1;
	if (used == 0)
		return 0;
	return audit_add(c, "recovery_code.use", "user", a->id, NULL) < 0 ? -1 : 1;
}

static int recovery_codes(struct ctx *c, const char *user_id, struct texts *out)
{
	uint8_t *raw = mem_alloc(c->mem, RECOVERY_CODES * SHA256_SIZE);
	struct bytes hashes = {raw, RECOVERY_CODES * SHA256_SIZE};

	*out = (struct texts){mem_alloc(c->mem, RECOVERY_CODES * sizeof(char *)), 0};
	for (; out->n < RECOVERY_CODES; out->n++)
		out->p[out->n] = recovery_new(c, raw + out->n * SHA256_SIZE);
	return db_exec(c, "CALL sys_recovery_codes_set(?, ?)", user_id, hashes);
}

int two_factor_use(struct ctx *c, const struct account *a, const char *code)
{
	const char *plain = recovery_plain(c, code);

	if (a->totp_cell.p == NULL)
		return 0;
	if (strlen(plain) == RECOVERY_LENGTH)
		return a->two_factor ? use_recovery_code(c, a, plain) : 0;
	return use_app_code(c, a, plain);
}

/* ---- setting it up, and ending it: each a transaction ---- */

struct step {
	const char *user_id;
	struct account account;
	struct bytes cell;
	const char *code;
	bool wrong; /* the code */
	struct texts *codes;
};

/* Where it must be on, or must be off. */
static int find(struct ctx *c, struct step *s, bool on)
{
	int rc = account_find(c, s->user_id, &s->account);

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(c, E_UNAUTHENTICATED, NULL);
	if (s->account.two_factor != on)
		return err_set(c, E_STATE,
			on ? "Two-factor log-in is off."
			   : "Two-factor log-in is on: turn it off first.");
	return 0;
}

static int store_secret(struct ctx *c, void *arg)
{
	struct step *s = arg;
	int64_t changed;

	if (find(c, s, false) < 0 ||
		db_int(c, &changed, "CALL sys_totp_set(?, ?)", s->user_id, s->cell) < 0)
		return -1;
	if (changed == 0)
		return err_set(c, E_STATE, "Two-factor log-in is on: turn it off first.");
	return audit_add(c, "two_factor.setup", "user", s->user_id, NULL);
}

int two_factor_setup(struct ctx *c, const char *user_id, struct two_factor_setup *out)
{
	struct step s = {.user_id = user_id};
	uint8_t *raw = mem_alloc(c->mem, TOTP_SECRET_BYTES);
	struct bytes secret = {raw, TOTP_SECRET_BYTES};

	random_bytes(raw, TOTP_SECRET_BYTES);
	if (cell_seal(c, c->conf->keyring, place(user_id), secret, &s.cell) < 0 ||
		in_tx(c, store_secret, &s) < 0)
		return -1;
	out->secret = base32_encode(c->mem, secret);
	out->otpauth_url = totp_url(c->mem, secret, ISSUER, s.account.email);
	out->qr_svg = qr_svg(c, out->otpauth_url);
	explicit_bzero(raw, TOTP_SECRET_BYTES);
	return 0;
}

/* A code is used up together with what it is for. 1, 0 (wrong), -1. */
static int take_code(struct ctx *c, struct step *s)
{
	if (failures_check(c, failure_account(c, s->account.email)) < 0)
		return -1;
	int rc = two_factor_use(c, &s->account, s->code);
	s->wrong = rc == 0;
	return rc;
}

static int refuse_code(struct ctx *c, void *arg)
{
	const struct step *s = arg;

	if (failure_add(c, failure_account(c, s->account.email), true) < 0)
		return -1;
	return audit_add(c, "code.refuse", "user", s->user_id, NULL);
}

static int with_code(struct ctx *c, struct step *s, int (*fn)(struct ctx *c, void *arg))
{
	if (in_tx(c, fn, s) < 0)
		return -1;
	if (!s->wrong)
		return 0;
	if (in_tx(c, refuse_code, s) < 0)
		return -1;
	return err_field(c, "code", "is wrong, or was used before");
}

static int enable(struct ctx *c, void *arg)
{
	struct step *s = arg;
	int64_t changed;

	if (find(c, s, false) < 0)
		return -1;
	if (s->account.totp_cell.p == NULL)
		return err_set(c, E_STATE, "Set up two-factor log-in first.");
	int rc = take_code(c, s);
	if (rc <= 0)
		return rc;
	if (db_int(c, &changed, "CALL sys_totp_enable(?)", s->user_id) < 0)
		return -1;
	if (changed == 0)
		return err_set(c, E_STATE, "Two-factor log-in is on already.");
	if (recovery_codes(c, s->user_id, s->codes) < 0 ||
		account_notice(c, MAIL_TWO_FACTOR_ON, &s->account) < 0)
		return -1;
	return audit_add(c, "two_factor.enable", "user", s->user_id, NULL);
}

int two_factor_enable(struct ctx *c, const char *user_id, const char *code, struct texts *codes)
{
	struct step s = {.user_id = user_id, .code = code, .codes = codes};

	return with_code(c, &s, enable);
}

static int disable(struct ctx *c, void *arg)
{
	struct step *s = arg;
	int rc = find(c, s, true) < 0 ? -1 : take_code(c, s);

	if (rc <= 0)
		return rc;
	if (db_exec(c, "CALL sys_totp_disable(?)", s->user_id) < 0 ||
		account_notice(c, MAIL_TWO_FACTOR_OFF, &s->account) < 0)
		return -1;
	return audit_add(c, "two_factor.disable", "user", s->user_id, NULL);
}

int two_factor_disable(struct ctx *c, const char *user_id, const char *password, const char *code)
{
	struct step s = {.user_id = user_id, .code = code};

	if (account_prove(c, user_id, password, &s.account) < 0)
		return -1;
	return with_code(c, &s, disable);
}

static int renew_codes(struct ctx *c, void *arg)
{
	struct step *s = arg;

	if (find(c, s, true) < 0 || recovery_codes(c, s->user_id, s->codes) < 0)
		return -1;
	return audit_add(c, "recovery_code.renew", "user", s->user_id, NULL);
}

int two_factor_new_codes(
	struct ctx *c, const char *user_id, const char *password, struct texts *codes)
{
	struct step s = {.user_id = user_id, .codes = codes};

	if (account_prove(c, user_id, password, &s.account) < 0)
		return -1;
	return in_tx(c, renew_codes, &s);
}
