#include "core/schema/doctor.h"
#include "core/base/network.h"
#include "core/base/text.h"
#include "core/schema/admin.h"
#include "core/schema/cells.h"
#include "core/schema/secrets.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/link.h"
#include "core/sys/token.h"
#include "core/sys/tz.h"

#include <sys/stat.h>

static void say(struct doctor *d, const char *verdict, const char *what, const char *fmt,
	va_list ap) PRINTF_LIKE(4, 0);

PRINTF_LIKE(4, 0)
static void say(
	struct doctor *d, const char *verdict, const char *what, const char *fmt, va_list ap)
{
	char line[1000];

	vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(d->out, "%-4s %s: %s\n", verdict, what, line);
	err_clear(d->c);
}

void doctor_ok(struct doctor *d, const char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, "ok", what, fmt, ap);
	va_end(ap);
}

void doctor_warn(struct doctor *d, const char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, "WARN", what, fmt, ap);
	va_end(ap);
}

void doctor_fail(struct doctor *d, const char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, "FAIL", what, fmt, ap);
	va_end(ap);
	d->failures++;
}

/* ---- this machine ---- */

static bool keys_are_right(struct doctor *d, const char *keyring_path)
{
	struct keyring *ring = keyring_load(keyring_path);
	struct keyring *key = keyring_load(conf_secret_path(d->c->conf, d->c->mem, "jwt_key"));
	struct link_key *link = link_key_load(conf_secret_path(d->c->conf, d->c->mem, "link_key"));
	bool right = ring != NULL && key != NULL && link != NULL;

	keyring_delete(ring);
	keyring_delete(key);
	link_key_delete(link);
	return right;
}

static void check_secrets(struct doctor *d)
{
	struct ctx *c = d->c;
	const char *one = conf_secret_path(c->conf, c->mem, "keyring");
	const char *folder = mem_text_n(c->mem, one, (size_t)(strrchr(one, '/') - one));
	struct stat st;

	for (size_t i = 0; secrets_name(i) != NULL; i++) {
		if (conf_secret(c->conf, c->mem, secrets_name(i)) == NULL) {
			doctor_fail(d, "secrets",
				"%s/%s is missing, empty or open to others: run \"frontdeskctl "
				"secrets\", or chmod 600.",
				folder, secrets_name(i));
			return;
		}
	}
	if (stat(folder, &st) < 0 || (st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
		doctor_fail(d, "secrets", "%s is open to others: chmod 700.", folder);
	else if (!keys_are_right(d, one))
		doctor_fail(d, "secrets",
			"keyring, jwt_key or link_key is no key: see the log line above.");
	else
		doctor_ok(d, "secrets", "all are in %s.", folder);
}

static void check_time_zones(struct doctor *d)
{
	static const char *const ZONES[] = {"Europe/Berlin", "America/New_York", "Asia/Kolkata"};

	for (size_t i = 0; i < COUNT_OF(ZONES); i++) {
		if (tz_find(ZONES[i]) == NULL) {
			doctor_fail(d, "time zones",
				"%s is unknown: install the package tzdata, or set TZDIR.",
				ZONES[i]);
			return;
		}
	}
	doctor_ok(d, "time zones", "version %s.", tz_version());
}

static void check_public_url(struct doctor *d)
{
	const char *url = d->c->conf->server_public_url;
	size_t n = strlen(url);

	if (!text_starts(url, "https://") && !d->c->conf->server_sandbox)
		doctor_fail(d, "public_url",
			"%s is not https: set server.public_url to the address that people use.",
			url);
	else if (n > 0 && url[n - 1] == '/')
		doctor_fail(d, "public_url", "%s ends in a slash: take it away.", url);
	else
		doctor_ok(d, "public_url", "%s", url);
}

static void check_run_dir(struct doctor *d)
{
	const char *dir = d->c->conf->server_run_dir;

	if (access(dir, W_OK | X_OK) < 0)
		doctor_fail(d, "run_dir",
			"%s cannot be written (%s): the worker would not be woken. Start the units "
			"that make it, or set server.run_dir.",
			dir, strerror(errno));
	else
		doctor_ok(d, "run_dir", "%s", dir);
}

#define NETWORKS_MAX 32

static void check_networks(struct doctor *d)
{
	struct network all[NETWORKS_MAX];
	const char *wrong;
	size_t n = networks_parse(d->c->mem, d->c->conf->webhooks_allow, all, NETWORKS_MAX, &wrong);

	if (wrong != NULL)
		doctor_fail(d, "webhooks.allow",
			"%s is no network like 10.0.0.0/8, or there are more than %d: it is not "
			"allowed.",
			wrong, NETWORKS_MAX);
	else if (n > 0)
		doctor_warn(d, "webhooks.allow",
			"every company may have its webhooks posted to %s.",
			d->c->conf->webhooks_allow);
}

/* Nothing fails without it. */
static void check_live(struct doctor *d)
{
	const char *path = d->c->conf->live_socket;

	if (text_empty(path))
		doctor_ok(d, "live", "there are no streams: browsers ask every 15 seconds.");
	else if (access(path, F_OK) < 0)
		doctor_warn(d, "live",
			"%s is not there (%s): start frontdesk-live.service, or set live.socket to "
			"nothing. Browsers ask every 15 seconds meanwhile.",
			path, strerror(errno));
	else
		doctor_ok(d, "live", "%s", path);
}

/* ---- the database ---- */

/* A backup without the keyring of its time is the usual reason. */
static void check_cells(struct doctor *d)
{
	struct ctx *c = d->c;
	struct keyring *ring = keyring_load(conf_secret_path(c->conf, c->mem, "keyring"));
	struct rows counts;
	int64_t cells = 0;
	int before = d->failures;

	if (ring == NULL)
		return; /* said already */
	if (cells_count(c, &counts) < 0) {
		doctor_fail(d, "cells", "they cannot be counted: run \"frontdeskctl migrate\".");
		counts.n = 0;
	}
	const struct cell_count *k = counts.p;
	for (size_t i = 0; i < counts.n; i++) {
		cells += k[i].cells;
		if (keyring_find(ring, (uint32_t)k[i].key_id) == NULL)
			doctor_fail(d, "cells",
				"%" PRId64 " need key %" PRId64
				", which is not in the keyring: put its line back from a copy.",
				k[i].cells, k[i].key_id);
	}
	if (d->failures == before)
		doctor_ok(d, "cells", "the keyring has the keys of all %" PRId64 ".", cells);
	keyring_delete(ring);
}

static void check_database(struct doctor *d)
{
	struct ctx *c = d->c;
	struct db *before = c->db;

	c->db = admin_db(c);
	if (c->db == NULL || db_connect(c) < 0) {
		doctor_fail(d, "database",
			"no connection as %s: is MariaDB running, and is database.socket (%s) "
			"right?",
			c->conf->database_admin_user, c->conf->database_socket);
	} else {
		doctor_server(d);
		doctor_isolation(d);
		check_cells(d);
	}
	db_delete(c->db);
	c->db = before;
}

int schema_doctor(struct ctx *c, FILE *out)
{
	struct doctor d = {c, out, 0};

	doctor_ok(&d, "configuration", "%s", c->conf->path);
	check_secrets(&d);
	check_time_zones(&d);
	check_public_url(&d);
	check_run_dir(&d);
	check_networks(&d);
	check_live(&d);
	check_database(&d);
	return d.failures;
}
