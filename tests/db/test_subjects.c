/* Lists, and the small rules of staff, services, customers, numbers and tasks. */
#include "core/base/id.h"
#include "core/phone/phone.h"
#include "core/service/service.h"
#include "core/staff/name.h"
#include "core/staff/staff.h"
#include "core/task/task.h"
#include "core/tenant/company.h"
#include "core/user/user.h"
#include "tests/db/salon.h"

/* ---- lists ---- */

static size_t listed(struct appointment_filter f, struct rows *out)
{
	if (f.limit == 0)
		f.limit = 50;
	ck_assert_int_ge(appointment_list(c, &f, out), 0);
	return out->n;
}

START_TEST(a_list_goes_page_by_page)
{
	struct appointment_filter f = {
		.status = -1, .from = day("2026-12-03"), .to = day("2026-12-03"), .limit = 2};
	const struct appointment *a;
	struct rows page;

	taken_for(HAIRCUT, DORA, "2026-12-02T10:00");
	taken_for(HAIRCUT, ANNA, "2026-12-03T09:00");
	taken_for(HAIRCUT, DORA, "2026-12-03T10:00");
	taken_for(HAIRCUT, BEN, "2026-12-03T10:00");
	taken_for(CUT_AND_COLOUR, NULL, "2026-12-03T14:00");
	taken_for(HAIRCUT, DORA, "2026-12-04T10:00");
	ck_assert_uint_eq(listed(f, &page), 2);
	a = page.p;
	ck_assert_str_eq(a[0].staff_name, "Anna");
	f.after = a[1].starts_at;
	f.after_id = a[1].id;
	const char *second = a[1].id;
	unsigned before = c->db_calls;
	ck_assert_uint_eq(listed(f, &page), 2);
	ck_assert_uint_eq(c->db_calls - before, 4);
	a = page.p;
	ck_assert_str_ne(a[0].id, second);
	ck_assert_str_eq(wall_text(c->mem, a[0].local_start), "2026-12-03T10:00");
	ck_assert_uint_eq(a[0].segments.n, 1);
	ck_assert_uint_eq(a[1].segments.n, 3);
	ck_assert_str_eq(((struct appointment_segment *)a[1].segments.p)[1].staff_id, CLARA);
	f.after = a[1].starts_at;
	f.after_id = a[1].id;
	ck_assert_uint_eq(listed(f, &page), 0);
	f.descending = true;
	ck_assert_uint_eq(listed(f, &page), 2);
	ck_assert_str_eq(wall_text(c->mem, ((struct appointment *)page.p)[0].local_start),
		"2026-12-03T10:00");
}
END_TEST

START_TEST(a_list_takes_filters)
{
	struct wish w = wish_for(HAIRCUT, ANNA, "2026-12-03T09:00");
	struct appointment a, b;
	struct rows page;

	must_take(&w, &a);
	w = wish_for(CUT_AND_COLOUR, NULL, "2026-12-03T14:00");
	must_take(&w, &b);
	w = wish_for(HAIRCUT, BEN, "2026-12-03T16:00");
	w.customer = (struct customer){.name = "Sam"};
	must_take(&w, &b);
	ck_assert_int_ge(appointment_cancel(c, b.id, NULL, &b), 0);
	ck_assert_uint_eq(listed((struct appointment_filter){.status = -1}, &page), 3);
	ck_assert_uint_eq(
		listed((struct appointment_filter){.status = APPOINTMENT_CANCELLED}, &page), 1);
	ck_assert_uint_eq(
		listed((struct appointment_filter){.status = -1, .staff_id = CLARA}, &page), 1);
	ck_assert_uint_eq(
		listed((struct appointment_filter){.status = -1, .customer_id = a.customer_id},
			&page),
		2);
	ck_assert_uint_eq(
		listed((struct appointment_filter){.status = -1, .call_id = NOBODY}, &page), 0);
	ck_assert_uint_eq(
		listed((struct appointment_filter){.status = -1, .from = day("2026-12-04")}, &page),
		0);
	c->company = dental();
	ck_assert_uint_eq(listed((struct appointment_filter){.status = -1}, &page), 0);
}
END_TEST

