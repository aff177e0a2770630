#include "core/schema/cells.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

#define CELL_MAX 1024
#define NIL "00000000-0000-0000-0000-000000000000"
#define TRIES_MAX 3

const struct sealed_column SEALED_COLUMNS[] = {
	{"integration", "secret_cell", true},
	{"integration", "signing_cell", true},
	{"integration", "previous_cell", true},
	{"webhook_endpoint", "secret_cell", true},
	{"webhook_endpoint", "previous_cell", true},
	{"user", "totp_cell", false},
};
const size_t SEALED_COLUMNS_COUNT = COUNT_OF(SEALED_COLUMNS);

struct sealed_row {
	int64_t company_number;
	const char *id;
	struct bytes cell;
	struct bytes fresh; /* sealed anew; p NULL: it stays */
};

static const struct field ROW_FIELDS[] = {
	INT(sealed_row, company_number, RO, 0, UINT32_MAX),
	ID(sealed_row, id, RO),
	BYTES(sealed_row, cell, RO, CELL_MAX),
};
static const struct table SEALED_ROW = TABLE(sealed_row, "sealed_row", ROW_FIELDS);

static const struct field COUNT_FIELDS[] = {
	INT(cell_count, key_id, RO, 0, UINT32_MAX),
	INT(cell_count, cells, RO, 0, INT64_MAX),
};
static const struct table CELL_COUNT = TABLE(cell_count, "cell_count", COUNT_FIELDS);

/* ---- storage ---- */

#define SQL(q, ...) mem_printf((q)->c->mem, __VA_ARGS__)

int cells_count(struct ctx *c, struct rows *out)
{
	struct query q;

	query_start(&q, c, "SELECT key_id, COUNT(*) AS cells FROM (");
	for (size_t i = 0; i < SEALED_COLUMNS_COUNT; i++) {
		const struct sealed_column *k = &SEALED_COLUMNS[i];

		query_add_(&q,
			SQL(&q,
				"%sSELECT CONV(HEX(SUBSTR(`%s`, 2, 4)), 16, 10) + 0 AS key_id"
				" FROM frontdesk_store.`%s` WHERE LENGTH(`%s`) > 4",
				i > 0 ? " UNION ALL " : "", k->column, k->table, k->column),
			NULL, 0);
	}
	query_add(&q, ") k GROUP BY key_id ORDER BY key_id");
	return query_rows(&q, &CELL_COUNT, out) < 0 ? -1 : 0;
}

/* The next rows of a column whose cells have another key than the newest. */
static int read_batch(
	struct ctx *c, const struct reseal *r, const struct keyring_key *newest, struct rows *out)
{
	const struct sealed_column *k = &SEALED_COLUMNS[r->column];
	const uint8_t id[4] = {(uint8_t)(newest->id >> 24), (uint8_t)(newest->id >> 16),
		(uint8_t)(newest->id >> 8), (uint8_t)newest->id};
	struct arg key = arg_bytes((struct bytes){id, sizeof(id)});
	struct arg company = arg_int(r->company), last = arg_text(*r->id == '\0' ? NIL : r->id);
	struct arg place[3] = {company, company, last}, limit = arg_int(CELLS_BATCH);
	struct query q;

	query_start(&q, c,
		mem_printf(c->mem,
			"SELECT %s AS company_number, id, `%s` AS cell FROM frontdesk_store.`%s`",
			k->of_company ? "company_id" : "0", k->column, k->table));
	query_where_(&q,
		SQL(&q, "LENGTH(`%s`) > 4 AND SUBSTR(`%s`, 2, 4) <> ?", k->column, k->column), &key,
		1);
	if (k->of_company)
		query_where_(&q, "company_id >= ? AND (company_id > ? OR id > ?)", place, 3);
	else
		query_where_(&q, "id > ?", &last, 1);
	query_add_(&q, SQL(&q, " ORDER BY %sid LIMIT ?", k->of_company ? "company_id, " : ""),
		&limit, 1);
	return query_rows(&q, &SEALED_ROW, out) < 0 ? -1 : 0;
}

