/* Keys and accounts at providers, of which every statement fails once. */
#include "tests/db/torture.h"

static void have_key(void)
{
	change("INSERT INTO api_key (company_id, id, name, prefix, key_hash, role) SELECT id, "
	       "'" VISIT "', 'Torture', 'fdk_test', REPEAT('x', 32), 'staff' FROM company"
	       " WHERE slug = 'salon-morgenrot'");
}

/* Its secret is none that opens: it is replaced. */
static void have_integration(void)
{
	change("INSERT INTO integration (company_id, id, provider, hook, label, secret_cell) SELECT"
	       " id, '" VISIT "', 'retell', '" VISIT "', 'Torture', REPEAT('x', 40) FROM company"
	       " WHERE slug = 'salon-morgenrot'");
}

static void have_failing(void)
{
	have_integration();
	change("INSERT INTO breaker (company_id, id, provider, state, since, retry_at) SELECT id, "
	       "'" VISIT "', 'retell', 'open', NOW(3), NOW(3) + INTERVAL 1 HOUR FROM company"
	       " WHERE slug = 'salon-morgenrot'");
	change("INSERT INTO job (id, company_id, kind, is_due, put_off_since, run_at) SELECT "
	       "'" VISIT "', id, 'noop', 0, NOW(3), NOW(3) + INTERVAL 1 HOUR FROM company"
	       " WHERE slug = 'salon-morgenrot'");
}

static const struct question WRITES[] = {
	{"/api/v2/api-keys",
		"{\"name\":\"Torture\",\"role\":\"staff\",\"allowed_addresses\":[\"::1\"]}", 201,
		NULL, 0, NULL},
	{"/api/v2/api-keys/" VISIT, "{\"permissions\":[\"calls.read\"]}", 200, have_key, 0,
		"PATCH"},
	{"/api/v2/api-keys/" VISIT "/rotate", "{\"overlap_hours\":24}", 200, have_key, 0, NULL},
	{"/api/v2/api-keys/" VISIT, "", 204, have_key, 0, "DELETE"},
	{"/api/v2/integrations",
		"{\"label\":\"Torture\",\"provider\":\"stripe\",\"secret\":\"sk_0123456789\","
		"\"signing_secret\":\"whsec_0123\"}",
		201, NULL, 0, NULL},
	{"/api/v2/integrations/" VISIT, "{\"secret\":\"another-key\",\"is_active\":false}", 200,
		have_integration, 0, "PATCH"},
	{"/api/v2/integrations/" VISIT, "{\"secret\":\"another-key\"}", 200, have_failing, 0,
		"PATCH"},
	{"/api/v2/platform/providers/retry",
		"{\"company_id\":\"" SALON_ID "\",\"provider\":\"retell\"}", 204, have_failing, 0,
		NULL},
	{"/api/v2/integrations/" VISIT "/test", "", 202, have_integration, 0, NULL},
	{"/api/v2/integrations/" VISIT, "", 204, have_integration, 0, "DELETE"},
};

START_TEST(a_key_or_account)
{
	torture(&WRITES[_i], 4);
}
END_TEST

Suite *suite_torture_key(void)
{
	Suite *s = suite_create("torture_key");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, torture_begin, torture_end);
	tcase_add_loop_test(t, a_key_or_account, 0, (int)COUNT_OF(WRITES));
	suite_add_tcase(s, t);
	return s;
}