/* ---- what a company is made of ---- */

START_TEST(a_company_knows_itself_and_no_other)
{
	struct company co;
	struct branch b;
	struct rows all;

	ck_assert_int_eq(company_current(c, &co), 0);
	ck_assert_str_eq(co.id, SALON_ID);
	ck_assert_str_eq(co.slug, "salon-morgenrot");
	ck_assert_str_eq(co.currency, "EUR");
	ck_assert_int_eq(co.plan_minute_cents, 20);
	ck_assert_int_eq(branch_list(c, &all), 2);
	ck_assert_str_eq(((struct branch *)all.p)[0].name, "Mitte");
	ck_assert_int_eq(branch_get(c, NORD, &b), 0);
	static const char *const ABSENT[] = {DENTAL_MAIN, "", "x", "\xC3\xBC", "1' OR '1'='1"};
	for (size_t i = 0; i < COUNT_OF(ABSENT); i++) {
		ck_assert_int_eq(branch_get(c, ABSENT[i], &b), -1);
		ck_assert_int_eq(c->err.code, E_NOT_FOUND);
		err_clear(c);
	}
	c->company = 0;
	ck_assert_int_eq(company_current(c, &co), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

#define OWNER "01900000-0000-7000-8000-5a1000000002"
#define DENTAL "(SELECT id FROM frontdesk_store.company WHERE slug = 'bright-smile')"

/* Somebody whose other company is closed has one company, and need not name it. */
START_TEST(a_closed_company_counts_for_nobody)
{
	static const char *const STEPS[] = {
		"INSERT INTO frontdesk_store.session (id, user_id, client, family_hash, "
		"refresh_hash, expires_at)"
		" VALUES ('" OWNER "', '" OWNER
		"', 'app', 'family', 'closed', NOW(3) + INTERVAL 1 DAY)",
		"INSERT INTO frontdesk_store.membership VALUES ('" OWNER "', " DENTAL
		", 'staff', NOW(3))",
		"UPDATE frontdesk_store.company SET status = 'closed' WHERE slug = 'bright-smile'",
		"UPDATE frontdesk_store.company SET status = 'active' WHERE slug = 'bright-smile'",
		"DELETE FROM frontdesk_store.membership WHERE user_id = '" OWNER
		"' AND role = 'staff'",
		"DELETE FROM frontdesk_store.session WHERE id = '" OWNER "'",
	};
	struct ctx *web = db_ctx("fd_web");
	MYSQL *root = raw_connect("root");
	struct identity who[COUNT_OF(STEPS)];

	for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
		ck_assert_uint_eq(raw_run(root, STEPS[i]), 0);
		ck_assert_int_ge(session_find(web, OWNER, NULL, &who[i]), 0);
	}
	ck_assert_int_eq(who[1].memberships, 2);
	ck_assert_int_eq(who[2].memberships, 1);
	ck_assert_int_eq(who[2].company_number, salon());
	ck_assert_int_eq(who[3].memberships, 2);
	mysql_close(root);
	db_ctx_end(web);
}
END_TEST

START_TEST(services_come_with_segments_and_staff)
{
	const struct service_segment *g;
	struct service s;
	struct rows all;
	unsigned before = c->db_calls;

	ck_assert_int_eq(service_list(c, &all), 4);
	ck_assert_uint_eq(c->db_calls - before, 4);
	ck_assert_str_eq(((struct service *)all.p)[0].name, "Beard trim");
	ck_assert_uint_eq(((struct service *)all.p)[0].staff_ids.n, 1);
	ck_assert_int_eq(service_get(c, CUT_AND_COLOUR, &s), 0);
	ck_assert(s.is_composite);
	ck_assert_uint_eq(s.segments.n, 3);
	g = s.segments.p;
	ck_assert_int_eq(g[2].same_staff_as, 1);
	ck_assert_int_eq(g[1].processing_minutes, 30);
	ck_assert_str_eq(g[1].staff_ids.p[0], CLARA);
	ck_assert_str_eq(s.staff_ids.p[0], ANNA);
	ck_assert_uint_eq(s.staff_ids.n, 2);
	ck_assert_int_eq(service_get(c, CLEANING, &s), -1);
	ck_assert_int_eq(c->err.code, E_NOT_FOUND);
}
END_TEST

START_TEST(only_active_staff_is_listed)
{
	struct rows all;

	ck_assert_int_eq(db_exec(c, "UPDATE staff SET is_active = 0 WHERE id = ?", ANNA), 1);
	ck_assert_int_eq(staff_list(c, &all), 3);
	ck_assert_str_eq(((struct staff *)all.p)[0].name, "Ben");
}
END_TEST

/* ---- names as people say them ---- */

static const struct {
	const char *said, *key;
} KEYS[] = {
	{"Dr. Díaz", "dr díaz"},
	{"  Cut & Colour ", "cut and colour"},
	{"Cut&Colour", "cut and colour"},
	{"MEN'S cut", "mens cut"},
	{"...", ""},
	{"&", "and"},
};

START_TEST(a_name_is_folded_to_its_words)
{
	ck_assert_str_eq(name_key(c, KEYS[_i].said), KEYS[_i].key);
}
END_TEST

static const struct {
	const char *said, *is;
} STAFF_NAMES[] = {
	{"anna", "Anna"}, {"ANNA", "Anna"}, {"Anna Schmidt", "Anna"}, {"Frau Anna", "Anna"},
	{"Ann", NULL}, {"Herr", NULL}, {"", NULL}, {"Zoe", NULL},
	{"Diaz", NULL}, /* another company's */
};

START_TEST(staff_are_found_by_name)
{
	struct staff s;
	int rc = staff_find_by_name(c, STAFF_NAMES[_i].said, &s);

	ck_assert_int_eq(rc, STAFF_NAMES[_i].is != NULL);
	if (rc == 1)
		ck_assert_str_eq(s.name, STAFF_NAMES[_i].is);
}
END_TEST

START_TEST(a_doctor_is_found_with_and_without_the_title)
{
	static const char *const SAID[] = {"Dr. Diaz", "diaz", "Doctor Diaz", "dr diaz"};
	struct staff s;

	c->company = dental();
	for (size_t i = 0; i < COUNT_OF(SAID); i++) {
		ck_assert_int_eq(staff_find_by_name(c, SAID[i], &s), 1);
		ck_assert_str_eq(s.id, DIAZ);
	}
	ck_assert_int_eq(staff_find_by_name(c, "Dr.", &s), 0);
}
END_TEST

START_TEST(two_of_a_name_are_nobody)
{
	struct staff s;

	ck_assert_int_eq(db_exec(c, "UPDATE staff SET name = 'Anna Klein' WHERE id = ?", BEN), 1);
	ck_assert_int_eq(staff_find_by_name(c, "Anna", &s), 1); /* the whole name */
	ck_assert_str_eq(s.id, ANNA);
	ck_assert_int_eq(db_exec(c, "UPDATE staff SET name = 'Anna Gross' WHERE id = ?", ANNA), 1);
	ck_assert_int_eq(staff_find_by_name(c, "Anna", &s), 0);
	ck_assert_int_eq(staff_find_by_name(c, "Klein", &s), 1);
	ck_assert_str_eq(s.id, BEN);
}
END_TEST

static const struct {
	const char *said, *is;
} SERVICE_NAMES[] = {
	{"haircut", "Haircut"},
	{"Cut and Colour", "Cut & Colour"},
	{"beard", "Beard trim"},
	{"colour", "Colour"}, /* the same name wins over one that contains it */
	{"cut", NULL},        /* Haircut, Cut & Colour */
	{"perm", NULL},
	{"", NULL},
};

START_TEST(services_are_found_by_name)
{
	struct service s;
	int rc = service_find_by_name(c, SERVICE_NAMES[_i].said, &s);

	ck_assert_int_eq(rc, SERVICE_NAMES[_i].is != NULL);
	if (rc == 1)
		ck_assert_str_eq(s.name, SERVICE_NAMES[_i].is);
}
END_TEST

/* ---- numbers ---- */

static const struct {
	const char *written;
	enum number_match match;
} NUMBERS[] = {
	{"+493023125001", MATCH_EXACT},
	{"030 23125001", MATCH_NOTATION},
	{"0049 30 23125001", MATCH_NOTATION},
	{"+49 (30) 23125001", MATCH_NOTATION},
	{"9993023125001", MATCH_LAST_TEN_DIGITS},
	{"23125001", MATCH_NONE},
	{"+12125550123", MATCH_NONE}, /* another company's */
	{"+493023125009", MATCH_NONE},
	{"anonymous", MATCH_NONE},
	{"ünbekannt", MATCH_NONE},
	{"", MATCH_NONE},
};

START_TEST(a_dialled_number_is_matched_or_left)
{
	struct phone_number n;
	enum number_match match;
	int rc = phone_resolve(c, NUMBERS[_i].written, &n, &match);

	ck_assert_int_eq(rc, NUMBERS[_i].match != MATCH_NONE);
	ck_assert_int_eq(match, NUMBERS[_i].match);
	if (rc == 1)
		ck_assert_str_eq(n.branch_id, MITTE);
}
END_TEST

START_TEST(ten_digits_of_two_numbers_are_of_neither)
{
	struct phone_number n;
	enum number_match match;

	ck_assert_int_eq(db_exec(c,
				 "INSERT INTO phone_number (id, branch_id, e164) "
				 "VALUES (UUID(), ?, '+433023125001')",
				 NORD),
		1);
	ck_assert_int_eq(phone_resolve(c, "9993023125001", &n, &match), 0);
	ck_assert_int_eq(match, MATCH_NONE);
}
END_TEST

/* ---- customers ---- */

START_TEST(a_customer_is_known_by_number_and_keeps_what_is_known)
{
	struct customer in = {.phone = "0151 12345678", .language = "de"}, a, b;

	ck_assert_int_eq(customer_of(c, &in, &a), 1);
	ck_assert_str_eq(a.phone, "+4915112345678");
	ck_assert_ptr_null(a.name);
	in = (struct customer){.phone = "+49 151 12345678", .name = "Kim", .language = "en"};
	ck_assert_int_eq(customer_of(c, &in, &b), 0);
	ck_assert_str_eq(b.id, a.id);
	ck_assert_str_eq(b.name, "Kim");
	ck_assert_str_eq(b.language, "de");
	in.name = "Somebody else";
	ck_assert_int_eq(customer_of(c, &in, &b), 0);
	ck_assert_int_eq(customer_get(c, a.id, &b), 0);
	ck_assert_str_eq(b.name, "Kim");
	ck_assert_int_eq(b.journey, LEAD);
	ck_assert_int_eq(
		one_int(c, "SELECT COUNT(*) FROM event WHERE kind = 'customer.created'"), 1);
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE subject_id = ? "
				 "AND fields = 'name'",
				 a.id),
		1);
	/* without a number everybody is new */
	in = (struct customer){.name = "Kim"};
	ck_assert_int_eq(customer_of(c, &in, &a), 1);
	ck_assert_int_eq(customer_of(c, &in, &b), 1);
	ck_assert_str_ne(a.id, b.id);
}
END_TEST

