/* Law 1: the database itself keeps companies apart. */
#include "tests/db/support.h"
#include "core/base/id.h"
#include "core/schema/generate.h"
#include "core/sys/conf.h"

#define STAFF_IN_SALON 4
#define STAFF_IN_DENTAL 2

struct view {
	const char *name;
};

static const struct field FIELDS[] = {
	TEXT(view, name, 0, 64),
};
static const struct table VIEW = TABLE(view, "view", FIELDS);

/* Rows of a view that belong to another company than the one c is in; found
 * by asking the tables, so that nothing is taken on trust. */
static int64_t foreign_rows(struct ctx *c, struct ctx *admin, const char *view)
{
	const char *mine = mem_printf(c->mem, "SELECT COUNT(*) FROM `%s`", view);
	const char *own = mem_printf(admin->mem,
		"SELECT COUNT(*) FROM frontdesk_store.`%s` WHERE company_id = %u", view,
		c->company);
	int64_t seen = 0, there = 0;

	ck_assert_int_eq(db_int_(c, &seen, mine, NULL, 0), 1);
	ck_assert_int_eq(db_int_(admin, &there, own, NULL, 0), 1);
	return seen - there;
}

static void company_views(struct ctx *admin, struct rows *out)
{
	int n = db_rows(admin, &VIEW, out,
		"SELECT v.TABLE_NAME AS name FROM information_schema.VIEWS v"
		" JOIN information_schema.COLUMNS k ON k.TABLE_SCHEMA = 'frontdesk_store'"
		" AND k.TABLE_NAME = v.TABLE_NAME AND k.COLUMN_NAME = 'company_id'"
		" WHERE v.TABLE_SCHEMA = 'frontdesk'");

	ck_assert_int_gt(n, 20);
}

START_TEST(a_query_without_any_filter_sees_its_own_company_only)
{
	struct ctx *c = db_ctx("fd_web"), *admin = db_ctx_admin();
	struct rows views;

	company_views(admin, &views);
	for (size_t i = 0; i < views.n; i++) {
		const char *name = ((struct view *)views.p)[i].name;

		c->company = salon();
		ck_assert_msg(foreign_rows(c, admin, name) == 0, "%s in the salon", name);
		c->company = dental();
		ck_assert_msg(foreign_rows(c, admin, name) == 0, "%s at the dentist", name);
	}
	c->company = dental();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_DENTAL);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM branch WHERE id = ?", SALON_MITTE), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM company WHERE slug = 'bright-smile'"), 1);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM company"), 1);
	db_ctx_end(c);
	db_ctx_end(admin);
}
END_TEST

/* The same question through a view that lost its WHERE must find rows. */
START_TEST(control_a_view_without_its_where_is_noticed)
{
	struct ctx *c = db_ctx("fd_web"), *admin = db_ctx_admin();

	ck_assert_int_eq(
		db_script(admin,
			"CREATE OR REPLACE DEFINER=" DEFINER " SQL SECURITY DEFINER VIEW"
			" frontdesk.planted AS SELECT id, name FROM frontdesk_store.branch"),
		0);
	ck_assert_int_eq(
		db_script(
			admin, "CREATE TABLE frontdesk_store.planted LIKE frontdesk_store.branch"),
		0);
	ck_assert_int_eq(
		db_script(admin,
			"INSERT INTO frontdesk_store.planted SELECT * FROM frontdesk_store.branch"),
		0);
	ck_assert_int_eq(
		db_script(admin, "GRANT SELECT ON frontdesk.planted TO fd_web@localhost"), 0);
	c->company = dental();
	int64_t found = foreign_rows(c, admin, "planted");
	ck_assert_int_eq(db_script(admin, "DROP VIEW frontdesk.planted"), 0);
	ck_assert_int_eq(db_script(admin, "DROP TABLE frontdesk_store.planted"), 0);
	ck_assert_int_eq(
		db_script(admin, "REVOKE ALL ON frontdesk.planted FROM fd_web@localhost"), 0);
	ck_assert_int_eq(found, 3);
	db_ctx_end(c);
	db_ctx_end(admin);
}
END_TEST

