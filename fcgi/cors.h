/*
 * cors.h - calls from pages of other sites (Fetch, "CORS protocol"): allowed to
 * the origins that the company of the request lists in its settings.
 *
 * A preflight names no company except by a public path; elsewhere it is enough
 * that some company lists the origin, for it gives away nothing: the answer
 * itself is shown to the page only when its own company does. Allowed is one
 * origin, exactly; never "*", and never with cookies.
 */
#ifndef FRONTDESK_CORS_H
#define FRONTDESK_CORS_H

#include "fcgi/req.h"

/* The answer to OPTIONS: 204, or -1 with E_FORBIDDEN, E_NOT_FOUND, E_METHOD. */
int cors_preflight(struct req *r) MUST_USE;
/* When the answer is known: whether another site's page may read it. */
void cors_settle(struct req *r);
/* The header lines. */
void cors_headers(const struct req *r, struct buf *b);

#endif
