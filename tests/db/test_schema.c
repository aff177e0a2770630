/* The tables of the code against the database's catalogue: each column is
 * there, of the right family, long enough, with the same names, and absent
 * where the code may leave it absent. */
#include "tests/db/support.h"
#include "core/audit/seal.h"
#include "core/booking/booking.h"
#include "core/booking/hold.h"
#include "core/booking/occupancy.h"
#include "core/booking/series.h"
#include "core/booking/waiting_list.h"
#include "core/call/call.h"
#include "core/call/unassigned.h"
#include "core/customer/consent.h"
#include "core/customer/customer.h"
#include "core/delivery/delivery.h"
#include "core/delivery/endpoint.h"
#include "core/event/event.h"
#include "core/live/live.h"
#include "core/inbox/inbox.h"
#include "core/inbox/replay.h"
#include "core/notify/notify.h"
#include "core/notify/template.h"
#include "core/phone/phone.h"
#include "core/privacy/personal.h"
#include "core/outbound/breaker.h"
#include "core/queue/queue.h"
#include "core/service/part.h"
#include "core/service/room.h"
#include "core/service/service.h"
#include "core/staff/resource.h"
#include "core/staff/staff.h"
#include "core/staff/time_off.h"
#include "core/task/task.h"
#include "core/tenant/closed_day.h"
#include "core/tenant/company.h"
#include "core/tenant/integration.h"
#include "core/user/invitation.h"
#include "core/user/people.h"
#include "core/tenant/settings.h"
#include "core/user/api_key.h"

struct column {
	const char *name;
	const char *kind; /* "varchar" */
	const char *type; /* "varchar(120)", "enum('a','b')" */
	int64_t length;   /* characters of text, bytes of others; 0: none */
	bool ascii;
	bool nullable;
	bool has_default;
};

static const struct field FIELDS[] = {
	TEXT(column, name, 0, 64),
	TEXT(column, kind, 0, 64),
	TEXT(column, type, 0, 4000),
	INT(column, length, NULL0, 0, INT64_MAX),
	BOOL(column, ascii, 0),
	BOOL(column, nullable, 0),
	BOOL(column, has_default, 0),
};
static const struct table COLUMN = TABLE(column, "columns", FIELDS);

static const struct table *const TABLES[] = {
#define TABLE_OF(t) &t,
#include "tests/db/tables.def"
#undef TABLE_OF
};

static void columns_of(struct ctx *c, const char *table, struct rows *out)
{
	/* nullability stands in the table, names in the view */
	int n = db_rows(c, &COLUMN, out,
		"SELECT v.COLUMN_NAME AS name, v.DATA_TYPE AS kind, v.COLUMN_TYPE AS type,"
		" v.CHARACTER_MAXIMUM_LENGTH AS length,"
		" COALESCE(v.CHARACTER_SET_NAME, '') = 'ascii' AS ascii,"
		" COALESCE(t.IS_NULLABLE, 'NO') = 'YES' AS nullable,"
		" t.COLUMN_DEFAULT IS NOT NULL AS has_default"
		" FROM information_schema.COLUMNS v LEFT JOIN information_schema.COLUMNS t"
		" ON t.TABLE_SCHEMA = 'frontdesk_store' AND t.TABLE_NAME = v.TABLE_NAME"
		" AND t.COLUMN_NAME = v.COLUMN_NAME"
		" WHERE v.TABLE_SCHEMA = 'frontdesk' AND v.TABLE_NAME = ?",
		table);

	ck_assert_msg(n > 0, "there is no view %s", table);
}

static const struct column *find(const struct rows *rows, const char *name)
{
	const struct column *k = rows->p;

	for (size_t i = 0; i < rows->n; i++) {
		if (strcmp(k[i].name, name) == 0)
			return &k[i];
	}
	return NULL;
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
	for (; *kinds != NULL; kinds++) {
		if (strcmp(kind, *kinds) == 0)
			return true;
	}
	return false;
}

static int64_t int_max(const char *type)
{
	bool is_unsigned = strstr(type, "unsigned") != NULL;

	if (text_starts(type, "tinyint"))
		return is_unsigned ? UINT8_MAX : INT8_MAX;
	if (text_starts(type, "smallint"))
		return is_unsigned ? UINT16_MAX : INT16_MAX;
	if (text_starts(type, "int"))
		return is_unsigned ? UINT32_MAX : INT32_MAX;
	return INT64_MAX;
}

