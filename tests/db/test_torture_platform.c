/* Every statement of the writes of administrators fails once, and of what a
 * company decides for itself. */
#include "tests/db/torture.h"

#define TENANT "01900000-0000-7000-8000-000000000020"
#define PLATFORM "/api/v2/platform/"

START_TEST(a_tenant)
{
	struct question q = {PLATFORM "tenants", "{\"slug\":\"torture\",\"name\":\"Torture\"}", 201,
		NULL, 0, NULL};

	torture(&q, 8);
}
END_TEST

static void have_tenant(void)
{
	change("INSERT INTO tenant (id, slug, name) VALUES ('" VISIT "', 'torture', 'Torture')");
}

START_TEST(a_tenants_brand)
{
	struct question q = {PLATFORM "tenants/" VISIT, "{\"colour\":\"#123456\"}", 200,
		have_tenant, 0, "PATCH"};

	torture(&q, 8);
}
END_TEST

static void have_person(void)
{
	have_tenant();
	change("INSERT INTO user (id, email, name, password_hash) VALUES ('" VISIT "',"
	       " 'torture@people.example', 'Torture', '*')");
}

static void have_member(void)
{
	have_person();
	change("INSERT INTO tenant_membership (tenant_id, user_id) VALUES ('" VISIT "', '" VISIT
	       "')");
}

START_TEST(a_tenants_administrator)
{
	struct question come = {PLATFORM "tenants/" VISIT "/people",
		"{\"email\":\"torture@people.example\"}", 201, have_person, 0, NULL};
	struct question go = {
		PLATFORM "tenants/" VISIT "/people/" VISIT, "", 204, have_member, 0, "DELETE"};

	torture(_i == 0 ? &come : &go, 8);
}
END_TEST

START_TEST(a_company)
{
	struct question q = {PLATFORM "companies",
		"{\"tenant_id\":\"" TENANT "\",\"name\":\"Torture\",\"country\":\"DE\","
		"\"time_zone\":\"Europe/Berlin\",\"currency\":\"EUR\",\"locale\":\"de\"}",
		201, NULL, 0, NULL};

	torture(&q, 10);
}
END_TEST

START_TEST(a_companys_status)
{
	struct question q = {PLATFORM "companies/" SALON_ID,
		"{\"name\":\"Another\",\"status\":\"suspended\",\"reason\":\"It is only a test\"}",
		200, NULL, 0, "PATCH"};

	torture(&q, 9);
}
END_TEST

static void have_entered(void)
{
	change("INSERT INTO company_entry (session_id, company_id, expires_at) SELECT"
	       " '" TORTURE_SESSION "', id, NOW(3) + INTERVAL 1 HOUR FROM company WHERE uid = "
	       "'" SALON_ID "'");
}

START_TEST(an_entry)
{
	struct question come = {PLATFORM "companies/" SALON_ID "/enter",
		"{\"reason\":\"It is only a test\"}", 200, NULL, 0, NULL};
	struct question again = come;
	struct question go = {
		PLATFORM "companies/" SALON_ID "/enter", "", 204, have_entered, 0, "DELETE"};

	again.before = have_entered;
	torture(_i == 0 ? &come : _i == 1 ? &again : &go, 8);
}
END_TEST

static void have_session(void)
{
	have_person();
	change("INSERT INTO session (id, user_id, client, family_hash, refresh_hash, expires_at)"
	       " VALUES ('" VISIT "', '" VISIT "', 'app', UNHEX(SHA2('torture', 256)),"
	       " UNHEX(SHA2('torture', 256)), NOW(3) + INTERVAL 1 DAY)");
}

START_TEST(somebody_who_is_disabled)
{
	struct question q = {PLATFORM "users/" VISIT "/disable", "", 200, have_session, 0, NULL};

	torture(&q, 9);
}
END_TEST

START_TEST(what_a_company_decides)
{
	struct question company = {
		"/api/v2/companies/current", "{\"name\":\"Another\"}", 200, NULL, 0, "PATCH"};
	struct question settings = {"/api/v2/companies/current/settings",
		"{\"requires_confirmation\":true}", 200, NULL, 0, "PATCH"};

	torture(_i == 0 ? &company : &settings, 6);
}
END_TEST

Suite *suite_torture_platform(void)
{
	Suite *s = suite_create("torture_platform");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, torture_begin, torture_end);
	tcase_add_test(t, a_tenant);
	tcase_add_test(t, a_tenants_brand);
	tcase_add_loop_test(t, a_tenants_administrator, 0, 2);
	tcase_add_test(t, a_company);
	tcase_add_test(t, a_companys_status);
	tcase_add_loop_test(t, an_entry, 0, 3);
	tcase_add_test(t, somebody_who_is_disabled);
	tcase_add_loop_test(t, what_a_company_decides, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
