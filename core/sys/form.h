/*
 * form.h - application/x-www-form-urlencoded, read (http.h writes it).
 */
#ifndef FRONTDESK_FORM_H
#define FRONTDESK_FORM_H

#include "core/base/arena.h"

struct form_pair {
	struct bytes name; /* decoded; a NUL stands behind */
	struct bytes value;
};

struct form {
	struct form_pair *p;
	size_t n;
};

#define FORM_PAIRS_MAX 1000

/* In the order of the body. false: more than FORM_PAIRS_MAX pairs. */
bool form_decode(struct arena *mem, struct bytes body, struct form *out) MUST_USE;
/* The first value of that name as text; NULL: there is none, or it is no text. */
const char *form_text(const struct form *f, const char *name);

#endif
