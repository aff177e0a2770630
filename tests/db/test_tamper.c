/* Nobody can change, remove, put in or reorder any of the audit log unseen. */
#include "core/base/id.h"
#include "tests/db/chain.h"

struct one_column {
	const char *name;
	const char *kind;
	const char *value;
};

static const struct field COLUMN_FIELDS[] = {
	TEXT(one_column, name, 0, 64),
	TEXT(one_column, kind, 0, 64),
	TEXT(one_column, value, 0, 2000),
};
static const struct table ONE_COLUMN = TABLE(one_column, "columns", COLUMN_FIELDS);

/* Another character of the same kind at this place. */
static const char *altered(const char *kind, const char *value, size_t at)
{
	char *s = mem_text(forger->mem, value);

	/* (the server looks at a UUID's version and variant) */
	if (strcmp(kind, "uuid") == 0)
		s[at] = at == 14       ? '4'
			: at == 19     ? (s[at] == '8' ? '9' : '8')
			: s[at] == 'a' ? 'b'
				       : 'a';
	else
		s[at] = (char)(s[at] == 'x' ? 'y' : 'x');
	return s;
}

/* Every place of one column's value, and its absence. */
static int alter_column(const struct one_column *k, const char *id)
{
	int n = 0;

	for (size_t i = 0; i < strlen(k->value); i++) {
		if (k->value[i] == '-' && strcmp(k->kind, "uuid") == 0)
			continue;
		TAMPER("UPDATE frontdesk_store.audit_entry SET `%s` = '%s' WHERE id = '%s'",
			k->name, altered(k->kind, k->value, i), id);
		ck_assert_msg(chain_names(id, "changed") ||
				(strcmp(k->name, "id") == 0 && chain_names(id, "removed")),
			"%s at %zu: %s", k->name, i, chain_found());
		ck_assert_int_eq(n_found, 1);
		n++;
	}
	return n;
}

START_TEST(one_changed_byte_of_a_row_is_named)
{
	struct rows columns;
	const char *id = ids[2];
	int n = 0;

	ck_assert_int_ge(db_rows(forger, &ONE_COLUMN, &columns,
				 "SELECT COLUMN_NAME AS name, DATA_TYPE AS kind, '' AS value"
				 " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
				 " 'frontdesk_store' AND TABLE_NAME = 'audit_entry'"
				 " AND DATA_TYPE IN ('uuid', 'varchar')"),
		8);
	for (size_t i = 0; i < columns.n; i++) {
		struct one_column *k = (struct one_column *)columns.p + i, value;
		const char *sql = mem_printf(forger->mem,
			"SELECT `%s` AS value FROM frontdesk_store.audit_entry WHERE id = '%s'",
			k->name, id);

		ck_assert_int_eq(db_one_(forger, &ONE_COLUMN, &value, sql, NULL, 0), 1);
		k->value = value.value != NULL ? value.value : "";
		n += alter_column(k, id);
		if (value.value == NULL) {
			TAMPER("UPDATE frontdesk_store.audit_entry SET `%s` = '' WHERE id = '%s'",
				k->name, id);
			ck_assert_msg(chain_names(id, "changed"), "%s: %s", k->name, chain_found());
		}
	}
	ck_assert_int_ge(n, 3 * 32 + 40);
}
END_TEST

START_TEST(a_change_of_any_other_kind_is_named)
{
	static const char *const CHANGES[] = {
		"fields = NULL",
		"fields = ''",
		"fields = CONCAT(fields, ' ')",
		"note = CONCAT(fields), fields = NULL",
		"actor_kind = 'api_key'",
		"actor_kind = 'none'",
		"actor_id = NULL",
		"remote_address = NULL",
		"created_at = created_at + INTERVAL 1000 MICROSECOND",
		"created_at = created_at - INTERVAL 1 SECOND",
		"created_at = created_at + INTERVAL 1 HOUR",
		"created_at = created_at + INTERVAL 1 MONTH",
		"created_at = created_at - INTERVAL 1 YEAR",
		"action = subject, subject = action",
	};

	for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
		TAMPER("UPDATE frontdesk_store.audit_entry SET %s WHERE id = '%s'", CHANGES[i],
			ids[1]);
		ck_assert_msg(chain_names(ids[1], "changed"), "%s: %s", CHANGES[i], chain_found());
		ck_assert_int_eq(n_found, 1);
	}
	TAMPER("UPDATE frontdesk_store.audit_entry SET company_id = %u WHERE id = '%s'", dental(),
		ids[1]);
	ck_assert_msg(chain_names(ids[1], "removed"), "%s", chain_found());
}
END_TEST

