#include "fcgi/server.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/trace.h"
#include "core/sys/db.h"
#include "fcgi/cors.h"
#include "fcgi/limit.h"
#include "fcgi/database.h"
#include "fcgi/req.h"
#include "fcgi/serve.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#define ARENA_MAX (96u << 20)
#define BODY_API_MAX (1u << 20)
#define BODY_HOOK_MAX (8u << 20)
#define HEADERS_MAX 100

/* Signals are read from a descriptor beside the socket: a loaded worker sees
 * them between two requests, and no call of ours is ever interrupted. */
static int block_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGUSR1);
	sigaddset(&stop, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &stop, NULL) != 0)
		BUG("signals cannot be blocked");
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* True when a connection waits, false when told to stop. */
static bool wait_for_work(int signal_fd)
{
	struct pollfd p[2] = {{.fd = signal_fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, -1);

		if (n > 0 && p[0].revents != 0)
			return false;
		if (n > 0)
			return true;
	}
}

/* ---- from FastCGI parameters to a request ---- */

/* "HTTP_X_COMPANY_ID" -> "x-company-id" */
static const char *header_name(struct arena *mem, const char *param, size_t n)
{
	char *p = mem_text_n(mem, param, n);

	for (char *q = p; *q != '\0'; q++) {
		if (*q == '_')
			*q = '-';
		else if (*q >= 'A' && *q <= 'Z')
			*q = (char)(*q + ('a' - 'A'));
	}
	return p;
}

static void read_headers(struct req *r, char **envp)
{
	struct pair *h = mem_alloc(r->c.mem, HEADERS_MAX * sizeof(*h));

	for (; *envp != NULL; envp++) {
		const char *eq = strchr(*envp, '=');
		const char *name = *envp;

		if (eq == NULL)
			continue;
		/* CONTENT_TYPE is the same as HTTP_CONTENT_TYPE; absent ones are empty */
		if (!text_starts(name, "HTTP_") || eq[1] == '\0')
			continue;
		if (r->n_headers == HEADERS_MAX) {
			r->too_many_headers = true;
			break;
		}
		name += 5;
		h[r->n_headers].name = header_name(r->c.mem, name, (size_t)(eq - name));
		h[r->n_headers++].value = mem_text(r->c.mem, eq + 1);
	}
	r->headers = h;
}

static const char *param(struct req *r, FCGX_Request *f, const char *name)
{
	return mem_text(r->c.mem, FCGX_GetParam(name, f->envp));
}

static void read_address(struct req *r, FCGX_Request *f)
{
	const char *uri = param(r, f, "REQUEST_URI");
	const char *query;

	r->method = param(r, f, "REQUEST_METHOD");
	r->head = text_same(r->method, "HEAD");
	if (r->head)
		r->method = "GET";
	if (r->method == NULL || uri == NULL)
		uri = r->method = "-";
	query = strchr(uri, '?');
	r->path = query == NULL ? uri : mem_text_n(r->c.mem, uri, (size_t)(query - uri));
	r->query_text = query == NULL ? NULL : query + 1;
}

