/*
 * database.h - the connections of a worker: fd_web's, and one of the platform's
 * administration, which is opened when it is first asked for.
 */
#ifndef FRONTDESK_DATABASE_H
#define FRONTDESK_DATABASE_H

#include "core/base/ctx.h"

/* A connection of this account, whose secret is db_<account>; NULL after a log
 * line when it cannot be read. */
struct db *database_new(const struct conf *conf, struct arena *mem, const char *account);

/* c's connection is that of fd_platform from here on. E_UNAVAILABLE in a pool
 * that is not given its secret. */
int database_platform(struct ctx *c) MUST_USE;
/* Between requests: as db_idle(). */
void database_platform_idle(void);

#endif
