/*
 * lives.h - what the tests of live updates share: a clean beginning, a change
 * in a transaction of its own, and reading on.
 */
#ifndef FRONTDESK_TESTS_DB_LIVES_H
#define FRONTDESK_TESTS_DB_LIVES_H

#include "core/live/live.h"
#include "tests/db/support.h"

#define HAIRCUT "01900000-0000-7000-8000-5a1000000060"

/* No changes, tickets, events and jobs. */
void lives_clean(struct ctx *root);
struct ctx *lives_ctx(const char *account, uint32_t company);
/* In a transaction: notes and numbers a change. */
int lives_step(struct ctx *k, const char *kind);
int lives_change(struct ctx *k, const char *kind);
struct live_changes lives_after(struct ctx *k, int64_t after, int64_t limit);

#endif
