/*
 * table.h - the description of a struct: one const table of its fields.
 *
 * The same table drives the columns of a statement, fetching, inserting and
 * updating (sys/db.h), JSON in and out (sys/json.h), validation, OpenAPI and
 * a test against the database's own catalogue. One name serves the C member,
 * the column and the JSON key. A member of the wrong C type does not compile.
 *
 *	static const struct field FIELDS[] = {
 *		ID(appointment, id, RO),
 *		TIME(appointment, starts_at, REQ | SORT),
 *		ENUM(appointment, status, RO, enum appointment_status, STATUS),
 *	};
 *	const struct table APPOINTMENT = TABLE(appointment, "appointment", FIELDS);
 *
 * Absent values: NULL text, zero time, and a zero integer or enum with NULL0
 * (such an enum's first name is "").
 */
#ifndef FRONTDESK_TABLE_H
#define FRONTDESK_TABLE_H

#include "core/base/arena.h"
#include "core/base/ts.h"

enum field_type {
	F_ID,     /* const char *, UUID */
	F_TEXT,   /* const char *, at most hi code points */
	F_INT,    /* int64_t within lo..hi */
	F_CENTS,  /* int64_t, minor units of money */
	F_BOOL,   /* bool */
	F_TIME,   /* ts_t: DATETIME(3) UTC; RFC 3339 */
	F_WALL,   /* wall_t: DATETIME; YYYY-MM-DDTHH:MM */
	F_DAY,    /* day_t: DATE; YYYY-MM-DD */
	F_ENUM,   /* enum: ENUM(…); its name */
	F_JSON,   /* const char *: JSON; passed through (in: an object only) */
	F_BYTES,  /* struct bytes: VARBINARY, BLOB; never JSON */
	F_TEXTS,  /* struct texts: JSON array of text, no column */
	F_LIST,   /* struct rows of .sub: JSON array of objects, no column */
	F_OBJECT, /* pointer to a struct of .sub: JSON object, no column */
};

enum field_flag {
	REQ = 1 << 0,       /* must be given on create */
	RO = 1 << 1,        /* never taken from a client */
	HIDDEN = 1 << 2,    /* a column, never shown */
	NOCOL = 1 << 3,     /* JSON only */
	JOINED = 1 << 4,    /* read by name from a join, not a column of ours */
	PERSONAL = 1 << 5,  /* data about a person: logs, export, erase */
	FILTER = 1 << 6,    /* may filter a list: ?name=value */
	SORT = 1 << 7,      /* may sort a list */
	NULL0 = 1 << 8,     /* zero is NULL */
	SEARCH = 1 << 9,    /* ?q= looks here */
	VERBATIM = 1 << 10, /* a secret: blanks around it are part of it */
	/* a list's order unless another is asked for: times newest first */
	BY = 1 << 11 | SORT,
	ASCII = 1 << 12, /* the column holds nothing else, and cannot be compared */
	/* a secret that is shown once: null in the answer that is stored under an
	 * Idempotency-Key */
	ONCE = 1 << 13,
};

struct texts {
	const char **p;
	size_t n;
};

bool texts_have(const struct texts *all, const char *s);
/* A list as one text, with commas in between (which no entry may hold), and
 * back. No entries: NULL. */
const char *texts_list(struct arena *mem, const struct texts *all);
struct texts texts_of(struct arena *mem, const char *list);

/* Rows of a table: n structs in a line, beginning at p. */
struct rows {
	void *p;
	size_t n;
};

struct table;

struct field {
	const char *name;
	enum field_type type;
	unsigned offset;
	unsigned flags;
	int64_t lo, hi;
	const char *const *names; /* F_ENUM: NULL-terminated */
	const struct table *sub;  /* F_LIST, F_OBJECT; F_ID: whose id, or NULL */
};

enum table_flag {
	SOFT = 1 << 0,    /* deleted rows keep deleted_at: lists leave them out */
	AUDITED = 1 << 1, /* created_at and updated_at are kept by db_* */
};

struct table {
	const char *name; /* of the table and of the schema */
	const struct field *fields;
	size_t n;
	size_t size; /* of the struct */
	unsigned flags;
	/* A struct with what a new one is where nothing is said (and what null
	 * puts back); NULL: absent, zero and false. */
	const void *fresh;
};

/* clang-format off */
/* One element that exists only if the member has the type. */
#define MEMBER_IS(S, m, T) \
	(0 * sizeof(char[_Generic(&((struct S *)0)->m, T *: 1)])) /* NOLINT(bugprone-macro-parentheses): a type */
