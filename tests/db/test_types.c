/* What goes through the database comes back: every type, in a table that is
 * made for these tests, whose view the generator makes. */
#include "tests/db/support.h"
#include "core/base/id.h"
#include "core/schema/generate.h"

enum colour { COLOUR_NONE, COLOUR_RED, COLOUR_GREEN };
static const char *const COLOURS[] = {"", "red", "green", NULL};

struct sample {
	const char *id;
	const char *word;
	const char *story;
	int64_t number;
	int64_t maybe;
	bool flag;
	ts_t at;
	wall_t wall;
	day_t day;
	enum colour colour;
	struct bytes raw;
};

static const struct field FIELDS[] = {
	ID(sample, id, REQ),
	TEXT(sample, word, 0, 120),
	TEXT(sample, story, 0, 1000000),
	INT(sample, number, 0, INT64_MIN, INT64_MAX),
	INT(sample, maybe, NULL0, INT64_MIN, INT64_MAX),
	BOOL(sample, flag, 0),
	TIME(sample, at, 0),
	WALL(sample, wall, 0),
	DAY(sample, day, 0),
	ENUM(sample, colour, NULL0, enum colour, COLOURS),
	BYTES(sample, raw, 0, 1000),
};
static const struct table SAMPLE = TABLE(sample, "sample", FIELDS);

static void generate(struct ctx *admin)
{
	FILE *out = fopen("/dev/null", "w");

	ck_assert_msg(schema_generate(admin, out) == 0, "%s", admin->err.detail);
	fclose(out);
}

static void make_table(void)
{
	struct ctx *admin = db_ctx_admin();

	ck_assert_int_eq(db_script(admin, "DROP TABLE IF EXISTS frontdesk_store.sample"), 0);
	ck_assert_int_eq(
		db_script(admin,
			"CREATE TABLE frontdesk_store.sample ("
			"company_id INT UNSIGNED NOT NULL DEFAULT " COMPANY_HERE
			", id UUID NOT NULL,"
			"word VARCHAR(120) NULL, story MEDIUMTEXT NULL, number BIGINT NOT NULL "
			"DEFAULT 7,"
			"maybe BIGINT NULL, flag TINYINT(1) NOT NULL DEFAULT 0, at DATETIME(3) "
			"NULL,"
			"wall DATETIME NULL, day DATE NULL, colour ENUM('red','green') NULL,"
			"raw VARBINARY(1000) NULL, PRIMARY KEY (company_id, id),"
			"UNIQUE KEY sample_word (company_id, word),"
			"CONSTRAINT sample_company FOREIGN KEY (company_id)"
			" REFERENCES frontdesk_store.company (id))"),
		0);
	generate(admin);
	db_ctx_end(admin);
}

static void drop_table(void)
{
	struct ctx *admin = db_ctx_admin();

	ck_assert_int_eq(db_script(admin, "DROP TABLE frontdesk_store.sample"), 0);
	generate(admin);
	ck_assert_int_eq(one_int(admin,
				 "SELECT COUNT(*) FROM information_schema.TABLES"
				 " WHERE TABLE_SCHEMA = 'frontdesk' AND TABLE_NAME = 'sample'"),
		0);
	db_ctx_end(admin);
}

static struct ctx *in_salon(void)
{
	struct ctx *c = db_ctx("fd_web");

	c->company = salon();
	db_begin(c);
	return c;
}

static void read_back(struct ctx *c, const char *id, struct sample *out)
{
	ck_assert_int_eq(db_one(c, &SAMPLE, out, "SELECT {cols} FROM sample WHERE id = ?", id), 1);
}

static char *repeat(struct ctx *c, const char *unit, size_t n)
{
	struct buf b = buf_new(c->mem, n * strlen(unit) + 1);

	for (size_t i = 0; i < n; i++)
		buf_text_add(&b, unit);
	return mem_text(c->mem, buf_text(&b));
}