static size_t customers(const char *q, struct rows *out)
{
	ck_assert_int_ge(customer_list(c, q, 50, (ts_t){0}, NULL, out), 0);
	return out->n;
}

START_TEST(customers_are_listed_and_searched)
{
	struct customer in, out;
	const struct customer *k;
	struct rows page;

	for (int i = 0; i < 5; i++) {
		in = (struct customer){.name = mem_printf(c->mem, "Guest %d%%_", i),
			.phone = mem_printf(c->mem, "+4915100000%03d", i),
			.email = mem_printf(c->mem, "guest%d@example.org", i)};
		c->now.ms += i % 2; /* some of one instant */
		ck_assert_int_eq(customer_of(c, &in, &out), 1);
	}
	ck_assert_uint_eq(customers(NULL, &page), 5);
	ck_assert_uint_eq(customers("guest", &page), 5);
	ck_assert_uint_eq(customers("GUEST3@", &page), 1);
	ck_assert_uint_eq(customers("0151 0000 0002", &page), 0);
	ck_assert_uint_eq(customers("151 0000 0002", &page), 1);
	ck_assert_uint_eq(customers("3%_", &page), 1);
	ck_assert_uint_eq(customers("%", &page), 5);
	ck_assert_uint_eq(customers("\\", &page), 0);
	size_t seen = 0;
	ts_t after = {0};
	const char *after_id = NULL;
	do {
		ck_assert_int_ge(customer_list(c, NULL, 2, after, after_id, &page), 0);
		k = page.p;
		seen += page.n;
		if (page.n > 0) {
			after = k[page.n - 1].created_at;
			after_id = k[page.n - 1].id;
		}
	} while (page.n > 0);
	ck_assert_uint_eq(seen, 5);
}
END_TEST

