/*
 * seed.h - the demo data that `make run` and the tests share: sql/demo.sql,
 * and what cannot stand in a file: password hashes and sealed secrets.
 *
 * Only what is missing is inserted; running it again changes nothing. It
 * refuses anywhere but in a sandbox (server.sandbox), because its passwords
 * are in the documentation. c->db must be an administrator's.
 */
#ifndef FRONTDESK_SEED_H
#define FRONTDESK_SEED_H

#include "core/base/ctx.h"

int schema_seed(struct ctx *c, FILE *out) MUST_USE;

#endif
