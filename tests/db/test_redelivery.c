/* Outgoing webhooks: sending again, and what does not stay. */
#include "tests/db/receiver.h"
#include "core/base/id.h"
#include "core/booking/booking.h"
#include "core/customer/customer.h"
#include "core/privacy/erase.h"

#define CANARY "zebrafinch"

/* ---- sending again ---- */

struct again {
	const char *id;
	struct replay_period period;
	int64_t n;
};

static int replay_all(struct ctx *c, void *arg)
{
	struct again *a = arg;

	return delivery_replay_all(c, a->id, &a->period, &a->n);
}

START_TEST(what_failed_or_was_missed_is_sent_again)
{
	struct webhook_endpoint e = endpoint("customer.created", FORMAT_ENVELOPE);
	struct again a = {e.id, {{work->now.ms - 60000}, {work->now.ms + 600000}, true}, 0};

	for (int i = 0; i < 3; i++)
		(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	change_rows("UPDATE frontdesk_store.delivery SET status = 'failed' WHERE endpoint_id ="
		    " (SELECT endpoint_id FROM (SELECT * FROM frontdesk_store.delivery) x"
		    " ORDER BY id LIMIT 1) ORDER BY id LIMIT 1 -- ",
		"");
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET is_active = 0 WHERE id =", e.id);
	(void)told(EV_CUSTOMER_CREATED);
	(void)told(EV_CUSTOMER_UPDATED);
	refuse(in_tx(work, replay_all, &a), E_STATE);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET is_active = 1 WHERE id =", e.id);
	ck_assert_int_eq(in_tx(work, replay_all, &a), 0);
	ck_assert_int_eq(a.n, 1);
	deliver(&e);
	ck_assert_int_eq(played->asked, 4);
	a.period.only_failed = false;
	ck_assert_int_eq(in_tx(work, replay_all, &a), 0);
	ck_assert_int_eq(a.n, 4); /* three again, and one that was missed */
	deliver(&e);
	ck_assert_int_eq(played->asked, 8);
	ck_assert_int_eq(made(&e), 4);
	ck_assert_int_eq(one_int(work, "SELECT MAX(attempts) FROM delivery"), 3);
}
END_TEST

START_TEST(no_more_is_sent_again_at_once_than_is_allowed)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);
	struct again a = {e.id, {{work->now.ms - 60000}, {work->now.ms + 60000}, true}, 0};

	ck_assert_int_eq(
		db_exec(admin,
			"INSERT INTO frontdesk_store.delivery (company_id, id, endpoint_id,"
			" event_id, event, body, status) SELECT ?, UUID(), ?, UUID(), 'x', '{}',"
			" 'failed' FROM frontdesk_store.seq_1_to_501",
			(int)salon(), e.id),
		501);
	refuse(in_tx(work, replay_all, &a), E_INVALID);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM delivery WHERE status = 'pending'"), 0);
	ck_assert_int_eq(db_exec(admin, "DELETE FROM frontdesk_store.delivery LIMIT 1"), 1);
	ck_assert_int_eq(in_tx(work, replay_all, &a), 0);
	ck_assert_int_eq(a.n, REPLAY_DELIVERIES_MAX);
}
END_TEST

/* ---- who is forgotten, and what goes ---- */

static const struct table *const TOLD[] = {&CUSTOMER, &APPOINTMENT, &CALL, &UNASSIGNED_CALL};

static int erase(struct ctx *c, void *arg)
{
	struct erasure out;

	return customer_erase(c, arg, ERASE_REQUESTED, true, &out);
}

START_TEST(no_personal_member_of_what_was_posted_is_left)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);
	struct happening h = {EV_CUSTOMER_UPDATED, TOLD[_i], NULL, id_new(work), {0}};

	(void)endpoint(NULL, FORMAT_FLAT);
	h.row = mem_alloc(work->mem, h.table->size);
	for (size_t i = 0; i < h.table->n; i++) {
		const struct field *f = &h.table->fields[i];

		/* who works there is no customer */
		if ((f->flags & PERSONAL) != 0 && strcmp(f->name, "staff_name") != 0)
			*(const char **)((char *)h.row + f->offset) =
				f->type == F_JSON ? "{\"x\":\"" CANARY "\"}" : CANARY;
	}
	ck_assert_int_eq(db_exec(admin,
				 "INSERT INTO frontdesk_store.customer (company_id, id, name)"
				 " VALUES (?, ?, 'Jo')",
				 (int)salon(), h.subject),
		1);
	ck_assert_int_eq(in_tx(work, delivery_happens, &h), 0);
	ck_assert_int_eq(in_tx(work, delivery_dispatch, &h.event), 0);
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM delivery WHERE LOCATE('" CANARY "', body)"), 2);
	web->company = salon();
	ck_assert_int_eq(in_tx(web, erase, (void *)(uintptr_t)h.subject), 0);
	web->company = 0;
	ck_assert_int_eq(
		one_int(work, "SELECT COUNT(*) FROM delivery WHERE LOCATE('" CANARY "', body)"), 0);
	/* the rest goes to those who have not heard of it */
	ck_assert_int_eq(one_int(work,
				 "SELECT COUNT(*) FROM delivery WHERE JSON_EXISTS(body,"
				 " '$.data.id') OR JSON_EXISTS(body, '$.id')"),
		2);
	deliver(&e);
	ck_assert_int_eq(played->asked, 1);
}
END_TEST

START_TEST(what_is_old_goes)
{
	struct webhook_endpoint e = endpoint(NULL, FORMAT_ENVELOPE);
	int64_t more;

	(void)told(EV_CUSTOMER_CREATED);
	(void)told(EV_CUSTOMER_CREATED);
	deliver(&e);
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.delivery SET created_at = NOW()"
				 " - INTERVAL 31 DAY ORDER BY id LIMIT 1"),
		1);
	change_rows("UPDATE frontdesk_store.webhook_endpoint SET deleted_at = NOW()"
		    " - INTERVAL 32 DAY WHERE id =",
		e.id);
	ck_assert_int_eq(db_int(work, &more, "CALL sys_sweep(?)", 1000), 1);
	ck_assert_int_eq(one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.delivery"), 1);
	ck_assert_int_eq(
		one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.delivery_attempt"), 1);
	ck_assert_int_eq(
		one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.webhook_endpoint"), 1);
	ck_assert_int_eq(db_exec(admin,
				 "UPDATE frontdesk_store.delivery SET created_at = NOW()"
				 " - INTERVAL 31 DAY"),
		1);
	ck_assert_int_eq(db_int(work, &more, "CALL sys_sweep(?)", 1000), 1);
	ck_assert_int_eq(
		one_int(admin, "SELECT COUNT(*) FROM frontdesk_store.webhook_endpoint"), 0);
}
END_TEST

Suite *suite_redelivery(void)
{
	Suite *s = suite_create("redelivery");
	TCase *t = tcase_create("redelivery");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, receiver_setup, receiver_teardown);
	tcase_add_test(t, what_failed_or_was_missed_is_sent_again);
	tcase_add_test(t, no_more_is_sent_again_at_once_than_is_allowed);
	tcase_add_loop_test(
		t, no_personal_member_of_what_was_posted_is_left, 0, (int)COUNT_OF(TOLD));
	tcase_add_test(t, what_is_old_goes);
	suite_add_tcase(s, t);
	return s;
}
