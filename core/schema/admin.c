#include "core/schema/admin.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

static struct db_address address(const struct conf *conf)
{
	struct db_address a = {.port = (int)conf->database_port};

	if (!text_empty(conf->database_socket)) {
		a.socket = conf->database_socket;
		return a;
	}
	a.host = conf->database_host;
	a.ca_file = text_empty(conf->database_ca_file) ? NULL : conf->database_ca_file;
	return a;
}

static const char *secret(struct ctx *c, const char *name)
{
	const char *s = conf_secret(c->conf, c->mem, name);

	if (s == NULL)
		err_set(c, E_INTERNAL,
			"The secret %s cannot be read: run \"frontdeskctl secrets\".",
			conf_secret_path(c->conf, c->mem, name));
	return s;
}

struct db *admin_db(struct ctx *c)
{
	struct db_address a = address(c->conf);

	a.admin = true;
	a.user = c->conf->database_admin_user;
	if (access(conf_secret_path(c->conf, c->mem, "db_admin"), F_OK) == 0) {
		a.password = secret(c, "db_admin");
		if (a.password == NULL)
			return NULL;
	}
	return db_new(&a);
}

struct db *account_db(struct ctx *c, const char *account)
{
	struct db_address a = address(c->conf);

	a.user = account;
	a.schema = "frontdesk";
	a.password = secret(c, mem_printf(c->mem, "db_%s", account));
	return a.password == NULL ? NULL : db_new(&a);
}

struct db *check_db(struct ctx *c)
{
	struct db_address a = address(c->conf);

	a.admin = true;
	a.user = "fd_check";
	a.schema = "frontdesk_store";
	a.password = secret(c, "db_fd_check");
	return a.password == NULL ? NULL : db_new(&a);
}