START_TEST(a_changed_link_is_named)
{
	static const char *const CHANGES[] = {
		"entry_at = entry_at + INTERVAL 1000 MICROSECOND",
		"sealed_at = sealed_at - INTERVAL 1000 MICROSECOND",
		"audit_entry_id = UUID()",
		"entry_hash = REVERSE(entry_hash)",
		"hash = REVERSE(hash)",
		"seq = 100",
	};

	for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
		TAMPER("UPDATE frontdesk_store.audit_seal SET %s WHERE audit_entry_id = '%s'",
			CHANGES[i], ids[1]);
		ck_assert_msg(n_found > 0, "%s", CHANGES[i]);
		ck_assert_msg(n_found <= 4, "%s: %s", CHANGES[i], chain_found());
	}
	for (int i = 1; i <= SHA256_SIZE; i++) {
		TAMPER("UPDATE frontdesk_store.audit_seal SET entry_hash = INSERT(entry_hash, %d,"
		       " 1, CHAR(ORD(SUBSTR(entry_hash, %d, 1)) ^ 1)) WHERE seq = 2",
			i, i);
		ck_assert_msg(chain_names(ids[1], "changed"), "byte %d: %s", i, chain_found());
	}
}
END_TEST

START_TEST(removed_put_in_and_swapped_rows_are_named)
{
	TAMPER("DELETE FROM frontdesk_store.audit_entry WHERE id = '%s'", ids[0]);
	ck_assert_msg(chain_names(ids[0], "removed"), "%s", chain_found());
	ck_assert_int_eq(n_found, 1);
	TAMPER("DELETE e, s FROM frontdesk_store.audit_entry e JOIN frontdesk_store.audit_seal s"
	       " ON s.audit_entry_id = e.id WHERE e.id = '%s'",
		ids[2]);
	ck_assert_msg(chain_names(ids[3], "3 to 3 before it were removed"), "%s", chain_found());
	TAMPER("DELETE FROM frontdesk_store.audit_seal WHERE audit_entry_id = '%s'", ids[2]);
	ck_assert_msg(chain_names(ids[3], "removed"), "%s", chain_found());
	/* with an old time; one with the time of now is like any other */
	const char *id = id_new(forger);
	TAMPER("INSERT INTO frontdesk_store.audit_entry (company_id, id, actor_kind, action,"
	       " subject, created_at) VALUES (%u, '%s', 'none', 'x', 'y', NOW(3) - INTERVAL 1 DAY)",
		salon(), id);
	ck_assert_msg(chain_names(id, "put in later"), "%s", chain_found());
	/* what was done by the one was done by the other */
	TAMPER("UPDATE frontdesk_store.audit_entry a JOIN frontdesk_store.audit_entry b"
	       " ON a.id IN ('%s', '%s') AND b.id IN ('%s', '%s') AND a.id <> b.id"
	       " SET a.subject_id = b.id",
		ids[0], ids[1], ids[0], ids[1]);
	ck_assert_msg(chain_names(ids[0], "changed") && chain_names(ids[1], "changed"), "%s",
		chain_found());
	/* the order of two links */
	ck_assert_int_eq(db_script(forger, "START TRANSACTION"), 0);
	for (int i = 0; i < 3; i++) {
		static const int MOVES[][2] = {{1, 100}, {2, 1}, {100, 2}};

		ck_assert_int_eq(
			db_exec(forger,
				"UPDATE frontdesk_store.audit_seal SET seq = ? WHERE seq = ?",
				MOVES[i][1], MOVES[i][0]),
			1);
	}
	(void)chain_verify();
	ck_assert_int_eq(db_script(forger, "ROLLBACK"), 0);
	ck_assert_msg(
		chain_names(ids[0], "place of another") && chain_names(ids[1], "place of another"),
		"%s", chain_found());
}
END_TEST