/* "enum('a','b')" names the same, in the same order, as the code's list. */
static bool same_names(struct ctx *c, const struct field *f, const struct column *k)
{
	struct buf b = buf_new(c->mem, 8192);
	bool first = true;

	buf_text_add(&b, "enum(");
	for (int i = 0; f->names[i] != NULL; i++) {
		if (*f->names[i] == '\0')
			continue;
		buf_printf(&b, "%s'%s'", first ? "" : ",", f->names[i]);
		first = false;
	}
	buf_char(&b, ')');
	return strcmp(buf_text(&b), k->type) == 0;
}

static bool names_fit(const struct field *f, const struct column *k)
{
	for (int i = 0; f->names[i] != NULL; i++) {
		if ((int64_t)strlen(f->names[i]) > k->length)
			return false;
	}
	return true;
}

static const char *const TEXTS_[] = {
	"char", "varchar", "text", "mediumtext", "longtext", "varbinary", "uuid", NULL};
static const char *const INTS[] = {"tinyint", "smallint", "int", "bigint", NULL};
static const char *const BYTES_[] = {"binary", "varbinary", "blob", "mediumblob", NULL};

/* NULL when the column suits the field, else why not. */
static const char *objection(struct ctx *c, const struct field *f, const struct column *k)
{
	switch (f->type) {
	case F_ID:
		return strcmp(k->kind, "uuid") == 0 ? NULL : "is no UUID";
	case F_TEXT:
	case F_JSON:
		if (!is_one_of(k->kind, TEXTS_))
			return "is no text";
		return strcmp(k->kind, "uuid") == 0 || k->length >= f->hi ? NULL : "is too short";
	case F_INT:
	case F_CENTS:
		if (!is_one_of(k->kind, INTS))
			return "is no integer";
		if (f->lo < 0 && strstr(k->type, "unsigned") != NULL)
			return "cannot be negative";
		return f->hi <= int_max(k->type) ? NULL : "is too narrow";
	case F_BOOL:
		return is_one_of(k->kind, INTS) ? NULL : "is no truth value";
	case F_TIME:
		return strcmp(k->type, "datetime(3)") == 0 ? NULL : "is no DATETIME(3)";
	case F_WALL:
		return strcmp(k->type, "datetime") == 0 ? NULL : "is no DATETIME";
	case F_DAY:
		return strcmp(k->type, "date") == 0 ? NULL : "is no DATE";
	case F_ENUM:
		if (strcmp(k->kind, "varchar") == 0)
			return names_fit(f, k) ? NULL : "is too short for a name";
		return same_names(c, f, k) ? NULL : "has other names";
	case F_BYTES:
		if (!is_one_of(k->kind, BYTES_))
			return "does not hold bytes";
		return k->length >= f->hi ? NULL : "is too short";
	case F_TEXTS:
	case F_LIST:
	case F_OBJECT:
		break;
	}
	return "is no column";
}

/* Text that a list compares must be one that the column can be compared with. */
static const char *alphabet(const struct field *f, const struct column *k)
{
	bool compared = (f->flags & (FILTER | SORT | SEARCH)) != 0;

	if (f->type == F_TEXT && compared && k->ascii != ((f->flags & ASCII) != 0))
		return k->ascii ? "is ASCII, which the code does not say" : "is not ASCII";
	return NULL;
}

/* What a client may clear must be able to be absent, or have a value that it
 * falls back to. */
static const char *clearing(const struct table *t, const struct field *f, const struct column *k)
{
	if ((f->type != F_TEXT && f->type != F_ID) || k->nullable ||
		(f->flags & (REQ | RO | HIDDEN)) != 0)
		return NULL;
	if (t->fresh != NULL && *(const char *const *)((const char *)t->fresh + f->offset) != NULL)
		return NULL;
	return "must not be NULL, but null may be given for it";
}

/* A zero is written as zero, so NULL needs NULL0; what is left out needs
 * somebody who puts it in. */
