/*
 * frontdeskctl nginx-limits: what nginx counts by address, as two files that it
 * includes. Its rates are literals, so they are written from the configuration.
 */
#include "core/sys/conf.h"
#include "fcgi/ctl.h"

#include <fcntl.h>
#include <sys/stat.h>

const char CTL_NGINX_LIMITS_USAGE[] =
	"usage: frontdeskctl [-c FILE] nginx-limits FOLDER\n"
	"\n"
	"Writes limit-zones.conf and limits.conf, which nginx includes, from the section\n"
	"limits of the configuration: what it counts by address (the pools count people,\n"
	"keys and integrations). The installed ones hold the defaults. After a change:\n"
	"\n"
	"  frontdeskctl nginx-limits /etc/nginx/frontdesk && systemctl reload nginx\n";

#define HEAD \
	"# Made by \"frontdeskctl nginx-limits\" from the section limits of the configuration.\n"

/* Walls against floods: no person needs so much. */
#define WALL_A_SECOND 100
#define WALL_BURST 200
#define AUTH_A_SECOND 10
#define AUTH_BURST 40
#define OPEN_AT_ONCE 100
#define STREAMS_AT_ONCE 500
#define OPEN_MAX INT64_C(65535) /* nginx takes no more */
/* Two processes check passwords, five a second each: who waits longer than for
 * these is told at once. No matter of addresses, so it is not multiplied. */
#define LOGINS_WAITING 50

static void print_zones(const struct conf *conf, FILE *out)
{
	int64_t f = conf->limits_factor, anonymous = f * conf->limits_anonymous;

	fputs(HEAD, out);
	fprintf(out,
		"limit_req_zone $frontdesk_key_wall zone=frontdesk_wall:16m rate=%" PRId64 "r/s;\n",
		f * WALL_A_SECOND);
	fprintf(out,
		"limit_req_zone $frontdesk_key_auth zone=frontdesk_auth:4m rate=%" PRId64 "r/s;\n",
		f * AUTH_A_SECOND);
	fprintf(out,
		"limit_req_zone $frontdesk_key_anonymous zone=frontdesk_anonymous:16m rate=%" PRId64
		"r/m;\n",
		anonymous);
	fprintf(out,
		"limit_req_zone $frontdesk_key_book zone=frontdesk_book:16m rate=%" PRId64 "r/m;\n",
		f * conf->limits_public_bookings);
	fputs("limit_conn_zone $frontdesk_key_open zone=frontdesk_open:16m;\n"
	      "limit_conn_zone $frontdesk_key_streams zone=frontdesk_streams:16m;\n"
	      "limit_conn_zone $frontdesk_key_login zone=frontdesk_login:64k;\n"
	      "map $frontdesk_key_anonymous $frontdesk_policy {\n",
		out);
	fprintf(out, "\tdefault \"%" PRId64 ";w=60\";\n\t\"\" \"\";\n}\n", anonymous);
}

static void print_open(FILE *out, const char *zone, int64_t n)
{
	fprintf(out, "limit_conn frontdesk_%s %" PRId64 ";\n", zone, n < OPEN_MAX ? n : OPEN_MAX);
}

static void print_limits(const struct conf *conf, FILE *out)
{
	int64_t f = conf->limits_factor;

	fputs(HEAD, out);
	fprintf(out, "limit_req zone=frontdesk_wall burst=%" PRId64 " nodelay;\n", f * WALL_BURST);
	fprintf(out, "limit_req zone=frontdesk_auth burst=%" PRId64 " nodelay;\n", f * AUTH_BURST);
	/* one passes before the burst counts */
	fprintf(out, "limit_req zone=frontdesk_anonymous burst=%" PRId64 " nodelay;\n",
		f * conf->limits_anonymous - 1);
	fprintf(out, "limit_req zone=frontdesk_book burst=%" PRId64 " nodelay;\n",
		f * conf->limits_public_bookings - 1);
	print_open(out, "open", f * OPEN_AT_ONCE);
	print_open(out, "streams", f * STREAMS_AT_ONCE);
	fprintf(out, "limit_conn frontdesk_login %d;\n", LOGINS_WAITING);
}

/* The file is there whole or as it was. */
static bool write_file(
	struct ctl *t, const char *name, void (*print)(const struct conf *conf, FILE *out))
{
	const char *path = mem_printf(t->c.mem, "%s/%s", t->argv[1], name);
	const char *part = mem_printf(t->c.mem, "%s.part", path);
	FILE *out = fopen(part, "we");

	if (out != NULL) {
		bool good = fchmod(fileno(out), 0644) == 0;

		print(t->conf, out);
		good = good && ferror(out) == 0;
		if (fclose(out) == 0 && good && rename(part, path) == 0)
			return true;
	}
	ctl_failed(t, "%s cannot be written: %s", path, strerror(errno));
	unlink(part);
	return false;
}

int ctl_nginx_limits(struct ctl *t)
{
	if (t->argc != 2)
		return ctl_misused(t, "name the folder of the two files");
	if (!write_file(t, "limit-zones.conf", print_zones) ||
		!write_file(t, "limits.conf", print_limits))
		return CTL_FAILED;
	return CTL_OK;
}