START_TEST(a_row_comes_back_as_it_went)
{
	struct ctx *c = in_salon();
	struct sample in = {.id = id_new(c),
		.word = "Zoë 🗓️ мама",
		.number = -1,
		.maybe = 1,
		.flag = true,
		.colour = COLOUR_GREEN,
		.raw = {(const uint8_t *)"\0\xff\x27", 3}};
	struct sample out;

	ck_assert(ts_parse("2026-12-01T10:00:00.123Z", &in.at));
	ck_assert(wall_parse("2026-03-29T02:30", &in.wall));
	in.day = day_of(2028, 2, 29);
	ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
	read_back(c, in.id, &out);
	ck_assert_str_eq(out.word, in.word);
	ck_assert_ptr_null(out.story);
	ck_assert_int_eq(out.number, -1);
	ck_assert_int_eq(out.maybe, 1);
	ck_assert(out.flag);
	ck_assert_int_eq(out.at.ms, in.at.ms);
	ck_assert_int_eq(out.wall.min, in.wall.min);
	ck_assert_int_eq(out.day.n, in.day.n);
	ck_assert_int_eq(out.colour, COLOUR_GREEN);
	ck_assert_uint_eq(out.raw.n, 3);
	ck_assert_mem_eq(out.raw.p, in.raw.p, 3);
	db_ctx_end(c);
}
END_TEST

START_TEST(absent_is_null_and_comes_back_absent)
{
	struct ctx *c = in_salon();
	struct sample in = {.id = id_new(c), .number = 0}, out;

	ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM sample WHERE id = ? AND word IS NULL AND"
				 " maybe IS NULL AND at IS NULL AND wall IS NULL AND day IS NULL"
				 " AND colour IS NULL AND raw IS NULL",
				 in.id),
		1);
	read_back(c, in.id, &out);
	ck_assert_ptr_null(out.word);
	ck_assert_int_eq(out.maybe, 0);
	ck_assert_int_eq(out.at.ms, 0);
	ck_assert_int_eq(out.wall.min, 0);
	ck_assert_int_eq(out.day.n, 0);
	ck_assert_int_eq(out.colour, COLOUR_NONE);
	ck_assert_ptr_null(out.raw.p);
	db_ctx_end(c);
}
END_TEST

START_TEST(integers_are_exact_to_the_last_bit)
{
	static const int64_t NUMBERS[] = {INT64_MAX, INT64_MIN, -1, 0, 1, (INT64_C(1) << 53) + 1};
	struct ctx *c = in_salon();

	for (size_t i = 0; i < COUNT_OF(NUMBERS); i++) {
		struct sample in = {.id = id_new(c), .number = NUMBERS[i]}, out;

		ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
		read_back(c, in.id, &out);
		ck_assert_int_eq(out.number, NUMBERS[i]);
		ck_assert_int_eq(one_int(c, "SELECT number FROM sample WHERE number = ? AND id = ?",
					 NUMBERS[i], in.id),
			NUMBERS[i]);
	}
	db_ctx_end(c);
}
END_TEST

START_TEST(text_of_any_length_comes_back_whole)
{
	static const size_t LENGTHS[] = {0, 1, 255, 256, 257, 4096, 100000};
	struct ctx *c = in_salon();

	for (size_t i = 0; i < COUNT_OF(LENGTHS); i++) {
		struct sample in = {.id = id_new(c)}, out;

		in.story = repeat(c, "x", LENGTHS[i]);
		ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
		read_back(c, in.id, &out);
		ck_assert_str_eq(out.story, in.story);
		in.story = repeat(c, "🗓", LENGTHS[i]);
		ck_assert_int_eq(db_update(c, &SAMPLE, &in, "story", in.id), 1);
		read_back(c, in.id, &out);
		ck_assert_str_eq(out.story, in.story);
	}
	db_ctx_end(c);
}
END_TEST

START_TEST(long_and_short_rows_mix)
{
	struct ctx *c = in_salon();
	struct rows rows;

	for (int i = 0; i < 100; i++) {
		struct sample in = {.id = id_new(c), .number = i};

		in.story = i % 3 == 0 ? repeat(c, "long", 500) : i % 3 == 1 ? "short" : NULL;
		ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
	}
	ck_assert_int_eq(
		db_rows(c, &SAMPLE, &rows, "SELECT {cols:s} FROM sample s ORDER BY s.number"), 100);
	const struct sample *s = rows.p;
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(s[i].number, i);
		if (i % 3 == 2)
			ck_assert_ptr_null(s[i].story);
		else
			ck_assert_uint_eq(strlen(s[i].story), i % 3 == 0 ? 2000 : 5);
	}
	db_ctx_end(c);
}
END_TEST

