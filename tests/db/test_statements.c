/* Law 1 once more: whatever single statement is planted into a program, inside
 * one company it returns nothing of another's, and changes nothing there.
 *
 * Two companies have the same rows in every table. What is returned may not hold
 * the other's canary, and may not depend on whether the other has rows at all:
 * each query is asked twice, with them and without. After writes, nothing outside
 * the company has changed, and nothing of the other's has come into it. */
#include "tests/db/planted.h"
#include "core/schema/generate.h"

#define QUERIES (getenv("LONG") != NULL ? 12000 : 1200)
#define WRITES (getenv("LONG") != NULL ? 8000 : 800)
#define BATCH 200 /* queries between two changes of what the other has */
#define WRITES_BATCH 20

/* ---- trials ---- */

/* Queries with and without the other's rows; both times from a fresh connection
 * and the same seed. */
static void try_queries(struct verdict *v)
{
	struct outcome with[BATCH];
	uint64_t begin = gen.seed;
	struct statement s;

	enter(mine.number);
	for (int i = 0; i < BATCH; i++) {
		struct mem_mark mark = mem_mark(mem);

		statement_read(&gen, &s);
		with[i] = run(inside, s.sql);
		count(v, &s, &with[i]);
		mem_release(mem, mark);
	}
	if (!still_in(mine.number))
		blame(v, &v->forbidden, "the connection is in another company", "");
	uproot(&theirs, false);
	gen.seed = begin;
	enter(mine.number);
	for (int i = 0; i < BATCH; i++) {
		struct mem_mark mark = mem_mark(mem);
		const struct outcome *a = &with[i];

		statement_read(&gen, &s);
		struct outcome b = run(inside, s.sql);
		if (s.compared &&
			(a->error != b.error || a->rows != b.rows || a->digest != b.digest))
			blame(v, &v->leaks, "it depends on another company's rows", s.sql);
		mem_release(mem, mark);
	}
	plant(&theirs);
}

static void try_writes(struct verdict *v)
{
	uint64_t before = digest_outside();
	struct statement s;

	enter(mine.number);
	ck_assert_uint_eq(raw_run(inside, "START TRANSACTION"), 0);
	for (int i = 0; i < WRITES_BATCH; i++) {
		struct mem_mark mark = mem_mark(mem);

		statement_write(&gen, &s);
		struct outcome o = run(inside, s.sql);
		count(v, &s, &o);
		if (o.error == 0 && o.matched > 0 &&
			(digest_outside() != before || smuggled() != 0)) {
			blame(v, &v->changes, "it changed, or fetched, what is another company's",
				s.sql);
			before = digest_outside();
		}
		mem_release(mem, mark);
	}
	ck_assert_uint_eq(raw_run(inside, "ROLLBACK"), 0);
}

/* ---- tests ---- */

START_TEST(no_query_shows_another_company)
{
	struct verdict v = {0};

	for (int i = 0; i < QUERIES; i += BATCH)
		try_queries(&v);
	expect_none("queries", &v);
	ck_assert_int_gt(v.returned, v.made / 8);
	ck_assert_int_gt(v.refused, v.made / 30);
}
END_TEST

START_TEST(no_write_changes_another_company)
{
	struct verdict v = {0};

	for (int i = 0; i < WRITES; i += WRITES_BATCH)
		try_writes(&v);
	expect_none("writes", &v);
	ck_assert_int_gt(v.changed, v.made / 20);
}
END_TEST

/* A view that lost its WHERE, for as long as a test looks whether that is noticed. */
static void open_view(const char *name, bool open)
{
	struct buf b = buf_new(mem, 8192);
	size_t i = 0;

	while (i < gen.n_views && strcmp(gen.views[i].name, name) != 0)
		i++;
	ck_assert_uint_lt(i, gen.n_views);
	buf_printf(&b,
		"CREATE OR REPLACE ALGORITHM=MERGE DEFINER=" DEFINER " SQL SECURITY DEFINER"
		" VIEW frontdesk.`%s` AS SELECT ",
		name);
	for (size_t k = 0; k < gen.views[i].n; k++)
		buf_printf(&b, "%s`%s`", k > 0 ? ", " : "", gen.views[i].columns[k].name);
	buf_printf(&b, " FROM frontdesk_store.`%s`%s", name,
		open ? "" : " WHERE company_id = " COMPANY_HERE " WITH CASCADED CHECK OPTION");
	must(buf_text(&b));
}

START_TEST(control_a_view_without_its_where_is_noticed)
{
	struct verdict v = {0};

	open_view("customer", true);
	for (int i = 0; i < 10 && v.leaks == 0; i++)
		try_queries(&v);
	for (int i = 0; i < 200 && v.changes == 0; i++)
		try_writes(&v);
	open_view("customer", false);
	report("control", &v);
	ck_assert_int_gt(v.leaks, 0);
	ck_assert_int_gt(v.changes, 0);
	ck_assert_int_eq(v.forbidden, 0);
}
END_TEST

START_TEST(outside_a_company_there_is_nothing)
{
	struct verdict v = {0};
	uint64_t before = digest_companies();
	struct statement s;

	hidden[1] = &mine;
	enter(0);
	ck_assert_uint_eq(raw_run(inside, "CALL leave_company()"), 0);
	ck_assert_uint_eq(raw_run(inside, "START TRANSACTION"), 0);
	for (int i = 0; i < QUERIES / 4; i++) {
		struct mem_mark mark = mem_mark(mem);

		(i % 2 == 0 ? statement_read : statement_write)(&gen, &s);
		struct outcome o = run(inside, s.sql);
		count(&v, &s, &o);
		if (i % WRITES_BATCH == 0 && digest_companies() != before)
			blame(&v, &v.changes, "it changed a company, or one before it", s.sql);
		mem_release(mem, mark);
	}
	ck_assert_uint_eq(raw_run(inside, "ROLLBACK"), 0);
	ck_assert(still_in(0));
	expect_none("outside", &v);
}
END_TEST

Suite *suite_statements(void)
{
	Suite *s = suite_create("statements");
	TCase *t = tcase_create("planted");

	tcase_add_checked_fixture(t, planted_setup, planted_teardown);
	tcase_set_timeout(t, getenv("LONG") != NULL ? 3600 : 180);
	tcase_add_test(t, no_query_shows_another_company);
	tcase_add_test(t, no_write_changes_another_company);
	tcase_add_test(t, control_a_view_without_its_where_is_noticed);
	tcase_add_test(t, outside_a_company_there_is_nothing);
	suite_add_tcase(s, t);
	return s;
}
