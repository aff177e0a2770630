#include "fcgi/h_metrics.h"
#include "core/health/health.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/metric.h"
#include "fcgi/h_health.h"

#define VERSION "2"

/* Who has the token; nobody when there is none. */
static int check_token(struct req *r)
{
	const char *header = req_header(r, "authorization");
	const char *token = header == NULL || strncasecmp(header, "Bearer ", 7) != 0
		? NULL
		: conf_secret(r->c.conf, r->c.mem, "metrics_token");

	if (header == NULL && health_is_near(r))
		return 0;
	if (token != NULL &&
		secret_same((struct bytes){(const uint8_t *)token, strlen(token)},
			(struct bytes){(const uint8_t *)header + 7, strlen(header + 7)}))
		return 0;
	return err_set(&r->c, E_UNAUTHENTICATED, NULL);
}

/* What only the database knows; left out when it does not answer. */
static void put_queue(struct req *r)
{
	struct queue_state q;

	if (queue_state_get(&r->c, &q) < 0) {
		err_clear(&r->c);
		return;
	}
	metrics_head(
		&r->out, "frontdesk_queue_jobs", "gauge", "Jobs by state, up to 100,000 each.");
	metrics_gauge(&r->out, "frontdesk_queue_jobs", "state=\"due\"", (double)q.due);
	metrics_gauge(&r->out, "frontdesk_queue_jobs", "state=\"waiting\"", (double)q.waiting);
	metrics_gauge(&r->out, "frontdesk_queue_jobs", "state=\"running\"", (double)q.running);
	metrics_gauge(&r->out, "frontdesk_queue_jobs", "state=\"dead\"", (double)q.dead);
	metrics_head(&r->out, "frontdesk_queue_oldest_seconds", "gauge",
		"How long the oldest job that is due has been so.");
	metrics_gauge(&r->out, "frontdesk_queue_oldest_seconds", NULL, (double)q.oldest_ms / 1000);
}

static void put_program(struct req *r)
{
	metrics_head(&r->out, "frontdesk_build_info", "gauge", "The program that answers.");
	metrics_gauge(&r->out, "frontdesk_build_info",
		"version=\"" VERSION "\",compiler=\"" __VERSION__ "\"", 1);
	metrics_head(&r->out, "frontdesk_uptime_seconds", "gauge",
		"How long the process that answers has been running.");
	metrics_gauge(&r->out, "frontdesk_uptime_seconds", NULL, (double)health_uptime());
}

int h_metrics(struct req *r)
{
	if (check_token(r) < 0)
		return -1;
	buf_reset(&r->out);
	if (r->c.conf->metrics != NULL)
		metrics_write(r->c.conf->metrics, &r->out);
	put_queue(r);
	put_program(r);
	r->type = METRICS_TYPE;
	r->status = 200;
	return 0;
}
