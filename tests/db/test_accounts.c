/* Unknown and known addresses get the same work and the same answer; failures
 * count; links work once; a new password ends the sessions. */
#include "core/sys/password.h"
#include "tests/db/persons.h"

static void setup(void)
{
	persons_begin();
	have_somebody("owner");
	hush();
}

#define LOGIN "{\"email\":\"%s\",\"password\":\"%s\"}"
#define EMAIL "{\"email\":\"%s\"}"
#define SIGNUP                                                                              \
	"{\"company_name\":\"Torture\",\"country\":\"DE\",\"time_zone\":\"Europe/Berlin\"," \
	"\"currency\":\"EUR\",\"locale\":\"de\",\"name\":\"Torture\",\"email\":\"%s\","     \
	"\"password\":\"" NEW_PASSWORD "\"}"

/* ---- equal work, equal answers ---- */

static void expect_alike(struct answer known, struct answer unknown, int status, int hashes)
{
	ck_assert_int_eq(known.status, status);
	ck_assert_int_eq(unknown.status, status);
	ck_assert_str_eq(known.body, unknown.body);
	ck_assert_int_eq(known.hashes, hashes);
	ck_assert_int_eq(unknown.hashes, hashes);
	ck_assert_uint_eq(known.db_calls, unknown.db_calls);
}

#define STRANGER "stranger@people.example"

START_TEST(a_log_in_does_not_tell_who_has_an_account)
{
	expect_alike(post_to(AUTH "login", LOGIN, SOMEBODY, "wrong-password"),
		post_to(AUTH "login", LOGIN, STRANGER, "wrong-password"), 401, 1);
	/* nor does one that is closed, or has no password yet */
	change("UPDATE user SET disabled_at = NOW(3) WHERE email = '" SOMEBODY "'");
	expect_alike(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD),
		post_to(AUTH "login", LOGIN, STRANGER, OLD_PASSWORD), 401, 1);
	change("UPDATE user SET disabled_at = NULL, password_hash = '*' WHERE email = '" SOMEBODY
	       "'");
	expect_alike(post_to(AUTH "login", LOGIN, SOMEBODY, "*"),
		post_to(AUTH "login", LOGIN, STRANGER, "*"), 401, 1);
}
END_TEST

static int64_t letters(const char *recipient)
{
	return look(mem_printf(web->mem,
		"SELECT COUNT(*) FROM account_mail m JOIN job j ON j.ref_id = m.id"
		" WHERE m.recipient = '%s'",
		recipient));
}

START_TEST(a_letter_is_asked_for_alike)
{
	static const char *const PATHS[] = {AUTH "password/forgot", AUTH "verify-email/resend"};

	for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
		expect_alike(post_to(PATHS[i], EMAIL, SOMEBODY), post_to(PATHS[i], EMAIL, STRANGER),
			202, 0);
		ck_assert_int_eq(letters(SOMEBODY), letters(STRANGER));
	}
	ck_assert_int_eq(letters(STRANGER), 2);
}
END_TEST

/* It shows that an address has an account; but not by the work, nor why. */
START_TEST(a_sign_up_with_a_known_address_costs_a_hash_and_counts)
{
	struct answer a = post_to(AUTH "signup", SIGNUP, SOMEBODY);

	ck_assert_int_eq(a.status, 422);
	ck_assert_int_eq(a.hashes, 1);
	ck_assert_int_eq(letters(SOMEBODY), 1);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM company WHERE name = 'Torture'"), 0);
	for (int i = 1; i < 5; i++)
		ck_assert_int_eq(post_to(AUTH "signup", SIGNUP, SOMEBODY).status, 422);
	ck_assert_int_eq(post_to(AUTH "signup", SIGNUP, SOMEBODY).status, 429);
	ck_assert_int_eq(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).status, 429);
}
END_TEST

START_TEST(a_sign_up_makes_an_owner_of_a_company_on_trial)
{
	struct answer a = post_to(AUTH "signup", SIGNUP, "New.Owner@People.example");
	struct visitor me = {.token = member(&a, "access_token")};

	ck_assert_int_eq(a.status, 201);
	ck_assert_int_eq(a.hashes, 1);
	ck_assert_ptr_nonnull(strstr(a.body, "\"email\":\"new.owner@people.example\""));
	a = request(&me, "GET", "/api/v2/companies/current", "");
	ck_assert_str_eq(member(&a, "status"), "trial");
	a = request(&me, "GET", "/api/v2/me", "");
	ck_assert_ptr_nonnull(strstr(a.body, "\"email_verified\":false"));
	ck_assert_ptr_nonnull(strstr(a.body, "\"role\":\"owner\""));
	ck_assert_int_eq(letters("new.owner@people.example"), 1);
	/* letters to strangers go out for proven people only */
	a = post_as(&me, "/api/v2/invitations", "{\"email\":\"x@y.example\",\"role\":\"staff\"}");
	ck_assert_int_eq(a.status, 409);
}
END_TEST

