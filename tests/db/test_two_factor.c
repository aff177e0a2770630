/* The second factor: a code works once, also when it comes many times at once. */
#include "core/sys/totp.h"
#include "core/user/two_factor.h"
#include "tests/db/persons.h"

#define RIVALS 50

static struct visitor me;

static void setup(void)
{
	persons_begin();
	have_somebody("owner");
	hush();
}

static int64_t step_now(void)
{
	return ts_now().ms / 1000 / TOTP_SECONDS;
}

#define LOGIN_WITH                                                                     \
	"{\"email\":\"" SOMEBODY "\",\"password\":\"" OLD_PASSWORD "\",\"totp_code\":" \
	"\"%s\"}"

static struct answer log_in(const char *code)
{
	return post_to(AUTH "login", LOGIN_WITH, code);
}

/* ---- setting it up ---- */

START_TEST(it_is_set_up_with_a_code_that_shows_the_app_has_it)
{
	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
	ck_assert_int_eq(post_as(&me, AUTH "2fa/enable", "{\"code\":\"000000\"}").status, 409);
	struct answer a = request(&me, "POST", AUTH "2fa/setup", "");
	ck_assert_int_eq(a.status, 200);
	ck_assert_ptr_nonnull(strstr(member(&a, "otpauth_url"), member(&a, "secret")));
	ck_assert_ptr_nonnull(strstr(a.body, "<svg "));
	/* nothing has changed yet */
	(void)logged_in(SOMEBODY, OLD_PASSWORD);
	have_factor(); /* with a secret that we know … */
	change("UPDATE user SET totp_enabled_at = NULL WHERE id = '" SOMEBODY_ID "'");
	ck_assert_int_eq(
		post_as(&me, AUTH "2fa/enable", "{\"code\":\"%s\"}", code_of(step_now() + 5))
			.status,
		422);
	const char *code = code_of(0);
	a = post_as(&me, AUTH "2fa/enable", "{\"code\":\"%s\"}", code);
	ck_assert_int_eq(a.status, 200);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM recovery_code"), RECOVERY_CODES);
	ck_assert_int_eq(request(&me, "POST", AUTH "2fa/setup", "").status, 409);
	/* that code is used up */
	ck_assert_int_eq(log_in(code).status, 401);
	a = post_to(AUTH "login", "{\"email\":\"" SOMEBODY "\",\"password\":\"" OLD_PASSWORD "\"}");
	ck_assert_int_eq(a.status, 403);
	ck_assert_str_eq(member(&a, "code"), "totp_required");
	ck_assert_int_eq(log_in(code_of(step_now() + 1)).status, 200);
}
END_TEST

/* ---- once ---- */

struct race {
	char code[40];
	int status[RIVALS];
};

static void log_in_once(int i, void *shared)
{
	struct race *r = shared;
	struct visitor v = {.address = mem_printf(web->mem, "192.0.2.%d", i + 1)};

	persons_forked();
	r->status[i] = post_as(&v, AUTH "login", LOGIN_WITH, r->code).status;
}

static int successes(const char *code)
{
	struct race *r = shared_memory(sizeof(*r));
	int n = 0;

	snprintf(r->code, sizeof(r->code), "%s", code);
	run_rivals(RIVALS, log_in_once, r);
	for (int i = 0; i < RIVALS; i++) {
		/* after ten wrong codes nobody is asked any more */
		ck_assert(r->status[i] == 200 || r->status[i] == 401 || r->status[i] == 429);
		n += r->status[i] == 200;
	}
	return n;
}

START_TEST(of_many_log_ins_with_one_code_one_succeeds)
{
	have_factor();
	ck_assert_int_eq(successes(code_of(0)), 1);
}
END_TEST

static const char *first_recovery_code(void)
{
	struct answer a =
		post_as(&me, AUTH "2fa/recovery-codes", "{\"password\":\"" OLD_PASSWORD "\"}");
	const char *at;

	ck_assert_int_eq(a.status, 200);
	at = strstr(a.body, "[\"");
	return mem_text_n(web->mem, at + 2, strcspn(at + 2, "\""));
}

START_TEST(of_many_log_ins_with_one_recovery_code_one_succeeds)
{
	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
	have_factor();
	ck_assert_int_eq(successes(first_recovery_code()), 1);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM recovery_code"), RECOVERY_CODES - 1);
}
END_TEST

/* The later of two codes makes the earlier one void. */
START_TEST(codes_go_forward_only)
{
	int64_t now = step_now();

	have_factor();
	ck_assert_int_eq(log_in(code_of(now)).status, 200);
	ck_assert_int_eq(log_in(code_of(now - 1)).status, 401);
	ck_assert_int_eq(log_in(code_of(now)).status, 401);
	ck_assert_int_eq(log_in(code_of(now + 1)).status, 200);
}
END_TEST

