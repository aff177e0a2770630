/*
 * server.h - the FastCGI loop (the only user of libfcgi): takes requests from
 * the listening socket on descriptor 0, one at a time, until it is told to
 * stop; then it finishes the one it has.
 */
#ifndef FRONTDESK_SERVER_H
#define FRONTDESK_SERVER_H

#include "core/base/ctx.h"

struct server {
	const struct conf *conf;
	struct db *db;
};

/* Blocks TERM, INT, USR1 and HUP (all mean "drain") and serves. 0 when told
 * to stop; -1 after a log line when descriptor 0 is no FastCGI socket. */
int server_run(const struct server *s);

#endif