/* Only if it is still the one that was read. Rows matched, or -1. */
static int write_one(struct ctx *c, const struct sealed_column *k, const struct sealed_row *row)
{
	struct arg fresh = arg_bytes(row->fresh), old = arg_bytes(row->cell);
	struct arg id = arg_text(row->id), company = arg_int(row->company_number);
	struct query q;

	query_start(&q, c, mem_printf(c->mem, "UPDATE frontdesk_store.`%s`", k->table));
	query_add_(&q, SQL(&q, " SET `%s` = ?", k->column), &fresh, 1);
	query_where_(&q, "id = ?", &id, 1);
	query_where_(&q, SQL(&q, "`%s` = ?", k->column), &old, 1);
	if (k->of_company)
		query_where_(&q, "company_id = ?", &company, 1);
	return query_exec(&q);
}

/* ---- rules ---- */

/* False: it does not open, and stays as it is. */
static bool seal_anew(
	struct ctx *c, struct keyring *ring, const struct sealed_column *k, struct sealed_row *row)
{
	struct cell_place at = {k->table, k->column, (uint32_t)row->company_number, row->id};
	struct bytes plain;

	if (cell_open(c, ring, at, row->cell, &plain) < 0 ||
		cell_seal(c, ring, at, plain, &row->fresh) < 0) {
		err_clear(c);
		row->fresh.p = NULL;
		return false;
	}
	explicit_bzero((void *)(uintptr_t)plain.p, plain.n);
	return true;
}

static int write_all(
	struct ctx *c, const struct sealed_column *k, const struct rows *rows, int64_t *written)
{
	const struct sealed_row *row = rows->p;

	*written = 0;
	if (db_script(c, "START TRANSACTION") < 0)
		return -1;
	for (size_t i = 0; i < rows->n; i++) {
		int n = row[i].fresh.p == NULL ? 0 : write_one(c, k, &row[i]);

		if (n < 0)
			return -1;
		*written += n;
	}
	return db_script(c, "COMMIT");
}

/* Rows are locked until the commit: two of these, or a program, may be in each
 * other's way. */
static int write_batch(
	struct ctx *c, const struct sealed_column *k, const struct rows *rows, int64_t *written)
{
	int rc = write_all(c, k, rows, written);

	for (int tries = 1; rc < 0 && tries < TRIES_MAX && db_retryable(c); tries++) {
		err_clear(c);
		if (db_script(c, "ROLLBACK") < 0)
			return -1;
		rc = write_all(c, k, rows, written);
	}
	return rc;
}

static void next_column(struct reseal *r)
{
	r->column++;
	r->company = 0;
	r->id[0] = '\0';
}

int cells_reseal(struct ctx *c, struct keyring *ring, struct reseal *r)
{
	const struct sealed_column *k = &SEALED_COLUMNS[r->column];
	int64_t written, opened = 0;
	struct rows rows;

	if (r->column == SEALED_COLUMNS_COUNT)
		return 0;
	if (read_batch(c, r, keyring_newest(ring), &rows) < 0)
		return -1;
	struct sealed_row *row = rows.p;
	for (size_t i = 0; i < rows.n; i++)
		opened += seal_anew(c, ring, k, &row[i]);
	if (write_batch(c, k, &rows, &written) < 0)
		return -1;
	r->sealed += written;
	r->changed += opened - written;
	r->unopened += (int64_t)rows.n - opened;
	if (rows.n < CELLS_BATCH) {
		next_column(r);
		return r->column < SEALED_COLUMNS_COUNT;
	}
	r->company = row[rows.n - 1].company_number;
	snprintf(r->id, sizeof(r->id), "%s", row[rows.n - 1].id);
	return 1;
}