START_TEST(a_recovery_code_is_read_however_it_is_written)
{
	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
	have_factor();
	const char *code = first_recovery_code();
	char *low = mem_text(web->mem, text_lower(web->mem, code));
	for (char *p = low; *p != '\0'; p++)
		*p = *p == '-' ? ' ' : *p;
	ck_assert_int_eq(log_in("AAAA-AAAA-AAAA-AAAA").status, 401);
	ck_assert_int_eq(log_in(low).status, 200);
	ck_assert_int_eq(log_in(code).status, 401);
	/* new ones make the old ones void */
	code = first_recovery_code();
	(void)first_recovery_code();
	ck_assert_int_eq(log_in(code).status, 401);
}
END_TEST

/* ---- failures ---- */

START_TEST(ten_wrong_codes_from_anywhere_close_the_account)
{
	have_factor();
	for (int i = 0; i < 10; i++) {
		struct visitor v = {.address = mem_printf(web->mem, "192.0.2.%d", i / 4 + 1)};

		ck_assert_int_eq(post_as(&v, AUTH "login", LOGIN_WITH, "000000").status, 401);
	}
	ck_assert_int_eq(log_in(code_of(0)).status, 429);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM audit_entry WHERE action = 'code.refuse'"), 10);
	change("UPDATE login_failure SET created_at = created_at - INTERVAL 15 MINUTE");
	ck_assert_int_eq(log_in(code_of(0)).status, 200);
}
END_TEST

/* ---- turning it off ---- */

START_TEST(it_is_turned_off_with_password_and_code)
{
#define OFF "{\"password\":\"%s\",\"code\":\"%s\"}"
	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
	ck_assert_int_eq(post_as(&me, AUTH "2fa/disable", OFF, OLD_PASSWORD, "000000").status, 409);
	have_factor();
	ck_assert_int_eq(
		post_as(&me, AUTH "2fa/disable", OFF, "wrong-password", code_of(0)).status, 422);
	ck_assert_int_eq(post_as(&me, AUTH "2fa/disable", OFF, OLD_PASSWORD, "000000").status, 422);
	ck_assert_int_eq(
		post_as(&me, AUTH "2fa/disable", OFF, OLD_PASSWORD, code_of(0)).status, 204);
	(void)logged_in(SOMEBODY, OLD_PASSWORD);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM user WHERE totp_cell IS NOT NULL"), 0);
	ck_assert_int_eq(
		look("SELECT COUNT(*) FROM account_mail WHERE kind = 'two_factor_off'"), 1);
}
END_TEST

/* ---- what a company wants of its administrators ---- */

static int status_of(const char *path)
{
	return request(&me, "GET", path, "").status;
}

START_TEST(a_company_may_want_it_of_its_administrators)
{
	static const char *const ROLE[] = {"owner", "manager", "staff", "accountant", "read_only"};

	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
	change("UPDATE company_settings SET require_totp = 1 WHERE company_id ="
	       " (SELECT id FROM company WHERE slug = 'salon-morgenrot')");
	for (size_t i = 0; i < COUNT_OF(ROLE); i++) {
		change(mem_printf(admin->mem,
			"UPDATE membership SET role = '%s' WHERE user_id = '" SOMEBODY_ID "'",
			ROLE[i]));
		ck_assert_int_eq(status_of("/api/v2/companies/current"), i < 2 ? 403 : 200);
	}
	change("UPDATE membership SET role = 'owner' WHERE user_id = '" SOMEBODY_ID "'");
	struct answer a = request(&me, "GET", "/api/v2/companies/current", "");
	ck_assert_str_eq(member(&a, "code"), "totp_setup_required");
	/* what is his own he reaches, to set it up */
	ck_assert_int_eq(status_of("/api/v2/me"), 200);
	ck_assert_int_eq(request(&me, "POST", AUTH "2fa/setup", "").status, 200);
	have_factor();
	ck_assert_int_eq(status_of("/api/v2/companies/current"), 200);
}
END_TEST

static void teardown(void)
{
	change("UPDATE company_settings SET require_totp = 0");
	persons_end();
}

Suite *suite_two_factor(void)
{
	Suite *s = suite_create("two_factor");
	TCase *t = tcase_create("two factors");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, it_is_set_up_with_a_code_that_shows_the_app_has_it);
	tcase_add_test(t, of_many_log_ins_with_one_code_one_succeeds);
	tcase_add_test(t, of_many_log_ins_with_one_recovery_code_one_succeeds);
	tcase_add_test(t, codes_go_forward_only);
	tcase_add_test(t, a_recovery_code_is_read_however_it_is_written);
	tcase_add_test(t, ten_wrong_codes_from_anywhere_close_the_account);
	tcase_add_test(t, it_is_turned_off_with_password_and_code);
	tcase_add_test(t, a_company_may_want_it_of_its_administrators);
	suite_add_tcase(s, t);
	return s;
}
