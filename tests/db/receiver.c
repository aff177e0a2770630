#include "tests/db/receiver.h"
#include "core/base/id.h"
#include "core/customer/customer.h"
#include "core/sys/http.h"

struct played *played;
/* What the receiver says, and what it heard; shared with its process. */

struct conf conf;
struct server server;

static void play(int fd)
{
	char head[200];

	hear(fd, played->heard, sizeof(played->heard), "\r\n\r\n");
	played->asked++;
	if (played->status == 0) {
		tear(fd);
		return;
	}
	snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nRetry-After: %d\r\nContent-Length: 2\r\nConnection: close\r\n"
		"\r\nok",
		played->status, played->retry_after);
	say(fd, head);
}

void receiver_setup(void)
{
	calls_begin();
	played = shared_memory(sizeof(*played));
	played->status = 200;
	http_init();
	server_start(&server, play);
	conf = *work->conf;
	conf.keyring = web->conf->keyring;
	conf.server_sandbox = true;
	work->conf = &conf;
	work->company = salon();
	work->actor_id = SALON_ANNA; /* any: the job's id */
}

void receiver_teardown(void)
{
	work->company = 0;
	server_stop(&server);
	ck_assert_int_ge(db_exec(admin, "DELETE FROM frontdesk_store.customer"), 0);
	calls_end();
}

/* ---- helpers: everything is done by the worker's connection ---- */

int endpoint_made(struct ctx *c, void *arg)
{
	struct webhook_endpoint *e = arg;

	return endpoint_create(c, e, e);
}

struct webhook_endpoint endpoint(const char *events, enum endpoint_format format)
{
	struct webhook_endpoint e = {.is_active = true,
		.format = format,
		.events = texts_of(work->mem, events),
		.url = mem_printf(work->mem, "http://127.0.0.1:%d/hook", server.port)};
	int rc = in_tx(work, endpoint_made, &e);

	ck_assert_msg(rc == 0, "%s", rc == 0 ? "" : work->err.fields[0].message);
	return e;
}

struct webhook_endpoint now(const struct webhook_endpoint *e)
{
	struct webhook_endpoint out;

	ck_assert_int_eq(endpoint_get(work, e->id, &out), 0);
	return out;
}

int delivery_happens(struct ctx *c, void *arg)
{
	struct happening *h = arg;

	if (event_emit(c, h->kind, h->subject, h->table, h->row) < 0)
		return -1;
	return db_one(c, &EVENT, &h->event,
		       "SELECT {cols} FROM event WHERE subject_id = ?"
		       " ORDER BY created_at DESC LIMIT 1",
		       h->subject) == 1
		? 0
		: -1;
}

int delivery_dispatch(struct ctx *c, void *arg)
{
	return delivery_on_event(c, arg);
}

/* An event about a customer, and what is made of it. */
struct event told(enum event_kind kind)
{
	struct customer who = {.id = id_new(work), .name = "Jo"};
	struct happening h = {kind, &CUSTOMER, &who, who.id, {0}};

	ck_assert_int_eq(in_tx(work, delivery_happens, &h), 0);
	ck_assert_int_eq(in_tx(work, delivery_dispatch, &h.event), 0);
	return h.event;
}

struct delivery only(const struct webhook_endpoint *e)
{
	struct delivery d;

	ck_assert_int_eq(db_one(work, &DELIVERY, &d,
				 "SELECT {cols} FROM delivery WHERE endpoint_id = ?"
				 " ORDER BY created_at, id LIMIT 1",
				 e->id),
		1);
	ck_assert_int_eq(delivery_get(work, d.id, &d), 0);
	return d;
}

void change_rows(const char *format, const char *id)
{
	ck_assert_int_ge(
		db_exec_(admin, mem_printf(admin->mem, "%s '%s'", format, id), NULL, 0), 0);
}

/* The job, when what waits is due and the endpoint may be asked. */
void deliver(const struct webhook_endpoint *e)
{
	change_rows(
		"UPDATE frontdesk_store.webhook_endpoint SET wait_until = NULL WHERE id =", e->id);
	change_rows(
		"UPDATE frontdesk_store.delivery SET next_attempt_at = NOW(3) - INTERVAL 1 SECOND"
		" WHERE status = 'pending' AND endpoint_id =",
		e->id);
	work->now = ts_now();
	int rc = delivery_run(work, e->id);
	ck_assert_msg(rc == 0, "%s: %s", err_wire(work->err.code), work->err.detail);
}

void refuse(int rc, enum err_code code)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(work->err.code, code);
	err_clear(work);
}