START_TEST(insert_new_meets_a_duplicate_without_dooming)
{
	struct ctx *c = in_salon();
	struct sample a = {.id = id_new(c), .word = "once"}, b = {.id = id_new(c), .word = "once"};

	ck_assert_int_eq(db_insert_new(c, &SAMPLE, &a), 1);
	ck_assert_int_eq(db_insert_new(c, &SAMPLE, &b), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM sample"), 1);
	b.word = "twice";
	ck_assert_int_eq(db_insert_new(c, &SAMPLE, &b), 1);
	hush();
	b.id = id_new(c);
	ck_assert_int_eq(db_insert(c, &SAMPLE, &b), -1);
	ck_assert_int_eq(c->err.code, E_DUPLICATE);
	db_ctx_end(c);
}
END_TEST

START_TEST(updates_and_deletions_count_what_they_matched)
{
	struct ctx *c = in_salon();
	struct sample s = {.id = id_new(c), .word = "same"}, out;

	ck_assert_int_eq(db_insert(c, &SAMPLE, &s), 1);
	ck_assert_int_eq(db_update(c, &SAMPLE, &s, "word", s.id), 1); /* changes nothing */
	ck_assert_int_eq(db_update(c, &SAMPLE, &s, "word, flag", id_new(c)), 0);
	s.word = NULL;
	ck_assert_int_eq(db_update(c, &SAMPLE, &s, "word", s.id), 1);
	read_back(c, s.id, &out);
	ck_assert_ptr_null(out.word);
	ck_assert_int_eq(db_exec(c, "DELETE FROM sample WHERE id = ?", s.id), 1);
	ck_assert_int_eq(
		db_one(c, &SAMPLE, &out, "SELECT {cols} FROM sample WHERE id = ?", s.id), 0);
	ck_assert_int_eq(db_must(c, 0, "sample", s.id), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
	db_ctx_end(c);
}
END_TEST

START_TEST(filters_are_added_one_by_one)
{
	struct ctx *c = in_salon();
	struct rows rows;
	struct query q;

	for (int i = 0; i < 10; i++) {
		struct sample in = {.id = id_new(c), .number = i, .flag = i % 2 == 0};

		ck_assert_int_eq(db_insert(c, &SAMPLE, &in), 1);
	}
	query_start(&q, c, "SELECT {cols} FROM sample");
	query_where(&q, "number >= ? OR number = ?", 4, -1);
	query_where(&q, "flag = ?", true);
	query_add(&q, " ORDER BY number DESC LIMIT ?", 2);
	ck_assert_int_eq(query_rows(&q, &SAMPLE, &rows), 2);
	ck_assert_int_eq(((struct sample *)rows.p)[0].number, 8);
	ck_assert_int_eq(((struct sample *)rows.p)[1].number, 6);
	db_ctx_end(c);
}
END_TEST

START_TEST(one_integer_or_none)
{
	struct ctx *c = in_salon();
	int64_t n = 5;

	ck_assert_int_eq(db_int(c, &n, "SELECT number FROM sample WHERE id = ?", id_new(c)), 0);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(db_int(c, &n, "SELECT MAX(number) FROM sample"), 0); /* NULL */
	ck_assert_int_eq(db_int(c, &n, "SELECT 3 UNION ALL SELECT 4"), 1);
	ck_assert_int_eq(n, 3);
	db_ctx_end(c);
}
END_TEST

START_TEST(a_new_table_is_closed_to_others_at_once)
{
	struct ctx *c = db_ctx("fd_web"), *other = in_salon();
	struct sample s = {.id = id_new(c), .word = "secret"};

	c->company = dental();
	ck_assert_int_eq(db_insert(c, &SAMPLE, &s), 1);
	ck_assert_int_eq(one_int(other, "SELECT COUNT(*) FROM sample"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM sample"), 1);
	ck_assert_int_eq(db_exec(c, "DELETE FROM sample"), 1);
	db_ctx_end(c);
	db_ctx_end(other);
}
END_TEST

Suite *suite_types(void)
{
	Suite *s = suite_create("types");
	TCase *t = tcase_create("rows");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, make_table, drop_table);
	tcase_add_test(t, a_row_comes_back_as_it_went);
	tcase_add_test(t, absent_is_null_and_comes_back_absent);
	tcase_add_test(t, integers_are_exact_to_the_last_bit);
	tcase_add_test(t, text_of_any_length_comes_back_whole);
	tcase_add_test(t, long_and_short_rows_mix);
	tcase_add_test(t, insert_new_meets_a_duplicate_without_dooming);
	tcase_add_test(t, updates_and_deletions_count_what_they_matched);
	tcase_add_test(t, filters_are_added_one_by_one);
	tcase_add_test(t, one_integer_or_none);
	tcase_add_test(t, a_new_table_is_closed_to_others_at_once);
	suite_add_tcase(s, t);
	return s;
}
