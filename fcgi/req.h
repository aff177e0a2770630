/*
 * req.h - one HTTP request, from its bytes to its reply.
 *
 * serve() fills it step by step; a handler finds its checked input in in,
 * query and path ids, calls the domain with &r->c, and answers with one of
 * the reply functions (or returns -1, and serve() answers from c.err).
 */
#ifndef FRONTDESK_REQ_H
#define FRONTDESK_REQ_H

#include "core/base/buf.h"
#include "core/base/ctx.h"
#include "core/base/table.h"
#include "core/sys/link.h"
#include "core/sys/meter.h"
#include "core/user/user.h"

struct route;
struct token_claims;

#define PATH_IDS_MAX 3
#define REPLY_MAX (16u << 20)

struct pair {
	const char *name;
	const char *value;
};

struct req {
	struct ctx c;
	/* as it came */
	const char *method; /* HEAD is GET here */
	bool head;
	const char *path;
	const char *query_text;
	const struct pair *headers; /* "authorization", lower case */
	size_t n_headers;
	bool too_many_headers; /* the rest was not read */
	struct bytes body;
	bool body_too_large;
	/* as it was understood */
	const struct route *route;
	const char *ids[PATH_IDS_MAX]; /* the {…} of the path, in order */
	int n_ids;
	struct identity who;
	const char *session_id;
	const char *meter_who; /* what was counted (fcgi/limit.h), and how it stands */
	struct meter_state meter;
	struct link link; /* of an AUTH_PUBLIC path's token; id NULL: it had a slug */
	void *in;         /* struct of route->in, checked */
	void *query;      /* struct of route->query, checked; with defaults */
	uint64_t given;
	/* the reply */
	int status;
	struct buf out;
	struct bytes stored; /* for a repetition, where that is not out; p NULL: it is */
	const char *location;
	const char *cookie;        /* Set-Cookie */
	const char *etag;          /* one object: for conditional requests */
	const char *type;          /* NULL: application/json */
	const char *file;          /* the name to save it under */
	const char *cors_origin;   /* another site's page may read it */
	const char *cors_method;   /* of a preflight: what it may use */
	const char *frame_origins; /* X-Frame-Origins, for nginx */
	const char *live_channel;  /* X-Live-Channel, for frontdesk-live */
	bool replayed;             /* the stored answer of an Idempotency-Key */
};

const char *req_header(const struct req *r, const char *name);

int reply(struct req *r, int status, const struct table *t, const void *row);
int reply_empty(struct req *r, int status);
/* A list: {"data":[…],"next_cursor":…}. */
int reply_rows(
	struct req *r, const struct table *t, const struct rows *rows, const char *next_cursor);
void reply_error(struct req *r);

#endif
