#include "tests/db/asked.h"
#include "core/sys/meter.h"
#include "tests/unit/server.h"

struct asked_script *asked_does;
struct ctx *asked;
struct ctx *asked_root;
struct conf asked_conf;
const char *operation = "write";

static struct server server;

static void play(int fd)
{
	char head[256], heard[4096];

	hear(fd, heard, sizeof(heard), "\r\n\r\n");
	asked_does->asked++;
	usleep((unsigned)asked_does->pause_ms * 1000);
	if (asked_does->status == 0) {
		tear(fd);
		return;
	}
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Length: 0\r\nRetry-After: %d\r\nConnection: "
		"close\r\n\r\n",
		asked_does->status, asked_does->retry_after);
	say(fd, head);
}

static void clean(void)
{
	static const char *const TABLES[] = {"breaker", "provider_call", "job", "event"};

	for (size_t i = 0; i < COUNT_OF(TABLES); i++)
		ck_assert_int_eq(db_script(asked_root,
					 mem_printf(asked_root->mem,
						 "DELETE FROM frontdesk_store.%s", TABLES[i])),
			0);
}

static const char *counts(void)
{
	return mem_printf(asked_root->mem, "%s/asked", asked_conf.server_run_dir);
}

void asked_begin(void)
{
	asked_root = db_ctx_admin();
	clean();
	asked_does = shared_memory(sizeof(*asked_does));
	asked_does->status = 200;
	http_init();
	server_start(&server, play);
	asked_conf = *asked_root->conf;
	asked_conf.server_sandbox = true;
	asked_conf.limits_factor = 1000;
	asked_conf.meter = meter_open(asked_root->mem, counts());
	asked = asker();
}

void asked_end(void)
{
	server_stop(&server);
	meter_close(asked_conf.meter);
	unlink(counts());
	clean();
	db_ctx_end(asked);
	db_ctx_end(asked_root);
}

const char *asked_url(struct ctx *k)
{
	return mem_printf(k->mem, "http://127.0.0.1:%d/", server.port);
}

struct ctx *asker(void)
{
	struct ctx *k = db_ctx("fd_worker");

	k->company = salon();
	k->conf = &asked_conf;
	return k;
}

struct http_answer asks(struct ctx *k, const char *provider)
{
	struct http_answer a;
	struct http_request r = {
		.provider = provider,
		.operation = operation,
		.method = "GET",
		.url = asked_url(k),
	};

	ck_assert_msg(outbound_send(k, &r, &a) == 0, "%s", k->err.detail);
	return a;
}

bool was_not_asked(const struct http_answer *a)
{
	return a->outcome == HTTP_NOT_SENT && asked->put_off_ms > 0;
}

void crowd_asks(struct crowd *crowd, const char *provider)
{
	struct ctx *k = asker();
	struct http_answer a;

	ck_assert_int_eq(db_connect(k), 0);
	a = asks(k, provider);
	if (a.outcome == HTTP_ANSWERED)
		crowd->sent++;
	else if (k->put_off_ms > 0)
		crowd->put_off++;
	db_ctx_end(k);
}
