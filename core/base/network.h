/*
 * network.h - networks of the internet protocol, and which addresses lie in
 * them. An IPv4 address is its mapped IPv6 address (::ffff:a.b.c.d), so that
 * both ways of writing it are one.
 */
#ifndef FRONTDESK_NETWORK_H
#define FRONTDESK_NETWORK_H

#include "core/base/arena.h"

struct network {
	uint8_t p[16]; /* zero behind the first so many bits */
	uint8_t bits;
};

#define NETWORK_TEXT_MAX 49 /* an IPv6 address, "/128" */

/* "203.0.113.7", "203.0.113.0/24", "2001:db8::/32"; false when it is none. */
bool network_parse(const char *s, struct network *out) MUST_USE;
/* Those of a list with commas or blanks in between, at most max: how many. *wrong:
 * an entry that is none, NULL when all are. */
size_t networks_parse(struct arena *mem, const char *list, struct network *all, size_t max,
	const char **wrong) MUST_USE;
/* Its one spelling; a single address without its length. */
const char *network_text(struct arena *mem, const struct network *n);
/* Whether the address (NULL, and what is none, never does) lies in one of them. */
bool networks_have(const struct network *all, size_t n, const char *address);

#endif