/* ---- failures ---- */

START_TEST(five_failures_close_an_account_for_an_address)
{
	struct visitor elsewhere = {.address = "192.0.2.7"};

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(
			post_to(AUTH "login", LOGIN, SOMEBODY, "wrong-password").status, 401);
	struct answer a = post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD);
	ck_assert_int_eq(a.status, 429);
	ck_assert_int_eq(a.hashes, 0);
	ck_assert_int_eq(
		post_as(&elsewhere, AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).status, 200);
	change("UPDATE login_failure SET created_at = created_at - INTERVAL 15 MINUTE");
	ck_assert_int_eq(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).status, 200);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM login_failure"), 0);
}
END_TEST

/* Who sits at somebody's open session tries passwords in vain, too. */
START_TEST(a_wrong_password_of_somebody_logged_in_counts)
{
	struct visitor me = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	const char *body =
		"{\"password\":\"wrong-password\",\"new_password\":\"" NEW_PASSWORD "\"}";

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(post_as(&me, AUTH "password/change", "%s", body).status, 422);
	ck_assert_int_eq(post_as(&me, AUTH "password/change", "%s", body).status, 429);
	ck_assert_int_eq(
		look("SELECT COUNT(*) FROM audit_entry WHERE action = 'password.refuse'"), 5);
}
END_TEST

START_TEST(an_old_hash_is_renewed_at_the_next_log_in)
{
	password_cheap(5);
	(void)logged_in(SOMEBODY, OLD_PASSWORD);
	ck_assert_int_eq(
		look("SELECT password_hash LIKE '$2b$05$%' FROM user WHERE email = '" SOMEBODY "'"),
		1);
	ck_assert_int_eq(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).hashes, 1);
}
END_TEST

/* ---- links ---- */

struct uses {
	char token[100];
	int status[64];
};

static void reset_once(int i, void *shared)
{
	struct uses *u = shared;

	persons_forked();
	u->status[i] = post_to(AUTH "password/reset",
		"{\"token\":\"%s\",\"password\":\"" NEW_PASSWORD "\"}", u->token)
			       .status;
}

START_TEST(of_many_uses_of_a_link_one_succeeds)
{
	struct visitor me = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct uses *u = shared_memory(sizeof(*u));
	int done = 0, refused = 0;

	snprintf(u->token, sizeof(u->token), "%s", have_letter("reset", LINK_RESET));
	run_rivals(COUNT_OF(u->status), reset_once, u);
	for (size_t i = 0; i < COUNT_OF(u->status); i++) {
		done += u->status[i] == 204;
		refused += u->status[i] == 422;
	}
	ck_assert_int_eq(done, 1);
	ck_assert_int_eq(refused, COUNT_OF(u->status) - 1);
	ck_assert_int_eq(request(&me, "GET", "/api/v2/me", "").status, 401);
	(void)logged_in(SOMEBODY, NEW_PASSWORD);
	ck_assert_int_eq(
		look("SELECT COUNT(*) FROM account_mail WHERE kind = 'password_changed'"), 1);
}
END_TEST

static int reset_with(const char *token)
{
	return post_to(AUTH "password/reset",
		"{\"token\":\"%s\",\"password\":\"" NEW_PASSWORD "\"}", token)
		.status;
}

START_TEST(a_link_holds_for_a_while_and_for_its_purpose)
{
	const char *first = have_letter("reset", LINK_RESET);
	const char *second = have_letter("reset", LINK_RESET);
	const char *verify = have_letter("verify", LINK_VERIFY);

	ck_assert_int_eq(reset_with(verify), 422);
	ck_assert_int_eq(reset_with("x"), 422);
	change("UPDATE account_mail SET expires_at = NOW(3) - INTERVAL 1 SECOND");
	ck_assert_int_eq(reset_with(first), 422);
	change("UPDATE account_mail SET expires_at = NOW(3) + INTERVAL 1 MINUTE");
	ck_assert_int_eq(reset_with(first), 204);
	/* with it, the others to the same end are void */
	ck_assert_int_eq(reset_with(second), 422);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM audit_entry WHERE action = 'link.refuse'"), 2);
	/* the proof of an address may be clicked twice */
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			post_to(AUTH "verify-email", "{\"token\":\"%s\"}", verify).status, 204);
}
END_TEST

