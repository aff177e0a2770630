/*
 * slug.h - the names of companies and tenants in addresses: small letters,
 * digits and single hyphens, as in /book/salon-morgenrot.
 */
#ifndef FRONTDESK_SLUG_H
#define FRONTDESK_SLUG_H

#include "core/base/ctx.h"

#define SLUG_MAX 63
#define LETTERS_OF_SLUGS "abcdefghijklmnopqrstuvwxyz0123456789"

bool slug_valid(const char *s);
/* "Müller & Söhne" -> "mueller-soehne"; "company" when nothing of it is left.
 * n 2 and above: the n-th try, "mueller-soehne-2". */
const char *slug_of(struct ctx *c, const char *locale, const char *name, int n);

#endif
