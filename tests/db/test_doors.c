/* Law 1 at the doors: what one opens to is an exact key, and who has none gets
 * nothing of another company's and changes nothing there. */
#include "tests/db/planted.h"

#define CALLS (getenv("LONG") != NULL ? 5000 : 500)

struct door {
	const char *name;
	char kinds[33]; /* of its parameters: u id, i integer, d time, b bytes, t text */
};

/* A CALL cannot stand inside another statement; enter_company() is left out: it
 * is what all of this rests on. */
static size_t doors_of_web(struct door *out, size_t max)
{
	static const char SQL[] =
		"SELECT r.ROUTINE_NAME, COALESCE(GROUP_CONCAT(CASE WHEN p.DATA_TYPE = 'uuid' THEN "
		"'u'"
		" WHEN p.DATA_TYPE LIKE '%int' THEN 'i' WHEN p.DATA_TYPE LIKE 'date%' THEN 'd'"
		" WHEN p.DATA_TYPE LIKE '%binary' OR p.DATA_TYPE LIKE '%blob' THEN 'b' ELSE 't' END"
		" ORDER BY p.ORDINAL_POSITION SEPARATOR ''), '')"
		" FROM information_schema.ROUTINES r JOIN mysql.procs_priv g"
		" ON g.User = 'fd_web' AND g.Routine_name = r.ROUTINE_NAME"
		" LEFT JOIN information_schema.PARAMETERS p"
		" ON p.SPECIFIC_SCHEMA = 'frontdesk' AND p.SPECIFIC_NAME = r.ROUTINE_NAME"
		" WHERE r.ROUTINE_SCHEMA = 'frontdesk'"
		" AND r.ROUTINE_NAME NOT IN ('enter_company', 'leave_company')"
		" GROUP BY 1 ORDER BY 1";
	MYSQL_ROW row;
	size_t n = 0;

	ck_assert_int_eq(mysql_query(above, SQL), 0);
	MYSQL_RES *r = mysql_store_result(above);
	for (; n < max && (row = mysql_fetch_row(r)) != NULL; n++) {
		snprintf(out[n].kinds, sizeof(out[n].kinds), "%s", row[1]);
		out[n].name = mem_text(kept, row[0]);
	}
	mysql_free_result(r);
	return n;
}

static size_t below(size_t n)
{
	return (size_t)(statement_random(&gen) >> 33) % n;
}

static void put_argument(struct buf *b, char kind)
{
	static const char *const TEXTS[] = {
		"'%'", "'\\' OR 1 = 1 -- '", "''", "'a@b.example'", "'[]'", "'retell'"};
	char hex[33];

	snprintf(hex, sizeof(hex), "%016" PRIx64 "%016" PRIx64, statement_random(&gen),
		statement_random(&gen));
	if (below(6) == 0)
		buf_text_add(b, "NULL");
	else if (kind == 'i')
		buf_printf(b, "%" PRId64, below(2) == 0 ? mine.number : -1);
	else if (kind == 'u')
		buf_printf(b, "'%.8s-%.4s-7%.3s-8%.3s-%.12s'", hex, hex + 8, hex + 12, hex + 16,
			hex + 20);
	else if (kind == 'b')
		buf_printf(b, "X'%s%s'", hex, hex);
	else if (kind == 'd')
		buf_text_add(b, "'2037-01-01'");
	else
		buf_text_add(b, TEXTS[below(COUNT_OF(TEXTS))]);
}

static const char *call_of(const struct door *d)
{
	struct buf b = buf_new(mem, 4096);

	buf_printf(&b, "CALL %s(", d->name);
	for (const char *k = d->kinds; *k != '\0'; k++) {
		buf_text_add(&b, k > d->kinds ? ", " : "");
		put_argument(&b, *k);
	}
	buf_text_add(&b, ")");
	return buf_text(&b);
}

START_TEST(no_door_opens_to_arguments_by_chance)
{
	struct verdict v = {0};
	struct door doors[200];
	size_t n = doors_of_web(doors, COUNT_OF(doors));
	uint64_t before = digest_theirs();

	ck_assert_uint_gt(n, 15);
	ck_assert_uint_lt(n, COUNT_OF(doors));
	enter(mine.number);
	for (int i = 0; i < CALLS; i++) {
		struct mem_mark mark = mem_mark(mem);
		const struct statement s = {.sql = call_of(&doors[(size_t)i % n])};

		ck_assert_uint_eq(raw_run(inside, "START TRANSACTION"), 0);
		struct outcome o = run(inside, s.sql);
		count(&v, &s, &o);
		if (o.matched > 0 && digest_theirs() != before)
			blame(&v, &v.changes, "it changed another company", s.sql);
		ck_assert_uint_eq(raw_run(inside, "ROLLBACK"), 0);
		ck_assert_msg(still_in(mine.number), "%s", s.sql);
		mem_release(mem, mark);
	}
	ck_assert_uint_eq(digest_theirs(), before);
	expect_none("doors", &v);
}
END_TEST

Suite *suite_doors(void)
{
	Suite *s = suite_create("doors");
	TCase *t = tcase_create("doors");

	tcase_add_checked_fixture(t, planted_setup, planted_teardown);
	tcase_set_timeout(t, getenv("LONG") != NULL ? 1200 : 120);
	tcase_add_test(t, no_door_opens_to_arguments_by_chance);
	suite_add_tcase(s, t);
	return s;
}
