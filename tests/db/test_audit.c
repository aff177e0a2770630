/* The audit log: what it says of a change, and how it is sealed. */
#include "core/base/id.h"
#include "tests/db/chain.h"

#include <signal.h>
#include <sys/wait.h>

#define FATAL 1114 /* the table is full */

/* ---- entries ---- */

START_TEST(a_note_is_a_sentence_of_at_most_300_characters)
{
	struct buf b = buf_new(writer->mem, 2000);
	const char *id = id_new(writer);

	for (int i = 0; i < 400; i++)
		buf_text_add(&b, "ü");
	db_begin(writer);
	ck_assert_int_eq(
		audit_note(writer, "company.enter", "company", id, "A customer asked."), 0);
	ck_assert_int_eq(one_int(writer,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ?"
				 " AND note = 'A customer asked.' AND fields IS NULL",
				 id),
		1);
	ck_assert_int_eq(audit_note(writer, "company.leave", "company", id, buf_text(&b)), 0);
	ck_assert_int_eq(one_int(writer, "SELECT MAX(CHAR_LENGTH(note)) FROM audit_entry"), 300);
	ck_assert_int_eq(audit_note(writer, "company.leave", "company", id, NULL), 0);
}
END_TEST

START_TEST(no_program_may_change_entries_or_links)
{
	static const char *const ACCOUNTS[] = {"fd_web", "fd_worker"};
	static const char *const REFUSED[] = {
		"UPDATE audit_entry SET action = 'x'",
		"DELETE FROM audit_entry",
		"INSERT INTO audit_seal (seq) VALUES (1)",
		"UPDATE audit_seal SET seq = 1",
		"DELETE FROM audit_seal",
		"TRUNCATE TABLE audit_entry",
	};

	for (size_t a = 0; a < COUNT_OF(ACCOUNTS); a++) {
		MYSQL *m = raw_connect(ACCOUNTS[a]);

		for (size_t i = 0; i < COUNT_OF(REFUSED); i++)
			ck_assert_msg(
				raw_run(m, REFUSED[i]) == 1142, "%s: %s", ACCOUNTS[a], REFUSED[i]);
		mysql_close(m);
	}
	MYSQL *m = raw_connect("fd_web");
	ck_assert_uint_eq(
		raw_run(m, "CALL sys_audit_seal(0, 1, UUID(), NOW(3), NOW(3), '', '')"), 1370);
	ck_assert_uint_eq(raw_run(m, "CALL sys_audit_unsealed(1, 1)"), 1370);
	mysql_close(m);
}
END_TEST

/* ---- sealing ---- */

START_TEST(what_is_new_is_sealed_once_in_order)
{
	struct audit_chain k = chain_verify();

	ck_assert_msg(n_found == 0, "%s", chain_found());
	ck_assert_int_eq(k.checked, ENTRIES);
	ck_assert_int_eq(k.waiting, 0);
	chain_seal();
	const char *late = chain_entry();
	k = chain_verify();
	ck_assert_int_eq(k.waiting, 1);
	chain_seal();
	k = chain_verify();
	ck_assert_int_eq(k.checked, ENTRIES + 1);
	ck_assert_int_eq(one_int(forger,
				 "SELECT seq FROM frontdesk_store.audit_seal"
				 " WHERE audit_entry_id = ?",
				 late),
		ENTRIES + 1);
	ck_assert_msg(n_found == 0, "%s", chain_found());
}
END_TEST

START_TEST(companies_and_the_platform_have_chains_of_their_own)
{
	writer->company = dental();
	ck_assert_int_eq(in_tx(writer, chain_write, (void *)(uintptr_t)id_new(writer)), 0);
	writer->company = 0;
	ck_assert_int_eq(in_tx(writer, chain_write, (void *)(uintptr_t)id_new(writer)), 0);
	chain_seal();
	ck_assert_int_eq(chain_verify_of(0).checked, 1);
	ck_assert_msg(n_found == 0, "%s", chain_found());
	ck_assert_int_eq(chain_verify().checked, ENTRIES);
	ck_assert_int_eq(
		one_int(forger, "SELECT seq FROM frontdesk_store.audit_seal WHERE company_id = ?",
			(int64_t)dental()),
		1);
}
END_TEST

