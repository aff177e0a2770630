#define BANNED_ALLOW_ALLOC
#include "core/sys/db_mysql.h"
#include "core/base/log.h"

#include <poll.h>

#define ANSWER_S 15
#define ADMIN_ANSWER_S 3600
#define SILENT_US 500000 /* a server that is not there says so at once */
#define SILENCE_US 1000000

/* ---- connection ---- */

char *db_keep(const char *s)
{
	char *p = s == NULL ? NULL : strdup(s);

	if (s != NULL && p == NULL)
		BUG("no memory");
	return p;
}

struct db *db_new(const struct db_address *a)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		BUG("no memory for a connection");
	db->address = *a;
	db->address.socket = db_keep(a->socket);
	db->address.host = db_keep(a->host);
	db->address.ca_file = db_keep(a->ca_file);
	db->address.user = db_keep(a->user);
	db->address.password = db_keep(a->password);
	db->address.schema = db_keep(a->schema);
	db->entered = COMPANY_UNKNOWN;
	return db;
}

void db_statement_close(struct statement *s)
{
	if (s->sql == NULL)
		return;
	mysql_stmt_close(s->handle);
	free(s->sql);
	memset(s, 0, sizeof(*s));
}

static void disconnect(struct db *db)
{
	for (size_t i = 0; i < STATEMENTS_MAX; i++)
		db_statement_close(&db->statements[i]);
	if (db->conn != NULL)
		mysql_close(db->conn);
	db->conn = NULL;
	db->entered = COMPANY_UNKNOWN;
	db->in_tx = false;
}

void db_delete(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free((char *)db->address.socket);
	free((char *)db->address.host);
	free((char *)db->address.ca_file);
	free((char *)db->address.user);
	free((char *)db->address.password);
	free((char *)db->address.schema);
	free(db);
}

