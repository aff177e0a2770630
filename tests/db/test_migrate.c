/* Migrations, what is generated, demo data and doctor, on a server of their
 * own: these tests drop its schemas. */
#include "tests/db/support.h"
#include "core/base/id.h"
#include "core/schema/doctor.h"
#include "core/schema/migrate.h"
#include "core/schema/script.h"
#include "core/schema/secrets.h"
#include "core/schema/seed.h"
#include "core/sys/conf.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char folder[64];
static char conf_path[128];
static char output[65536]; /* what the last run said */

/* ---- the ground ---- */

static const char *at(const char *name)
{
	static char paths[8][256];
	static int next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
	return p;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void server(const char *verb)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, STDOUT_FILENO);
		execl("tests/support/mariadb.sh", "mariadb.sh", verb, at("db"), (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "tests/support/mariadb.sh %s failed", verb);
}

static struct ctx *admin_there(void)
{
	struct ctx *c = db_ctx_admin_of(conf_path);

	c->conf = conf_load(c->mem, conf_path);
	return c;
}

static void start(void)
{
	char yaml[1024];

	snprintf(folder, sizeof(folder), "/tmp/frontdesk-migrate.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(conf_path, sizeof(conf_path), "%s", at("frontdesk.yaml"));
	ck_assert_int_eq(mkdir(at("sql"), 0700), 0);
	ck_assert_int_eq(mkdir(at("run"), 0700), 0);
	snprintf(yaml, sizeof(yaml),
		"server:\n  sandbox: true\n  run_dir: %s\n  secrets_dir: %s\n  sql_dir: %s\n"
		"database:\n  socket: %s\nlive:\n  socket: \"\"\n",
		at("run"), at("secrets"), at("sql"), at("db/mariadb.sock"));
	put(conf_path, yaml);
	server("start");
	struct ctx *c = admin_there();
	FILE *out = fopen("/dev/null", "w");
	ck_assert_int_eq(secrets_make(c, out), 0);
	fclose(out);
	db_ctx_end(c);
}

static void remove_tree(const char *path)
{
	DIR *d = opendir(path);

	for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
		char inner[512];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
		if (unlink(inner) < 0)
			remove_tree(inner);
	}
	if (d != NULL)
		closedir(d);
	rmdir(path);
}

static void stop(void)
{
	server("stop");
	remove_tree(folder);
}

/* The folder of migrations holds these, and the database nothing. */
static void copy(const char *name)
{
	struct ctx *c = admin_there();
	struct script s;
	char to[256];

	ck_assert_int_eq(script_read(c, "sql", name, &s), 0);
	snprintf(to, sizeof(to), "%s/%s", at("sql"), name);
	put(to, s.text);
	db_ctx_end(c);
}

static void empty(void)
{
	struct ctx *c = admin_there();

	remove_tree(at("sql"));
	ck_assert_int_eq(mkdir(at("sql"), 0700), 0);
	ck_assert_int_eq(db_script(c, "DROP DATABASE IF EXISTS frontdesk"), 0);
	ck_assert_int_eq(db_script(c, "DROP DATABASE IF EXISTS frontdesk_store"), 0);
	db_ctx_end(c);
}

static void real_files(void)
{
	DIR *d = opendir("sql");

	empty();
	ck_assert_ptr_nonnull(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (strstr(e->d_name, ".sql") != NULL)
			copy(e->d_name);
	}
	closedir(d);
}

static const char DOORS[] = "-- @web\nCREATE PROCEDURE enter_company(p INT UNSIGNED) NO SQL\n"
			    "\tSET @@session.pseudo_thread_id = p | 2147483648;\n";

static void small_files(const char *first)
{
	empty();
	put(at("sql/procedures.sql"), DOORS);
	put(at("sql/0001_one.sql"), first);
}

/* 0 or -1; what it said, or the error, is in output. */
static int run_in(struct ctx *c, int (*fn)(struct ctx *c, FILE *out))
{
	FILE *out = fmemopen(output, sizeof(output), "w");
	output[0] = '\0';
	int rc = fn(c, out);

	fflush(out);
	if (rc < 0)
		fputs(c->err.detail != NULL ? c->err.detail : err_wire(c->err.code), out);
	fclose(out);
	return rc;
}

static int run(int (*fn)(struct ctx *c, FILE *out))
{
	struct ctx *c = admin_there();
	int rc = run_in(c, fn);

	db_ctx_end(c);
	return rc;
}

static void expect_refusal(const char *word)
{
	ck_assert_msg(run(schema_migrate) < 0, "nothing was refused: %s", output);
	ck_assert_msg(strstr(output, word) != NULL, "%s", output);
}

