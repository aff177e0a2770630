/*
 * personal.h - THE table of what is kept about customers: for each table with
 * columns that are PERSONAL, how a customer's rows are found, what is given to
 * him or her who asks (export.h), and what erasing does (erase.h).
 *
 * A PERSONAL column of a table in the database that is not named here, or of a
 * row that says neither how it is erased nor why it is kept, fails the schema
 * test.
 */
#ifndef FRONTDESK_PERSONAL_H
#define FRONTDESK_PERSONAL_H

#include "core/base/table.h"

struct personal {
	const char *table;
	const char *columns; /* those that are PERSONAL, separated by commas */
	/* Every question mark of these two is the customer's id. */
	const char *erase; /* NULL: kept */
	const char *kept;  /* NULL, or why: a sentence */
	const char *read;  /* NULL: not given to the customer */
	const struct table *shape;
	const char *file; /* "bookings" in what is given */
};

extern const struct personal PERSONALS[]; /* in the order of erasing */
extern const size_t PERSONALS_COUNT;

#endif
