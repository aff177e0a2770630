/* The database layer when things go wrong: counts, failures, deadlocks, lost
 * connections, and the cache of statements. */
#include "tests/db/support.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct ctx *in_salon(void)
{
	struct ctx *c = db_ctx("fd_web");

	c->company = salon();
	return c;
}

static int64_t seq(struct ctx *c, const char *id)
{
	return one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", id);
}

static int touch(struct ctx *c, const char *id)
{
	return db_exec(c, "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id = ?", id);
}

/* The newest connection of fd_web is cut, as by an administrator. */
static void cut(void)
{
	MYSQL *root = raw_connect("root");
	char sql[100];

	snprintf(sql, sizeof(sql), "KILL CONNECTION %" PRId64,
		raw_int(root,
			"SELECT MAX(ID) FROM information_schema.PROCESSLIST WHERE USER = "
			"'fd_web'"));
	ck_assert_uint_eq(raw_run(root, sql), 0);
	mysql_close(root);
}

/* ---- what is a BUG ---- */

START_TEST(too_few_arguments_are_a_bug)
{
	struct ctx *c = in_salon();

	hush();
	ck_assert_int_eq(db_exec(c, "UPDATE resource SET name = ? WHERE id = ?", "x"), 0);
}
END_TEST

START_TEST(too_many_arguments_are_a_bug)
{
	struct ctx *c = in_salon();

	hush();
	ck_assert_int_eq(db_exec(c, "UPDATE resource SET name = ?", "x", "y"), 0);
}
END_TEST

START_TEST(committing_after_a_failure_is_a_bug)
{
	struct ctx *c = in_salon();

	hush();
	db_begin(c);
	ck_assert_int_eq(touch(c, SALON_ANNA), 1);
	ck_assert_int_eq(db_exec(c, "SIGNAL SQLSTATE '45000'"), -1);
	err_clear(c); /* the code hides it, the layer does not forget */
	ck_assert_int_eq(db_commit(c), 0);
}
END_TEST

START_TEST(a_statement_after_a_failure_is_a_bug)
{
	struct ctx *c = in_salon();

	hush();
	db_begin(c);
	ck_assert_int_eq(db_exec(c, "SIGNAL SQLSTATE '45000'"), -1);
	err_clear(c);
	(void)touch(c, SALON_ANNA);
}
END_TEST

START_TEST(a_transaction_inside_another_is_a_bug)
{
	struct ctx *c = in_salon();

	hush();
	db_begin(c);
	db_begin(c);
}
END_TEST

/* ---- transactions ---- */

START_TEST(rolling_back_undoes_and_committing_keeps)
{
	struct ctx *c = in_salon(), *other = in_salon();
	int64_t before = seq(c, SALON_ANNA);

	db_begin(c);
	ck_assert_int_eq(touch(c, SALON_ANNA), 1);
	ck_assert_int_eq(seq(c, SALON_ANNA), before + 1);
	ck_assert_int_eq(seq(other, SALON_ANNA), before);
	db_rollback(c);
	ck_assert_int_eq(seq(c, SALON_ANNA), before);
	db_begin(c);
	ck_assert_int_eq(touch(c, SALON_ANNA), 1);
	ck_assert_int_eq(db_commit(c), 0);
	ck_assert_int_eq(seq(other, SALON_ANNA), before + 1);
	db_begin(c);
	ck_assert_int_eq(db_commit(c), 0); /* nothing was sent */
	db_ctx_end(c);
	db_ctx_end(other);
}
END_TEST

static int fail_after_touching(struct ctx *c, void *arg)
{
	(void)arg;
	ck_assert_int_eq(touch(c, SALON_ANNA), 1);
	return err_set(c, E_STATE, "no");
}

START_TEST(a_refused_step_leaves_nothing)
{
	struct ctx *c = in_salon();
	int64_t before = seq(c, SALON_ANNA);

	ck_assert_int_eq(in_tx(c, fail_after_touching, NULL), -1);
	ck_assert_int_eq(c->err.code, E_STATE);
	err_clear(c);
	ck_assert_int_eq(seq(c, SALON_ANNA), before);
	db_ctx_end(c);
}
END_TEST

