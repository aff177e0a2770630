/*
 * server.h - a server on 127.0.0.1 in a process of its own, to be called by
 * the tests of sys/http.c. It plays one script a connection, one connection
 * after the other, and dies with the test.
 */
#ifndef FRONTDESK_TEST_SERVER_H
#define FRONTDESK_TEST_SERVER_H

#include "core/base/prelude.h"
#include <sys/types.h>

struct server {
	int listener;
	int port;
	pid_t pid;
};

/* Listens only: nobody accepts. */
void server_listen(struct server *s);
/* play(connection) is called in the server's process for each connection. */
void server_start(struct server *s, void (*play)(int fd));
void server_stop(struct server *s);
/* Whether somebody knocked at a listener that nobody serves. */
bool server_knocked(const struct server *s);

/* For scripts: all of it, or the process ends. */
void say(int fd, const char *text);
void say_bytes(int fd, const void *p, size_t n);
/* Up to and with the end mark; the length. */
size_t hear(int fd, char *out, size_t cap, const char *end);
/* The connection is torn: what was not read is gone. */
void tear(int fd);

#endif
