/*
 * migrate.h - brings a database to what this version of the program needs.
 *
 * Two schemas: frontdesk_store holds the tables, frontdesk the views and
 * procedures that the programs' accounts may use. Numbered files of sql_dir
 * (0001_identity.sql …) are applied once, in order, statement by statement;
 * schema_migration remembers how far each came, so that a run that was
 * killed anywhere goes on where it stopped. An applied statement is never
 * edited: a change is a new file. Then every account, view, procedure and
 * right is made as core/schema/generate.h says.
 *
 * c->db must be an administrator's (core/schema/admin.h). One migration runs
 * at a time (GET_LOCK). Errors are E_INTERNAL with a sentence in c->err.detail.
 */
#ifndef FRONTDESK_MIGRATE_H
#define FRONTDESK_MIGRATE_H

#include "core/base/ctx.h"

/* Says on out what it does, a line a step. */
int schema_migrate(struct ctx *c, FILE *out) MUST_USE;

/* What stands between the database and this version, for people: "" when
 * nothing does, else a sentence. Changes nothing. */
int schema_pending(struct ctx *c, const char **sentence) MUST_USE;

#endif
