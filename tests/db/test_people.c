/* Roles are given and taken; a company keeps an owner; invitations. */
#include "core/user/invitation.h"
#include "core/user/people.h"
#include "tests/db/persons.h"

#define COLLEAGUE_ID "01900000-0000-7000-8000-7ee000000002"
#define OWNER_ID "01900000-0000-7000-8000-5a1000000002" /* the salon's, of the demo */
#define USERS "/api/v2/users/"

static struct visitor me;

static void setup(void)
{
	persons_begin();
	have_somebody("owner");
	have_colleague(COLLEAGUE_ID, "staff");
	hush();
	me.token = logged_in(SOMEBODY, OLD_PASSWORD);
}

static void restore(void)
{
	change("UPDATE membership SET role = 'owner' WHERE user_id = '" OWNER_ID "'");
	persons_end();
}

static int give(const struct visitor *v, const char *id, const char *role)
{
	return request(v, "PATCH", mem_printf(web->mem, USERS "%s", id),
		mem_printf(web->mem, "{\"role\":\"%s\"}", role))
		.status;
}

static int take_out(const struct visitor *v, const char *id)
{
	return request(v, "DELETE", mem_printf(web->mem, USERS "%s", id), "").status;
}

static void only_owner(const char *id)
{
	change("UPDATE membership SET role = 'manager' WHERE company_id ="
	       " (SELECT id FROM company WHERE slug = 'salon-morgenrot') AND role = 'owner'");
	change(mem_printf(
		admin->mem, "UPDATE membership SET role = 'owner' WHERE user_id = '%s'", id));
}

START_TEST(an_owner_gives_and_takes_roles)
{
	struct answer a = request(&me, "GET", USERS COLLEAGUE_ID, "");

	ck_assert_str_eq(member(&a, "role"), "staff");
	ck_assert_int_eq(give(&me, COLLEAGUE_ID, "manager"), 200);
	a = request(&me, "GET", USERS COLLEAGUE_ID, "");
	ck_assert_str_eq(member(&a, "role"), "manager");
	ck_assert_int_eq(give(&me, COLLEAGUE_ID, "platform_admin"), 422);
	ck_assert_int_eq(give(&me, COLLEAGUE_ID, ""), 422);
	ck_assert_int_eq(take_out(&me, COLLEAGUE_ID), 204);
	ck_assert_int_eq(take_out(&me, COLLEAGUE_ID), 404);
	/* the account is his own and stays */
	ck_assert_int_eq(look("SELECT COUNT(*) FROM user WHERE id = '" COLLEAGUE_ID "'"), 1);
}
END_TEST

START_TEST(a_manager_sees_people_and_changes_none)
{
	change("UPDATE membership SET role = 'manager' WHERE user_id = '" SOMEBODY_ID "'");
	ck_assert_int_eq(request(&me, "GET", "/api/v2/users", "").status, 200);
	ck_assert_int_eq(give(&me, COLLEAGUE_ID, "read_only"), 403);
	ck_assert_int_eq(take_out(&me, OWNER_ID), 403);
}
END_TEST

static struct ctx *in_salon(void)
{
	web->company = salon();
	db_begin(web);
	return web;
}

static void expect_forbidden(int rc)
{
	ck_assert_int_eq(rc, -1);
	ck_assert(err_take(web, E_FORBIDDEN));
	db_rollback(web);
	web->company = 0;
}

/* Whatever right a key may list: its role, if it has one, is the limit. */
START_TEST(nobody_gives_or_takes_a_role_above_his_own)
{
	struct invitation i = {.email = "guest@people.example", .role = ROLE_OWNER};
	struct colleague out;

	expect_forbidden(
		colleague_change_role(in_salon(), ROLE_MANAGER, COLLEAGUE_ID, ROLE_OWNER, &out));
	expect_forbidden(
		colleague_change_role(in_salon(), ROLE_MANAGER, SOMEBODY_ID, ROLE_STAFF, &out));
	expect_forbidden(colleague_remove(in_salon(), ROLE_MANAGER, SOMEBODY_ID));
	expect_forbidden(colleague_remove(in_salon(), ROLE_NONE, COLLEAGUE_ID));
	expect_forbidden(invitation_create(in_salon(), ROLE_MANAGER, &i));
	ck_assert_int_eq(
		colleague_change_role(in_salon(), ROLE_MANAGER, COLLEAGUE_ID, ROLE_MANAGER, &out),
		0);
	db_rollback(web);
	web->company = 0;
}
END_TEST

START_TEST(the_last_owner_stays)
{
	only_owner(SOMEBODY_ID);
	ck_assert_int_eq(give(&me, SOMEBODY_ID, "manager"), 409);
	ck_assert_int_eq(take_out(&me, SOMEBODY_ID), 409);
	/* one whose account is closed does not count */
	change("UPDATE membership SET role = 'owner' WHERE user_id = '" COLLEAGUE_ID "'");
	change("UPDATE user SET disabled_at = NOW(3) WHERE id = '" COLLEAGUE_ID "'");
	ck_assert_int_eq(take_out(&me, SOMEBODY_ID), 409);
	change("UPDATE user SET disabled_at = NULL WHERE id = '" COLLEAGUE_ID "'");
	ck_assert_int_eq(take_out(&me, SOMEBODY_ID), 204);
}
END_TEST