START_TEST(a_password_that_is_refused_leaves_the_link)
{
	const char *link = have_letter("reset", LINK_RESET);
	struct answer a = post_to(AUTH "password/reset",
		"{\"token\":\"%s\",\"password\":\"torture1torture1\"}", link);

	ck_assert_int_eq(a.status, 422);
	ck_assert_ptr_nonnull(strstr(a.body, "your own name"));
	ck_assert_int_eq(a.hashes, 0);
	ck_assert_int_eq(reset_with(link), 204);
}
END_TEST

START_TEST(a_link_does_not_outlive_the_address_it_went_to)
{
	const char *link = have_letter("reset", LINK_RESET);

	change("UPDATE user SET email = 'moved@people.example' WHERE id = '" SOMEBODY_ID "'");
	ck_assert_int_eq(reset_with(link), 422);
}
END_TEST

START_TEST(another_address_counts_when_it_is_confirmed)
{
	struct visitor me = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct answer a = post_as(&me, AUTH "email/change",
		"{\"password\":\"" OLD_PASSWORD "\",\"email\":\"New@People.example\"}");

	ck_assert_int_eq(a.status, 202);
	ck_assert_int_eq(letters("new@people.example"), 1);
	ck_assert_int_eq(letters(SOMEBODY), 1);
	a = request(&me, "GET", "/api/v2/me", "");
	ck_assert_str_eq(member(&a, "email"), SOMEBODY);
	const char *link = have_letter("email_new", LINK_EMAIL);
	ck_assert_int_eq(post_to(AUTH "email/confirm", "{\"token\":\"%s\"}", link).status, 204);
	(void)logged_in("new@people.example", OLD_PASSWORD);
	ck_assert_int_eq(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).status, 401);
	/* somebody else has it meanwhile */
	link = have_letter("email_new", LINK_EMAIL);
	change("UPDATE user SET email = '" SOMEBODY "' WHERE id = '" SOMEBODY_ID "'");
	change("INSERT INTO user (id, email, name, password_hash) VALUES (UUID(), "
	       "'new@people.example', 'Torture', '*')");
	ck_assert_int_eq(post_to(AUTH "email/confirm", "{\"token\":\"%s\"}", link).status, 422);
}
END_TEST

START_TEST(a_new_password_ends_the_other_sessions)
{
	struct visitor me = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct visitor other = {.token = logged_in(SOMEBODY, OLD_PASSWORD)};
	struct answer a = post_as(&me, AUTH "password/change",
		"{\"password\":\"" OLD_PASSWORD "\",\"new_password\":\"" NEW_PASSWORD "\"}");

	ck_assert_int_eq(a.status, 204);
	ck_assert_int_eq(request(&me, "GET", "/api/v2/me", "").status, 200);
	ck_assert_int_eq(request(&other, "GET", "/api/v2/me", "").status, 401);
	ck_assert_int_eq(post_to(AUTH "login", LOGIN, SOMEBODY, OLD_PASSWORD).status, 401);
	(void)logged_in(SOMEBODY, NEW_PASSWORD);
}
END_TEST

Suite *suite_accounts(void)
{
	Suite *s = suite_create("accounts");
	TCase *t = tcase_create("accounts");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, persons_end);
	tcase_add_test(t, a_log_in_does_not_tell_who_has_an_account);
	tcase_add_test(t, a_letter_is_asked_for_alike);
	tcase_add_test(t, a_sign_up_with_a_known_address_costs_a_hash_and_counts);
	tcase_add_test(t, a_sign_up_makes_an_owner_of_a_company_on_trial);
	tcase_add_test(t, five_failures_close_an_account_for_an_address);
	tcase_add_test(t, a_wrong_password_of_somebody_logged_in_counts);
	tcase_add_test(t, an_old_hash_is_renewed_at_the_next_log_in);
	tcase_add_test(t, of_many_uses_of_a_link_one_succeeds);
	tcase_add_test(t, a_link_holds_for_a_while_and_for_its_purpose);
	tcase_add_test(t, a_password_that_is_refused_leaves_the_link);
	tcase_add_test(t, a_link_does_not_outlive_the_address_it_went_to);
	tcase_add_test(t, another_address_counts_when_it_is_confirmed);
	tcase_add_test(t, a_new_password_ends_the_other_sessions);
	suite_add_tcase(s, t);
	return s;
}