static void expect_done(void)
{
	ck_assert_msg(run(schema_migrate) == 0, "%s", output);
}

static int64_t ask(const char *sql)
{
	struct ctx *c = admin_there();
	int64_t n = 0;
	int rc = db_int_(c, &n, sql, NULL, 0);

	ck_assert_msg(rc == 1, "%s", sql);
	db_ctx_end(c);
	return n;
}

static void tell(const char *sql)
{
	struct ctx *c = admin_there();

	ck_assert_msg(db_script(c, sql) == 0, "%s", sql);
	db_ctx_end(c);
}

/* ---- fresh, and again ---- */

START_TEST(a_fresh_database_then_nothing_to_do)
{
	real_files();
	expect_done();
	ck_assert_msg(strstr(output, "0001_identity.sql: applied") != NULL, "%s", output);
	/* what whoever signs up needs */
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.tenant t JOIN"
			     " frontdesk_store.plan p ON t.slug = 'frontdesk'"
			     " AND p.code = 'standard'"),
		1);
	int64_t stamp = ask("SELECT CAST(SUM(UNIX_TIMESTAMP(applied_at) * 1000) AS INT)"
			    " FROM frontdesk_store.schema_migration");
	int64_t began = now_ms();
	expect_done();
	ck_assert_int_lt(now_ms() - began, 500);
	ck_assert_str_eq(output, "");
	ck_assert_int_eq(ask("SELECT CAST(SUM(UNIX_TIMESTAMP(applied_at) * 1000) AS INT)"
			     " FROM frontdesk_store.schema_migration"),
		stamp);
}
END_TEST

START_TEST(demo_data_twice_is_demo_data_once)
{
	static const char SUM[] =
		"SELECT CAST(CONV(LEFT(MD5(GROUP_CONCAT(id, password_hash ORDER BY"
		" id)), 12), 16, 10) AS INT) FROM frontdesk_store.user";

	real_files();
	expect_done();
	ck_assert_msg(run(schema_seed) == 0, "%s", output);
	int64_t users = ask(SUM);
	ck_assert_msg(run(schema_seed) == 0, "%s", output);
	ck_assert_msg(strstr(output, "already") != NULL, "%s", output);
	ck_assert_int_eq(ask(SUM), users);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.company"), 3);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.staff"), 7);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.service_segment"), 9);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.working_hours"),
		10 + 5 + 4 + 4 + 4 + 4 + 7);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.integration WHERE "
			     "LENGTH(secret_cell) > 40"),
		4);
	tell("DELETE FROM frontdesk_store.working_hours WHERE weekday = 2");
	ck_assert_msg(run(schema_seed) == 0, "%s", output);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.working_hours"), 38);
}
END_TEST

START_TEST(demo_data_is_refused_outside_a_sandbox)
{
	struct ctx *c = admin_there();
	struct conf conf = *c->conf;

	conf.server_sandbox = false;
	c->conf = &conf;
	ck_assert_int_eq(run_in(c, schema_seed), -1);
	ck_assert_msg(strstr(output, "sandbox") != NULL, "%s", output);
	db_ctx_end(c);
}
END_TEST

/* ---- what is refused ---- */

#define TABLE_SQL(name)                                                \
	"CREATE TABLE " name " (\n\tcompany_id INT UNSIGNED NOT NULL"  \
	" DEFAULT (CONNECTION_ID() ^ 2147483648),\n\tid INT NOT NULL," \
	"\n\tPRIMARY KEY (company_id, id)\n);\n"

START_TEST(an_applied_file_may_not_change)
{
	small_files(TABLE_SQL("a") "\n" TABLE_SQL("b"));
	expect_done();
	put(at("sql/0001_one.sql"), TABLE_SQL("a") "\n" TABLE_SQL("c"));
	expect_refusal("0001_one.sql was changed after it had been applied");
	put(at("sql/0001_one.sql"), TABLE_SQL("a") "\n" TABLE_SQL("b") "\n" TABLE_SQL("c"));
	expect_refusal("0001_one.sql was changed");
	ck_assert_int_eq(unlink(at("sql/0001_one.sql")), 0);
	put(at("sql/0002_two.sql"), TABLE_SQL("c"));
	expect_refusal("0001_one.sql was applied to this database but is not in");
	put(at("sql/0001_one.sql"), TABLE_SQL("a") "\n" TABLE_SQL("b"));
	expect_done();
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
			     "'frontdesk'"),
		3);
}
END_TEST

