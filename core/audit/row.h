/*
 * row.h - rows stored, changed and deleted, each with its audit entry.
 *
 * For rows that stand for themselves: whoever has more rules has a function
 * of its own, which ends here. References (REF) must name rows of this company
 * that are not deleted: else the field is wrong. All need a transaction.
 */
#ifndef FRONTDESK_ROW_H
#define FRONTDESK_ROW_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* Gives it an id. Field errors of references; E_DUPLICATE. */
int row_create(struct ctx *c, const struct table *t, void *row) MUST_USE;
/* Stores what differs, if anything does: 1, or 0 when nothing does; -1. */
int row_change(struct ctx *c, const struct table *t, const void *was, const void *now) MUST_USE;
/* Marked as deleted in SOFT tables, else gone. E_NOT_FOUND. */
int row_delete(struct ctx *c, const struct table *t, const char *id) MUST_USE;
/* The names of the fields with these bits, as an audit entry has them. */
const char *row_members(struct ctx *c, const struct table *t, uint64_t members);

#endif
