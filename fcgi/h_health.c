#include "fcgi/h_health.h"
#include "core/base/text.h"
#include "core/health/health.h"
#include "core/sys/db.h"
#include "fcgi/auth.h"

struct health {
	const char *status;
	const char *database;
	int64_t uptime_seconds;
};

static const struct field FIELDS[] = {
	TEXT(health, status, RO, 10),
	TEXT(health, database, RO, 10),
	INT(health, uptime_seconds, RO, 0, INT64_MAX),
};
const struct table HEALTH = TABLE(health, "health", FIELDS);

static int64_t started_us; /* of this process */

void health_start(void)
{
	started_us = clock_monotonic_us();
}

int64_t health_uptime(void)
{
	return (clock_monotonic_us() - started_us) / 1000000;
}

int h_health(struct req *r)
{
	struct health h = {"ok", "ok", health_uptime()};
	int64_t one;

	if (db_int(&r->c, &one, "SELECT 1") < 0)
		return -1; /* 503: the database is what we are made of */
	return reply(r, 200, &HEALTH, &h);
}

/* ---- for whoever looks after it ---- */

bool health_is_near(const struct req *r)
{
	const char *address = r->c.remote_address;

	return address != NULL && (text_starts(address, "127.") || strcmp(address, "::1") == 0);
}

/* Who says who he is must be somebody; nginx lets nobody else in who is not on
 * this machine (nginx/snippets/locations.conf). */
static int check_administrator(struct req *r)
{
	if (req_header(r, "authorization") == NULL && health_is_near(r))
		return 0;
	if (auth_identify(r) < 0)
		return -1;
	return r->who.is_platform_admin ? 0 : err_set(&r->c, E_FORBIDDEN, NULL);
}

int h_health_detailed(struct req *r)
{
	struct health_report report;

	if (check_administrator(r) < 0)
		return -1;
	health_look(&r->c, &report);
	return reply(r, report.status == HEALTH_FAILING ? 503 : 200, &HEALTH_REPORT, &report);
}
