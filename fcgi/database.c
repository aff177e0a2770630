#include "fcgi/database.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

/* A little more than a lock is waited for (sql/frontdesk.cnf): whoever asks us
 * hears within nginx's patience, and a provider's, that the database is stuck. */
#define ANSWER_S 6

static struct db *platform; /* lives as long as the process */

struct db *database_new(const struct conf *conf, struct arena *mem, const char *account)
{
	struct db_address a = {
		.socket = text_empty(conf->database_socket) ? NULL : conf->database_socket,
		.host = conf->database_host,
		.port = (int)conf->database_port,
		.ca_file = conf->database_ca_file,
		.user = account,
		.password = conf_secret(conf, mem, mem_printf(mem, "db_%s", account)),
		.schema = "frontdesk",
		.answer_s = ANSWER_S,
	};

	return a.password == NULL ? NULL : db_new(&a);
}

int database_platform(struct ctx *c)
{
	if (platform == NULL)
		platform = database_new(c->conf, c->mem, "fd_platform");
	if (platform == NULL)
		return err_set(c, E_UNAVAILABLE, NULL);
	c->db = platform;
	return 0;
}

void database_platform_idle(void)
{
	if (platform != NULL)
		db_idle(platform);
}