/* ---- deadlocks ---- */

struct crossing {
	int attempts;
	int arrived;
	int done;
};

static void meet(struct crossing *x)
{
	__atomic_add_fetch(&x->arrived, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 3000 && __atomic_load_n(&x->arrived, __ATOMIC_SEQ_CST) < 2; i++)
		usleep(1000);
}

struct crosser {
	struct crossing *x;
	const char *first, *second;
};

static int cross(struct ctx *c, void *arg)
{
	struct crosser *me = arg;

	__atomic_add_fetch(&me->x->attempts, 1, __ATOMIC_SEQ_CST);
	if (touch(c, me->first) < 0)
		return -1;
	meet(me->x);
	return touch(c, me->second);
}

static void cross_in_child(int i, void *shared)
{
	struct crosser me = {
		shared, i == 0 ? SALON_ANNA : SALON_BEN, i == 0 ? SALON_BEN : SALON_ANNA};
	struct ctx *c = in_salon();

	if (in_tx(c, cross, &me) == 1)
		__atomic_add_fetch(&me.x->done, 1, __ATOMIC_SEQ_CST);
	db_ctx_end(c);
}

START_TEST(a_deadlock_is_run_again)
{
	struct crossing *x = shared_memory(sizeof(*x));
	struct ctx *c = in_salon();
	int64_t anna = seq(c, SALON_ANNA), ben = seq(c, SALON_BEN);

	run_rivals(2, cross_in_child, x);
	ck_assert_int_eq(x->done, 2);
	ck_assert_int_ge(x->attempts, 3);
	ck_assert_int_eq(seq(c, SALON_ANNA), anna + 2);
	ck_assert_int_eq(seq(c, SALON_BEN), ben + 2);
	db_ctx_end(c);
}
END_TEST

/* ---- lost connections ---- */

static int cut_the_first_time(struct ctx *c, void *arg)
{
	int *attempts = arg;

	if (touch(c, SALON_ANNA) < 0)
		return -1;
	if (++*attempts == 1)
		cut();
	return touch(c, SALON_BEN);
}

START_TEST(a_step_survives_its_connection)
{
	struct ctx *c = in_salon();
	int64_t anna = seq(c, SALON_ANNA);
	int attempts = 0;

	hush();
	ck_assert_int_eq(in_tx(c, cut_the_first_time, &attempts), 1);
	ck_assert_int_eq(attempts, 2);
	ck_assert_int_eq(seq(c, SALON_ANNA), anna + 1); /* once, not twice */
	db_ctx_end(c);
}
END_TEST

START_TEST(a_commit_into_a_dead_line_is_uncertain)
{
	struct ctx *c = in_salon();

	hush();
	db_begin(c);
	ck_assert_int_eq(touch(c, SALON_ANNA), 1);
	cut();
	ck_assert_int_eq(db_commit(c), -1);
	ck_assert_int_eq(c->err.code, E_UNAVAILABLE);
	ck_assert(db_commit_uncertain(c));
	err_clear(c);
	db_rollback(c);
	ck_assert_int_ge(seq(c, SALON_ANNA), 0);
	db_ctx_end(c);
}
END_TEST

START_TEST(no_server_is_said_quickly_and_passes)
{
	struct ctx *c = in_salon();
	struct db_address nowhere = {.socket = "/nonexistent/mariadb.sock", .user = "fd_web"};
	struct db *good = c->db;
	int64_t began = now_ms(), n = 0;

	hush();
	c->db = db_new(&nowhere);
	ck_assert_int_eq(db_int(c, &n, "SELECT 1"), -1);
	ck_assert_int_eq(c->err.code, E_UNAVAILABLE);
	ck_assert_int_gt(c->err.retry_after, 0);
	ck_assert_int_lt(now_ms() - began, 3000);
	err_clear(c);
	db_delete(c->db);
	c->db = good;
	ck_assert_int_eq(one_int(c, "SELECT 1"), 1);
	db_ctx_end(c);
}
END_TEST