START_TEST(another_companys_rows_cannot_be_written_or_referred_to)
{
	MYSQL *m = raw_connect("fd_web");
	char sql[100];

	snprintf(sql, sizeof(sql), "CALL enter_company(%u)", dental());
	ck_assert_uint_eq(raw_run(m, sql), 0);
	ck_assert_uint_eq(raw_run(m, "START TRANSACTION"), 0);
	ck_assert_uint_eq(
		raw_run(m, "UPDATE branch SET name = 'x' WHERE id = '" SALON_MITTE "'"), 0);
	ck_assert_int_eq(raw_matched, 0);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM staff WHERE branch_id = '" SALON_MITTE "'"), 0);
	ck_assert_int_eq(raw_matched, 0);
	/* a reference to another company's row: no such row here */
	ck_assert_uint_eq(raw_run(m,
				  "INSERT INTO resource (id, branch_id, kind, name) VALUES"
				  " (UUID(), '" SALON_MITTE "', 'room', 'x')"),
		1452);
	ck_assert_uint_eq(raw_run(m, "UPDATE staff SET branch_id = '" SALON_MITTE "'"), 1452);
	/* the company is not a column that could be named */
	ck_assert_uint_eq(raw_run(m,
				  "INSERT INTO branch (company_id, id, name, time_zone)"
				  " VALUES (1, UUID(), 'x', 'UTC')"),
		1054);
	ck_assert_uint_eq(raw_run(m, "UPDATE branch SET company_id = 1"), 1054);
	/* what is its own works, and comes back */
	ck_assert_uint_eq(
		raw_run(m, "UPDATE branch SET name = 'x' WHERE id = '" DENTAL_MAIN "'"), 0);
	ck_assert_int_eq(raw_matched, 1);
	ck_assert_uint_eq(raw_run(m, "ROLLBACK"), 0);
	mysql_close(m);
}
END_TEST

static void expect_nothing(MYSQL *m, const char *when)
{
	ck_assert_msg(raw_int(m, "SELECT COUNT(*) FROM staff") == 0, "%s: staff", when);
	ck_assert_msg(raw_int(m, "SELECT COUNT(*) FROM company") == 0, "%s: company", when);
	ck_assert_msg(raw_int(m, "SELECT COUNT(*) FROM job") == 0, "%s: job", when);
	ck_assert_msg(
		raw_run(m,
			"INSERT INTO branch (id, name, time_zone) VALUES (UUID(), 'x', 'UTC')") ==
			1452,
		"%s: a branch of no company", when);
}

static void enter_salon(MYSQL *m)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "CALL enter_company(%u)", salon());
	ck_assert_uint_eq(raw_run(m, sql), 0);
	ck_assert_int_eq(raw_int(m, "SELECT COUNT(*) FROM staff"), STAFF_IN_SALON);
}

START_TEST(outside_a_company_there_is_nothing)
{
	MYSQL *m = raw_connect("fd_web");

	expect_nothing(m, "never entered");
	ck_assert_uint_eq(raw_run(m,
				  "INSERT INTO event (id, kind, subject_id, payload)"
				  " VALUES (UUID(), 'x', UUID(), '{}')"),
		4025);
	ck_assert_uint_eq(raw_run(m,
				  "INSERT INTO provider_call (id, provider, operation, outcome,"
				  " duration_ms) VALUES (UUID(), 'x', 'x', 'unknown', 1)"),
		4025);
	enter_salon(m);
	ck_assert_uint_eq(raw_run(m, "CALL leave_company()"), 0);
	expect_nothing(m, "left");
	enter_salon(m);
	ck_assert_int_eq(mysql_reset_connection(m), 0);
	expect_nothing(m, "reset");
	mysql_close(m);
}
END_TEST

