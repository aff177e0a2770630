/*
 * generate.h - all that the database is given besides tables: accounts,
 * views, doors (procedures), triggers and rights. They are not migrated but made
 * anew from the catalogue, sql/procedures.sql and the tables in views.c,
 * triggers.c and rights.c whenever one of these changed; what is no longer wanted goes.
 *
 * - Every table of frontdesk_store with a company_id gets an updatable view
 *   of the same name without that column, which shows the rows of the company
 *   that the connection is in, and takes no others. Exceptions: views.c.
 * - A change of what a calendar is made of gives it a new version: triggers.c.
 * - Every procedure of procedures.sql says above it who may call it, in a
 *   comment line "-- @web @worker".
 * - No account of a program has a right on a table, or one that would let it
 *   choose its company without entering it.
 */
#ifndef FRONTDESK_GENERATE_H
#define FRONTDESK_GENERATE_H

#include "core/base/buf.h"
#include "core/base/ctx.h"
#include "core/base/table.h"

/* The company that the connection is in; 0 after leaving, above 2147483647
 * on one that never entered any. This is the only place where it is written
 * down, besides the DEFAULT of company_id in the tables. */
#define COMPANY_HERE "(CONNECTION_ID() ^ 2147483648)"

#define DEFINER "fd_owner@localhost"

#define PLAN_MAX 500
#define RIGHTS_MAX 2000

/* A right as the server lists it: 'fd_web'@'localhost', the object
 * ("*.*", "frontdesk.branch", "PROCEDURE frontdesk.sys_login"), SELECT. */
struct right {
	const char *who;
	const char *object;
	const char *privilege;
};

/* What shall be: statements that make it, names of views, procedures and
 * triggers, and every right. */
struct plan {
	struct ctx *c;
	const char *sql[PLAN_MAX];
	size_t n;
	struct texts views;
	struct texts doors;
	struct texts triggers;
	struct right rights[RIGHTS_MAX];
	size_t n_rights;
};

void plan_add(struct plan *p, const char *sql);
/* Each of the comma-separated privileges. */
void plan_right(struct plan *p, const char *account, const char *object, const char *privileges);

/* Fill the plan; -1 with a sentence when something is not described. */
int accounts_plan(struct plan *p) MUST_USE;
int views_plan(struct plan *p) MUST_USE;
int doors_plan(struct plan *p) MUST_USE;
int triggers_plan(struct plan *p) MUST_USE;

/* Rights that are there but not wanted, and the other way round. */
int rights_compare(struct plan *p, struct rows *extra, struct rows *missing) MUST_USE;
int rights_apply(struct plan *p) MUST_USE;

/* The account as the server writes it, 'fd_web'@'localhost'. */
const char *account_name(struct ctx *c, const char *account);

/* The same for a plan of its own: what doctor reports. */
int schema_rights(struct ctx *c, struct rows *extra, struct rows *missing) MUST_USE;

/* All of it, into the database. */
int schema_generate(struct ctx *c, FILE *out) MUST_USE;
/* *sentence: "" when the database has it all, else what it lacks. */
int schema_generated(struct ctx *c, const char **sentence) MUST_USE;

#endif