START_TEST(numbers_are_in_order_and_used_once)
{
	small_files(TABLE_SQL("a"));
	put(at("sql/0003_three.sql"), TABLE_SQL("c"));
	expect_done();
	put(at("sql/0003_drei.sql"), TABLE_SQL("d"));
	expect_refusal("have the same number");
	ck_assert_int_eq(unlink(at("sql/0003_drei.sql")), 0);
	put(at("sql/0002_late.sql"), TABLE_SQL("b"));
	expect_refusal("0002_late.sql is new but 0003_three.sql was applied before it");
}
END_TEST

START_TEST(files_that_cannot_be_read_are_refused)
{
	small_files("CREATE TABLE a (id INT)");
	expect_refusal("0001_one.sql, line 1: this statement does not end");
	small_files("-- nothing\n");
	expect_refusal("holds no statement");
	small_files("CREATE TABLE a (id INT PRIMARY KEY);\n");
	expect_refusal("Table a has no company_id");
	small_files(TABLE_SQL("a"));
	put(at("sql/procedures.sql"), "CREATE PROCEDURE x() SELECT 1;\n");
	expect_refusal("who may call it");
	put(at("sql/procedures.sql"), "-- @web @everyone\nCREATE PROCEDURE x() SELECT 1;\n");
	expect_refusal("nobody is called @everyone");
	put(at("sql/procedures.sql"), "-- @web\nDROP TABLE x;\n");
	expect_refusal("only \"CREATE PROCEDURE\"");
}
END_TEST

/* ---- interrupted ---- */

static const char *const STEPS[] = {
	TABLE_SQL("a"),
	"ALTER TABLE a ADD COLUMN n INT NOT NULL DEFAULT 0;\n",
	"INSERT INTO a (company_id, id, n) VALUES (1, 1, 1);\n",
	"UPDATE a SET n = n + 1;\n",
	TABLE_SQL("b"),
	"UPDATE a SET n = n * 10;\n",
	"ALTER TABLE a ADD KEY a_n (company_id, n), ADD COLUMN m INT NULL;\n",
	"INSERT INTO b (company_id, id) SELECT company_id, n FROM a;\n",
	"ALTER TABLE b DROP COLUMN id, ADD COLUMN k INT NULL, DROP PRIMARY KEY;\n",
	"DROP TABLE b;\n",
};

#define BROKEN "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'killed here';\n\n"

/* All steps, with one that fails before step k. */
static void steps_file(size_t k)
{
	static char text[16384];
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(STEPS); i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%s\n", i == k ? BROKEN : "", STEPS[i]);
	put(at("sql/0001_one.sql"), text);
}

/* Ended before each statement in turn; at the odd ones it was done but not
 * remembered, as far as it commits by itself. */
START_TEST(a_run_goes_on_where_it_was_stopped)
{
	hush();
	small_files("");
	for (size_t k = 0; k < COUNT_OF(STEPS); k++) {
		steps_file(k);
		expect_refusal("failed");
		ck_assert_int_eq(
			ask("SELECT done FROM frontdesk_store.schema_migration"), (int64_t)k);
		bool commits = strncmp(STEPS[k], "CREATE", 6) == 0 ||
			strncmp(STEPS[k], "ALTER", 5) == 0 || strncmp(STEPS[k], "DROP", 4) == 0;
		if (commits) {
			struct ctx *c = admin_there();

			ck_assert_int_eq(db_script(c, "USE frontdesk_store"), 0);
			ck_assert_int_eq(db_script(c, STEPS[k]), 0);
			db_ctx_end(c);
		}
	}
	steps_file(COUNT_OF(STEPS));
	expect_done();
	ck_assert_int_eq(ask("SELECT n FROM frontdesk_store.a"), 20);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM information_schema.TABLES"
			     " WHERE TABLE_SCHEMA = 'frontdesk_store' AND TABLE_NAME = 'b'"),
		0);
	expect_done();
}
END_TEST

START_TEST(a_file_may_be_repaired_only_where_it_was_not_applied)
{
	hush();
	small_files(TABLE_SQL("a") "\n" BROKEN);
	expect_refusal("statement 2 failed");
	put(at("sql/0001_one.sql"), TABLE_SQL("z") "\n" TABLE_SQL("b"));
	expect_refusal("was changed");
	put(at("sql/0001_one.sql"), TABLE_SQL("a") "\n" TABLE_SQL("b"));
	expect_done();
}
END_TEST

