/* The one door for JSON: what it refuses, how it reads, and how it writes. */
#include "core/sys/json.h"
#include "tests/unit/unit.h"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static int parse(const char *s, const struct json **j)
{
	return json_parse(c, (struct bytes){(const uint8_t *)s, strlen(s)}, j);
}

/* ---- the gate ---- */

static const char *const GOOD[] = {"{}", "[]", " [1 , -0, 0.5, 1e3, -2E+9] ", "\"\"", "null",
	"true", "9007199254740992", "-9007199254740992", "\"\\ud83d\\udcc5 \\u00e9\"",
	"{\"a\":{\"b\":[]},\"A\":1}",
	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};

START_TEST(what_is_json_is_taken)
{
	const struct json *j;

	ck_assert_msg(parse(GOOD[_i], &j) == 0, "%s: %s", GOOD[_i], c->err.detail);
	ck_assert_ptr_nonnull(j);
}
END_TEST

static const char *const BAD[] = {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.",
	".5", "+1", "1e", "0x1", "NaN", "Infinity", "-", "1e999", "9007199254740993",
	"-9007199254740993", "123456789012345678901234567890123", "tru", "nul", "[1 2]", "{} {}",
	"1x", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"",
	"\"\\ud800\\u0041\"", "\"\t\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
	"\xef\xbb\xbf{}", "{\"a\":1,\"a\":2}", "[{\"b\":{\"a\":1,\"c\":0,\"a\":2}}]",
	"{\"\\u0061\":1,\"a\":2}",
	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};

START_TEST(what_is_not_json_is_refused_with_a_sentence)
{
	const struct json *j;

	ck_assert_msg(parse(BAD[_i], &j) < 0, "%s was taken", BAD[_i]);
	ck_assert_int_eq(c->err.code, E_BAD_REQUEST);
	ck_assert_ptr_nonnull(c->err.detail);
	ck_assert_ptr_null(j);
}
END_TEST

START_TEST(a_nul_in_the_text_is_refused)
{
	const struct json *j;

	ck_assert_int_lt(json_parse(c, (struct bytes){(const uint8_t *)"{}\0", 3}, &j), 0);
}
END_TEST

/* ---- reading ---- */

START_TEST(members_are_found_by_their_exact_name_and_type)
{
	const struct json *j;
	int64_t i;
	bool b;

	ck_assert_int_eq(parse("{\"n\":9007199254740991,\"half\":0.5,\"s\":\"x\",\"t\":true,"
			       "\"c\":\"0.85\"}",
				 &j),
		0);
	ck_assert(json_int(j, "n", &i) && i == INT64_C(9007199254740991));
	ck_assert(!json_int(j, "half", &i) && !json_int(j, "s", &i) && !json_int(j, "N", &i));
	ck_assert(json_micro(j, "half", &i) && i == 500000);
	ck_assert(json_micro(j, "c", &i) && i == 850000);
	ck_assert(json_bool(j, "t", &b) && b);
	ck_assert(!json_bool(j, "n", &b));
	ck_assert_str_eq(json_text(j, "s"), "x");
	ck_assert_ptr_null(json_text(j, "n"));
	ck_assert_ptr_null(json_text(NULL, "n"));
}
END_TEST

/* ---- into and out of a struct ---- */

enum colour { RED, GREEN };
static const char *const COLOURS[] = {"red", "green", NULL};

struct part {
	const char *name;
};
static const struct field PART_FIELDS[] = {TEXT(part, name, REQ, 5)};
static const struct table PART = TABLE(part, "part", PART_FIELDS);

struct thing {
	const char *id;
	const char *title;
	int64_t size;
	int64_t rank;
	bool done;
	enum colour colour;
	ts_t at;
	wall_t local;
	day_t day;
	struct part *part;
	struct texts tags;
};
static const struct field THING_FIELDS[] = {
	ID(thing, id, RO),
	TEXT(thing, title, REQ, 5),
	INT(thing, size, 0, 1, 10),
	INT(thing, rank, NULL0, 0, 10),
	BOOL(thing, done, 0),
	ENUM(thing, colour, 0, enum colour, COLOURS),
	TIME(thing, at, 0),
	WALL(thing, local, 0),
	DAY(thing, day, 0),
	OBJECT(thing, part, 0, struct part, PART),
	TEXTS(thing, tags, 0, 3),
};
static const struct table THING = TABLE(thing, "thing", THING_FIELDS);