/* A row of yesterday that a sealer is made to take, because links were removed. */
START_TEST(an_old_entry_among_new_ones_is_named)
{
	const char *id = id_new(forger);

	ck_assert_int_eq(
		db_exec(forger,
			"INSERT INTO frontdesk_store.audit_entry (company_id, id, actor_kind,"
			" action, subject, created_at) VALUES (?, ?, 'none', 'x', 'y',"
			" NOW(3) - INTERVAL 1 DAY)",
			(int64_t)salon(), id),
		1);
	chain_seal();
	ck_assert_msg((chain_verify(), chain_names(id, "put in later")), "%s", chain_found());
	ck_assert_int_eq(one_int(forger,
				 "SELECT COUNT(*) FROM frontdesk_store.audit_seal"
				 " WHERE audit_entry_id = ?",
				 id),
		0);
}
END_TEST

START_TEST(a_log_that_was_cut_off_or_made_anew_has_another_head)
{
	struct audit_seal noted = chain_head(salon());

	chain_hold_against(&noted);
	ck_assert_msg(n_found == 0, "%s", chain_found());
	ck_assert_int_eq(db_script(forger, "START TRANSACTION"), 0);
	ck_assert_int_eq(db_exec(forger,
				 "DELETE e, s FROM frontdesk_store.audit_entry e"
				 " JOIN frontdesk_store.audit_seal s ON s.audit_entry_id = e.id"
				 " WHERE s.seq > 3 AND s.company_id = ?",
				 (int64_t)salon()),
		4);
	(void)chain_verify();
	ck_assert_msg(n_found == 0, "it cannot be seen in the log itself: %s", chain_found());
	chain_hold_against(&noted);
	ck_assert_msg(n_found == 1 && strstr(found[0].problem, "from its end") != NULL, "%s",
		chain_found());
	ck_assert_int_eq(db_script(forger, "ROLLBACK"), 0);
	/* all links anew after a change */
	ck_assert_int_eq(
		db_exec(forger, "UPDATE frontdesk_store.audit_entry SET action = 'x' WHERE id = ?",
			ids[0]),
		1);
	ck_assert_int_ge(db_exec(forger, "DELETE FROM frontdesk_store.audit_seal"), ENTRIES);
	chain_seal();
	(void)chain_verify();
	ck_assert_msg(n_found == 0, "it cannot be seen in the log itself: %s", chain_found());
	chain_hold_against(&noted);
	ck_assert_msg(
		n_found == 1 && strstr(found[0].problem, "made anew") != NULL, "%s", chain_found());
}
END_TEST

/* Only at the beginning, and only after the shortest time that may be chosen. */
START_TEST(entries_that_have_expired_may_be_gone)
{
	chain_forget();
	ck_assert_int_eq(
		db_exec(forger,
			"INSERT INTO frontdesk_store.audit_entry (company_id, id, actor_kind,"
			" action, subject, created_at) SELECT ?, UUID(), 'system', 'old',"
			" 'job', NOW(3) - INTERVAL (400 - seq) DAY FROM seq_1_to_100",
			(int64_t)salon()),
		100);
	chain_seal();
	TAMPER("DELETE FROM frontdesk_store.audit_entry WHERE created_at < NOW(3) - INTERVAL 380 "
	       "DAY");
	ck_assert_msg(n_found == 0, "%s", chain_found());
	TAMPER("DELETE FROM frontdesk_store.audit_entry WHERE created_at < NOW(3) - INTERVAL 360 "
	       "DAY");
	ck_assert_int_eq(n_found, 5);
	TAMPER("DELETE FROM frontdesk_store.audit_entry WHERE created_at BETWEEN"
	       " NOW(3) - INTERVAL 391 DAY AND NOW(3) - INTERVAL 389 DAY");
	ck_assert_int_eq(n_found, 2);
}
END_TEST

Suite *suite_tamper(void)
{
	Suite *s = suite_create("tamper");
	TCase *t = tcase_create("chain");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, chain_begin_sealed, chain_end);
	tcase_add_test(t, one_changed_byte_of_a_row_is_named);
	tcase_add_test(t, a_change_of_any_other_kind_is_named);
	tcase_add_test(t, a_changed_link_is_named);
	tcase_add_test(t, removed_put_in_and_swapped_rows_are_named);
	tcase_add_test(t, an_old_entry_among_new_ones_is_named);
	tcase_add_test(t, a_log_that_was_cut_off_or_made_anew_has_another_head);
	tcase_add_test(t, entries_that_have_expired_may_be_gone);
	suite_add_tcase(s, t);
	return s;
}
