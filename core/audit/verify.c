#include "core/audit/verify.h"
#include "core/base/text.h"
#include "core/sys/db.h"

#define PAGE 500

const struct audit_company AUDIT_PLATFORM = {0, NULL, "platform"};

static const struct field FIELDS[] = {
	INT(audit_finding, seq, RO | NULL0, 0, INT64_MAX),
	ID(audit_finding, entry_id, RO),
	TIME(audit_finding, at, RO),
	TEXT(audit_finding, problem, RO, 300),
};
const struct table AUDIT_FINDING = TABLE(audit_finding, "audit_finding", FIELDS);

static const struct field COMPANY_FIELDS[] = {
	INT(audit_company, company_number, RO | JOINED, 0, INT32_MAX),
	ID(audit_company, company_id, RO | JOINED),
	TEXT(audit_company, slug, RO | JOINED, 63),
};
static const struct table COMPANY_ = TABLE(audit_company, "audit_company", COMPANY_FIELDS);

/* ---- storage: a company's own through its views, any through the tables ---- */

static int read_links(struct ctx *c, const struct audit_chain *k, struct rows *out)
{
	if (k->store)
		return db_rows(c, &AUDIT_SEAL, out,
			"SELECT {cols} FROM frontdesk_store.audit_seal WHERE company_id = ?"
			" AND seq > ? ORDER BY seq LIMIT ?",
			k->company_number, k->seq, PAGE);
	return db_rows(c, &AUDIT_SEAL, out,
		"SELECT {cols} FROM audit_seal WHERE seq > ? ORDER BY seq LIMIT ?", k->seq, PAGE);
}

/* The entries of these links that are there, in the order of the links. */
static int read_entries(
	struct ctx *c, const struct audit_chain *k, const struct rows *links, struct rows *out)
{
	const struct audit_seal *s = links->p;
	int64_t first = s[0].seq, last = s[links->n - 1].seq;

	if (k->store)
		return db_rows(c, &AUDIT_ENTRY, out,
			"SELECT {cols:e}, s.seq AS seal FROM frontdesk_store.audit_seal s"
			" JOIN frontdesk_store.audit_entry e ON e.company_id = s.company_id"
			" AND e.id = s.audit_entry_id WHERE s.company_id = ?"
			" AND s.seq BETWEEN ? AND ? ORDER BY s.seq",
			k->company_number, first, last);
	return db_rows(c, &AUDIT_ENTRY, out,
		"SELECT {cols:e}, s.seq AS seal FROM audit_seal s"
		" JOIN audit_entry e ON e.id = s.audit_entry_id"
		" WHERE s.seq BETWEEN ? AND ? ORDER BY s.seq",
		first, last);
}

static int read_unsealed(struct ctx *c, const struct audit_chain *k, ts_t since, struct rows *out)
{
	if (k->store)
		return db_rows(c, &AUDIT_ENTRY, out,
			"SELECT {cols:e} FROM frontdesk_store.audit_entry e"
			" LEFT JOIN frontdesk_store.audit_seal s ON s.company_id = e.company_id"
			" AND s.audit_entry_id = e.id WHERE e.company_id = ? AND e.created_at >= ?"
			" AND s.seq IS NULL ORDER BY e.created_at, e.id LIMIT 1000",
			k->company_number, since);
	return db_rows(c, &AUDIT_ENTRY, out,
		"SELECT {cols:e} FROM audit_entry e LEFT JOIN audit_seal s"
		" ON s.audit_entry_id = e.id WHERE e.created_at >= ? AND s.seq IS NULL"
		" ORDER BY e.created_at, e.id LIMIT 1000",
		since);
}

/* The last link up to this number. */
static int read_link(
	struct ctx *c, const struct audit_chain *k, int64_t seq, struct audit_seal *out)
{
	if (k->store)
		return db_one(c, &AUDIT_SEAL, out,
			"SELECT {cols} FROM frontdesk_store.audit_seal WHERE company_id = ?"
			" AND seq <= ? ORDER BY seq DESC LIMIT 1",
			k->company_number, seq);
	return db_one(c, &AUDIT_SEAL, out,
		"SELECT {cols} FROM audit_seal WHERE seq <= ? ORDER BY seq DESC LIMIT 1", seq);
}

int audit_head(struct ctx *c, const struct audit_chain *k, struct audit_seal *out)
{
	return read_link(c, k, INT64_MAX, out);
}

int audit_companies(struct ctx *c, int64_t after, struct rows *out)
{
	return db_rows(c, &COMPANY_, out,
		"SELECT id AS company_number, uid AS company_id, slug"
		" FROM frontdesk_store.company WHERE id > ? ORDER BY id LIMIT ?",
		after, AUDIT_COMPANIES_PAGE);
}

int audit_company_find(struct ctx *c, const char *id, struct audit_company *out)
{
	if (strcmp(id, AUDIT_NO_COMPANY) == 0) {
		*out = AUDIT_PLATFORM;
		return 1;
	}
	return db_one(c, &COMPANY_, out,
		"SELECT id AS company_number, uid AS company_id, slug"
		" FROM frontdesk_store.company WHERE uid = ?",
		id);
}

/* ---- findings ---- */

static void find(struct rows *list, const struct audit_seal *s, const char *problem)
{
	struct audit_finding *f = list->p;

	f[list->n++] = (struct audit_finding){s->seq, s->audit_entry_id, s->entry_at, problem};
}

static bool same_hash(struct bytes a, const uint8_t b[SHA256_SIZE])
{
	return secret_same(a, (struct bytes){b, SHA256_SIZE});
}

