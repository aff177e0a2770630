/* The inbox as people see it: which events a list shows. */
#include "tests/db/calls.h"
#include "core/inbox/look.h"

static void setup(void)
{
	calls_begin();
	web->company = salon();
}

static size_t listed(struct inbox_filter f)
{
	struct rows rows;

	f.limit = 100;
	ck_assert_int_ge(inbox_list(web, &f, &rows), 0);
	return rows.n;
}

START_TEST(the_list_is_filtered)
{
	const char *call = new_call_id(), *event = receive("call_started", call, started(""));
	ts_t now = {web->now.ms + 60000}, long_ago = {web->now.ms - 86400000};

	process(event);
	ck_assert_int_ge(db_exec(admin, "UPDATE frontdesk_store.job SET state = 'done'"), 0);
	receive("call_ended", call, ended(""));
	ck_assert_uint_eq(listed((struct inbox_filter){0}), 2);
	ck_assert_uint_eq(listed((struct inbox_filter){.provider = "retell"}), 2);
	ck_assert_uint_eq(listed((struct inbox_filter){.provider = "r\xc3\xa9tell"}), 0);
	ck_assert_uint_eq(listed((struct inbox_filter){.event = "call_ended"}), 1);
	ck_assert_uint_eq(listed((struct inbox_filter){.external_id = call}), 2);
	ck_assert_uint_eq(listed((struct inbox_filter){.external_id = "call_\xc3\xa9"}), 0);
	ck_assert_uint_eq(listed((struct inbox_filter){.status = "queued"}), 1);
	ck_assert_uint_eq(listed((struct inbox_filter){.status = "done"}), 1);
	ck_assert_uint_eq(listed((struct inbox_filter){.status = "dead"}), 0);
	ck_assert_uint_eq(listed((struct inbox_filter){.from = long_ago, .to = now}), 2);
	ck_assert_uint_eq(listed((struct inbox_filter){.to = long_ago}), 0);
	ck_assert_uint_eq(listed((struct inbox_filter){.from = now}), 0);
	/* a job that is forgotten was done */
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.job"), 1);
	ck_assert_uint_eq(listed((struct inbox_filter){.status = "done"}), 2);
	web->company = dental();
	ck_assert_uint_eq(listed((struct inbox_filter){0}), 0);
	web->company = salon();
}
END_TEST

Suite *suite_inbox(void)
{
	Suite *s = suite_create("inbox");
	TCase *t = tcase_create("inbox");

	tcase_add_checked_fixture(t, setup, calls_end);
	tcase_add_test(t, the_list_is_filtered);
	suite_add_tcase(s, t);
	return s;
}
