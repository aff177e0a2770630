/*
 * bare - the limit that `make bench` compares with: what this machine, nginx,
 * libfcgi and MariaDB give when nothing else is done. One FastCGI loop, one
 * prepared statement for each kind of request, on the base tables; no log-in,
 * no rights, no JSON but the columns one after the other.
 *
 *	GET  /one?COMPANY,ID   one customer
 *	GET  /list?COMPANY     the 50 latest calls, with the names that belong to them
 *	POST /write            the body as a row, committed
 *	POST /book?FACTS       a booking's statements (bare_book.h)
 */
#include "tests/bench/bare_book.h"

#include <fcgiapp.h>
#include <mysql.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS_MAX 40
#define VALUE_MAX 1024
#define BODY_MAX (1 << 20)
#define PARAMETERS 3

struct statement {
	const char *sql;
	const char *parameters; /* each: the company, an id, a body */
	MYSQL_STMT *stmt;
	unsigned columns;
};

static char OUT[COLUMNS_MAX][VALUE_MAX];
static unsigned long OUT_LENGTH[COLUMNS_MAX];
static my_bool OUT_NULL[COLUMNS_MAX];
static char BODY[BODY_MAX];

static struct statement CUSTOMER = {
	.parameters = "ci",
	.sql = "SELECT id, name, phone, email, language, journey, created_at"
	       " FROM frontdesk_store.customer WHERE company_id = ? AND id = ?",
};
/* As core/call lists them, with the company named for every table. */
static struct statement CALLS = {
	.parameters = "ccc",
	.sql = "SELECT a.id, a.provider, a.provider_call_id, a.agent, a.direction, a.status,"
	       " a.from_number, a.to_number, a.number_match, a.branch_id, b.name AS branch_name,"
	       " a.phone_number_id, a.customer_id, u.name AS customer_name, a.started_at,"
	       " a.ended_at, a.duration_seconds, a.disconnection_reason, a.language, a.summary,"
	       " a.sentiment, a.recording_url, a.appointment_id, a.booking_outcome,"
	       " a.booking_details, a.customer_cents, a.currency, a.platform_microusd,"
	       " a.exchange_rate_micro, a.exchange_rate_on, a.exchange_rate_source,"
	       " a.cost_parts, a.created_at FROM frontdesk_store.`call` a"
	       " LEFT JOIN frontdesk_store.branch b"
	       " ON b.company_id = ? AND b.id = a.branch_id"
	       " LEFT JOIN frontdesk_store.customer u"
	       " ON u.company_id = ? AND u.id = a.customer_id"
	       " WHERE a.company_id = ? ORDER BY a.begun_at DESC, a.id DESC LIMIT 50",
};
static struct statement EVENT = {
	.parameters = "b", .sql = "INSERT INTO bench.event (body) VALUES (?)"};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bare: %s: %s\n", what, why);
	exit(1);
}

static void prepare(MYSQL *db, struct statement *s)
{
	MYSQL_BIND b[COLUMNS_MAX];

	s->stmt = mysql_stmt_init(db);
	if (mysql_stmt_prepare(s->stmt, s->sql, strlen(s->sql)) != 0)
		die(s->sql, mysql_stmt_error(s->stmt));
	s->columns = mysql_stmt_field_count(s->stmt);
	memset(b, 0, sizeof(b));
	for (unsigned i = 0; i < s->columns; i++) {
		b[i].buffer_type = MYSQL_TYPE_STRING;
		b[i].buffer = OUT[i];
		b[i].buffer_length = VALUE_MAX;
		b[i].length = &OUT_LENGTH[i];
		b[i].is_null = &OUT_NULL[i];
	}
	if (s->columns > 0 && mysql_stmt_bind_result(s->stmt, b) != 0)
		die(s->sql, mysql_stmt_error(s->stmt));
}

static MYSQL *connect_to(const char *socket_path)
{
	MYSQL *db = mysql_init(NULL);

	mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(db, NULL, "root", "", "frontdesk", 0, socket_path, 0) == NULL)
		die(socket_path, mysql_error(db));
	prepare(db, &CUSTOMER);
	prepare(db, &CALLS);
	prepare(db, &EVENT);
	bare_book_prepare(db);
	return db;
}

