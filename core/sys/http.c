#include "core/sys/http.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/reach.h"
#include <curl/curl.h>

#define USER_AGENT "frontdesk/2"
#define CONNECT_MS 2000
#define ANSWER_MAX (1024 * 1024)
#define HEADERS_MAX (64 * 1024)
#define URL_MAX 8192
#define RETRY_AFTER_MAX 86400
#define SLOW_AFTER_US 2000000 /* since the first byte of the answer … */
#define SLOW_BYTES_A_SECOND 128

/* What the callbacks of one transfer see and find out. */
struct transfer {
	CURL *curl;
	struct curl_slist *lists[2];
	char curl_error[CURL_ERROR_SIZE];
	bool sandbox;
	bool plain;     /* http, not https: to loopback only */
	bool mail;      /* the operator's own server, wherever it stands */
	bool head_only; /* of the answer, which counts as soon as … */
	bool head_done; /* … its last header has come */
	const struct network *allow;
	size_t n_allow;
	bool opened;         /* at least one address was allowed */
	const char *refused; /* why another was not */
	const char *cut;     /* why its answer was cut off */
	bool slow;
	struct buf body;
	size_t header_bytes;
	int retry_after;
	int limit_reset; /* the same, as others say it */
	int64_t first_byte_us;
	struct bytes message; /* mail: what is still to be sent */
};

void http_init(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		BUG("libcurl does not start");
}

/* ---- addresses ---- */

static const char *address_objection(const struct transfer *t, const struct sockaddr *sa)
{
	enum reach reach = reach_of(sa);

	if (t->mail || (t->sandbox && reach == REACH_LOOPBACK))
		return NULL;
	if (!t->plain && reach_within(sa, t->allow, t->n_allow))
		return NULL;
	if (reach != REACH_PUBLIC)
		return "The address is not a public one.";
	if (t->plain)
		return "Plain http goes to this machine only.";
	return t->sandbox || reach_port(sa) == 443 ? NULL : "The port is not 443.";
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer *t = arg;
	const char *why = address_objection(t, &a->addr);

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (why != NULL) {
		t->refused = why;
		return CURL_SOCKET_BAD;
	}
	t->opened = true;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---- what comes back ---- */

static long info_long(const struct transfer *t, CURLINFO what)
{
	long v = 0;

	curl_easy_getinfo(t->curl, what, &v);
	return v;
}

/* What there is room for; 0: no more is wanted. */
static size_t keep_head(struct transfer *t, const char *p, size_t n)
{
	size_t room = t->body.max - t->body.n;

	buf_add(&t->body, p, n < room ? n : room);
	return n <= room ? n : 0;
}

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)one;
	if (t->first_byte_us == 0)
		t->first_byte_us = clock_monotonic_us();
	if (t->head_only)
		return keep_head(t, p, n);
	buf_add(&t->body, p, n);
	if (!buf_full(&t->body))
		return n;
	t->cut = "The answer is too large.";
	return 0;
}

/* Seconds, or a date (RFC 9110 section 10.2.3). */
static int retry_after_parse(const char *s)
{
	int64_t seconds;

	if (!text_int(s, 0, INT64_MAX, &seconds)) {
		time_t at = curl_getdate(s, NULL);

		seconds = at < 0 ? 0 : (int64_t)at - ts_now().ms / 1000;
	}
	if (seconds < 0)
		return 0;
	return seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (int)seconds;
}

/* The value of a header line, if it has this name ("name:"). */
static bool header_is(const char *p, size_t n, const char *name, char value[64])
{
	size_t k = strlen(name);

	if (n <= k || strncasecmp(p, name, k) != 0)
		return false;
	const char *from = p + k;
	const char *to = p + n;
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (uint8_t)to[-1] <= ' ')
		to--;
	snprintf(value, 64, "%.*s", (int)(to - from), from);
	return true;
}

/* Seconds, or the instant in seconds. */
static int reset_parse(const char *s)
{
	int64_t n;

	if (!text_int(s, 0, INT64_MAX, &n))
		return 0;
	if (n > 1000000000)
		n -= ts_now().ms / 1000;
	return n < 0 ? 0 : n > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (int)n;
}