static void check_link(
	struct ctx *c, const struct audit_chain *k, const struct audit_seal *s, struct rows *list)
{
	uint8_t hash[SHA256_SIZE];

	if (s->seq != k->seq + 1)
		find(list, s,
			mem_printf(c->mem,
				"The links %" PRId64 " to %" PRId64 " before it were removed.",
				k->seq + 1, s->seq - 1));
	audit_seal_hash(c, k->company_id, s, k->seq == 0 ? NULL : k->hash, hash);
	if (s->seq == k->seq + 1 && !same_hash(s->hash, hash))
		find(list, s, "The link was changed, or put in the place of another.");
}

static bool expired(const struct ctx *c, const struct audit_chain *k, const struct audit_seal *s)
{
	return !k->met && s->entry_at.ms < c->now.ms - AUDIT_DAYS_MIN * INT64_C(86400000);
}

static void check_entry(struct ctx *c, struct audit_chain *k, const struct audit_seal *s,
	const struct audit_entry *e, struct rows *list)
{
	uint8_t hash[SHA256_SIZE];

	if (e == NULL && expired(c, k, s)) {
		k->expired++;
		return;
	}
	if (e == NULL) {
		find(list, s, "The entry was removed.");
		return;
	}
	k->met = true;
	audit_entry_hash(c, k->company_id, e, hash);
	if (!same_hash(s->entry_hash, hash))
		find(list, s, "The entry was changed after it was sealed.");
	else if (s->entry_at.ms < k->newest.ms - SEAL_WINDOW_S * 1000)
		find(list, s,
			"The entry is much older than those sealed before it: it was put in "
			"later, or the clock was set back.");
}

/* A clock that was ahead must not make all later entries too old. */
static ts_t newest(const struct audit_chain *k, const struct audit_seal *s)
{
	int64_t at = s->entry_at.ms < s->sealed_at.ms ? s->entry_at.ms : s->sealed_at.ms;

	return (ts_t){at > k->newest.ms ? at : k->newest.ms};
}

static void step(struct audit_chain *k, const struct audit_seal *s)
{
	k->newest = newest(k, s);
	k->seq = s->seq;
	memset(k->hash, 0, sizeof(k->hash));
	memcpy(k->hash, s->hash.p, s->hash.n < sizeof(k->hash) ? s->hash.n : sizeof(k->hash));
}

/* ---- rules ---- */

int audit_verify_from(struct ctx *c, struct audit_chain *k, int64_t links)
{
	struct audit_seal s;
	int rc = audit_head(c, k, &s);

	if (rc <= 0 || s.seq <= links)
		return rc < 0 ? -1 : 0;
	rc = read_link(c, k, s.seq - links, &s);
	if (rc <= 0)
		return rc;
	step(k, &s);
	return 0;
}

int audit_verify_page(struct ctx *c, struct audit_chain *k, struct rows *findings)
{
	struct rows links, entries;
	size_t at = 0;

	if (read_links(c, k, &links) < 0)
		return -1;
	*findings = (struct rows){
		mem_alloc(c->mem, (2 * links.n + 1) * sizeof(struct audit_finding)), 0};
	if (links.n == 0)
		return 0;
	if (read_entries(c, k, &links, &entries) < 0)
		return -1;
	const struct audit_entry *e = entries.p;
	for (size_t i = 0; i < links.n; i++) {
		const struct audit_seal *s = (const struct audit_seal *)links.p + i;
		bool there = at < entries.n && e[at].seal == s->seq;

		check_link(c, k, s, findings);
		check_entry(c, k, s, there ? &e[at] : NULL, findings);
		at += there;
		k->checked++;
		step(k, s);
	}
	return links.n == PAGE;
}

/* Sealing takes its time; what is older than the newest sealed one by more than
 * the window will never be sealed. */
int audit_verify_rest(struct ctx *c, struct audit_chain *k, struct rows *findings)
{
	struct rows rows;
	ts_t late = {c->now.ms - SEAL_WINDOW_S * 1000};
	ts_t since =
		k->checked < k->seq ? (ts_t){k->newest.ms - 2 * SEAL_WINDOW_S * 1000} : (ts_t){1};

	if (read_unsealed(c, k, since, &rows) < 0)
		return -1;
	*findings =
		(struct rows){mem_alloc(c->mem, (rows.n + 1) * sizeof(struct audit_finding)), 0};
	for (size_t i = 0; i < rows.n; i++) {
		const struct audit_entry *e = (const struct audit_entry *)rows.p + i;
		struct audit_seal s = {.audit_entry_id = e->id, .entry_at = e->created_at};

		if (e->created_at.ms < k->newest.ms - SEAL_WINDOW_S * 1000)
			find(findings, &s,
				"The entry is in no link: it was put in later, or its link was "
				"removed.");
		else if (e->created_at.ms < late.ms)
			find(findings, &s, "The entry is not sealed: does the worker run?");
		else
			k->waiting++;
	}
	return 0;
}

int audit_verify_head(struct ctx *c, const struct audit_chain *k, const struct audit_seal *noted,
	struct rows *findings)
{
	struct audit_seal s;
	int rc = read_link(c, k, noted->seq, &s);

	*findings = (struct rows){mem_alloc(c->mem, sizeof(struct audit_finding)), 0};
	if (rc < 0)
		return -1;
	if (rc == 0 || s.seq != noted->seq)
		find(findings, noted,
			"The chain ended here once, and is shorter now: links and entries were "
			"removed from its end.");
	else if (!same_hash(s.hash, noted->hash.p))
		find(findings, &s, "The chain had another hash here once: it was made anew.");
	return 0;
}