START_TEST(after_change_user_there_is_nothing)
{
	struct ctx *c = db_ctx("fd_web");
	MYSQL *m = raw_connect("fd_web");
	const char *password = conf_secret(c->conf, c->mem, "db_fd_web");

	enter_salon(m);
	ck_assert_int_eq(mysql_change_user(m, "fd_web", password, "frontdesk"), 0);
	expect_nothing(m, "change_user");
	mysql_close(m);
	db_ctx_end(c);
}
END_TEST

START_TEST(after_a_kill_the_connection_is_outside)
{
	MYSQL *root = raw_connect("root");
	struct ctx *c = db_ctx("fd_web");
	char sql[100];

	c->company = salon();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_SALON);
	snprintf(sql, sizeof(sql), "KILL CONNECTION %" PRId64,
		raw_int(root,
			"SELECT MAX(ID) FROM information_schema.PROCESSLIST WHERE USER = "
			"'fd_web'"));
	ck_assert_uint_eq(raw_run(root, sql), 0);
	c->company = 0;
	hush();
	int64_t n = -1;
	ck_assert_int_eq(db_int(c, &n, "SELECT COUNT(*) FROM staff"), -1);
	ck_assert_int_eq(c->err.code, E_UNAVAILABLE);
	ck_assert(db_retryable(c));
	err_clear(c);
	/* the new connection never entered: what db_script sends enters nothing */
	ck_assert_int_eq(db_script(c,
				 "BEGIN NOT ATOMIC IF EXISTS (SELECT 1 FROM staff) THEN"
				 " SIGNAL SQLSTATE '45000'; END IF; END"),
		0);
	c->company = salon();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_SALON);
	db_ctx_end(c);
	mysql_close(root);
}
END_TEST

START_TEST(the_programs_accounts_can_neither_read_tables_nor_choose_a_company)
{
	static const char *const ACCOUNTS[] = {"fd_web", "fd_worker", "fd_platform"};

	for (size_t i = 0; i < COUNT_OF(ACCOUNTS); i++) {
		MYSQL *m = raw_connect(ACCOUNTS[i]);

		ck_assert_uint_eq(raw_run(m, "SELECT COUNT(*) FROM frontdesk_store.branch"), 1142);
		ck_assert_uint_eq(
			raw_run(m, "INSERT INTO frontdesk_store.plan (id) VALUES (UUID())"), 1142);
		ck_assert_uint_eq(raw_run(m, "SET pseudo_thread_id = 2147483649"), 1227);
		ck_assert_uint_eq(
			raw_run(m, "SET STATEMENT pseudo_thread_id = 2147483649 FOR SELECT 1"),
			1227);
		ck_assert_uint_eq(raw_run(m, "TRUNCATE TABLE branch"), 1142);
		ck_assert_uint_ne(raw_run(m, "SHOW CREATE VIEW branch"), 0);
		ck_assert_uint_ne(raw_run(m, "CREATE TEMPORARY TABLE t (a INT)"), 0);
		ck_assert_uint_ne(raw_run(m, "SELECT 1 INTO OUTFILE '/tmp/x'"), 0);
		ck_assert_uint_ne(
			raw_run(m, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE branch"), 0);
		ck_assert_uint_ne(raw_run(m, "SELECT COUNT(*) FROM user"), 0);
		ck_assert_uint_ne(raw_run(m, "SELECT password_hash FROM frontdesk_store.user"), 0);
		mysql_close(m);
	}
	MYSQL *m = raw_connect("fd_check");
	ck_assert_int_gt(raw_int(m, "SELECT COUNT(*) FROM frontdesk_store.branch"), 0);
	ck_assert_uint_ne(raw_run(m, "DELETE FROM frontdesk_store.branch"), 0);
	ck_assert_uint_ne(raw_run(m, "CALL frontdesk.enter_company(1)"), 0);
	mysql_close(m);
}
END_TEST

START_TEST(records_cannot_be_unwritten)
{
	MYSQL *m = raw_connect("fd_web");

	enter_salon(m);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM audit_entry"), 1142);
	ck_assert_uint_eq(raw_run(m, "UPDATE audit_entry SET action = 'x'"), 1142);
	ck_assert_uint_eq(raw_run(m, "UPDATE event SET kind = 'x'"), 1142);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM appointment"), 1142);
	ck_assert_uint_eq(raw_run(m, "UPDATE rate SET microusd = 0"), 1142);
	ck_assert_uint_eq(raw_run(m, "UPDATE company SET status = 'active'"), 1143);
	ck_assert_uint_eq(raw_run(m, "UPDATE company SET slug = 'x'"), 1143);
	ck_assert_uint_eq(raw_run(m, "UPDATE company SET plan_id = UUID()"), 1143);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM company"), 1142);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM company_settings"), 1142);
	ck_assert_uint_eq(raw_run(m, "DELETE FROM job"), 1142);
	mysql_close(m);
}
END_TEST

