/* What people do with their accounts and their colleagues, of which every
 * statement fails once. */
#include "core/base/id.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/link.h"
#include "core/sys/password.h"
#include "core/sys/token.h"
#include "core/sys/totp.h"
#include "tests/db/torture.h"

#define ADDRESS "torture@people.example"
#define HASH "$2b$04$abcdefghijklmnopqrstuugOHlVj8xrIn5hzdyImJ6h773ci8hlb6" /* frontdesk-demo */
#define OLD "\"password\":\"frontdesk-demo\""
#define NEW "kastanie-12-lampe-fjord"
#define SECRET "12345678901234567890"

static void setup(void)
{
	torture_begin();
	password_cheap(4);
}

/* ---- what there is beforehand ---- */

/* Somebody who owns the salon, too, and is logged in. */
static void have_person(void)
{
	struct token_claims who = {.user_id = VISIT, .session_id = VISIT, .issued_at = ts_now()};

	change("INSERT INTO user (id, email, name, password_hash, email_verified_at) VALUES"
	       " ('" VISIT "', '" ADDRESS "', 'Torture', '" HASH "', NOW(3))");
	change("INSERT INTO membership (user_id, company_id, role)"
	       " SELECT '" VISIT "', id, 'owner' FROM company WHERE slug = 'salon-morgenrot'");
	change("INSERT INTO session (id, user_id, client, family_hash, refresh_hash, expires_at)"
	       " VALUES ('" VISIT "', '" VISIT "', 'app', REPEAT('x', 32), REPEAT('x', 32),"
	       " NOW(3) + INTERVAL 1 DAY)");
	who.expires_at.ms = who.issued_at.ms + 600000;
	ask_as = mem_printf(admin->mem, "Bearer %s", token_make(web, web->conf->token_keys, &who));
}

static void have_two_sessions(void)
{
	have_person();
	change("INSERT INTO session (id, user_id, client, family_hash, refresh_hash, expires_at)"
	       " VALUES (UUID(), '" VISIT "', 'app', REPEAT('y', 32), REPEAT('y', 32),"
	       " NOW(3) + INTERVAL 1 DAY)");
}

static void have_mail(const char *kind)
{
	have_person();
	change(mem_printf(admin->mem,
		"INSERT INTO account_mail (id, kind, recipient, user_id, expires_at) VALUES"
		" ('" VISIT "', '%s', '%s', %s, NOW(3) + INTERVAL 1 HOUR)",
		kind, strcmp(kind, "email_new") == 0 ? "new@people.example" : ADDRESS,
		strcmp(kind, "email_new") == 0 ? "'" VISIT "'" : "NULL"));
}

static void have_verify(void)
{
	have_mail("verify");
	change("UPDATE user SET email_verified_at = NULL WHERE id = '" VISIT "'");
}

static void have_reset(void)
{
	have_mail("reset");
}

static void have_email_new(void)
{
	have_mail("email_new");
}

/* A second factor: being set up, or in force. */
static void have_secret(void)
{
	struct cell_place at = {"user", "totp_cell", 0, VISIT};
	struct bytes plain = {(const uint8_t *)SECRET, strlen(SECRET)}, cell;

	have_person();
	ck_assert_int_eq(cell_seal(web, web->conf->keyring, at, plain, &cell), 0);
	change(mem_printf(admin->mem, "UPDATE user SET totp_cell = X'%s' WHERE id = '" VISIT "'",
		hex_encode(admin->mem, cell)));
}

static void have_factor(void)
{
	have_secret();
	change("UPDATE user SET totp_enabled_at = NOW(3) WHERE id = '" VISIT "'");
}

static void have_invitation(void)
{
	have_person();
	change("INSERT INTO invitation (company_id, id, email, role, created_at, sent_at, "
	       "expires_at) SELECT id, '" VISIT "', 'guest@people.example', 'staff',"
	       " NOW(3) - INTERVAL 1 DAY, NOW(3) - INTERVAL 1 DAY, NOW(3) + INTERVAL 1 DAY"
	       " FROM company WHERE slug = 'salon-morgenrot'");
}

static void have_guest(void)
{
	have_invitation();
	ask_as = "";
}

/* ---- what is asked ---- */

static const char *link_for(enum link_purpose purpose)
{
	struct link l = {purpose == LINK_INVITE ? SALON_ID : LINK_NO_COMPANY, VISIT, 0};

	return link_token(web, purpose, &l);
}

static const char *code_now(void)
{
	struct bytes secret = {(const uint8_t *)SECRET, strlen(SECRET)};

	return mem_printf(admin->mem, "%06u",
		(unsigned)(hotp(secret, (uint64_t)(ts_now().ms / 1000 / TOTP_SECONDS)) % 1000000));
}

