/* Customers as people write and change them. */
#include "core/customer/customer.h"
#include "tests/db/edits.h"

static int64_t events(const char *name, const char *id)
{
	return one_int(c, "SELECT COUNT(*) FROM event WHERE kind = ? AND subject_id = ?", name, id);
}

static struct customer make(const char *name, const char *phone)
{
	struct customer in = {.name = name, .phone = phone}, out;

	ck_assert_int_eq(customer_create(c, &in, &out), 0);
	return out;
}

START_TEST(a_number_is_stored_the_same_in_any_notation)
{
	static const char *const WRITTEN[] = {
		"0151 99887766", "+49 (0)151 998 877 66", "0049-151-99887766", " +4915199887766 "};
	struct customer in = {.name = "Ute"};

	for (size_t i = 0; i < COUNT_OF(WRITTEN); i++) {
		struct customer k = make("Ute", WRITTEN[i]), again;

		ck_assert_str_eq(k.phone, "+4915199887766");
		ck_assert_int_eq(k.no_show_count, 0);
		ck_assert_int_eq(events("customer.created", k.id), 1);
		in.phone = WRITTEN[COUNT_OF(WRITTEN) - 1 - i];
		refused(customer_create(c, &in, &again), E_DUPLICATE, "phone");
		ck_assert_int_eq(customer_delete(c, k.id), 0);
	}
}
END_TEST

START_TEST(a_customer_has_a_name_or_a_number)
{
	struct customer in = {.email = "kim@kim.example"}, k, other = make("Ute", "0151 99887766");

	wrong(customer_create(c, &in, &k), "name");
	in.phone = "no number";
	wrong(customer_create(c, &in, &k), "phone");
	in.phone = "0151 1112223";
	ck_assert_int_eq(customer_create(c, &in, &k), 0);
	in.phone = NULL;
	wrong(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "phone"), &k), "name");
	in = (struct customer){.name = "Kim", .language = "not a language"};
	wrong(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "language"), &k), "language");
	ck_assert_int_eq(customer_change(c, k.id, &in,
				 bit(&CUSTOMER_EDIT, "name") | bit(&CUSTOMER_EDIT, "phone"), &k),
		0);
	ck_assert_ptr_null(k.phone);
	ck_assert_str_eq(k.email, "kim@kim.example");
	ck_assert_int_eq(events("customer.updated", k.id), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ? "
				 "AND action = 'customer.update' AND fields = 'name,phone'",
				 k.id),
		1);
	ck_assert_int_eq(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "name"), &k), 0);
	ck_assert_int_eq(events("customer.updated", k.id), 1);
	in.phone = other.phone;
	refused(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "phone"), &k), E_DUPLICATE,
		"phone");
	in.phone = "0151 99887766";
	ck_assert_int_eq(
		customer_change(c, other.id, &in, bit(&CUSTOMER_EDIT, "phone"), &other), 0);
	ck_assert_int_eq(events("customer.updated", other.id), 0);
}
END_TEST

START_TEST(a_deleted_customer_is_nobody_and_his_number_free)
{
	struct customer k = make("Ute", "0151 99887766"), in = {.name = "New", .phone = k.phone};
	struct customer found, next;
	struct rows all;

	ck_assert_int_eq(customer_delete(c, k.id), 0);
	refused(customer_delete(c, k.id), E_NOT_FOUND, "");
	refused(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "name"), &found), E_NOT_FOUND,
		"");
	ck_assert_int_eq(customer_find_by_phone(c, k.phone, &found), 0);
	ck_assert_int_eq(customer_list(c, "Ute", 50, (ts_t){0}, NULL, &all), 0);
	ck_assert_int_eq(customer_get(c, k.id, &found), 0); /* his calls and visits stay */
	ck_assert_str_eq(found.phone, k.phone);
	ck_assert_int_eq(customer_of(c, &in, &next), 1);
	ck_assert_str_ne(next.id, k.id);
	ck_assert_int_eq(customer_booked(c, k.id), -1);
	ck_assert_str_eq(c->err.fields[0].field, "customer_id");
	err_clear(c);
	ck_assert_int_eq(customer_booked(c, next.id), 1);
}
END_TEST

START_TEST(a_customer_with_visits_to_come_stays)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-03T09:00");
	struct appointment a;

	must_take(&w, &a);
	refused(customer_delete(c, a.customer_id), E_STATE, "still to come");
	ck_assert_int_ge(appointment_cancel(c, a.id, NULL, &a), 0);
	ck_assert_int_eq(customer_delete(c, a.customer_id), 0);
	w.customer = (struct customer){.id = a.customer_id};
	expect_field(&w, "customer_id");
}
END_TEST

START_TEST(customers_of_others_are_not_there)
{
	struct customer k = make("Ute", "0151 99887766"), in = {.name = "Theirs"}, out;

	c->company = dental();
	refused(customer_change(c, k.id, &in, bit(&CUSTOMER_EDIT, "name"), &out), E_NOT_FOUND, "");
	refused(customer_delete(c, k.id), E_NOT_FOUND, "");
	in.phone = k.phone;
	ck_assert_int_eq(customer_create(c, &in, &out), 0);
}
END_TEST

Suite *suite_customers(void)
{
	Suite *s = suite_create("customers");
	TCase *t = tcase_create("customers");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_number_is_stored_the_same_in_any_notation);
	tcase_add_test(t, a_customer_has_a_name_or_a_number);
	tcase_add_test(t, a_deleted_customer_is_nobody_and_his_number_free);
	tcase_add_test(t, a_customer_with_visits_to_come_stays);
	tcase_add_test(t, customers_of_others_are_not_there);
	suite_add_tcase(s, t);
	return s;
}
