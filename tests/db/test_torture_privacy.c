/* Consents and erasing, of which every statement fails once. */
#include "tests/db/torture.h"

#define CUSTOMER_SQL                                                            \
	"INSERT INTO customer (company_id, id, name, phone) SELECT id, '" VISIT \
	"', 'Torture', '+4915112345678' FROM company WHERE slug = 'salon-morgenrot'"

static void have_customer(void)
{
	change(CUSTOMER_SQL);
}

/* With a visit to come, a call and what was said about it. */
static void have_more(void)
{
	have_customer();
	change("INSERT INTO consent (company_id, id, customer_id, channel, state, actor_kind)"
	       " SELECT company_id, UUID(), id, 'sms', 'given', 'none' FROM customer");
	change("INSERT INTO `call` (company_id, id, provider, provider_call_id, from_number,"
	       " transcript) SELECT company_id, id, 'retell', 'torture', phone, 'x' FROM customer");
	change("INSERT INTO event (company_id, id, kind, subject_id, payload) SELECT company_id,"
	       " UUID(), 'customer.created', id, '{\"name\":\"Torture\"}' FROM customer");
	change("INSERT INTO appointment (company_id, id, branch_id, customer_id, service_id,"
	       " staff_id, status, starts_at, ends_at, local_start, time_zone, tz_version,"
	       " price_cents, currency, source) SELECT company_id, id, '" MITTE "', id,"
	       " '01900000-0000-7000-8000-5a1000000060', '01900000-0000-7000-8000-5a1000000050',"
	       " 'confirmed', NOW(3) + INTERVAL 9 DAY, NOW(3) + INTERVAL 10 DAY, NOW(), 'UTC',"
	       " 'x', 1, 'EUR', 'portal' FROM customer");
}

static const struct question WRITES[] = {
	{"/api/v2/customers/" VISIT "/consents", "{\"channel\":\"sms\",\"state\":\"given\"}", 201,
		have_customer, 0, NULL},
	{"/api/v2/customers/" VISIT "/erase", "{\"reason\":\"requested\",\"cancel_visits\":true}",
		200, have_more, 0, NULL},
};

START_TEST(a_customers_wish)
{
	torture(&WRITES[_i], 4);
}
END_TEST

Suite *suite_torture_privacy(void)
{
	Suite *s = suite_create("torture_privacy");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, torture_begin, torture_end);
	tcase_add_loop_test(t, a_customers_wish, 0, (int)COUNT_OF(WRITES));
	suite_add_tcase(s, t);
	return s;
}