static const char *absence(const struct field *f, const struct column *k)
{
	bool number = f->type == F_INT || f->type == F_CENTS || f->type == F_ENUM;

	if (number && k->nullable && (f->flags & (NULL0 | REQ)) == 0)
		return "may be NULL, which the code reads as its zero: NULL0 is missing";
	if (number && !k->nullable && !k->has_default && (f->flags & NULL0) != 0)
		return "must not be NULL, but the code leaves it out when it is zero";
	if (!number && f->type != F_BOOL && !k->nullable && !k->has_default &&
		(f->flags & (REQ | RO | HIDDEN)) == 0)
		return "must not be NULL, but the code does not require it";
	return NULL;
}

static void check_table(struct ctx *c, const struct table *t)
{
	struct rows columns;

	columns_of(c, t->name, &columns);
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if (!field_is_column(f))
			continue;
		const struct column *k = find(&columns, f->name);
		ck_assert_msg(k != NULL, "%s.%s: no such column", t->name, f->name);
		const char *why = objection(c, f, k);
		if (why == NULL)
			why = absence(f, k);
		if (why == NULL)
			why = alphabet(f, k);
		if (why == NULL)
			why = clearing(t, f, k);
		ck_assert_msg(why == NULL, "%s.%s (%s) %s", t->name, f->name, k->type, why);
	}
	if ((t->flags & SOFT) != 0)
		ck_assert_msg(
			find(&columns, "deleted_at") != NULL, "%s has no deleted_at", t->name);
}

START_TEST(the_code_and_the_catalogue_agree)
{
	struct ctx *admin = db_ctx_admin();

	check_table(admin, TABLES[_i]);
	db_ctx_end(admin);
}
END_TEST

enum shade { DARK, LIGHT };
struct wrong {
	const char *name;
	int64_t status;
	bool time_zone;
	enum shade shade;
};

/* ---- what is kept about people (core/privacy/personal.h) ---- */

static const struct personal *personal_of(const char *table)
{
	for (size_t i = 0; i < PERSONALS_COUNT; i++) {
		if (strcmp(PERSONALS[i].table, table) == 0)
			return &PERSONALS[i];
	}
	return NULL;
}

static bool is_listed(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(names, name); p != NULL; p = strstr(p + 1, name)) {
		if ((p == names || p[-1] == ',') && (p[n] == '\0' || p[n] == ','))
			return true;
	}
	return false;
}

/* The first column that nobody has said anything about. */
static const char *forgotten(const struct table *t)
{
	const struct personal *k = personal_of(t->name);

	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];

		if ((f->flags & PERSONAL) == 0 || !field_is_column(f))
			continue;
		if (k == NULL || !is_listed(k->columns, f->name))
			return f->name;
	}
	return NULL;
}

START_TEST(every_personal_column_is_erased_or_kept_for_a_reason)
{
	const struct table *t = TABLES[_i];
	const char *name = forgotten(t);

	ck_assert_msg(name == NULL,
		"%s.%s is PERSONAL, and core/privacy/personal.c does not say "
		"what becomes of it",
		t->name, name);
}
END_TEST

START_TEST(what_is_said_of_personal_columns_is_possible)
{
	struct ctx *admin = db_ctx_admin();

	for (size_t i = 0; i < PERSONALS_COUNT; i++) {
		const struct personal *k = &PERSONALS[i];
		struct rows columns;

		ck_assert_msg((k->erase == NULL) != (k->kept == NULL), "%s", k->table);
		ck_assert_msg((k->read == NULL) == (k->file == NULL), "%s", k->table);
		columns_of(admin, k->table, &columns);
		for (const char *p = k->columns; *p != '\0'; p += strspn(p, ",")) {
			size_t n = strcspn(p, ",");
			const char *name = mem_text_n(admin->mem, p, n);

			ck_assert_msg(find(&columns, name) != NULL, "%s.%s", k->table, name);
			if (k->erase != NULL && strstr(k->erase, "CALL ") == NULL &&
				!text_starts(k->erase, "DELETE "))
				ck_assert_msg(strstr(k->erase, name) != NULL, "%s.%s is not erased",
					k->table, name);
			p += n;
		}
	}
	db_ctx_end(admin);
}
END_TEST

/* Columns that no table of the code describes are told by their names. */
#define TELLING                                                                               \
	"'email','phone','address','remote_address','recipient','body','notes','transcript'," \
	"'payload','from_number','to_number','recording_url','customer_name','detail',"       \
	"'last_error','error','source'"

