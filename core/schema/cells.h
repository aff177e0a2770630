/*
 * cells.h - every column that holds sealed cells (core/sys/crypto.h), and
 * sealing all of them anew after a key was added to the keyring.
 *
 * The programs work on meanwhile: a cell is written only if it is still the one
 * that was read, and whoever meets a key that he does not know looks into the
 * file of the keyring. A run that was interrupted is simply run again: what has
 * the newest key is left out. All of it as the administrator.
 */
#ifndef FRONTDESK_CELLS_H
#define FRONTDESK_CELLS_H

#include "core/base/id.h"
#include "core/base/table.h"
#include "core/sys/keyring.h"

/* Cells are called *_cell; tests/db/test_cells.c holds this against the
 * catalogue. Their place (struct cell_place) is table, column, company, id. */
struct sealed_column {
	const char *table;
	const char *column;
	bool of_company; /* it has a company_id; else its cells are of company 0 */
};

extern const struct sealed_column SEALED_COLUMNS[];
extern const size_t SEALED_COLUMNS_COUNT;

struct cell_count {
	int64_t key_id;
	int64_t cells;
};

/* How many cells each key has sealed (struct cell_count, by id). */
int cells_count(struct ctx *c, struct rows *out) MUST_USE;

#define CELLS_BATCH 500

/* How far a run is; begins zeroed. */
struct reseal {
	size_t column; /* of SEALED_COLUMNS; COUNT: done */
	int64_t company;
	char id[ID_LENGTH + 1]; /* of the last row that was read; "": none */
	int64_t sealed;
	int64_t changed;  /* by somebody else between reading and writing */
	int64_t unopened; /* left as they are; the log names them */
};

/* The next batch, in one transaction. 1, 0 when none is left, -1. */
int cells_reseal(struct ctx *c, struct keyring *ring, struct reseal *r) MUST_USE;

#endif