static void connection_options(struct db *db, MYSQL *m)
{
	int answer_s = db->address.answer_s > 0 ? db->address.answer_s : ANSWER_S;
	unsigned connect_s = 2, read_s = db->address.admin ? ADMIN_ANSWER_S : (unsigned)answer_s;
	unsigned write_s = 10, local_infile = 0;
	my_bool yes = 1, no = 0;

	mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(m, MYSQL_OPT_READ_TIMEOUT, &read_s);
	mysql_options(m, MYSQL_OPT_WRITE_TIMEOUT, &write_s);
	mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local_infile);
	mysql_options(m, MYSQL_OPT_RECONNECT, &no);
	mysql_options(m, MYSQL_REPORT_DATA_TRUNCATION, &yes);
	mysql_options(m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(
		m, MYSQL_INIT_COMMAND, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	mysql_options(m, MYSQL_INIT_COMMAND,
		"SET time_zone = '+00:00', "
		"sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
		"NO_ENGINE_SUBSTITUTION'");
	/* not ONLY_FULL_GROUP_BY: 10.11 then refuses (1140) a scalar subquery
	 * with GROUP_CONCAT over a view beside plain columns */
	if (db->address.socket != NULL)
		return;
	mysql_options(m, MYSQL_OPT_SSL_ENFORCE, &yes);
	mysql_options(m, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
	mysql_options(m, MYSQL_OPT_SSL_CA, db->address.ca_file);
}

static int failed(struct ctx *c, unsigned code, const char *message, const char *sql);

/* The server speaks only when it is asked: what can be read from a line at
 * rest is its end (it timed out, or the server was started anew). */
static bool line_ended(struct db *db)
{
	struct pollfd p = {.fd = mysql_get_socket(db->conn), .events = POLLIN};

	return poll(&p, 1, 0) != 0;
}

/* While a server hangs, most of those who ask learn it at once: a pool whose
 * every worker waits for it would let them all wait. */
static bool silent_lately(struct ctx *c, int64_t now_us)
{
	if (now_us >= c->db->silent_until_us)
		return false;
	c->db->doomed = true;
	c->err.retry_after = 1;
	(void)err_set(c, E_UNAVAILABLE, NULL);
	return true;
}

int db_connect(struct ctx *c)
{
	struct db *db = c->db;
	const struct db_address *a = &db->address;
	int64_t began = clock_monotonic_us();
	MYSQL *m;

	if (db->conn != NULL && db->rested && line_ended(db))
		disconnect(db);
	db->rested = false;
	if (db->conn != NULL)
		return 0;
	if (silent_lately(c, began))
		return -1;
	m = mysql_init(NULL);
	if (m == NULL)
		BUG("no memory for a connection");
	connection_options(db, m);
	if (mysql_real_connect(m, a->host, a->user, a->password, a->schema, (unsigned)a->port,
		    a->socket, CLIENT_FOUND_ROWS) == NULL) {
		failed(c, mysql_errno(m), mysql_error(m), "connect");
		mysql_close(m);
		if (clock_monotonic_us() - began > SILENT_US)
			db->silent_until_us = clock_monotonic_us() + SILENCE_US;
		return -1;
	}
	db->conn = m;
	db->entered = COMPANY_UNKNOWN;
	return 0;
}

void db_idle(struct db *db)
{
	if (db->in_tx)
		disconnect(db);
	db->rested = true;
	db->begin_wanted = false;
	db->doomed = false;
}

/* ---- failures ---- */

enum failure { FAIL_OURS, FAIL_PASSING, FAIL_LINE, FAIL_BUSY, FAIL_DUPLICATE };

static enum failure failure_of(unsigned code)
{
	switch (code) {
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
		return FAIL_PASSING;
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
		return FAIL_LINE;
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_UNKNOWN_HOST:
	case CR_SSL_CONNECTION_ERROR:
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
	case ER_OPTION_PREVENTS_STATEMENT:
	case ER_STATEMENT_TIMEOUT:
	case ER_RECORD_FILE_FULL:
	case ER_DISK_FULL:
		return FAIL_BUSY;
	case ER_DUP_ENTRY:
		return FAIL_DUPLICATE;
	default:
		return FAIL_OURS;
	}
}

/* Messages of these carry values of rows: they stay out of the log. */
static bool message_tells_data(unsigned code)
{
	return code == ER_DUP_ENTRY || code == ER_DATA_TOO_LONG ||
		code == ER_TRUNCATED_WRONG_VALUE || code == ER_WARN_DATA_OUT_OF_RANGE ||
		code == ER_TRUNCATED_WRONG_VALUE_FOR_FIELD || code == ER_PARSE_ERROR;
}

static int failed(struct ctx *c, unsigned code, const char *message, const char *sql)
{
	struct db *db = c->db;
	enum failure f = failure_of(code);
	char number[12], head[100];

	db->doomed = true;
	db->lock_busy = code == ER_LOCK_WAIT_TIMEOUT;
	db->retryable = f == FAIL_PASSING || f == FAIL_LINE;
	if (f == FAIL_DUPLICATE)
		return err_set(c, E_DUPLICATE, NULL);
	snprintf(number, sizeof(number), "%u", code);
	snprintf(head, sizeof(head), "%.90s", sql);
	if (f == FAIL_OURS || f == FAIL_BUSY)
		log_line("database", "errno", number, "sql", head, "says",
			message_tells_data(code) && !db->address.admin ? NULL : message, "request",
			c->request_id, NULL);
	if (f == FAIL_OURS)
		return err_set(c, E_INTERNAL, NULL);
	c->err.retry_after = 1;
	return err_set(c, E_UNAVAILABLE, NULL);
}

static int statement_failed(struct ctx *c, unsigned code, const char *message, const char *sql)
{
	int rc = failed(c, code, message, sql);

	c->db->entered = COMPANY_UNKNOWN;
	if (failure_of(code) == FAIL_LINE)
		disconnect(c->db);
	return rc;
}

int db_statement_failed(struct ctx *c, struct statement *s, const char *sql)
{
	struct db *db = c->db;
	unsigned code = s ? mysql_stmt_errno(s->handle) : mysql_errno(db->conn);
	const char *message = s ? mysql_stmt_error(s->handle) : mysql_error(db->conn);

	if (code == 0) { /* it came after columns, in the place of rows */
		code = mysql_errno(db->conn);
		message = mysql_error(db->conn);
	}
	return statement_failed(c, code, mem_text(c->mem, message), sql);
}

#ifdef FRONTDESK_TEST
static struct {
	int at, times, failed;
	unsigned code;
} fault;

int db_fail_at(int n, int times, unsigned code)
{
	int so_far = fault.failed;

	fault.at = n;
	fault.times = n > 0 ? times : 0;
	fault.failed = 0;
	fault.code = code;
	return so_far;
}

int db_fault(struct ctx *c, const char *sql)
{
	if (fault.times == fault.failed || --fault.at > 0)
		return 0;
	fault.failed++;
	return statement_failed(c, fault.code, "a test wants this to fail", sql);
}
#endif

bool db_retryable(const struct ctx *c)
{
	return c->db->retryable;
}

bool db_lock_busy(const struct ctx *c)
{
	return c->db->lock_busy;
}

/* ---- transactions ---- */

void db_begin(struct ctx *c)
{
	struct db *db = c->db;

	if (db->in_tx || db->begin_wanted || db->address.admin)
		BUG("a transaction inside another, or of an administrator");
	db->begin_wanted = true;
	db->doomed = false;
	db->retryable = false;
	db->uncertain = false;
	c->changes = NULL;
}

bool db_in_tx(const struct ctx *c)
{
	return c->db != NULL && (c->db->in_tx || c->db->begin_wanted);
}

static void changes_are_true(struct ctx *c)
{
	struct noted **end = &c->changed;

	while (*end != NULL)
		end = &(*end)->next;
	*end = c->changes;
	c->changes = NULL;
}

int db_commit(struct ctx *c)
{
	struct db *db = c->db;
	int64_t began = clock_monotonic_us();

	if (c->err.code != E_OK || db->doomed)
		BUG("commit after a failure");
	db->begin_wanted = false;
	if (!db->in_tx)
		return 0; /* nothing was sent: nothing to commit */
	c->db_calls++;
	int rc = db_fault(c, "COMMIT");
	if (rc == 0 && mysql_real_query(db->conn, "COMMIT", 6) != 0)
		rc = db_statement_failed(c, NULL, "COMMIT");
	if (rc < 0) {
		db->uncertain = db->conn == NULL; /* it may have arrived */
		return -1;
	}
	db->in_tx = false;
	changes_are_true(c);
	c->db_us += clock_monotonic_us() - began;
	return 0;
}

bool db_commit_uncertain(const struct ctx *c)
{
	return c->db->uncertain;
}

void db_rollback(struct ctx *c)
{
	struct db *db = c->db;

	db->begin_wanted = false;
	db->doomed = false;
	if (!db->in_tx)
		return;
	db->in_tx = false;
	/* a connection that cannot roll back is closed: that rolls back */
	if (mysql_real_query(db->conn, "ROLLBACK", 8) != 0)
		disconnect(db);
}
