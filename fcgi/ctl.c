/*
 * frontdeskctl: looks after an installation. One table of commands.
 */
#include "fcgi/ctl.h"
#include "core/base/log.h"
#include "core/schema/admin.h"
#include "core/schema/doctor.h"
#include "core/schema/migrate.h"
#include "core/schema/secrets.h"
#include "core/schema/seed.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/link.h"
#include "fcgi/openapi.h"

#define ARENA_MAX (256u << 20)

static const char MIGRATE_USAGE[] =
	"usage: frontdeskctl [-c FILE] migrate\n"
	"\n"
	"Brings the database to what this version needs: makes the schemas and the\n"
	"programs' accounts, applies the numbered files of server.sql_dir that are not\n"
	"applied yet, and makes every view, procedure and right anew when one of them\n"
	"changed. May be run at any time, also by several at once; a run that was\n"
	"interrupted goes on where it stopped. Restart the workers afterwards.\n"
	"\n"
	"Connects as database.admin_user, with the secret db_admin if there is one.\n";

static const char SEED_USAGE[] =
	"usage: frontdeskctl [-c FILE] seed\n"
	"\n"
	"Loads the demo companies, Salon Morgenrot and Bright Smile Dental. Inserts only\n"
	"what is missing. Refuses unless server.sandbox is true: the passwords of demo\n"
	"data are known to everyone.\n";

static const char DOCTOR_USAGE[] =
	"usage: frontdeskctl [-c FILE] doctor\n"
	"\n"
	"Checks secrets, settings, accounts, rights, views and keys, and tries on the\n"
	"server at hand that a company's rows are seen inside that company only. Prints\n"
	"a line a check (ok, WARN or FAIL, and what to do); exit 1 if one failed.\n";

static const char SECRETS_USAGE[] =
	"usage: frontdeskctl [-c FILE] secrets\n"
	"\n"
	"Makes the random secrets that are missing, a file each (mode 0600) in\n"
	"server.secrets_dir: jwt_key, link_key, keyring, and the passwords of the\n"
	"database accounts. What is there stays. Keep a copy of the keyring: without\n"
	"it the sealed columns of a backup cannot be opened; and of link_key: without\n"
	"it the links that were sent out are void.\n";

static const char OPENAPI_USAGE[] = "usage: frontdeskctl openapi\n"
				    "\n"
				    "Prints the description of the API, OpenAPI 3.1, as JSON.\n";

static int run_migrate(struct ctl *t)
{
	if (schema_migrate(&t->c, stdout) < 0)
		return ctl_failed(t, NULL);
	puts("the database is up to date");
	return CTL_OK;
}

static int run_seed(struct ctl *t)
{
	int rc = schema_seed(&t->c, stdout);

	return rc < 0 ? ctl_failed(t, NULL) : CTL_OK;
}

static int run_doctor(struct ctl *t)
{
	return schema_doctor(&t->c, stdout) == 0 ? CTL_OK : CTL_FAILED;
}

static int run_secrets(struct ctl *t)
{
	return secrets_make(&t->c, stdout) < 0 ? ctl_failed(t, NULL) : CTL_OK;
}

static int run_openapi(struct ctl *t)
{
	if (openapi_print(stdout) < 0)
		return ctl_failed(t, "the document cannot be written: %s", strerror(errno));
	return CTL_OK;
}

enum need { NOTHING, CONF, ADMIN };

static const struct command {
	const char *name;
	const char *summary;
	const char *usage;
	int (*fn)(struct ctl *t);
	enum need need;
	bool arguments;
} COMMANDS[] = {
	{"migrate", "bring the database up to date", MIGRATE_USAGE, run_migrate, ADMIN, false},
	{"seed", "load the demo data into a sandbox", SEED_USAGE, run_seed, ADMIN, false},
	{"doctor", "check this installation", DOCTOR_USAGE, run_doctor, CONF, false},
	{"secrets", "make the secret files that are missing", SECRETS_USAGE, run_secrets, CONF,
		false},
	{"keys", "list, renew and drop keys", CTL_KEYS_USAGE, ctl_keys, ADMIN, true},
	{"tz-audit", "find visits that new time zone data move", CTL_TZ_AUDIT_USAGE, ctl_tz_audit,
		CONF, true},
	{"audit", "check that nobody changed the audit log", CTL_AUDIT_USAGE, ctl_audit, CONF,
		true},
	{"user", "make, list and close accounts", CTL_USER_USAGE, ctl_user, CONF, true},
	{"nginx-limits", "write what nginx counts by address", CTL_NGINX_LIMITS_USAGE,
		ctl_nginx_limits, CONF, true},
	{"retention", "take away what is kept no longer", CTL_RETENTION_USAGE, ctl_retention, CONF,
		true},
	{"openapi", "print the description of the API", OPENAPI_USAGE, run_openapi, NOTHING, false},
	{"simulate-call", "let the sandbox place a call", CTL_SIMULATE_CALL_USAGE,
		ctl_simulate_call, CONF, true},
	{"understand", "try what callers' words mean", CTL_UNDERSTAND_USAGE, ctl_understand,
		NOTHING, true},
	{"verify-webhook", "check a webhook's signature", CTL_VERIFY_WEBHOOK_USAGE,
		ctl_verify_webhook, NOTHING, true},
};

