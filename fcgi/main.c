/*
 * frontdesk-fcgi: a worker of one of the pools. Reads its configuration,
 * warms what is slow at first use, and serves until it is told to stop.
 */
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/meter.h"
#include "core/sys/metric.h"
#include "core/sys/link.h"
#include "core/sys/phone_number.h"
#include "core/sys/token.h"
#include "core/sys/tz.h"
#include "fcgi/database.h"
#include "fcgi/h_health.h"
#include "fcgi/route.h"
#include "fcgi/server.h"

#include <getopt.h>
#include <sys/prctl.h>
#include <sysexits.h>

static const char USAGE[] =
	"usage: frontdesk-fcgi [-c FILE] [-t]\n"
	"A FastCGI worker: expects its listening socket on descriptor 0 (spawn-fcgi).\n"
	"  -c FILE   configuration (default $FRONTDESK_CONFIG, /etc/frontdesk/frontdesk.yaml)\n"
	"  -t        only look whether configuration and secrets are right\n"
	"TERM, INT, USR1 and HUP: finish the present request, then exit.\n";

int main(int argc, char **argv)
{
	struct arena *mem = arena_new(1u << 20); /* lives as long as the process */
	const char *path = NULL;
	bool only_look = false;
	struct server s;
	int opt;

	log_name("frontdesk-fcgi");
	while ((opt = getopt(argc, argv, "c:th")) != -1) {
		if (opt == 'c')
			path = optarg;
		else if (opt == 't')
			only_look = true;
		else {
			fputs(USAGE, opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : EX_USAGE;
		}
	}
	prctl(PR_SET_DUMPABLE, 0);
	route_check();
	struct conf *conf = conf_load(mem, path);
	if (conf == NULL)
		return EX_CONFIG;
	conf->token_keys = keyring_load(conf_secret_path(conf, mem, "jwt_key"));
	conf->keyring = keyring_load(conf_secret_path(conf, mem, "keyring"));
	conf->link_key = link_key_load(conf_secret_path(conf, mem, "link_key"));
	s.conf = conf;
	s.db = database_new(conf, mem, "fd_web");
	if (conf->token_keys == NULL || conf->keyring == NULL || conf->link_key == NULL ||
		s.db == NULL)
		return EX_CONFIG;
	if (only_look)
		return 0;
	conf->meter = meter_open(mem, mem_printf(mem, "%s/limits", conf->server_run_dir));
	conf->metrics = metrics_open(mem, conf->server_run_dir);
	http_init();
	health_start();
	(void)tz_find("Europe/Berlin");
	(void)phone_e164(mem, "+493012345678", NULL);
	int rc = server_run(&s);
	db_delete(s.db);
	return rc == 0 ? 0 : EX_USAGE;
}
