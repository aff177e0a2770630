/* Lists made of a table's flags: every order gives each row once whatever the
 * size of a page, rows that come meanwhile neither repeat nor hide others. */
#include "core/sys/list.h"
#include "core/base/id.h"
#include "core/staff/staff.h"
#include "core/staff/time_off.h"
#include "tests/db/salon.h"

#define MANY 9

/* Names that are absent, alike but for case, and alike. */
static void have_customers(void)
{
	static const char *const NAMES[MANY] = {
		NULL, "ada", "Ada", "Bo", NULL, "Ada", "Zoë", "Ölaf", NULL};

	ck_assert_int_ge(db_exec(c, "UPDATE customer SET deleted_at = ?", c->now), 0);
	for (int i = 0; i < MANY; i++) {
		struct customer k = {
			.id = id_new(c), .name = NAMES[i], .created_at = {MONDAY_0900 + i / 2}};

		ck_assert_int_eq(db_insert(c, &CUSTOMER, &k), 1);
	}
}

/* The ids of a list, joined, page by page. */
static const char *ids(struct list l, int *pages)
{
	struct buf b = buf_new(c->mem, 4096);
	struct rows rows;
	struct query q;

	*pages = 0;
	do {
		list_query(c, &l, &q);
		ck_assert_int_eq(list_rows(&q, &l, &rows), 0);
		l.cursor = list_next(c, &l, &rows);
		ck_assert_uint_le(rows.n, (size_t)l.limit);
		for (size_t i = 0; i < rows.n; i++)
			buf_printf(
				&b, "%s ", *table_id(l.table, (char *)rows.p + i * l.table->size));
		ck_assert_int_lt(++*pages, 20);
	} while (l.cursor != NULL);
	return buf_text(&b);
}

static const char *const SORTS[] = {NULL, "name", "-name", "created_at", "-created_at"};

START_TEST(pages_of_any_size_are_the_same_rows)
{
	struct list l = {.table = &CUSTOMER, .sort = SORTS[_i], .limit = 100};
	int pages;

	have_customers();
	const char *whole = ids(l, &pages);
	ck_assert_uint_eq(strlen(whole), MANY * 37);
	for (l.limit = 1; l.limit <= MANY; l.limit++) {
		ck_assert_str_eq(ids(l, &pages), whole);
		ck_assert_int_eq(pages, (int)((MANY + l.limit - 1) / l.limit));
	}
}
END_TEST

START_TEST(rows_that_come_or_go_hide_no_others)
{
	struct list l = {.table = &CUSTOMER, .sort = "name", .limit = 4};
	struct rows first, second;
	struct query q;

	have_customers();
	list_query(c, &l, &q);
	ck_assert_int_eq(list_rows(&q, &l, &first), 0);
	l.cursor = list_next(c, &l, &first);
	const struct customer *k = first.p;
	ck_assert_ptr_null(k[2].name);
	ck_assert_int_eq(
		db_exec(c, "UPDATE customer SET deleted_at = ? WHERE id = ?", c->now, k[3].id), 1);
	struct customer early = {.id = id_new(c), .name = "Aa", .created_at = c->now};
	ck_assert_int_eq(db_insert(c, &CUSTOMER, &early), 1);
	list_query(c, &l, &q);
	ck_assert_int_eq(list_rows(&q, &l, &second), 0);
	ck_assert_uint_eq(second.n, 5);
	k = second.p;
	ck_assert_str_eq(k[2].name, "Bo");
}
END_TEST

static void expect_no_place(const char *sort, const char *text)
{
	struct bytes raw = {(const uint8_t *)text, strlen(text)};
	struct list l = {.table = &CUSTOMER,
		.sort = sort,
		.cursor = base64url_encode(c->mem, raw),
		.limit = 1};
	struct rows rows;
	struct query q;

	list_query(c, &l, &q);
	ck_assert_msg(list_rows(&q, &l, &rows) < 0, "%s was taken", text);
	ck_assert_str_eq(c->err.fields[0].field, "cursor");
	err_clear(c);
}

START_TEST(a_place_of_another_list_is_refused)
{
	static const char *const BAD[] = {"", ":", "name", "name:", "name:" NOBODY, ":" NOBODY ":",
		"name:" NOBODY "=Ada", "name:" NOBODY ":Ada", "-name:" NOBODY ":=Ada",
		"name:not-an-id-but-as-long-as-one-is-here:=Ada", "name:" NOBODY ":=\xff"};

	for (size_t i = 0; i < COUNT_OF(BAD); i++)
		expect_no_place("name", BAD[i]);
	expect_no_place("created_at", "created_at:" NOBODY ":=soon");
	expect_no_place("created_at", "created_at:" NOBODY ":=999999999999999999");
}
END_TEST

START_TEST(what_is_asked_for_is_taken_literally)
{
	struct customer asked = {.phone = "+4915112345678"};
	struct list l = {.table = &CUSTOMER, .limit = 10};
	int pages;

	have_customers();
	l.q = "da' OR '1'='1";
	ck_assert_str_eq(ids(l, &pages), "");
	l.q = "%";
	ck_assert_str_eq(ids(l, &pages), "");
	l.q = "ADA";
	ck_assert_uint_eq(strlen(ids(l, &pages)), 3 * 37);
	l.q = "\xF0\x9F\x93\x9E";
	ck_assert_str_eq(ids(l, &pages), "");
	l.q = NULL;
	l.asked = &asked;
	l.filters = field_bit(&CUSTOMER, table_field(&CUSTOMER, "phone"));
	ck_assert_str_eq(ids(l, &pages), "");
	asked.phone = "\xF0\x9F\x93\x9E";
	ck_assert_str_eq(ids(l, &pages), "");
}
END_TEST

static const struct {
	const char *from, *to;
	bool found;
} PERIODS[] = {
	{"2030-03-01", "2030-03-01", true},
	{"2030-03-03", "2030-03-03", true},
	{"2030-03-04", "2030-03-05", false}, /* it ends at midnight */
	{"2030-02-01", "2030-02-28", false},
	{"2030-02-01", "2030-03-01", true},
	{"2030-02-01", NULL, true},
	{"2030-03-04", NULL, false},
	{NULL, "2030-02-28", false},
	{NULL, "2030-03-02", true},
	{NULL, NULL, true},
};

START_TEST(a_period_finds_what_lies_in_it)
{
	struct time_off t = {.staff_id = ANNA,
		.local_start = wall("2030-03-01T23:59"),
		.local_end = wall("2030-03-04T00:00")};
	struct list l = {.table = &TIME_OFF, .limit = 10};
	int pages;

	ck_assert_int_eq(time_off_create(c, &t), 0);
	if (PERIODS[_i].from != NULL)
		l.from = day(PERIODS[_i].from);
	if (PERIODS[_i].to != NULL)
		l.to = day(PERIODS[_i].to);
	ck_assert_int_eq(*ids(l, &pages) != '\0', PERIODS[_i].found);
}
END_TEST

Suite *suite_list(void)
{
	Suite *s = suite_create("list");
	TCase *t = tcase_create("pages");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_loop_test(t, pages_of_any_size_are_the_same_rows, 0, (int)COUNT_OF(SORTS));
	tcase_add_test(t, rows_that_come_or_go_hide_no_others);
	tcase_add_test(t, a_place_of_another_list_is_refused);
	tcase_add_test(t, what_is_asked_for_is_taken_literally);
	tcase_add_loop_test(t, a_period_finds_what_lies_in_it, 0, (int)COUNT_OF(PERIODS));
	suite_add_tcase(s, t);
	return s;
}