/* The name of what is absent is no choice. */
START_TEST(choices_are_named_as_they_can_be_given)
{
	static const char *const SIZES[] = {"", "small", "large", NULL};
	static const struct field FIELDS[] = {ENUM(thing, colour, NULL0, enum colour, SIZES)};
	static const struct table SIZED = TABLE(thing, "sized", FIELDS);
	const struct json *j;
	struct thing t = {0};
	uint64_t given;

	ck_assert_int_eq(parse("{\"colour\":\"\"}", &j), 0);
	ck_assert_int_lt(json_decode(c, j, &SIZED, JSON_CREATE, &t, &given), 0);
	ck_assert_str_eq(c->err.fields[0].message, "must be one of: small, large");
}
END_TEST

START_TEST(a_number_in_a_query_has_its_range)
{
	static const struct {
		const char *text, *message;
	} WRONG_NUMBERS[] = {{"0", "must be between 1 and 10"}, {"-1", "must be between 1 and 10"},
		{"11", "must be between 1 and 10"}, {"one", "must be a whole number"},
		{"1.5", "must be a whole number"}, {"", "must be a whole number"},
		{"99999999999999999999", "must be a whole number"}};
	static const struct field SIZE = INT(thing, size, 0, 1, 10);
	struct thing t = {0};

	for (size_t i = 0; i < COUNT_OF(WRONG_NUMBERS); i++) {
		ck_assert_int_lt(field_from_text(c, &SIZE, WRONG_NUMBERS[i].text, &t), 0);
		ck_assert_str_eq(c->err.fields[i].message, WRONG_NUMBERS[i].message);
	}
	ck_assert_int_eq(field_from_text(c, &SIZE, "10", &t), 0);
	ck_assert_int_eq(t.size, 10);
}
END_TEST

START_TEST(a_struct_goes_out_and_its_text_comes_in_again)
{
	static const char TEXT_OF_IT[] =
		"{\"title\":\"\xc3\xa4\xc3\xb6\xc3\xbc\\\"\\n\",\"size\":3,\"rank\":null,"
		"\"done\":true,\"colour\":\"green\",\"at\":\"2026-12-01T10:00:00+02:00\","
		"\"local\":\"2026-12-01T14:00\",\"day\":\"2026-12-01\",\"part\":{\"name\":\"p\"},"
		"\"tags\":[\"a\",\"b\"]}";
	struct buf b = buf_new(c->mem, 10000);
	struct thing t = {0};
	const struct json *j;

	ck_assert_int_eq(parse(TEXT_OF_IT, &j), 0);
	ck_assert_int_eq(json_decode(c, j, &THING, JSON_CREATE, &t, NULL), 0);
	json_row(&b, &THING, &t);
	ck_assert_str_eq(buf_text(&b),
		"{\"id\":null,\"title\":\"\xc3\xa4\xc3\xb6\xc3\xbc\\\"\",\"size\":3,\"rank\":null,"
		"\"done\":true,\"colour\":\"green\",\"at\":\"2026-12-01T08:00:00Z\","
		"\"local\":\"2026-12-01T14:00\",\"day\":\"2026-12-01\",\"part\":{\"name\":\"p\"},"
		"\"tags\":[\"a\",\"b\"]}");
}
END_TEST

