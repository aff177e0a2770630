/*
 * publish.h - handing changes to frontdesk-live, which has the streams.
 *
 * A line is a connection to its socket (live.socket), kept between jobs.
 * Publishing never waits: what does not fit into the socket at once, or cannot
 * be connected, is not published, and nothing is tried for a second. Readers
 * find it among the changes when they look.
 */
#ifndef FRONTDESK_PUBLISH_H
#define FRONTDESK_PUBLISH_H

#include "core/base/ctx.h"

struct live_line {
	int fd;                /* -1: none */
	int64_t not_before_us; /* monotonic */
	bool failed;           /* that was logged */
	int unanswered;        /* messages */
	int matched;           /* bytes of the end of an answer's head */
};

#define LIVE_LINE_NEW    \
	{                \
		.fd = -1 \
	}

/* All of c->changed, one message each: {"id":…,"kind":"…","ids":["…"]}. */
void live_publish(struct live_line *l, struct ctx *c);
/* When there is nothing else to do. Waits for the answers, for 200 ms at most:
 * nginx drops the requests of somebody who has gone. */
void live_line_close(struct live_line *l);

#endif
