/*
 * frontdesk-worker: carries out the jobs that are due, and exits.
 */
#include "core/base/log.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/link.h"
#include "core/sys/meter.h"
#include "core/sys/metric.h"
#include "core/worker/pool.h"

#include <getopt.h>
#include <sys/prctl.h>
#include <sysexits.h>

static const char USAGE[] =
	"usage: frontdesk-worker [-c FILE] [--stay]\n"
	"Carries out the jobs that are due, and exits 0 when none is left.\n"
	"  -c FILE   configuration (default $FRONTDESK_CONFIG, /etc/frontdesk/frontdesk.yaml)\n"
	"  --stay    stay, and look again when woken (run_dir/work), at least every 5 s\n"
	"TERM, INT: finish the present job, then exit.\n";

int main(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
		{"help", no_argument, NULL, 'h'}, {"stay", no_argument, NULL, 's'}, {0}};
	struct arena *mem = arena_new(1u << 20); /* lives as long as the process */
	const char *path = NULL;
	bool staying = false;
	int opt;

	log_name("frontdesk-worker");
	while ((opt = getopt_long(argc, argv, "c:h", OPTIONS, NULL)) != -1) {
		if (opt == 'c')
			path = optarg;
		else if (opt == 's')
			staying = true;
		else {
			fputs(USAGE, opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : EX_USAGE;
		}
	}
	prctl(PR_SET_DUMPABLE, 0);
	struct conf *conf = conf_load(mem, path);
	if (conf == NULL)
		return EX_CONFIG;
	conf->keyring = keyring_load(conf_secret_path(conf, mem, "keyring"));
	conf->link_key = link_key_load(conf_secret_path(conf, mem, "link_key"));
	if (conf->keyring == NULL || conf->link_key == NULL)
		return EX_CONFIG;
	conf->meter = meter_open(mem, mem_printf(mem, "%s/limits", conf->server_run_dir));
	conf->metrics = metrics_open(mem, conf->server_run_dir);
	int rc = pool_run(conf, staying);
	keyring_delete(conf->keyring);
	link_key_delete(conf->link_key);
	arena_delete(mem);
	return rc;
}