/* Safe to log and to send back: letters, digits, - _ . */
static const char *request_id(struct req *r)
{
	static const char SAFE[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	const char *given = req_header(r, "x-request-id");

	if (given != NULL && strlen(given) <= 64 && given[strspn(given, SAFE)] == '\0')
		return given;
	return id_new(&r->c);
}

/* One that came twice is none. */
static const char *traceparent(struct req *r)
{
	const char *found = NULL;

	for (size_t i = 0; i < r->n_headers; i++) {
		if (strcmp(r->headers[i].name, "traceparent") != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = r->headers[i].value;
	}
	return found;
}

static void read_body(struct req *r, FCGX_Request *f)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", f->envp);
	bool hook = text_starts(r->path, "/webhooks/") || text_starts(r->path, "/api/retell/");
	int64_t max = hook ? BODY_HOOK_MAX : BODY_API_MAX;
	int64_t n = 0;

	if (text_empty(length))
		return;
	if (!text_int(length, 0, max, &n)) {
		r->body_too_large = true;
		return;
	}
	char *p = mem_alloc(r->c.mem, (size_t)n + 1);
	size_t got = 0;
	while (got < (size_t)n) {
		int k = FCGX_GetStr(p + got, (int)((size_t)n - got), f->in);

		if (k <= 0)
			break;
		got += (size_t)k;
	}
	r->body = (struct bytes){(const uint8_t *)p, got};
}

/* ---- from a request to FastCGI output ---- */

static void put_header(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(b, "%s: %s\r\n", name, value);
}

static void send_reply(struct req *r, FCGX_Request *f)
{
	struct buf b = buf_new(r->c.mem, 16384);

	buf_printf(&b, "Status: %d\r\n", r->status);
	if (r->out.n > 0)
		put_header(&b, "Content-Type", r->type != NULL ? r->type : "application/json");
	if (r->file != NULL)
		buf_printf(&b, "Content-Disposition: attachment; filename=\"%s\"\r\n", r->file);
	put_header(&b, "Cache-Control", "no-store");
	put_header(&b, "X-Request-Id", r->c.request_id);
	put_header(&b, "Location", r->location);
	put_header(&b, "Set-Cookie", r->cookie);
	put_header(&b, "ETag", r->etag);
	put_header(&b, "Idempotency-Replayed", r->replayed ? "true" : NULL);
	put_header(&b, "WWW-Authenticate", r->status == 401 ? "Bearer" : NULL);
	put_header(&b, "X-Frame-Origins", r->frame_origins);
	put_header(&b, "X-Live-Channel", r->live_channel);
	limit_headers(r, &b);
	cors_headers(r, &b);
	if (r->status == 503 || r->c.err.retry_after > 0)
		buf_printf(&b, "Retry-After: %d\r\n",
			r->c.err.retry_after > 0 ? r->c.err.retry_after : 1);
	/* these two have no body, and no length (RFC 9110 section 8.6) */
	if (r->status != 204 && r->status != 304)
		buf_printf(&b, "Content-Length: %zu\r\n", r->out.n);
	buf_text_add(&b, "\r\n");
	/* a client that has left is no error: the work is done and committed */
	FCGX_PutStr(b.p, (int)b.n, f->out);
	if (r->out.n > 0 && !r->head)
		FCGX_PutStr(r->out.p, (int)r->out.n, f->out);
}

static void handle(const struct server *s, struct arena *mem, FCGX_Request *f)
{
	struct req r = {.c = {.mem = mem, .conf = s->conf, .db = s->db, .now = ts_now()}};

	read_headers(&r, f->envp);
	read_address(&r, f);
	r.c.remote_address = param(&r, f, "REMOTE_ADDR");
	r.c.request_id = request_id(&r);
	trace_begin(&r.c, traceparent(&r));
	read_body(&r, f);
	serve(&r);
	send_reply(&r, f);
	trace_end();
}

/* nginx hangs up when its client has left, or has waited too long. What nobody
 * waits for is not begun: else, behind a full queue, the queue is all there
 * would be time for. */
static bool is_wanted(const FCGX_Request *f)
{
	struct pollfd p = {.fd = f->ipcFd, .events = POLLRDHUP};

	return poll(&p, 1, 0) <= 0 || (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

int server_run(const struct server *s)
{
	struct arena *mem = arena_new(ARENA_MAX);
	int signal_fd = block_signals();
	FCGX_Request f;

	if (FCGX_IsCGI() || FCGX_Init() != 0) {
		log_line("boot", "error",
			"descriptor 0 is no FastCGI socket: start this by spawn-fcgi", NULL);
		return -1;
	}
	fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
	FCGX_InitRequest(&f, 0, 0);
	while (wait_for_work(signal_fd)) {
		if (FCGX_Accept_r(&f) < 0)
			continue; /* another worker was quicker */
		if (is_wanted(&f))
			handle(s, mem, &f);
		FCGX_Finish_r(&f);
		db_idle(s->db);
		database_platform_idle();
		arena_reset(mem);
	}
	close(signal_fd);
	arena_delete(mem);
	return 0;
}
