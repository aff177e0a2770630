/*
 * call_row.h - between call.c (the table's statements), call_cost.c (its cost
 * as it is shown) and apply.c (what events do to it). Nobody else includes it.
 */
#ifndef FRONTDESK_CALL_ROW_H
#define FRONTDESK_CALL_ROW_H

#include "core/call/call.h"

#define CALL_AMOUNT_MAX INT64_C(1000000000000000)

/* The call of these facts' provider and provider_call_id, locked. */
int call_find_locked(struct ctx *c, const struct call *facts, struct call *out) MUST_USE;
/* All that call_apply merges. */
int call_write_facts(struct ctx *c, const struct call *k) MUST_USE;
/* From the call's columns and its cost_parts. */
struct call_cost *call_cost_of(struct ctx *c, const struct call *k);

#endif