struct rivals {
	const char *token[2];
	int status[2];
};

static void demote_the_other(int i, void *shared)
{
	struct rivals *r = shared;
	struct visitor v = {.token = r->token[i]};

	persons_forked();
	r->status[i] = give(&v, i == 0 ? COLLEAGUE_ID : SOMEBODY_ID, "staff");
}

/* Two owners who take each other's role at the same moment. */
START_TEST(one_of_two_owners_is_left)
{
	struct rivals *r = shared_memory(sizeof(*r));

	for (int round = 0; round < 10; round++) {
		only_owner(SOMEBODY_ID);
		change("UPDATE membership SET role = 'owner' WHERE user_id = '" COLLEAGUE_ID "'");
		r->token[0] = me.token;
		r->token[1] = logged_in(COLLEAGUE_ID "@people.example", OLD_PASSWORD);
		run_rivals(2, demote_the_other, r);
		ck_assert_msg(look("SELECT COUNT(*) FROM membership m JOIN company c"
				   " ON c.id = m.company_id WHERE c.slug = 'salon-morgenrot'"
				   " AND m.role = 'owner'") == 1,
			"%d and %d", r->status[0], r->status[1]);
	}
}
END_TEST

/* ---- invitations ---- */

#define INVITATIONS "/api/v2/invitations"
#define INVITE "{\"email\":\"%s\",\"role\":\"%s\"}"
#define GUEST "guest@people.example"

static const char *invite(const char *email, const char *role)
{
	struct answer a = post_as(&me, INVITATIONS, INVITE, email, role);

	ck_assert_msg(a.status == 201, "%d %s", a.status, a.body);
	struct link l = {SALON_ID, member(&a, "id"), 0};
	return link_token(web, LINK_INVITE, &l);
}

static struct answer look_at(const char *token)
{
	return request(NULL, "GET", mem_printf(web->mem, AUTH "invitations/%s", token), "");
}

#define ACCEPT AUTH "invitations/accept"

START_TEST(a_stranger_accepts_with_a_new_account)
{
	const char *token = invite("Guest@People.example", "accountant");
	struct answer a = look_at(token);

	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(member(&a, "email"), GUEST);
	ck_assert_str_eq(member(&a, "company_name"), "Salon Morgenrot");
	ck_assert_str_eq(member(&a, "invited_by_name"), "Torture");
	ck_assert_ptr_nonnull(strstr(a.body, "\"account_exists\":false"));
	a = post_to(ACCEPT, "{\"token\":\"%s\"}", token);
	ck_assert_int_eq(a.status, 422);
	ck_assert_ptr_nonnull(strstr(a.body, "\"name\""));
	a = post_to(ACCEPT, "{\"token\":\"%s\",\"name\":\"Torture\",\"password\":\"guest1guest1\"}",
		token);
	ck_assert_int_eq(a.status, 422);
	a = post_to(ACCEPT,
		"{\"token\":\"%s\",\"name\":\"Torture\",\"password\":\"" NEW_PASSWORD "\"}", token);
	ck_assert_int_eq(a.status, 200);
	struct visitor guest = {.token = member(&a, "access_token")};
	a = request(&guest, "GET", "/api/v2/me", "");
	ck_assert_ptr_nonnull(strstr(a.body, "\"email_verified\":true"));
	ck_assert_str_eq(member(&a, "role"), "accountant");
	ck_assert_int_eq(look_at(token).status, 404);
}
END_TEST

START_TEST(somebody_with_an_account_gives_its_password)
{
	have_colleague("01900000-0000-7000-8000-7ee000000003", "staff");
	change("DELETE FROM membership WHERE user_id = '01900000-0000-7000-8000-7ee000000003'");
	const char *token = invite("01900000-0000-7000-8000-7ee000000003@people.example", "staff");
	ck_assert_ptr_nonnull(strstr(look_at(token).body, "\"account_exists\":true"));
	ck_assert_int_eq(post_to(ACCEPT, "{\"token\":\"%s\",\"name\":\"X\",\"password\":\"%s\"}",
				 token, NEW_PASSWORD)
				 .status,
		401);
	ck_assert_int_eq(
		post_to(ACCEPT, "{\"token\":\"%s\",\"password\":\"%s\"}", token, OLD_PASSWORD)
			.status,
		200);
}
END_TEST