START_TEST(entering_rides_on_the_first_statement)
{
	struct ctx *c = db_ctx("fd_web");

	c->company = salon();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_SALON);
	ck_assert_uint_eq(c->db_calls, 1);
	db_begin(c);
	c->company = dental();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_DENTAL);
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET position = position"), STAFF_IN_DENTAL);
	ck_assert_uint_eq(c->db_calls, 3);
	c->company = salon();
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET position = position"), STAFF_IN_SALON);
	db_rollback(c);
	c->company = 0;
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), 0);
	db_ctx_end(c);
}
END_TEST

/* A statement that fails leaves open whether it entered: the next enters. */
START_TEST(after_a_failure_the_company_is_entered_again)
{
	struct ctx *c = db_ctx("fd_web");

	hush();
	c->company = salon();
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_SALON);
	c->company = dental();
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET branch_id = ?", SALON_MITTE), -1);
	err_clear(c);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), STAFF_IN_DENTAL);
	db_ctx_end(c);
}
END_TEST

START_TEST(a_thousand_switches_never_mix)
{
	const uint32_t companies[] = {0, salon(), dental()};
	const int64_t staff[] = {0, STAFF_IN_SALON, STAFF_IN_DENTAL};
	const int64_t numbers[] = {0, 2, 1};
	struct ctx *c = db_ctx("fd_web");

	for (int i = 0; i < 1000; i++) {
		uint32_t k = random_below(3);
		struct mem_mark mark = mem_mark(c->mem);

		c->company = companies[k];
		if (i % 3 == 0)
			db_begin(c);
		ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), staff[k]);
		ck_assert_int_eq(
			one_int(c, "SELECT COUNT(*) FROM phone_number WHERE is_active = ?", 1),
			numbers[k]);
		ck_assert_int_eq(
			db_exec(c, "UPDATE resource SET name = name WHERE kind = ?", "staff"),
			staff[k]);
		db_rollback(c);
		mem_release(c->mem, mark);
	}
	db_ctx_end(c);
}
END_TEST

Suite *suite_isolation(void)
{
	Suite *s = suite_create("isolation");
	TCase *t = tcase_create("law 1");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_query_without_any_filter_sees_its_own_company_only);
	tcase_add_test(t, control_a_view_without_its_where_is_noticed);
	tcase_add_test(t, another_companys_rows_cannot_be_written_or_referred_to);
	tcase_add_test(t, outside_a_company_there_is_nothing);
	tcase_add_test(t, after_change_user_there_is_nothing);
	tcase_add_test(t, after_a_kill_the_connection_is_outside);
	tcase_add_test(t, the_programs_accounts_can_neither_read_tables_nor_choose_a_company);
	tcase_add_test(t, records_cannot_be_unwritten);
	tcase_add_test(t, entering_rides_on_the_first_statement);
	tcase_add_test(t, after_a_failure_the_company_is_entered_again);
	tcase_add_test(t, a_thousand_switches_never_mix);
	suite_add_tcase(s, t);
	return s;
}
