#include "tests/db/chain.h"
#include "core/base/id.h"

struct ctx *writer, *sealer, *forger;
const char *ids[ENTRIES];

void chain_forget(void)
{
	ck_assert_int_ge(db_exec(forger, "DELETE FROM frontdesk_store.audit_seal"), 0);
	ck_assert_int_ge(db_exec(forger, "DELETE FROM frontdesk_store.audit_entry"), 0);
}

int chain_write(struct ctx *c, void *arg)
{
	return audit_add(c, "booking.cancel", "appointment", arg, "status,cancel_reason");
}

/* The id of a new entry of the salon. */
const char *chain_entry(void)
{
	const char *subject = id_new(writer);
	struct audit_entry e;

	ck_assert_int_eq(in_tx(writer, chain_write, (void *)(uintptr_t)subject), 0);
	ck_assert_int_eq(
		db_one(forger, &AUDIT_ENTRY, &e,
			"SELECT {cols} FROM frontdesk_store.audit_entry WHERE subject_id = ?",
			subject),
		1);
	return e.id;
}

void chain_seal(void)
{
	sealer->now = ts_now();
	ck_assert_int_eq(audit_seal_new(sealer, NULL), 0);
}

void chain_begin(void)
{
	forger = db_ctx_admin();
	ck_assert_int_eq(db_script(forger, "USE frontdesk_store"), 0);
	writer = db_ctx("fd_web");
	sealer = db_ctx("fd_worker");
	writer->company = salon();
	writer->actor = ACTOR_USER;
	writer->actor_id = id_new(writer);
	writer->remote_address = "203.0.113.7";
	writer->request_id = "r-1";
	hush();
	chain_forget();
}

void chain_end(void)
{
	db_rollback(writer);
	db_fail_at(0, 0, 0);
	chain_forget();
	db_ctx_end(writer);
	db_ctx_end(sealer);
	db_ctx_end(forger);
}

void chain_begin_sealed(void)
{
	struct rows links;

	chain_begin();
	for (int i = 0; i < ENTRIES; i++)
		(void)chain_entry();
	chain_seal();
	ck_assert_int_eq(db_rows(forger, &AUDIT_SEAL, &links,
				 "SELECT {cols} FROM frontdesk_store.audit_seal ORDER BY seq"),
		ENTRIES);
	for (int i = 0; i < ENTRIES; i++)
		ids[i] = ((const struct audit_seal *)links.p)[i].audit_entry_id;
}

/* ---- verifying ---- */

struct audit_finding found[50];
int n_found;

static void take(const struct rows *findings)
{
	for (size_t i = 0; i < findings->n && n_found < (int)COUNT_OF(found); i++)
		found[n_found++] = ((const struct audit_finding *)findings->p)[i];
}

static struct audit_chain chain_of(uint32_t company)
{
	return (struct audit_chain){
		.company_number = company,
		.company_id = company == salon() ? SALON_ID : NULL,
		.store = true,
	};
}

struct audit_chain chain_verify_of(uint32_t company)
{
	struct audit_chain k = chain_of(company);
	struct rows findings;
	int more = 1;

	n_found = 0;
	forger->now = ts_now();
	while (more == 1) {
		more = audit_verify_page(forger, &k, &findings);
		ck_assert_int_ge(more, 0);
		take(&findings);
	}
	ck_assert_int_eq(audit_verify_rest(forger, &k, &findings), 0);
	take(&findings);
	return k;
}

struct audit_chain chain_verify(void)
{
	return chain_verify_of(salon());
}

bool chain_names(const char *id, const char *word)
{
	for (int i = 0; i < n_found; i++) {
		if (text_same(found[i].entry_id, id) && strstr(found[i].problem, word) != NULL)
			return true;
	}
	return false;
}

const char *chain_found(void)
{
	struct buf b = buf_new(forger->mem, 10000);

	for (int i = 0; i < n_found; i++)
		buf_printf(&b, "%s link %" PRId64 ": %s\n",
			found[i].entry_id == NULL ? "-" : found[i].entry_id, found[i].seq,
			found[i].problem);
	return n_found == 0 ? "nothing was found" : buf_text(&b);
}

/* Runs a statement that changes something in a transaction, looks, and takes
 * it back. */
void chain_tamper(const char *sql)
{
	ck_assert_int_eq(db_script(forger, "START TRANSACTION"), 0);
	ck_assert_msg(db_exec_(forger, sql, NULL, 0) > 0, "%s", sql);
	(void)chain_verify();
	ck_assert_int_eq(db_script(forger, "ROLLBACK"), 0);
}

struct audit_seal chain_head(uint32_t company)
{
	struct audit_chain k = chain_of(company);
	struct audit_seal head;

	ck_assert_int_eq(audit_head(forger, &k, &head), 1);
	return head;
}

void chain_hold_against(const struct audit_seal *noted)
{
	struct audit_chain k = chain_of(salon());
	struct rows findings;

	n_found = 0;
	ck_assert_int_eq(audit_verify_head(forger, &k, noted, &findings), 0);
	take(&findings);
}
