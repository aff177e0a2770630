/* What the audit log says of a change. */
#include "tests/db/support.h"
#include "core/audit/audit.h"
#include "core/base/id.h"

START_TEST(a_note_is_a_sentence_of_at_most_300_characters)
{
	struct ctx *c = db_ctx("fd_web");
	struct buf b = buf_new(c->mem, 2000);
	const char *id = id_new(c);

	for (int i = 0; i < 400; i++)
		buf_text_add(&b, "ü");
	c->company = salon();
	db_begin(c);
	ck_assert_int_eq(audit_note(c, "company.enter", "company", id, "A customer asked."), 0);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ?"
				 " AND note = 'A customer asked.' AND fields IS NULL",
				 id),
		1);
	ck_assert_int_eq(audit_note(c, "company.leave", "company", id, buf_text(&b)), 0);
	ck_assert_int_eq(one_int(c, "SELECT MAX(CHAR_LENGTH(note)) FROM audit_entry"), 300);
	ck_assert_int_eq(audit_note(c, "company.leave", "company", id, NULL), 0);
	db_ctx_end(c);
}
END_TEST

Suite *suite_audit(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("entries");

	tcase_add_test(t, a_note_is_a_sentence_of_at_most_300_characters);
	suite_add_tcase(s, t);
	return s;
}
