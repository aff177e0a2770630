/*
 * http.h - requests to providers, and mail by SMTP (libcurl inside).
 *
 * Every request has a connect and a total deadline, a cap on the decoded
 * answer, verified TLS, no redirects, no proxy, no cookies, a handle of its
 * own, and goes to port 443 of public addresses only (checked when the socket
 * is opened, so that DNS cannot lie). In the sandbox loopback is allowed too,
 * at any port and with plain http. Mail goes to the server of the
 * configuration, wherever it stands, and outside the sandbox over TLS only.
 *
 * It is a BUG to send while a transaction is open: providers are asked by
 * jobs, through core/outbound, which knows how they are and how often they may be
 * asked, and records each call. What is sent here is sent, and written nowhere.
 */
#ifndef FRONTDESK_HTTP_H
#define FRONTDESK_HTTP_H

#include "core/base/ctx.h"
#include "core/base/network.h"

enum http_outcome {
	HTTP_ANSWERED, /* a status came, whatever it is */
	HTTP_NOT_SENT, /* surely not received: may be sent again */
	HTTP_UNKNOWN,  /* may have been received: ask before resending */
	HTTP_REFUSED,  /* our own rules: address, scheme, size of the answer */
};

#define HTTP_TOTAL_MS 5000
#define MAIL_TOTAL_MS 30000 /* mail servers take their time on purpose */

struct http_request {
	const char *provider;  /* "twilio": by the names of core/outbound/limits.def */
	const char *operation; /* "messages.create" */
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
	const char *basic_user;     /* NULL: none */
	const char *basic_password;
	struct bytes body; /* p NULL: none */
	int total_ms;      /* 0: HTTP_TOTAL_MS */
	size_t answer_max; /* 0: 1 MiB */
	bool regardless;   /* somebody wants to know: asked although it fails */
	/* Only how the answer begins is wanted: body is its headers and what
	 * follows, as far as there is room, and the status counts whatever becomes
	 * of the rest. */
	bool head_only;
	/* Networks that may be asked although they are private, at any port. */
	const struct network *allow;
	size_t n_allow;
};

struct http_answer {
	enum http_outcome outcome;
	int status; /* 0 unless ANSWERED */
	/* seconds, 0 = not said, at most a day: Retry-After, else of a 429
	 * X-RateLimit-Reset */
	int retry_after;
	struct bytes body; /* decoded, NUL-terminated behind it */
	int ms;
	const char *error; /* a sentence; NULL when ANSWERED */
};

/* Once per process, before any thread or fork. */
void http_init(void);
void http_send(struct ctx *c, const struct http_request *r, struct http_answer *a);

/* Many at once, to a server of our own: their answers, each as of http_send(),
 * when the last one has come or has been given up. Nothing is recorded. */
#define HTTP_ALL_MAX 200
void http_send_all(struct ctx *c, const struct http_request *r, struct http_answer *a, size_t n);

/* application/x-www-form-urlencoded; pairs of text up to NULL. */
const char *form_encode(struct ctx *c, const char *const *pairs);
const char *url_encode(struct arena *mem, const char *s);

struct mail {
	const char *from;     /* address, or "Name <address>" */
	const char *to;       /* address only */
	struct bytes message; /* RFC 5322, CRLF lines */
};

/* What the server refuses is ANSWERED with its code as the
 * status (550, 451); body is the server's last line. */
void mail_send(struct ctx *c, const struct mail *m, struct http_answer *a);
/* The address alone, out of "Name <address>" or an address; NULL when it is
 * none that can stand in an SMTP command. */
const char *mail_address(struct ctx *c, const char *s);

#endif
