#define BANNED_ALLOW_ALLOC
#include "tests/db/support.h"
#include "core/schema/admin.h"
#include "core/sys/conf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ARENA_MAX (512u << 20)

int64_t one_int_out;
int64_t raw_matched;

static struct ctx *bare_ctx(const char *conf_path)
{
	struct arena *mem = arena_new(ARENA_MAX);
	struct ctx *c = mem_alloc(mem, sizeof(*c));

	c->mem = mem;
	c->now = ts_now();
	c->actor = ACTOR_SYSTEM;
	c->conf = conf_load(mem, conf_path);
	ck_assert_msg(c->conf != NULL, "FRONTDESK_CONFIG names no configuration: use make test-db");
	return c;
}

struct ctx *db_ctx(const char *account)
{
	struct ctx *c = bare_ctx(NULL);

	c->db = account_db(c, account);
	ck_assert_ptr_nonnull(c->db);
	return c;
}

struct ctx *db_ctx_admin(void)
{
	return db_ctx_admin_of(NULL);
}

struct ctx *db_ctx_admin_of(const char *conf_path)
{
	struct ctx *c = bare_ctx(conf_path);

	c->db = admin_db(c);
	ck_assert_ptr_nonnull(c->db);
	return c;
}

void db_ctx_end(struct ctx *c)
{
	struct arena *mem = c->mem;

	db_rollback(c);
	db_delete(c->db);
	arena_delete(mem);
}

static uint32_t number_of(const char *slug)
{
	struct ctx *c = db_ctx_admin();
	int64_t n = one_int(c, "SELECT id FROM frontdesk_store.company WHERE slug = ?", slug);

	db_ctx_end(c);
	return (uint32_t)n;
}

uint32_t salon(void)
{
	static uint32_t n;

	return n > 0 ? n : (n = number_of("salon-morgenrot"));
}

uint32_t dental(void)
{
	static uint32_t n;

	return n > 0 ? n : (n = number_of("bright-smile"));
}

int64_t one_int_(struct ctx *c, const char *file, int line, int rc)
{
	if (rc != 1)
		ck_abort_msg("%s:%d: no integer (%d, %s)", file, line, rc, err_wire(c->err.code));
	return one_int_out;
}

/* ---- bare connections ---- */

static const char *schema_of(const char *account)
{
	if (strcmp(account, "root") == 0)
		return NULL;
	return strcmp(account, "fd_check") == 0 ? "frontdesk_store" : "frontdesk";
}

MYSQL *raw_connect(const char *account)
{
	struct ctx *c = bare_ctx(NULL);
	MYSQL *m = mysql_init(NULL);
	const char *password = NULL;

	if (strcmp(account, "root") != 0)
		password = conf_secret(c->conf, c->mem, mem_printf(c->mem, "db_%s", account));
	ck_assert_msg(mysql_real_connect(m, NULL, account, password, schema_of(account), 0,
			      c->conf->database_socket, CLIENT_FOUND_ROWS) != NULL,
		"%s: %s", account, mysql_error(m));
	arena_delete(c->mem);
	return m;
}

unsigned raw_run(MYSQL *m, const char *sql)
{
	int rc = mysql_real_query(m, sql, strlen(sql));

	raw_matched = rc == 0 ? (int64_t)mysql_affected_rows(m) : -1;
	while (rc == 0) {
		mysql_free_result(mysql_store_result(m));
		rc = mysql_next_result(m);
	}
	return rc > 0 ? mysql_errno(m) : 0;
}

int64_t raw_int(MYSQL *m, const char *sql)
{
	ck_assert_msg(mysql_real_query(m, sql, strlen(sql)) == 0, "%s: %s", sql, mysql_error(m));
	MYSQL_RES *r = mysql_store_result(m);
	MYSQL_ROW row = r != NULL ? mysql_fetch_row(r) : NULL;
	ck_assert_msg(row != NULL && row[0] != NULL, "%s: no row", sql);
	int64_t n = strtoll(row[0], NULL, 10);
	mysql_free_result(r);
	while (mysql_next_result(m) == 0)
		mysql_free_result(mysql_store_result(m));
	return n;
}

/* ---- processes ---- */

void *shared_memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	return p;
}

void run_rivals(int n, void (*fn)(int i, void *shared), void *shared)
{
	pid_t pids[128];

	ck_assert_int_le(n, (int)COUNT_OF(pids));
	for (int i = 0; i < n; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] == 0) {
			fn(i, shared);
			_exit(0);
		}
	}
	for (int i = 0; i < n; i++) {
		int status = -1;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(status == 0, "rival %d ended with %x", i, (unsigned)status);
	}
}

int64_t now_ms(void)
{
	return clock_monotonic_us() / 1000;
}

void hush(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	close(fd);
}