#define SIGNUP                                                                                   \
	"{\"company_name\":\"Torture\",\"country\":\"DE\",\"time_zone\":\"Europe/Berlin\","      \
	"\"currency\":\"EUR\",\"locale\":\"de\",\"name\":\"Torture\",\"email\":\"" ADDRESS "\"," \
	"\"password\":\"" NEW "\"}"

#define AUTH "/api/v2/auth/"

/* {link}, {code} in a body; how many statements it takes at least. */
static const struct write {
	struct question q;
	int statements;
	enum link_purpose purpose;
} WRITES[] = {
	{{AUTH "signup", SIGNUP, 201, NULL, 2, NULL}, 10, 0},
	{{AUTH "signup", SIGNUP, 422, have_person, 3, NULL}, 6, 0},
	{{AUTH "password/forgot", "{\"email\":\"" ADDRESS "\"}", 202, NULL, 1, NULL}, 3, 0},
	{{AUTH "verify-email/resend", "{\"email\":\"" ADDRESS "\"}", 202, NULL, 1, NULL}, 3, 0},
	{{AUTH "verify-email", "{\"token\":\"{link}\"}", 204, have_verify, 1, NULL}, 3,
		LINK_VERIFY},
	{{AUTH "password/reset", "{\"token\":\"{link}\",\"password\":\"" NEW "\"}", 204, have_reset,
		 2, NULL},
		8, LINK_RESET},
	{{AUTH "password/change", "{" OLD ",\"new_password\":\"" NEW "\"}", 204, have_two_sessions,
		 3, NULL},
		8, 0},
	{{AUTH "email/change", "{" OLD ",\"email\":\"new@people.example\"}", 202, have_person, 2,
		 NULL},
		6, 0},
	{{AUTH "email/confirm", "{\"token\":\"{link}\"}", 204, have_email_new, 1, NULL}, 3,
		LINK_EMAIL},
	{{AUTH "2fa/setup", "", 200, have_person, 1, NULL}, 3, 0},
	{{AUTH "2fa/enable", "{\"code\":\"{code}\"}", 200, have_secret, 1, NULL}, 7, 0},
	{{AUTH "2fa/disable", "{" OLD ",\"code\":\"{code}\"}", 204, have_factor, 2, NULL}, 8, 0},
	{{AUTH "2fa/recovery-codes", "{" OLD "}", 200, have_factor, 2, NULL}, 5, 0},
	{{AUTH "login", "{\"email\":\"" ADDRESS "\"," OLD ",\"totp_code\":\"{code}\"}", 200,
		 have_factor, 2, NULL},
		8, 0},
	{{AUTH "sessions", "", 204, have_two_sessions, 0, "DELETE"}, 2, 0},
	{{AUTH "sessions/" VISIT, "", 204, have_person, 0, "DELETE"}, 2, 0},
	{{AUTH "logout", "", 204, have_person, 0, NULL}, 2, 0},
	{{"/api/v2/me", "{\"name\":\"Torture\",\"locale\":\"de\"}", 200, have_person, 0, "PATCH"},
		3, 0},
	{{"/api/v2/users/" VISIT, "{\"role\":\"staff\"}", 200, have_person, 0, "PATCH"}, 4, 0},
	{{"/api/v2/users/" VISIT, "", 204, have_person, 0, "DELETE"}, 4, 0},
	{{"/api/v2/invitations", "{\"email\":\"guest@people.example\",\"role\":\"staff\"}", 201,
		 have_person, 0, NULL},
		5, 0},
	{{"/api/v2/invitations/" VISIT "/resend", "", 200, have_invitation, 0, NULL}, 4, 0},
	{{"/api/v2/invitations/" VISIT, "", 204, have_invitation, 0, "DELETE"}, 2, 0},
	{{AUTH "invitations/accept",
		 "{\"token\":\"{link}\",\"name\":\"Torture\",\"password\":\"" NEW "\"}", 200,
		 have_guest, 2, NULL},
		8, LINK_INVITE},
};

static const char *filled(const struct write *w)
{
	const char *body = w->q.body, *at = strstr(body, "{link}");
	const char *value = at != NULL ? link_for(w->purpose) : code_now();

	if (at == NULL)
		at = strstr(body, "{code}");
	if (at == NULL)
		return body;
	return mem_printf(
		admin->mem, "%.*s%s%s", (int)(at - body), body, value, at + strlen("{link}"));
}

START_TEST(a_write)
{
	struct write w = WRITES[_i];

	w.q.body = filled(&w);
	torture(&w.q, w.statements);
}
END_TEST

Suite *suite_torture_people(void)
{
	Suite *s = suite_create("torture_people");
	TCase *t = tcase_create("every statement fails");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, torture_end);
	tcase_add_loop_test(t, a_write, 0, (int)COUNT_OF(WRITES));
	suite_add_tcase(s, t);
	return s;
}
