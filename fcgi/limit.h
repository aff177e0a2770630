/*
 * limit.h - who may ask how often: the step of serve() between "who is it" and
 * "which company".
 *
 * A person or an API key is counted with every request; on a few addresses
 * something else is, by the client's address or the person (SPECIAL in
 * limit.c). The table of counts is core/sys/meter.h, the numbers are settings
 * (limits.*). Requests without a log-in are counted by nginx, webhooks by their
 * integration once they are verified. The answer says where one stands, in
 * RateLimit-Limit, -Remaining and -Reset (draft-ietf-httpapi-ratelimit-headers,
 * the form of its drafts up to 6), RateLimit-Policy, and Retry-After with 429.
 */
#ifndef FRONTDESK_LIMIT_H
#define FRONTDESK_LIMIT_H

#include "fcgi/req.h"

/* Counts this request, once. E_RATE_LIMITED. */
int limit_request(struct req *r) MUST_USE;
/* When the answer is known: what counts only if it was done, and was not, is
 * given back. */
void limit_settle(struct req *r);
/* The header lines, where something was counted. */
void limit_headers(const struct req *r, struct buf *b);

#endif
