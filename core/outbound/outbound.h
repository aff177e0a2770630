/*
 * outbound.h - asking a provider: every call goes this way.
 *
 * A call is made when the account works (breaker.h) and may be asked now
 * (limits.h); otherwise the answer is HTTP_NOT_SENT at once, with the seconds to wait
 * and a sentence, and ctx->put_off_ms says that there was no attempt. What was
 * asked is recorded in provider_call with its verdict: of the company whose account
 * it is; mail goes by the platform's server, and is the platform's.
 *
 * Both: 0 when it was tried or put off (look at outcome); -1 only for errors of the
 * database. Outside any transaction. A provider that is not in limits.def is a BUG.
 */
#ifndef FRONTDESK_OUTBOUND_H
#define FRONTDESK_OUTBOUND_H

#include "core/outbound/breaker.h"
#include "core/sys/http.h"

int outbound_send(struct ctx *c, const struct http_request *r, struct http_answer *a) MUST_USE;
int outbound_mail(struct ctx *c, const struct mail *m, struct http_answer *a) MUST_USE;

#define SMTP "smtp"

/* What an answer says about the account. */
enum verdict verdict_of(const char *provider, const struct http_answer *a);

#endif
