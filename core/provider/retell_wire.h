/*
 * retell_wire.h - Retell's webhook bodies, read. Between the files of Retell
 * only. Every member may be absent, null or of another type than documented:
 * then it says nothing.
 */
#ifndef FRONTDESK_RETELL_WIRE_H
#define FRONTDESK_RETELL_WIRE_H

#include "core/call/call.h"
#include "core/call/settle.h"

#define RETELL "retell"

/* The three events that tell the life of a call, in that order. */
extern const char *const RETELL_LIFE[4]; /* NULL-terminated */

struct retell_event {
	const char *event;       /* "" when it names none */
	bool is_life;            /* one of RETELL_LIFE */
	struct call facts;       /* provider_call_id NULL: it names no call */
	struct caller_wish wish; /* what the analysis says was wanted */
};

/*
 * E_BAD_REQUEST when it is not UTF-8, not JSON, too deep, no object, or has
 * far more members than any call. The bulky members that nobody needs (word
 * timings) are cut out before it is parsed.
 */
int retell_read(struct ctx *c, struct bytes body, struct retell_event *out) MUST_USE;

/* The company that has the number dialled in a body, 0 none. */
int retell_company(struct ctx *c, struct bytes body, uint32_t *company) MUST_USE;

#endif