/* SendGrid and Vapi tell the instant, Cal.com the seconds. */
static void wait_read(struct transfer *t, const char *p, size_t n)
{
	char value[64];

	if (header_is(p, n, "retry-after:", value))
		t->retry_after = retry_after_parse(value);
	else if (header_is(p, n, "x-ratelimit-reset:", value) ||
		header_is(p, n, "x-ratelimit-reset-default:", value))
		t->limit_reset = reset_parse(value);
}

static size_t on_header(char *p, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)one;
	t->header_bytes += n;
	if (t->header_bytes > HEADERS_MAX) {
		t->cut = "The headers of the answer are too large.";
		return 0;
	}
	if (t->mail && strncmp(p, "221", n < 3 ? n : 3) != 0) { /* its last line before "bye" */
		buf_reset(&t->body);
		buf_add(&t->body, p, n);
	}
	if (t->head_only) {
		(void)keep_head(t, p, n);
		t->head_done =
			(*p == '\r' || *p == '\n') && info_long(t, CURLINFO_RESPONSE_CODE) >= 200;
	}
	wait_read(t, p, n);
	return n;
}

/* A server that drips its answer is left; one that thinks before its first
 * byte has until the total deadline. */
static int on_progress(
	void *arg, curl_off_t to_come, curl_off_t come, curl_off_t to_go, curl_off_t gone)
{
	struct transfer *t = arg;

	(void)to_come;
	(void)to_go;
	(void)gone;
	if (t->first_byte_us == 0)
		return 0;
	int64_t us = clock_monotonic_us() - t->first_byte_us;
	t->slow = us > SLOW_AFTER_US && come * 1000000 / us < SLOW_BYTES_A_SECOND;
	return t->slow ? 1 : 0;
}

static size_t on_mail(char *p, size_t one, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t k = one * n < t->message.n ? one * n : t->message.n;

	memcpy(p, t->message.p, k);
	t->message.p += k;
	t->message.n -= k;
	return k;
}

/* ---- one transfer ---- */

/* An option that is not taken would be a rule that does not hold. */
#define SET(t, option, value) set_checked(curl_easy_setopt((t)->curl, (option), (value)), #option)

static void set_checked(CURLcode rc, const char *option)
{
	if (rc != CURLE_OK)
		BUG("libcurl refuses %s: %s", option, curl_easy_strerror(rc));
}