static const struct {
	const char *body, *field;
} WRONG[] = {
	{"{}", "title"},
	{"{\"title\":null}", "title"},
	{"{\"title\":\"  \"}", "title"},
	{"{\"title\":\"123456\"}", "title"},
	{"{\"title\":5}", "title"},
	{"{\"title\":\"a\",\"size\":0}", "size"},
	{"{\"title\":\"a\",\"size\":11}", "size"},
	{"{\"title\":\"a\",\"size\":1.5}", "size"},
	{"{\"title\":\"a\",\"size\":\"1\"}", "size"},
	{"{\"title\":\"a\",\"done\":1}", "done"},
	{"{\"title\":\"a\",\"colour\":\"blue\"}", "colour"},
	{"{\"title\":\"a\",\"colour\":1}", "colour"},
	{"{\"title\":\"a\",\"at\":\"2026-12-01\"}", "at"},
	{"{\"title\":\"a\",\"local\":\"2026-02-30T10:00\"}", "local"},
	{"{\"title\":\"a\",\"day\":\"2026-2-1\"}", "day"},
	{"{\"title\":\"a\",\"part\":{}}", "part.name"},
	{"{\"title\":\"a\",\"part\":[]}", "part"},
	{"{\"title\":\"a\",\"tags\":\"a\"}", "tags"},
	{"{\"title\":\"a\",\"tags\":[1]}", "tags"},
	{"{\"title\":\"a\",\"tags\":[\"1\",\"2\",\"3\",\"4\"]}", "tags"},
	{"{\"title\":\"a\",\"id\":\"01900000-0000-7000-8000-000000000000\"}", "id"},
	{"{\"title\":\"a\",\"unknown\":1}", "unknown"},
};

START_TEST(what_does_not_fit_names_its_field)
{
	struct thing t = {0};
	const struct json *j;

	ck_assert_int_eq(parse(WRONG[_i].body, &j), 0);
	ck_assert_int_lt(json_decode(c, j, &THING, JSON_CREATE, &t, NULL), 0);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_int_eq(c->err.n_fields, 1);
	ck_assert_str_eq(c->err.fields[0].field, WRONG[_i].field);
}
END_TEST

/* ---- what is said, and what is not ---- */

struct room {
	const char *name;
	int64_t seats;
	bool open;
	struct rows parts;
};
static const struct field ROOM_FIELDS[] = {
	TEXT(room, name, REQ, 20),
	INT(room, seats, 0, 1, 10),
	BOOL(room, open, 0),
	LIST(room, parts, 0, PART),
};
static const struct room FRESH = {.seats = 4, .open = true};
static const struct table ROOM = TABLE_FRESH(room, "room", ROOM_FIELDS, 0, FRESH);

static const struct {
	const char *text;
	enum json_mode mode;
	int64_t seats;
	bool open;
	uint64_t given;
} ROOMS[] = {
	{"{\"name\":\"a\"}", JSON_CREATE, 4, true, 1},
	{"{\"name\":\"a\",\"seats\":2,\"open\":false}", JSON_CREATE, 2, false, 7},
	{"{\"name\":\"a\",\"seats\":null,\"open\":null}", JSON_CREATE, 4, true, 7},
	{"{}", JSON_PATCH, 4, true, 0},
	{"{\"seats\":null}", JSON_PATCH, 4, true, 2},
	{"{\"open\":false}", JSON_PATCH, 4, false, 4},
};

START_TEST(what_is_not_said_is_as_it_is_when_new)
{
	const struct json *j;
	struct room r;
	uint64_t given;

	ck_assert_int_eq(parse(ROOMS[_i].text, &j), 0);
	ck_assert_int_eq(json_decode(c, j, &ROOM, ROOMS[_i].mode, &r, &given), 0);
	ck_assert_int_eq(r.seats, ROOMS[_i].seats);
	ck_assert_int_eq(r.open, ROOMS[_i].open);
	ck_assert_uint_eq(given, ROOMS[_i].given);
}
END_TEST

START_TEST(a_patch_may_leave_out_but_not_take_away)
{
	struct thing t = {0};
	struct room r;
	const struct json *j;

	ck_assert_int_eq(parse("{\"name\":null}", &j), 0);
	ck_assert_int_eq(json_decode(c, j, &ROOM, JSON_PATCH, &r, NULL), -1);
	ck_assert_str_eq(c->err.fields[0].field, "name");
	err_clear(c);
	ck_assert_int_eq(parse("{\"size\":null}", &j), 0); /* neither fresh nor absent */
	ck_assert_int_eq(json_decode(c, j, &THING, JSON_PATCH, &t, NULL), -1);
	ck_assert_str_eq(c->err.fields[0].field, "size");
}
END_TEST

