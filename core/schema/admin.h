/*
 * admin.h - connections to the database for those who look after it.
 *
 * The administrator (database.admin_user) makes schemas, accounts and views;
 * its password is the secret db_admin, and where there is no such file it
 * has none (the server knows it by its operating-system user). The accounts
 * of the programs have secrets named after them: db_fd_web and so on.
 */
#ifndef FRONTDESK_ADMIN_H
#define FRONTDESK_ADMIN_H

#include "core/base/ctx.h"

/* Each needs c->conf; db_delete() it. NULL with E_INTERNAL when the secret
 * cannot be read. Nothing is connected yet. */
struct db *admin_db(struct ctx *c) MUST_USE;
struct db *account_db(struct ctx *c, const char *account) MUST_USE; /* "fd_web" */
/* For checkers (fd_check): all tables, to read only; no company is entered. */
struct db *check_db(struct ctx *c) MUST_USE;

#endif
