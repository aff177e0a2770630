#include "core/phone/phone.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/sys/phone_number.h"
#include "core/tenant/company.h"

const char *const NUMBER_MATCH[] = {"", "exact", "notation", "last_ten_digits", NULL};

static const struct field FIELDS[] = {
	ID(phone_number, id, RO),
	REF(phone_number, branch_id, REQ | FILTER, BRANCH),
	TEXT(phone_number, e164, REQ | BY | SEARCH | ASCII, 40),
	TEXT(phone_number, label, 0, 80),
	TEXT(phone_number, language, 0, 16),
	BOOL(phone_number, is_active, FILTER),
};
static const struct phone_number FRESH = {.language = "en", .is_active = true};
const struct table PHONE_NUMBER = TABLE_FRESH(phone_number, "phone_number", FIELDS, SOFT, FRESH);

/* ---- storage ---- */

static int find_e164(struct ctx *c, const char *e164, struct phone_number *out)
{
	return db_one(c, &PHONE_NUMBER, out,
		"SELECT {cols} FROM phone_number WHERE e164 = ? AND is_active"
		" AND deleted_at IS NULL",
		e164);
}

/* Up to two: more than one is as good as none. */
static int find_ending(struct ctx *c, const char *ten_digits, struct rows *out)
{
	return db_rows(c, &PHONE_NUMBER, out,
		"SELECT {cols} FROM phone_number WHERE RIGHT(e164, 10) = ? AND is_active"
		" AND deleted_at IS NULL LIMIT 2",
		ten_digits);
}

/* 1 and its id when this company deleted it. */
static int find_deleted(struct ctx *c, const char *e164, struct phone_number *out)
{
	return db_one(c, &PHONE_NUMBER, out,
		"SELECT {cols} FROM phone_number WHERE e164 = ? AND deleted_at IS NOT NULL"
		" FOR UPDATE",
		e164);
}

static int undelete(struct ctx *c, const char *id)
{
	return db_exec(c, "UPDATE phone_number SET deleted_at = NULL WHERE id = ?", id);
}

/* How many companies have it; whoever adds it at the same moment is waited for,
 * or waits. */
static int count_owners(struct ctx *c, const char *e164, int64_t *n)
{
	return db_int(c, n, "CALL sys_number_owners(?)", e164);
}

/* ---- rules ---- */

/* As numbers are stored. Anything else cannot be one of ours as it stands. */
static bool is_e164(const char *s)
{
	return s[0] == '+' && s[1] != '\0' && strspn(s + 1, "0123456789") == strlen(s + 1);
}

static int by_notation(struct ctx *c, const char *written, struct phone_number *out)
{
	struct company co;
	const char *e164;

	if (company_current(c, &co) < 0)
		return -1;
	e164 = phone_e164(c->mem, written, co.country);
	if (e164 == NULL || strcmp(e164, written) == 0)
		return 0;
	return find_e164(c, e164, out);
}

static int by_last_ten(struct ctx *c, const char *written, struct phone_number *out)
{
	const char *digits = text_digits(c->mem, written);
	size_t n = strlen(digits);
	struct rows found;

	if (n < 10)
		return 0;
	if (find_ending(c, digits + n - 10, &found) < 0)
		return -1;
	if (found.n != 1)
		return 0;
	*out = *(const struct phone_number *)found.p;
	return 1;
}

int phone_resolve(
	struct ctx *c, const char *written, struct phone_number *out, enum number_match *match)
{
	int rc;

	*match = MATCH_NONE;
	if (text_empty(written) || strlen(written) > PHONE_MAX)
		return 0;
	rc = is_e164(written) ? find_e164(c, written, out) : 0;
	if (rc != 0) {
		*match = MATCH_EXACT;
		return rc;
	}
	rc = by_notation(c, written, out);
	if (rc != 0) {
		*match = MATCH_NOTATION;
		return rc;
	}
	rc = by_last_ten(c, written, out);
	if (rc != 0)
		*match = MATCH_LAST_TEN_DIGITS;
	return rc;
}

static int check(struct ctx *c, struct phone_number *n)
{
	int rc = company_phone(c, "e164", &n->e164);

	if (rc < 0 && c->err.code != E_INVALID)
		return -1;
	if (!text_is_language(n->language))
		rc = err_field(c, "language", "is not a language like en or de-AT");
	return rc;
}

static int taken(struct ctx *c)
{
	return err_set(c, E_DUPLICATE, "This number is in use already.");
}

/* Stored first, then counted: of two companies that do it at once, one sees
 * the other's row. */
static int check_owner(struct ctx *c, const char *e164)
{
	int64_t n;

	if (count_owners(c, e164, &n) < 0)
		return -1;
	return n == 1 ? 0 : taken(c);
}

static int revive(struct ctx *c, const struct phone_number *was, struct phone_number *n)
{
	struct phone_number before = *was;

	n->id = was->id;
	before.branch_id = NULL; /* it may be gone: looked at again */
	if (undelete(c, n->id) < 0 || row_change(c, &PHONE_NUMBER, &before, n) < 0)
		return -1;
	return audit_add(c, "phone_number.create", "phone_number", n->id, NULL);
}

int phone_create(struct ctx *c, struct phone_number *n)
{
	struct phone_number old;
	int rc;

	if (check(c, n) < 0)
		return -1;
	rc = find_deleted(c, n->e164, &old);
	if (rc >= 0)
		rc = rc > 0 ? revive(c, &old, n) : row_create(c, &PHONE_NUMBER, n);
	if (err_take(c, E_DUPLICATE))
		return taken(c);
	return rc < 0 ? -1 : check_owner(c, n->e164);
}

int phone_change(struct ctx *c, const struct phone_number *was, struct phone_number *now)
{
	if (check(c, now) < 0)
		return -1;
	if (strcmp(was->e164, now->e164) != 0)
		return err_field(
			c, "e164", "cannot be changed: remove this number and add the other");
	return row_change(c, &PHONE_NUMBER, was, now);
}
