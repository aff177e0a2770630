/* Webhooks at the door: whose secret, stored once, in which company. */
#include "tests/db/calls.h"
#include "core/provider/retell.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"

#define SALON_RETELL "01900000-0000-7000-8000-5a1000000030"

static int64_t stored_in(uint32_t company)
{
	return one_int(admin,
		"SELECT COUNT(*) FROM frontdesk_store.inbox_event WHERE company_id = ?", company);
}

static const char *call_body(const char *to_number, const char *agent)
{
	return body_of("call_started", new_call_id(),
		mem_printf(web->mem, "\"to_number\":\"%s\"%s%s%s", to_number,
			agent == NULL ? "" : ",\"agent_id\":\"", agent == NULL ? "" : agent,
			agent == NULL ? "" : "\""));
}

static void refused(const char *hook, const char *key, const char *body)
{
	struct inbox_event e;

	ck_assert_int_eq(post(hook, key, body, &e), -1);
	ck_assert_int_eq(web->err.code, E_BAD_SIGNATURE);
	err_clear(web);
}

START_TEST(a_repeat_is_stored_once)
{
	const char *body = call_body(MITTE_NUMBER, NULL);
	struct inbox_event e;

	ck_assert_int_eq(post("demo-salon", "key_demo_salon", body, &e), 1);
	ck_assert(web->wake);
	ck_assert_int_eq(post("demo-salon", "key_demo_salon", body, &e), 0);
	ck_assert_int_eq(stored_in(salon()), 1);
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM job WHERE kind = 'inbox.retell' "
				 "AND priority = 3 AND max_attempts = 12"),
		1);
}
END_TEST

START_TEST(ids_that_differ_in_case_or_blanks_are_two)
{
	static const char *const IDS[] = {"call_Ab", "call_aB", "call_ab"};

	for (size_t i = 0; i < COUNT_OF(IDS); i++)
		receive("call_started", IDS[i], started(""));
	ck_assert_int_eq(stored_in(salon()), 3);
	receive("call_started", "call_x", started(""));
	receive("call_started", "call_x ", started("")); /* no id: a blank in it */
	ck_assert_int_eq(stored_in(salon()), 5);
}
END_TEST

START_TEST(a_wrong_signature_stores_nothing)
{
	const char *body = call_body(MITTE_NUMBER, "agent_demo_salon");
	struct inbox_event e;
	struct bytes raw = {(const uint8_t *)body, strlen(body)};

	hush();
	refused("demo-salon", "key_demo_dental", body);
	refused("demo-salon", "", body);
	refused("demo-salon ", "key_demo_salon", body);
	refused("", "key_demo_salon", body);
	refused("no-such-hook", "key_demo_salon", body);
	refused("demo-\xff", "key_demo_salon", body);
	refused(NULL, "key_nobody", body);
	refused(NULL, "key_nobody", "");
	refused(NULL, "key_nobody", call_body(MITTE_NUMBER, "ag\xc3\xa9nt"));
	refused(NULL, "key_nobody", call_body("\xef\xbc\x8b\xef\xbc\x94", "a"));
	ck_assert_int_eq(retell_receive(web, "demo-salon", NULL, raw, &e), -1);
	ck_assert_int_eq(web->err.code, E_BAD_SIGNATURE);
	err_clear(web);
	ck_assert_int_eq(one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.inbox_event"), 0);
	ck_assert_int_eq(one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.job"), 0);
}
END_TEST

/* A secret of one company is no use at another's address, nor for its number. */
START_TEST(a_secret_opens_its_own_company_only)
{
	struct inbox_event e;
	struct call k;

	hush();
	refused("demo-dental", "key_demo_salon", call_body(DENTAL_NUMBER, NULL));
	refused(NULL, "key_demo_salon", call_body(DENTAL_NUMBER, NULL));
	const char *body = call_body(DENTAL_NUMBER, "agent_demo_dental");
	ck_assert_int_eq(post("demo-salon", "key_demo_salon", body, &e), 1);
	process(e.id);
	ck_assert_int_eq(call_find(work, "retell", e.external_id, &k), 0);
	ck_assert_int_eq(salon_rows("unassigned_call"), 1);
	ck_assert_int_eq(stored_in(dental()), 0);
}
END_TEST

START_TEST(number_or_agent_name_the_candidates)
{
	struct inbox_event e;

	ck_assert_int_eq(post(NULL, "key_demo_salon", call_body(NORD_NUMBER, NULL), &e), 1);
	ck_assert_int_eq(post(NULL, "key_demo_salon", call_body("+1", "agent_demo_salon"), &e), 1);
	ck_assert_int_eq(stored_in(salon()), 2);
	ck_assert_int_eq(post(NULL, "key_demo_dental", call_body(DENTAL_NUMBER, NULL), &e), 1);
	ck_assert_int_eq(stored_in(dental()), 1);
}
END_TEST

START_TEST(the_platforms_secret_serves_every_number)
{
	struct inbox_event e;
	struct rows rows;

	ck_assert_int_eq(post(NULL, "key_demo_platform", call_body(NORD_NUMBER, NULL), &e), 1);
	ck_assert_int_eq(stored_in(salon()), 1);
	ck_assert_int_eq(post(NULL, "key_demo_platform", call_body("+4930999", NULL), &e), 1);
	ck_assert_int_eq(stored_in(0), 1);
	work->company = 0;
	process(e.id);
	process(e.id);
	ck_assert_int_eq(unassigned_list(work, (ts_t){0}, NULL, 10, &rows), 1);
	ck_assert_str_eq(((struct unassigned_call *)rows.p)->to_number, "+4930999");
	ck_assert_int_eq(one_int(work, "SELECT COUNT(*) FROM event"), 1);
	ck_assert_int_eq(one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.`call`"), 0);
}
END_TEST

static int replay(struct ctx *c, void *id)
{
	struct job job;

	return unassigned_replay(c, id, &job);
}

START_TEST(a_platforms_call_moves_to_the_company_that_gets_the_number)
{
	struct inbox_event e;
	struct rows rows;

	ck_assert_int_eq(post(NULL, "key_demo_platform", call_body("+493023125078", NULL), &e), 1);
	work->company = 0;
	process(e.id);
	ck_assert_int_eq(unassigned_list(work, (ts_t){0}, NULL, 10, &rows), 1);
	const char *id = ((struct unassigned_call *)rows.p)->id;
	ck_assert_int_eq(db_script(admin,
				 "INSERT INTO frontdesk_store.phone_number (company_id, id, "
				 "branch_id, e164, label) SELECT company_id, UUID(), branch_id, "
				 "'+493023125078', 'test' FROM frontdesk_store.phone_number "
				 "WHERE e164 = '" MITTE_NUMBER "'"),
		0);
	ck_assert_int_eq(in_tx(work, replay, (void *)(uintptr_t)id), 0);
	process(e.id);
	ck_assert_int_eq(unassigned_list(work, (ts_t){0}, NULL, 10, &rows), 0);
	ck_assert_int_eq(stored_in(salon()), 1);
	work->company = salon();
	struct inbox_event moved;
	ck_assert_int_eq(inbox_find(work, "retell", e.external_id, "call_started", &moved), 1);
	process(moved.id);
	ck_assert_int_eq(call_of(e.external_id).status, CALL_ONGOING);
}
END_TEST

/* ---- a secret that is being replaced ---- */

static struct bytes sealed(const char *column, const char *secret)
{
	struct cell_place at = {"integration", column, salon(), SALON_RETELL};
	struct bytes plain = {(const uint8_t *)secret, strlen(secret)}, cell;

	ck_assert_int_eq(cell_seal(web, web->conf->keyring, at, plain, &cell), 0);
	return cell;
}

/* The salon's secret becomes another; the old one holds until then. */
static void replace_secret(const char *secret, int64_t until_ms)
{
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.integration SET previous_cell = ?,"
				 " secret_cell = ?, previous_until = ? WHERE id = ?",
				 sealed("previous_cell", "key_demo_salon"),
				 sealed("secret_cell", secret), (ts_t){until_ms}, SALON_RETELL),
		1);
}

static void put_secret_back(void)
{
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.integration SET secret_cell = ?,"
				 " previous_cell = NULL, previous_until = NULL WHERE id = ?",
				 sealed("secret_cell", "key_demo_salon"), SALON_RETELL),
		1);
}