/* ---- what is said ---- */

/* fmt NULL: what stands in the context. */
int ctl_failed(struct ctl *t, const char *fmt, ...)
{
	const struct err *e = &t->c.err;
	va_list ap;

	fputs("frontdeskctl: ", stderr);
	va_start(ap, fmt);
	if (fmt != NULL)
		vfprintf(stderr, fmt, ap);
	else if (e->detail != NULL)
		fputs(e->detail, stderr);
	else if (e->code == E_UNAVAILABLE)
		fputs("The database does not answer: see the log lines above, if any, and "
		      "database.socket.",
			stderr);
	else
		fputs("The database refused a statement: see the log line above.", stderr);
	va_end(ap);
	fputc('\n', stderr);
	return CTL_FAILED;
}

int ctl_misused(struct ctl *t, const char *fmt, ...)
{
	va_list ap;

	fputs("frontdeskctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s", t->usage);
	return CTL_USAGE;
}

static void print_help(FILE *out)
{
	fputs("usage: frontdeskctl [-c FILE] COMMAND [--help]\n"
	      "\n"
	      "  -c FILE          configuration (default $FRONTDESK_CONFIG,\n"
	      "                   /etc/frontdesk/frontdesk.yaml)\n"
	      "\n",
		out);
	for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
		fprintf(out, "  %-16s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
}

static bool is_help(const char *s)
{
	return strcmp(s, "--help") == 0 || strcmp(s, "-h") == 0;
}

/* ---- running a command ---- */

static int prepare(struct ctl *t, enum need need, const char *path)
{
	if (need == NOTHING)
		return CTL_OK;
	t->conf = conf_load(t->c.mem, path);
	if (t->conf == NULL)
		return CTL_CONFIG;
	t->c.conf = t->conf;
	if (need != ADMIN)
		return CTL_OK;
	t->c.db = admin_db(&t->c);
	return t->c.db == NULL ? ctl_failed(t, NULL) : CTL_OK;
}

static int run(const struct command *k, const char *path, int argc, char **argv)
{
	struct ctl t = {.usage = k->usage, .argc = argc, .argv = argv};

	for (int i = 1; i < argc; i++) {
		if (is_help(argv[i])) {
			fputs(k->usage, stdout);
			return CTL_OK;
		}
	}
	if (argc > 1 && !k->arguments)
		return ctl_misused(&t, "%s takes no \"%s\"", k->name, argv[1]);
	t.c.mem = arena_new(ARENA_MAX);
	t.c.now = ts_now();
	t.c.actor = ACTOR_SYSTEM;
	int rc = prepare(&t, k->need, path);
	if (rc == CTL_OK)
		rc = k->fn(&t);
	db_delete(t.c.db);
	if (t.conf != NULL)
		link_key_delete(t.conf->link_key);
	arena_delete(t.c.mem);
	return rc;
}

static int named(const char *name, const char *path, int argc, char **argv)
{
	for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
		if (strcmp(COMMANDS[i].name, name) == 0)
			return run(&COMMANDS[i], path, argc, argv);
	}
	fprintf(stderr, "frontdeskctl: there is no command \"%s\"\n", name);
	print_help(stderr);
	return CTL_USAGE;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	int i = 1;

	log_name("frontdeskctl");
	http_init();
	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		path = argv[2];
		i = 3;
	}
	if (i < argc && is_help(argv[i])) {
		print_help(stdout);
		return CTL_OK;
	}
	if (i >= argc || argv[i][0] == '-') {
		print_help(stderr);
		return CTL_USAGE;
	}
	return named(argv[i], path, argc - i, argv + i);
}