START_TEST(columns_that_sound_like_people_are_erased_or_kept_for_a_reason)
{
	/* what a company is, and what it says */
	static const char *const OWN[] = {"branch.phone", "branch.email", "branch.address",
		"integration.from_number", "template.body", "exchange_rate.source",
		"opt_out.source", "unassigned_call.to_number", NULL};
	struct ctx *admin = db_ctx_admin();
	struct rows rows;

	ck_assert_int_gt(
		db_rows(admin, &COLUMN, &rows,
			"SELECT k.TABLE_NAME AS name, k.COLUMN_NAME AS type"
			" FROM information_schema.COLUMNS k JOIN information_schema.COLUMNS o"
			" ON o.TABLE_SCHEMA = k.TABLE_SCHEMA AND o.TABLE_NAME = k.TABLE_NAME"
			" AND o.COLUMN_NAME = 'company_id' WHERE k.TABLE_SCHEMA ="
			" 'frontdesk_store' AND k.DATA_TYPE <> 'enum'"
			" AND k.COLUMN_NAME IN (" TELLING ")"),
		20);
	for (size_t i = 0; i < rows.n; i++) {
		const struct column *k = (const struct column *)rows.p + i;
		const struct personal *p = personal_of(k->name);
		const char *place = mem_printf(admin->mem, "%s.%s", k->name, k->type);

		ck_assert_msg((p != NULL && is_listed(p->columns, k->type)) ||
				names_find(OWN, place) >= 0,
			"%s sounds like people, and core/privacy/personal.c does not name it",
			place);
	}
	db_ctx_end(admin);
}
END_TEST

/* A row that says nothing of one of its columns. */
START_TEST(control_a_forgotten_column_is_found)
{
	static const struct field SECRET[] = {
		TEXT(wrong, name, PERSONAL, 120),
		{"live_phone", F_TEXT, 0, PERSONAL, 0, 20, NULL, NULL},
	};
	const struct table customers = TABLE(wrong, "customer", SECRET);

	ck_assert_str_eq(forgotten(&customers), "live_phone");
	ck_assert(!is_listed("name,phone,email", "mail"));
	ck_assert(!is_listed("name,phone,email", "phon"));
	ck_assert(is_listed("name,phone,email", "phone"));
}
END_TEST

/* ---- the check can fail ---- */

static const char *const SHADES[] = {"dark", "light", NULL};

static void expect_objection(const struct field *f, const char *word)
{
	struct ctx *admin = db_ctx_admin();
	struct rows columns;

	columns_of(admin, "company", &columns);
	const struct column *k = find(&columns, f->name);
	const char *why = k != NULL ? objection(admin, f, k) : "no such column";
	ck_assert_msg(why != NULL && strstr(why, word) != NULL, "%s: %s", f->name,
		why != NULL ? why : "nothing was found wrong");
	db_ctx_end(admin);
}

START_TEST(control_what_disagrees_is_found)
{
	static const struct field WRONG[] = {
		TEXT(wrong, name, 0, 121),
		INT(wrong, status, 0, 0, 1),
		BOOL(wrong, time_zone, 0),
		{"status", F_ENUM, 0, 0, 0, 1, SHADES, NULL},
		ENUM(wrong, shade, 0, enum shade, SHADES),
	};
	static const char *const WORDS[] = {
		"too short", "no integer", "no truth", "other names", "no such"};

	for (size_t i = 0; i < COUNT_OF(WRONG); i++)
		expect_objection(&WRONG[i], WORDS[i]);
}
END_TEST

Suite *suite_schema(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("tables");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, the_code_and_the_catalogue_agree, 0, (int)COUNT_OF(TABLES));
	tcase_add_test(t, control_what_disagrees_is_found);
	tcase_add_loop_test(
		t, every_personal_column_is_erased_or_kept_for_a_reason, 0, (int)COUNT_OF(TABLES));
	tcase_add_test(t, what_is_said_of_personal_columns_is_possible);
	tcase_add_test(t, columns_that_sound_like_people_are_erased_or_kept_for_a_reason);
	tcase_add_test(t, control_a_forgotten_column_is_found);
	suite_add_tcase(s, t);
	return s;
}