START_TEST(the_previous_secret_holds_for_a_while)
{
	struct inbox_event e;

	hush();
	replace_secret("key_new", web->now.ms + 1000);
	ck_assert_int_eq(post("demo-salon", "key_new", call_body(NORD_NUMBER, NULL), &e), 1);
	ck_assert_int_eq(post("demo-salon", "key_demo_salon", call_body(NORD_NUMBER, NULL), &e), 1);
	replace_secret("key_new", web->now.ms);
	ck_assert_int_eq(post("demo-salon", "key_new", call_body(NORD_NUMBER, NULL), &e), 1);
	refused("demo-salon", "key_demo_salon", call_body(NORD_NUMBER, NULL));
	put_secret_back();
}
END_TEST

/* A cell that was copied from elsewhere does not open: try again later. */
START_TEST(a_cell_that_does_not_open_is_our_trouble)
{
	struct inbox_event e;

	hush();
	ck_assert_int_eq(db_script(admin,
				 "UPDATE frontdesk_store.integration SET "
				 "secret_cell = REVERSE(secret_cell) "
				 "WHERE id = '" SALON_RETELL "'"),
		0);
	ck_assert_int_eq(
		post("demo-salon", "key_demo_salon", call_body(NORD_NUMBER, NULL), &e), -1);
	ck_assert_int_eq(web->err.code, E_INTERNAL);
	err_clear(web);
	ck_assert_int_eq(post(NULL, "key_demo_salon", call_body(NORD_NUMBER, NULL), &e), -1);
	ck_assert_int_eq(web->err.code, E_INTERNAL);
	err_clear(web);
	ck_assert_int_eq(post(NULL, "key_demo_platform", call_body(NORD_NUMBER, NULL), &e), 1);
	put_secret_back();
}
END_TEST

Suite *suite_receive(void)
{
	Suite *s = suite_create("receive");
	TCase *t = tcase_create("receive");

	tcase_add_checked_fixture(t, calls_begin, calls_end);
	tcase_add_test(t, a_repeat_is_stored_once);
	tcase_add_test(t, ids_that_differ_in_case_or_blanks_are_two);
	tcase_add_test(t, a_wrong_signature_stores_nothing);
	tcase_add_test(t, a_secret_opens_its_own_company_only);
	tcase_add_test(t, number_or_agent_name_the_candidates);
	tcase_add_test(t, the_platforms_secret_serves_every_number);
	tcase_add_test(t, a_platforms_call_moves_to_the_company_that_gets_the_number);
	tcase_add_test(t, the_previous_secret_holds_for_a_while);
	tcase_add_test(t, a_cell_that_does_not_open_is_our_trouble);
	suite_add_tcase(s, t);
	return s;
}
