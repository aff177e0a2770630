/*
 * origins.h - which pages of the web may call the API for a company, or frame
 * its booking page: lists in its settings (settings.h). An origin is compared
 * whole, as browsers send it ("https://www.example.com", RFC 6454 6.2); "null",
 * patterns and parts are in no list.
 */
#ifndef FRONTDESK_ORIGINS_H
#define FRONTDESK_ORIGINS_H

#include "core/base/ctx.h"

/* Whether this could stand in a list. */
bool origin_plausible(const char *origin);
/* Whether it stands in this one (NULL: empty). */
bool origins_have(const char *list, const char *origin);

/* Those that may call: of the company that c is in (NULL: none), and, outside
 * companies, of all that are not closed, in one list. */
int origins_calling(struct ctx *c, const char **list) MUST_USE;
int origins_calling_any(struct ctx *c, const char **list) MUST_USE;
/* Those that may frame its booking page. */
int origins_framing(struct ctx *c, const char **list) MUST_USE;

#endif
