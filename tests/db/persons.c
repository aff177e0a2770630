#include "tests/db/persons.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/password.h"
#include "core/sys/totp.h"
#include "fcgi/auth.h"
#include "fcgi/serve.h"

#define HASH "$2b$04$abcdefghijklmnopqrstuugOHlVj8xrIn5hzdyImJ6h773ci8hlb6" /* OLD_PASSWORD */

void persons_forget(void)
{
	static const char *const STEPS[] = {
		"DELETE FROM account_mail",
		"DELETE FROM recovery_code",
		"DELETE FROM invitation",
		"DELETE FROM login_failure",
		"DELETE FROM job WHERE kind = 'account.mail'",
		"DELETE s FROM session s JOIN user u ON u.id = s.user_id WHERE u.name = 'Torture'",
		"DELETE m FROM membership m JOIN user u ON u.id = m.user_id WHERE u.name = "
		"'Torture'",
		"DELETE FROM user WHERE name = 'Torture'",
		"DELETE n FROM company_settings n JOIN company c ON c.id = n.company_id"
		" WHERE c.name = 'Torture'",
		"DELETE n FROM calendar_version n JOIN company c ON c.id = n.company_id"
		" WHERE c.name = 'Torture'",
		"DELETE FROM company WHERE name = 'Torture'",
	};

	for (size_t i = 0; i < COUNT_OF(STEPS); i++)
		change(STEPS[i]);
}

void persons_begin(void)
{
	calls_begin();
	survey_begin();
	persons_forget();
	password_cheap(4);
}

void persons_end(void)
{
	persons_forget();
	survey_end();
	calls_end();
}

/* ---- who there is ---- */

static void add_person(const char *id, const char *email)
{
	change(mem_printf(admin->mem,
		"INSERT INTO user (id, email, name, password_hash, email_verified_at)"
		" VALUES ('%s', '%s', 'Torture', '" HASH "', NOW(3))",
		id, email));
}

static void add_role(const char *id, const char *role)
{
	change(mem_printf(admin->mem,
		"INSERT INTO membership (user_id, company_id, role)"
		" SELECT '%s', id, '%s' FROM company WHERE slug = 'salon-morgenrot'",
		id, role));
}

void have_somebody(const char *role)
{
	persons_forget();
	add_person(SOMEBODY_ID, SOMEBODY);
	if (role != NULL)
		add_role(SOMEBODY_ID, role);
}

void have_colleague(const char *id, const char *role)
{
	add_person(id, mem_printf(admin->mem, "%s@people.example", id));
	add_role(id, role);
}

void have_factor(void)
{
	struct cell_place at = {"user", "totp_cell", 0, SOMEBODY_ID};
	struct bytes plain = {(const uint8_t *)SECRET, strlen(SECRET)}, cell;

	ck_assert_int_eq(cell_seal(web, web->conf->keyring, at, plain, &cell), 0);
	change(mem_printf(admin->mem,
		"UPDATE user SET totp_cell = X'%s', totp_step = 0, totp_enabled_at = NOW(3)"
		" WHERE id = '" SOMEBODY_ID "'",
		hex_encode(admin->mem, cell)));
}

const char *code_of(int64_t step)
{
	struct bytes secret = {(const uint8_t *)SECRET, strlen(SECRET)};

	if (step == 0)
		step = ts_now().ms / 1000 / TOTP_SECONDS;
	return mem_printf(web->mem, "%06u", (unsigned)(hotp(secret, (uint64_t)step) % 1000000));
}

const char *have_letter(const char *kind, enum link_purpose purpose)
{
	static int n;
	struct link l = {.company_id = LINK_NO_COMPANY};

	l.id = mem_printf(web->mem, "01900000-0000-7000-8000-7ee0000001%02d", n++ % 100);
	change(mem_printf(admin->mem,
		"INSERT INTO account_mail (id, kind, recipient, user_id, expires_at) VALUES"
		" ('%s', '%s', '%s', %s, NOW(3) + INTERVAL 1 HOUR)",
		l.id, kind, purpose == LINK_EMAIL ? "new@people.example" : SOMEBODY,
		purpose == LINK_EMAIL ? "'" SOMEBODY_ID "'" : "NULL"));
	return link_token(web, purpose, &l);
}

/* ---- what is asked ---- */

struct answer request(
	const struct visitor *v, const char *method, const char *path, const char *body)
{
	static const struct visitor NOBODY = {"", NULL, NULL};
	const struct visitor *who = v != NULL ? v : &NOBODY;
	bool known = !text_empty(who->token);
	const struct pair headers[] = {
		{"content-type", "application/json"},
		{"user-agent", who->device != NULL ? who->device : "device"},
		{"authorization", known ? mem_printf(web->mem, "Bearer %s", who->token) : ""},
	};
	struct req r = {.c = *web, .method = method, .path = path, .headers = headers};

	r.n_headers = COUNT_OF(headers) - !known;
	r.body = (struct bytes){(const uint8_t *)body, strlen(body)};
	r.c.now = ts_now();
	r.c.remote_address = who->address != NULL ? who->address : "127.0.0.1";
	r.c.request_id = "request";
	auth_forget();
	(void)password_hashes();
	serve(&r);
	db_idle(web->db);
	return (struct answer){
		r.status, mem_text(web->mem, buf_text(&r.out)), r.c.db_calls, password_hashes()};
}

const char *member(const struct answer *a, const char *name)
{
	const char *at = strstr(a->body, mem_printf(web->mem, "\"%s\":\"", name));

	ck_assert_msg(at != NULL, "there is no %s in %d %s", name, a->status, a->body);
	at += strlen(name) + 4;
	return mem_text_n(web->mem, at, strcspn(at, "\""));
}

const char *logged_in(const char *email, const char *password)
{
	struct answer a =
		post_to(AUTH "login", "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);

	ck_assert_msg(a.status == 200, "%d %s", a.status, a.body);
	return member(&a, "access_token");
}

void persons_forked(void)
{
	struct ctx *own = db_ctx("fd_web");

	own->conf = web->conf;
	web = own;
}