/* Its entry comes behind the ones that were sealed meanwhile. */
START_TEST(a_transaction_that_commits_late_is_sealed_next)
{
	struct ctx *slow = db_ctx("fd_web");

	slow->company = salon();
	db_begin(slow);
	ck_assert_int_eq(audit_add(slow, "slow", "job", NULL, NULL), 0);
	(void)chain_entry();
	chain_seal();
	ck_assert_int_eq(chain_verify().checked, ENTRIES + 1);
	ck_assert_int_eq(db_commit(slow), 0);
	ck_assert_int_eq(chain_verify().waiting, 1);
	chain_seal();
	ck_assert_int_eq(chain_verify().checked, ENTRIES + 2);
	ck_assert_msg(n_found == 0, "%s", chain_found());
	ck_assert_int_eq(one_int(forger,
				 "SELECT s.seq FROM frontdesk_store.audit_seal s"
				 " JOIN frontdesk_store.audit_entry e ON e.id = s.audit_entry_id"
				 " WHERE e.action = 'slow'"),
		ENTRIES + 2);
	db_ctx_end(slow);
}
END_TEST

static void many(int n)
{
	chain_forget();
	ck_assert_int_eq(
		db_exec(forger,
			"INSERT INTO frontdesk_store.audit_entry (company_id, id,"
			" actor_kind, action, subject, created_at) SELECT IF(seq % 3 = 0, 0,"
			" ?), UUID(), 'system', 'many', 'job', NOW(3) - INTERVAL (? - seq)"
			" SECOND FROM seq_1_to_5000 WHERE seq <= ?",
			(int64_t)salon(), n, n),
		n);
}

static void seal_alone(int i, void *shared)
{
	struct ctx *c = db_ctx("fd_worker");

	(void)i;
	(void)shared;
	for (int tries = 0; tries < 50 && audit_seal_new(c, NULL) < 0; tries++)
		err_clear(c);
	db_ctx_end(c);
}

/* Days of entries, in batches that reach over companies. */
START_TEST(several_sealers_at_once_seal_everything_once)
{
	many(3000);
	run_rivals(4, seal_alone, NULL);
	int64_t n = chain_verify().checked + chain_verify_of(0).checked;
	ck_assert_int_eq(n, 3000);
	ck_assert_int_eq(chain_verify().waiting + n_found, 0);
	ck_assert_int_eq(chain_verify_of(0).waiting + n_found, 0);
}
END_TEST

START_TEST(a_sealer_that_is_killed_goes_on)
{
	many(3000);
	for (int i = 0; i < 12; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			seal_alone(0, NULL);
			_exit(0);
		}
		nanosleep(&(struct timespec){0, 15000000 + i * 25000000}, NULL);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		(void)chain_verify();
		for (int f = 0; f < n_found; f++)
			ck_assert_str_eq(
				found[f].problem, "The entry is not sealed: does the worker run?");
	}
	chain_seal();
	ck_assert_int_eq(chain_verify().checked + chain_verify_of(0).checked, 3000);
	ck_assert_int_eq(chain_verify().waiting + chain_verify_of(0).waiting, 0);
}
END_TEST

START_TEST(a_batch_is_all_or_nothing)
{
	int n = 1;

	(void)chain_entry();
	(void)chain_entry();
	for (;; n++) {
		db_fail_at(n, 1, FATAL);
		int rc = audit_seal_new(sealer, NULL);
		if (db_fail_at(0, 0, 0) == 0)
			break;
		ck_assert_int_eq(rc, -1);
		err_clear(sealer);
		ck_assert_int_eq(chain_verify().checked, ENTRIES);
	}
	ck_assert_int_ge(n, 5);
	ck_assert_int_eq(chain_verify().checked, ENTRIES + 2);
}
END_TEST

Suite *suite_audit(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("entries");
	TCase *k = tcase_create("sealing");

	tcase_add_checked_fixture(t, chain_begin, chain_end);
	tcase_add_test(t, a_note_is_a_sentence_of_at_most_300_characters);
	tcase_add_test(t, no_program_may_change_entries_or_links);
	suite_add_tcase(s, t);
	tcase_set_timeout(k, 120);
	tcase_add_checked_fixture(k, chain_begin_sealed, chain_end);
	tcase_add_test(k, what_is_new_is_sealed_once_in_order);
	tcase_add_test(k, companies_and_the_platform_have_chains_of_their_own);
	tcase_add_test(k, a_transaction_that_commits_late_is_sealed_next);
	tcase_add_test(k, several_sealers_at_once_seal_everything_once);
	tcase_add_test(k, a_sealer_that_is_killed_goes_on);
	tcase_add_test(k, a_batch_is_all_or_nothing);
	suite_add_tcase(s, k);
	return s;
}