START_TEST(objects_in_a_list_name_their_place)
{
	static const char *const FIELDS[] = {"parts.1.name", "parts.2", "parts.3.name"};
	struct room r;
	const struct json *j;

	ck_assert_int_eq(
		parse("{\"name\":\"a\",\"parts\":[{\"name\":\"p\"},{},5,{\"name\":\"longer\"}]}",
			&j),
		0);
	ck_assert_int_eq(json_decode(c, j, &ROOM, JSON_CREATE, &r, NULL), -1);
	ck_assert_int_eq(c->err.n_fields, (int)COUNT_OF(FIELDS));
	for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
		ck_assert_str_eq(c->err.fields[i].field, FIELDS[i]);
	err_clear(c);
	ck_assert_int_eq(
		parse("{\"name\":\"a\",\"parts\":[{\"name\":\"p\"},{\"name\":\"q\"}]}", &j), 0);
	ck_assert_int_eq(json_decode(c, j, &ROOM, JSON_CREATE, &r, NULL), 0);
	ck_assert_uint_eq(r.parts.n, 2);
	ck_assert_str_eq(((const struct part *)r.parts.p)[1].name, "q");
}
END_TEST

START_TEST(text_that_is_not_utf8_is_mended_on_the_way_out)
{
	struct buf b = buf_new(c->mem, 100);

	json_quote(&b, "a\xff\x01\x7f\\");
	ck_assert_str_eq(buf_text(&b), "\"a\xef\xbf\xbd\\u0001\\u007f\\\\\"");
}
END_TEST

struct safe {
	const char *key;
	struct texts codes;
	const char *name;
};

struct house {
	struct rows safes;
	struct safe *main;
};

static const struct field SAFE_FIELDS[] = {
	TEXT(safe, key, RO | ONCE, 20),
	TEXTS(safe, codes, RO | ONCE, 5),
	TEXT(safe, name, 0, 20),
};
static const struct table SAFE = TABLE(safe, "safe", SAFE_FIELDS);

static const struct field HOUSE_FIELDS[] = {
	LIST(house, safes, 0, SAFE),
	OBJECT(house, main, 0, struct safe, SAFE),
};
static const struct table HOUSE = TABLE(house, "house", HOUSE_FIELDS);

START_TEST(what_is_shown_once_is_not_stored)
{
	const char *codes[] = {"1", "2"};
	struct safe safe = {"k3y", {codes, 2}, "big"};
	struct house h = {{&safe, 1}, &safe};
	struct buf shown = buf_new(c->mem, 1000), stored = buf_new(c->mem, 1000);

	json_row(&shown, &HOUSE, &h);
	ck_assert_str_eq(buf_text(&shown),
		"{\"safes\":[{\"key\":\"k3y\",\"codes\":[\"1\",\"2\"],\"name\":\"big\"}],"
		"\"main\":{\"key\":\"k3y\",\"codes\":[\"1\",\"2\"],\"name\":\"big\"}}");
	json_row_stored(&stored, &HOUSE, &h);
	ck_assert_str_eq(buf_text(&stored),
		"{\"safes\":[{\"key\":null,\"codes\":null,\"name\":\"big\"}],"
		"\"main\":{\"key\":null,\"codes\":null,\"name\":\"big\"}}");
	ck_assert(table_has(&HOUSE, ONCE) && !table_has(&ROOM, ONCE));
}
END_TEST

Suite *suite_json(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_is_json_is_taken, 0, COUNT_OF(GOOD));
	tcase_add_loop_test(t, what_is_not_json_is_refused_with_a_sentence, 0, COUNT_OF(BAD));
	tcase_add_test(t, a_nul_in_the_text_is_refused);
	tcase_add_test(t, members_are_found_by_their_exact_name_and_type);
	tcase_add_test(t, choices_are_named_as_they_can_be_given);
	tcase_add_test(t, a_number_in_a_query_has_its_range);
	tcase_add_test(t, a_struct_goes_out_and_its_text_comes_in_again);
	tcase_add_loop_test(t, what_does_not_fit_names_its_field, 0, COUNT_OF(WRONG));
	tcase_add_test(t, text_that_is_not_utf8_is_mended_on_the_way_out);
	tcase_add_loop_test(t, what_is_not_said_is_as_it_is_when_new, 0, (int)COUNT_OF(ROOMS));
	tcase_add_test(t, a_patch_may_leave_out_but_not_take_away);
	tcase_add_test(t, objects_in_a_list_name_their_place);
	tcase_add_test(t, what_is_shown_once_is_not_stored);
	suite_add_tcase(s, t);
	return s;
}
