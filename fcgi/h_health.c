#include "fcgi/h_health.h"
#include "core/sys/db.h"

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

int h_health(struct req *r)
{
	struct health h = {"ok", "ok", (clock_monotonic_us() - started_us) / 1000000};
	int64_t one;

	if (db_int(&r->c, &one, "SELECT 1") < 0)
		return -1; /* 503: the database is what we are made of */
	return reply(r, 200, &HEALTH, &h);
}
