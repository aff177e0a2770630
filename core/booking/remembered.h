/*
 * remembered.h - what is taken of resources, remembered by this process
 * between searches.
 *
 * Whoever changes a resource's occupancy writes its booking_seq in the same
 * transaction, and that only grows: so rows that were read after a booking_seq
 * are still true while it is the same. A search asks for the booking_seq of
 * all resources (one query) and reads the rows of those that have changed.
 * Reading 10,000 rows costs MariaDB 10 ms; asking for 60 numbers, 0.1 ms.
 *
 * Only searches are answered from here, never a take: and only outside a
 * transaction, whose own booking_seq may yet be rolled back.
 */
#ifndef FRONTDESK_REMEMBERED_H
#define FRONTDESK_REMEMBERED_H

#include "core/base/ctx.h"
#include "core/base/table.h"

/* Of struct taken, without details, grouped by resource: as
 * occupancy_between() gives it, with at most one more query. */
int occupancy_remembered(struct ctx *c, const struct texts *resource_ids, ts_t from, ts_t to,
	struct rows *out) MUST_USE;

/* Forgets everything: for tests. */
void occupancy_forget(void);

#endif
