#include "core/audit/seal.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/db.h"

#define TEXT_MAX 16384 /* of one entry: its columns are shorter */
#define BATCH 500
#define SEAL_US 30000000 /* half of the job's deadline; the rest comes next time */

static const struct field FIELDS[] = {
	INT(audit_seal, seq, RO, 1, INT64_MAX),
	ID(audit_seal, audit_entry_id, RO),
	TIME(audit_seal, entry_at, RO),
	TIME(audit_seal, sealed_at, RO),
	BYTES(audit_seal, entry_hash, RO, SHA256_SIZE),
	BYTES(audit_seal, hash, RO, SHA256_SIZE),
};
const struct table AUDIT_SEAL = TABLE(audit_seal, "audit_seal", FIELDS);

/* ---- the canonical encoding ---- */

static void put(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s=%zu:%s\n", name, strlen(value), value);
}

static void put_columns(struct ctx *c, struct buf *b, const struct table *t, const void *row)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->fields[i];
		const char *value = field_is_column(f) ? field_text(c->mem, f, row) : NULL;

		if (value != NULL && strcmp(f->name, "hash") != 0)
			put(b, f->name, value);
	}
}

static void digest(struct buf *b, uint8_t out[SHA256_SIZE])
{
	if (buf_full(b))
		BUG("an audit entry of more than %d bytes", TEXT_MAX);
	sha256((struct bytes){(const uint8_t *)b->p, b->n}, out);
}

void audit_entry_hash(struct ctx *c, const char *company_id, const struct audit_entry *e,
	uint8_t out[SHA256_SIZE])
{
	struct buf b = buf_new(c->mem, TEXT_MAX);

	put(&b, "company_id", company_id == NULL ? AUDIT_NO_COMPANY : company_id);
	put_columns(c, &b, &AUDIT_ENTRY, e);
	digest(&b, out);
}

void audit_seal_hash(struct ctx *c, const char *company_id, const struct audit_seal *s,
	const uint8_t *previous, uint8_t out[SHA256_SIZE])
{
	static const uint8_t NONE[SHA256_SIZE];
	struct buf b = buf_new(c->mem, TEXT_MAX);
	struct bytes before = {previous == NULL ? NONE : previous, SHA256_SIZE};

	put(&b, "company_id", company_id == NULL ? AUDIT_NO_COMPANY : company_id);
	put_columns(c, &b, &AUDIT_SEAL, s);
	put(&b, "previous", hex_encode(c->mem, before));
	digest(&b, out);
}

const char *audit_head_text(struct ctx *c, const char *company_id, const struct audit_seal *head)
{
	return mem_printf(c->mem, "company=%s seq=%" PRId64 " hash=%s",
		company_id == NULL ? AUDIT_NO_COMPANY : company_id, head->seq,
		hex_encode(c->mem, head->hash));
}

/* ---- sealing ---- */

/* Where a company's chain ends, while a batch adds to it. */
struct end {
	int64_t company_number;
	const char *company_id;
	struct audit_seal head; /* seq 0: nothing is sealed yet */
};

struct batch {
	struct end *ends;
	size_t n;
	int rows;
};

/* The end of the company's chain, as it is and as this batch has moved it. */
static int find_end(struct ctx *c, struct batch *b, const struct audit_entry *e, struct end **out)
{
	size_t i = 0;

	while (i < b->n && b->ends[i].company_number != e->company_number)
		i++;
	*out = &b->ends[i];
	if (i < b->n)
		return 0;
	b->n++;
	(*out)->company_number = e->company_number;
	(*out)->company_id = e->company_id;
	return db_one(c, &AUDIT_SEAL, &(*out)->head, "CALL sys_audit_head(?)", e->company_number) <
			0
		? -1
		: 0;
}

static int seal_one(struct ctx *c, struct end *end, const struct audit_entry *e)
{
	uint8_t *entry_hash = mem_alloc(c->mem, SHA256_SIZE);
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);
	struct audit_seal s = {
		.seq = end->head.seq + 1,
		.audit_entry_id = e->id,
		.entry_at = e->created_at,
		.sealed_at = c->now,
		.entry_hash = {entry_hash, SHA256_SIZE},
		.hash = {hash, SHA256_SIZE},
	};

	audit_entry_hash(c, e->company_id, e, entry_hash);
	audit_seal_hash(c, e->company_id, &s, end->head.hash.p, hash);
	end->head = s;
	return db_exec(c, "CALL sys_audit_seal(?, ?, ?, ?, ?, ?, ?)", e->company_number, s.seq,
		       s.audit_entry_id, s.entry_at, s.sealed_at, s.entry_hash, s.hash) < 0
		? -1
		: 0;
}

/* All of the batch or nothing: what is older than the newest sealed entry by
 * more than the window is not looked for again. Another sealer at the same
 * time fails at the key of the links, or makes this one fail. */
static int seal_batch(struct ctx *c, void *arg)
{
	struct batch *b = arg;
	struct rows rows;

	b->n = 0;
	b->rows = db_rows(
		c, &AUDIT_ENTRY, &rows, "CALL sys_audit_unsealed(?, ?)", SEAL_WINDOW_S, BATCH);
	if (b->rows < 0)
		return -1;
	b->ends = mem_alloc(c->mem, (rows.n + 1) * sizeof(*b->ends));
	for (size_t i = 0; i < rows.n; i++) {
		const struct audit_entry *e = (const struct audit_entry *)rows.p + i;
		struct end *end;

		if (find_end(c, b, e, &end) < 0 || seal_one(c, end, e) < 0)
			return -1;
	}
	return 0;
}

static void log_heads(struct ctx *c, const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct end *e = &b->ends[i];

		log_line("audit_head", "company",
			e->company_id == NULL ? AUDIT_NO_COMPANY : e->company_id, "seq",
			mem_printf(c->mem, "%" PRId64, e->head.seq), "hash",
			hex_encode(c->mem, e->head.hash), NULL);
	}
}

int audit_seal_new(struct ctx *c, const char *none)
{
	int64_t until = clock_monotonic_us() + SEAL_US;
	struct batch b = {.rows = BATCH};

	(void)none;
	while (b.rows == BATCH && clock_monotonic_us() < until) {
		struct mem_mark mark = mem_mark(c->mem);

		if (in_tx(c, seal_batch, &b) < 0)
			return -1;
		log_heads(c, &b);
		mem_release(c->mem, mark);
	}
	return 0;
}