/* ---- tasks ---- */

START_TEST(a_task_is_made_once)
{
	struct task t = {.dedupe_key = "call:1", .kind = "call", .title = "Call back"};
	struct rows page;

	ck_assert_int_eq(task_add(c, &t), 1);
	ck_assert_int_eq(task_add(c, &t), 0);
	t.dedupe_key = "call:2";
	ck_assert_int_eq(task_add(c, &t), 1);
	ck_assert_int_eq(task_list(c, TASK_OPEN, 50, (ts_t){0}, NULL, &page), 2);
	const struct task *last = (struct task *)page.p + 1;
	ck_assert_int_eq(task_list(c, -1, 50, last->created_at, last->id, &page), 0);
	ck_assert_int_eq(task_list(c, TASK_DONE, 50, (ts_t){0}, NULL, &page), 0);
}
END_TEST

Suite *suite_subjects(void)
{
	Suite *s = suite_create("subjects");
	TCase *t = tcase_create("subjects");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_add_test(t, a_list_goes_page_by_page);
	tcase_add_test(t, a_list_takes_filters);
	tcase_add_test(t, a_company_knows_itself_and_no_other);
	tcase_add_test(t, a_closed_company_counts_for_nobody);
	tcase_add_test(t, services_come_with_segments_and_staff);
	tcase_add_test(t, only_active_staff_is_listed);
	tcase_add_loop_test(t, a_name_is_folded_to_its_words, 0, (int)COUNT_OF(KEYS));
	tcase_add_loop_test(t, staff_are_found_by_name, 0, (int)COUNT_OF(STAFF_NAMES));
	tcase_add_test(t, a_doctor_is_found_with_and_without_the_title);
	tcase_add_test(t, two_of_a_name_are_nobody);
	tcase_add_loop_test(t, services_are_found_by_name, 0, (int)COUNT_OF(SERVICE_NAMES));
	tcase_add_loop_test(t, a_dialled_number_is_matched_or_left, 0, (int)COUNT_OF(NUMBERS));
	tcase_add_test(t, ten_digits_of_two_numbers_are_of_neither);
	tcase_add_test(t, a_customer_is_known_by_number_and_keeps_what_is_known);
	tcase_add_test(t, customers_are_listed_and_searched);
	tcase_add_test(t, a_task_is_made_once);
	suite_add_tcase(s, t);
	return s;
}