static void bind_text(MYSQL_BIND *b, const char *p, size_t n)
{
	b->buffer_type = MYSQL_TYPE_STRING;
	b->buffer = (void *)(uintptr_t)p;
	b->buffer_length = n;
}

static bool execute(struct statement *s, long long company, const char *id, int body_length)
{
	MYSQL_BIND b[PARAMETERS];

	memset(b, 0, sizeof(b));
	for (int i = 0; s->parameters[i] != '\0'; i++) {
		if (s->parameters[i] == 'c') {
			b[i].buffer_type = MYSQL_TYPE_LONGLONG;
			b[i].buffer = &company;
		} else if (s->parameters[i] == 'i') {
			bind_text(&b[i], id, strlen(id));
		} else {
			bind_text(&b[i], BODY, (size_t)body_length);
		}
	}
	return mysql_stmt_bind_param(s->stmt, b) == 0 && mysql_stmt_execute(s->stmt) == 0;
}

/* The rows as text, a line each; -1 when the database fails. */
static int rows(struct statement *s, long long company, const char *id, char *to, size_t size)
{
	size_t n = 0;

	if (!execute(s, company, id, 0) || mysql_stmt_store_result(s->stmt) != 0)
		return -1;
	while (mysql_stmt_fetch(s->stmt) != MYSQL_NO_DATA) {
		for (unsigned i = 0; i < s->columns; i++) {
			size_t length = OUT_NULL[i] ? 0 : OUT_LENGTH[i];

			if (length > VALUE_MAX || n + length + 2 > size)
				return -1;
			memcpy(to + n, OUT[i], length);
			n += length;
			to[n++] = i + 1 < s->columns ? ',' : '\n';
		}
	}
	mysql_stmt_free_result(s->stmt);
	return (int)n;
}

static int read_body(FCGX_Request *f)
{
	int n = 0, k;

	while (n < BODY_MAX && (k = FCGX_GetStr(BODY + n, BODY_MAX - n, f->in)) > 0)
		n += k;
	return n;
}

static void answer(FCGX_Request *f, int status, const char *p, int n)
{
	FCGX_FPrintF(f->out, "Status: %d\r\n", status);
	if (n > 0)
		FCGX_FPrintF(f->out, "Content-Type: text/plain\r\n");
	FCGX_FPrintF(f->out, "Content-Length: %d\r\n\r\n", n);
	FCGX_PutStr(p, n, f->out);
}

static void handle(MYSQL *db, FCGX_Request *f)
{
	const char *uri = FCGX_GetParam("REQUEST_URI", f->envp);
	const char *query = uri == NULL ? NULL : strchr(uri, '?');
	const char *comma = query == NULL ? NULL : strchr(query, ',');
	long long company = query == NULL ? 0 : strtoll(query + 1, NULL, 10);
	int n = -1;

	if (uri != NULL && strncmp(uri, "/one", 4) == 0)
		n = rows(&CUSTOMER, company, comma == NULL ? "" : comma + 1, BODY, BODY_MAX);
	else if (uri != NULL && strncmp(uri, "/list", 5) == 0)
		n = rows(&CALLS, company, "", BODY, BODY_MAX);
	else if (uri != NULL && strncmp(uri, "/write", 6) == 0)
		n = execute(&EVENT, 0, "", read_body(f)) ? 0 : -1;
	else if (uri != NULL && strncmp(uri, "/book", 5) == 0)
		n = query != NULL && bare_book(db, query + 1) ? 0 : -1;
	answer(f, n < 0 ? 500 : n == 0 ? 204 : 200, BODY, n < 0 ? 0 : n);
}

int main(int argc, char **argv)
{
	FCGX_Request f;

	if (argc != 2) {
		fputs("usage: spawn-fcgi -n -s SOCKET -- bare MARIADB_SOCKET\n", stderr);
		return 2;
	}
	MYSQL *db = connect_to(argv[1]);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&f, 0, 0) != 0)
		die("descriptor 0", "is no FastCGI socket");
	while (FCGX_Accept_r(&f) == 0) {
		handle(db, &f);
		FCGX_Finish_r(&f);
	}
	mysql_close(db);
	return 0;
}
