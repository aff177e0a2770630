/*
 * breaker.h - whether an account at a provider works: a company's, or the
 * platform's in company 0. Shared by all workers through its row.
 *
 * Closed: everybody asks. When five of the latest ten calls (within ten minutes)
 * have failed, or one has been told that the account is refused, it opens: nobody
 * asks for a while, which doubles each time. Then one call is let through, and only
 * one: half open. If it fails too, it is open again. If the provider answers, it is
 * closed, when that was a call of the kind that failed (or three others were
 * answered: who may read need not be able to write); else the next call is let
 * through. Opening and closing are events, in the transaction of the change: exactly
 * one each.
 *
 * What fails is no answer, 408, 5xx and 429; what is wrong with a request alone
 * (4xx) says that the provider works. Where a row was found closed, or none, that is
 * remembered for a second by the processes of the machine: one read a second for
 * each account that is asked, whoever asks.
 */
#ifndef FRONTDESK_BREAKER_H
#define FRONTDESK_BREAKER_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
extern const char *const BREAKER_STATE[4]; /* NULL-terminated */

struct breaker {
	const char *id;
	const char *provider;
	enum breaker_state state;
	ts_t since;            /* of that; zero: it has never failed */
	ts_t retry_at;         /* until then nobody asks */
	const char *probe;     /* who does since, while it is half open */
	int64_t passed;        /* calls of other kinds that were answered since */
	const char *operation; /* that failed last */
	const char *reason;    /* why it opened last: a sentence */
	bool is_denied;        /* the account is refused: a person must see to it */
	int64_t trips;         /* how often in a row it opened */
	/* of the database's clock, where they are asked for */
	int64_t wait_ms; /* until retry_at */
	int64_t since_s; /* since `since` */
};

extern const struct table BREAKER;

/* All of the company, or of the platform: those that have failed ever. */
int breaker_list(struct ctx *c, struct rows *out) MUST_USE;
/* 1, 0: it has never failed; -1. */
int breaker_find(struct ctx *c, const char *provider, struct breaker *out) MUST_USE;

/* ---- for those who ask: core/outbound/outbound.c ---- */

struct breaker_pass {
	const char *provider;
	const char *account; /* names it for the memory of the machine */
	const char *operation;
	int call_ms;       /* the call ends within that */
	const char *id;    /* of its row; NULL: it works */
	bool is_due;       /* whoever comes first tries it */
	const char *probe; /* we are who tries */
};

/* 1 go on, 0 nobody asks now (*wait_ms, *why); -1. Not in a transaction. */
int breaker_look(struct ctx *c, struct breaker_pass *p, int *wait_ms, const char **why) MUST_USE;
/* The same after what else has to be waited for: where it is due, one only. */
int breaker_enter(struct ctx *c, struct breaker_pass *p, int *wait_ms, const char **why) MUST_USE;

enum verdict {
	VERDICT_OK,
	VERDICT_REJECTED,  /* the request was wrong; the provider works */
	VERDICT_FAILED,    /* it did not answer, or said that it fails */
	VERDICT_THROTTLED, /* it wants fewer calls */
	VERDICT_DENIED,    /* it refuses the account */
};
extern const char *const VERDICTS[6]; /* NULL-terminated */

/* After the call, which has been recorded. */
struct breaker_news {
	enum verdict verdict;
	const char *reason; /* a sentence; NULL: it works, or may */
	int retry_after;    /* seconds, 0: not said */
};
int breaker_leave(
	struct ctx *c, const struct breaker_pass *p, const struct breaker_news *news) MUST_USE;

/* ---- by hand ---- */

/* It was asked, and works: closed, if it was not. In a transaction. */
int breaker_works(struct ctx *c, const char *provider) MUST_USE;
/* The account was changed: the next call is let through. In a transaction. */
int breaker_retry(struct ctx *c, const char *provider) MUST_USE;
/* There is no such account any more: nothing fails, and nobody is told. */
int breaker_forget(struct ctx *c, const char *provider) MUST_USE;

#endif
