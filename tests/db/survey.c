#include "tests/db/survey.h"

static MYSQL *root;
static char tables[8192];   /* `a`,`b`,… */
static char numbers[32768]; /* SELECT 'a', COUNT(*) FROM `a` UNION ALL … */

static void text_of(const char *sql, char *out, size_t size)
{
	ck_assert_msg(mysql_real_query(root, sql, strlen(sql)) == 0, "%s", mysql_error(root));
	MYSQL_RES *r = mysql_store_result(root);
	int n = snprintf(out, size, "%s", mysql_fetch_row(r)[0]);

	ck_assert_int_lt(n, (int)size);
	mysql_free_result(r);
}

void survey_begin(void)
{
	root = raw_connect("root");
	change("USE frontdesk_store");
	change("SET SESSION group_concat_max_len = 1000000");
	text_of("SELECT GROUP_CONCAT('`', table_name, '`' ORDER BY table_name) FROM"
		" information_schema.tables WHERE table_schema = 'frontdesk_store'",
		tables, sizeof(tables));
	text_of("SELECT GROUP_CONCAT('SELECT \"', table_name, '\", COUNT(*) FROM `', table_name,"
		" '`' ORDER BY table_name SEPARATOR ' UNION ALL ') FROM information_schema.tables"
		" WHERE table_schema = 'frontdesk_store'",
		numbers, sizeof(numbers));
}

void survey_end(void)
{
	mysql_close(root);
}

static const char *lines(struct arena *mem, const char *sql)
{
	struct buf b = buf_new(mem, 65536);
	MYSQL_ROW row;
	int n = 0;

	ck_assert_msg(mysql_real_query(root, sql, strlen(sql)) == 0, "%s", mysql_error(root));
	MYSQL_RES *r = mysql_store_result(root);
	for (; (row = mysql_fetch_row(r)) != NULL; n++)
		buf_printf(&b, "%s %s\n", row[0], row[1]);
	mysql_free_result(r);
	ck_assert_int_gt(n, 20);
	return buf_text(&b);
}

const char *survey_content(struct arena *mem)
{
	return lines(mem, mem_printf(mem, "CHECKSUM TABLE %s", tables));
}

const char *survey_counts(struct arena *mem)
{
	return lines(mem, numbers);
}

void change(const char *statement)
{
	ck_assert_msg(raw_run(root, statement) == 0, "%s: %s", statement, mysql_error(root));
}

int64_t look(const char *statement)
{
	return raw_int(root, statement);
}