START_TEST(a_run_survives_being_killed_anywhere)
{
	int kills = 0, status = -1;

	real_files();
	for (int round = 0; round < 100 && status != 0; round++) {
		pid_t pid = fork();

		if (pid == 0) {
			hush();
			_exit(run(schema_migrate) == 0 ? 0 : 3);
		}
		/* ever later, so that a busy machine gets to its end, too */
		usleep(random_below((uint32_t)(40000 + round * round * 1000)));
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(status == 0 || WIFSIGNALED(status), "a resumed run failed (%x)",
			(unsigned)status);
		kills += WIFSIGNALED(status);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_ge(kills, 2);
	expect_done();
	struct ctx *c = admin_there();
	const char *why = NULL;
	ck_assert_int_eq(schema_pending(c, &why), 0);
	ck_assert_str_eq(why, "");
	db_ctx_end(c);
}
END_TEST

static void migrate_quietly(int i, void *shared)
{
	(void)i;
	(void)shared;
	if (run(schema_migrate) < 0)
		_exit(1);
}

START_TEST(four_at_once_take_turns)
{
	real_files();
	run_rivals(4, migrate_quietly, NULL);
	ck_assert_int_ge(ask("SELECT COUNT(*) FROM frontdesk_store.schema_migration"), 5);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM frontdesk_store.schema_migration "
			     "WHERE done <> statements"),
		0);
}
END_TEST

/* ---- what is put right ---- */

START_TEST(stale_views_doors_and_rights_go)
{
	real_files();
	expect_done();
	tell("CREATE VIEW frontdesk.old AS SELECT 1 AS a");
	tell("CREATE PROCEDURE frontdesk.old() SELECT 1");
	tell("GRANT SELECT ON frontdesk_store.branch TO fd_web@localhost");
	tell("GRANT DELETE ON frontdesk_store.* TO fd_check@localhost");
	tell("GRANT BINLOG REPLAY ON *.* TO fd_web@localhost");
	tell("GRANT EXECUTE ON PROCEDURE frontdesk.sys_login TO fd_worker@localhost");
	tell("REVOKE EXECUTE ON PROCEDURE frontdesk.sys_login FROM fd_web@localhost");
	expect_done();
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM information_schema.TABLES"
			     " WHERE TABLE_SCHEMA = 'frontdesk' AND TABLE_NAME = 'old'"),
		0);
	ck_assert_int_eq(ask("SELECT COUNT(*) FROM information_schema.ROUTINES"
			     " WHERE ROUTINE_SCHEMA = 'frontdesk' AND ROUTINE_NAME = 'old'"),
		0);
	ck_assert_msg(run(schema_doctor) == 0, "%s", output);
}
END_TEST

/* ---- doctor ---- */

