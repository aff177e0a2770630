#include "core/schema/generate.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

/* The programs' accounts, and how long a statement of theirs may take. */
static const struct account {
	const char *name;
	int seconds;
} ACCOUNTS[] = {
	{"fd_web", 10},
	{"fd_worker", 120},
	{"fd_platform", 30},
	{"fd_check", 300},
};

static const struct field FIELDS[] = {
	TEXT(right, who, 0, 200),
	TEXT(right, object, 0, 200),
	TEXT(right, privilege, 0, 64),
};
static const struct table RIGHT = TABLE(right, "right", FIELDS);

/* ---- accounts ---- */

/* Over a unix socket the host is localhost; over TLS it is anywhere. */
static bool remote(const struct ctx *c)
{
	return text_empty(c->conf->database_socket);
}

const char *account_name(struct ctx *c, const char *account)
{
	bool owner = strcmp(account, "fd_owner") == 0;

	return mem_printf(c->mem, "'%s'@'%s'", account, remote(c) && !owner ? "%" : "localhost");
}

static bool password_is_plain(const char *s)
{
	size_t n = strlen(s);

	return n >= 16 && n <= 128 &&
		strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

static int plan_account(struct plan *p, const struct account *a)
{
	struct ctx *c = p->c;
	const char *who = account_name(c, a->name);
	const char *secret = mem_printf(c->mem, "db_%s", a->name);
	const char *password = conf_secret(c->conf, c->mem, secret);

	if (password == NULL || !password_is_plain(password))
		return err_set(c, E_INTERNAL,
			"%s must hold 16 to 128 letters and digits: remove what is there and run "
			"\"frontdeskctl secrets\".",
			conf_secret_path(c->conf, c->mem, secret));
	plan_add(p, mem_printf(c->mem, "CREATE USER IF NOT EXISTS %s", who));
	plan_add(p,
		mem_printf(c->mem,
			"ALTER USER %s IDENTIFIED BY '%s' REQUIRE %s WITH MAX_STATEMENT_TIME %d",
			who, password, remote(c) ? "SSL" : "NONE", a->seconds));
	return 0;
}

int accounts_plan(struct plan *p)
{
	plan_add(p, "CREATE USER IF NOT EXISTS " DEFINER " ACCOUNT LOCK");
	plan_add(p, "ALTER USER " DEFINER " ACCOUNT LOCK");
	plan_right(p, "fd_owner", "frontdesk_store.*", "SELECT,INSERT,UPDATE,DELETE,TRIGGER");
	plan_right(p, "fd_owner", "frontdesk.*", "SELECT,INSERT,UPDATE,DELETE,EXECUTE");
	plan_right(p, "fd_owner", "*.*", "BINLOG REPLAY");
	plan_right(p, "fd_check", "frontdesk_store.*", "SELECT");
	for (size_t i = 0; i < COUNT_OF(ACCOUNTS); i++) {
		if (plan_account(p, &ACCOUNTS[i]) < 0)
			return -1;
	}
	return 0;
}

/* ---- rights ---- */

void plan_right(struct plan *p, const char *account, const char *object, const char *privileges)
{
	for (const char *at = privileges; *at != '\0'; at += strspn(at, ",")) {
		size_t n = strcspn(at, ",");

		if (p->n_rights == RIGHTS_MAX)
			BUG("more than %d rights", RIGHTS_MAX);
		p->rights[p->n_rights++] = (struct right){
			account_name(p->c, account), object, mem_text_n(p->c->mem, at, n)};
		at += n;
	}
}

static int rights_there(struct ctx *c, struct rows *out)
{
	return db_rows(c, &RIGHT, out,
		"SELECT GRANTEE AS who, '*.*' AS object, PRIVILEGE_TYPE AS privilege"
		" FROM information_schema.USER_PRIVILEGES"
		" WHERE GRANTEE LIKE '''fd\\_%' AND PRIVILEGE_TYPE <> 'USAGE'"
		" UNION ALL SELECT GRANTEE, CONCAT(REPLACE(TABLE_SCHEMA, '\\\\', ''), '.*'),"
		" PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES"
		" WHERE GRANTEE LIKE '''fd\\_%'"
		" UNION ALL SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE"
		" FROM information_schema.TABLE_PRIVILEGES WHERE GRANTEE LIKE '''fd\\_%'"
		" UNION ALL SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME),"
		" CONCAT(PRIVILEGE_TYPE, ' (', COLUMN_NAME, ')')"
		" FROM information_schema.COLUMN_PRIVILEGES WHERE GRANTEE LIKE '''fd\\_%'"
		" UNION ALL SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)),"
		" CONCAT('PROCEDURE ', Db, '.', Routine_name), 'EXECUTE'"
		" FROM mysql.procs_priv WHERE User LIKE 'fd\\_%' ORDER BY 1, 2, 3");
}

static bool same_right(const struct right *a, const struct right *b)
{
	return strcmp(a->who, b->who) == 0 && strcmp(a->object, b->object) == 0 &&
		strcmp(a->privilege, b->privilege) == 0;
}

/* What of a is not in b. */
static void subtract(struct ctx *c, const struct right *a, size_t n, const struct right *b,
	size_t m, struct rows *out)
{
	struct right *found = mem_alloc(c->mem, (n + 1) * sizeof(*found));

	*out = (struct rows){found, 0};
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < m && !same_right(&a[i], &b[k]))
			k++;
		if (k == m)
			found[out->n++] = a[i];
	}
}

int rights_compare(struct plan *p, struct rows *extra, struct rows *missing)
{
	struct rows there;

	if (rights_there(p->c, &there) < 0)
		return -1;
	subtract(p->c, there.p, there.n, p->rights, p->n_rights, extra);
	subtract(p->c, p->rights, p->n_rights, there.p, there.n, missing);
	return 0;
}

/* frontdesk.call -> frontdesk.`call`; *.* and names.* stay. */
static const char *quoted(struct ctx *c, const char *object)
{
	const char *dot = strrchr(object, '.');

	if (dot[1] == '*')
		return object;
	return mem_printf(c->mem, "%.*s.`%s`", (int)(dot - object), object, dot + 1);
}

static int each(struct ctx *c, const struct rows *rights, const char *verb, const char *link)
{
	const struct right *r = rights->p;

	for (size_t i = 0; i < rights->n; i++) {
		if (db_script(c,
			    mem_printf(c->mem, "%s %s ON %s %s %s", verb, r[i].privilege,
				    quoted(c, r[i].object), link, r[i].who)) < 0)
			return -1;
	}
	return 0;
}

/* Wanted rights first: a program at work lacks none meanwhile. */
int rights_apply(struct plan *p)
{
	struct rows extra, missing;

	if (rights_compare(p, &extra, &missing) < 0)
		return -1;
	if (each(p->c, &missing, "GRANT", "TO") < 0)
		return -1;
	return each(p->c, &extra, "REVOKE", "FROM");
}