#define FIELD_AT(S, m, T) \
	(unsigned)(offsetof(struct S, m) + MEMBER_IS(S, m, T))

#define ID(S, m, X) \
	{#m, F_ID, FIELD_AT(S, m, const char *), X, 36, 36, NULL, NULL}
/* The id of a row of another table; what stores rows looks whether it is there. */
#define REF(S, m, X, OF) \
	{#m, F_ID, FIELD_AT(S, m, const char *), X, 36, 36, NULL, &(OF)}
#define TEXT(S, m, X, MAX) \
	{#m, F_TEXT, FIELD_AT(S, m, const char *), X, 0, MAX, NULL, NULL}
#define INT(S, m, X, LO, HI) \
	{#m, F_INT, FIELD_AT(S, m, int64_t), X, LO, HI, NULL, NULL}
#define CENTS(S, m, X) \
	{#m, F_CENTS, FIELD_AT(S, m, int64_t), X, 0, 100000000000, NULL, NULL}
#define BOOL(S, m, X) \
	{#m, F_BOOL, FIELD_AT(S, m, bool), X, 0, 1, NULL, NULL}
#define TIME(S, m, X) \
	{#m, F_TIME, FIELD_AT(S, m, ts_t), X, 0, 0, NULL, NULL}
#define WALL(S, m, X) \
	{#m, F_WALL, FIELD_AT(S, m, wall_t), X, 0, 0, NULL, NULL}
#define DAY(S, m, X) \
	{#m, F_DAY, FIELD_AT(S, m, day_t), X, 0, 0, NULL, NULL}
#define ENUM(S, m, X, T, NAMES) \
	{#m, F_ENUM, FIELD_AT(S, m, T), X, 0, COUNT_OF(NAMES) - 2, NAMES, NULL}
#define JSON(S, m, X, MAX) \
	{#m, F_JSON, FIELD_AT(S, m, const char *), X, 0, MAX, NULL, NULL}
#define BYTES(S, m, X, MAX) \
	{#m, F_BYTES, FIELD_AT(S, m, struct bytes), (X) | HIDDEN, 0, MAX, NULL, NULL}
#define TEXTS(S, m, X, MAX) \
	{#m, F_TEXTS, FIELD_AT(S, m, struct texts), (X) | NOCOL, 0, MAX, NULL, NULL}
#define LIST(S, m, X, SUB) \
	{#m, F_LIST, FIELD_AT(S, m, struct rows), (X) | NOCOL, 0, 100, NULL, &(SUB)}
#define OBJECT(S, m, X, T, SUB) \
	{#m, F_OBJECT, FIELD_AT(S, m, T *), (X) | NOCOL, 0, 0, NULL, &(SUB)} /* NOLINT(bugprone-macro-parentheses): a type */

#define TABLE(S, NAME, FIELDS) \
	{NAME, FIELDS, COUNT_OF(FIELDS), sizeof(struct S), 0, NULL}
#define TABLE_WITH(S, NAME, FIELDS, FLAGS) \
	{NAME, FIELDS, COUNT_OF(FIELDS), sizeof(struct S), FLAGS, NULL}
/* FRESH: a const struct S */
#define TABLE_FRESH(S, NAME, FIELDS, FLAGS, FRESH) \
	{NAME, FIELDS, COUNT_OF(FIELDS), \
		sizeof(struct S) * _Generic(&(FRESH), const struct S *: 1), FLAGS, &(FRESH)}
/* clang-format on */

const struct field *table_field(const struct table *t, const char *name);
/* Index of a name among an enum's names, -1 when it is none. */
int names_find(const char *const *names, const char *s);

/* Whether one of its fields has this flag, or of the objects in it. */
bool table_has(const struct table *t, unsigned flag);

/* Bytes of the member. */
size_t field_size(const struct field *f);
bool field_same(const struct field *f, const void *a, const void *b);
/* The value as text: as JSON has it, without quotes; bytes in hexadecimal. NULL:
 * absent. No lists or objects. */
const char *field_text(struct arena *mem, const struct field *f, const void *row);
/* A bit for each column that differs, by its place among the fields. */
uint64_t table_diff(const struct table *t, const void *a, const void *b);
/* Copies the members with these bits. */
void table_merge(const struct table *t, void *to, const void *from, uint64_t members);
/* The id of a row: the member "id", which every stored one has. */
const char **table_id(const struct table *t, const void *row);

static inline uint64_t field_bit(const struct table *t, const struct field *f)
{
	return UINT64_C(1) << (f - t->fields);
}

static inline bool field_is_column(const struct field *f)
{
	return (f->flags & (NOCOL | JOINED)) == 0;
}

#endif