/* Each fault, what doctor must say, and how it is put right. */
static const struct fault {
	const char *plant;
	const char *said;
	const char *cure;
} FAULTS[] = {
	{"CREATE OR REPLACE DEFINER=fd_owner@localhost VIEW frontdesk.task AS"
	 " SELECT id, kind FROM frontdesk_store.task WHERE company_id = (CONNECTION_ID() ^ "
	 "2147483648)",
		"FAIL views: task", NULL},
	{"CREATE OR REPLACE DEFINER=fd_owner@localhost VIEW frontdesk.task AS"
	 " SELECT id, kind FROM frontdesk_store.task WITH CASCADED CHECK OPTION",
		"FAIL views: task", NULL},
	{"CREATE OR REPLACE DEFINER=root@localhost SQL SECURITY DEFINER VIEW frontdesk.task AS"
	 " SELECT id, kind FROM frontdesk_store.task WHERE company_id = (CONNECTION_ID() ^ "
	 "2147483648)"
	 " WITH CASCADED CHECK OPTION",
		"FAIL views: task", NULL},
	{"CREATE OR REPLACE DEFINER=fd_owner@localhost VIEW frontdesk.task AS"
	 " SELECT * FROM frontdesk_store.task WHERE company_id = (CONNECTION_ID() ^ 2147483648)"
	 " WITH CASCADED CHECK OPTION",
		"FAIL view columns: task", NULL},
	{"CREATE OR REPLACE DEFINER=fd_owner@localhost VIEW frontdesk.branch AS"
	 " SELECT id, name FROM frontdesk_store.branch",
		"FAIL isolation: a new connection sees rows", NULL},
	{"ALTER TABLE frontdesk_store.task ADD UNIQUE KEY title (company_id, title)",
		"FAIL unique keys: task.title", "ALTER TABLE frontdesk_store.task DROP KEY title"},
	{"ALTER TABLE frontdesk_store.task ALTER company_id SET DEFAULT 1", "FAIL company_id: task",
		"ALTER TABLE frontdesk_store.task ALTER company_id SET DEFAULT (CONNECTION_ID() ^ "
		"2147483648)"},
	{"ALTER TABLE frontdesk_store.task ADD job_id UUID NULL, ADD CONSTRAINT task_job"
	 " FOREIGN KEY (job_id) REFERENCES frontdesk_store.job (id)",
		"FAIL foreign keys: task.task_job",
		"ALTER TABLE frontdesk_store.task DROP FOREIGN KEY task_job, DROP COLUMN job_id"},
	{"GRANT SELECT ON frontdesk_store.branch TO fd_web@localhost",
		"FAIL rights: 'fd_web'@'localhost' must not have SELECT on frontdesk_store.branch",
		"REVOKE SELECT ON frontdesk_store.branch FROM fd_web@localhost"},
	{"GRANT BINLOG REPLAY ON *.* TO fd_web@localhost", "FAIL isolation: fd_web can",
		"REVOKE BINLOG REPLAY ON *.* FROM fd_web@localhost"},
	{"REVOKE EXECUTE ON PROCEDURE frontdesk.sys_job_claim FROM fd_worker@localhost",
		"FAIL rights: 'fd_worker'@'localhost' lacks EXECUTE",
		"GRANT EXECUTE ON PROCEDURE frontdesk.sys_job_claim TO fd_worker@localhost"},
	{"SET GLOBAL innodb_lock_wait_timeout = 50",
		"FAIL settings: innodb_lock_wait_timeout is 50",
		"SET GLOBAL innodb_lock_wait_timeout = 5"},
	{"SET GLOBAL sql_mode = ''", "FAIL settings: sql_mode",
		"SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
		"NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'"},
	{"UPDATE frontdesk_store.schema_migration SET done = 2 WHERE file = '0002_business.sql'",
		"FAIL migrations: 0002_business.sql is not applied",
		"UPDATE frontdesk_store.schema_migration SET done = statements"},
	{"UPDATE frontdesk_store.integration SET signing_cell = CONCAT(x'0100000009', REPEAT('x',"
	 " 40)) WHERE provider = 'retell' AND hook = 'demo-salon'",
		"FAIL cells: 1 need key 9",
		"UPDATE frontdesk_store.integration SET signing_cell = NULL"},
	{"CREATE USER ''@localhost", "FAIL accounts: ''@localhost", "DROP USER ''@localhost"},
};

static void doctored_database(void)
{
	real_files();
	expect_done();
	ck_assert_msg(run(schema_seed) == 0, "%s", output);
}

START_TEST(doctor_finds_nothing_wrong_with_a_fresh_one)
{
	doctored_database();
	ck_assert_msg(run(schema_doctor) == 0, "%s", output);
	ck_assert_msg(strstr(output, "WARN") == NULL, "%s", output);
}
END_TEST

START_TEST(doctor_finds_each_fault)
{
	hush();
	doctored_database();
	for (size_t i = 0; i < COUNT_OF(FAULTS); i++) {
		const struct fault *f = &FAULTS[i];

		tell(f->plant);
		ck_assert_msg(run(schema_doctor) > 0, "nothing was found: %s", f->plant);
		ck_assert_msg(strstr(output, f->said) != NULL, "%s\n%s", f->said, output);
		if (f->cure != NULL) {
			tell(f->cure);
		} else { /* views are made anew */
			tell("DELETE FROM frontdesk_store.schema_migration WHERE file = "
			     "'generated'");
			expect_done();
		}
		ck_assert_msg(run(schema_doctor) == 0, "not cured of: %s\n%s", f->plant, output);
	}
}
END_TEST

Suite *suite_migrate(void)
{
	Suite *s = suite_create("migrate");
	TCase *t = tcase_create("own server");

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, start, stop);
	tcase_add_test(t, a_fresh_database_then_nothing_to_do);
	tcase_add_test(t, demo_data_twice_is_demo_data_once);
	tcase_add_test(t, demo_data_is_refused_outside_a_sandbox);
	tcase_add_test(t, an_applied_file_may_not_change);
	tcase_add_test(t, numbers_are_in_order_and_used_once);
	tcase_add_test(t, files_that_cannot_be_read_are_refused);
	tcase_add_test(t, a_run_goes_on_where_it_was_stopped);
	tcase_add_test(t, a_file_may_be_repaired_only_where_it_was_not_applied);
	tcase_add_test(t, a_run_survives_being_killed_anywhere);
	tcase_add_test(t, four_at_once_take_turns);
	tcase_add_test(t, stale_views_doors_and_rights_go);
	tcase_add_test(t, doctor_finds_nothing_wrong_with_a_fresh_one);
	tcase_add_test(t, doctor_finds_each_fault);
	suite_add_tcase(s, t);
	return s;
}