START_TEST(somebody_who_is_logged_in_accepts_as_himself)
{
	have_colleague("01900000-0000-7000-8000-7ee000000003", "staff");
	change("DELETE FROM membership WHERE user_id = '01900000-0000-7000-8000-7ee000000003'");
	const char *token = invite("01900000-0000-7000-8000-7ee000000003@people.example", "owner");
	struct visitor him = {
		.token = logged_in(
			"01900000-0000-7000-8000-7ee000000003@people.example", OLD_PASSWORD)};

	ck_assert_int_eq(post_as(&me, ACCEPT, "{\"token\":\"%s\"}", token).status, 403);
	struct answer a = post_as(&him, ACCEPT, "{\"token\":\"%s\"}", token);
	ck_assert_int_eq(a.status, 200);
	ck_assert_ptr_nonnull(strstr(a.body, "\"slug\":\"salon-morgenrot\",\"role\":\"owner\""));
	him.token = member(&a, "access_token");
	ck_assert_int_eq(request(&him, "GET", "/api/v2/users", "").status, 200);
}
END_TEST

struct accepting {
	char token[100];
	int status[32];
};

static void accept_once(int i, void *shared)
{
	struct accepting *x = shared;

	persons_forked();
	x->status[i] = post_to(ACCEPT,
		"{\"token\":\"%s\",\"name\":\"Torture\",\"password\":\"" NEW_PASSWORD "\"}",
		x->token)
			       .status;
}

START_TEST(of_many_who_accept_at_once_one_does)
{
	struct accepting *x = shared_memory(sizeof(*x));
	int done = 0;

	snprintf(x->token, sizeof(x->token), "%s", invite(GUEST, "staff"));
	run_rivals(COUNT_OF(x->status), accept_once, x);
	for (size_t i = 0; i < COUNT_OF(x->status); i++)
		done += x->status[i] == 200;
	ck_assert_int_eq(done, 1);
	ck_assert_int_eq(look("SELECT COUNT(*) FROM membership m JOIN user u ON u.id = m.user_id"
			      " WHERE u.email = '" GUEST "'"),
		1);
}
END_TEST

static int resend(const char *id)
{
	const char *path = mem_printf(web->mem, INVITATIONS "/%s/resend", id);

	return request(&me, "POST", path, "").status;
}

START_TEST(an_invitation_is_sent_again_revoked_or_runs_out)
{
	const char *token = invite(GUEST, "staff");
	struct answer a = post_as(&me, INVITATIONS, INVITE, GUEST, "staff");
	ck_assert_int_eq(a.status, 409);
	ck_assert_int_eq(post_as(&me, INVITATIONS, INVITE, SOMEBODY, "staff").status, 409);
	a = request(&me, "GET", INVITATIONS, "");
	const char *id = member(&a, "id");
	ck_assert_int_eq(resend(id), 200);
	change("UPDATE invitation SET sent_at = NOW(3)");
	ck_assert_int_eq(resend(id), 429);
	change("UPDATE invitation SET sent_at = NULL, expires_at = NOW(3) - INTERVAL 1 SECOND");
	ck_assert_int_eq(look_at(token).status, 404);
	ck_assert_int_eq(resend(id), 200);
	ck_assert_int_eq(look_at(token).status, 200);
	ck_assert_int_eq(
		request(&me, "DELETE", mem_printf(web->mem, INVITATIONS "/%s", id), "").status,
		204);
	ck_assert_int_eq(look_at(token).status, 404);
	(void)invite(GUEST, "manager");
}
END_TEST

/* Its company's number stands in the link: nobody else's invitation opens. */
START_TEST(a_link_opens_the_invitation_of_its_company_only)
{
	struct answer a = post_as(&me, INVITATIONS, INVITE, GUEST, "staff");
	struct link l = {"01900000-0000-7000-8000-de0000000001", member(&a, "id"), 0};

	ck_assert_int_eq(look_at(link_token(web, LINK_INVITE, &l)).status, 404);
	l.company_id = SALON_ID;
	ck_assert_int_eq(look_at(link_token(web, LINK_INVITE, &l)).status, 200);
	ck_assert_int_eq(look_at(link_token(web, LINK_MANAGE, &l)).status, 404);
	change("UPDATE company SET status = 'closed' WHERE slug = 'salon-morgenrot'");
	ck_assert_int_eq(look_at(link_token(web, LINK_INVITE, &l)).status, 404);
	change("UPDATE company SET status = 'active' WHERE slug = 'salon-morgenrot'");
}
END_TEST

Suite *suite_people(void)
{
	Suite *s = suite_create("people");
	TCase *t = tcase_create("people");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, restore);
	tcase_add_test(t, an_owner_gives_and_takes_roles);
	tcase_add_test(t, a_manager_sees_people_and_changes_none);
	tcase_add_test(t, nobody_gives_or_takes_a_role_above_his_own);
	tcase_add_test(t, the_last_owner_stays);
	tcase_add_test(t, one_of_two_owners_is_left);
	tcase_add_test(t, a_stranger_accepts_with_a_new_account);
	tcase_add_test(t, somebody_with_an_account_gives_its_password);
	tcase_add_test(t, somebody_who_is_logged_in_accepts_as_himself);
	tcase_add_test(t, of_many_who_accept_at_once_one_does);
	tcase_add_test(t, an_invitation_is_sent_again_revoked_or_runs_out);
	tcase_add_test(t, a_link_opens_the_invitation_of_its_company_only);
	suite_add_tcase(s, t);
	return s;
}