static void transfer_start(struct ctx *c, struct transfer *t, const char *url, int total_ms)
{
	t->curl = curl_easy_init();
	if (t->curl == NULL)
		BUG("no memory for a transfer");
	t->sandbox = c->conf != NULL && c->conf->server_sandbox;
	t->plain = strncasecmp(url, "http:", 5) == 0;
	SET(t, CURLOPT_URL, url);
	SET(t, CURLOPT_ERRORBUFFER, t->curl_error);
	SET(t, CURLOPT_NOSIGNAL, 1L);
	SET(t, CURLOPT_PROXY, "");
	SET(t, CURLOPT_NOPROXY, "*");
	SET(t, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(t, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(t, CURLOPT_FOLLOWLOCATION, 0L);
	SET(t, CURLOPT_FORBID_REUSE, 1L);
	SET(t, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(t, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(t, CURLOPT_CONNECTTIMEOUT_MS, (long)(total_ms < CONNECT_MS ? total_ms : CONNECT_MS));
	SET(t, CURLOPT_TIMEOUT_MS, (long)total_ms);
	SET(t, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(t, CURLOPT_OPENSOCKETDATA, t);
	SET(t, CURLOPT_WRITEFUNCTION, on_body);
	SET(t, CURLOPT_WRITEDATA, t);
	SET(t, CURLOPT_HEADERFUNCTION, on_header);
	SET(t, CURLOPT_HEADERDATA, t);
	SET(t, CURLOPT_NOPROGRESS, 0L);
	SET(t, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(t, CURLOPT_XFERINFODATA, t);
}

static void transfer_end(struct transfer *t)
{
	curl_slist_free_all(t->lists[0]);
	curl_slist_free_all(t->lists[1]);
	curl_easy_cleanup(t->curl);
}

static void list_add(struct curl_slist **list, const char *s)
{
	struct curl_slist *more = curl_slist_append(*list, s);

	if (more == NULL)
		BUG("no memory for a header");
	*list = more;
}

static curl_off_t info_off(const struct transfer *t, CURLINFO what)
{
	curl_off_t v = 0;

	curl_easy_getinfo(t->curl, what, &v);
	return v;
}

static const char *sentence(struct ctx *c, const struct transfer *t, CURLcode rc)
{
	const char *s = t->curl_error[0] != '\0' ? t->curl_error : curl_easy_strerror(rc);

	return utf8_valid(s, strlen(s)) ? utf8_cut(c->mem, mem_text(c->mem, s), 200)
					: curl_easy_strerror(rc);
}

/* Once all of the request was handed to the kernel, the other side may have
 * acted on it; before that it cannot have. */
static enum http_outcome http_outcome(
	const struct transfer *t, const struct http_request *r, CURLcode rc)
{
	bool begun = info_long(t, CURLINFO_REQUEST_SIZE) > 0;

	if (rc == CURLE_OK || t->head_done)
		return HTTP_ANSWERED;
	if (t->cut != NULL || (t->refused != NULL && !t->opened))
		return HTTP_REFUSED;
	if (!begun &&
		(rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL ||
			rc == CURLE_LOGIN_DENIED))
		return HTTP_REFUSED;
	if (!begun || info_off(t, CURLINFO_SIZE_UPLOAD_T) < (curl_off_t)r->body.n)
		return HTTP_NOT_SENT;
	return HTTP_UNKNOWN;
}

static void answer_fill(struct ctx *c, struct transfer *t, CURLcode rc, struct http_answer *a)
{
	a->ms = (int)(info_off(t, CURLINFO_TOTAL_TIME_T) / 1000);
	if (a->outcome == HTTP_ANSWERED) {
		a->status = (int)info_long(t, CURLINFO_RESPONSE_CODE);
		a->retry_after = t->retry_after;
		if (a->retry_after == 0 && a->status == 429)
			a->retry_after = t->limit_reset;
		a->body.p = (const uint8_t *)buf_text(&t->body);
		a->body.n = t->body.n;
	} else if (t->cut != NULL)
		a->error = t->cut;
	else if (t->refused != NULL && !t->opened)
		a->error = t->refused;
	else if (t->slow)
		a->error = "The answer comes too slowly.";
	else
		a->error = sentence(c, t, rc);
}

static void refuse(struct http_answer *a, const char *why)
{
	a->outcome = HTTP_REFUSED;
	a->error = why;
}

static void check_alone(const struct ctx *c)
{
	if (c->db != NULL && db_in_tx(c))
		BUG("a provider is asked while a transaction is open");
}

/* ---- HTTP ---- */

static bool one_line(const char *s)
{
	return s == NULL || strpbrk(s, "\r\n") == NULL;
}

static const char *request_objection(const struct http_request *r)
{
	if (strnlen(r->url, URL_MAX + 1) > URL_MAX)
		return "The address is too long.";
	for (const char *const *h = r->headers; h != NULL && *h != NULL; h++) {
		if (!one_line(*h))
			return "A header holds a line break.";
	}
	for (const char *s = r->url; *s != '\0'; s++) {
		if ((uint8_t)*s <= ' ' || *s == 0x7F)
			return "The address holds a blank or a control character.";
	}
	return NULL;
}

static void request_set(struct ctx *c, struct transfer *t, const struct http_request *r)
{
	SET(t, CURLOPT_PROTOCOLS_STR, t->sandbox ? "https,http" : "https");
	SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(t, CURLOPT_USERAGENT, USER_AGENT);
	SET(t, CURLOPT_ACCEPT_ENCODING, "gzip");
	list_add(&t->lists[0], "Expect:");
	for (const char *const *h = r->headers; h != NULL && *h != NULL; h++)
		list_add(&t->lists[0], *h);
	if (c->trace != NULL)
		list_add(&t->lists[0], mem_printf(c->mem, "traceparent: %s", c->trace));
	SET(t, CURLOPT_HTTPHEADER, t->lists[0]);
	if (r->basic_user != NULL) {
		SET(t, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(t, CURLOPT_USERNAME, r->basic_user);
		SET(t, CURLOPT_PASSWORD, r->basic_password != NULL ? r->basic_password : "");
	}
	if (r->body.p != NULL || text_same(r->method, "POST")) {
		SET(t, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		SET(t, CURLOPT_POSTFIELDS, r->body.p != NULL ? (const char *)r->body.p : "");
	} else if (text_same(r->method, "HEAD"))
		SET(t, CURLOPT_NOBODY, 1L);
	SET(t, CURLOPT_CUSTOMREQUEST, r->method);
}

static void request_start(struct ctx *c, struct transfer *t, const struct http_request *r)
{
	t->body = buf_new(c->mem, r->answer_max > 0 ? r->answer_max : ANSWER_MAX);
	t->head_only = r->head_only;
	t->allow = r->allow;
	t->n_allow = r->n_allow;
	transfer_start(c, t, r->url, r->total_ms > 0 ? r->total_ms : HTTP_TOTAL_MS);
	request_set(c, t, r);
}

static void request_end(struct ctx *c, struct transfer *t, const struct http_request *r,
	CURLcode rc, struct http_answer *a)
{
	a->outcome = http_outcome(t, r, rc);
	answer_fill(c, t, rc, a);
	transfer_end(t);
}

void http_send(struct ctx *c, const struct http_request *r, struct http_answer *a)
{
	struct transfer t = {0};

	check_alone(c);
	memset(a, 0, sizeof(*a));
	const char *why = request_objection(r);
	if (why != NULL) {
		refuse(a, why);
		return;
	}
	request_start(c, &t, r);
	request_end(c, &t, r, curl_easy_perform(t.curl), a);
}

/* ---- many at once ---- */

/* Those that ended; *left: how many have not. */
static void take_ended(CURLM *m, struct transfer *t, CURLcode *codes, size_t *left)
{
	CURLMsg *message;
	int more;

	while ((message = curl_multi_info_read(m, &more)) != NULL) {
		struct transfer *one = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &one);
		codes[one - t] = message->data.result;
		(*left)--;
	}
}

void http_send_all(struct ctx *c, const struct http_request *r, struct http_answer *a, size_t n)
{
	struct transfer *t = mem_alloc(c->mem, n * sizeof(*t));
	CURLcode *codes = mem_alloc(c->mem, n * sizeof(*codes));
	CURLM *m = curl_multi_init();
	size_t left = n;
	int running;

	check_alone(c);
	if (m == NULL || n == 0 || n > HTTP_ALL_MAX)
		BUG("%zu requests cannot be sent at once", n);
	for (size_t i = 0; i < n; i++) {
		if (request_objection(&r[i]) != NULL)
			BUG("%s: %s", r[i].url, request_objection(&r[i]));
		request_start(c, &t[i], &r[i]);
		SET(&t[i], CURLOPT_PRIVATE, &t[i]);
		curl_multi_add_handle(m, t[i].curl);
	}
	while (left > 0) {
		if (curl_multi_perform(m, &running) != CURLM_OK)
			BUG("libcurl does not go on");
		take_ended(m, t, codes, &left);
		if (left > 0)
			curl_multi_poll(m, NULL, 0, CONNECT_MS, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		curl_multi_remove_handle(m, t[i].curl);
		memset(&a[i], 0, sizeof(a[i]));
		request_end(c, &t[i], &r[i], codes[i], &a[i]);
	}
	curl_multi_cleanup(m);
}

/* ---- mail ---- */

const char *mail_address(struct ctx *c, const char *s)
{
	const char *open = strrchr(s, '<');
	size_t n = strlen(s);

	if (open != NULL) {
		if (s[n - 1] != '>')
			return NULL;
		n = (size_t)(s + n - 1 - (open + 1));
		s = open + 1;
	}
	for (size_t i = 0; i < n; i++) {
		if ((uint8_t)s[i] <= ' ' || s[i] == 0x7F || strchr("<>\"\\", s[i]) != NULL)
			return NULL;
	}
	const char *at = memchr(s, '@', n);
	if (at == NULL || at == s || at == s + n - 1 || n > 254)
		return NULL;
	return mem_text_n(c->mem, s, n);
}

/* A bare CR or LF could end the message early for the next server. */
static bool lines_end_with_crlf(struct bytes m)
{
	for (size_t i = 0; i < m.n; i++) {
		if (m.p[i] == '\n' && (i == 0 || m.p[i - 1] != '\r'))
			return false;
		if (m.p[i] == '\r' && (i + 1 == m.n || m.p[i + 1] != '\n'))
			return false;
	}
	return true;
}

static void mail_set(
	struct ctx *c, struct transfer *t, const char *from, const char *to, const char *password)
{
	t->mail = true;
	SET(t, CURLOPT_PROTOCOLS_STR, "smtps,smtp");
	SET(t, CURLOPT_USE_SSL, (long)(t->sandbox ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	if (password != NULL) {
		SET(t, CURLOPT_USERNAME, c->conf->smtp_user);
		SET(t, CURLOPT_PASSWORD, password);
	}
	SET(t, CURLOPT_MAIL_FROM, mem_printf(c->mem, "<%s>", from));
	list_add(&t->lists[1], mem_printf(c->mem, "<%s>", to));
	SET(t, CURLOPT_MAIL_RCPT, t->lists[1]);
	SET(t, CURLOPT_UPLOAD, 1L);
	SET(t, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->message.n);
	SET(t, CURLOPT_READFUNCTION, on_mail);
	SET(t, CURLOPT_READDATA, t);
}

/* A refusal by the mail server is an answer, with its code as the status;
 * without the final dot, which curl sends last, nothing was taken. */
static enum http_outcome mail_outcome(const struct transfer *t, CURLcode rc)
{
	long code = info_long(t, CURLINFO_RESPONSE_CODE);

	if (rc == CURLE_OK || code >= 400)
		return HTTP_ANSWERED;
	if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL)
		return HTTP_REFUSED;
	return t->message.n > 0 ? HTTP_NOT_SENT : HTTP_UNKNOWN;
}

/* NULL, or why nothing can be sent; what is needed to send. */
static const char *mail_objection(struct ctx *c, const struct mail *m, const char **password)
{
	*password = NULL;
	if (c->conf == NULL || text_empty(c->conf->smtp_url))
		return "No mail server is configured (smtp.url).";
	if (!text_empty(c->conf->smtp_user)) {
		*password = conf_secret(c->conf, c->mem, "smtp_password");
		if (*password == NULL)
			return "The secret smtp_password cannot be read.";
	}
	if (mail_address(c, m->from) == NULL || mail_address(c, m->to) == NULL)
		return "An e-mail address cannot be used.";
	if (m->message.n == 0 || !lines_end_with_crlf(m->message))
		return "The message has lines that do not end with CRLF.";
	return NULL;
}

void mail_send(struct ctx *c, const struct mail *m, struct http_answer *a)
{
	struct transfer t = {.message = m->message};
	const char *password;

	check_alone(c);
	memset(a, 0, sizeof(*a));
	const char *why = mail_objection(c, m, &password);
	if (why != NULL) {
		refuse(a, why);
		return;
	}
	t.body = buf_new(c->mem, ANSWER_MAX);
	transfer_start(c, &t, c->conf->smtp_url, MAIL_TOTAL_MS);
	mail_set(c, &t, mail_address(c, m->from), mail_address(c, m->to), password);
	CURLcode rc = curl_easy_perform(t.curl);
	a->outcome = mail_outcome(&t, rc);
	answer_fill(c, &t, rc, a);
	transfer_end(&t);
}
