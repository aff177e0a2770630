/*
 * session.h - log-ins: a session is a short access token (core/sys/token.h)
 * that names it, and a refresh token that is spent at each use.
 *
 * What follows a refresh token is a MAC over it: the same token has one
 * successor, which is stored nowhere. A token that was spent before is a thief
 * or a victim: its session ends. Only the one that was spent last may come again
 * within 10 s from the same device (its answer was lost, or two windows asked at
 * once), and gets the same successor.
 */
#ifndef FRONTDESK_SESSION_H
#define FRONTDESK_SESSION_H

#include "core/base/ctx.h"
#include "core/base/table.h"

#define SESSION_DAYS 30

/* What asks. */
struct device {
	bool is_web;
	const char *user_agent; /* at most 200 characters; NULL: not said */
};

/* What a log-in gives. */
struct session {
	const char *session_id;
	const char *refresh_token;
	bool is_web;
	const char *user_id;
	const char *email;
	const char *name;
	struct rows companies; /* of struct membership */
};

struct account;

/* A new one, in a transaction, with its entries in the audit log. */
int session_start(struct ctx *c, const struct account *a, const struct device *d,
	struct session *out) MUST_USE;

/* Spends a refresh token. Outside transactions. E_UNAUTHENTICATED. */
int session_refresh(struct ctx *c, const char *refresh_token, const struct device *d,
	struct session *out) MUST_USE;

/* One as its owner sees it. */
struct session_row {
	const char *id;
	const char *client; /* "web", "app" */
	const char *user_agent;
	const char *remote_address;
	ts_t created_at;
	ts_t refreshed_at;
	ts_t expires_at;
	bool current; /* the one that asks */
};

extern const struct table SESSION_ROW;

/* Those in force, at most 100, the one used last first. */
int session_list(
	struct ctx *c, const char *user_id, const char *current, struct rows *out) MUST_USE;
/* In a transaction. E_NOT_FOUND: not his, or ended. */
int session_end(struct ctx *c, const char *user_id, const char *session_id) MUST_USE;
/* All of a person but this one (NULL: all). In a transaction. */
int sessions_end(struct ctx *c, const char *user_id, const char *but) MUST_USE;

#endif