/* Takes connections, as the kernel does for a frozen process, and says nothing. */
static int listen_mute(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

static int64_t refused_after_ms(struct ctx *c)
{
	int64_t began = now_ms(), n;

	ck_assert_int_eq(db_int(c, &n, "SELECT 1"), -1);
	ck_assert_int_eq(c->err.code, E_UNAVAILABLE);
	ck_assert_int_gt(c->err.retry_after, 0);
	err_clear(c);
	return now_ms() - began;
}

START_TEST(a_mute_server_is_asked_once_a_second)
{
	struct ctx *c = in_salon();
	char path[] = "/tmp/fd-mute-XXXXXX";
	struct db *good = c->db;

	hush();
	ck_assert_ptr_nonnull(mkdtemp(path));
	char *socket_path = mem_printf(c->mem, "%s/s", path);
	int fd = listen_mute(socket_path);
	struct db_address mute = {.socket = socket_path, .user = "fd_web"};
	c->db = db_new(&mute);
	ck_assert_int_ge(refused_after_ms(c), 1500);
	ck_assert_int_lt(refused_after_ms(c), 300); /* of the memory */
	usleep(1100000);
	ck_assert_int_ge(refused_after_ms(c), 1500); /* asked again */
	db_delete(c->db);
	c->db = good;
	close(fd);
	unlink(socket_path);
	rmdir(path);
	db_ctx_end(c);
}
END_TEST

/* ---- the cache ---- */

START_TEST(old_statements_make_room)
{
	struct ctx *c = in_salon();
	MYSQL *root = raw_connect("root");
	int64_t n = 0;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 300; i++) {
			const char *sql = mem_printf(c->mem, "SELECT %d + COUNT(*) FROM staff", i);

			ck_assert_int_eq(db_int_(c, &n, sql, NULL, 0), 1);
			ck_assert_int_eq(n, i + 4);
		}
	}
	int64_t held = raw_int(root,
		"SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
		" WHERE VARIABLE_NAME = 'PREPARED_STMT_COUNT'");
	ck_assert_int_le(held, 128);
	ck_assert_int_ge(held, 100);
	mysql_close(root);
	db_ctx_end(c);
}
END_TEST

START_TEST(a_prepared_statement_is_used_again)
{
	struct ctx *c = in_salon();
	MYSQL *root = raw_connect("root");
	const char *prepared = "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
			       " WHERE VARIABLE_NAME = 'COM_STMT_PREPARE'";

	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM staff"), 4); /* entering */
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM branch"), 2);
	int64_t before = raw_int(root, prepared);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM branch"), 2);
	ck_assert_int_eq(raw_int(root, prepared), before);
	mysql_close(root);
	db_ctx_end(c);
}
END_TEST

/* An ALTER between two uses of a prepared statement must not confuse it. */
START_TEST(a_changed_table_is_noticed)
{
	struct ctx *c = in_salon(), *admin = db_ctx_admin();

	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), 0);
	ck_assert_int_eq(
		db_script(admin, "ALTER TABLE frontdesk_store.task ADD COLUMN extra INT"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), 0);
	ck_assert_int_eq(db_script(admin, "ALTER TABLE frontdesk_store.task DROP COLUMN extra"), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM task"), 0);
	db_ctx_end(admin);
	db_ctx_end(c);
}
END_TEST

Suite *suite_db(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("layer");

	tcase_set_timeout(t, 60);
	tcase_add_test_raise_signal(t, too_few_arguments_are_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, too_many_arguments_are_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, committing_after_a_failure_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, a_statement_after_a_failure_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, a_transaction_inside_another_is_a_bug, SIGABRT);
	tcase_add_test(t, rolling_back_undoes_and_committing_keeps);
	tcase_add_test(t, a_refused_step_leaves_nothing);
	tcase_add_test(t, a_deadlock_is_run_again);
	tcase_add_test(t, a_step_survives_its_connection);
	tcase_add_test(t, a_commit_into_a_dead_line_is_uncertain);
	tcase_add_test(t, no_server_is_said_quickly_and_passes);
	tcase_add_test(t, a_mute_server_is_asked_once_a_second);
	tcase_add_test(t, old_statements_make_room);
	tcase_add_test(t, a_prepared_statement_is_used_again);
	tcase_add_test(t, a_changed_table_is_noticed);
	suite_add_tcase(s, t);
	return s;
}
