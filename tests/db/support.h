/*
 * support.h - what the database tests share: contexts on connections of the
 * programs' accounts and of the administrator, bare connections that show
 * the server's error numbers, and processes that run side by side.
 *
 * Two companies are there (sql/demo.sql). A test works in a transaction that
 * is never committed, or puts back what it changed.
 */
#ifndef FRONTDESK_TESTS_DB_SUPPORT_H
#define FRONTDESK_TESTS_DB_SUPPORT_H

#include "core/base/buf.h"
#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/base/text.h"
#include "core/sys/db.h"

#include <check.h>
#include <mysql.h>

#define SUITE(name) Suite *suite_##name(void);
#include "tests/db/suites.def"
#undef SUITE

#define SALON_ID "01900000-0000-7000-8000-5a1000000001"
#define SALON_MITTE "01900000-0000-7000-8000-5a1000000010"
#define SALON_ANNA "01900000-0000-7000-8000-5a1000000040" /* her resource */
#define SALON_BEN "01900000-0000-7000-8000-5a1000000041"
#define DENTAL_MAIN "01900000-0000-7000-8000-de0000000010"
#define DENTAL_DIAZ "01900000-0000-7000-8000-de0000000040"

/* A context on a connection of an account ("fd_web"), in no company. */
struct ctx *db_ctx(const char *account);
struct ctx *db_ctx_admin(void);
struct ctx *db_ctx_admin_of(const char *conf_path); /* of another server */
void db_ctx_end(struct ctx *c);                     /* rolls back */

/* The companies' internal numbers. */
uint32_t salon(void);
uint32_t dental(void);

/* One integer, which must be there. */
#define one_int(c, ...) one_int_((c), __FILE__, __LINE__, db_int((c), &one_int_out, __VA_ARGS__))
extern int64_t one_int_out;
int64_t one_int_(struct ctx *c, const char *file, int line, int rc);

/* ---- bare connections ---- */

MYSQL *raw_connect(const char *account); /* "root": the administrator */
/* 0, or the server's error number; raw_matched: the rows it matched. */
unsigned raw_run(MYSQL *m, const char *sql);
extern int64_t raw_matched;
int64_t raw_int(MYSQL *m, const char *sql); /* the first column; must be there */

/* ---- processes ---- */

/* Zeroed memory that children share with their parent. */
void *shared_memory(size_t n);
/* Runs fn(i, shared) in n children at once; all must exit with 0. */
void run_rivals(int n, void (*fn)(int i, void *shared), void *shared);
int64_t now_ms(void);
/* stderr goes nowhere: for statements that are meant to fail. */
void hush(void);

#endif
