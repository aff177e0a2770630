#include "core/base/table.h"
#include "core/base/text.h"
#include "tests/unit/unit.h"

enum colour { RED, GREEN };

struct inner {
	const char *id;
};

struct thing {
	const char *id;
	const char *name;
	int64_t count;
	int64_t price;
	bool active;
	ts_t made_at;
	wall_t starts;
	day_t born;
	enum colour colour;
	const char *extra;
	struct bytes secret;
	struct texts tags;
	struct rows parts;
	struct inner *inner;
};

static const char *const COLOURS[] = {"red", "green", NULL};
static const struct field INNER_FIELDS[] = {ID(inner, id, RO)};
static const struct table INNER = TABLE(inner, "inner", INNER_FIELDS);
static const struct field FIELDS[] = {
	ID(thing, id, RO),
	TEXT(thing, name, REQ | PERSONAL, 80),
	INT(thing, count, NULL0, -5, 5),
	CENTS(thing, price, 0),
	BOOL(thing, active, 0),
	TIME(thing, made_at, RO | SORT),
	WALL(thing, starts, 0),
	DAY(thing, born, JOINED),
	ENUM(thing, colour, 0, enum colour, COLOURS),
	JSON(thing, extra, 0, 1000),
	BYTES(thing, secret, 0, 255),
	TEXTS(thing, tags, 0, 20),
	LIST(thing, parts, 0, INNER),
	OBJECT(thing, inner, 0, struct inner, INNER),
};
static const struct table THING = TABLE_WITH(thing, "thing", FIELDS, SOFT | AUDITED);

START_TEST(fields_know_their_place)
{
	ck_assert_uint_eq(THING.n, 14);
	ck_assert_uint_eq(THING.size, sizeof(struct thing));
	ck_assert_uint_eq(THING.flags, SOFT | AUDITED);
	ck_assert_uint_eq(table_field(&THING, "price")->offset, offsetof(struct thing, price));
	ck_assert_uint_eq(table_field(&THING, "inner")->offset, offsetof(struct thing, inner));
	ck_assert_ptr_null(table_field(&THING, "Price"));
	ck_assert_ptr_null(table_field(&THING, ""));
	ck_assert_int_eq(table_field(&THING, "count")->lo, -5);
	ck_assert_int_eq(table_field(&THING, "colour")->hi, 1);
	ck_assert_ptr_eq(table_field(&THING, "parts")->sub, &INNER);
}
END_TEST

START_TEST(columns_are_what_is_stored)
{
	ck_assert(field_is_column(table_field(&THING, "name")));
	ck_assert(field_is_column(table_field(&THING, "secret")));
	ck_assert(!field_is_column(table_field(&THING, "born")));
	ck_assert(!field_is_column(table_field(&THING, "tags")));
	ck_assert(!field_is_column(table_field(&THING, "inner")));
	ck_assert(table_field(&THING, "secret")->flags & HIDDEN);
}
END_TEST

START_TEST(names_are_found)
{
	ck_assert_int_eq(names_find(COLOURS, "red"), RED);
	ck_assert_int_eq(names_find(COLOURS, "green"), GREEN);
	ck_assert_int_eq(names_find(COLOURS, "Green"), -1);
	ck_assert_int_eq(names_find(COLOURS, ""), -1);
}
END_TEST

START_TEST(rows_are_compared_and_merged_by_member)
{
	char name[] = "Anna";
	struct thing a = {.id = "1", .name = "Anna", .count = 2, .tags = {NULL, 1}};
	struct thing b = {.id = "1", .name = name, .count = 3, .active = true, .colour = GREEN};
	uint64_t diff = table_diff(&THING, &a, &b);

	ck_assert_uint_eq(diff,
		field_bit(&THING, table_field(&THING, "count")) |
			field_bit(&THING, table_field(&THING, "active")) |
			field_bit(&THING, table_field(&THING, "colour")));
	b.born.n = 5; /* no column */
	ck_assert_uint_eq(table_diff(&THING, &a, &b), diff);
	b.secret = (struct bytes){(const uint8_t *)"x", 1};
	ck_assert_uint_eq(table_diff(&THING, &a, &b),
		diff | field_bit(&THING, table_field(&THING, "secret")));
	table_merge(&THING, &a, &b, field_bit(&THING, table_field(&THING, "colour")));
	ck_assert_int_eq(a.colour, GREEN);
	ck_assert_int_eq(a.count, 2);
	ck_assert(!a.active);
	table_merge(&THING, &a, &b, UINT64_MAX);
	ck_assert_uint_eq(table_diff(&THING, &a, &b), 0);
	ck_assert_str_eq(*table_id(&THING, &a), "1");
}
END_TEST

START_TEST(values_are_texts_for_files_and_digests)
{
	struct arena *mem = arena_new(1u << 16);
	const struct thing t = {.name = "A=1",
		.price = -5,
		.active = true,
		.made_at = {1500},
		.colour = GREEN,
		.secret = {(const uint8_t *)"\x01\xff", 2}};
	static const char *const WANTED[][2] = {{"id", NULL}, {"name", "A=1"}, {"count", NULL},
		{"price", "-5"}, {"active", "true"}, {"made_at", "1970-01-01T00:00:01.500Z"},
		{"starts", NULL}, {"born", NULL}, {"colour", "green"}, {"extra", NULL},
		{"secret", "01ff"}};

	for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
		const char *s = field_text(mem, table_field(&THING, WANTED[i][0]), &t);

		ck_assert_msg(text_same(s, WANTED[i][1]), "%s: %s", WANTED[i][0], s);
	}
	arena_delete(mem);
}
END_TEST

Suite *suite_table(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table");

	tcase_add_test(t, fields_know_their_place);
	tcase_add_test(t, columns_are_what_is_stored);
	tcase_add_test(t, names_are_found);
	tcase_add_test(t, rows_are_compared_and_merged_by_member);
	tcase_add_test(t, values_are_texts_for_files_and_digests);
	suite_add_tcase(s, t);
	return s;
}
