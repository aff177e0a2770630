#include "core/staff/staff.h"
#include "core/audit/row.h"
#include "core/base/text.h"
#include "core/staff/name.h"
#include "core/staff/resource.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

static const struct field STAFF_FIELDS[] = {
	ID(staff, id, RO),
	REF(staff, branch_id, REQ | FILTER, BRANCH),
	TEXT(staff, name, REQ | SORT | SEARCH | PERSONAL, 120),
	TEXT(staff, email, PERSONAL, 254),
	ID(staff, resource_id, RO),
	BOOL(staff, is_active, FILTER),
	INT(staff, position, BY, 0, 65535),
};
static const struct staff FRESH = {.is_active = true};
const struct table STAFF = TABLE_FRESH(staff, "staff", STAFF_FIELDS, SOFT, FRESH);

static const struct field HOURS_FIELDS[] = {
	ID(working_hours, id, RO),
	REF(working_hours, branch_id, REQ | FILTER, BRANCH),
	ID(working_hours, staff_id, RO | FILTER),
	INT(working_hours, weekday, NULL0 | FILTER | BY, 1, 7),
	DAY(working_hours, day, SORT),
	DAY(working_hours, valid_from, 0),
	DAY(working_hours, valid_to, 0),
	INT(working_hours, start_minute, REQ, 0, MINUTES_A_DAY - 1),
	INT(working_hours, end_minute, REQ, 0, MINUTES_A_DAY),
};
const struct table WORKING_HOURS = TABLE(working_hours, "working_hours", HOURS_FIELDS);

/* ---- storage ---- */

int staff_get(struct ctx *c, const char *id, struct staff *out)
{
	return db_must(c, db_one(c, &STAFF, out, "SELECT {cols} FROM staff WHERE id = ?", id),
		"staff member", id);
}

int staff_list(struct ctx *c, struct rows *out)
{
	return db_rows(c, &STAFF, out,
		"SELECT {cols} FROM staff WHERE is_active AND deleted_at IS NULL "
		"ORDER BY position, name, id");
}

/* ---- rules ---- */

static int check(struct ctx *c, const struct staff *s)
{
	if (s->email != NULL && !text_is_email(s->email))
		return err_field(c, "email", "is not an e-mail address");
	return 0;
}

static struct resource resource_of(const struct staff *s)
{
	return (struct resource){
		.id = s->resource_id,
		.branch_id = s->branch_id,
		.kind = RESOURCE_STAFF,
		.name = s->name,
		.capacity = 1,
		.position = s->position,
		.is_active = true,
	};
}

int staff_create(struct ctx *c, struct staff *s)
{
	struct resource r = resource_of(s);

	if (check(c, s) < 0)
		return -1;
	if (row_create(c, &RESOURCE, &r) < 0)
		return -1;
	s->resource_id = r.id;
	return row_create(c, &STAFF, s);
}

static int hours_move(struct ctx *c, const char *id, const char *from, const char *to)
{
	return db_exec(c,
		"UPDATE working_hours SET branch_id = ? WHERE staff_id = ? AND branch_id = ?", to,
		id, from);
}

int staff_change(struct ctx *c, const struct staff *was, struct staff *now)
{
	struct resource before = resource_of(was), after = resource_of(now);

	if (check(c, now) < 0 || row_change(c, &STAFF, was, now) < 0)
		return -1;
	if (row_change(c, &RESOURCE, &before, &after) < 0)
		return -1;
	if (strcmp(was->branch_id, now->branch_id) == 0)
		return 0;
	return hours_move(c, now->id, was->branch_id, now->branch_id) < 0 ? -1 : 0;
}

int staff_delete(struct ctx *c, const struct staff *s)
{
	if (row_delete(c, &STAFF, s->id) < 0)
		return -1;
	return row_delete(c, &RESOURCE, s->resource_id);
}

/* Words that stand before many names and tell nobody apart. */
static bool is_title(const char *word, size_t n)
{
	static const char *const TITLES[] = {"dr", "doctor", "doktor", "prof", "professor", "mr",
		"mrs", "ms", "miss", "herr", "herrn", "frau"};

	for (size_t i = 0; i < COUNT_OF(TITLES); i++) {
		if (strlen(TITLES[i]) == n && strncmp(word, TITLES[i], n) == 0)
			return true;
	}
	return false;
}

/* Whether a key has this word. */
static bool has_word(const char *key, const char *word, size_t n)
{
	while (*key != '\0') {
		size_t len = strcspn(key, " ");

		if (len == n && strncmp(key, word, n) == 0)
			return true;
		key += len;
		key += *key == ' ';
	}
	return false;
}

/* The first word of a key that is no title; its length, 0 when there is none. */
static size_t first_word(const char *key, const char **word)
{
	while (*key != '\0') {
		size_t len = strcspn(key, " ");

		if (!is_title(key, len)) {
			*word = key;
			return len;
		}
		key += len;
		key += *key == ' ';
	}
	return 0;
}

/* 1 and *out when exactly one of them is called that. */
static int only_one(
	struct ctx *c, const struct rows *all, const char *said, bool whole, struct staff *out)
{
	const struct staff *s = all->p;
	const char *word = said;
	size_t n = whole ? strlen(said) : first_word(said, &word);
	int found = 0;

	for (size_t i = 0; i < all->n && n > 0; i++) {
		const char *key = name_key(c, s[i].name);

		if (whole ? strcmp(key, said) != 0 : !has_word(key, word, n))
			continue;
		*out = s[i];
		found++;
	}
	return found;
}

int staff_find_by_name(struct ctx *c, const char *name, struct staff *out)
{
	const char *said = name_key(c, name);
	struct rows all;
	int found;

	if (*said == '\0')
		return 0;
	if (staff_list(c, &all) < 0)
		return -1;
	found = only_one(c, &all, said, true, out);
	if (found == 0)
		found = only_one(c, &all, said, false, out);
	return found == 1;
}
